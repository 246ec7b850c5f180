#include "record/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "record/property_path.h"

const char *record_member_name(enum record_member member)
{
	static const char *const names[MEMBER_COUNT] = {
	    [MEMBER_TYPE] = "type",
	    [MEMBER_ENTITY_ID] = "entity_id",
	    [MEMBER_PROPERTY] = "property",
	    [MEMBER_TIMESTAMP] = "timestamp",
	    [MEMBER_VALUE] = "value",
	    [MEMBER_UNIT] = "unit",
	    [MEMBER_QUALITY] = "quality",
	    [MEMBER_SENSOR_ID] = "sensor_id",
	    [MEMBER_RECEIVED] = "received",
	    [MEMBER_SEQ] = "seq",
	    [MEMBER_COUNTER] = "counter",
	    [MEMBER_ORIGIN] = "origin",
	    [MEMBER_ACK] = "ack",
	    [MEMBER_METADATA] = "metadata",
	    [MEMBER_DELETED] = "deleted",
	    [MEMBER_MODEL] = "model",
	    [MEMBER_PROPERTIES] = "properties",
	    [MEMBER_DESIRED] = "desired",
	    [MEMBER_RELATIONSHIPS] = "relationships",
	    [MEMBER_COMPUTED_METRICS] = "computed_metrics",
	    [MEMBER_DESIRED_METADATA] = "desired_metadata",
	    [MEMBER_COMMAND_ID] = "command_id",
	    [MEMBER_DEADLINE] = "deadline",
	    [MEMBER_METHOD] = "method",
	    [MEMBER_EVENT] = "event",
	};

	return names[member];
}

uint64_t record_series_hash(struct slice entity_id, struct slice property)
{
	return hash_bytes(property, hash_bytes(entity_id, 0));
}

void record_scanner_init(struct record_scanner *scanner)
{
	*scanner = (struct record_scanner){.tree = VALUE_TREE_INIT, .names = BUFFER_INIT};
}

void record_scanner_release(struct record_scanner *scanner)
{
	value_tree_release(&scanner->tree);
	buffer_release(&scanner->names);
}

// Where in the line the scan is; the cold functions take it whole.
struct scan {
	struct record_scanner *scanner;
	struct arena *arena;
	struct record *record;
	struct error *error;
	const char *p;
	const char *end;
	uint32_t seen;    // members met
	uint32_t nulls;   // of these, the ones that are null and count as absent
	uint32_t strings; // and the ones that are strings
	uint32_t escaped; // strings that need decoding
	unsigned others;  // members without a meaning so far
};

static int syntax_error(struct scan *scan, const char *what)
{
	size_t at = (size_t)(scan->p - scan->record->line.data) + 1;

	if (scan->p >= scan->end)
		return error_set(scan->error, "line ends early: %s", what);
	return error_set(scan->error, "%s at byte %zu", what, at);
}

// The end of the container that begins at p, by brackets alone; what is between them is validated by value_parse.
static const char *container_end(const char *p, const char *end)
{
	size_t depth = 0;

	for (; p < end; p++) {
		if (*p == '"') {
			struct json_string_scan string;

			p = json_scan_string(p + 1, end, &string);
			if (!p)
				return NULL;
		} else if (*p == '{' || *p == '[') {
			if (++depth >= VALUE_DEPTH_MAX)
				return NULL;
		} else if ((*p == '}' || *p == ']') && --depth == 0) {
			return p + 1;
		}
	}
	return NULL;
}

static int string_error(struct scan *scan, const struct json_string_scan *string)
{
	scan->p = string->fault;
	return syntax_error(scan, string->reason);
}

static const char *scan_word(const char *p, const char *end)
{
	return *p == 't' ? json_scan_word(p, end, "true", 4)
	    : *p == 'f'  ? json_scan_word(p, end, "false", 5)
			 : json_scan_word(p, end, "null", 4);
}

