// One line through the record scanner, and what twin-record(5) says about it, found the slow way: jansson and value_parse agree on
// the JSON, a plain walk over the tree on the record. Shared by the differential test and the fuzz target.
#ifndef TESTS_RECORD_COMPARE_H
#define TESTS_RECORD_COMPARE_H

#include <stdlib.h>

#include "base/timestamp.h"
#include "jansson_compare.h"
#include "record/property_path.h"
#include "record/record.h"

enum line_verdict {
	LINE_RECORD,  // a valid record
	LINE_USELESS, // a JSON object, but no valid record of its type
	LINE_NO_JSON, // no JSON object
	LINE_DIFFERS, // somebody is wrong; line_check.reason says why
};

// What is kept from line to line: the scanner learns, and must give the same all the same.
struct line_check {
	struct record_scanner scanner;
	struct arena arena;
	struct value_tree tree;
	struct buffer scratch;
	const char *reason;
	size_t plain; // lines that the short way took
};

static inline void line_check_init(struct line_check *check)
{
	*check = (struct line_check){.arena = ARENA_INIT, .tree = VALUE_TREE_INIT, .scratch = BUFFER_INIT};
	record_scanner_init(&check->scanner);
}

static inline void line_check_release(struct line_check *check)
{
	record_scanner_release(&check->scanner);
	arena_release(&check->arena);
	value_tree_release(&check->tree);
	buffer_release(&check->scratch);
}

// The member, or NULL when it is absent: null counts as absent.
static inline const struct value *member_of(struct line_check *check, enum record_member member)
{
	const struct value *found =
	    value_member(&check->tree, value_root(&check->tree), slice_from_string(record_member_name(member)));

	return found && found->kind == VALUE_NULL && member != MEMBER_VALUE ? NULL : found;
}

static inline struct slice string_of(struct line_check *check, const struct value *string)
{
	buffer_reset(&check->scratch);
	return value_string(string, &check->scratch);
}

static inline bool absent_or(struct line_check *check, enum record_member member, enum value_kind kind)
{
	const struct value *value = member_of(check, member);

	return !value || value->kind == kind;
}

static inline bool good_time(struct line_check *check, enum record_member member, int64_t *time)
{
	const struct value *value = member_of(check, member);

	return !value ||
	    (value->kind == VALUE_STRING && timestamp_parse_plain(string_of(check, value), time, NULL) == 0);
}

static inline bool good_count(struct line_check *check, enum record_member member, int64_t *count)
{
	const struct value *value = member_of(check, member);

	return !value || (value->kind == VALUE_NUMBER && decimal_to_int64(value->text, count) == 0 && *count >= 0);
}

static inline bool good_quality(struct line_check *check, double *quality)
{
	const struct value *value = member_of(check, MEMBER_QUALITY);

	if (!value)
		return true;
	if (value->kind != VALUE_NUMBER)
		return false;
	// With a terminator, for strtod.
	char *text = memory_dup_slice(value->text);

	*quality = strtod(text, NULL);
	*quality += 0.0; // -0 is 0
	free(text);
	return *quality >= 0 && *quality <= 1;
}

static inline bool good_property(struct line_check *check)
{
	const struct value *value = member_of(check, MEMBER_PROPERTY);
	struct error ignored;

	return !value || (value->kind == VALUE_STRING && property_path_check(string_of(check, value), &ignored) == 0);
}

static inline bool has_entity_and_time(struct line_check *check)
{
	const struct value *entity = member_of(check, MEMBER_ENTITY_ID);

	return entity && entity->kind == VALUE_STRING && entity->text.length > 2 &&
	    string_of(check, entity).length <= RECORD_ENTITY_MAX && member_of(check, MEMBER_TIMESTAMP);
}

// What becomes a part of a state must leave room for the containers around it.
static inline bool fits_depth(struct line_check *check, enum record_member member, size_t around)
{
	const struct value *value = member_of(check, member);
	size_t depth = value ? text_depth(value->text) : 0;

	return !depth || depth + around <= RECORD_DEPTH_MAX;
}

static inline bool good_reading(struct line_check *check)
{
	const struct value *property = member_of(check, MEMBER_PROPERTY);
	size_t segments = 1;

	if (!property || !good_property(check) || !member_of(check, MEMBER_VALUE) ||
	    !absent_or(check, MEMBER_ACK, VALUE_OBJECT) || !fits_depth(check, MEMBER_ACK, 1))
		return false;
	struct slice path = string_of(check, property);

	for (size_t i = 0; i < path.length; i++)
		segments += path.data[i] == '/';
	return fits_depth(check, MEMBER_VALUE, segments);
}

