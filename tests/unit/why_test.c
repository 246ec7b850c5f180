#define _GNU_SOURCE // memmem
#include "twin/why.h"

#include "record/record_text.h"
#include "twin/state_text.h"
#include "twin_lines.h"
#include "unit_random.h"

static struct twin_lines lines;
static struct buffer text = BUFFER_INIT, digest = BUFFER_INIT;
static const struct model *model;
static int64_t limit = -1;
static struct store_instant instant;

static void add(struct why *why, const char *line, size_t number)
{
	if (twin_lines_read(&lines, slice_from_string(line)))
		unit_fail(line, 0, lines.error.message);
	lines.record.line_number = number;
	why_add_record(why, &lines.record, &lines.list, "day", &instant);
}

// The answer about the property when this was said.
static struct slice answer(const char *const *said, size_t count, const char *property)
{
	struct why why;

	twin_lines_init(&lines);
	why_init(&why, SLICE_LITERAL("t"), slice_from_string(property), model, limit);
	for (size_t i = 0; i < count; i++)
		add(&why, said[i], i + 1);
	CHECK(why.has_twin && why.is_known);
	buffer_reset(&text);
	why_append(&why, &text);
	why_release(&why);
	twin_lines_release(&lines);
	return buffer_slice(&text);
}

static bool says(const char *part)
{
	return memmem(text.data, text.length, part, strlen(part));
}

static void put_record(const struct value_tree *tree, const struct value *record)
{
	const struct value *type = member_or_null(tree, record, "type");
	const struct value *property = member_or_null(tree, record, "property");
	const struct value *value = value_member(tree, record, SLICE_LITERAL("value"));
	const struct value *time = member_or_null(tree, record, "timestamp");

	if (type)
		value_append_plain(&digest, type);
	if (type && property)
		buffer_append_char(&digest, ' ');
	value_append_plain(&digest, property);
	buffer_append_char(&digest, '@');
	if (time)
		buffer_append_slice(&digest, slice_of(time->text.data + 19, time->text.length - 21));
	if (value)
		buffer_append_char(&digest, '=');
	if (value)
		value_append_compact(&digest, value->text);
}

static void put_beaten(const struct value_tree *tree, const struct value *beaten)
{
	value_append_plain(&digest, member_or_null(tree, beaten, "decided_by"));
	if (member_or_null(tree, beaten, "conflict"))
		buffer_append_string(&digest, "!");
	buffer_append_char(&digest, ' ');
	put_record(tree, member_or_null(tree, beaten, "reading"));
}

// RULE=VALUE | WINNER | HIDDEN_BY | BEATEN, ... | DESIRED, where records are PROPERTY@SECOND=VALUE.
static struct slice told(const char *const *said, size_t count, const char *property)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;

	buffer_reset(&digest);
	if (value_parse(&tree, answer(said, count, property), &error))
		unit_fail(error.message, 0, buffer_string(&text));
	const struct value *root = value_root(&tree), *beaten = member_or_null(&tree, root, "beaten");
	const struct value *value = value_member(&tree, root, SLICE_LITERAL("value"));
	const struct value *desired = member_or_null(&tree, root, "desired");

	value_append_plain(&digest, member_or_null(&tree, root, "rule"));
	if (value)
		buffer_append_char(&digest, '=');
	if (value)
		value_append_compact(&digest, value->text);
	buffer_append_string(&digest, " | ");
	if (member_or_null(&tree, root, "winner"))
		put_record(&tree, member_or_null(&tree, root, "winner"));
	if (member_or_null(&tree, root, "hidden_by")) {
		buffer_append_string(&digest, " | hidden by ");
		put_record(&tree, member_or_null(&tree, root, "hidden_by"));
	}
	for (const struct value *one = value_first(&tree, beaten); one; one = value_next(&tree, one)) {
		buffer_append_string(&digest, one == value_first(&tree, beaten) ? " | " : ", ");
		put_beaten(&tree, one);
	}
	if (desired) {
		buffer_append_string(&digest, " | desired ");
		value_append_compact(&digest, member_or_null(&tree, desired, "properties")->text);
		buffer_append_string(
		    &digest, member_or_null(&tree, desired, "met")->kind == VALUE_TRUE ? " met" : " unmet by ");
		value_append_plain(&digest, member_or_null(&tree, desired, "unmet_by"));
	}
	value_tree_release(&tree);
	return buffer_slice(&digest);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TOLD(property, ...)                                                                                            \
	told((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})), property)
