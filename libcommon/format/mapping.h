// What is what in a foreign source: which cells are the time, the twin, values, labels; and how they are written. Options and mapping
// files fill the same struct; what they leave open is guessed from each source.
//
// All text lives in the mapping's arena.
#ifndef FORMAT_MAPPING_H
#define FORMAT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/time_zone.h"
#include "format/cell.h"
#include "format/time_format.h"

enum mapping_header {
	HEADER_GUESS,
	HEADER_YES,
	HEADER_NO,
};

// A name that was asked for. Whoever finds it marks it as used, so that a misspelled one can be told at the end.
struct mapping_name {
	struct slice text;
	bool used;
};

struct mapping_names {
	struct mapping_name *items;
	size_t count, capacity;
};

// A cell that becomes readings. name is a column or a JSON Pointer.
struct mapping_value {
	struct slice name;
	bool is_glob;          // name is a pattern of columns; nothing else is set
	struct slice property; // path; empty: made from the name
	struct slice unit;     // empty: none
	enum cell_type type;
	bool has_type;
	bool used;
};

// PROPERTY=UNIT, COLUMN=TYPE; the name is a glob.
struct mapping_pair {
	struct slice name, text;
	bool used;
};

struct mapping_pairs {
	struct mapping_pair *items;
	size_t count, capacity;
};

// A column or pointer that holds times. name.data NULL: not said.
struct mapping_time {
	struct slice name;
	struct time_format format; // GUESS: not said
};

// Members of a reading that a column may hold.
enum mapping_member {
	MAPPING_UNIT,
	MAPPING_QUALITY,
	MAPPING_SENSOR_ID,
	MAPPING_SEQ,
	MAPPING_COUNTER,
	MAPPING_MEMBERS,
};

extern const char *const mapping_member_names[MAPPING_MEMBERS];

struct mapping {
	struct arena arena;
	struct slice format; // name; empty: guessed
	int delimiter;       // a character, CSV_BLANKS for runs of blanks; -1: guessed
	enum mapping_header header;
	struct mapping_names columns; // names of the columns where no header gives them
	struct slice entity_id;       // template; data NULL: not said
	struct mapping_time time, received;
	bool decimal_comma; // "1.234,5" is 1234.5
	int64_t precision;  // nanoseconds that the times of line protocol count; 0: not said
	int64_t row_step;   // nanoseconds from row to row instead of a time; 0: none
	bool has_start;
	int64_t start;          // of counts and rows, nanoseconds since 1970
	struct time_zone *zone; // of times without offset; NULL is UTC; owned
	struct slice zone_name;
	struct mapping_value *values;
	size_t value_count, value_capacity;
	struct mapping_names skip, labels;
	struct mapping_names topics; // templates (format/topic_template.h)
	struct mapping_pairs units, types;
	struct mapping_names missing;
	bool has_missing;
	struct slice property_column, value_column; // long form; data NULL: wide
	struct slice members[MAPPING_MEMBERS];      // columns; data NULL: none
	bool header_units;                          // "Torque [Nm]" is the column Torque in Nm
	struct slice explode;                       // pointer to the array whose elements are rows; data NULL: none
	int64_t explode_step;                       // nanoseconds from element to element
};

void mapping_init(struct mapping *mapping);
void mapping_release(struct mapping *mapping);

struct slice mapping_text(struct mapping *mapping, struct slice text); // a copy
void mapping_add_name(struct mapping *mapping, struct mapping_names *names, struct slice text);
void mapping_add_pair(struct mapping *mapping, struct mapping_pairs *pairs, struct slice name, struct slice text);

// The new value, zeroed but for its name.
struct mapping_value *mapping_add_value(struct mapping *mapping, struct slice name);

// Each reads one option or member of a mapping file. -1 with error.
int mapping_set_delimiter(struct mapping *mapping, struct slice text, struct error *error)
    __attribute__((warn_unused_result));
int mapping_set_time(struct mapping *mapping, struct slice text, struct error *error) // COL or row:STEP
    __attribute__((warn_unused_result));
int mapping_set_zone(struct mapping *mapping, struct slice name, struct error *error)
    __attribute__((warn_unused_result));
int mapping_set_precision(struct mapping *mapping, struct slice text, struct error *error) // ns, us, ms, s
    __attribute__((warn_unused_result));
int mapping_add_topic(struct mapping *mapping, struct slice text, struct error *error)
    __attribute__((warn_unused_result));
void mapping_set_missing(struct mapping *mapping, struct slice list); // words between commas
int mapping_add_type(struct mapping *mapping, struct slice name, struct slice type, struct error *error)
    __attribute__((warn_unused_result));

// The word for a precision; NULL when none has been said.
const char *mapping_precision_word(int64_t precision);

// Text that names a delimiter as mapping_set_delimiter reads it: "," ";" "tab" "blanks".
void mapping_append_delimiter(struct buffer *out, int delimiter);

// What the mapping says about a name, the last one that says it; marks it as used. NULL or -1: nothing.
const struct mapping_pair *mapping_find_pair(struct mapping_pairs *pairs, struct slice name);
bool mapping_names_match(struct mapping_names *names, struct slice name);

// Globs of fnmatch(3), '*' crosses '/'. Both are without NUL.
bool mapping_glob_matches(struct slice glob, struct slice name);

// The first name that was asked for and never found, with the option it belongs to; false when there is none.
bool mapping_find_unused(const struct mapping *mapping, struct slice *name, const char **option);

// The same for --unit alone, which is also for records.
bool mapping_find_unused_unit(const struct mapping *mapping, struct slice *name);

// Mapping files (twin-ingest(1)).
int mapping_read_file(struct mapping *mapping, const char *path, struct error *error)
    __attribute__((warn_unused_result));
int mapping_read_text(struct mapping *mapping, struct slice json, struct error *error)
    __attribute__((warn_unused_result));

// The mapping as a file that reads back as the same.
void mapping_append_json(struct buffer *out, const struct mapping *mapping);

#endif
