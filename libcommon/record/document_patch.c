#include "record/document_patch.h"

#include "record/property_path.h"

static const char *const op_names[] = {"add", "remove", "replace", "move", "copy", "test"};

// ---- reading

static int check_pointer(struct slice pointer, struct error *error)
{
	if (pointer.length && pointer.data[0] != '/')
		return error_set(error, "a path begins with '/', or is empty");
	for (size_t i = 0; i < pointer.length; i++)
		if (pointer.data[i] == '~' &&
		    (i + 1 == pointer.length || (pointer.data[i + 1] != '0' && pointer.data[i + 1] != '1')))
			return error_set(error, "in a path '~' stands only before 0 and 1");
	return 0;
}

static int read_string(struct slice *text, const struct value_tree *tree, const struct value *object, const char *name,
    struct arena *arena, struct error *error)
{
	const struct value *member = value_member(tree, object, slice_from_string(name));
	struct buffer decoded = BUFFER_INIT;

	if (!member || member->kind != VALUE_STRING)
		return error_set(error, member ? "'%s' is no string" : "it has no '%s'", name);
	*text = slice_of(member->text.data + 1, member->text.length - 2);
	if (!member->escaped)
		return 0;
	json_decode_string(&decoded, *text);
	*text = arena_dup(arena, buffer_slice(&decoded));
	buffer_release(&decoded);
	return 0;
}

static int read_op(enum patch_op *op, struct slice text, struct error *error)
{
	for (size_t i = 0; i < sizeof op_names / sizeof *op_names; i++) {
		if (slice_is(text, op_names[i])) {
			*op = (enum patch_op)i;
			return 0;
		}
	}
	return error_set(error, "there is no op '%.*s'", (int)(text.length < 40 ? text.length : 40), text.data);
}

int patch_operation_read(struct patch_operation *operation, const struct value_tree *tree, const struct value *value,
    struct arena *arena, struct error *error)
{
	struct slice op;

	*operation = (struct patch_operation){.tree = tree, .from = SLICE_EMPTY};
	if (value->kind != VALUE_OBJECT)
		return error_set(error, "it is no object");
	if (read_string(&op, tree, value, "op", arena, error) || read_op(&operation->op, op, error) ||
	    read_string(&operation->path, tree, value, "path", arena, error) || check_pointer(operation->path, error))
		return -1;
	if ((operation->op == PATCH_MOVE || operation->op == PATCH_COPY) &&
	    (read_string(&operation->from, tree, value, "from", arena, error) || check_pointer(operation->from, error)))
		return -1;
	operation->value = value_member(tree, value, SLICE_LITERAL("value"));
	if (!operation->value &&
	    (operation->op == PATCH_ADD || operation->op == PATCH_REPLACE || operation->op == PATCH_TEST))
		return error_set(error, "it has no 'value'");
	return 0;
}

// ---- finding

// A place in the document: the whole, a member or an element.
struct place {
	struct node *parent; // NULL: the whole
	struct node *node;   // what stands there; NULL for nothing
	size_t at;           // of elements
	size_t depth;        // containers above
	struct buffer name;  // of members
};

static int no_such(struct slice pointer, struct error *error)
{
	return error_set(error, "there is no '%.*s'", (int)(pointer.length < 200 ? pointer.length : 200), pointer.data);
}

static int read_index(const struct node *array, struct slice segment, size_t *at)
{
	*at = 0;
	if (slice_is(segment, "-")) {
		*at = array->count;
		return 0;
	}
	if (!segment.length || segment.length > 18 || (segment.data[0] == '0' && segment.length > 1))
		return -1;
	for (size_t i = 0; i < segment.length; i++) {
		if (segment.data[i] < '0' || segment.data[i] > '9')
			return -1;
		*at = *at * 10 + (size_t)(segment.data[i] - '0');
	}
	return *at > array->count ? -1 : 0;
}

