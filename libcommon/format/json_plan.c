#include "format/json_plan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "format/known_names.h"

#define SHOWN(s) ((s).length < 80 ? (int)(s).length : 80), (s).data

void json_plan_init(struct json_plan *plan, struct ingest *ingest, const char *source)
{
	*plan = (struct json_plan){
	    .ingest = ingest, .source = source, .arena = ARENA_INIT, .format = SLICE_LITERAL("ndjson")};
	row_clock_init(&plan->clock, ingest, source);
}

void json_plan_release(struct json_plan *plan)
{
	arena_release(&plan->arena);
	name_template_release(&plan->entity);
	missing_words_release(&plan->missing);
	buffer_release(&plan->path);
	buffer_release(&plan->text);
	free(plan->used);
}

const struct value *json_plan_find(const struct value_tree *tree, struct slice name, const struct value *element)
{
	const struct value *root = value_root(tree);

	if (name.length && name.data[0] == '.' && (name.length == 1 || name.data[1] == '/'))
		return value_at_pointer(tree, element ? element : root, slice_skip(name, 1));
	if (name.length && name.data[0] == '/')
		return value_at_pointer(tree, root, name);
	return root->kind == VALUE_OBJECT ? value_member(tree, root, name) : NULL;
}

const struct value *json_plan_find_time(
    const struct json_plan *plan, const struct value_tree *tree, const struct value *element)
{
	return plan->time_node ? plan->time_node : json_plan_find(tree, plan->time, element);
}

struct slice json_plan_path(struct json_plan *plan, struct slice name)
{
	buffer_reset(&plan->path);
	if (name.length && name.data[0] == '.')
		name = slice_skip(name, 1);
	if (name.length && name.data[0] == '/')
		return slice_skip(name, 1);
	property_path_append(&plan->path, 0, name);
	return buffer_slice(&plan->path);
}

static void mark(struct json_plan *plan, const struct value *node)
{
	if (!node)
		return;
	plan->used = memory_grow(plan->used, &plan->used_capacity, plan->used_count + 1, sizeof *plan->used);
	plan->used[plan->used_count++] = node;
}

void json_plan_mark(struct json_plan *plan, const struct value_tree *tree, const struct value *element)
{
	const struct mapping *mapping = plan->ingest->mapping;

	plan->used_count = 0;
	if (plan->clock.has_time)
		mark(plan, json_plan_find_time(plan, tree, element));
	if (plan->clock.has_received)
		mark(plan, json_plan_find(tree, plan->received, element));
	for (size_t i = 0; i < plan->entity.count; i++)
		if (plan->entity.parts[i].kind == TEMPLATE_COLUMN)
			mark(plan, json_plan_find(tree, plan->entity.parts[i].text, element));
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		if (mapping->members[i].data)
			mark(plan, json_plan_find(tree, mapping->members[i], element));
}

bool json_plan_is_marked(const struct json_plan *plan, const struct value *node)
{
	for (size_t i = 0; i < plan->used_count; i++)
		if (plan->used[i] == node)
			return true;
	return false;
}

// Valid until the next call.
static struct slice text_of(struct json_plan *plan, const struct value *node)
{
	buffer_reset(&plan->text);
	if (node->kind == VALUE_STRING)
		return value_string(node, &plan->text);
	return node->kind == VALUE_NUMBER ? node->text : SLICE_EMPTY;
}

static bool may_be_time(struct json_plan *plan, const struct value *member)
{
	struct slice text = text_of(plan, member);

	return text.length && row_clock_may_be_time(&plan->clock, member->name, text);
}

// A member of the object as a pointer.
static struct slice pointer_to(struct json_plan *plan, const struct value *member)
{
	struct buffer name = BUFFER_INIT, pointer = BUFFER_INIT;
	struct slice kept;

	json_decode_string(&name, member->name);
	buffer_append_char(&pointer, '/');
	property_path_append(&pointer, 1, buffer_slice(&name));
	kept = arena_dup(&plan->arena, buffer_slice(&pointer));
	buffer_release(&name);
	buffer_release(&pointer);
	return kept;
}

int json_plan_guess_time(
    struct json_plan *plan, const struct value_tree *tree, bool by_name, const struct value **time, struct error *error)
{
	const struct value *found = NULL, *second = NULL, *named = NULL;
	size_t named_count = 0;

	for (const struct value *member = value_first(tree, value_root(tree)); member;
	     member = value_next(tree, member)) {
		bool is_named = row_clock_is_time_name(&plan->clock, member->name);

		if ((by_name && !is_named) || !may_be_time(plan, member))
			continue;
		if (!found)
			found = member;
		else if (!second)
			second = member;
		if (is_named) {
			named = member;
			named_count++;
		}
	}
	if (second && named_count != 1)
		return error_set(error, "members '%.*s' and '%.*s' can both be the time: say which with --time",
		    SHOWN(found->name), SHOWN(second->name));
	*time = second ? named : found;
	return 0;
}

static int guess_time(struct json_plan *plan, const struct value_tree *tree, struct error *error)
{
	const struct value *found;

	if (json_plan_guess_time(plan, tree, false, &found, error) < 0)
		return -1;
	plan->guessed_time = found;
	if (found)
		plan->time = pointer_to(plan, found);
	return 0;
}

