// Pratt, "Top down operator precedence", 1973: each operator binds with a strength, and code is put out as operands end.
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "record/expression_parser.h"
#include "record/property_path.h"
#include "record/unit.h"

struct infix {
	enum strength strength;
	enum operation operation;
};

static struct infix infix_of(enum token_kind kind)
{
	switch (kind) {
	case TOKEN_OR:
		return (struct infix){STRENGTH_OR, OPERATION_OR};
	case TOKEN_AND:
		return (struct infix){STRENGTH_AND, OPERATION_AND};
	case TOKEN_LESS:
		return (struct infix){STRENGTH_COMPARISON, OPERATION_LESS};
	case TOKEN_LESS_EQUAL:
		return (struct infix){STRENGTH_COMPARISON, OPERATION_LESS_EQUAL};
	case TOKEN_GREATER:
		return (struct infix){STRENGTH_COMPARISON, OPERATION_GREATER};
	case TOKEN_GREATER_EQUAL:
		return (struct infix){STRENGTH_COMPARISON, OPERATION_GREATER_EQUAL};
	case TOKEN_EQUAL:
		return (struct infix){STRENGTH_COMPARISON, OPERATION_EQUAL};
	case TOKEN_NOT_EQUAL:
		return (struct infix){STRENGTH_COMPARISON, OPERATION_NOT_EQUAL};
	case TOKEN_PLUS:
		return (struct infix){STRENGTH_SUM, OPERATION_ADD};
	case TOKEN_MINUS:
		return (struct infix){STRENGTH_SUM, OPERATION_SUBTRACT};
	case TOKEN_TIMES:
		return (struct infix){STRENGTH_PRODUCT, OPERATION_MULTIPLY};
	case TOKEN_DIVIDE:
		return (struct infix){STRENGTH_PRODUCT, OPERATION_DIVIDE};
	case TOKEN_POWER:
		return (struct infix){STRENGTH_POWER, OPERATION_POWER};
	default:
		return (struct infix){STRENGTH_NONE, OPERATION_NOT};
	}
}

static int parse(struct parser *parser, enum strength least, struct operand *operand);

int parser_nested(struct parser *parser, enum strength least, struct operand *operand)
{
	if (parser->depth == EXPRESSION_DEPTH_MAX)
		return token_error(&parser->reader, parser->token.start, "nested deeper than %d", EXPRESSION_DEPTH_MAX);
	parser->depth++;
	int result = parse(parser, least, operand);

	parser->depth--;
	return result;
}

// Operands.

static enum operand_time time_of_path(const struct path *path)
{
	bool is_time = path->member == MEMBER_TIMESTAMP || path->member == MEMBER_RECEIVED;

	return path->count == 1 && is_time ? OPERAND_TIME : OPERAND_ANY;
}

static int parse_name(struct parser *parser, struct operand *operand)
{
	struct path_parts parts = {.start = parser->token.start};
	struct token name = parser->token;
	size_t path;

	if (parser_advance(parser))
		return -1;
	bool is_call = parser->token.kind == TOKEN_OPEN, is_pointer = is_call && slice_is(name.text, "at");

	if (is_call && !is_pointer)
		return parser_function(parser, &name, operand);
	if (slice_is(name.text, "pi") || slice_is(name.text, "e")) {
		operand->kinds = parser_emit_constant(parser, value_of_double(name.text.length == 1 ? M_E : M_PI));
		return 0;
	}
	if ((!is_pointer && parser_add_segment(parser, &parts, name.text)) ||
	    parser_finish_path(parser, &parts, is_pointer, &path))
		return -1;
	parser_emit_at(parser, operand->start, OPERATION_PATH, path, 1);
	operand->kinds = KINDS_OF_MEMBERS;
	operand->time = time_of_path(&parser->expression->paths[path]);
	return 0;
}

