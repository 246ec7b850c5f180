#include "format/row_member.h"

#include "base/decimal.h"

static int is_no(enum mapping_member member, struct slice json, const char *what, struct error *error)
{
	return error_set(error, "%s %.*s is no %s", mapping_member_names[member],
	    json.length < 60 ? (int)json.length : 60, json.data, what);
}

int row_member_check(enum mapping_member member, struct slice json, struct error *error)
{
	int64_t count;

	if (member == MAPPING_UNIT || member == MAPPING_SENSOR_ID)
		return json.data[0] == '"' ? 0 : is_no(member, json, "string", error);
	if (!decimal_is_number(json))
		return is_no(member, json, "number", error);
	if (member == MAPPING_QUALITY) {
		double quality = decimal_to_double(json);

		return quality >= 0 && quality <= 1 ? 0 : is_no(member, json, "number from 0 to 1", error);
	}
	if (decimal_to_int64(json, &count) < 0 || count < 0)
		return is_no(member, json, "whole number from 0 to 2^63-1", error);
	return 0;
}

void row_member_set(struct row_facts *facts, enum mapping_member member, struct slice json)
{
	if (member == MAPPING_QUALITY)
		facts->quality = json;
	else if (member == MAPPING_SENSOR_ID)
		facts->sensor_id = json;
	else if (member == MAPPING_SEQ)
		facts->seq = json;
	else if (member == MAPPING_COUNTER)
		facts->counter = json;
}
