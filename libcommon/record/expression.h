// Expressions over one record (twin-expr(7)): conditions such as `value > 80 and quality >= 0.9`, and the values they are made of.
//
// A text is parsed once, by a Pratt parser, into code for a small stack machine, and then run over any number of records. Members are
// taken from the slices the line scanner has found; a tree is built only of what lies inside of containers or has no meaning of its
// own. Running allocates nothing once its buffers have grown to what the records need.
//
// A reading without type, quality, sensor_id, seq or counter has the value that twin-record(5) says their absence means ("reading", 1,
// "", 0, 0): what writers leave out must not change an answer. exists() tells what is written.
//
// Logic has two values: `and`, `or`, `not`, `if` and a condition as a whole take true as true and everything else as false. A
// comparison with what is missing, or of two types, is false whichever way it is made (so is !=), and its `not` is true. Arithmetic that
// has no answer (a missing operand, another type, division by zero, an overflow) is missing itself; no infinity or NaN arises.
// Types that cannot meet (`value > 3 and "x"`, `timestamp > 5s`) are errors of the text, found when it is parsed.
//
// Units of measure: convert() converts numbers, the unit of each being text beside it. Where the units of members are known before there
// is a record, record/expression_units.h checks an expression against them; running it does not look at units. Functions over
// time (of a window, of how long something has held) would be functions with state in struct expression_run.
#ifndef RECORD_EXPRESSION_H
#define RECORD_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/record.h"

// Bounds of a text: its bytes, how deep parentheses, calls and signs may be nested, and the arguments of one call.
#define EXPRESSION_TEXT_MAX      16384
#define EXPRESSION_DEPTH_MAX     64
#define EXPRESSION_ARGUMENTS_MAX 32

enum expression_kind {
	EXPRESSION_MISSING,
	EXPRESSION_NULL,
	EXPRESSION_BOOLEAN,
	EXPRESSION_NUMBER,
	EXPRESSION_STRING,
	EXPRESSION_TIME,
	EXPRESSION_DURATION,
	EXPRESSION_CONTAINER, // an array or an object: it is there, and equal to nothing
};

// Whether a string is a time. What may be one (2026-03-01, 2026-03-01T12:00) stands in the expression, and is a time beside a time.
enum expression_time { EXPRESSION_TIME_UNKNOWN, EXPRESSION_TIME_NOT, EXPRESSION_TIME_MAYBE, EXPRESSION_TIME_IS };

struct expression_value {
	uint8_t kind;        // enum expression_kind
	uint8_t time;        // enum expression_time, of a string
	bool truth;          // of a boolean
	double number;       // the nearest to text
	int64_t nanoseconds; // of a time, a duration, and a string that is a time or may be one
	struct slice text;   // a number as it was written (empty when it was computed); a string as decoded
};

struct expression; // immutable; may be shared by threads, though convert() may not be run by two of them at once

// NULL with error, which says where: "column 9: expected a value". text need not outlive the call.
struct expression *expression_parse(struct slice text, struct error *error);

// The same for a text that must be able to be true or false.
struct expression *expression_parse_condition(struct slice text, struct error *error);

// One path alone, as options name members: entity_id, metadata.site, at("/value/0").
struct expression *expression_parse_path(struct slice text, struct error *error);
void expression_free(struct expression *expression);

// Of a list PATH,PATH,...: the bytes before the first comma that stands in no brackets or quotes; all of them when there is none.
size_t expression_list_length(struct slice list);

// The different paths in it, as written first.
size_t expression_path_count(const struct expression *expression);
struct slice expression_path_text(const struct expression *expression, size_t index);

// Appends the path as that of a property: bearing/temperature for bearing.temperature.
void expression_path_append_property(const struct expression *expression, size_t index, struct buffer *out);

// The name of the member that the path leads to, decoded.
struct slice expression_path_name(const struct expression *expression, size_t index);

struct expression_run; // for one thread

struct expression_run *expression_run_new(const struct expression *expression); // borrowed
void expression_run_free(struct expression_run *run);

// Its slices are valid until the next call with this run, and as long as the record is.
struct expression_value expression_evaluate(struct expression_run *run, const struct record *record);

// Whether it is true.
bool expression_test(struct expression_run *run, const struct record *record);

// What an expression that is a path alone leads to, as JSON, byte for byte: strings with their quotes. False when it leads nowhere.
// A string may have been decoded and written anew. Defaults are not written.
bool expression_member_text(struct expression_run *run, const struct record *record, struct slice *json);

// Whether the path was looked for, and no record so far had it: worth a warning at the end of the input.
bool expression_path_unseen(const struct expression_run *run, size_t index);

// Whether a member is compared with the path, as in `property == Current`, and the path is a word that has no meaning of its own: it
// may be meant as text.
bool expression_path_is_word(const struct expression *expression, size_t index);

// -1, 0, 1; 2 when they are not equal and have no order; 3 when they do not compare.
enum expression_order {
	EXPRESSION_LESS = -1,
	EXPRESSION_EQUAL = 0,
	EXPRESSION_GREATER = 1,
	EXPRESSION_UNEQUAL = 2,
	EXPRESSION_INCOMPARABLE = 3,
};
enum expression_order expression_compare(const struct expression_value *a, const struct expression_value *b);

// Whether the value is a time or a string in RFC 3339, and which.
bool expression_read_time(const struct expression_value *value, int64_t *nanoseconds);

#endif