#define TIME(second) "\"timestamp\":\"2026-03-01T12:00:0" #second "Z\""
#define READING(property, second, ...)                                                                                 \
	"{\"entity_id\":\"t\",\"property\":\"" property "\"," TIME(second) "," __VA_ARGS__ "}"
#define DELETED(property, second)                                                                                      \
	"{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"" property "\"," TIME(second) "}"
#define TWIN_DELETED(second) "{\"type\":\"deleted\",\"entity_id\":\"t\"," TIME(second) "}"
#define DESIRED(second, properties)                                                                                    \
	"{\"type\":\"desired\",\"entity_id\":\"t\"," TIME(second) ",\"properties\":" properties "}"

static void check_parts_of_keys(void)
{
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":9"), READING("p", 2, "\"value\":1")),
	    "newest=1 | p@2=1 | timestamp p@1=9");
	CHECK_TEXT(
	    TOLD("p", READING("p", 1, "\"value\":1,\"counter\":2"), READING("p", 1, "\"value\":9,\"counter\":1")),
	    "newest=1 | p@1=1 | counter! p@1=9");
	CHECK_TEXT(
	    TOLD("p", READING("p", 1, "\"value\":1"), DELETED("p", 1)), "newest=1 | p@1=1 | deleted deleted p@1");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":9,\"quality\":0.7"), READING("p", 1, "\"value\":1")),
	    "newest=1 | p@1=1 | quality! p@1=9");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1,\"sensor_id\":\"b\""),
		       READING("p", 1, "\"value\":9,\"sensor_id\":\"a\"")),
	    "newest=1 | p@1=1 | sensor_id p@1=9");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1,\"seq\":4"), READING("p", 1, "\"value\":9,\"seq\":3")),
	    "newest=1 | p@1=1 | seq p@1=9");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"), READING("p", 1, "\"value\":2")),
	    "newest=2 | p@1=2 | value! p@1=1");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1,\"unit\":\"K\""), READING("p", 1, "\"value\":1")),
	    "newest=1 | p@1=1 | unit! p@1=1");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"), READING("p", 1, "\"value\":1.0")),
	    "newest=1.0 | p@1=1.0 | bytes p@1=1");
}

static void check_model(void)
{
	struct error error;
	struct model *made = model_parse(SLICE_LITERAL("[{\"sensors\":{\"a\":{\"priority\":2}},\"properties\":{\"p\":{"
						       "\"type\":\"number\",\"range\":[0,100]}}}]"),
	    "m", &error);

	CHECK(made);
	model = made;
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1,\"sensor_id\":\"a\""),
		       READING("p", 1, "\"value\":9,\"sensor_id\":\"b\"")),
	    "newest=1 | p@1=1 | sensor_priority p@1=9");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"), READING("p", 2, "\"value\":101"),
		       READING("p", 3, "\"value\":\"x\""), READING("p", 0, "\"value\":102")),
	    "newest=1 | p@1=1 | wrong-type p@3=\"x\", out-of-range p@2=101, timestamp p@0=102");
	model = NULL;
	model_free(made);
}

static void check_unusable(void)
{
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"), READING("p", 3, "\"value\":-999,\"quality\":0.5"),
		       READING("p", 0, "\"value\":-998,\"quality\":0")),
	    "newest=1 | p@1=1 | unusable p@3=-999, timestamp p@0=-998");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1,\"quality\":0.5")), "unusable |  | unusable p@1=1");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1,\"quality\":0"), TWIN_DELETED(2),
		       READING("p", 3, "\"value\":2,\"quality\":0")),
	    "deleted | deleted@2 | unusable p@3=2, timestamp p@1=1");
}

static void check_deletes(void)
{
	CHECK_TEXT(
	    TOLD("p", READING("p", 1, "\"value\":1"), DELETED("p", 2)), "deleted | deleted p@2 | timestamp p@1=1");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"), TWIN_DELETED(2), READING("q", 3, "\"value\":1")),
	    "deleted | deleted@2 | timestamp p@1=1");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"), TWIN_DELETED(2), READING("p", 3, "\"value\":3")),
	    "newest=3 | p@3=3 | timestamp deleted@2, timestamp p@1=1");
	// Of the same time as the delete: it stands.
	CHECK_TEXT(TOLD("p", READING("p", 2, "\"value\":1"), TWIN_DELETED(2)), "newest=1 | p@2=1 | deleted deleted@2");
	CHECK_TEXT(TOLD("a/p", READING("a/p", 1, "\"value\":1"), DELETED("a", 2)),
	    "deleted | deleted a@2 | timestamp a/p@1=1");
	CHECK_TEXT(TOLD("p", DELETED("p", 1), TWIN_DELETED(1)), "deleted | deleted p@1 | property deleted@1");
}

