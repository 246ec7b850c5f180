#include "record/node_tree.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/hash_map.h"
#include "base/memory.h"

// From so many members on they are found by a map.
#define INDEX_FROM 16

struct node_index {
	struct hash_map names;
	size_t *places; // by entry number: place among the members + 1, 0 for none
	size_t capacity;
	struct node_index *next;
};

void node_tree_release(struct node_tree *tree)
{
	while (tree->indexes) {
		struct node_index *index = tree->indexes;

		tree->indexes = index->next;
		hash_map_release(&index->names);
		free(index->places);
		free(index);
	}
	arena_release(&tree->arena);
}

static struct node *new_node(struct node_tree *tree, enum value_kind kind, struct slice text)
{
	struct node *node = arena_new(&tree->arena, sizeof *node);

	tree->nodes++;
	*node = (struct node){.kind = kind, .text = text};
	return node;
}

static void reserve(struct node_tree *tree, struct node *node, size_t count)
{
	if (count <= node->capacity)
		return;
	size_t capacity = count > 2 * node->capacity ? count : 2 * node->capacity;
	struct node_member *members = arena_new(&tree->arena, capacity * sizeof *members);

	if (node->count)
		memcpy(members, node->members, node->count * sizeof *members);
	node->members = members;
	node->capacity = capacity;
}

// ---- objects

static void note_place(struct node_index *index, struct slice name, size_t place)
{
	size_t entry = hash_map_add(&index->names, name, NULL);

	if (entry >= index->capacity) {
		size_t before = index->capacity;

		index->places = memory_grow(index->places, &index->capacity, entry + 1, sizeof *index->places);
		memset(index->places + before, 0, (index->capacity - before) * sizeof *index->places);
	}
	index->places[entry] = place;
}

static void make_index(struct node_tree *tree, struct node *object)
{
	struct node_index *index = memory_new_zeroed(1, sizeof *index);

	index->next = tree->indexes;
	tree->indexes = object->index = index;
	for (size_t i = 0; i < object->count; i++)
		if (object->members[i].node)
			note_place(index, object->members[i].name, i + 1);
}

// The place + 1 of a member, 0 for none.
static size_t find_place(const struct node *object, struct slice name)
{
	if (object->index) {
		size_t entry = hash_map_find(&object->index->names, name);

		return entry == HASH_MAP_NONE ? 0 : object->index->places[entry];
	}
	for (size_t i = 0; i < object->count; i++)
		if (object->members[i].node && slice_equal(object->members[i].name, name))
			return i + 1;
	return 0;
}

struct node *node_member(const struct node *object, struct slice name)
{
	size_t place = find_place(object, name);

	return place ? object->members[place - 1].node : NULL;
}

void node_put_member(struct node_tree *tree, struct node *object, struct slice name, struct node *value)
{
	size_t place = find_place(object, name);

	if (place) {
		object->members[place - 1].node = value;
		return;
	}
	reserve(tree, object, object->count + 1);
	object->members[object->count++] = (struct node_member){arena_dup(&tree->arena, name), value};
	if (object->index)
		note_place(object->index, name, object->count);
	else if (object->count > INDEX_FROM)
		make_index(tree, object);
}

void node_remove_member(struct node *object, struct slice name)
{
	size_t place = find_place(object, name);

	object->members[place - 1].node = NULL;
	if (object->index)
		note_place(object->index, name, 0);
}

// ---- arrays

void node_insert(struct node_tree *tree, struct node *array, size_t at, struct node *value)
{
	reserve(tree, array, array->count + 1);
	memmove(array->members + at + 1, array->members + at, (array->count - at) * sizeof *array->members);
	array->members[at] = (struct node_member){SLICE_EMPTY, value};
	array->count++;
}

void node_erase(struct node *array, size_t at)
{
	array->count--;
	memmove(array->members + at, array->members + at + 1, (array->count - at) * sizeof *array->members);
}

// ---- whole values; recursion is bounded by the depth that is kept to VALUE_DEPTH_MAX

static struct slice decoded_name(struct node_tree *tree, const struct value *member)
{
	struct buffer name = BUFFER_INIT;