static int parse_bracketed_path(struct parser *parser, struct operand *operand)
{
	size_t path;

	if (parser_read_path(parser, &path))
		return -1;
	parser_emit(parser, OPERATION_PATH, path, 1);
	operand->kinds = KINDS_OF_MEMBERS;
	operand->time = time_of_path(&parser->expression->paths[path]);
	return 0;
}

static int parse_literal(struct parser *parser, struct operand *operand)
{
	struct token *token = &parser->token;
	struct expression_value value = {.kind = EXPRESSION_NULL};
	struct slice text = arena_dup(&parser->expression->arena, token->text);

	if (token->kind == TOKEN_NUMBER) {
		value = value_of_text(text);
	} else if (token->kind == TOKEN_STRING) {
		value = value_of_string(text);
		value_read_time_literal(&value);
		operand->time = value.time == EXPRESSION_TIME_NOT ? OPERAND_NO_TIME : OPERAND_ANY;
	} else if (token->kind == TOKEN_DURATION) {
		value.kind = EXPRESSION_DURATION;
		value.nanoseconds = token->nanoseconds;
	} else if (token->kind != TOKEN_NULL) {
		value = value_of_boolean(token->kind == TOKEN_TRUE);
	}
	operand->kinds = parser_emit_constant(parser, value);
	return parser_advance(parser);
}

// A number that was written keeps its digits under the sign: -9007199254740993 is exact.
static bool negate_literal(struct parser *parser, size_t first_step)
{
	struct expression *expression = parser->expression;
	struct expression_value *value;
	struct buffer text = BUFFER_INIT;

	if (expression->step_count != first_step + 1 || expression->steps[first_step].operation != OPERATION_CONSTANT)
		return false;
	value = &expression->constants[expression->steps[first_step].operand];
	if (value->kind != EXPRESSION_NUMBER || !value->text.length || value->text.data[0] == '-')
		return false;
	buffer_append_char(&text, '-');
	buffer_append_slice(&text, value->text);
	*value = value_of_text(arena_dup(&expression->arena, buffer_slice(&text)));
	buffer_release(&text);
	return true;
}

static int parse_minus(struct parser *parser, struct operand *operand)
{
	struct operand inner;
	size_t first_step = parser->expression->step_count;

	if (parser_advance(parser) || parser_nested(parser, STRENGTH_POWER, &inner))
		return -1;
	operand->kinds = inner.kinds & (KIND_BIT(EXPRESSION_NUMBER) | KIND_BIT(EXPRESSION_DURATION));
	if (!operand->kinds)
		return token_error(
		    &parser->reader, inner.start, "'-' does not go with %s", parser_kinds_name(inner.kinds));
	if (!negate_literal(parser, first_step))
		parser_emit(parser, OPERATION_NEGATE, 0, 0);
	return 0;
}

static int parse_not(struct parser *parser, enum strength least, struct operand *operand)
{
	struct operand inner;

	if (least > STRENGTH_NOT)
		return token_error(&parser->reader, parser->token.start, "'not' needs parentheses around it here");
	if (parser_advance(parser) || parser_nested(parser, STRENGTH_NOT, &inner) ||
	    parser_want_condition(parser, &inner, "'not'"))
		return -1;
	parser_emit(parser, OPERATION_NOT, 0, 0);
	operand->kinds = KIND_BIT(EXPRESSION_BOOLEAN);
	return 0;
}

static int parse_prefix(struct parser *parser, enum strength least, struct operand *operand)
{
	operand->start = parser->token.start;
	operand->time = OPERAND_ANY;
	switch (parser->token.kind) {
	case TOKEN_NUMBER:
	case TOKEN_DURATION:
	case TOKEN_STRING:
	case TOKEN_TRUE:
	case TOKEN_FALSE:
	case TOKEN_NULL:
		return parse_literal(parser, operand);
	case TOKEN_NAME:
		return parse_name(parser, operand);
	case TOKEN_OPEN_BRACKET:
		return parse_bracketed_path(parser, operand);
	case TOKEN_OPEN:
		return parser_advance(parser) || parser_nested(parser, STRENGTH_OR, operand)
		    ? -1
		    : parser_take(parser, TOKEN_CLOSE, "')'");
	case TOKEN_MINUS:
		return parse_minus(parser, operand);
	case TOKEN_NOT:
		return parse_not(parser, least, operand);
	default:
		return parser_expected(parser, "a value");
	}
}