static void check_above(void)
{
	CHECK_TEXT(
	    TOLD("a/p", READING("a", 2, "\"value\":{\"p\":{\"x\":1},\"q\":2}"), READING("a/p", 1, "\"value\":3")),
	    "above={\"x\":1} | a@2={\"p\":{\"x\":1},\"q\":2} | timestamp a/p@1=3");
	CHECK_TEXT(TOLD("a/p/x", READING("a", 2, "\"value\":{\"p\":{\"x\":1},\"q\":2}")),
	    "above=1 | a@2={\"p\":{\"x\":1},\"q\":2}");
	// Its older value had one.
	CHECK_TEXT(TOLD("a/p", READING("a", 1, "\"value\":{\"p\":1}"), READING("a", 2, "\"value\":{\"q\":1}")),
	    "absent | a@2={\"q\":1} | timestamp a@1={\"p\":1}");
	// A delete does not reach into an object above.
	CHECK_TEXT(TOLD("a/p", READING("a", 1, "\"value\":{\"p\":1}"), DELETED("a/p", 2)),
	    "above=1 | a@1={\"p\":1} | object deleted a/p@2");
	CHECK_TEXT(TOLD("a", READING("a", 1, "\"value\":{\"p\":1}"), DELETED("a/p", 2)),
	    "newest={\"p\":1} | a@1={\"p\":1} | object deleted a/p@2");
	// The further one of equal keys.
	CHECK_TEXT(TOLD("a/p", READING("a", 1, "\"value\":{}"), READING("a/p", 1, "\"value\":{}")),
	    "newest={} | a/p@1={} | property a@1={}");
}

static void check_below(void)
{
	CHECK_TEXT(TOLD("a", READING("a/q", 2, "\"value\":2"), READING("a/p/x", 1, "\"value\":1"),
		       READING("ab", 5, "\"value\":1")),
	    "below={\"p\":{\"x\":1},\"q\":2} | a/q@2=2");
	CHECK(says("\"parts\":[\"a/p/x\",\"a/q\"],"));
	CHECK_TEXT(TOLD("a", READING("a", 1, "\"value\":{\"p\":1}"), READING("a/q", 2, "\"value\":2")),
	    "below={\"q\":2} | a/q@2=2 | timestamp a@1={\"p\":1}");
	// Only what stands in their registers competes from below.
	CHECK_TEXT(TOLD("a", READING("a", 3, "\"value\":{\"p\":1}"), READING("a/q", 2, "\"value\":2"),
		       READING("a/q", 1, "\"value\":1")),
	    "newest={\"p\":1} | a@3={\"p\":1} | timestamp a/q@2=2");
	CHECK_TEXT(TOLD("a", READING("a/q", 1, "\"value\":2"), DELETED("a/q", 2)), "deleted | deleted a/q@2");
}

static void check_hidden(void)
{
	// The object is hidden by another part of it, and hides the older part.
	CHECK_TEXT(TOLD("a/p", READING("a", 2, "\"value\":{\"p\":1}"), READING("a/p", 1, "\"value\":7"),
		       READING("a/q", 3, "\"value\":3")),
	    "hidden | a@2={\"p\":1} | hidden by a/q@3=3 | timestamp a/p@1=7");
	CHECK_TEXT(TOLD("a/p", READING("a", 2, "\"value\":{\"p\":1}"), READING("a/q", 3, "\"value\":3"),
		       READING("a/q", 4, "\"value\":4,\"quality\":0"), DELETED("a/q", 5)),
	    "above=1 | a@2={\"p\":1}");
	// A value that is hidden goes on hiding, deleted or not what hides it.
	CHECK_TEXT(TOLD("a", READING("a", 1, "\"value\":1"), DELETED("a/p", 5), READING("a/p/x", 3, "\"value\":1")),
	    "deleted | deleted a/p@5 | timestamp a/p/x@3=1, timestamp a@1=1");
}