static inline bool good_of_type(struct line_check *check, enum record_type type)
{
	static const enum record_member objects[] = {
	    MEMBER_PROPERTIES, MEMBER_DESIRED, MEMBER_RELATIONSHIPS, MEMBER_COMPUTED_METRICS, MEMBER_DESIRED_METADATA};
	const struct value *event = member_of(check, MEMBER_EVENT);
	int64_t time;

	switch (type) {
	case RECORD_READING:
		return good_reading(check);
	case RECORD_DESIRED:
		return member_of(check, MEMBER_PROPERTIES) && absent_or(check, MEMBER_PROPERTIES, VALUE_OBJECT) &&
		    fits_depth(check, MEMBER_PROPERTIES, 0) && good_time(check, MEMBER_DEADLINE, &time);
	case RECORD_DELETED:
		return good_property(check);
	case RECORD_STATE:
	case RECORD_CHANGE:
		for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
			if (!absent_or(check, objects[i], VALUE_OBJECT))
				return false;
		return good_time(check, MEMBER_DELETED, &time);
	case RECORD_PREDICTION:
		return absent_or(check, MEMBER_METHOD, VALUE_STRING);
	default:
		return event && event->kind == VALUE_STRING && good_property(check);
	}
}

static inline enum record_type type_of(struct line_check *check)
{
	static const char *const names[] = {"reading", "desired", "deleted", "state", "change", "prediction", "event"};
	const struct value *type = member_of(check, MEMBER_TYPE);

	if (!type)
		return RECORD_READING;
	if (type->kind != VALUE_STRING)
		return RECORD_INVALID;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_is(string_of(check, type), names[i]))
			return (enum record_type)i;
	return RECORD_OTHER;
}

// What the record is, when it is one: check->tree holds the line.
static inline bool expect_record(struct line_check *check, struct record *expected)
{
	*expected = (struct record){.type = type_of(check), .quality = 1};
	if (expected->type == RECORD_OTHER || expected->type == RECORD_INVALID)
		return expected->type == RECORD_OTHER;
	return has_entity_and_time(check) && good_time(check, MEMBER_TIMESTAMP, &expected->timestamp) &&
	    good_time(check, MEMBER_RECEIVED, &expected->received) && good_quality(check, &expected->quality) &&
	    good_count(check, MEMBER_SEQ, &expected->seq) && good_count(check, MEMBER_COUNTER, &expected->counter) &&
	    absent_or(check, MEMBER_UNIT, VALUE_STRING) && absent_or(check, MEMBER_SENSOR_ID, VALUE_STRING) &&
	    absent_or(check, MEMBER_ORIGIN, VALUE_STRING) && absent_or(check, MEMBER_COMMAND_ID, VALUE_STRING) &&
	    absent_or(check, MEMBER_METADATA, VALUE_OBJECT) && good_of_type(check, expected->type);
}

static inline const char *compare_members(struct line_check *check, const struct record *record)
{
	for (int i = 0; i < MEMBER_COUNT; i++) {
		enum record_member member = (enum record_member)i;
		const struct value *value = member_of(check, member);

		if (record_has(record, member) != (value != NULL))
			return "another set of members";
		if (!value)
			continue;
		bool decoded = value->kind == VALUE_STRING && member != MEMBER_VALUE;

		if (record->kind[i] != value->kind)
			return "another kind of value";
		if (!slice_equal(record->text[i], decoded ? string_of(check, value) : value->text))
			return "another text of a member";
	}
	return NULL;
}

static inline bool same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

static inline const char *compare_numbers(const struct record *a, const struct record *b)
{
	if (a->type != b->type)
		return "another type";
	if (a->timestamp != b->timestamp || a->received != b->received)
		return "another time";
	if (!same_bits(a->quality, b->quality))
		return "another quality";
	return a->seq != b->seq || a->counter != b->counter ? "another count" : NULL;
}

static inline const char *compare_records(const struct record *a, const struct record *b, bool short_way)
{
	const char *reason = compare_numbers(a, b);

	if (reason)
		return reason;
	if (!slice_equal(a->line, b->line) || a->present != b->present)
		return "another line";
	for (int i = 0; i < MEMBER_COUNT; i++) {
		if (!(a->present & MEMBER_BIT(i)))
			continue;
		// The short way says nothing of what the set of members says already.
		if (a->kind[i] != b->kind[i] && (!short_way || i == MEMBER_VALUE))
			return "another kind";
		if (!slice_equal(a->text[i], b->text[i]))
			return "another text";
	}
	return a->type == RECORD_READING && a->series_hash != b->series_hash ? "another hash" : NULL;
}

