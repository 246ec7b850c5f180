#include "analysis/stream_series.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/decimal_exact.h"
#include "base/hash.h"

// Of one series' landmarks: a few suffice, and many series come one after the other.
#define LANDMARK_SLOTS 512

void stream_series_init(struct stream_series *series)
{
	*series = (struct stream_series){.run = 0};
	clock_offset_init(&series->clock, LANDMARK_SLOTS);
}

void stream_series_release(struct stream_series *series)
{
	clock_offset_release(&series->clock);
	quantile_sketch_release(&series->behind);
	quantile_sketch_release(&series->ahead);
	value_tree_release(&series->from_tree);
	value_tree_release(&series->to_tree);
	buffer_release(&series->scratch);
}

void stream_series_begin(
    struct stream_series *series, struct stream_tolerance tolerance, uint64_t sustain, int64_t baseline_end)
{
	series->tolerance = tolerance;
	series->absolute = stream_tolerance_absolute(&tolerance);
	series->relative = stream_tolerance_relative(&tolerance);
	series->sustain = sustain;
	series->baseline_end = baseline_end;
	series->figures = (struct stream_figures){.maximum = NAN, .deviation = NAN, .distance = NAN};
	series->baseline_pairs = 0;
	series->mean = series->squares = 0;
	series->run = 0;
	quantile_sketch_release(&series->behind);
	quantile_sketch_release(&series->ahead);
	series->behind = series->ahead = (struct quantile_sketch)QUANTILE_SKETCH_INIT;
	clock_offset_clear(&series->clock);
	series->has_last[STREAM_FROM] = series->has_last[STREAM_TO] = false;
}

uint64_t stream_change_hash(uint64_t series, uint64_t before, uint64_t value)
{
	uint64_t words[] = {series, before, value};

	return hash_bytes(slice_of((const char *)words, sizeof words), 0);
}

void stream_series_see(struct stream_series *series, enum stream_side side, const struct stream_reading *reading)
{
	series->figures.readings[side]++;
	if (series->has_last[side] && series->last_hash[side] != reading->hash)
		clock_offset_add(&series->clock, side, stream_change_hash(0, series->last_hash[side], reading->hash),
		    reading->aligned);
	series->last_hash[side] = reading->hash;
	series->has_last[side] = true;
}

// to - from: exact where it can be, since large numbers may differ by little.
static double number_difference(struct stream_series *series, struct slice from, struct slice to)
{
	struct decimal a, b, difference;

	if (decimal_read(from, &a) == 0 && decimal_read(to, &b) == 0 &&
	    decimal_add(b, decimal_negate(a), &difference) == 0) {
		buffer_reset(&series->scratch);
		decimal_append(&series->scratch, difference);
		return decimal_to_double(buffer_slice(&series->scratch));
	}
	return decimal_to_double(to) - decimal_to_double(from);
}

static void add_difference(struct stream_figures *figures, double difference)
{
	figures->maximum = figures->numbers++ ? fmax(figures->maximum, fabs(difference)) : fabs(difference);
	figures->sum += difference;
	figures->squares += difference * difference;
}

// Subtracted as whole numbers: a double does not hold the nanoseconds of a time.
static void add_distance(struct stream_series *series, int64_t from, int64_t to)
{
	if (to >= from)
		quantile_sketch_add(&series->behind, (double)time_difference(from, to));
	else
		quantile_sketch_add(&series->ahead, (double)time_difference(to, from));
}

static bool same_unit(const struct stream_reading *from, const struct stream_reading *to)
{
	return from->has_unit == to->has_unit && slice_equal(from->unit, to->unit);
}

static bool same_value(struct stream_series *series, struct slice from, struct slice to)
{
	struct error error;

	if (slice_equal(from, to))
		return true;
	if (decimal_is_number(from) && decimal_is_number(to))
		return stream_tolerance_within(&series->tolerance, from, to);
	if (value_parse(&series->from_tree, from, &error) || value_parse(&series->to_tree, to, &error))
		return false;
	return value_equal(&series->from_tree, value_root(&series->from_tree), &series->to_tree,
	    value_root(&series->to_tree), series->absolute, series->relative);
}

