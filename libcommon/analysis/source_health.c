#include "analysis/source_health.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/measure_list.h"

void source_health_release(struct source_health *source)
{
	quantile_sketch_release(&source->behind);
	quantile_sketch_release(&source->ahead);
	number_ranges_release(&source->seq);
}

static int64_t difference(int64_t a, int64_t b)
{
	int64_t result;

	if (!__builtin_sub_overflow(a, b, &result))
		return result;
	return a > b ? INT64_MAX : INT64_MIN;
}

static int compare_offsets(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void end_block(struct source_health *source, int64_t time, int64_t jump_limit)
{
	qsort(source->block, JUMP_BLOCK, sizeof *source->block, compare_offsets);
	int64_t median = source->block[JUMP_BLOCK / 2];
	int64_t jump = difference(median, source->baseline);

	source->block_count = 0;
	if (source->has_baseline && (jump > jump_limit || jump < -jump_limit)) {
		bool is_larger = llabs(jump > -INT64_MAX ? jump : INT64_MAX) > llabs(source->largest_jump);

		source->jumps++;
		if (is_larger) {
			source->largest_jump = jump > -INT64_MAX ? jump : -INT64_MAX;
			source->largest_jump_time = time;
		}
	}
	source->has_baseline = true;
	source->baseline = median;
}

static void add_offset(struct source_health *source, const struct record *record, int64_t jump_limit)
{
	int64_t offset = difference(record->received, record->timestamp);
	bool is_first = !source->offsets++;

	quantile_sketch_add(
	    offset < 0 ? &source->ahead : &source->behind, offset < 0 ? -(double)offset : (double)offset);
	if (is_first || offset < source->offset_minimum)
		source->offset_minimum = offset;
	if (is_first || offset > source->offset_maximum)
		source->offset_maximum = offset;
	source->block[source->block_count++] = offset;
	if (source->block_count == JUMP_BLOCK)
		end_block(source, record->timestamp, jump_limit);
}

static uint64_t span_missing(const struct source_health *source)
{
	return source->seq.held ? (uint64_t)source->seq_last - (uint64_t)source->seq_first + 1 - source->seq.held : 0;
}

static void add_seq(struct source_health *source, int64_t seq)
{
	bool is_first = !source->sequenced++;
	bool restarts = !is_first && seq < source->seq_last &&
	    ((seq <= 1 && source->seq_last > SEQ_SMALL && seq <= source->seq_first) ||
		source->seq_last - seq > SEQ_RESTART);

	if (restarts) {
		source->seq_gaps += number_ranges_holes(&source->seq);
		source->seq_missing += span_missing(source);
		source->seq_restarts++;
		number_ranges_release(&source->seq);
	}
	if (is_first || restarts || seq < source->seq_first)
		source->seq_first = seq;
	if (is_first || restarts || seq > source->seq_last)
		source->seq_last = seq;
	number_ranges_add(&source->seq, seq);
}

void source_health_add(struct source_health *source, const struct record *record, int64_t jump_limit)
{
	source->readings++;
	if (record_has(record, MEMBER_RECEIVED))
		add_offset(source, record, jump_limit);
	if (record_has(record, MEMBER_SEQ))
		add_seq(source, record->seq);
}

uint64_t source_health_gaps(const struct source_health *source)
{
	return source->seq_gaps + number_ranges_holes(&source->seq);
}

uint64_t source_health_missing(const struct source_health *source)
{
	return source->seq_missing + span_missing(source);
}

double source_health_median_offset(const struct source_health *source)
{
	uint64_t ahead = source->ahead.count, all = ahead + source->behind.count;
	uint64_t rank = all / 2;

	if (!all)
		return 0;
	if (rank < ahead)
		return ahead > 1 ? -quantile_sketch_at(&source->ahead, (double)(ahead - 1 - rank) / (double)(ahead - 1))
				 : -quantile_sketch_at(&source->ahead, 0);
	rank -= ahead;
	return source->behind.count > 1
	    ? quantile_sketch_at(&source->behind, (double)rank / (double)(source->behind.count - 1))
	    : quantile_sketch_at(&source->behind, 0);
}

void source_health_append(const struct source_health *source, struct buffer *out)
{
	bool has_offsets = source->offsets > 0;

	measure_count(out, "readings", source->readings);
	measure_seconds(out, "clock_offset_minimum", has_offsets ? (double)source->offset_minimum : NAN);
	measure_seconds(out, "clock_offset_median", has_offsets ? source_health_median_offset(source) : NAN);
	measure_seconds(out, "clock_offset_maximum", has_offsets ? (double)source->offset_maximum : NAN);
	measure_count(out, "clock_jumps", source->jumps);
	measure_seconds(out, "clock_jump_largest", source->jumps ? (double)source->largest_jump : NAN);
	if (source->jumps)
		measure_time(out, "clock_jump_at", source->largest_jump_time);
	else
		measure_null(out, "clock_jump_at");
	measure_count(out, "seq_gaps", source_health_gaps(source));
	measure_count(out, "seq_missing", source_health_missing(source));
	measure_count(out, "seq_restarts", source->seq_restarts);
}
