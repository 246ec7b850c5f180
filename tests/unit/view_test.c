#include "twin/view.h"

#include "record/property_path.h"
#include "twin_lines.h"
#include "unit_random.h"

static struct twin_lines lines;
static struct twin_view view;
static struct buffer text = BUFFER_INIT;

static void begin(void)
{
	twin_lines_init(&lines);
	view = (struct twin_view)TWIN_VIEW_INIT;
}

static void end(void)
{
	twin_view_release(&view);
	twin_lines_release(&lines);
	buffer_release(&text);
}

// The reported paths in their order: shown as they are, hidden in brackets, deleted with a minus.
static struct slice drawn(void)
{
	const struct view_list *list = &view.kinds[REGISTER_REPORTED];

	twin_view_draw(&view, &lines.set, twin_lines_twin(&lines));
	buffer_reset(&text);
	for (size_t i = 0; i < list->count; i++) {
		const struct view_entry *entry = &list->entries[i];
		const char *mark = entry_is_shown(entry) ? ""
		    : !entry->has_usable                 ? "?"
		    : entry->series->usable.key.live     ? "["
							 : "-";

		buffer_append_string(&text, mark);
		buffer_append_slice(&text, series_path(entry->series));
		buffer_append_string(&text, *mark == '[' ? "] " : " ");
	}
	return buffer_slice(&text);
}

static void deleted(const char *property, int second)
{
	struct buffer record = BUFFER_INIT;

	buffer_printf(&record,
	    "{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"%s\",\"timestamp\":\"2026-03-01T12:00:%02dZ\"}",
	    property, second);
	twin_lines_put(&lines, buffer_string(&record));
	buffer_release(&record);
}

static void check_order(void)
{
	static const char *const paths[] = {"a", "a/", "a/b", "a/b/c", "a/\xc3\xa9", "a\x01", "a b", "a-b", "a.b",
	    "a~1b", "a0", "aa", "b", "~0", "\xc3\xa9"};
	enum { COUNT = sizeof paths / sizeof *paths };

	for (int i = 0; i < COUNT; i++)
		for (int j = 0; j < COUNT; j++) {
			int order = path_compare(slice_from_string(paths[i]), slice_from_string(paths[j]));

			CHECK((order > 0) - (order < 0) == (i > j) - (i < j));
		}
	// By what they mean: ~1 is a slash, which comes before 0, and ~0 a tilde, which comes behind z.
	CHECK(path_compare(SLICE_LITERAL("a~1"), SLICE_LITERAL("a0")) < 0);
	CHECK(path_compare(SLICE_LITERAL("~0"), SLICE_LITERAL("z")) > 0);
}

static void check_hiding(void)
{
	begin();
	twin_lines_reading(&lines, "a", 0, "{}", "");
	twin_lines_reading(&lines, "a/b/c", 1, "1", "");
	CHECK_TEXT(drawn(), "[a] a/b/c ");
	twin_lines_reading(&lines, "a/b", 2, "1", "");
	CHECK_TEXT(drawn(), "[a] a/b [a/b/c] ");
	// Hidden as it is, a/b/c goes on hiding a.
	deleted("a/b", 3);
	CHECK_TEXT(drawn(), "[a] -a/b [a/b/c] ");
	deleted("a/b/c", 4);
	CHECK_TEXT(drawn(), "a -a/b -a/b/c ");
	// Of equal keys the descendant is shown.
	twin_lines_reading(&lines, "x", 0, "1", "");
	twin_lines_reading(&lines, "x/y", 0, "1", "");
	twin_lines_reading(&lines, "xy", 0, "1", "");
	CHECK_TEXT(drawn(), "a -a/b -a/b/c [x] x/y xy ");
	// A bad reading hides nothing.
	twin_lines_reading(&lines, "x/y/z", 9, "1", "\"quality\":0");
	CHECK_TEXT(drawn(), "a -a/b -a/b/c [x] x/y ?x/y/z xy ");
	CHECK(view.is_alive && view.has_anything && view.timestamp == AT_SECOND(9));
	end();
}

static bool is_above(const struct view_entry *a, const struct view_entry *b)
{
	return property_path_is_under(series_path(b->series), series_path(a->series));
}

// The rule as it is written down, entry by entry.
static bool is_hidden_plainly(const struct view_list *list, const struct view_entry *entry)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct view_entry *other = &list->entries[i];

		if (!other->has_usable)
			continue;
		int order = fold_compare(&other->series->usable, &entry->series->usable, &lines.set.owner);

		if ((is_above(other, entry) && order > 0) ||
		    (is_above(entry, other) && other->series->usable.key.live && order >= 0))
			return true;
	}
	return false;
}

static const struct view_entry *supplier_plainly(const struct view_list *list, struct slice path)
{
	const struct view_entry *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct view_entry *entry = &list->entries[i];
		struct slice own = series_path(entry->series);

		if (entry_is_shown(entry) && (slice_equal(own, path) || property_path_is_under(path, own)) &&
		    (!found || own.length > series_path(found->series).length))
			found = entry;
	}
	return found;
}

static void random_path(uint64_t *seed, char *path)
{
	static const char *const names[] = {"a", "b", "ab", "a~1b"};
	size_t depth = 1 + random_below(seed, random_below(seed, 8) ? 4 : 12);

	*path = '\0';
	for (size_t i = 0; i < depth; i++) {
		if (i)
			strcat(path, "/");
		strcat(path, names[random_below(seed, random_below(seed, 3) ? 1 : 4)]);
	}
}

