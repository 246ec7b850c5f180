#include "analysis/value_runs.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define COUNTER_INCREASES 10
#define COUNTER_SHARE     20

void value_runs_init(struct value_runs *runs, uint64_t stuck_run, bool wants_steps)
{
	*runs = (struct value_runs){.stuck_run = stuck_run, .wants_steps = wants_steps};
}

void value_runs_release(struct value_runs *runs)
{
	quantile_sketch_release(&runs->steps);
}

void value_runs_copy(struct value_runs *runs, const struct value_runs *other)
{
	*runs = *other;
	runs->steps = (struct quantile_sketch)QUANTILE_SKETCH_INIT;
	quantile_sketch_merge(&runs->steps, &other->steps);
}

static bool same(double a, double b)
{
	return a >= b && a <= b;
}

static void note_distinct(struct value_runs *runs, double number)
{
	for (unsigned i = 0; i < runs->distinct && i < 2; i++)
		if (same(runs->two[i], number))
			return;
	if (runs->distinct < 2)
		runs->two[runs->distinct] = number;
	runs->distinct++;
}

static void note_stuck(struct value_runs *runs, int64_t time, bool stays)
{
	if (!stays)
		runs->run = (struct stretch){.begin = time};
	runs->run.end = time;
	runs->run.readings++;
	if (runs->run.readings < runs->stuck_run)
		return;
	bool begins = runs->run.readings == runs->stuck_run;

	runs->stuck_stretches += begins;
	runs->stuck_readings += begins ? runs->stuck_run : 1;
	if (!runs->longest.readings ||
	    (uint64_t)runs->run.end - (uint64_t)runs->run.begin >
		(uint64_t)runs->longest.end - (uint64_t)runs->longest.begin)
		runs->longest = runs->run;
}

// sign: 1 for the largest, -1 for the smallest.
static void note_extreme(struct extreme_run *extreme, double number, int sign, bool is_first)
{
	double beyond = is_first ? 1 : sign * (number - extreme->extreme);

	if (beyond > 0) {
		*extreme = (struct extreme_run){.extreme = number, .run = 1};
	} else if (beyond < 0) {
		extreme->run = 0;
	} else if (++extreme->run >= CLIPPED_RUN) {
		extreme->stretches += extreme->run == CLIPPED_RUN;
		extreme->readings += extreme->run == CLIPPED_RUN ? CLIPPED_RUN : 1;
	}
}

static void note_change(struct value_runs *runs, double number)
{
	if (number > runs->last)
		runs->increases++;
	if (number < runs->last) {
		runs->decreases++;
		runs->collapses += number < runs->last / 2;
	}
	double step = fabs(number - runs->last);

	if (runs->wants_steps && step > 0 && isfinite(step))
		quantile_sketch_add(&runs->steps, step);
}

void value_runs_add(struct value_runs *runs, int64_t time, double number)
{
	bool is_first = !runs->numbers++;
	bool stays = !is_first && same(number, runs->last);

	note_stuck(runs, time, stays);
	note_extreme(&runs->low, number, -1, is_first);
	note_extreme(&runs->high, number, 1, is_first);
	if (stays)
		return;
	if (runs->distinct < 3)
		note_distinct(runs, number);
	if (!is_first)
		note_change(runs, number);
	runs->last = number;
}

uint64_t value_runs_clipped(const struct value_runs *runs, uint64_t *readings)
{
	*readings = 0;
	if (runs->distinct < 3)
		return 0;
	*readings = runs->low.readings + runs->high.readings;
	return runs->low.stretches + runs->high.stretches;
}

bool value_runs_is_counter(const struct value_runs *runs)
{
	return runs->numbers && runs->low.extreme >= 0 && runs->increases >= COUNTER_INCREASES &&
	    runs->decreases <= runs->increases / COUNTER_SHARE && runs->decreases == runs->collapses;
}