// A copy of just its size and the padding, so that a byte read too many is seen.
static inline char *padded_copy(struct slice line, const char *fill)
{
	char *copy = malloc(line.length + LINE_SCAN_PADDING);
	size_t period = strlen(fill);

	if (!copy)
		abort();
	memcpy(copy, line.data, line.length);
	for (size_t i = 0; i < LINE_SCAN_PADDING; i++)
		copy[line.length + i] = fill[i % period];
	return copy;
}

// The short way, in a block that ends behind the line, and whatever lies behind that.
static inline const char *check_plain(struct line_check *check, struct record_scanner *scanner, struct slice line,
    const char *fill, const struct record *record, bool *taken)
{
	char *copy = padded_copy(line, fill);
	struct record plain;
	const char *next = record_scan_plain(scanner, copy, copy + line.length, &plain);
	const char *reason = NULL;

	*taken = next != NULL;
	if (next && !record)
		reason = "the short way took what is no record";
	else if (next && next != copy + line.length)
		reason = "the short way ended elsewhere";
	else if (next)
		reason = compare_records(record, &plain, true);
	free(copy);
	(void)check;
	return reason;
}

static inline const char *check_short_way(struct line_check *check, struct slice line, const struct record *record)
{
	static const char *const fills[] = {"\"", "0123456789", "}", "{\"entity_id\":\"", ".5,",
	    "\"timestamp\":12345678901234567890123456789012345678901234567890123456",
	    ",\"quality\":0.123456789012345678901234567890123456789012345678901234567890", "\n", "\xff"};
	struct record_scanner fresh;
	bool taken, first = false;
	const char *reason = NULL;

	if (!line.length || memchr(line.data, '\n', line.length))
		return NULL;
	for (size_t i = 0; i < sizeof fills / sizeof *fills && !reason; i++) {
		reason = check_plain(check, &check->scanner, line, fills[i], record, &taken);
		if (!reason && i && taken != first)
			reason = "what lies behind the line counts";
		first = taken;
	}
	if (reason)
		return reason;
	record_scanner_init(&fresh);
	reason = check_plain(check, &fresh, line, "0", record, &taken);
	record_scanner_release(&fresh);
	check->plain += taken;
	return reason ? reason : taken != first ? "the short way depends on the lines before" : NULL;
}

static inline const char *check_fresh(struct slice line, const struct record *record, const char *message)
{
	struct record_scanner fresh;
	struct arena arena = ARENA_INIT;
	struct record again;
	struct error error = {""};
	const char *reason = NULL;

	record_scanner_init(&fresh);
	bool valid = record_scan(&fresh, line, &arena, &again, &error) == 0;

	if (valid != (record != NULL))
		reason = "it depends on the lines before";
	else if (valid)
		reason = compare_records(record, &again, false);
	else if (strcmp(message, error.message) != 0)
		reason = "another message";
	record_scanner_release(&fresh);
	arena_release(&arena);
	return reason;
}

static inline const char *check_scan(
    struct line_check *check, struct slice line, bool valid, const struct record *expected)
{
	struct record record;
	struct error error = {""};
	bool accepted = record_scan(&check->scanner, line, &check->arena, &record, &error) == 0;
	const char *reason = NULL;

	if (accepted != valid)
		return accepted ? "accepted" : "refused";
	if (!accepted && !error.message[0])
		return "refused without a word";
	if (accepted)
		reason = compare_numbers(expected, &record);
	// Of what only passes by, no number is read.
	if (accepted && !reason)
		reason = compare_members(check, &record);
	if (!reason)
		reason = check_fresh(line, accepted ? &record : NULL, error.message);
	if (!reason)
		reason = check_short_way(check, line, accepted ? &record : NULL);
	return reason;
}

static inline enum line_verdict check_line(struct line_check *check, struct slice line)
{
	char *copy = padded_copy(line, "\"0,}");
	struct slice text = slice_of(copy, line.length);
	struct error error;
	struct record expected;
	bool differs = compare_with_jansson(&check->tree, text) == COMPARISON_DIFFERS;
	bool is_json = value_parse(&check->tree, text, &error) == 0 && value_root(&check->tree)->kind == VALUE_OBJECT;
	bool valid = is_json && expect_record(check, &expected);

	arena_reset(&check->arena);
	check->reason = differs ? "not as jansson" : check_scan(check, text, valid, &expected);
	free(copy);
	return check->reason ? LINE_DIFFERS : valid ? LINE_RECORD : is_json ? LINE_USELESS : LINE_NO_JSON;
}

#endif