static void check_desired(void)
{
	CHECK_TEXT(TOLD("p", READING("p", 3, "\"value\":1"), DESIRED(2, "{\"p\":1.0}")),
	    "newest=1 | p@3=1 | desired {\"p\":1.0} met");
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"), DESIRED(2, "{\"p\":1}")),
	    "newest=1 | p@1=1 | desired {\"p\":1} unmet by timestamp");
	CHECK_TEXT(TOLD("p", READING("p", 3, "\"value\":1"), DESIRED(2, "{\"p\":2}"), DESIRED(1, "{\"p\":1}")),
	    "newest=1 | p@3=1 | desired {\"p\":2} unmet by value");
	CHECK_TEXT(TOLD("p", DELETED("p", 3), DESIRED(2, "{\"p\":2}")),
	    "deleted | deleted p@3 | desired {\"p\":2} unmet by missing");
	CHECK_TEXT(TOLD("p", READING("p", 3, "\"value\":2,\"ack\":{\"command_id\":\"c\",\"code\":409}"),
		       "{\"type\":\"desired\",\"entity_id\":\"t\"," TIME(
			   2) ",\"command_id\":\"c\",\"deadline\":\"2026-03-01T12:00:09Z\",\"properties\":{\"p\":2}}"),
	    "newest=2 | p@3=2 | desired {\"p\":2} unmet by ack");
	CHECK(says("\"command_id\":\"c\",\"deadline\":\"2026-03-01T12:00:09Z\",\"met\":false"));
	CHECK_TEXT(TOLD("p", READING("p", 3, "\"value\":2"), DESIRED(2, "{\"p\":2}"), DESIRED(4, "{\"p\":null}")),
	    "newest=2 | p@3=2");
	CHECK_TEXT(TOLD("p", DESIRED(2, "{\"p\":2}")), "unusable |  | desired {\"p\":2} unmet by missing");
	// Of desires for the parts the newest that is open.
	CHECK_TEXT(TOLD("a", READING("a/p", 5, "\"value\":1"), DESIRED(2, "{\"a\":{\"q\":2}}"),
		       DESIRED(1, "{\"a\":{\"r\":2}}"), DESIRED(4, "{\"a\":{\"p\":1}}")),
	    "below={\"p\":1} | a/p@5=1 | desired {\"a\":{\"q\":2}} unmet by missing");
}

static void check_members(void)
{
	static const char *const said[] = {
	    READING("p", 2,
		"\"value\": {\"b\": "
		"1.50},\"unit\":\"K\",\"quality\":0.9,\"sensor_id\":\"s\",\"received\":\"2026-03-01T13:00:00+00:00\","
		"\"seq\":3,"
		"\"counter\":4,\"origin\":\"d.csv:9\",\"ack\":{\"code\": 1},\"metadata\":{\"raw\": 1},\"line\":\"A\""),
	    READING("p", 1, "\"value\":1"),
	    "{\"type\":\"desired\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:09Z\",\"properties\":{\"p\":1}"
	    "}",
	};

	CHECK_TEXT(answer(said, COUNT(said), "p"),
	    "{\"type\":\"why\",\"entity_id\":\"t\",\"property\":\"p\",\"value\":{\"b\":1.50},\"rule\":\"newest\","
	    "\"winner\":"
	    "{\"entity_id\":\"t\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:02Z\",\"value\":{\"b\":1.50},"
	    "\"unit\":\"K\",\"quality\":0.9,"
	    "\"sensor_id\":\"s\",\"received\":\"2026-03-01T13:00:00Z\",\"seq\":3,\"counter\":4,\"origin\":\"d.csv:9\","
	    "\"ack\":{\"code\":1},"
	    "\"metadata\":{\"raw\":1},\"line\":\"A\"},\"beaten\":[{\"reading\":{\"entity_id\":\"t\",\"property\":\"p\","
	    "\"timestamp\":"
	    "\"2026-03-01T12:00:01Z\",\"value\":1,\"origin\":\"day:2\"},\"decided_by\":\"timestamp\"}],\"beaten_"
	    "count\":1,\"desired\":"
	    "{\"type\":\"desired\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:09Z\",\"properties\":{\"p\":1},"
	    "\"origin\":\"day:3\","
	    "\"met\":false,\"unmet_by\":\"timestamp\"}}");
}

