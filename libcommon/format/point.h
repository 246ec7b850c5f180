// InfluxDB line protocol, one record (point) at a time: measurement,tag=value,... field=value,... time
//
// The grammar is that of influxdata's line-protocol-corpus. Where a backslash stands before a comma or a blank (and in keys and values of
// tags and in keys of fields an equals sign), it stands for that character alone; before anything else it is a character itself. Strings
// have \" and \\ and may go on over lines.
#ifndef FORMAT_POINT_H
#define FORMAT_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

enum point_kind {
	POINT_FLOAT,
	POINT_INTEGER,  // int64: digits and 'i'
	POINT_UNSIGNED, // uint64: digits and 'u'
	POINT_TRUE,
	POINT_FALSE,
	POINT_STRING,
};

#define POINT_NOWHERE ((size_t)-1)

struct point_tag {
	struct slice key, value; // decoded
};

// Places in the record, since that may move when a line is added to it.
struct point_field {
	size_t key, key_length;     // as it is written
	size_t value, value_length; // of numbers without the letter behind, of strings without the quotes
	enum point_kind kind;
	bool is_json; // the value is JSON as it stands there, a string between quotes
};

struct point {
	struct slice measurement; // decoded
	struct point_tag *tags;   // in the order of their keys
	size_t tag_count, tag_capacity;
	struct point_field *fields;
	size_t field_count, field_capacity;
	bool has_time;
	int64_t time;      // as it is counted
	size_t at;         // place that has been reached
	size_t quote;      // where the string that was read last opens
	bool in_string;    // which is open
	size_t fault;      // place of what is wrong; POINT_NOWHERE is for callers
	bool quote_faulty; // what is wrong is that string's end: it is not there, or no value ends so
	struct arena arena;
};

enum point_result {
	POINT_BAD = -1, // error and point->fault are filled
	POINT_NOTHING,  // a blank line or a comment
	POINT_OK,
	POINT_OPEN, // a string is open at the end of the record
};

void point_init(struct point *point);
void point_release(struct point *point);

// Reads measurement and tags; they are valid until the next call, or until the line moves. line: UTF-8 without NUL and without its '\n'.
enum point_result point_read_series(struct point *point, struct slice line, struct error *error)
    __attribute__((warn_unused_result));

// For a caller that knows the series: its text ends at `end`, where a blank stands.
void point_skip_series(struct point *point, size_t end);

// Reads fields and time of the line whose series was read or skipped. After POINT_OPEN: the same for the record with '\n' and one more line
// behind it; what has been read is not read again.
enum point_result point_read_fields(struct point *point, struct slice record, struct error *error)
    __attribute__((warn_unused_result));

// Appends the key of a field, decoded.
void point_append_key(struct buffer *out, struct slice key);

// Appends the value as JSON. Digits stay what they are: 007.50 becomes 7.50, .5 becomes 0.5, 5. becomes 5.
void point_append_value(struct buffer *out, struct slice record, const struct point_field *field);

#endif
