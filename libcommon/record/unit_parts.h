// Shared by the sources of unit.h and by nobody else.
#ifndef RECORD_UNIT_PARTS_H
#define RECORD_UNIT_PARTS_H

#include "base/hash_map.h"
#include "record/unit.h"
#include "record/unit_names.h"

struct unit_system {
	struct ut_system *database; // NULL until it is read
	struct hash_map names;      // of the table; its entries' numbers index `rows`
	const struct unit_name **rows;
	struct hash_map pairs;
	struct unit_converter **converters;
	size_t converters_capacity;
	struct unit_converter spare;
	struct buffer key; // of the last pair that was looked up
	struct slice last_from, last_to;
	const struct unit_converter *last;
};

// A name of letters, alone, as udunits knows it. False when it does not, or knows it as something that is not linear.
bool unit_database_find(struct unit_system *system, struct slice name, struct unit *unit);

// One name of an expression. of_table: the expression is a meaning, and its names are those of udunits and "bit".
bool unit_find_name(struct unit_system *system, struct slice name, bool of_table, struct unit *unit);
bool unit_read_meaning(struct unit_system *system, const struct unit_name *row, struct unit *unit);

// level: a number that stands before it, or NULL.
bool unit_parse_expression(
    struct unit_system *system, struct slice text, bool of_table, unsigned *level, struct unit *unit);

const struct unit_name *unit_table_find(const struct unit_system *system, struct slice spelling);

// Shortens what an error quotes.
#define UNIT_QUOTED(text) ((text).length > 40 ? 40 : (int)(text).length), (text).data

void unit_set_number(struct unit *unit);

#endif