static void check_copies(void)
{
	static const char *const said[] = {
	    READING(
		"p", 2, "\"value\":1,\"received\":\"2026-03-01T13:00:00Z\",\"origin\":\"b:10\",\"metadata\":{\"a\":2}"),
	    READING("p", 2, "\"value\":1,\"received\":\"2026-03-01T12:30:00Z\",\"metadata\":{\"a\":1}"),
	    READING("p", 2, "\"value\":1,\"received\":\"2026-03-01T12:40:00Z\",\"origin\":\"b:9\""),
	    READING("p", 1, "\"value\":7"),
	    READING("p", 1, "\"value\":7"),
	    READING("p", 0, "\"value\":7"),
	};

	answer(said, COUNT(said), "p");
	CHECK(says("\"received\":\"2026-03-01T12:30:00Z\",\"origin\":\"b:9\",\"metadata\":{\"a\":2}}"));
	CHECK(says("\"beaten_count\":2") && says("\"origin\":\"day:4\"") && says("\"origin\":\"day:6\""));
	limit = 1;
	answer(said, COUNT(said), "p");
	CHECK(says("\"value\":7,\"origin\":\"day:4\"},\"decided_by\":\"timestamp\"}],\"beaten_count\":2"));
	limit = 0;
	answer(said, COUNT(said), "p");
	CHECK(says("\"beaten\":[],\"beaten_count\":2"));
	limit = -1;
}

static void check_instants(void)
{
	instant.at = AT_SECOND(2);
	CHECK_TEXT(
	    TOLD("p", READING("p", 1, "\"value\":1"), READING("p", 2, "\"value\":2"), READING("p", 3, "\"value\":3")),
	    "newest=2 | p@2=2 | timestamp p@1=1");
	instant.at = INT64_MAX;
	instant.known_at = AT_SECOND(2);
	CHECK_TEXT(TOLD("p", READING("p", 1, "\"value\":1"),
		       READING("p", 2, "\"value\":2,\"received\":\"2026-03-01T12:00:03Z\""),
		       READING("p", 0, "\"value\":0,\"received\":\"2026-03-01T12:00:02Z\"")),
	    "newest=1 | p@1=1 | timestamp p@0=0");
	instant = STORE_ALWAYS;
}

static void check_refused(void)
{
	struct why why;
	struct assignment item;

	twin_lines_init(&lines);
	why_init(&why, SLICE_LITERAL("t"), SLICE_LITERAL("p"), NULL, -1);
	add(&why, READING("p", 1, "\"value\":1"), 1);
	twin_lines_read(&lines, slice_from_string(READING("p", 9, "\"value\":9")));
	item = lines.list.items[0];
	struct why_record said = WHY_RECORD(item);

	said.refused = SLICE_LITERAL("future");
	why_add(&why, &said);
	buffer_reset(&text);
	why_append(&why, &text);
	CHECK(says("\"value\":1,\"rule\":\"newest\""));
	CHECK(says("\"value\":9},\"decided_by\":\"future\"}],\"beaten_count\":1"));
	// Taken elsewhere: that is what counts.
	said.refused = SLICE_EMPTY;
	why_add(&why, &said);
	buffer_reset(&text);
	why_append(&why, &text);
	CHECK(says("\"value\":9,\"rule\":\"newest\""));
	CHECK(!says("future"));
	CHECK(says("\"beaten_count\":1"));
	why_release(&why);
	twin_lines_release(&lines);
}

static void check_names(void)
{
	struct why why;

	twin_lines_init(&lines);
	why_init(&why, SLICE_LITERAL("t"), SLICE_LITERAL("sped"), NULL, -1);
	add(&why, "{\"entity_id\":\"u\",\"property\":\"sped\"," TIME(1) ",\"value\":1}", 1);
	CHECK(!why.has_twin && !why.is_known);
	add(&why, READING("speed", 1, "\"value\":1"), 2);
	add(&why, READING("flow", 1, "\"value\":{\"sped\":1}"), 3);
	CHECK(why.has_twin && !why.is_known);
	CHECK_TEXT(slice_from_string(why_near_name(&why)), "speed");
	why_release(&why);
	why_init(&why, SLICE_LITERAL("t"), SLICE_LITERAL("flow/sped"), NULL, -1);
	add(&why, READING("flow", 1, "\"value\":[1]"), 1);
	CHECK(!why.is_known);
	add(&why, READING("flow", 1, "\"value\":{\"sped\":1}"), 1);
	CHECK(why.is_known);
	why_release(&why);
	twin_lines_release(&lines);
}

