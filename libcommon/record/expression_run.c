#define _GNU_SOURCE // memmem
#include <stdlib.h>

#include "base/memory.h"
#include "record/expression_parts.h"
#include "record/unit.h"
#include "record/value.h"

// A container, or the whole record, taken apart at most once in a record.
struct run_tree {
	struct value_tree tree;
	uint64_t round; // in which it was parsed
};

struct run_path {
	bool asked;
	bool seen;
};

struct expression_run {
	const struct expression *expression;
	struct expression_value *stack;
	struct run_tree *trees;
	struct run_path *paths;
	uint64_t round;
	struct arena arena; // of strings that had escapes, or were made
	struct buffer text;
};

struct expression_run *expression_run_new(const struct expression *expression)
{
	struct expression_run *run = memory_new_zeroed(1, sizeof *run);

	run->expression = expression;
	run->stack = memory_new_zeroed(expression->stack_size + 1, sizeof *run->stack);
	run->trees = memory_new_zeroed(expression->tree_count + 1, sizeof *run->trees);
	run->paths = memory_new_zeroed(expression->path_count + 1, sizeof *run->paths);
	return run;
}

void expression_run_free(struct expression_run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->expression->tree_count; i++)
		value_tree_release(&run->trees[i].tree);
	arena_release(&run->arena);
	buffer_release(&run->text);
	free(run->stack);
	free(run->trees);
	free(run->paths);
	free(run);
}

bool expression_path_unseen(const struct expression_run *run, size_t index)
{
	return run->paths[index].asked && !run->paths[index].seen;
}

bool expression_path_is_word(const struct expression *expression, size_t index)
{
	const struct path *path = &expression->paths[index];

	if (path->count != 1 || path->member != MEMBER_COUNT)
		return false;
	for (size_t i = 2; i < expression->step_count; i++) {
		const struct step *step = &expression->steps[i];

		if ((step->operation == OPERATION_EQUAL || step->operation == OPERATION_NOT_EQUAL) &&
		    step[-2].operation == OPERATION_PATH && step[-1].operation == OPERATION_PATH &&
		    step[-1].operand == index)
			return true;
	}
	return false;
}

// The kind of a member that is present. The scanner of usual readings leaves out the kinds that can only be one.
static enum value_kind member_kind(const struct record *record, enum record_member member)
{
	if (record->type != RECORD_READING)
		return (enum value_kind)record->kind[member];
	switch (member) {
	case MEMBER_TYPE:
	case MEMBER_ENTITY_ID:
	case MEMBER_PROPERTY:
	case MEMBER_TIMESTAMP:
	case MEMBER_UNIT:
	case MEMBER_SENSOR_ID:
	case MEMBER_RECEIVED:
	case MEMBER_ORIGIN:
		return VALUE_STRING;
	case MEMBER_QUALITY:
	case MEMBER_SEQ:
	case MEMBER_COUNTER:
		return VALUE_NUMBER;
	default:
		return (enum value_kind)record->kind[member];
	}
}

static struct expression_value decoded_string(struct expression_run *run, struct slice raw)
{
	if (!raw.length || !memchr(raw.data, '\\', raw.length))
		return value_of_string(raw);
	buffer_reset(&run->text);
	json_decode_string(&run->text, raw);
	return value_of_string(arena_dup(&run->arena, buffer_slice(&run->text)));
}

static struct slice between_quotes(struct slice text)
{
	return slice_of(text.data + 1, text.length - 2);
}

// text: a string as it stands between its quotes, everything else as written.
static struct expression_value value_of(struct expression_run *run, enum value_kind kind, struct slice text)
{
	switch (kind) {
	case VALUE_NULL:
		return (struct expression_value){.kind = EXPRESSION_NULL};
	case VALUE_FALSE:
	case VALUE_TRUE:
		return value_of_boolean(kind == VALUE_TRUE);
	case VALUE_NUMBER:
		return value_of_text(text);
	case VALUE_STRING:
		return decoded_string(run, text);
	default:
		return (struct expression_value){.kind = EXPRESSION_CONTAINER};
	}
}

// What the scanner has found: no need to look into the text again.
static struct expression_value load_member(
    struct expression_run *run, const struct record *record, enum record_member member)
{
	enum value_kind kind = member_kind(record, member);
	struct slice text = record->text[member];
	struct expression_value value;

	if (kind != VALUE_STRING)
		return value_of(run, kind, text);
	if (member == MEMBER_VALUE)
		return decoded_string(run, between_quotes(text));
	value = value_of_string(text);
	// Of records that only pass through, times have not been read.
	if (record->type != RECORD_OTHER && (member == MEMBER_TIMESTAMP || member == MEMBER_RECEIVED)) {
		value.time = EXPRESSION_TIME_IS;
		value.nanoseconds = member == MEMBER_TIMESTAMP ? record->timestamp : record->received;
	}
	return value;
}