static void put_random(uint64_t *seed)
{
	static const char *const values[] = {"1", "2", "\"x\"", "{}"};
	char path[100];
	int second = (int)random_below(seed, 4);

	random_path(seed, path);
	if (random_below(seed, 5) == 0)
		deleted(path, second);
	else
		twin_lines_reading(&lines, path, second, values[random_below(seed, 4)],
		    random_below(seed, 6) ? "" : "\"quality\":0.3");
}

static void check_list(const struct view_list *list, uint64_t *seed)
{
	char path[100];

	for (size_t i = 0; i < list->count; i++) {
		const struct view_entry *entry = &list->entries[i];

		CHECK(i == 0 || path_compare(series_path(entry[-1].series), series_path(entry->series)) < 0);
		CHECK(view_list_find(list, series_path(entry->series)) == entry);
		CHECK(view_list_behind(list, series_path(entry->series)) == i + 1);
		if (entry->has_usable)
			CHECK(entry->hidden == is_hidden_plainly(list, entry));
	}
	for (int i = 0; i < 20; i++) {
		random_path(seed, path);
		CHECK(view_list_supplier(list, slice_from_string(path)) ==
		    supplier_plainly(list, slice_from_string(path)));
	}
}

static void check_random(void)
{
	uint64_t seed = 5;

	for (int round = 0; round < 1500; round++) {
		begin();
		for (size_t i = 0, count = 1 + random_below(&seed, 30); i < count; i++)
			put_random(&seed);
		twin_view_draw(&view, &lines.set, twin_lines_twin(&lines));
		check_list(&view.kinds[REGISTER_REPORTED], &seed);
		end();
	}
}

// A chain of n properties inside one another, with a sibling at each level. The newest is in the middle.
static void check_chain(void)
{
	enum { DEPTH = 1500 };
	char *path = memory_new(2 * DEPTH + 8);

	begin();
	for (int i = 0; i < DEPTH; i++) {
		path[2 * i] = 'a';
		for (int sibling = 0; sibling < 2; sibling++) {
			struct slice own = slice_of(path, (size_t)(2 * i + 1));

			path[2 * i] = sibling ? 'b' : 'a';
			struct assignment item = {.kind = REGISTER_REPORTED,
			    .entity_id = SLICE_LITERAL("t"),
			    .path = own,
			    .hash = assignment_hash(REGISTER_REPORTED, SLICE_LITERAL("t"), own),
			    .key = {.timestamp = i == DEPTH / 2 ? 2 : 1, .live = true, .quality = 1},
			    .tail = {.sensor_id = SLICE_EMPTY,
				.value = SLICE_LITERAL("1"),
				.unit = SLICE_EMPTY,
				.command_id = SLICE_EMPTY},
			    .origin = SLICE_EMPTY,
			    .ack = SLICE_EMPTY,
			    .deadline = NO_DEADLINE};

			twin_set_put(&lines.set, &item);
		}
		path[2 * i] = 'a';
		path[2 * i + 1] = '/';
	}
	twin_view_draw(&view, &lines.set, twin_lines_twin(&lines));
	const struct view_list *list = &view.kinds[REGISTER_REPORTED];
	size_t shown = 0;

	for (size_t i = 0; i < list->count; i++)
		shown += entry_is_shown(&list->entries[i]);
	// Of the chain the newest, and the siblings above and beside it.
	CHECK(list->count == 2 * DEPTH);
	CHECK(shown == DEPTH / 2 + 2);
	const struct view_entry *newest = view_list_find(list, slice_of(path, DEPTH / 2 * 2 + 1));

	CHECK(newest && entry_is_shown(newest));
	CHECK(view_list_supplier(list, slice_of(path, 2 * DEPTH - 1)) == newest);
	CHECK(view_list_supplier(list, slice_of(path, 1)) == NULL);
	free(path);
	end();
}

static void check_near(void)
{
	begin();
	twin_lines_reading(&lines, "x", 0, "1", "");
	const struct twin *twin = twin_lines_twin(&lines);

	CHECK(!twin_desires_near(twin, SLICE_LITERAL("x")));
	twin_lines_desired(&lines, 0, "{\"a\":{\"b\":1},\"c\":2}", "");
	CHECK(twin->desired_count == 2);
	CHECK(twin_desires_near(twin, SLICE_LITERAL("a")) && twin_desires_near(twin, SLICE_LITERAL("a/z")));
	CHECK(twin_desires_near(twin, SLICE_LITERAL("c/d/e")) && twin_desires_near(twin, SLICE_LITERAL("c")));
	CHECK(!twin_desires_near(twin, SLICE_LITERAL("x")) && !twin_desires_near(twin, SLICE_LITERAL("ab")));
	end();
}

int main(void)
{
	TEST("paths are ordered by their segments as decoded, and what lies below a path follows it") check_order();
	TEST("the larger key hides above and below, hidden or not, and deletes only below") check_hiding();
	TEST("what is hidden, and who supplies a path, is what the rule says entry by entry") check_random();
	TEST("long chains of paths are drawn by the same rule") check_chain();
	TEST("desires are near what shares their first segment") check_near();
	return unit_end();
}