static void add_to_baseline(struct stream_series *series, double difference)
{
	double away = difference - series->mean;

	series->mean += away / (double)++series->baseline_pairs;
	series->squares += away * (difference - series->mean);
	if (series->baseline_pairs > 1)
		series->figures.deviation = sqrt(series->squares / (double)(series->baseline_pairs - 1));
}

static enum pair_verdict judge_by_deviation(
    struct stream_series *series, const struct stream_reading *from, double difference)
{
	if (from->time < series->baseline_end) {
		add_to_baseline(series, difference);
		return PAIR_UNJUDGED;
	}
	if (isnan(series->figures.deviation))
		return PAIR_UNJUDGED;
	return fabs(difference) <= series->tolerance.deviations * series->figures.deviation ? PAIR_SAME
											    : PAIR_DIFFERENT;
}

static double score_of(const struct stream_series *series, double difference)
{
	double one = series->tolerance.deviations > 0 ? series->figures.deviation : series->absolute;

	return one > 0 ? fabs(difference) / one : NAN;
}

static void follow_run(
    struct stream_series *series, const struct stream_reading *from, bool are_numbers, double difference)
{
	struct stream_divergence *found = &series->figures.divergence;

	if (!series->run++)
		series->candidate = (struct stream_divergence){
		    true, from->time, are_numbers, difference, are_numbers ? score_of(series, difference) : NAN};
	if (series->run >= series->sustain && !found->is_found)
		*found = series->candidate;
}

enum pair_verdict stream_series_pair(
    struct stream_series *series, const struct stream_reading *from, const struct stream_reading *to)
{
	bool have_one_unit = same_unit(from, to);
	bool are_numbers = have_one_unit && decimal_is_number(from->value) && decimal_is_number(to->value);
	double difference = are_numbers ? number_difference(series, from->value, to->value) : NAN;
	enum pair_verdict verdict;

	are_numbers = are_numbers && isfinite(difference);
	series->figures.pairs++;
	add_distance(series, from->aligned, to->aligned);
	if (are_numbers)
		add_difference(&series->figures, difference);
	if (are_numbers && series->tolerance.deviations > 0)
		verdict = judge_by_deviation(series, from, difference);
	else
		verdict = have_one_unit && same_value(series, from->value, to->value) ? PAIR_SAME : PAIR_DIFFERENT;
	series->figures.judged += verdict != PAIR_UNJUDGED;
	series->figures.different += verdict == PAIR_DIFFERENT;
	if (verdict == PAIR_DIFFERENT)
		follow_run(series, from, are_numbers, difference);
	else
		series->run = 0;
	return verdict;
}

// Of all distances in order: those ahead come first, the largest of them in front.
static double median_distance(const struct stream_series *series)
{
	uint64_t ahead = series->ahead.count, behind = series->behind.count, rank = (ahead + behind - 1) / 2;

	if (rank < ahead)
		return -quantile_sketch_at(
		    &series->ahead, ahead > 1 ? (double)(ahead - 1 - rank) / (double)(ahead - 1) : 0);
	rank -= ahead;
	return quantile_sketch_at(&series->behind, behind > 1 ? (double)rank / (double)(behind - 1) : 0);
}

const struct stream_figures *stream_series_finish(struct stream_series *series, int64_t close)
{
	series->figures.clock = clock_offset_estimate(&series->clock, close);
	if (series->figures.pairs)
		series->figures.distance = median_distance(series);
	return &series->figures;
}

double stream_figures_rms(const struct stream_figures *figures)
{
	return figures->numbers ? sqrt(figures->squares / (double)figures->numbers) : NAN;
}

double stream_figures_share(const struct stream_figures *figures)
{
	return figures->judged ? (double)(figures->judged - figures->different) / (double)figures->judged : NAN;
}

double stream_figures_offset(const struct stream_figures *figures)
{
	return figures->clock.is_known ? (double)figures->clock.offset : figures->distance;
}
