#include "twin/twin_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "twin/content.h"
#include "twin/origin.h"

static void resolve(void *context, const void *handle, struct fold_tail *tail)
{
	struct content *content = (struct content *)(uintptr_t)handle;

	(void)context;
	tail->sensor_id = content_text(content, CONTENT_SENSOR_ID);
	tail->seq = content->seq;
	tail->value = content_text(content, CONTENT_VALUE);
	tail->unit = content_text(content, CONTENT_UNIT);
	tail->command_id = content_text(content, CONTENT_COMMAND_ID);
	tail->canonical = &content->canonical;
}

void twin_set_init(struct twin_set *set)
{
	*set = (struct twin_set){.owner = {.resolve = resolve}};
}

// What the series has room for behind its name.
static struct content *own_content(const struct series *series)
{
	size_t offset = sizeof *series + series->entity_length + series->path_length;

	return (struct content *)(uintptr_t)((const char *)series + CONTENT_ALIGNED(offset));
}

void twin_set_release(struct twin_set *set)
{
	for (size_t i = 0; i < set->entities.count; i++) {
		struct twin *twin = set->twins[i];

		content_drop(twin->tombstone.handle);
		for (struct series *series = twin->series; series; series = series->next) {
			content_drop(series->last.handle);
			content_drop(series->usable.handle);
		}
	}
	free(set->slots);
	free(set->twins);
	hash_map_release(&set->entities);
	arena_release(&set->arena);
}

static void hold(struct fold_register *held, const struct fold_key *key, struct content *content)
{
	held->key = *key;
	held->handle = content;
	content->references++;
}

// series: whose register it is, NULL for a twin's tombstone.
static void replace(const struct series *series, struct fold_register *held, const struct assignment *item)
{
	struct content *own = series ? own_content(series) : NULL;
	struct content *content = content_store(held->handle, held->handle ? 1 : 0, own, item);

	hold(held, &item->key, content);
}

// Both registers take the record: they share its content.
static void replace_both(struct series *series, const struct assignment *item)
{
	struct content *content, *own = own_content(series);

	if (series->last.handle && series->last.handle == series->usable.handle) {
		content = content_store(series->last.handle, 2, own, item);
	} else {
		content_drop(series->last.handle);
		content = content_store(series->usable.handle, series->usable.handle ? 1 : 0, own, item);
	}
	hold(&series->last, &item->key, content);
	hold(&series->usable, &item->key, content);
}

// The same record came by several ways: what is not part of the key is joined, so that the way does not matter.
static bool join_duplicate(const struct series *series, struct fold_register *held, const struct assignment *item)
{
	struct content *content = held->handle;
	struct assignment joined = *item;
	struct slice origin = content_text(content, CONTENT_ORIGIN);
	struct slice ack = content_text(content, CONTENT_ACK);
	struct slice axis = content_text(content, CONTENT_AXIS);

	joined.origin = origin_smaller(origin, item->origin);
	if (slice_compare(ack, item->ack) >= 0)
		joined.ack = ack;
	if (slice_compare(axis, item->axis) >= 0)
		joined.axis = axis;
	if (content->deadline < item->deadline)
		joined.deadline = content->deadline;
	if (slice_equal(joined.origin, origin) && slice_equal(joined.ack, ack) && slice_equal(joined.axis, axis) &&
	    joined.deadline == content->deadline)
		return false;
	// The texts may point into the content that is replaced.
	struct arena arena = ARENA_INIT;

	joined.origin = arena_dup(&arena, joined.origin);
	joined.ack = arena_dup(&arena, joined.ack);
	joined.axis = arena_dup(&arena, joined.axis);
	replace(series, held, &joined);
	arena_release(&arena);
	return true;
}

struct twin_slot {
	uint64_t hash;
	struct series *series;
};

// A run of slots that is longer than this does not come about by chance.
#define PROBES_MAX 256

static inline bool is_at(
    const struct series *series, enum register_kind kind, struct slice entity_id, struct slice path)
{
	return series->kind == kind && series->path_length == path.length &&
	    series->entity_length == entity_id.length && bytes_equal(series->name, entity_id.data, entity_id.length) &&
	    bytes_equal(series->name + series->entity_length, path.data, path.length);
}

static struct twin_slot *new_slots(size_t capacity)
{
	size_t size = capacity * sizeof(struct twin_slot);

