// The health of one source of readings (a sensor_id; where there is none, the twin itself): how far its clock is from that of whoever
// received its readings, whether that jumps, and whether its sequence numbers are complete.
#ifndef ANALYSIS_SOURCE_HEALTH_H
#define ANALYSIS_SOURCE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/number_ranges.h"
#include "analysis/quantile_sketch.h"
#include "base/buffer.h"
#include "record/record.h"

// A clock has jumped when the median of so many offsets is further from that of as many before than the limit: a reading that was on its way
// for long is no jump.
#define JUMP_BLOCK 5

// A `seq` that far back is a restart, not a late reading; so is 0 or 1 behind one above SEQ_SMALL, when the source began no lower.
#define SEQ_RESTART 65536
#define SEQ_SMALL   16

struct source_health {
	uint64_t readings;
	uint64_t offsets; // readings with `received`
	struct quantile_sketch behind,
	    ahead; // sizes of the offsets in nanoseconds: received after the timestamp, or before
	int64_t offset_minimum, offset_maximum; // received - timestamp
	int64_t block[JUMP_BLOCK];
	unsigned block_count;
	bool has_baseline;
	int64_t baseline; // median of the block before
	uint64_t jumps;
	int64_t largest_jump; // with its sign
	int64_t largest_jump_time;

	uint64_t sequenced; // readings with `seq`
	struct number_ranges seq;
	int64_t seq_first, seq_last;
	uint64_t seq_gaps, seq_missing, seq_restarts; // gaps and missing: of runs before the last restart
};

void source_health_release(struct source_health *source);

// jump_limit: nanoseconds.
void source_health_add(struct source_health *source, const struct record *record, int64_t jump_limit);

uint64_t source_health_gaps(const struct source_health *source);
uint64_t source_health_missing(const struct source_health *source);

// In nanoseconds, within 1 %.
double source_health_median_offset(const struct source_health *source);

// Its measures, from readings on.
void source_health_append(const struct source_health *source, struct buffer *out);

#endif
