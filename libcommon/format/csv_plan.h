// What the columns of one CSV source are: made once from the mapping, the names of the columns and the first row of data, then followed
// for every row.
#ifndef FORMAT_CSV_PLAN_H
#define FORMAT_CSV_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/hash_map.h"
#include "format/csv_dialect.h"
#include "format/ingest.h"
#include "format/mapping.h"
#include "format/name_template.h"
#include "format/row_clock.h"

#define CSV_NO_COLUMN ((size_t)-1)

enum csv_role {
	CSV_ROLE_NONE,
	CSV_ROLE_TIME,
	CSV_ROLE_RECEIVED,
	CSV_ROLE_ENTITY,
	CSV_ROLE_PROPERTY,
	CSV_ROLE_VALUE,
	CSV_ROLE_MEMBER,
	CSV_ROLE_LABEL,
};

struct csv_column {
	struct slice name;
	struct slice header_unit; // from "Torque [Nm]" when that is asked for
	enum csv_role role;
};

// A column, or a property of the long form, whose cells become values.
struct csv_value {
	size_t column;
	struct slice name; // of the column
	struct slice path; // of the property
	struct slice unit_text;
	struct slice property; // as reading_writer_put takes it
	struct slice unit;
	enum cell_type type;
	bool is_taken; // long form: the property is wanted
	bool is_text;  // a cell without a number has been read
};

struct csv_plan {
	struct ingest *ingest; // borrowed
	const char *source;
	struct arena arena;
	struct csv_column *columns;
	size_t column_count;
	size_t time, received, property, value; // CSV_NO_COLUMN: none; property and value: the long form
	size_t members[MAPPING_MEMBERS];
	struct name_template entity;
	struct slice entity_text; // the template as it can be written in a mapping
	bool guessed_time, guessed_entity, guessed_long;
	bool asks_decimal; // a cell such as 21,5 may be a number with a decimal comma, and nobody has said so
	struct row_clock clock;
	struct csv_value *values; // long form: by entry of properties
	size_t value_count, value_capacity;
	struct csv_value *labels; // property is `"NAME":`
	size_t label_count, label_capacity;
	struct hash_map properties; // long form
	struct missing_words missing;
};

void csv_plan_init(struct csv_plan *plan, struct ingest *ingest, const char *source);
void csv_plan_release(struct csv_plan *plan);

// The names of the columns. -1 with error for a blank or a double one.
int csv_plan_set_names(struct csv_plan *plan, const struct slice *names, size_t count, struct error *error)
    __attribute__((warn_unused_result));

// Names for a source that has none: column1, column2, ...
void csv_plan_number_columns(struct csv_plan *plan, size_t count);

// Decides what is what. row: the cells of the first row of data, as many as there are columns.
int csv_plan_make(struct csv_plan *plan, const struct slice *row, struct error *error)
    __attribute__((warn_unused_result));

// Whether a column is called as times are.
bool csv_plan_names_time(const struct csv_plan *plan);

// The same by another row, after one in which no time was found (clock.is_missing).
int csv_plan_make_by(struct csv_plan *plan, const struct slice *row, struct error *error)
    __attribute__((warn_unused_result));

// Long form: the entry of a property's cell. NULL with error when it is no path.
struct csv_value *csv_plan_property(struct csv_plan *plan, struct slice cell, struct error *error);

// -1 with error when a cell of the column can be text or a number with a decimal comma, and nothing says which.
int csv_plan_check_decimal(const struct csv_plan *plan, const struct csv_value *value, struct slice cell,
    struct error *error) __attribute__((warn_unused_result));

// What was guessed, for ingest_say; nothing when nothing was.
void csv_plan_append_guesses(struct buffer *out, const struct csv_plan *plan, const struct csv_dialect *dialect);

// The mapping that gives the same readings without guessing.
void csv_plan_append_mapping(struct buffer *out, const struct csv_plan *plan, const struct csv_dialect *dialect);

#endif
