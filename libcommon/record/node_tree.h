// JSON values that can be changed, for patches. What is not changed keeps its text; names are decoded. Everything lives as long as the tree.
#ifndef RECORD_NODE_TREE_H
#define RECORD_NODE_TREE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "record/value.h"

struct node;

struct node_member {
	struct slice name;
	struct node *node; // NULL: a member that was removed from an object
};

struct node {
	enum value_kind kind;
	struct slice text;           // of scalars, as written
	struct node_member *members; // of containers
	size_t count;                // of members, those that are removed among them
	size_t capacity;
	struct node_index *index; // of an object of many members
};

struct node_tree {
	struct arena arena;
	struct node *root; // NULL: there is no document
	struct node_index *indexes;
	size_t nodes;
};

// A patch can copy what it has copied: it may make no more nodes than this beyond those that were read.
#define NODE_TREE_MAX ((size_t)1 << 24)

#define NODE_TREE_INIT                                                                                                 \
	{                                                                                                              \
		.root = NULL                                                                                           \
	}

void node_tree_release(struct node_tree *tree);

// Texts stay those of the value.
struct node *node_of_value(struct node_tree *tree, const struct value_tree *from, const struct value *value);

// -1 with error when there are too many nodes.
int node_copy(struct node_tree *tree, const struct node *from, struct node **copy, struct error *error)
    __attribute__((warn_unused_result));

void node_append(struct buffer *out, const struct node *node);

// By kind and content: numbers by value, strings as decoded, objects whatever the order.
bool node_equal(const struct node *a, const struct node *b);

// Containers below one another, 0 for a scalar.
size_t node_depth(const struct node *node);

// Members of objects. find: NULL for none. put: adds it at the end, or replaces it where it stands. remove: it must be there.
struct node *node_member(const struct node *object, struct slice name);
void node_put_member(struct node_tree *tree, struct node *object, struct slice name, struct node *value);
void node_remove_member(struct node *object, struct slice name);

// Elements of arrays. at: 0 to count, or below count.
void node_insert(struct node_tree *tree, struct node *array, size_t at, struct node *value);
void node_erase(struct node *array, size_t at);

#endif