	return memset(memory_new_large(size), 0, size);
}

static void insert_slot(struct twin_slot *slots, size_t capacity, struct twin_slot slot)
{
	size_t at = slot.hash & (capacity - 1);

	while (slots[at].series)
		at = (at + 1) & (capacity - 1);
	slots[at] = slot;
}

static uint64_t secret_hash(
    const struct twin_set *set, enum register_kind kind, struct slice entity_id, struct slice path)
{
	return hash_bytes_keyed(entity_id, set->key) + 3 * hash_bytes_keyed(path, set->key) + (uint64_t)kind;
}

static uint64_t slot_hash(const struct twin_set *set, const struct assignment *item)
{
	return set->keyed ? secret_hash(set, item->kind, item->entity_id, item->path) : item->hash;
}

static void grow_slots(struct twin_set *set)
{
	size_t capacity = set->slot_capacity ? set->slot_capacity * 2 : 1024;
	struct twin_slot *slots = new_slots(capacity);

	for (size_t i = 0; i < set->slot_capacity; i++)
		if (set->slots[i].series)
			insert_slot(slots, capacity, set->slots[i]);
	free(set->slots);
	set->slots = slots;
	set->slot_capacity = capacity;
}

// Ids were chosen to collide: from here on nobody knows the hash.
static void use_secret_hash(struct twin_set *set)
{
	struct twin_slot *slots = new_slots(set->slot_capacity);

	set->keyed = true;
	set->key = hash_key_random();
	for (size_t i = 0; i < set->slot_capacity; i++) {
		struct series *series = set->slots[i].series;

		if (!series)
			continue;
		uint64_t hash =
		    secret_hash(set, series->kind, slice_of(series->name, series->entity_length), series_path(series));

		insert_slot(slots, set->slot_capacity, (struct twin_slot){hash, series});
	}
	free(set->slots);
	set->slots = slots;
}

struct twin *twin_set_add(struct twin_set *set, struct slice entity_id)
{
	int added = 0;
	size_t at = hash_map_add(&set->entities, entity_id, &added);

	if (added) {
		struct twin *twin = arena_new(&set->arena, sizeof *twin);

		*twin = (struct twin){.entity_id = set->entities.keys[at], .epoch = set->epoch};
		set->twins = memory_grow(set->twins, &set->twin_capacity, at + 1, sizeof(struct twin *));
		set->twins[at] = twin;
	}
	return set->twins[at];
}

struct twin *twin_set_find(const struct twin_set *set, struct slice entity_id)
{
	size_t at = hash_map_find(&set->entities, entity_id);

	return at == HASH_MAP_NONE ? NULL : set->twins[at];
}

// The slot where the series is or would be.
static inline size_t find_slot(const struct twin_set *set, enum register_kind kind, struct slice entity_id,
    struct slice path, uint64_t hash, size_t *probes)
{
	size_t at = hash & (set->slot_capacity - 1);

	for (*probes = 0; set->slots[at].series; at = (at + 1) & (set->slot_capacity - 1)) {
		if (set->slots[at].hash == hash && is_at(set->slots[at].series, kind, entity_id, path))
			break;
		++*probes;
	}
	return at;
}

static size_t find_slot_of(const struct twin_set *set, const struct assignment *item, uint64_t hash, size_t *probes)
{
	return find_slot(set, item->kind, item->entity_id, item->path, hash, probes);
}

struct series *twin_set_find_series(
    const struct twin_set *set, enum register_kind kind, struct slice entity_id, struct slice path)
{
	uint64_t hash = set->keyed ? secret_hash(set, kind, entity_id, path) : assignment_hash(kind, entity_id, path);
	size_t probes;

	return set->slot_capacity ? set->slots[find_slot(set, kind, entity_id, path, hash, &probes)].series : NULL;
}

// What is longer is not kept for every series: it may have been long only once.
#define OWN_CONTENT_MAX 4096

static struct series *add_series(struct twin_set *set, const struct assignment *item, size_t slot, uint64_t hash)
{
	struct twin *twin = twin_set_add(set, item->entity_id);
	size_t offset = CONTENT_ALIGNED(sizeof(struct series) + item->entity_id.length + item->path.length);
	size_t wanted = content_capacity(item);
	size_t size = offset + sizeof(struct content) + (wanted < OWN_CONTENT_MAX ? wanted : 0);

