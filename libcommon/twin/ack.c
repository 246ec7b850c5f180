#include "twin/ack.h"

#include "base/decimal.h"

void ack_release(struct ack *ack)
{
	value_tree_release(&ack->tree);
	buffer_release(&ack->texts);
}

static const struct value *member(const struct ack *ack, struct slice name, enum value_kind kind)
{
	const struct value *value = value_member(&ack->tree, value_root(&ack->tree), name);

	return value && value->kind == kind ? value : NULL;
}

bool ack_read(struct ack *ack, struct slice text)
{
	struct error ignored;

	if (!text.length || value_parse(&ack->tree, text, &ignored))
		return false;
	const struct value *id = member(ack, SLICE_LITERAL("command_id"), VALUE_STRING);
	const struct value *code = member(ack, SLICE_LITERAL("code"), VALUE_NUMBER);
	const struct value *message = member(ack, SLICE_LITERAL("message"), VALUE_STRING);

	if (!id || !code)
		return false;
	// Both may be decoded into texts, which must not move between the two.
	buffer_reset(&ack->texts);
	buffer_reserve(&ack->texts, text.length);
	ack->command_id = value_string(id, &ack->texts);
	ack->message = message ? value_string(message, &ack->texts) : SLICE_EMPTY;
	ack->code = decimal_to_double(code->text);
	return ack->command_id.length;
}