static int step(struct place *place, struct slice segment)
{
	struct node *parent = place->node;

	if (!parent)
		return -1;
	place->parent = parent;
	place->node = NULL;
	place->depth++;
	buffer_reset(&place->name);
	property_segment_decode(&place->name, segment);
	if (parent->kind == VALUE_OBJECT) {
		place->node = node_member(parent, buffer_slice(&place->name));
		return 0;
	}
	if (parent->kind != VALUE_ARRAY || read_index(parent, segment, &place->at))
		return -1;
	if (place->at < parent->count)
		place->node = parent->members[place->at].node;
	return 0;
}

// -1 when nothing can stand there. Release its name either way.
static int find_place(struct node_tree *tree, struct slice pointer, struct place *place)
{
	*place = (struct place){.node = tree->root, .name = BUFFER_INIT};
	while (pointer.length) {
		pointer = slice_skip(pointer, 1);
		const char *slash = memchr(pointer.data, '/', pointer.length);
		size_t length = slash ? (size_t)(slash - pointer.data) : pointer.length;

		if (step(place, slice_of(pointer.data, length)))
			return -1;
		pointer = slice_skip(pointer, length);
	}
	return 0;
}

static struct node *find_node(struct node_tree *tree, struct slice pointer)
{
	struct place place;
	int failed = find_place(tree, pointer, &place);

	buffer_release(&place.name);
	return failed ? NULL : place.node;
}

// ---- operations

static int add(struct node_tree *tree, struct slice path, struct node *value, struct error *error)
{
	struct place place;
	int failed = 0;

	if (find_place(tree, path, &place))
		failed = error_set(
		    error, "nothing can be added at '%.*s'", (int)(path.length < 200 ? path.length : 200), path.data);
	else if (place.depth + node_depth(value) > VALUE_DEPTH_MAX)
		failed = error_set(error, "it would be nested deeper than %d", VALUE_DEPTH_MAX);
	else if (!place.parent)
		tree->root = value;
	else if (place.parent->kind == VALUE_OBJECT)
		node_put_member(tree, place.parent, buffer_slice(&place.name), value);
	else
		node_insert(tree, place.parent, place.at, value);
	buffer_release(&place.name);
	return failed;
}

static int take_out(struct node_tree *tree, struct slice path, struct error *error)
{
	struct place place;
	int failed = find_place(tree, path, &place) || !place.node ? no_such(path, error) : 0;

	if (!failed && !place.parent)
		tree->root = NULL;
	else if (!failed && place.parent->kind == VALUE_OBJECT)
		node_remove_member(place.parent, buffer_slice(&place.name));
	else if (!failed)
		node_erase(place.parent, place.at);
	buffer_release(&place.name);
	return failed;
}

static int replace(struct node_tree *tree, struct slice path, struct node *value, struct error *error)
{
	struct place place;
	int failed = find_place(tree, path, &place) || !place.node ? no_such(path, error) : 0;

	if (!failed && place.depth + node_depth(value) > VALUE_DEPTH_MAX)
		failed = error_set(error, "it would be nested deeper than %d", VALUE_DEPTH_MAX);
	if (!failed && !place.parent)
		tree->root = value;
	else if (!failed && place.parent->kind == VALUE_OBJECT)
		node_put_member(tree, place.parent, buffer_slice(&place.name), value);
	else if (!failed)
		place.parent->members[place.at].node = value;
	buffer_release(&place.name);
	return failed;
}

static int move(struct node_tree *tree, const struct patch_operation *operation, struct error *error)
{
	struct node *node = find_node(tree, operation->from);
	struct error ignored;

	if (!node)
		return no_such(operation->from, error);
	if (slice_equal(operation->from, operation->path))
		return 0;
	if (slice_starts_with(operation->path, operation->from) &&
	    (operation->path.data[operation->from.length] == '/'))
		return error_set(error, "what is moved cannot come to stand in itself");
	if (take_out(tree, operation->from, error))
		return -1;
	if (add(tree, operation->path, node, error) == 0)
		return 0;
	// Where it was, it can be again; among the members of an object as the last one.
	if (add(tree, operation->from, node, &ignored))
		*error = ignored;
	return -1;
}

