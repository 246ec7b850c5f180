#include "record/diff_rules.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"

void diff_rules_release(struct diff_rules *rules)
{
	free(rules->items);
	arena_release(&rules->arena);
}

static size_t segment_count(struct slice path)
{
	size_t count = 1;

	for (size_t i = 0; i < path.length; i++)
		count += path.data[i] == '/';
	return count;
}

static int check_tildes(struct slice path, struct error *error)
{
	for (size_t i = 0; i < path.length; i++)
		if (path.data[i] == '~' &&
		    (i + 1 == path.length || (path.data[i + 1] != '0' && path.data[i + 1] != '1')))
			return error_set(
			    error, "'%.*s': ~ stands only before 0 (for ~) and 1 (for /)", (int)path.length, path.data);
	return 0;
}

static int read_path(struct diff_rules *rules, struct diff_rule *rule, struct slice path, struct error *error)
{
	struct buffer decoded = BUFFER_INIT;

	if (!path.length)
		return error_set(error, "the path is empty");
	if (check_tildes(path, error))
		return -1;
	rule->is_relative = path.data[0] != '/';
	if (!rule->is_relative)
		path = slice_skip(path, 1);
	rule->segments = arena_new(&rules->arena, segment_count(path) * sizeof *rule->segments);
	for (bool more = true; more; rule->count++) {
		const char *slash = memchr(path.data, '/', path.length);
		size_t length = slash ? (size_t)(slash - path.data) : path.length;

		buffer_reset(&decoded);
		property_segment_decode(&decoded, slice_of(path.data, length));
		rule->segments[rule->count] = arena_dup(&rules->arena, buffer_slice(&decoded));
		path = slice_skip(path, length + 1);
		more = slash;
	}
	buffer_release(&decoded);
	return 0;
}

// What stands behind the last '=', since names may hold one.
static int cut_value(struct slice *path, struct slice *value, const char *what, struct error *error)
{
	size_t sign = path->length;

	while (sign > 0 && path->data[sign - 1] != '=')
		sign--;
	if (!sign || sign == path->length)
		return error_set(error, "'%.*s' is not PATH=%s", (int)path->length, path->data, what);
	*value = slice_skip(*path, sign);
	path->length = sign - 1;
	return 0;
}

int diff_rules_add(
    struct diff_rules *rules, enum diff_rule_kind kind, const char *text, bool large, struct error *error)
{
	struct diff_rule rule = {.kind = kind};
	struct slice path = slice_from_string(text), value;

	if (kind == DIFF_TOLERANCE &&
	    (cut_value(&path, &value, "ABS[,REL]", error) || tolerance_parse(&rule.tolerance, value, large, error)))
		return -1;
	if (kind == DIFF_KEY && cut_value(&path, &rule.field, "FIELD", error))
		return -1;
	if (read_path(rules, &rule, path, error))
		return -1;
	rules->items = memory_grow(rules->items, &rules->capacity, rules->count + 1, sizeof *rules->items);
	rules->items[rules->count++] = rule;
	rules->has_only |= kind == DIFF_ONLY;
	rules->has_filters |= kind == DIFF_ONLY || kind == DIFF_IGNORE;
	rules->has_arrays |= kind == DIFF_KEY || kind == DIFF_SET;
	rules->has_tolerances |= kind == DIFF_TOLERANCE;
	return 0;
}

enum match { MATCH_NONE, MATCH_BELOW, MATCH_AT, MATCH_ABOVE };

// Where the path stands, seen from the rule: below it, at it, or above it.
static enum match match_of(const struct diff_rule *rule, const struct diff_path *path)
{
	size_t base = rule->is_relative ? path->base : 0;

	if (base == DIFF_NO_BASE)
		return MATCH_NONE;
	if (path->count < base)
		return MATCH_ABOVE;
	size_t count = path->count - base;

	for (size_t i = 0; i < count && i < rule->count; i++)
		if (!slice_equal(rule->segments[i], path->segments[base + i]) && !slice_is(rule->segments[i], "*"))
			return MATCH_NONE;
	return count == rule->count ? MATCH_AT : count > rule->count ? MATCH_BELOW : MATCH_ABOVE;
}

size_t diff_rule_length(const struct diff_rule *rule, const struct diff_path *path)
{
	return rule->count + (rule->is_relative ? path->base : 0);
}

struct diff_sight diff_rules_sight(const struct diff_rules *rules, const struct diff_path *path)
{
	struct diff_sight sight = {.is_shown = !rules->has_only};
	size_t longest = 0;

	if (!rules->has_filters)
		return sight;
	for (size_t i = 0; i < rules->count; i++) {
		const struct diff_rule *rule = &rules->items[i];

		if (rule->kind != DIFF_IGNORE && rule->kind != DIFF_ONLY)
			continue;
		enum match match = match_of(rule, path);

		if (match == MATCH_ABOVE)
			sight.is_parted = true;
		if (match != MATCH_AT && match != MATCH_BELOW)
			continue;
		if (diff_rule_length(rule, path) >= longest) {
			longest = diff_rule_length(rule, path);
			sight.is_shown = rule->kind == DIFF_ONLY;
		}
	}
	return sight;
}

const struct diff_rule *diff_rules_find(
    const struct diff_rules *rules, enum diff_rule_kind kind, const struct diff_path *path, bool at)
{
	const struct diff_rule *found = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		const struct diff_rule *rule = &rules->items[i];

		if (rule->kind != kind)
			continue;
		enum match match = match_of(rule, path);

		if (match != MATCH_AT && (at || match != MATCH_BELOW))
			continue;
		if (!found || diff_rule_length(rule, path) >= diff_rule_length(found, path))
			found = rule;
	}
	return found;
}

void diff_path_append(struct buffer *out, const struct diff_path *path)
{
	for (size_t i = 0; i < path->count; i++) {
		buffer_append_char(out, '/');
		property_path_append(out, out->length, path->segments[i]);
	}
}