static int scan_container(struct scan *scan)
{
	const char *end = container_end(scan->p, scan->end);

	// value_parse also says what is wrong where no end was found.
	struct slice text = slice_of(scan->p, (size_t)((end ? end : scan->end) - scan->p));
	struct error inner;

	if (value_parse(&scan->scanner->tree, text, &inner))
		return error_set(scan->error, "%s, counted from byte %zu", inner.message,
		    (size_t)(scan->p - scan->record->line.data));
	if (!end)
		return syntax_error(scan, "nested deeper than 512");
	scan->p = end;
	return 0;
}

// The value at p: its kind, and its text without quotes. On return p is behind it.
static int scan_value(struct scan *scan, uint8_t *kind, struct slice *text, bool *escaped)
{
	const char *start = scan->p;
	const char *stop;
	struct json_string_scan string;

	if (start >= scan->end)
		return syntax_error(scan, "expected a value");
	switch (*start) {
	case '"':
		string.escaped = false;
		stop = json_scan_string(start + 1, scan->end, &string);
		if (!stop)
			return string_error(scan, &string);
		*escaped = string.escaped;
		*kind = VALUE_STRING;
		*text = slice_of(start + 1, (size_t)(stop - start - 1));
		scan->p = stop + 1;
		return 0;
	case '{':
	case '[':
		if (scan_container(scan))
			return -1;
		*kind = *start == '{' ? VALUE_OBJECT : VALUE_ARRAY;
		break;
	case 't':
	case 'f':
	case 'n':
		stop = scan_word(start, scan->end);
		if (!stop)
			return syntax_error(scan, "expected a value");
		*kind = *start == 't' ? VALUE_TRUE : *start == 'f' ? VALUE_FALSE : VALUE_NULL;
		scan->p = stop;
		break;
	default:
		stop = json_scan_number(start, scan->end);
		if (!stop)
			return syntax_error(scan, "expected a value");
		*kind = VALUE_NUMBER;
		scan->p = stop;
	}
	*text = slice_of(start, (size_t)(scan->p - start));
	return 0;
}

// Names without a meaning must still be unique. A line has few of them, as a rule: more than this are checked together by value_parse.
#define OTHER_NAMES_MAX 16

static int note_other_name(struct scan *scan, struct slice name)
{
	struct buffer *seen = &scan->scanner->names;

	if (scan->others == 0)
		buffer_reset(seen);
	if (scan->others++ >= OTHER_NAMES_MAX)
		return 0;
	for (size_t at = 0; at < seen->length;) {
		struct slice other;

		memcpy(&other, seen->data + at, sizeof other);
		if (slice_equal(other, name))
			return syntax_error(scan, "member name used twice");
		at += sizeof other;
	}
	buffer_append(seen, &name, sizeof name);
	return 0;
}

static struct slice decode(struct scan *scan, struct slice raw)
{
	struct buffer text = BUFFER_INIT;

	json_decode_string(&text, raw);
	struct slice decoded = arena_dup(scan->arena, buffer_slice(&text));

	buffer_release(&text);
	return decoded;
}

// A name that is not the one expected here: MEMBER_COUNT when it has no meaning, -1 when it is no name.
static int scan_name(struct scan *scan)
{
	struct json_string_scan string = {.escaped = false, .has_nul = false};
	const char *start = scan->p;

	if (start >= scan->end || *start != '"')
		return syntax_error(scan, "expected a member name");
	const char *stop = json_scan_string(start + 1, scan->end, &string);

	if (!stop)
		return string_error(scan, &string);
	if (string.has_nul)
		return syntax_error(scan, "NUL in a member name");
	struct slice name = slice_of(start + 1, (size_t)(stop - start - 1));

	if (string.escaped)
		name = decode(scan, name);
	scan->p = stop + 1;
	for (int i = 0; i < MEMBER_COUNT; i++)
		if (slice_is(name, record_member_name((enum record_member)i)))
			return i;
	return note_other_name(scan, name) ? -1 : MEMBER_COUNT;
}

static int scan_colon(struct scan *scan)
{
	scan->p = json_skip_blanks(scan->p, scan->end);
	if (scan->p >= scan->end || *scan->p != ':')
		return syntax_error(scan, "expected ':'");
	scan->p = json_skip_blanks(scan->p + 1, scan->end);
	return 0;
}