	size = (size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
	struct series *series = arena_new_aligned(&set->arena, size, CACHE_LINE);

	*series = (struct series){
	    .twin = twin,
	    .next = twin->series,
	    .kind = item->kind,
	    .entity_length = (uint32_t)item->entity_id.length,
	    .path_length = (uint32_t)item->path.length,
	};
	memcpy(series->name, item->entity_id.data, item->entity_id.length);
	memcpy(series->name + item->entity_id.length, item->path.data, item->path.length);
	content_place(own_content(series), size - offset - sizeof(struct content));
	twin->series = series;
	twin->series_count++;
	twin->desired_count += item->kind == REGISTER_DESIRED;
	set->slots[slot] = (struct twin_slot){hash, series};
	set->series_count++;
	return series;
}

static struct series *series_for(struct twin_set *set, const struct assignment *item)
{
	uint64_t hash = slot_hash(set, item);
	size_t probes;

	if (set->series_count * 2 >= set->slot_capacity)
		grow_slots(set);
	size_t slot = find_slot_of(set, item, hash, &probes);

	if (probes > PROBES_MAX && !set->keyed) {
		use_secret_hash(set);
		hash = slot_hash(set, item);
		slot = find_slot_of(set, item, hash, &probes);
	}
	return set->slots[slot].series ? set->slots[slot].series : add_series(set, item, slot, hash);
}

void twin_set_prefetch_slot(const struct twin_set *set, uint64_t hash)
{
	if (set->slot_capacity)
		__builtin_prefetch(&set->slots[hash & (set->slot_capacity - 1)]);
}

// The first series with that hash; a wrong one does no harm.
void twin_set_prefetch_series(const struct twin_set *set, uint64_t hash)
{
	if (!set->slot_capacity)
		return;
	for (size_t i = 0; i < 4; i++) {
		const struct twin_slot *slot = &set->slots[(hash + i) & (set->slot_capacity - 1)];

		if (slot->hash != hash)
			continue;
		for (size_t offset = 0; offset < 4 * CACHE_LINE; offset += CACHE_LINE)
			__builtin_prefetch((const char *)slot->series + offset);
		break;
	}
}

static bool is_before_delete(const struct fold_key *key, const struct fold_register *tombstone)
{
	return key->timestamp < tombstone->key.timestamp ||
	    (key->timestamp == tombstone->key.timestamp && key->counter < tombstone->key.counter);
}

bool register_stands(const struct twin *twin, const struct fold_register *held)
{
	return held->handle && !(twin->tombstone.handle && is_before_delete(&held->key, &twin->tombstone));
}

// series: whose register it is, NULL for a twin's tombstone.
static void put_one(struct twin_set *set, const struct series *series, struct fold_register *held,
    const struct assignment *item, struct twin_put *put)
{
	put->outcome = fold_judge(held, &item->key, &item->tail, &set->owner);
	if (put->outcome == FOLD_TAKEN) {
		replace(series, held, item);
		put->changed = true;
	} else if (put->outcome == FOLD_DUPLICATE && join_duplicate(series, held, item)) {
		put->changed = true;
	}
}

static void put_usable(struct twin_set *set, struct series *series, const struct assignment *item, struct twin_put *put)
{
	enum fold_outcome usable = fold_judge(&series->usable, &item->key, &item->tail, &set->owner);

	// They hold the same record as a rule; `last` is never older.
	if (usable == FOLD_TAKEN &&
	    (series->last.handle == series->usable.handle ||
		fold_judge(&series->last, &item->key, &item->tail, &set->owner) == FOLD_TAKEN)) {
		replace_both(series, item);
		put->outcome = FOLD_TAKEN;
		put->changed = true;
		return;
	}
	bool same = series->last.handle == series->usable.handle;

	put_one(set, series, &series->usable, item, put);
	if (same && series->last.handle != series->usable.handle) {
		// A duplicate was joined: both go on sharing.
		content_drop(series->last.handle);
		hold(&series->last, &series->last.key, series->usable.handle);
	}
}

static void put_reported(
    struct twin_set *set, struct series *series, const struct assignment *item, struct twin_put *put)
{
	if (series->last.handle == series->usable.handle)
		series->last.key = series->usable.key;
	if (reading_is_usable(&item->key))
		put_usable(set, series, item, put);
	else
		put_one(set, series, &series->last, item, put);
}

static void advance_clock(struct twin_set *set, int64_t timestamp)
{
	if (!set->has_clock || timestamp > set->clock)
		set->clock = timestamp;
	set->has_clock = true;
}

struct twin_put twin_set_put(struct twin_set *set, const struct assignment *item)
{
	struct twin_put put = {.outcome = FOLD_STALE};

