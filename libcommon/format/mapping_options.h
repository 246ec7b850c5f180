// The options that describe a foreign source, and the mapping they make.
#ifndef FORMAT_MAPPING_OPTIONS_H
#define FORMAT_MAPPING_OPTIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "format/mapping.h"
#include "io/option.h"

// Targets of the option table; text is argv's.
struct mapping_options {
	const char *map; // mapping file
	const char *format, *precision, *delimiter, *time, *time_format, *zone, *entity_id, *received, *missing;
	const char *property_column, *value_column;
	const char *members[MAPPING_MEMBERS];           // columns
	struct option_list columns, take, skip, labels; // names between commas
	struct option_list topics;                      // templates
	struct option_list units, types;                // NAME=TEXT
	struct option_time time_start;
	bool header, no_header, header_units, decimal_comma;
};

// Options go before what the mapping file says. -1 with error that names the option; the mapping is made either way.
int mapping_from_options(struct mapping *mapping, const struct mapping_options *options, struct error *error)
    __attribute__((warn_unused_result));

void mapping_options_release(struct mapping_options *options);

#endif
