// Calls in expressions: exists(), if(), and the functions of the table.
#include "record/expression_parser.h"
#include "record/unit.h"

static int parse_exists(struct parser *parser, struct operand *operand)
{
	size_t path;

	if (parser_advance(parser) || parser_read_path(parser, &path) || parser_take(parser, TOKEN_CLOSE, "')'"))
		return -1;
	parser_emit(parser, OPERATION_EXISTS, path, 1);
	operand->kinds = KIND_BIT(EXPRESSION_BOOLEAN);
	return 0;
}

static int parse_if(struct parser *parser, struct operand *operand)
{
	struct operand condition, first, second;

	if (parser_advance(parser) || parser_nested(parser, STRENGTH_OR, &condition) ||
	    parser_want_condition(parser, &condition, "if()") || parser_take(parser, TOKEN_COMMA, "','"))
		return -1;
	size_t branch = parser_emit(parser, OPERATION_IF, 0, -1);

	if (parser_nested(parser, STRENGTH_OR, &first) || parser_take(parser, TOKEN_COMMA, "','"))
		return -1;
	// Only one of the two will be on the stack.
	size_t jump = parser_emit_at(parser, operand->start, OPERATION_JUMP, 0, -1);

	parser_set_operand(parser, branch, parser->expression->step_count);
	if (parser_nested(parser, STRENGTH_OR, &second) || parser_take(parser, TOKEN_CLOSE, "')'"))
		return -1;
	parser_set_operand(parser, jump, parser->expression->step_count);
	operand->kinds = first.kinds | second.kinds;
	return 0;
}

static int check_argument(
    struct parser *parser, const struct function *function, size_t index, const struct operand *argument)
{
	if (argument->kinds &
	    (function->converts ? KIND_BIT(index ? EXPRESSION_STRING : EXPRESSION_NUMBER) : function->takes))
		return 0;
	return token_error(&parser->reader, argument->start, "%s() does not take %s", function->name,
	    parser_kinds_name(argument->kinds));
}

static int check_count(struct parser *parser, const struct function *function, size_t count, size_t start)
{
	if (count >= function->least && count <= function->most)
		return 0;
	if (function->least == function->most)
		return token_error(&parser->reader, start, "%s() takes %d argument%s", function->name, function->least,
		    function->least == 1 ? "" : "s");
	return token_error(
	    &parser->reader, start, "%s() takes %d to %d arguments", function->name, function->least, function->most);
}

// The text in quotes that a call has as an argument from step `first` up to `end`, or NULL.
static const struct expression_value *literal_argument(const struct parser *parser, size_t first, size_t end)
{
	const struct step *step = &parser->expression->steps[first];

	return end == first + 1 && step->operation == OPERATION_CONSTANT ? &parser->expression->constants[step->operand]
									 : NULL;
}

// The last two arguments of convert(): the units that are text in quotes are known, and convert to each other.
static int check_units(struct parser *parser, const size_t *steps, size_t start)
{
	const struct expression_value *from = literal_argument(parser, steps[1], steps[2]);
	const struct expression_value *to = literal_argument(parser, steps[2], parser->expression->step_count);
	struct unit_system *system = parser->expression->units;
	const struct unit_converter *converter;
	struct unit unit;
	struct error error;
	int result;

	if (!system)
		system = parser->expression->units = unit_system_new();
	result = unit_parse(system, to->text, &unit, &error);

	if (result == 0 && from) {
		converter = unit_converter_find(system, from->text, to->text, &error);
		result = converter && converter->outcome == UNIT_CONVERTS ? 0 : -1;
		if (converter && result < 0)
			error_set(&error, "%s", converter->message);
	}
	return result == 0 ? 0 : token_error(&parser->reader, start, "%s", error.message);
}

// steps: where the code of each argument begins. start: of the last one, in the text.
static int check_literals(
    struct parser *parser, const struct function *function, const size_t *steps, size_t count, size_t start)
{
	if (!function->literal_last)
		return 0;
	if (!literal_argument(parser, steps[count - 1], parser->expression->step_count))
		return token_error(
		    &parser->reader, start, "the %s of %s() is text in quotes", function->literal_last, function->name);
	return function->converts ? check_units(parser, steps, start) : 0;
}

static int parse_call(struct parser *parser, int index, struct operand *operand)
{
	const struct function *function = function_get((size_t)index);
	struct operand argument = {.start = operand->start};
	size_t count = 0, steps[EXPRESSION_ARGUMENTS_MAX];
	unsigned kinds = 0;

	if (parser_advance(parser))
		return -1;
	if (parser->token.kind != TOKEN_CLOSE) {
		do {
			steps[count] = parser->expression->step_count;
			if ((count && parser_advance(parser)) || parser_nested(parser, STRENGTH_OR, &argument) ||
			    check_argument(parser, function, count, &argument))
				return -1;
			count++;
			kinds |= argument.kinds;
		} while (parser->token.kind == TOKEN_COMMA && count < EXPRESSION_ARGUMENTS_MAX);
	}
	if (parser_take(
		parser, TOKEN_CLOSE, count == EXPRESSION_ARGUMENTS_MAX ? "')' after so many arguments" : "')'") ||
	    check_count(parser, function, count, operand->start) ||
	    check_literals(parser, function, steps, count, argument.start))
		return -1;
	size_t step = parser_emit_at(parser, operand->start, OPERATION_CALL, (size_t)index, 1 - (int)count);

	parser->expression->steps[step].count = (uint8_t)count;
	operand->kinds = function->gives ? function->gives : kinds & function->takes;
	return 0;
}

int parser_function(struct parser *parser, const struct token *name, struct operand *operand)
{
	int index = function_find(name->text);
	const char *nearest;

	if (slice_is(name->text, "exists"))
		return parse_exists(parser, operand);
	if (slice_is(name->text, "if"))
		return parse_if(parser, operand);
	if (index >= 0)
		return parse_call(parser, index, operand);
	nearest = function_nearest(name->text);
	return token_error(&parser->reader, name->start, "there is no function %.*s()%s%s%s",
	    (int)(name->text.length < 40 ? name->text.length : 40), name->text.data, nearest ? ": did you mean " : "",
	    nearest ? nearest : "", nearest ? "()?" : "");
}