	if (item->kind == REGISTER_REPORTED || item->kind == REGISTER_TOMBSTONE)
		advance_clock(set, item->key.timestamp);
	if (item->kind == REGISTER_TOMBSTONE) {
		put.twin = twin_set_add(set, item->entity_id);
		put_one(set, NULL, &put.twin->tombstone, item, &put);
		set->has_tombstones = true;
		return put;
	}
	if (set->has_tombstones) {
		put.twin = twin_set_find(set, item->entity_id);
		if (put.twin && put.twin->tombstone.handle && is_before_delete(&item->key, &put.twin->tombstone))
			return put;
	}
	put.series = series_for(set, item);
	put.twin = put.series->twin;
	if (item->kind == REGISTER_REPORTED)
		put_reported(set, put.series, item, &put);
	else
		put_one(set, put.series, &put.series->usable, item, &put);
	return put;
}

static bool is_held(const struct twin_set *set, const struct fold_register *held, const struct assignment *item)
{
	return held->handle && fold_judge(held, &item->key, &item->tail, &set->owner) == FOLD_DUPLICATE;
}

static int compare_twins(const void *a, const void *b)
{
	const struct twin *const *x = a, *const *y = b;

	return slice_compare((*x)->entity_id, (*y)->entity_id);
}

const struct twin **twin_set_sorted(const struct twin_set *set, size_t *count)
{
	const struct twin **twins = memory_new_zeroed(set->entities.count + 1, sizeof(struct twin *));

	*count = set->entities.count;
	if (*count)
		memcpy(twins, set->twins, *count * sizeof(struct twin *));
	qsort(twins, *count, sizeof(struct twin *), compare_twins);
	return twins;
}

bool twin_set_holds(const struct twin_set *set, const struct assignment *item)
{
	const struct series *series = twin_set_find_series(set, item->kind, item->entity_id, item->path);
	const struct twin *twin = item->kind == REGISTER_TOMBSTONE ? twin_set_find(set, item->entity_id) : NULL;

	if (twin)
		return is_held(set, &twin->tombstone, item);
	return series &&
	    (is_held(set, &series->usable, item) ||
		(series->last.handle != series->usable.handle && is_held(set, &series->last, item)));
}

struct series *twin_set_take_newer(struct twin_set *set, const struct record *record)
{
	if (record->type != RECORD_READING || set->has_tombstones || set->keyed || !set->slot_capacity ||
	    !(record->quality > USABLE_QUALITY) || record_has(record, MEMBER_ACK) ||
	    record_has(record, MEMBER_METADATA))
		return NULL;
	size_t probes,
	    slot = find_slot(set, REGISTER_REPORTED, record->text[MEMBER_ENTITY_ID], record->text[MEMBER_PROPERTY],
		record->series_hash, &probes);
	struct series *series = set->slots[slot].series;

	if (!series || (set->epoch && series->twin->epoch != set->epoch) ||
	    series->last.handle != series->usable.handle || !series->usable.handle ||
	    record->timestamp <= series->usable.key.timestamp || !content_overwrite(series->usable.handle, record))
		return NULL;
	series->usable.key = (struct fold_key){
	    .timestamp = record->timestamp, .counter = record->counter, .live = true, .quality = record->quality};
	advance_clock(set, record->timestamp);
	return series;
}

struct assignment register_assignment(const struct series *series, const struct fold_register *held)
{
	const struct content *content = held->handle;
	struct assignment item = {
	    .kind = series->kind,
	    .entity_id = series->twin->entity_id,
	    .path = series_path(series),
	    .key = held->key,
	    .origin = content_text(content, CONTENT_ORIGIN),
	    .ack = content_text(content, CONTENT_ACK),
	    .axis = content_text(content, CONTENT_AXIS),
	    .deadline = content->deadline,
	};

	resolve(NULL, content, &item.tail);
	return item;
}
