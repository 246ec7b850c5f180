#include "twin/quality_window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void queue_make_room(struct quality_queue *queue)
{
	if (queue->first + queue->count < queue->capacity)
		return;
	if (queue->first > queue->capacity / 2) {
		memmove(queue->items, queue->items + queue->first, queue->count * sizeof *queue->items);
		queue->first = 0;
		return;
	}
	queue->items =
	    memory_grow(queue->items, &queue->capacity, queue->first + queue->count + 1, sizeof *queue->items);
}

// Rounds down (sign 1) or up (-1) to multiples of a power of two, which is exact, and keeps the last of equal ones.
static void queue_coarsen(struct quality_queue *queue, double tolerance, double sign)
{
	double grain = ldexp(1, ilogb(tolerance) - 8);
	size_t kept = 0;

	for (size_t i = 0; i < queue->count; i++) {
		struct quality_extreme item = queue->items[queue->first + i];

		item.value = sign * floor(sign * item.value / grain) * grain;
		kept += !(kept && queue->items[kept - 1].value == item.value);
		queue->items[kept - 1] = item;
	}
	queue->first = 0;
	queue->count = kept;
}

// What is no less extreme than a number before it takes its place. sign 1: of the lows, -1: of the highs.
static void queue_push(struct quality_queue *queue, struct quality_extreme item, double tolerance, double sign)
{
	while (queue->count && sign * queue->items[queue->first + queue->count - 1].value >= sign * item.value)
		queue->count--;
	if (queue->count >= QUALITY_RUN_MAX)
		queue_coarsen(queue, tolerance, sign);
	queue_make_room(queue);
	queue->items[queue->first + queue->count++] = item;
}

static void queue_drop(struct quality_queue *queue)
{
	queue->first++;
	queue->count--;
}

static void queue_note_time(struct quality_queue *queue, uint64_t index, int64_t time)
{
	struct quality_extreme *last = queue->count ? &queue->items[queue->first + queue->count - 1] : NULL;

	if (last && last->index + 1 == index)
		last->after = time;
}

void quality_run_release(struct quality_run *run)
{
	free(run->lows.items);
	free(run->highs.items);
	*run = (struct quality_run){0};
}

void quality_run_skip(struct quality_run *run, int64_t time)
{
	queue_note_time(&run->lows, run->index, time);
	queue_note_time(&run->highs, run->index, time);
	if (run->start == run->index)
		run->start_time = time;
	run->index++;
}

// The run begins behind the extreme that is the first to leave.
static void shorten(struct quality_run *run)
{
	struct quality_extreme low = run->lows.items[run->lows.first], high = run->highs.items[run->highs.first];
	const struct quality_extreme *gone = low.index < high.index ? &low : &high;

	run->start = gone->index + 1;
	run->start_time = gone->after;
	if (low.index == gone->index)
		queue_drop(&run->lows);
	if (high.index == gone->index)
		queue_drop(&run->highs);
}

void quality_run_put(struct quality_run *run, int64_t time, double value, double tolerance)
{
	struct quality_extreme item = {value, run->index, time};

	quality_run_skip(run, time);
	queue_push(&run->lows, item, tolerance, 1);
	queue_push(&run->highs, item, tolerance, -1);
	while (run->lows.count && run->highs.count &&
	    !(run->highs.items[run->highs.first].value - run->lows.items[run->lows.first].value < tolerance))
		shorten(run);
}

void quality_spread_add(struct quality_spread *spread, double value)
{
	struct quality_spread one = {1, value, 0, value, value};

	quality_spread_join(spread, &one);
}

void quality_spread_join(struct quality_spread *spread, const struct quality_spread *other)
{
	if (!spread->count || !other->count) {
		if (!spread->count)
			*spread = *other;
		return;
	}
	double own = (double)spread->count, more = (double)other->count, all = own + more;
	double apart = other->mean - spread->mean;

	spread->mean += apart * (more / all);
	spread->squares += other->squares + apart * apart * (own * more / all);
	spread->count += other->count;
	spread->minimum = fmin(spread->minimum, other->minimum);
	spread->maximum = fmax(spread->maximum, other->maximum);
}

double quality_spread_deviation(const struct quality_spread *spread, unsigned freedom)
{
	if (spread->count <= freedom)
		return NAN;
	return sqrt(spread->squares / (double)(spread->count - freedom));
}

double quality_spread_range(const struct quality_spread *spread)
{
	return spread->count ? spread->maximum - spread->minimum : NAN;
}

void quality_period_release(struct quality_period *period)
{
	free(period->blocks);
	*period = (struct quality_period){0};
}

// The second stack is turned over onto the empty first one: from its end each block takes in what is behind it.
static void turn(struct quality_period *window)
{
	for (size_t i = window->count; i-- > window->turned + 1;) {
		struct quality_spread joined = window->blocks[i - 1].spread;

		quality_spread_join(&joined, &window->blocks[i].spread);
		window->blocks[i - 1].spread = joined;
	}
	window->turned = window->count;
	window->back = (struct quality_spread){0};
}

// Times are in order; the difference of two may need all 64 bits.
static bool lasted(int64_t since, int64_t time, int64_t length)
{
	return (uint64_t)time - (uint64_t)since >= (uint64_t)length;
}

static void evict(struct quality_period *window, int64_t time, int64_t period)
{
	while (window->first < window->count && lasted(window->blocks[window->first].first, time, period)) {
		if (window->first == window->turned)
			turn(window);
		window->first++;
	}
}

// Of two neighbours one is left. In the turned part a block has all behind it already.
static void coarsen(struct quality_period *window, int64_t period)
{
	struct quality_block *blocks = window->blocks;
	size_t kept = 0, turned = window->turned;

	for (size_t i = window->first; i < turned; i += 2)
		blocks[kept++] = blocks[i];
	window->turned = kept;
	for (size_t i = turned; i < window->count; i += 2) {
		struct quality_block joined = blocks[i];

		if (i + 1 < window->count)
			quality_spread_join(&joined.spread, &blocks[i + 1].spread);
		blocks[kept++] = joined;
	}
	window->first = 0;
	window->count = kept;
	window->width = period / (QUALITY_BLOCKS_MAX / 2);
}

static void make_room(struct quality_period *window, int64_t period)
{
	size_t used = window->count - window->first;

	if (used >= QUALITY_BLOCKS_MAX)
		coarsen(window, period);
	else if (window->count == window->capacity && window->first > window->capacity / 2) {
		memmove(window->blocks, window->blocks + window->first, used * sizeof *window->blocks);
		window->turned -= window->first;
		window->count = used;
		window->first = 0;
	}
	window->blocks = memory_grow(window->blocks, &window->capacity, window->count + 1, sizeof *window->blocks);
}

void quality_period_put(struct quality_period *window, int64_t time, double value, int64_t period)
{
	evict(window, time, period);
	struct quality_block *last = window->count > window->turned ? &window->blocks[window->count - 1] : NULL;

	if (!last || lasted(last->first, time, window->width)) {
		make_room(window, period);
		last = &window->blocks[window->count++];
		*last = (struct quality_block){.first = time};
	}
	quality_spread_add(&last->spread, value);
	quality_spread_add(&window->back, value);
}

struct quality_spread quality_period_spread(const struct quality_period *window)
{
	struct quality_spread all = {0};

	if (window->first < window->turned)
		all = window->blocks[window->first].spread;
	quality_spread_join(&all, &window->back);
	return all;
}