static int guess_entity(struct json_plan *plan, const struct value_tree *tree, struct error *error)
{
	const struct value *found = NULL;
	struct buffer text = BUFFER_INIT;

	plan->guessed_entity = true;
	for (const struct value *member = value_first(tree, value_root(tree)); member;
	     member = value_next(tree, member)) {
		bool is_name = member->kind == VALUE_STRING || member->kind == VALUE_NUMBER;

		if (!is_name || !known_name_is_entity(member->name))
			continue;
		if (found)
			return error_set(error,
			    "members '%.*s' and '%.*s' can both name the twin: say which with --entity-id",
			    SHOWN(found->name), SHOWN(member->name));
		found = member;
	}
	plan->entity_text = SLICE_LITERAL("{stem}");
	if (!found)
		return ingest_claim_stem(plan->ingest, plan->source, error);
	buffer_append_char(&text, '{');
	buffer_append_slice(&text, pointer_to(plan, found));
	buffer_append_char(&text, '}');
	plan->entity_text = arena_dup(&plan->arena, buffer_slice(&text));
	buffer_release(&text);
	return 0;
}

// Reads entity_text.
static int make_entity(struct json_plan *plan, struct error *error)
{
	struct buffer ignored = BUFFER_INIT;
	int result = 0;

	if (name_template_parse(&plan->entity, plan->entity_text, error) < 0)
		return -1;
	// Standard input has no name: told once instead of for every line.
	for (size_t i = 0; i < plan->entity.count && result == 0; i++)
		result = name_template_append(&ignored, &plan->entity.parts[i], plan->source, 1, error);
	buffer_release(&ignored);
	return result;
}

static void make_missing(struct json_plan *plan)
{
	const struct mapping *mapping = plan->ingest->mapping;

	for (size_t i = 0; i < mapping->missing.count; i++)
		missing_words_add(&plan->missing, mapping->missing.items[i].text);
}

// What no object is needed for but the twin's name.
static int begin_plan(struct json_plan *plan, struct error *error)
{
	const struct mapping *mapping = plan->ingest->mapping;

	if (mapping->members[MAPPING_UNIT].data && !mapping->property_column.data)
		return error_set(error,
		    "member '%.*s' cannot be the unit of every reading: only objects with one reading each "
		    "(--property-column) have such a member",
		    SHOWN(mapping->members[MAPPING_UNIT]));
	make_missing(plan);
	plan->time = mapping->time.name;
	plan->received = mapping->received.name;
	plan->entity_text = mapping->entity_id;
	return 0;
}

int json_plan_make_around(struct json_plan *plan, struct slice entity_id, struct error *error)
{
	if (begin_plan(plan, error) < 0)
		return -1;
	if (!plan->entity_text.data)
		plan->entity_text = entity_id;
	return make_entity(plan, error);
}

int json_plan_make(struct json_plan *plan, const struct value_tree *tree, struct error *error)
{
	const struct mapping *mapping = plan->ingest->mapping;
	const struct value *node;

	if (begin_plan(plan, error) < 0)
		return -1;
	if ((!plan->entity_text.data && guess_entity(plan, tree, error) < 0) || make_entity(plan, error) < 0)
		return -1;
	if (!plan->time.data && !plan->clock.row_step && !mapping->received.name.data &&
	    guess_time(plan, tree, error) < 0)
		return -1;
	plan->clock.has_time = plan->time.data != NULL;
	plan->clock.has_received = plan->received.data != NULL;
	plan->clock.time_name = plan->time;
	if (row_clock_check(&plan->clock, error) < 0)
		return -1;
	node = plan->guessed_time ? json_plan_find(tree, plan->time, NULL) : NULL;
	if (!node)
		return 0;
	return row_clock_guess(&plan->clock, text_of(plan, node), SLICE_EMPTY, error) == ROW_CLOCK_UNCLEAR ? -1 : 0;
}

void json_plan_append_guesses(struct buffer *out, const struct json_plan *plan)
{
	const struct template_part *part = &plan->entity.parts[0];

	if (plan->guessed_time)
		row_clock_append(out, &plan->clock);
	if (!plan->guessed_entity)
		return;
	buffer_append_string(out, out->length ? ", " : "");
	if (part->kind != TEMPLATE_COLUMN) {
		ingest_append_stem(out, plan->ingest, plan->source);
		return;
	}
	buffer_append_string(out, "twins by member '");
	buffer_append_slice(out, part->text);
	buffer_append_char(out, '\'');
}

void json_plan_append_mapping(struct buffer *out, const struct json_plan *plan)
{
	struct mapping shown = *plan->ingest->mapping; // borrows all of it

	shown.format = plan->format;
	shown.delimiter = -1;
	shown.entity_id = plan->entity_text;
	shown.time.name = plan->time;
	shown.time.format = plan->clock.time;
	mapping_append_json(out, &shown);
}

void json_plan_explain(const struct json_plan *plan)
{
	struct buffer text = BUFFER_INIT;

	json_plan_append_mapping(&text, plan);
	ingest_explain(plan->ingest, plan->source, buffer_slice(&text));
	buffer_release(&text);
}
