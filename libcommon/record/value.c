#include "record/value.h"

#include <stdlib.h>

#include "record/json_scan.h"
#include "record/value_names.h"

// Up to so many members are compared each with each, which is faster than sorting their names.
#define FEW_MEMBERS 16

struct parser {
	struct value_tree *tree;
	const char *begin;
	const char *at;
	const char *end;
	struct error *error;
	size_t depth;
	uint32_t open[VALUE_DEPTH_MAX];   // node of each container that is open
	uint32_t newest[VALUE_DEPTH_MAX]; // its last child so far
};

void value_tree_release(struct value_tree *tree)
{
	if (tree->names) {
		value_names_release(tree->names);
		free(tree->names);
	}
	free(tree->nodes);
	*tree = (struct value_tree)VALUE_TREE_INIT;
}

static int fail_at(struct parser *p, const char *where, const char *what)
{
	if (where == p->end)
		return error_set(p->error, "%s at the end of the text", what);
	return error_set(p->error, "%s at byte %zu", what, (size_t)(where - p->begin) + 1);
}

static void skip_blanks(struct parser *p)
{
	p->at = json_skip_blanks(p->at, p->end);
}

static inline bool take(struct parser *p, char c)
{
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

// A string whose opening quote has been taken; raw is what stands before the closing one.
static int parse_string(struct parser *p, struct slice *raw, struct json_string_scan *scan)
{
	const char *close = json_scan_string(p->at, p->end, scan);

	if (!close)
		return fail_at(p, scan->fault, scan->reason);
	*raw = slice_of(p->at, (size_t)(close - p->at));
	p->at = close + 1;
	return 0;
}

// A new node, linked behind the last child of the innermost open container.
static struct value *add_node(struct parser *p, uint32_t *index)
{
	struct value_tree *tree = p->tree;
	struct value *node;

	if (tree->count >= UINT32_MAX - 1)
		return NULL;
	tree->nodes = memory_grow(tree->nodes, &tree->capacity, tree->count + 1, sizeof *tree->nodes);
	*index = (uint32_t)tree->count++;
	node = &tree->nodes[*index];
	*node = (struct value){.text = {p->at, 0}};
	if (p->depth) {
		struct value *parent = &tree->nodes[p->open[p->depth - 1]];

		if (parent->count++)
			tree->nodes[p->newest[p->depth - 1]].next = *index + 1;
		else
			parent->child = *index + 1;
		p->newest[p->depth - 1] = *index;
	}
	return node;
}

static bool in_object(const struct parser *p)
{
	return p->depth && p->tree->nodes[p->open[p->depth - 1]].kind == VALUE_OBJECT;
}

static int parse_name(struct parser *p, struct slice *name, bool *escaped)
{
	struct json_string_scan scan;
	const char *start = p->at;

	if (!take(p, '"'))
		return fail_at(p, p->at, "expected a member name");
	if (parse_string(p, name, &scan) < 0)
		return -1;
	if (scan.has_nul)
		return fail_at(p, start, "\\u0000 in a member name");
	*escaped = scan.escaped;
	skip_blanks(p);
	if (!take(p, ':'))
		return fail_at(p, p->at, "expected ':'");
	skip_blanks(p);
	return 0;
}

static int parse_word(struct parser *p, struct value *node, enum value_kind kind, struct slice word)
{
	const char *end = json_scan_word(p->at, p->end, word.data, word.length);

	if (!end)
		return fail_at(p, p->at, "expected a value");
	node->kind = kind;
	p->at = end;
	return 0;
}

static int parse_number(struct parser *p, struct value *node)
{
	const char *end = json_scan_number(p->at, p->end);

	if (!end)
		return fail_at(
		    p, p->at, *p->at == '-' || (*p->at >= '0' && *p->at <= '9') ? "bad number" : "expected a value");
	node->kind = VALUE_NUMBER;
	p->at = end;
	return 0;
}

static int parse_string_value(struct parser *p, struct value *node)
{
	struct json_string_scan scan;
	struct slice raw;

	p->at++;
	if (parse_string(p, &raw, &scan) < 0)
		return -1;
	node->kind = VALUE_STRING;
	node->escaped = scan.escaped;
	return 0;
}

static int open_container(struct parser *p, struct value *node, uint32_t index, enum value_kind kind)
{
	if (p->depth == VALUE_DEPTH_MAX)
		return fail_at(p, p->at, "more than 512 containers inside each other");
	node->kind = kind;
	p->open[p->depth++] = index;
	p->at++;
	return 0;
}

// One value, or the opening bracket of one.
static int parse_front(struct parser *p)
{
	struct slice name = SLICE_EMPTY;
	bool name_escaped = false;
	uint32_t index;
	struct value *node;
	int result;

	if (in_object(p) && parse_name(p, &name, &name_escaped) < 0)
		return -1;
	if (p->at == p->end)
		return fail_at(p, p->at, "expected a value");
	node = add_node(p, &index);
	if (!node)
		return fail_at(p, p->at, "too many values");
	node->name = name;
	node->name_escaped = name_escaped;
	switch (*p->at) {
	case '{':
		return open_container(p, node, index, VALUE_OBJECT);
	case '[':
		return open_container(p, node, index, VALUE_ARRAY);
	case '"':
		result = parse_string_value(p, node);
		break;
	case 't':
		result = parse_word(p, node, VALUE_TRUE, SLICE_LITERAL("true"));
		break;
	case 'f':
		result = parse_word(p, node, VALUE_FALSE, SLICE_LITERAL("false"));
		break;
	case 'n':
		result = parse_word(p, node, VALUE_NULL, SLICE_LITERAL("null"));
		break;
	default:
		result = parse_number(p, node);
	}
	node->text.length = (size_t)(p->at - node->text.data);
	return result;
}

static int refuse_duplicate(struct parser *p, const struct value *member)
{
	int shown = member->name.length < 100 ? (int)member->name.length : 100;

	return error_set(p->error, "the member \"%.*s\" stands twice in one object, again at byte %zu", shown,
	    member->name.data, (size_t)(member->name.data - p->begin));
}

static int check_many_names(struct parser *p, const struct value *object)
{
	struct value_names *names = p->tree->names;
	struct value_names_mark mark;
	int result = 0;

	if (!names) {
		names = p->tree->names = memory_new(sizeof *names);
		*names = (struct value_names)VALUE_NAMES_INIT;
	}
	mark = value_names_push_sorted(names, p->tree, object);
	for (size_t i = mark.first + 1; i < names->count && result == 0; i++)
		if (slice_equal(value_names_get(names, i - 1), value_names_get(names, i)))
			result = refuse_duplicate(p, &p->tree->nodes[names->items[i].node]);
	value_names_pop(names, mark);
	return result;
}

static int check_few_names(struct parser *p, const struct value *object)
{
	const struct value *members[FEW_MEMBERS];
	size_t count = 0;

	for (const struct value *m = value_first(p->tree, object); m; m = value_next(p->tree, m)) {
		if (m->name_escaped)
			return check_many_names(p, object);
		for (size_t i = 0; i < count; i++)
			if (slice_equal(members[i]->name, m->name))
				return refuse_duplicate(p, m);
		members[count++] = m;
	}
	return 0;
}

static int close_container(struct parser *p)
{
	struct value *container = &p->tree->nodes[p->open[--p->depth]];

	container->text.length = (size_t)(p->at - container->text.data);
	if (container->kind == VALUE_ARRAY || (p->depth && p->tree->keeps_repeated))
		return 0;
	return container->count <= FEW_MEMBERS ? check_few_names(p, container) : check_many_names(p, container);
}

// Closes what ends here, and takes the comma before the next value.
static int parse_behind(struct parser *p)
{
	for (skip_blanks(p); p->depth; skip_blanks(p)) {
		const struct value *container = &p->tree->nodes[p->open[p->depth - 1]];
		bool is_array = container->kind == VALUE_ARRAY;

		if (take(p, is_array ? ']' : '}')) {
			if (close_container(p) < 0)
				return -1;
			continue;
		}
		if (!container->count)
			return 0;
		if (!take(p, ','))
			return fail_at(p, p->at, is_array ? "expected ',' or ']'" : "expected ',' or '}'");
		skip_blanks(p);
		return 0;
	}
	return 0;
}

int value_parse(struct value_tree *tree, struct slice text, struct error *error)
{
	struct parser parser;

	// The two stacks need no zeros.
	parser.tree = tree;
	parser.begin = parser.at = text.data;
	parser.end = text.data + text.length;
	parser.error = error;
	parser.depth = 0;
	tree->count = 0;
	skip_blanks(&parser);
	do {
		if (parse_front(&parser) < 0 || parse_behind(&parser) < 0)
			return -1;
	} while (parser.depth);
	if (parser.at != parser.end)
		return fail_at(&parser, parser.at, "expected nothing more");
	return 0;
}