// Any member, however it is written.
static int scan_member(struct scan *scan)
{
	struct record *record = scan->record;
	int member = scan_name(scan);

	if (member < 0 || scan_colon(scan))
		return -1;
	if (member == MEMBER_COUNT) {
		uint8_t kind;
		struct slice text;
		bool escaped;

		return scan_value(scan, &kind, &text, &escaped);
	}
	bool escaped = false;

	if (scan->seen & MEMBER_BIT(member))
		return error_set(scan->error, "%s stands twice", record_member_name((enum record_member)member));
	scan->seen |= MEMBER_BIT(member);
	if (scan_value(scan, &record->kind[member], &record->text[member], &escaped))
		return -1;
	scan->escaped |= (uint32_t)escaped << member;
	if (record->kind[member] == VALUE_STRING)
		scan->strings |= MEMBER_BIT(member);
	if (record->kind[member] == VALUE_NULL && member != MEMBER_VALUE)
		scan->nulls |= MEMBER_BIT(member);
	return 0;
}

// What stands between two members: 1 for the next one, 0 at the end of the object.
static int scan_separator(struct scan *scan)
{
	scan->p = json_skip_blanks(scan->p, scan->end);
	if (scan->p >= scan->end || (*scan->p != ',' && *scan->p != '}'))
		return syntax_error(scan, "expected ',' or '}'");
	if (*scan->p++ == '}')
		return 0;
	scan->p = json_skip_blanks(scan->p, scan->end);
	return 1;
}

static int scan_members(struct scan *scan)
{
	int more = 1;

	while (more > 0) {
		if (scan_member(scan))
			return -1;
		more = scan_separator(scan);
	}
	return more;
}

static int scan_object(struct scan *scan)
{
	scan->p = json_skip_blanks(scan->p, scan->end);
	if (scan->p >= scan->end)
		return error_set(scan->error, "empty line");
	if (*scan->p != '{')
		return syntax_error(scan, "expected a JSON object");
	scan->p = json_skip_blanks(scan->p + 1, scan->end);
	if (scan->p < scan->end && *scan->p == '}')
		scan->p++;
	else if (scan_members(scan))
		return -1;
	scan->p = json_skip_blanks(scan->p, scan->end);
	return scan->p < scan->end ? syntax_error(scan, "more behind the object") : 0;
}

static const struct {
	const char *name;
	enum record_type type;
} types[] = {
    {"reading", RECORD_READING},
    {"desired", RECORD_DESIRED},
    {"deleted", RECORD_DELETED},
    {"state", RECORD_STATE},
    {"change", RECORD_CHANGE},
    {"prediction", RECORD_PREDICTION},
    {"event", RECORD_EVENT},
};

static int find_type(struct scan *scan)
{
	struct record *record = scan->record;

	record->type = RECORD_READING;
	if (!record_has(record, MEMBER_TYPE))
		return 0;
	if (record->kind[MEMBER_TYPE] != VALUE_STRING)
		return error_set(scan->error, "type is not a string");
	record->type = RECORD_OTHER;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(record->text[MEMBER_TYPE], types[i].name))
			record->type = types[i].type;
	return 0;
}

static int check_kind(struct scan *scan, enum record_member member, enum value_kind kind, const char *what)
{
	if (record_has(scan->record, member) && scan->record->kind[member] != kind)
		return error_set(scan->error, "%s is not %s", record_member_name(member), what);
	return 0;
}

static int check_time(struct scan *scan, enum record_member member, int64_t *nanoseconds)
{
	struct error inner;

	if (!record_has(scan->record, member))
		return 0;
	if (check_kind(scan, member, VALUE_STRING, "a string in RFC 3339"))
		return -1;
	if (timestamp_parse(scan->record->text[member], nanoseconds, &inner))
		return error_set(scan->error, "%s: %s", record_member_name(member), inner.message);
	return 0;
}

