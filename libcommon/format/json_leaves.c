#include "format/json_leaves.h"

#include "record/property_path.h"

struct walk {
	const struct value_tree *tree;
	void (*take)(void *context, const struct value *leaf, struct slice path);
	void *context;
	struct buffer path;
	struct buffer name;
};

static void visit(struct walk *walk, const struct value *node)
{
	size_t length = walk->path.length;

	if (node->kind != VALUE_OBJECT || !node->child) {
		walk->take(walk->context, node, buffer_slice(&walk->path));
		return;
	}
	for (const struct value *member = value_first(walk->tree, node); member;
	     member = value_next(walk->tree, member)) {
		buffer_reset(&walk->name);
		json_decode_string(&walk->name, member->name);
		property_path_append(&walk->path, 0, buffer_slice(&walk->name));
		visit(walk, member);
		walk->path.length = length;
	}
}

void json_leaves(const struct value_tree *tree, const struct value *from,
    void (*take)(void *context, const struct value *leaf, struct slice path), void *context)
{
	struct walk walk = {.tree = tree, .take = take, .context = context};

	visit(&walk, from);
	buffer_release(&walk.path);
	buffer_release(&walk.name);
}