// Operators.

static int check_arithmetic(
    struct parser *parser, enum operation operation, struct operand *left, const struct operand *right, size_t at)
{
	unsigned kinds = 0;

	for (unsigned a = EXPRESSION_NULL; a <= EXPRESSION_CONTAINER; a++)
		for (unsigned b = EXPRESSION_NULL; b <= EXPRESSION_CONTAINER; b++)
			if ((left->kinds & KIND_BIT(a)) && (right->kinds & KIND_BIT(b)))
				kinds |= KIND_BIT(
				    arithmetic_kind(operation, (enum expression_kind)a, (enum expression_kind)b));
	kinds &= ~KIND_BIT(EXPRESSION_MISSING);
	if (!kinds)
		return token_error(&parser->reader, at, "'%c' does not go between %s and %s",
		    parser->reader.text.data[at], parser_kinds_name(left->kinds), parser_kinds_name(right->kinds));
	left->kinds = kinds;
	return 0;
}

static int check_comparison(
    struct parser *parser, enum operation operation, struct operand *left, const struct operand *right, size_t at)
{
	const unsigned null = KIND_BIT(EXPRESSION_NULL), boolean = KIND_BIT(EXPRESSION_BOOLEAN);
	unsigned common = left->kinds & right->kinds;
	bool is_ordering = operation != OPERATION_EQUAL && operation != OPERATION_NOT_EQUAL;

	if (left->kinds == null || right->kinds == null)
		common = null;
	if (is_ordering)
		common &= ~(null | boolean | KIND_BIT(EXPRESSION_CONTAINER));
	if (!common)
		return token_error(&parser->reader, at, "%s and %s do not compare%s", parser_kinds_name(left->kinds),
		    parser_kinds_name(right->kinds), is_ordering ? " by size" : "");
	left->kinds = boolean;
	return 0;
}

// Compared byte by byte it would be smaller or larger than every time.
static int check_times(struct parser *parser, const struct operand *left, const struct operand *right)
{
	const struct operand *text = left->time == OPERAND_NO_TIME ? left : right;

	if (left->time + right->time != OPERAND_TIME + OPERAND_NO_TIME)
		return 0;
	return token_error(&parser->reader, text->start, "the text is no time such as \"2026-03-01T12:00:00Z\"");
}

// `and` and `or` leave out their right side where the left one decides.
static int parse_logic(struct parser *parser, struct infix infix, struct operand *left)
{
	const char *name = infix.operation == OPERATION_AND ? "'and'" : "'or'";
	size_t jump = parser_emit(parser, infix.operation, 0, -1);
	struct operand right;

	if (parser_want_condition(parser, left, name) || parser_nested(parser, infix.strength + 1, &right) ||
	    parser_want_condition(parser, &right, name))
		return -1;
	parser_emit(parser, OPERATION_TRUTH, 0, 0);
	parser_set_operand(parser, jump, parser->expression->step_count);
	left->kinds = KIND_BIT(EXPRESSION_BOOLEAN);
	return 0;
}

static int parse_infix(struct parser *parser, struct infix infix, struct operand *left)
{
	size_t at = parser->token.start;
	struct operand right;

	if (parser_advance(parser))
		return -1;
	if (infix.strength <= STRENGTH_AND)
		return parse_logic(parser, infix, left);
	// The same strength on the right only where the right comes first.
	enum strength least = infix.strength == STRENGTH_POWER ? STRENGTH_POWER : infix.strength + 1;

	if (parser_nested(parser, least, &right))
		return -1;
	parser_emit_at(parser, at, infix.operation, 0, -1);
	if (infix.strength != STRENGTH_COMPARISON)
		return check_arithmetic(parser, infix.operation, left, &right, at);
	if (infix_of(parser->token.kind).strength == STRENGTH_COMPARISON)
		return token_error(&parser->reader, parser->token.start, "comparisons do not chain: join two by 'and'");
	return check_times(parser, left, &right) ? -1 : check_comparison(parser, infix.operation, left, &right, at);
}