static int check_count(struct scan *scan, enum record_member member, int64_t *count)
{
	if (!record_has(scan->record, member))
		return 0;
	if (check_kind(scan, member, VALUE_NUMBER, "a number"))
		return -1;
	if (decimal_to_int64(scan->record->text[member], count) || *count < 0)
		return error_set(
		    scan->error, "%s is not a whole number from 0 to 9223372036854775807", record_member_name(member));
	return 0;
}

static int check_quality(struct scan *scan)
{
	struct record *record = scan->record;
	struct slice text = record->text[MEMBER_QUALITY];

	if (check_kind(scan, MEMBER_QUALITY, VALUE_NUMBER, "a number"))
		return -1;
	record->quality = decimal_to_double(text);
	if (!(record->quality >= 0 && record->quality <= 1))
		return error_set(scan->error, "quality is not between 0 and 1");
	if (record->quality == 0)
		record->quality = 0; // -0 is 0
	return 0;
}

static int require(struct scan *scan, enum record_member member)
{
	return record_has(scan->record, member) ? 0
						: error_set(scan->error, "%s is missing", record_member_name(member));
}

static int check_depth(struct scan *scan, enum record_member member, size_t around)
{
	if (record_has(scan->record, member) && value_depth(scan->record->text[member]) + around > RECORD_DEPTH_MAX)
		return error_set(scan->error, "%s is nested too deep for a state (%d levels, the property's counted)",
		    record_member_name(member), RECORD_DEPTH_MAX);
	return 0;
}

static size_t count_segments(struct slice path)
{
	size_t count = 1;

	for (size_t i = 0; i < path.length; i++)
		count += path.data[i] == '/';
	return count;
}

static int check_reading(struct scan *scan)
{
	enum value_kind kind = (enum value_kind)scan->record->kind[MEMBER_VALUE];

	if (check_kind(scan, MEMBER_ACK, VALUE_OBJECT, "an object") || check_depth(scan, MEMBER_ACK, 1))
		return -1;
	return kind == VALUE_OBJECT || kind == VALUE_ARRAY
	    ? check_depth(scan, MEMBER_VALUE, count_segments(scan->record->text[MEMBER_PROPERTY]))
	    : 0;
}

static int check_entity(struct scan *scan)
{
	if (require(scan, MEMBER_ENTITY_ID) || check_kind(scan, MEMBER_ENTITY_ID, VALUE_STRING, "a string"))
		return -1;
	if (scan->record->text[MEMBER_ENTITY_ID].length == 0)
		return error_set(scan->error, "entity_id is empty");
	if (scan->record->text[MEMBER_ENTITY_ID].length > RECORD_ENTITY_MAX)
		return error_set(scan->error, "entity_id is longer than %d bytes", RECORD_ENTITY_MAX);
	return require(scan, MEMBER_TIMESTAMP);
}

static int check_property(struct scan *scan)
{
	struct error inner;

	if (!record_has(scan->record, MEMBER_PROPERTY))
		return 0;
	if (check_kind(scan, MEMBER_PROPERTY, VALUE_STRING, "a string"))
		return -1;
	// An event's property may be empty text in computed metrics, never in a record.
	if (property_path_check(scan->record->text[MEMBER_PROPERTY], &inner))
		return error_set(scan->error, "property: %s", inner.message);
	return 0;
}

static int check_state_members(struct scan *scan)
{
	static const enum record_member objects[] = {
	    MEMBER_PROPERTIES, MEMBER_DESIRED, MEMBER_RELATIONSHIPS, MEMBER_COMPUTED_METRICS, MEMBER_DESIRED_METADATA};
	int64_t ignored;

	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
		if (check_kind(scan, objects[i], VALUE_OBJECT, "an object"))
			return -1;
	return check_time(scan, MEMBER_DELETED, &ignored);
}

