#include "format/mapping_columns.h"

static const char *const member_options[MAPPING_MEMBERS] = {
    [MAPPING_UNIT] = "--unit-column",
    [MAPPING_QUALITY] = "--quality-column",
    [MAPPING_SENSOR_ID] = "--sensor-column",
    [MAPPING_SEQ] = "members.seq of a mapping file",
    [MAPPING_COUNTER] = "members.counter of a mapping file",
};

static const char *find_dialect(const struct mapping *mapping)
{
	if (mapping->delimiter >= 0)
		return "--delimiter";
	if (mapping->header != HEADER_GUESS)
		return mapping->header == HEADER_YES ? "--header" : "--no-header";
	if (mapping->columns.count)
		return "--columns";
	if (mapping->header_units)
		return "--header-units";
	return mapping->decimal_comma ? "--decimal-comma" : NULL;
}

static const char *find_time(const struct mapping *mapping)
{
	if (mapping->time.name.data || mapping->row_step)
		return "--time";
	if (mapping->time.format.kind != TIME_FORMAT_GUESS)
		return "--time-format";
	if (mapping->has_start)
		return "--time-start";
	if (mapping->zone_name.length)
		return "--zone";
	return mapping->received.name.data ? "--received" : NULL;
}

static const char *find_row(const struct mapping *mapping)
{
	if (mapping->labels.count)
		return "--label";
	if (mapping->property_column.data)
		return "--property-column";
	if (mapping->explode.data)
		return "explode of a mapping file";
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		if (mapping->members[i].data)
			return member_options[i];
	return NULL;
}

int mapping_refuse_columns(const struct mapping *mapping, const char *format, struct error *error)
{
	const char *option = find_dialect(mapping);

	option = option ? option : find_time(mapping);
	option = option ? option : find_row(mapping);
	return option ? error_set(error, "%s has no meaning for %s", option, format) : 0;
}
