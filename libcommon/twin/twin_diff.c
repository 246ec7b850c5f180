#include "twin/twin_diff.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "twin/about.h"
#include "twin/state_text.h"

// One path of one kind, in either twin or both.
struct diff_pair {
	const struct view_entry *sides[2];
	bool differs;    // in what is shown
	bool is_related; // one of the registers above and below it does
};

void twin_diff_init(struct twin_diff *diff, const struct diff_rules *rules)
{
	*diff = (struct twin_diff){.rules = rules};
	diff->values.rules = rules;
}

void twin_diff_release(struct twin_diff *diff)
{
	for (int side = 0; side < 2; side++) {
		twin_view_release(&diff->views[side]);
		value_tree_release(&diff->trees[side]);
	}
	value_diff_release(&diff->values);
	free(diff->pairs);
	arena_release(&diff->arena);
	buffer_release(&diff->text);
	buffer_release(&diff->absolute);
	buffer_release(&diff->relative);
}

// ---- records

static void put_member(struct buffer *out, const char *name, struct slice json)
{
	if (!json.length)
		return;
	buffer_printf(out, ",\"%s\":", name);
	buffer_append_slice(out, json);
}

void difference_append(struct buffer *out, const struct difference *difference)
{
	buffer_append_string(out, "{\"type\":\"diff\",");
	if (difference->entity_id.length) {
		buffer_append_string(out, "\"entity_id\":");
		json_append_string(out, difference->entity_id);
		buffer_append_char(out, ',');
	}
	buffer_append_string(out, "\"path\":");
	json_append_string(out, difference->path);
	buffer_printf(out, ",\"op\":\"%s\"", diff_op_names[difference->op]);
	put_member(out, "from", difference->from);
	put_member(out, "to", difference->to);
	put_member(out, "from_metadata", difference->from_metadata);
	put_member(out, "to_metadata", difference->to_metadata);
	buffer_append_char(out, '}');
}

static const char *const kind_pointers[REGISTER_KINDS] = {
    [REGISTER_REPORTED] = "/properties/",
    [REGISTER_DESIRED] = "/desired/",
    [REGISTER_TOMBSTONE] = "/deleted",
    [REGISTER_MODEL] = "/model",
    [REGISTER_RELATIONSHIP] = "/relationships/",
    [REGISTER_PREDICTION] = "/computed_metrics/predictions/",
    [REGISTER_EVENT] = "/computed_metrics/events/",
};

void register_append_pointer(struct buffer *out, enum register_kind kind, struct slice path)
{
	struct slice first = SLICE_EMPTY;

	buffer_append_string(out, kind_pointers[kind]);
	if (kind != REGISTER_EVENT) {
		buffer_append_slice(out, path);
		return;
	}
	// The path of the event's property is one name.
	property_path_next(&path, &first);
	buffer_append_slice(out, first);
	buffer_append_char(out, '/');
	property_path_append(out, out->length, path);
}

// ---- values

static struct tolerance format_tolerance(struct twin_diff *diff, const struct model_property *property)
{
	buffer_reset(&diff->absolute);
	buffer_reset(&diff->relative);
	if (property->absolute > 0)
		decimal_append_double(&diff->absolute, property->absolute);
	if (property->relative > 0)
		decimal_append_double(&diff->relative, property->relative);
	return (struct tolerance){buffer_slice(&diff->absolute), buffer_slice(&diff->relative)};
}

struct tolerance twin_diff_known(void *context, const struct diff_path *path, size_t *length)
{
	struct twin_diff *diff = context;
	const struct model_property *found = NULL;
	struct buffer name = BUFFER_INIT;

	for (size_t i = path->base; diff->applied && path->base != DIFF_NO_BASE && i < path->count; i++) {
		property_path_append(&name, 0, path->segments[i]);
		const struct model_property *property = model_property(diff->applied, buffer_slice(&name));

		if (property && (property->absolute > 0 || property->relative > 0)) {
			found = property;
			*length = i + 1;
		}
	}
	buffer_release(&name);
	return found ? format_tolerance(diff, found) : (struct tolerance){SLICE_EMPTY, SLICE_EMPTY};
}

static int stop_at_first(struct value_diff *values, enum diff_op op, const struct value *from, const struct value *to)
{
	(void)values, (void)op, (void)from, (void)to;
	return 1;
}

