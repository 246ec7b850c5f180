// Readings and labels to NDJSON, in the order of members that twin-record(5) has. What readings of a row share is made once per row,
// what readings of a column share once per source; a reading is then a few copies.
#ifndef FORMAT_READING_WRITER_H
#define FORMAT_READING_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/timestamp.h"
#include "format/reading_parts.h"
#include "record/record_sink.h"

// Where a timestamp comes from when the source gives no event time; told in metadata.timestamp_source.
enum timestamp_source {
	TIMESTAMP_EVENT, // it gives one: nothing is told
	TIMESTAMP_ROW,
	TIMESTAMP_ELAPSED,
	TIMESTAMP_RECEIVED,
	TIMESTAMP_NOW,
};

// What the readings of a row share.
struct row_facts {
	struct slice entity_id; // decoded
	int64_t timestamp;
	enum timestamp_source timestamp_source;
	struct slice axis; // unit that is counted instead of time; empty: none
	int64_t axis_value;
	bool has_received;
	int64_t received;
	struct slice quality, sensor_id, seq, counter; // JSON; empty: absent
	struct slice metadata; // what else the source says: members as JSON, `"a":1,"b":2`; empty: none
	uint64_t line;         // in the source
};

struct reading_writer {
	struct record_sink *readings, *labels; // NULL: not written, only counted
	bool has_origin;                       // readings say where they come from
	struct buffer origin;                  // what stands before the line's number
	struct buffer head;                    // "entity_id":"..."
	struct buffer entity;                  // the id that head has
	struct buffer time;                    // ,"timestamp":"...","value":
	size_t time_length;                    // of it up to the value
	struct timestamp_writer times;
	struct buffer tail; // all behind value and unit
	uint64_t reading_count, label_count;
	const struct reading_hook *hook;    // NULL: readings are written as they are
	struct reading_parts parts;         // with a hook: what the readings of the row share,
	size_t quality_end, metadata_begin; // where these are in tail,
	struct buffer scratch[4];           // and what is decoded or put together
};

void reading_writer_init(struct reading_writer *writer, struct record_sink *readings, struct record_sink *labels);
void reading_writer_release(struct reading_writer *writer);

// source: a path, or "-", which has no origin.
void reading_writer_source(struct reading_writer *writer, const char *source, bool wants_origin);

void reading_writer_row(struct reading_writer *writer, const struct row_facts *facts);

// property: as made by reading_writer_property. value: JSON. unit: as made by reading_writer_unit, or empty.
void reading_writer_put(struct reading_writer *writer, struct slice property, struct slice value, struct slice unit);

// Writes a reading that a hook has been given.
void reading_writer_emit(struct reading_writer *writer, const struct reading_parts *reading);

// Gives a reading to the hook, which there is.
void reading_writer_take(struct reading_writer *writer, const struct reading_parts *reading);

// All sources have been read: writes what the hook has kept.
void reading_writer_finish(struct reading_writer *writer);

// The label of the row, a JSON object.
void reading_writer_label(struct reading_writer *writer, struct slice label);

// Append the members to out, for reading_writer_put. property: a path.
void reading_writer_property(struct buffer *out, struct slice property);
void reading_writer_unit(struct buffer *out, struct slice unit);

#endif