static const char *random_line(uint64_t *seed, char *line, size_t size)
{
	static const char *const paths[] = {"a", "a/p", "a/p/x", "a/q", "b"};
	static const char *const values[] = {"1", "1.0", "2", "{\"p\":{\"x\":1}}", "{\"p\":1,\"q\":2}", "{}"};
	static const char *const more[] = {"", "", "", ",\"quality\":0.4", ",\"sensor_id\":\"s\"", ",\"seq\":1",
	    ",\"received\":\"2026-03-01T13:00:00Z\"", ",\"origin\":\"z:3\""};
	unsigned second = (unsigned)random_below(seed, 4);
	const char *path = paths[random_below(seed, 5)];

	switch (random_below(seed, 10)) {
	case 0:
		snprintf(line, size,
		    "{\"type\":\"deleted\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:0%uZ\"}", second / 2);
		break;
	case 1:
		snprintf(line, size,
		    "{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"%s\",\"timestamp\":\"2026-03-01T12:00:0%"
		    "uZ\"}",
		    path, second);
		break;
	case 2:
		snprintf(line, size,
		    "{\"type\":\"desired\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:0%uZ\",\"properties\":{"
		    "\"a\":{\"%c\":%u}}}",
		    second, "pq"[random_below(seed, 2)], second / 2);
		break;
	default:
		snprintf(line, size,
		    "{\"entity_id\":\"t\",\"property\":\"%s\",\"timestamp\":\"2026-03-01T12:00:0%uZ\",\"value\":%s%s}",
		    path, second, values[random_below(seed, 6)], more[random_below(seed, 8)]);
	}
	return line;
}

// What a fold of all of it shows at the path, in canonical form; nothing when it shows nothing.
static void draw(const char *const *said, size_t count, const char *pointer, struct buffer *out)
{
	struct status_rules rules = {.model = NULL};
	struct state_writer writer;
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer state = BUFFER_INIT;
	struct error error;

	buffer_reset(out);
	twin_lines_init(&lines);
	for (size_t i = 0; i < count; i++)
		twin_lines_put(&lines, said[i]);
	state_writer_init(&writer, &lines.set, &rules);
	if (twin_lines_twin(&lines))
		state_append_registers(&writer, &state, twin_lines_twin(&lines));
	if (state.length && memchr(state.data, '\n', state.length) == state.data + state.length - 1 &&
	    value_parse(&tree, buffer_slice(&state), &error) == 0) {
		const struct value *properties = member_or_null(&tree, value_root(&tree), "properties");
		const struct value *found =
		    properties ? value_at_pointer(&tree, properties, slice_from_string(pointer)) : NULL;

		if (found)
			value_append_canonical(out, &tree, found);
	}
	state_writer_release(&writer);
	value_tree_release(&tree);
	buffer_release(&state);
	twin_lines_release(&lines);
}

static void answered_value(struct buffer *out)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;

	buffer_reset(out);
	CHECK(value_parse(&tree, buffer_slice(&text), &error) == 0);
	const struct value *value = value_member(&tree, value_root(&tree), SLICE_LITERAL("value"));

	if (value)
		value_append_canonical(out, &tree, value);
	value_tree_release(&tree);
}

// The same things said in another order, some of them twice, each from the line where it stands.
static void check_shuffled(const char *const *said, size_t count, const char *property, uint64_t *seed)
{
	struct buffer first = BUFFER_INIT;
	struct why why;

	buffer_append_slice(&first, buffer_slice(&text));
	twin_lines_init(&lines);
	why_init(&why, SLICE_LITERAL("t"), slice_from_string(property), NULL, limit);
	size_t order[64];

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i-- > 1;) {
		size_t other = random_below(seed, i + 1), swapped = order[i];

		order[i] = order[other];
		order[other] = swapped;
	}
	for (size_t i = 0; i < count; i++)
		for (size_t times = random_below(seed, 4) == 0 ? 2 : 1; times; times--)
			add(&why, said[order[i]], order[i] + 1);
	buffer_reset(&text);
	if (why.is_known)
		why_append(&why, &text);
	unit_text(__FILE__, __LINE__, buffer_slice(&text), buffer_slice(&first));
	why_release(&why);
	twin_lines_release(&lines);
	buffer_release(&first);
}

