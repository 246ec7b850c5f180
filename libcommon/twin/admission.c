#include "twin/admission.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "io/atomic_file.h"
#include "record/value.h"

#define ENTITIES_SIZE_MAX ((size_t)1 << 30)

void admission_release(struct admission *admission)
{
	hash_map_release(&admission->entities);
}

void admission_start(struct admission *admission)
{
	const struct select_options *select = admission->select;

	admission->is_open = !select->from.given && !select->to.given && !select->entities.count &&
	    !select->properties.count && !admission->only_entities && admission->max_future < 0 && !admission->model;
}

static int add_entity(struct admission *admission, struct slice line, struct value_tree *tree, struct buffer *scratch)
{
	struct error ignored;

	if (line.length == 0 || line.data[0] != '{') {
		if (line.length)
			hash_map_add(&admission->entities, line, NULL);
		return 0;
	}
	const struct value *id =
	    value_parse(tree, line, &ignored) ? NULL : value_member(tree, value_root(tree), SLICE_LITERAL("entity_id"));

	if (!id || id->kind != VALUE_STRING)
		return -1;
	buffer_reset(scratch);
	hash_map_add(&admission->entities, value_string(id, scratch), NULL);
	return 0;
}

int admission_read_entities(struct admission *admission, const char *path, struct error *error)
{
	struct buffer text = BUFFER_INIT, scratch = BUFFER_INIT;
	struct value_tree tree = VALUE_TREE_INIT;
	int failed = file_read_whole(path, ENTITIES_SIZE_MAX, &text, error);
	struct slice rest = buffer_slice(&text);

	admission->only_entities = true;
	for (uint64_t line = 1; !failed && rest.length; line++) {
		const char *newline = memchr(rest.data, '\n', rest.length);
		size_t length = newline ? (size_t)(newline - rest.data) : rest.length;
		struct slice id = slice_of(rest.data, length);

		rest = slice_skip(rest, length + 1);
		if (id.length && id.data[id.length - 1] == '\r')
			id.length--;
		if (add_entity(admission, id, &tree, &scratch))
			failed =
			    error_set(error, "%s:%llu: a record without an entity_id", path, (unsigned long long)line);
	}
	value_tree_release(&tree);
	buffer_release(&scratch);
	buffer_release(&text);
	return failed;
}

static bool is_selected(const struct select_options *select, const struct assignment *item)
{
	if (!select_options_have_time(select, item->key.timestamp))
		return false;
	if (!globs_match(&select->entities, item->entity_id))
		return false;
	// The whole twin's delete concerns every property.
	if (item->kind != REGISTER_REPORTED && item->kind != REGISTER_DESIRED)
		return true;
	return globs_match(&select->properties, item->path);
}

// Judged from the record's own `received`, or from --now; with neither there is nothing to judge by.
static bool is_future(const struct admission *admission, const struct record *record, const struct assignment *item)
{
	int64_t limit;

	if (admission->max_future < 0 || (!record_has(record, MEMBER_RECEIVED) && !admission->has_now))
		return false;
	int64_t base = record_has(record, MEMBER_RECEIVED) ? record->received : admission->now;

	return !__builtin_add_overflow(base, admission->max_future, &limit) && item->key.timestamp > limit;
}

static enum admission_result judge_value(const struct model *model, const struct assignment *item)
{
	const struct model_property *property = model_property(model, item->path);

	if (!property)
		return ADMISSION_ADMIT;
	if (!model_type_fits(property, item->tail.value))
		return ADMISSION_WRONG_TYPE;
	return model_range_fits(property, item->tail.value) ? ADMISSION_ADMIT : ADMISSION_OUT_OF_RANGE;
}

bool admission_judges_values(const struct model *model, struct slice path)
{
	const struct model_property *property = model ? model_property(model, path) : NULL;

	return property && (property->type != MODEL_ANY || property->minimum[0] || property->maximum[0]);
}

enum admission_result admission_weigh(const struct model *model, struct assignment *item)
{
	if (!model || !model_applies(model, item->entity_id))
		return ADMISSION_ADMIT;
	item->key.priority = model_priority(model, item->tail.sensor_id);
	enum admission_result judged =
	    item->kind == REGISTER_REPORTED && item->key.live ? judge_value(model, item) : ADMISSION_ADMIT;

	if (judged != ADMISSION_ADMIT)
		item->key.quality = 0;
	return judged;
}

enum admission_result admission_judge(
    const struct admission *admission, const struct record *record, struct assignment *item)
{
	if (admission->is_open)
		return ADMISSION_ADMIT;
	if (!is_selected(admission->select, item))
		return ADMISSION_SKIP;
	if (admission->only_entities && hash_map_find(&admission->entities, item->entity_id) == HASH_MAP_NONE)
		return ADMISSION_UNKNOWN_ENTITY;
	if (is_future(admission, record, item))
		return ADMISSION_FUTURE;
	enum admission_result weighed = admission_weigh(admission->model, item);

	return admission->enforce ? weighed : ADMISSION_ADMIT;
}