static int parse(struct parser *parser, enum strength least, struct operand *operand)
{
	if (parse_prefix(parser, least, operand))
		return -1;
	for (;;) {
		struct infix infix = infix_of(parser->token.kind);

		if (infix.strength == STRENGTH_NONE || infix.strength < least)
			return 0;
		if (parse_infix(parser, infix, operand))
			return -1;
		operand->time = OPERAND_ANY;
	}
}

static int parse_whole(struct parser *parser, bool is_path, struct operand *operand)
{
	size_t path;

	if (parser_advance(parser))
		return -1;
	operand->kinds = KINDS_OF_MEMBERS;
	operand->start = parser->token.start;
	if (!is_path && parser_nested(parser, STRENGTH_OR, operand))
		return -1;
	if (is_path) {
		if (parser_read_path(parser, &path))
			return -1;
		parser_emit(parser, OPERATION_PATH, path, 1);
	}
	return parser->token.kind == TOKEN_END ? 0 : parser_expected(parser, is_path ? "nothing more" : "an operator");
}

static struct expression *parse_text(
    struct slice text, bool is_path, struct operand *operand, struct parser *parser, struct error *error)
{
	struct expression *expression = memory_new_zeroed(1, sizeof *expression);

	*parser = (struct parser){.expression = expression, .error = error};
	parser->reader = (struct token_reader){.text = text, .arena = &expression->arena, .error = error};
	int failed = text.length > EXPRESSION_TEXT_MAX
	    ? error_set(error, "the expression is longer than %d bytes", EXPRESSION_TEXT_MAX)
	    : !utf8_is_valid(text) ? error_set(error, "the expression is not UTF-8")
				   : parse_whole(parser, is_path, operand);

	expression->text = arena_dup(&expression->arena, text);
	if (!failed)
		return expression;
	expression_free(expression);
	return NULL;
}

struct expression *expression_parse(struct slice text, struct error *error)
{
	struct parser parser;
	struct operand operand;

	return parse_text(text, false, &operand, &parser, error);
}

struct expression *expression_parse_condition(struct slice text, struct error *error)
{
	struct parser parser;
	struct operand operand;
	struct expression *expression = parse_text(text, false, &operand, &parser, error);

	if (!expression || (operand.kinds & KIND_BIT(EXPRESSION_BOOLEAN)))
		return expression;
	error_set(error, "%s can never be true: expected a condition", parser_kinds_name(operand.kinds));
	expression_free(expression);
	return NULL;
}

struct expression *expression_parse_path(struct slice text, struct error *error)
{
	struct parser parser;
	struct operand operand;

	return parse_text(text, true, &operand, &parser, error);
}

void expression_free(struct expression *expression)
{
	if (!expression)
		return;
	unit_system_free(expression->units);
	arena_release(&expression->arena);
	free(expression->steps);
	free(expression->constants);
	free(expression->paths);
	free(expression);
}

size_t expression_path_count(const struct expression *expression)
{
	return expression->path_count;
}

struct slice expression_path_text(const struct expression *expression, size_t index)
{
	return expression->paths[index].text;
}

void expression_path_append_property(const struct expression *expression, size_t index, struct buffer *out)
{
	const struct path *path = &expression->paths[index];
	size_t start = out->length;

	for (size_t i = 0; i < path->count; i++)
		property_path_append(out, start, path->segments[i]);
}

struct slice expression_path_name(const struct expression *expression, size_t index)
{
	const struct path *path = &expression->paths[index];

	return path->segments[path->count - 1];
}