static void check_random(void)
{
	static const char *const paths[] = {"a", "a/p", "a/p/x", "a/q", "b", "a/p/x/y"};
	static const char *const pointers[] = {"/a", "/a/p", "/a/p/x", "/a/q", "/b", "/a/p/x/y"};
	static char store[64][300];
	const char *said[64];
	struct buffer want = BUFFER_INIT, got = BUFFER_INIT;
	uint64_t seed = 3;

	for (int round = 0; round < 3000; round++) {
		size_t count = 1 + random_below(&seed, random_below(&seed, 3) ? 8 : 60), at = random_below(&seed, 6);
		struct why why;

		for (size_t i = 0; i < count; i++)
			said[i] = random_line(&seed, store[i], sizeof store[i]);
		limit = random_below(&seed, 3) ? -1 : (int64_t)random_below(&seed, 4);
		draw(said, count, pointers[at], &want);
		twin_lines_init(&lines);
		why_init(&why, SLICE_LITERAL("t"), slice_from_string(paths[at]), NULL, limit);
		for (size_t i = 0; i < count; i++)
			add(&why, said[i], i + 1);
		buffer_reset(&text);
		if (why.is_known)
			why_append(&why, &text);
		else
			CHECK(want.length == 0);
		bool is_known = why.is_known;

		why_release(&why);
		twin_lines_release(&lines);
		if (is_known) {
			answered_value(&got);
			unit_text(__FILE__, __LINE__, buffer_slice(&got), buffer_slice(&want));
		}
		check_shuffled(said, count, paths[at], &seed);
	}
	limit = -1;
	buffer_release(&want);
	buffer_release(&got);
}

// Many more than are kept, the newest in the middle.
static void check_many(void)
{
	struct why why;
	struct assignment item = {.kind = REGISTER_REPORTED,
	    .entity_id = SLICE_LITERAL("t"),
	    .path = SLICE_LITERAL("p"),
	    .key = {.live = true, .quality = 1},
	    .tail = {.sensor_id = SLICE_EMPTY,
		.value = SLICE_LITERAL("1"),
		.unit = SLICE_EMPTY,
		.command_id = SLICE_EMPTY},
	    .origin = SLICE_EMPTY,
	    .ack = SLICE_EMPTY,
	    .axis = SLICE_EMPTY,
	    .deadline = NO_DEADLINE};

	why_init(&why, SLICE_LITERAL("t"), SLICE_LITERAL("p"), NULL, 3);
	for (int64_t i = 0; i < 20000; i++) {
		item.key.timestamp = NOON - (i < 10000 ? 10000 - i : i - 10000) * INT64_C(1000000000);
		why_add(&why, &WHY_RECORD(item));
		CHECK(why.newest.count < 100);
	}
	CHECK(why_floor(&why) <= AT_SECOND(-1) && why_floor(&why) > AT_SECOND(-50));
	buffer_reset(&text);
	why_append(&why, &text);
	// But for both ends each was given twice.
	CHECK(says("\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1},\"beaten\"") && says("\"beaten_count\":10000"));
	CHECK(says("11:59:59Z") && says("11:59:57Z") && !says("11:59:56Z"));
	why_release(&why);
}

int main(void)
{
	instant = STORE_ALWAYS;
	TEST("each part of the key is named where it decides, and two words of one source are a conflict")
	check_parts_of_keys();
	TEST("the model's priorities decide, and what it has against a value is the reason") check_model();
	TEST("a newer reading that is not good enough is said to be unusable") check_unusable();
	TEST("a delete of the property, of one above it or of the twin is the winner") check_deletes();
	TEST("a value may be a part of a reading of a property above") check_above();
	TEST("an object may be made of readings of properties below") check_below();
	TEST("what is hidden says by what") check_hidden();
	TEST("the desire that stands says whether it is met, and why not") check_desired();
	TEST("records are shown with all their members, and where they were read") check_members();
	TEST("copies are one record, with the smallest received and origin") check_copies();
	TEST("what is later than asked about, or was not known, does not count") check_instants();
	TEST("what was refused beats nothing and says why") check_refused();
	TEST("a property that nobody spoke of is not known, and one like it is named") check_names();
	TEST("the value is what a fold shows, and no order or copy changes a byte") check_random();
	TEST("of many records few are kept and all are counted") check_many();
	buffer_release(&text);
	buffer_release(&digest);
	return unit_end();
}