static int copy(struct node_tree *tree, const struct patch_operation *operation, struct error *error)
{
	const struct node *from = find_node(tree, operation->from);
	struct node *node;

	if (!from)
		return no_such(operation->from, error);
	return node_copy(tree, from, &node, error) ? -1 : add(tree, operation->path, node, error);
}

static int test(struct node_tree *tree, struct slice path, const struct node *value, struct error *error)
{
	const struct node *node = find_node(tree, path);

	if (!node)
		return no_such(path, error);
	if (node_equal(node, value))
		return 0;
	return error_set(error, "it is not what the patch says that it is");
}

int patch_operation_apply(struct node_tree *tree, const struct patch_operation *operation, struct error *error)
{
	struct node *value = operation->value ? node_of_value(tree, operation->tree, operation->value) : NULL;

	switch (operation->op) {
	case PATCH_ADD:
		return add(tree, operation->path, value, error);
	case PATCH_REMOVE:
		return take_out(tree, operation->path, error);
	case PATCH_REPLACE:
		return replace(tree, operation->path, value, error);
	case PATCH_MOVE:
		return move(tree, operation, error);
	case PATCH_COPY:
		return copy(tree, operation, error);
	default:
		return test(tree, operation->path, value, error);
	}
}

// ---- merge patches

static struct node *merged(
    struct node_tree *tree, struct node *target, const struct value_tree *patch_tree, const struct value *patch)
{
	const struct value empty = {.kind = VALUE_OBJECT, .text = SLICE_LITERAL("{}")};
	struct buffer name = BUFFER_INIT;

	if (patch->kind != VALUE_OBJECT)
		return node_of_value(tree, patch_tree, patch);
	if (!target || target->kind != VALUE_OBJECT)
		target = node_of_value(tree, patch_tree, &empty);
	for (const struct value *member = value_first(patch_tree, patch); member;
	     member = value_next(patch_tree, member)) {
		buffer_reset(&name);
		json_decode_string(&name, member->name);
		struct node *old = node_member(target, buffer_slice(&name));

		if (member->kind != VALUE_NULL)
			node_put_member(tree, target, buffer_slice(&name), merged(tree, old, patch_tree, member));
		else if (old)
			node_remove_member(target, buffer_slice(&name));
	}
	buffer_release(&name);
	return target;
}

int merge_patch_apply(struct node_tree *tree, const struct value_tree *patch, struct error *error)
{
	tree->root = merged(tree, tree->root, patch, value_root(patch));
	if (node_depth(tree->root) > VALUE_DEPTH_MAX)
		return error_set(error, "it would be nested deeper than %d", VALUE_DEPTH_MAX);
	return 0;
}

// ---- changes

void document_change_reverse(struct document_change *change)
{
	struct slice from = change->from;

	change->from = change->to;
	change->to = from;
	if (change->op != DIFF_REPLACE)
		change->op = change->op == DIFF_ADD ? DIFF_REMOVE : DIFF_ADD;
}

static struct node *parse_node(
    struct node_tree *tree, struct value_tree *scratch, struct slice text, struct error *error)
{
	return value_parse(scratch, text, error) ? NULL : node_of_value(tree, scratch, value_root(scratch));
}

int document_change_apply(
    struct node_tree *tree, const struct document_change *change, struct value_tree *scratch, struct error *error)
{
	struct node *from = NULL, *to = NULL;

	if (change->from.length && !(from = parse_node(tree, scratch, change->from, error)))
		return -1;
	if (change->to.length && !(to = parse_node(tree, scratch, change->to, error)))
		return -1;
	if (from && test(tree, change->path, from, error))
		return -1;
	switch (change->op) {
	case DIFF_ADD: {
		struct place place;
		bool taken = find_place(tree, change->path, &place) == 0 && place.node &&
		    (!place.parent || place.parent->kind == VALUE_OBJECT);

		buffer_release(&place.name);
		if (taken)
			return error_set(error, "something is there already");
		return to ? add(tree, change->path, to, error) : error_set(error, "it does not say what to add");
	}
	case DIFF_REMOVE:
		return take_out(tree, change->path, error);
	default:
		return to ? replace(tree, change->path, to, error)
			  : error_set(error, "it does not say what to put there");
	}
}