// The pointer's segments as the path of the comparison.
static void enter(struct twin_diff *diff, enum register_kind kind, struct slice pointer)
{
	struct value_diff *values = &diff->values;
	struct buffer decoded = BUFFER_INIT;

	values->path.count = 0;
	values->path.base = kind == REGISTER_REPORTED || kind == REGISTER_DESIRED ? 1 : DIFF_NO_BASE;
	while (pointer.length) {
		const char *slash;

		pointer = slice_skip(pointer, 1);
		slash = memchr(pointer.data, '/', pointer.length);
		size_t length = slash ? (size_t)(slash - pointer.data) : pointer.length;

		buffer_reset(&decoded);
		property_segment_decode(&decoded, slice_of(pointer.data, length));
		value_diff_push(values, arena_dup(&diff->arena, buffer_slice(&decoded)));
		pointer = slice_skip(pointer, length);
	}
	buffer_release(&decoded);
}

// 1 when the values (empty: none is shown) differ in what is looked at, 0, -1 with error. enter has been called.
static int values_differ(struct twin_diff *diff, struct slice from, struct slice to, struct error *error)
{
	struct value_diff *values = &diff->values;

	if (slice_equal(from, to))
		return 0;
	if ((from.length && value_parse(&diff->trees[0], from, error)) ||
	    (to.length && value_parse(&diff->trees[1], to, error)))
		return -1;
	values->a_tree = &diff->trees[0];
	values->b_tree = &diff->trees[1];
	values->found = stop_at_first;
	values->known = twin_diff_known;
	values->context = diff;
	values->error = error;
	return value_diff_run(
	    values, from.length ? value_root(&diff->trees[0]) : NULL, to.length ? value_root(&diff->trees[1]) : NULL);
}

static struct slice shown_value(const struct view_entry *entry)
{
	if (!entry || !entry_is_shown(entry))
		return SLICE_EMPTY;
	struct assignment item = register_assignment(entry->series, &entry->series->usable);

	return item.tail.value;
}

// ---- metadata

static bool has_metadata(enum register_kind kind)
{
	return kind != REGISTER_PREDICTION && kind != REGISTER_EVENT;
}

static struct slice metadata_of(struct twin_diff *diff, const struct view_entry *entry)
{
	if (!entry || !has_metadata(entry->series->kind))
		return SLICE_EMPTY;
	buffer_reset(&diff->text);
	state_append_entry(&diff->text, entry);
	return arena_dup(&diff->arena, buffer_slice(&diff->text));
}

static bool times_near(const struct twin_diff *diff, int64_t a, int64_t b)
{
	uint64_t apart = a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;

	return apart <= (uint64_t)diff->time_tolerance;
}

static bool is_time_name(struct slice name)
{
	return slice_is(name, "timestamp") || slice_is(name, "deadline");
}

static bool members_near(const struct twin_diff *diff, const struct value *a, const struct value *b);

static bool member_near(const struct twin_diff *diff, const struct value *a, const struct value *b)
{
	int64_t x, y;
	struct error ignored;

	if (slice_is(a->name, "last") && a->kind == VALUE_OBJECT && b->kind == VALUE_OBJECT)
		return members_near(diff, a, b);
	if (is_time_name(a->name) && a->kind == VALUE_STRING && b->kind == VALUE_STRING &&
	    timestamp_parse(slice_of(a->text.data + 1, a->text.length - 2), &x, &ignored) == 0 &&
	    timestamp_parse(slice_of(b->text.data + 1, b->text.length - 2), &y, &ignored) == 0)
		return times_near(diff, x, y);
	return value_equal(&diff->trees[0], a, &diff->trees[1], b, 0, 0);
}

// Entries are written in one order of members.
static bool members_near(const struct twin_diff *diff, const struct value *a, const struct value *b)
{
	const struct value *x = value_first(&diff->trees[0], a), *y = value_first(&diff->trees[1], b);

	for (; x && y; x = value_next(&diff->trees[0], x), y = value_next(&diff->trees[1], y))
		if (!slice_equal(x->name, y->name) || !member_near(diff, x, y))
			return false;
	return !x && !y;
}