static int check_by_type(struct scan *scan)
{
	int64_t ignored;

	switch (scan->record->type) {
	case RECORD_READING:
		if (check_entity(scan) || require(scan, MEMBER_PROPERTY) || check_property(scan) ||
		    require(scan, MEMBER_VALUE))
			return -1;
		return check_reading(scan);
	case RECORD_DESIRED:
		if (check_entity(scan) || require(scan, MEMBER_PROPERTIES) ||
		    check_kind(scan, MEMBER_PROPERTIES, VALUE_OBJECT, "an object") ||
		    check_depth(scan, MEMBER_PROPERTIES, 0))
			return -1;
		return check_time(scan, MEMBER_DEADLINE, &ignored);
	case RECORD_DELETED:
		return check_entity(scan) || check_property(scan);
	case RECORD_STATE:
	case RECORD_CHANGE:
		return check_entity(scan) || check_state_members(scan);
	case RECORD_PREDICTION:
		return check_entity(scan) || check_kind(scan, MEMBER_METHOD, VALUE_STRING, "a string");
	case RECORD_EVENT:
		return check_entity(scan) || require(scan, MEMBER_EVENT) ||
		    check_kind(scan, MEMBER_EVENT, VALUE_STRING, "a string") || check_property(scan);
	default:
		return 0;
	}
}

static int check_members(struct scan *scan)
{
	struct record *record = scan->record;
	static const enum record_member strings[] = {MEMBER_UNIT, MEMBER_SENSOR_ID, MEMBER_ORIGIN, MEMBER_COMMAND_ID};

	if (find_type(scan))
		return -1;
	// What only passes through is nobody's business here.
	if (record->type == RECORD_OTHER)
		return 0;
	if (check_time(scan, MEMBER_TIMESTAMP, &record->timestamp) ||
	    (record_has(record, MEMBER_RECEIVED) && check_time(scan, MEMBER_RECEIVED, &record->received)) ||
	    (record_has(record, MEMBER_QUALITY) && check_quality(scan)) ||
	    (record_has(record, MEMBER_SEQ) && check_count(scan, MEMBER_SEQ, &record->seq)) ||
	    (record_has(record, MEMBER_COUNTER) && check_count(scan, MEMBER_COUNTER, &record->counter)))
		return -1;
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		if (check_kind(scan, strings[i], VALUE_STRING, "a string"))
			return -1;
	return check_kind(scan, MEMBER_METADATA, VALUE_OBJECT, "an object") ? -1 : check_by_type(scan);
}

static bool has_others(const struct scan *scan)
{
	uint32_t own = record_own_members(scan->record->type);

	return own && (scan->others || scan->seen & ~own);
}

static void decode_members(struct scan *scan)
{
	struct record *record = scan->record;

	// A `value` keeps its bytes, and so do containers; every other string is used as decoded.
	for (int member = 0; member < MEMBER_COUNT; member++)
		if ((scan->escaped & MEMBER_BIT(member)) && record->kind[member] == VALUE_STRING &&
		    member != MEMBER_VALUE)
			record->text[member] = decode(scan, record->text[member]);
}

int record_scan(
    struct record_scanner *scanner, struct slice line, struct arena *arena, struct record *record, struct error *error)
{
	struct scan scan = {
	    .scanner = scanner,
	    .arena = arena,
	    .record = record,
	    .error = error,
	    .p = line.data,
	    .end = line.data + line.length,
	};

	record->line = line;
	record->present = 0;
	record->timestamp = 0;
	record->received = 0;
	record->quality = 1;
	record->seq = 0;
	record->counter = 0;
	if (scan_object(&scan))
		return -1;
	if (scan.others > OTHER_NAMES_MAX && value_parse(&scanner->tree, line, error))
		return -1;
	record->present = scan.seen & ~scan.nulls;
	if (scan.escaped)
		decode_members(&scan);
	if (check_members(&scan))
		return -1;
	if (has_others(&scan))
		record->present |= RECORD_OTHERS;
	// A value keeps its quotes: it is written back as it came.
	if (record_has(record, MEMBER_VALUE) && record->kind[MEMBER_VALUE] == VALUE_STRING) {
		record->text[MEMBER_VALUE].data--;
		record->text[MEMBER_VALUE].length += 2;
	}
	if (record->type == RECORD_READING)
		record->series_hash = record_series_hash(record->text[MEMBER_ENTITY_ID], record->text[MEMBER_PROPERTY]);
	return 0;
}
