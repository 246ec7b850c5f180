#include "twin/why.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "record/property_path.h"
#include "record/value.h"
#include "twin/admission.h"

// Of a twin's other properties as many as a person may have meant.
#define NAMES_MAX 10000

#define LIMIT_MAX (INT64_C(1) << 30)

void why_init(struct why *why, struct slice entity_id, struct slice property, const struct model *model, int64_t limit)
{
	*why = (struct why){.limit = (size_t)(limit < 0 ? WHY_LIMIT : limit < LIMIT_MAX ? limit : LIMIT_MAX)};
	why->entity_id = arena_dup(&why->arena, entity_id);
	why->path = arena_dup(&why->arena, property);
	struct slice rest = why->path;

	if (!property_path_next(&rest, &why->first))
		why->first = SLICE_EMPTY;
	why->model = model_applies(model, entity_id) ? model : NULL;
	// The winner is among them as a rule.
	why->newest.limit = why->limit + 1;
	twin_set_init(&why->set);
}

void why_release(struct why *why)
{
	for (size_t i = 0; i < why->holder_count; i++)
		why_record_drop(why->holders[i]);
	free(why->holders);
	why_record_drop(why->tombstone);
	why_newest_release(&why->newest);
	distinct_release(&why->distinct);
	hash_map_release(&why->names);
	twin_set_release(&why->set);
	arena_release(&why->arena);
	buffer_release(&why->scratch);
	buffer_release(&why->metadata);
	buffer_release(&why->others);
	buffer_release(&why->place);
	value_tree_release(&why->tree);
	twin_view_release(&why->view);
	delta_release(&why->delta);
}

enum why_relation why_relate(const struct why *why, enum register_kind kind, struct slice path)
{
	if (kind == REGISTER_TOMBSTONE)
		return WHY_SAME;
	if (kind != REGISTER_REPORTED && kind != REGISTER_DESIRED)
		return WHY_NOT_NEAR;
	if (slice_equal(path, why->path))
		return WHY_SAME;
	if (property_path_is_under(why->path, path))
		return WHY_ABOVE;
	if (property_path_is_under(path, why->path))
		return WHY_BELOW;
	return property_path_is_under(path, why->first) ? WHY_BESIDE : WHY_NOT_NEAR;
}

// Whether the value at the path `own` has a part at the property's path.
static bool holds_part(struct why *why, struct slice own, struct slice value)
{
	struct error ignored;

	return value.length && value.data[0] == '{' && value_parse(&why->tree, value, &ignored) == 0 &&
	    value_at_pointer(&why->tree, value_root(&why->tree), slice_skip(why->path, own.length));
}

void why_note_name(struct why *why, struct slice path)
{
	if (!why->is_known && why->names.count < NAMES_MAX)
		hash_map_add(&why->names, path, NULL);
}

static void learn_names(struct why *why, const struct assignment *item, enum why_relation relation)
{
	bool is_reported = item->kind == REGISTER_REPORTED;

	if (!is_reported && item->kind != REGISTER_DESIRED)
		return;
	if (relation == WHY_SAME || relation == WHY_BELOW)
		why->is_known = true;
	else if (relation == WHY_ABOVE && is_reported && !why->is_known)
		why->is_known = holds_part(why, item->path, item->tail.value);
	if (relation != WHY_SAME)
		why_note_name(why, item->path);
}

// Who holds the usable register that has just been offered the record; NULL where it was offered to none.
static struct why_record **holder_of(struct why *why, const struct twin_put *put, const struct assignment *item)
{
	if (item->kind == REGISTER_TOMBSTONE)
		return &why->tombstone;
	if (!put->series || (item->kind == REGISTER_REPORTED && !reading_is_usable(&item->key)))
		return NULL;
	if (!put->series->watch) {
		why->holders = memory_grow(
		    why->holders, &why->holder_capacity, why->holder_count + 1, sizeof(struct why_record *));
		why->holders[why->holder_count++] = NULL;
		put->series->watch = (uint32_t)why->holder_count;
	}
	return &why->holders[put->series->watch - 1];
}

static struct why_record *keep(struct why_record **kept, const struct why_record *said)
{
	if (!*kept)
		*kept = why_record_keep(said);
	return *kept;
}

static void fold(struct why *why, const struct why_record *said, struct why_record **kept)
{
	struct twin_put put = twin_set_put(&why->set, &said->item);
	struct why_record **holder = holder_of(why, &put, &said->item);

	if (!holder)
		return;
	if (put.outcome == FOLD_TAKEN) {
		why_record_drop(*holder);
		*holder = keep(kept, said);
		(*holder)->references++;
	} else if (put.outcome == FOLD_DUPLICATE) {
		*holder = why_record_join(*holder, said);
	}
}

static void compete(struct why *why, const struct why_record *said, struct why_record **kept)
{
	// What the model takes as worthless may have been given with several qualities, and is one record now.
	if (why->is_distinct && said->item.key.quality != 0) {
		why->counted++;
	} else {
		buffer_reset(&why->scratch);
		why_record_append_identity(&why->scratch, said);
		distinct_add(&why->distinct, buffer_slice(&why->scratch));
	}
	if (why_newest_wants(&why->newest, said))
		why_newest_add(&why->newest, keep(kept, said));
}

static const char *name_of_slip(enum admission_result judged)
{
	if (judged == ADMISSION_WRONG_TYPE)
		return "wrong-type";
	return judged == ADMISSION_OUT_OF_RANGE ? "out-of-range" : NULL;
}

void why_add(struct why *why, const struct why_record *said)
{
	struct why_record record = *said;
	struct assignment *item = &record.item;
	struct why_record *kept = NULL;

	if (!slice_equal(item->entity_id, why->entity_id))
		return;
	enum why_relation relation = why_relate(why, item->kind, item->path);

	why->has_twin = true;
	learn_names(why, item, relation);
	if (relation == WHY_NOT_NEAR)
		return;
	item->entity_id = why->entity_id;
	item->hash = assignment_hash(item->kind, item->entity_id, item->path);
	record.unusable = name_of_slip(admission_weigh(why->model, item));
	if (item->kind != REGISTER_DESIRED && (relation == WHY_SAME || relation == WHY_ABOVE))
		compete(why, &record, &kept);
	if (!record.refused.length)
		fold(why, &record, &kept);
	why_record_drop(kept);
}

void why_count(struct why *why)
{
	why->counted++;
}

int64_t why_floor(const struct why *why)
{
	return why_newest_floor(&why->newest);
}

const char *why_near_name(struct why *why)
{
	struct nearest nearest;

	nearest_init(&nearest, why->path.data, why->path.length);
	for (size_t i = 0; i < why->names.count; i++) {
		struct slice name = why->names.keys[i];
		char *word = arena_new(&why->arena, name.length + 1);

		memcpy(word, name.data, name.length);
		word[name.length] = '\0';
		nearest_offer(&nearest, word);
	}
	return nearest.word;
}
