// The column of revisions within a block of history.
//
// A store's revisions rise as its records come in, and records come about in the order of their timestamps: seen in the order of time and
// above a line through them, the revisions of all series of a block are a walk of small steps, which takes half of the room that they take
// series by series.
//
//	column   0, the revisions as a column of history_column.h | 1, slope (the bits of an int64_t as a varint), walk as a column of one segment
//
// The order of time is that of up to REVISION_SLOTS equal slots that the time of the block is cut into, and in a slot that of the rows. The
// line is slope / 2^32 for each unit of 2^scale nanoseconds since the oldest row, with fewer than 2^31 units in all. Arithmetic is modulo 2^64,
// so that every revision comes back whatever the line is.
#ifndef TWIN_HISTORY_REVISION_H
#define TWIN_HISTORY_REVISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twin/history_column.h"

#define REVISION_SLOTS 8192

struct revision_walk {
	int64_t slope;
	int64_t oldest;
	int scale;
	uint16_t ends[REVISION_SLOTS];
	uint16_t rows[COLUMN_ROWS_MAX];   // in the order of time
	int64_t heights[COLUMN_ROWS_MAX]; // of these above the line
};

// Finds the walk, and whether it is shorter than the revisions as they are.
bool revision_walk_find(struct revision_walk *walk, struct column_writer *writer, const int64_t *timestamps,
    const int64_t *revisions, const struct column_segments *segments);

// The numbers are spoilt, those of the walk too. `walk` is NULL for the revisions as they are.
void revision_write(struct column_writer *writer, struct revision_walk *walk, int64_t *revisions,
    const struct column_segments *segments);

// Trusts nothing: -1 when the bytes are no such column.
int revision_read(struct column_reader *reader, struct revision_walk *walk, const int64_t *timestamps,
    int64_t *revisions, const struct column_segments *segments) __attribute__((warn_unused_result));

#endif
