#include "record/record.h"

#define EVERY_TYPE                                                                                                     \
	(MEMBER_BIT(MEMBER_TYPE) | MEMBER_BIT(MEMBER_ENTITY_ID) | MEMBER_BIT(MEMBER_TIMESTAMP) |                       \
	    MEMBER_BIT(MEMBER_SENSOR_ID) | MEMBER_BIT(MEMBER_RECEIVED) | MEMBER_BIT(MEMBER_SEQ) |                      \
	    MEMBER_BIT(MEMBER_COUNTER) | MEMBER_BIT(MEMBER_ORIGIN) | MEMBER_BIT(MEMBER_METADATA))

uint32_t record_own_members(enum record_type type)
{
	switch (type) {
	case RECORD_READING:
		return EVERY_TYPE | MEMBER_BIT(MEMBER_PROPERTY) | MEMBER_BIT(MEMBER_VALUE) | MEMBER_BIT(MEMBER_UNIT) |
		    MEMBER_BIT(MEMBER_QUALITY) | MEMBER_BIT(MEMBER_ACK);
	case RECORD_DESIRED:
		return EVERY_TYPE | MEMBER_BIT(MEMBER_PROPERTIES) | MEMBER_BIT(MEMBER_COMMAND_ID) |
		    MEMBER_BIT(MEMBER_DEADLINE);
	case RECORD_DELETED:
		return EVERY_TYPE | MEMBER_BIT(MEMBER_PROPERTY);
	default:
		return 0;
	}
}

static bool is_name_of(uint32_t own, struct slice name)
{
	for (int i = 0; name.length && i < MEMBER_COUNT; i++) {
		const char *member = record_member_name((enum record_member)i);

		if ((own & MEMBER_BIT(i)) && member[0] == name.data[0] && slice_is(name, member))
			return true;
	}
	return false;
}

static bool is_own(uint32_t own, const struct value *member)
{
	struct buffer decoded = BUFFER_INIT;

	if (!member->name_escaped)
		return is_name_of(own, member->name);
	json_decode_string(&decoded, member->name);
	bool found = is_name_of(own, buffer_slice(&decoded));

	buffer_release(&decoded);
	return found;
}

static void append_member(struct buffer *out, char before, const struct value *member)
{
	buffer_append_char(out, before);
	buffer_append_char(out, '"');
	buffer_append_slice(out, member->name);
	buffer_append_string(out, "\":");
	value_append_compact(out, member->text);
}

void record_append_others(struct buffer *out, const struct record *record, struct value_tree *tree)
{
	uint32_t own = record_own_members(record->type);
	size_t start = out->length;
	struct error ignored;

	if (!(record->present & RECORD_OTHERS) || value_parse(tree, record->line, &ignored))
		return;
	for (const struct value *member = value_first(tree, value_root(tree)); member;
	     member = value_next(tree, member))
		if (!is_own(own, member) && value_depth(member->text) <= RECORD_DEPTH_MAX)
			append_member(out, out->length == start ? '{' : ',', member);
	if (out->length > start)
		buffer_append_char(out, '}');
}