// What twin-record(5) says that an absent member of a reading means; writers leave it out.
static struct expression_value default_member(const struct record *record, enum record_member member)
{
	if (record->type != RECORD_READING)
		return (struct expression_value){.kind = EXPRESSION_MISSING};
	switch (member) {
	case MEMBER_TYPE:
		return value_of_string(SLICE_LITERAL("reading"));
	case MEMBER_SENSOR_ID:
		return value_of_string(SLICE_EMPTY);
	case MEMBER_QUALITY:
		return value_of_text(SLICE_LITERAL("1"));
	case MEMBER_SEQ:
	case MEMBER_COUNTER:
		return value_of_text(SLICE_LITERAL("0"));
	default:
		return (struct expression_value){.kind = EXPRESSION_MISSING};
	}
}

static const struct value *tree_root(struct expression_run *run, size_t index, struct slice text)
{
	struct run_tree *tree = &run->trees[index];
	struct error ignored;

	// The scanner has found it to be JSON.
	if (tree->round != run->round && value_parse(&tree->tree, text, &ignored))
		return NULL;
	tree->round = run->round;
	return value_root(&tree->tree);
}

// Index of an element by RFC 6901: no leading zeros.
static const struct value *element(const struct value_tree *tree, const struct value *array, struct slice name)
{
	const struct value *at = value_first(tree, array);
	uint64_t index = 0;

	if (!name.length || name.length > 10 || (name.length > 1 && name.data[0] == '0'))
		return NULL;
	for (size_t i = 0; i < name.length; i++) {
		if (name.data[i] < '0' || name.data[i] > '9')
			return NULL;
		index = index * 10 + (uint64_t)(name.data[i] - '0');
	}
	if (index >= array->count)
		return NULL;
	while (index--)
		at = value_next(tree, at);
	return at;
}

// A name without escapes in a line without escapes stands there as it is, or not at all: no need to take the line apart.
static bool may_have(const struct record *record, const struct path *path)
{
	return memmem(record->line.data, record->line.length, path->quoted.data, path->quoted.length) ||
	    memchr(record->line.data, '\\', record->line.length);
}

// A member of the record that is null counts as absent, except `value`: so says twin-record(5).
static const struct value *find_in_tree(
    struct expression_run *run, const struct record *record, const struct path *path)
{
	bool is_known = path->member != MEMBER_COUNT;
	const struct value_tree *tree = &run->trees[path->tree].tree;
	const struct value *at;

	if (is_known ? !record_has(record, (enum record_member)path->member) : !may_have(record, path))
		return NULL;
	at = tree_root(run, path->tree, is_known ? record->text[path->member] : record->line);
	for (size_t i = is_known; at && i < path->count; i++) {
		at = at->kind == VALUE_ARRAY ? element(tree, at, path->segments[i])
					     : value_member(tree, at, path->segments[i]);
		if (at && i == 0 && at->kind == VALUE_NULL)
			return NULL;
	}
	return at;
}

static bool is_in_slices(const struct path *path)
{
	return path->count == 1 && path->member != MEMBER_COUNT;
}

// A scalar has no members.
static bool is_container(const struct record *record, const struct path *path)
{
	enum value_kind kind;

	if (path->member == MEMBER_COUNT)
		return true;
	if (!record_has(record, (enum record_member)path->member))
		return false;
	kind = member_kind(record, (enum record_member)path->member);
	return kind == VALUE_OBJECT || kind == VALUE_ARRAY;
}

static struct expression_value load_path(
    struct expression_run *run, const struct record *record, size_t index, bool with_default)
{
	const struct path *path = &run->expression->paths[index];
	struct expression_value value = {.kind = EXPRESSION_MISSING};

	run->paths[index].asked = true;
	if (is_in_slices(path)) {
		if (record_has(record, (enum record_member)path->member))
			value = load_member(run, record, (enum record_member)path->member);
		else if (with_default)
			value = default_member(record, (enum record_member)path->member);
	} else if (is_container(record, path)) {
		const struct value *found = find_in_tree(run, record, path);

		if (found)
			value = value_of(
			    run, found->kind, found->kind == VALUE_STRING ? between_quotes(found->text) : found->text);
	}
	if (value.kind != EXPRESSION_MISSING)
		run->paths[index].seen = true;
	return value;
}

// A number that was written is converted as it is written, one that was computed as a double. Missing when there is no such conversion.
static struct expression_value convert(struct expression_run *run, const struct expression_value *arguments)
{
	struct expression_value missing = {.kind = EXPRESSION_MISSING};
	const struct unit_converter *converter;
	struct error error;

