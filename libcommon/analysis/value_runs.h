// What the values of one series do, seen in the order of their times: stretches in which they stand still, stretches at their own extremes,
// steps, and counters that begin anew. Constant memory, but for the steps' sketch.
#ifndef ANALYSIS_VALUE_RUNS_H
#define ANALYSIS_VALUE_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/quantile_sketch.h"

// So many readings in a row at the smallest or the largest number of the series are a clipped stretch.
#define CLIPPED_RUN 3

struct stretch {
	int64_t begin, end;
	uint64_t readings;
};

// At one extreme of the series: what was counted is forgotten when a more extreme number comes.
struct extreme_run {
	double extreme;
	uint64_t run, stretches, readings;
};

struct value_runs {
	uint64_t stuck_run; // readings that make a stuck stretch
	uint64_t numbers;
	double last;
	double two[2];     // the first different ones
	unsigned distinct; // 3 stands for more
	struct stretch run, longest;
	uint64_t stuck_stretches, stuck_readings;
	struct extreme_run low, high;
	uint64_t increases, decreases, collapses; // collapses: to less than half
	struct quantile_sketch steps;             // sizes of the changes, where wanted
	bool wants_steps;
};

void value_runs_init(struct value_runs *runs, uint64_t stuck_run, bool wants_steps);
void value_runs_release(struct value_runs *runs);
void value_runs_copy(struct value_runs *runs, const struct value_runs *other);
void value_runs_add(struct value_runs *runs, int64_t time, double number);

// Stretches and readings at either extreme. A series with no more than two values has none: a switch is not clipped.
uint64_t value_runs_clipped(const struct value_runs *runs, uint64_t *readings);

// Whether the series is a counter: never below zero, at least ten increases, decreases at most one in twenty of them, and each of
// those to less than half of what was before.
bool value_runs_is_counter(const struct value_runs *runs);

#endif
