// One of two recordings that are compared: its readings, series by series and in the order of time, whatever the order they came in and however
// many there are (io/external_sort.h). In order: entity_id, property, timestamp, counter, quality, sensor_id, seq, and a hash of the value.
// Copies, equal in all of these and in their value, come once.
#ifndef ANALYSIS_STREAM_RECORDING_H
#define ANALYSIS_STREAM_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/hash_map.h"
#include "base/slice.h"
#include "io/external_sort.h"
#include "record/record.h"

// What is kept of a reading. Its slices lie in text.
struct stream_reading {
	struct slice text;
	struct slice entity, path;
	struct slice value; // JSON
	struct slice unit, sensor_id, origin;
	int64_t time, seq, counter;
	int64_t aligned; // the time on the clock of the comparison, once the recording's shift is known
	double quality;
	uint64_t hash; // of the value: equal ones have equal hashes, numbers by value; containers as they are written
	bool has_unit;
};

struct stream_recording {
	struct external_sort *sort;
	uint64_t readings, copies;
	int64_t oldest, newest; // while there are readings
	int64_t shift;          // of aligned against time, set before the start; 0 otherwise
	struct buffer key, text, value, number;
	struct buffer previous; // the text before, to find copies
	struct stream_reading head;
	bool is_over;
};

// memory: of external_sort_new.
void stream_recording_init(struct stream_recording *recording, size_t memory);
void stream_recording_release(struct stream_recording *recording);

// What becomes of a record: a reading, or an event, whose path is its kind, with /PROPERTY behind it where it has one, and whose value is an
// object of its severity and its score. False when the record is neither, or has no time. Valid until the next call, as long as the record.
bool stream_recording_read(
    struct stream_recording *recording, const struct record *record, struct stream_reading *reading);

int stream_recording_add(struct stream_recording *recording, const struct stream_reading *reading, struct error *error)
    __attribute__((warn_unused_result));

// When all have been added, once: the head is the first.
int stream_recording_start(struct stream_recording *recording, struct error *error) __attribute__((warn_unused_result));
// The head is the next; it is valid until then.
int stream_recording_next(struct stream_recording *recording, struct error *error) __attribute__((warn_unused_result));

// Takes apart the text of a reading, or a copy of it; aligned is left alone.
void stream_reading_unpack(struct stream_reading *reading, struct slice text);

// A time on the clock of the comparison: the nearest there is where it is out of reach.
int64_t stream_recording_align(const struct stream_recording *recording, int64_t time);

// Of whole series, by entity and path.
int stream_reading_compare_series(const struct stream_reading *a, const struct stream_reading *b);

#endif
