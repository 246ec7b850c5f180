// Quality checks as a stage that readings pass through, whatever they are made of: it finds the series and its
// limits, keeps what is held, and hands each reading on with its verdict.
//
// Readings are handed on in the order in which their verdicts are complete: at once, but for those held for a spike
// check, which come before the next reading in order of their own series, or at the end. Bytes in, bytes out: what
// is handed on depends on the input alone.
//
// Memory: for each series the text of its key, and where it is checked about 600 bytes, what it holds, and what
// twin/quality_check.h says.
#ifndef TWIN_QUALITY_STAGE_H
#define TWIN_QUALITY_STAGE_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/hash_map.h"
#include "twin/model.h"
#include "twin/quality_check.h"
#include "twin/quality_options.h"

struct quality_stage {
	const struct quality_options *options; // checked; borrowed
	const struct model *model;             // or NULL; borrowed
	// Takes a reading with its verdict. payload is what was put; it is borrowed for the call.
	void (*take)(void *context, struct slice payload, const struct quality_verdict *verdict);
	void *context;
	struct hash_map series;         // entry numbers index entries
	struct quality_entry **entries; // NULL: nothing to check
	size_t capacity;
	struct buffer key;
	uint64_t put_count;
};

void quality_stage_init(struct quality_stage *stage, const struct quality_options *options, const struct model *model,
    void (*take)(void *context, struct slice payload, const struct quality_verdict *verdict), void *context);
void quality_stage_release(struct quality_stage *stage);

// The series is that of entity, property and sensor (empty when not known). payload: what take is to be given;
// copied when it is held.
void quality_stage_put(struct quality_stage *stage, struct slice entity_id, struct slice property,
    struct slice sensor_id, const struct quality_reading *reading, struct slice payload);

// The input ends: what is held is handed on, in the order in which it was put.
void quality_stage_flush(struct quality_stage *stage);

#endif