	if (!member->name_escaped)
		return member->name;
	json_decode_string(&name, member->name);
	struct slice kept = arena_dup(&tree->arena, buffer_slice(&name));

	buffer_release(&name);
	return kept;
}

struct node *node_of_value(struct node_tree *tree, const struct value_tree *from, const struct value *value)
{
	struct node *node = new_node(tree, value->kind, value->text);

	if (value->kind != VALUE_ARRAY && value->kind != VALUE_OBJECT)
		return node;
	reserve(tree, node, value->count);
	for (const struct value *child = value_first(from, value); child; child = value_next(from, child))
		node->members[node->count++] =
		    (struct node_member){value->kind == VALUE_OBJECT ? decoded_name(tree, child) : SLICE_EMPTY,
			node_of_value(tree, from, child)};
	if (value->kind == VALUE_OBJECT && node->count > INDEX_FROM)
		make_index(tree, node);
	return node;
}

int node_copy(struct node_tree *tree, const struct node *from, struct node **copy, struct error *error)
{
	struct node *node = new_node(tree, from->kind, from->text);

	*copy = node;
	if (tree->nodes > NODE_TREE_MAX)
		return error_set(error, "it copies more than %zu values", NODE_TREE_MAX);
	reserve(tree, node, from->count);
	for (size_t i = 0; i < from->count; i++) {
		if (!from->members[i].node)
			continue;
		node->members[node->count] = from->members[i];
		if (node_copy(tree, from->members[i].node, &node->members[node->count].node, error))
			return -1;
		node->count++;
	}
	if (node->kind == VALUE_OBJECT && node->count > INDEX_FROM)
		make_index(tree, node);
	return 0;
}

void node_append(struct buffer *out, const struct node *node)
{
	bool is_object = node->kind == VALUE_OBJECT, is_any = false;

	if (!is_object && node->kind != VALUE_ARRAY) {
		buffer_append_slice(out, node->text);
		return;
	}
	buffer_append_char(out, is_object ? '{' : '[');
	for (size_t i = 0; i < node->count; i++) {
		if (!node->members[i].node)
			continue;
		if (is_any)
			buffer_append_char(out, ',');
		is_any = true;
		if (is_object) {
			json_append_string(out, node->members[i].name);
			buffer_append_char(out, ':');
		}
		node_append(out, node->members[i].node);
	}
	buffer_append_char(out, is_object ? '}' : ']');
}

static bool strings_equal(struct slice a, struct slice b)
{
	struct buffer x = BUFFER_INIT, y = BUFFER_INIT;

	if (slice_equal(a, b))
		return true;
	json_decode_string(&x, slice_of(a.data + 1, a.length - 2));
	json_decode_string(&y, slice_of(b.data + 1, b.length - 2));
	bool equal = slice_equal(buffer_slice(&x), buffer_slice(&y));

	buffer_release(&x);
	buffer_release(&y);
	return equal;
}

static size_t live_count(const struct node *node)
{
	size_t count = 0;

	for (size_t i = 0; i < node->count; i++)
		count += node->members[i].node != NULL;
	return count;
}

static bool containers_equal(const struct node *a, const struct node *b)
{
	if (live_count(a) != live_count(b))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct node *one = a->members[i].node;
		const struct node *other = !one ? NULL
		    : a->kind == VALUE_OBJECT   ? node_member(b, a->members[i].name)
						: b->members[i].node;

		if (one && (!other || !node_equal(one, other)))
			return false;
	}
	return true;
}

bool node_equal(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_NUMBER:
		return decimal_compare(a->text, b->text) == 0;
	case VALUE_STRING:
		return strings_equal(a->text, b->text);
	case VALUE_ARRAY:
	case VALUE_OBJECT:
		return containers_equal(a, b);
	default:
		return true;
	}
}

size_t node_depth(const struct node *node)
{
	size_t deepest = 0;

	if (node->kind != VALUE_ARRAY && node->kind != VALUE_OBJECT)
		return 0;
	for (size_t i = 0; i < node->count; i++) {
		size_t depth = node->members[i].node ? node_depth(node->members[i].node) : 0;

		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}