	if (arguments[0].kind != EXPRESSION_NUMBER || arguments[1].kind != EXPRESSION_STRING)
		return missing;
	converter = unit_converter_find(run->expression->units, arguments[1].text, arguments[2].text, &error);
	if (!converter || converter->outcome != UNIT_CONVERTS)
		return missing;
	if (!arguments[0].text.length)
		return value_of_double(unit_convert(converter, arguments[0].number));
	buffer_reset(&run->text);
	if (unit_convert_text(converter, arguments[0].text, &run->text, &error) < 0)
		return missing;
	return value_of_text(arena_dup(&run->arena, buffer_slice(&run->text)));
}

static struct expression_value call(
    struct expression_run *run, const struct step *step, const struct expression_value *arguments)
{
	const struct function *function = function_get(step->operand);

	if (function->converts)
		return convert(run, arguments);
	if (function->call)
		return function->call(arguments, step->count, &run->arena);
	if (arguments->kind != EXPRESSION_NUMBER)
		return (struct expression_value){.kind = EXPRESSION_MISSING};
	return value_of_double(function->of_number(arguments->number));
}

static bool is_true(const struct expression_value *value)
{
	return value->kind == EXPRESSION_BOOLEAN && value->truth;
}

// `top` is the first free place of the stack.
static struct expression_value run_steps(struct expression_run *run, const struct record *record)
{
	const struct expression *expression = run->expression;
	struct expression_value *top = run->stack;

	for (size_t at = 0; at < expression->step_count; at++) {
		const struct step *step = &expression->steps[at];
		enum operation operation = (enum operation)step->operation;

		switch (operation) {
		case OPERATION_CONSTANT:
			*top++ = expression->constants[step->operand];
			break;
		case OPERATION_PATH:
			*top++ = load_path(run, record, step->operand, true);
			break;
		case OPERATION_EXISTS:
			*top = load_path(run, record, step->operand, false);
			*top = value_of_boolean(top->kind != EXPRESSION_MISSING);
			top++;
			break;
		case OPERATION_NEGATE:
			top[-1] = value_negate(&top[-1]);
			break;
		case OPERATION_ADD:
		case OPERATION_SUBTRACT:
		case OPERATION_MULTIPLY:
		case OPERATION_DIVIDE:
		case OPERATION_POWER:
			top--;
			top[-1] = arithmetic(operation, &top[-1], top);
			break;
		case OPERATION_LESS:
		case OPERATION_LESS_EQUAL:
		case OPERATION_GREATER:
		case OPERATION_GREATER_EQUAL:
		case OPERATION_EQUAL:
		case OPERATION_NOT_EQUAL:
			top--;
			top[-1] = value_of_boolean(comparison_holds(operation, &top[-1], top));
			break;
		case OPERATION_NOT:
		case OPERATION_TRUTH:
			top[-1] = value_of_boolean(is_true(&top[-1]) == (operation == OPERATION_TRUTH));
			break;
		case OPERATION_AND:
		case OPERATION_OR:
			if (is_true(&top[-1]) == (operation == OPERATION_OR)) {
				top[-1] = value_of_boolean(operation == OPERATION_OR);
				at = step->operand - 1;
			} else {
				top--;
			}
			break;
		case OPERATION_IF:
			if (!is_true(--top))
				at = step->operand - 1;
			break;
		case OPERATION_JUMP:
			at = step->operand - 1;
			break;
		case OPERATION_CALL:
			top -= step->count;
			*top = call(run, step, top);
			top++;
			break;
		}
	}
	return top[-1];
}

struct expression_value expression_evaluate(struct expression_run *run, const struct record *record)
{
	run->round++;
	arena_reset(&run->arena);
	return run_steps(run, record);
}

bool expression_test(struct expression_run *run, const struct record *record)
{
	struct expression_value value = expression_evaluate(run, record);

	return is_true(&value);
}

bool expression_member_text(struct expression_run *run, const struct record *record, struct slice *json)
{
	const struct path *path = &run->expression->paths[0];
	const struct value *found;

	run->round++;
	run->paths[0].asked = true;
	if (!is_in_slices(path)) {
		found = is_container(record, path) ? find_in_tree(run, record, path) : NULL;
		run->paths[0].seen |= found != NULL;
		if (found)
			*json = found->text;
		return found != NULL;
	}
	if (!record_has(record, (enum record_member)path->member))
		return false;
	run->paths[0].seen = true;
	*json = record->text[path->member];
	if (member_kind(record, (enum record_member)path->member) == VALUE_STRING && path->member != MEMBER_VALUE) {
		buffer_reset(&run->text);
		json_append_string(&run->text, *json);
		*json = buffer_slice(&run->text);
	}
	return true;
}
