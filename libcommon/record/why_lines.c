#include "record/why_lines.h"

#include "record/record_text.h"

// What the line of the property itself says, where its value is not simply the winner's; and that of the winner.
struct rule_words {
	const char *rule, *own, *winner;
};

static const struct rule_words words[] = {
    {"newest", NULL, "set it"},
    {"above", "part of a reading above", "set it"},
    {"below", "made of readings below", "the newest of them"},
    {"absent", "not shown", "has no such part"},
    {"deleted", "not shown", "deleted it"},
    {"hidden", "not shown", "is hidden itself"},
    {"unusable", "no usable reading", "set it"},
};

static const struct rule_words *words_of(const struct value *rule)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (value_is_word(rule, words[i].rule))
			return &words[i];
	return &words[0];
}

static const struct value *member(const struct record_lines *lines, const struct value *object, const char *name)
{
	return member_or_null(lines->tree, object, name);
}

static int add(struct record_lines *lines, struct buffer *prefix, const struct value *record)
{
	note_add(prefix, "", member(lines, record, "origin"));
	return record_lines_add_part(lines, buffer_slice(prefix), record);
}

static int add_winner(
    struct record_lines *lines, struct buffer *prefix, const struct value *why, const struct rule_words *said)
{
	const struct value *winner = member(lines, why, "winner"), *hider = member(lines, why, "hidden_by");
	const struct value *count = member(lines, why, "beaten_count");

	if (winner) {
		buffer_append_string(prefix, said->winner);
		if (count && !slice_is(count->text, "0"))
			note_add(prefix, "beat ", count);
		if (add(lines, prefix, winner))
			return -1;
	}
	buffer_reset(prefix);
	buffer_append_string(prefix, "hides it");
	return hider ? add(lines, prefix, hider) : 0;
}

static int add_beaten(struct record_lines *lines, struct buffer *prefix, const struct value *beaten)
{
	const struct value *one = beaten && beaten->kind == VALUE_ARRAY ? value_first(lines->tree, beaten) : NULL;

	for (; one; one = value_next(lines->tree, one)) {
		const struct value *conflict = member(lines, one, "conflict");

		buffer_reset(prefix);
		buffer_append_string(prefix, "beaten");
		if (member(lines, one, "decided_by"))
			buffer_append_string(prefix, ": ");
		value_append_plain(prefix, member(lines, one, "decided_by"));
		if (conflict && conflict->kind == VALUE_TRUE)
			buffer_append_string(prefix, " (conflict)");
		if (add(lines, prefix, member(lines, one, "reading")))
			return -1;
	}
	return 0;
}

static int add_desired(struct record_lines *lines, struct buffer *prefix, const struct value *desired)
{
	const struct value *met = member(lines, desired, "met"), *by = member(lines, desired, "unmet_by");

	if (!desired)
		return 0;
	buffer_reset(prefix);
	buffer_append_string(prefix, met && met->kind == VALUE_TRUE ? "met" : "not met");
	if (by)
		buffer_append_string(prefix, ": ");
	value_append_plain(prefix, by);
	return add(lines, prefix, desired);
}

int why_lines_add(struct record_lines *lines, const struct value *why)
{
	const struct rule_words *said = words_of(member(lines, why, "rule"));
	struct buffer prefix = BUFFER_INIT;
	int failed = said->own ? record_lines_add_part(lines, slice_from_string(said->own), why) : 0;

	failed = failed || add_winner(lines, &prefix, why, said) ||
	    add_beaten(lines, &prefix, member(lines, why, "beaten")) ||
	    add_desired(lines, &prefix, member(lines, why, "desired"));
	buffer_release(&prefix);
	return failed ? -1 : 0;
}