static bool metadata_differs(struct twin_diff *diff, struct slice a, struct slice b, bool exactly)
{
	struct error ignored;

	if (slice_equal(a, b))
		return false;
	if (exactly || !diff->time_tolerance || !a.length || !b.length)
		return true;
	if (value_parse(&diff->trees[0], a, &ignored) || value_parse(&diff->trees[1], b, &ignored))
		return true;
	return !members_near(diff, value_root(&diff->trees[0]), value_root(&diff->trees[1]));
}

// ---- registers

static void tell(struct twin_diff *diff, struct difference *difference)
{
	difference->op = difference->from.length && !difference->to.length ? DIFF_REMOVE
	    : difference->to.length && !difference->from.length            ? DIFF_ADD
									   : DIFF_REPLACE;
	diff->count++;
	diff->found(diff->context, difference);
}

static struct slice entity_of(const struct twin_diff *diff)
{
	return diff->views[0].twin ? diff->views[0].twin->entity_id : diff->views[1].twin->entity_id;
}

static const struct series *series_of(const struct diff_pair *pair)
{
	return (pair->sides[0] ? pair->sides[0] : pair->sides[1])->series;
}

// The pointer, with the comparison's path set to it; valid until the arena is reset.
static struct slice enter_register(struct twin_diff *diff, enum register_kind kind, struct slice path)
{
	arena_reset(&diff->arena);
	buffer_reset(&diff->text);
	register_append_pointer(&diff->text, kind, path);
	struct slice pointer = arena_dup(&diff->arena, buffer_slice(&diff->text));

	enter(diff, kind, pointer);
	return pointer;
}

static bool is_asked(const struct twin_diff *diff, const struct series *series)
{
	return !diff->properties || !diff->properties->count ||
	    is_about(series->kind, series_path(series), diff->properties);
}

static size_t gather(struct twin_diff *diff, enum register_kind kind)
{
	const struct view_list *a = &diff->views[0].kinds[kind], *b = &diff->views[1].kinds[kind];
	size_t i = 0, j = 0, count = 0;

	diff->pairs = memory_grow(diff->pairs, &diff->pair_capacity, a->count + b->count + 1, sizeof *diff->pairs);
	while (i < a->count || j < b->count) {
		int order = i == a->count ? 1
		    : j == b->count
		    ? -1
		    : register_path_compare(kind, series_path(a->entries[i].series), series_path(b->entries[j].series));
		struct diff_pair pair = {
		    .sides = {order <= 0 ? &a->entries[i] : NULL, order >= 0 ? &b->entries[j] : NULL}};

		i += order <= 0;
		j += order >= 0;
		if (is_asked(diff, series_of(&pair)))
			diff->pairs[count++] = pair;
	}
	return count;
}

static void tell_pair(struct twin_diff *diff, const struct diff_pair *pair)
{
	const struct series *series = series_of(pair);
	struct slice pointer = enter_register(diff, series->kind, series_path(series));
	struct difference difference = {
	    .entity_id = entity_of(diff),
	    .path = pointer,
	    .from = shown_value(pair->sides[0]),
	    .to = shown_value(pair->sides[1]),
	    .from_metadata = metadata_of(diff, pair->sides[0]),
	    .to_metadata = metadata_of(diff, pair->sides[1]),
	};
	bool counts = pair->is_related || diff->metadata;

	if (!pair->differs &&
	    (!counts || !diff_rules_sight(diff->rules, &diff->values.path).is_shown ||
		!metadata_differs(diff, difference.from_metadata, difference.to_metadata, pair->is_related)))
		return;
	tell(diff, &difference);
}

static int judge_pair(struct twin_diff *diff, struct diff_pair *pair, struct error *error)
{
	const struct series *series = series_of(pair);
	struct slice from = shown_value(pair->sides[0]), to = shown_value(pair->sides[1]);

	if (slice_equal(from, to))
		return 0;
	enter_register(diff, series->kind, series_path(series));
	int result = values_differ(diff, from, to, error);

	pair->differs = result > 0;
	return result < 0 ? -1 : 0;
}

// Registers that stand above and below each other hide each other by their times: where one of them differs, the others are told too where their
// metadata does, so that the twin that is made of them shows the same.
static void relate(struct twin_diff *diff, enum register_kind kind, size_t count, bool all)
{
	for (size_t begin = 0, end; begin < count; begin = end) {
		struct slice top = series_path(series_of(&diff->pairs[begin]));
		bool differs = all;

		for (end = begin; end < count; end++) {
			if (end > begin &&
			    (kind == REGISTER_EVENT ||
				!property_path_is_under(series_path(series_of(&diff->pairs[end])), top)))
				break;
			differs |= diff->pairs[end].differs;
		}
		for (size_t i = begin; i < end; i++)
			diff->pairs[i].is_related = differs;
	}
}

static int compare_kind(struct twin_diff *diff, enum register_kind kind, bool all, struct error *error)
{
	size_t count = gather(diff, kind);

	for (size_t i = 0; i < count; i++)
		if (judge_pair(diff, &diff->pairs[i], error))
			return -1;
	relate(diff, kind, count, all);
	for (size_t i = 0; i < count; i++)
		tell_pair(diff, &diff->pairs[i]);
	return 0;
}

// ---- the whole twin's delete

static struct slice put_aside(struct twin_diff *diff)
{
	return arena_dup(&diff->arena, buffer_slice(&diff->text));
}

static void describe_delete(
    struct twin_diff *diff, const struct twin *twin, struct slice *value, struct slice *metadata)
{
	*value = *metadata = SLICE_EMPTY;
	if (!twin || !twin->tombstone.handle)
		return;
	const struct series whole = {.kind = REGISTER_TOMBSTONE, .twin = (struct twin *)(uintptr_t)twin};
	struct assignment item = register_assignment(&whole, &twin->tombstone);

	buffer_reset(&diff->text);
	buffer_append_char(&diff->text, '"');
	timestamp_append(&diff->text, item.key.timestamp);
	buffer_append_char(&diff->text, '"');
	*value = put_aside(diff);
	buffer_reset(&diff->text);
	buffer_append_char(&diff->text, '{');
	state_append_details(&diff->text, &item);
	buffer_append_char(&diff->text, '}');
	if (diff->text.length > 2)
		*metadata = put_aside(diff);
}

static bool deletes_near(const struct twin_diff *diff)
{
	const struct twin *a = diff->views[0].twin, *b = diff->views[1].twin;

	return a && b && a->tombstone.handle && b->tombstone.handle &&
	    times_near(diff, a->tombstone.key.timestamp, b->tombstone.key.timestamp);
}

// Whether the twins were deleted at different times.
static bool compare_deletes(struct twin_diff *diff, bool told)
{
	struct difference difference = {.path = enter_register(diff, REGISTER_TOMBSTONE, SLICE_EMPTY)};
	bool differs;

	difference.entity_id = entity_of(diff);
	describe_delete(diff, diff->views[0].twin, &difference.from, &difference.from_metadata);
	describe_delete(diff, diff->views[1].twin, &difference.to, &difference.to_metadata);
	differs = !slice_equal(difference.from, difference.to) && !deletes_near(diff);
	if (!differs && diff->metadata)
		differs = !slice_equal(difference.from_metadata, difference.to_metadata);
	differs &= diff_rules_sight(diff->rules, &diff->values.path).is_shown;
	if (differs && told)
		tell(diff, &difference);
	return differs;
}

static void draw(struct twin_view *view, struct twin_side side)
{
	view->twin = NULL;
	if (side.twin)
		twin_view_draw(view, side.set, side.twin);
	for (int kind = 0; kind < REGISTER_KINDS && !side.twin; kind++)
		view->kinds[kind].count = 0;
}

int twin_diff_run(struct twin_diff *diff, struct twin_side a, struct twin_side b, struct error *error)
{
	// In the order of the names that the state has for them.
	static const enum register_kind kinds[] = {REGISTER_EVENT, REGISTER_PREDICTION, REGISTER_TOMBSTONE,
	    REGISTER_DESIRED, REGISTER_MODEL, REGISTER_REPORTED, REGISTER_RELATIONSHIP};
	uint64_t before = diff->count;

	draw(&diff->views[0], a);
	draw(&diff->views[1], b);
	if (!a.twin && !b.twin)
		return 0;
	diff->applied = model_applies(diff->model, entity_of(diff)) ? diff->model : NULL;
	bool has_properties = diff->properties && diff->properties->count;
	bool moved = !has_properties && compare_deletes(diff, false);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (kinds[i] != REGISTER_TOMBSTONE) {
			if (compare_kind(diff, kinds[i], moved, error))
				return -1;
		} else if (moved) {
			compare_deletes(diff, true);
		}
	}
	return diff->count > before;
}
