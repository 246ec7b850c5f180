// The steps of an expression, put out one after another.
#include "base/memory.h"
#include "record/expression_parser.h"

const char *parser_kinds_name(unsigned kinds)
{
	switch (kinds) {
	case KIND_BIT(EXPRESSION_NULL):
		return "null";
	case KIND_BIT(EXPRESSION_BOOLEAN):
		return "a condition";
	case KIND_BIT(EXPRESSION_NUMBER):
		return "a number";
	case KIND_BIT(EXPRESSION_STRING):
		return "text";
	case KIND_BIT(EXPRESSION_TIME):
	case KIND_BIT(EXPRESSION_TIME) | KIND_BIT(EXPRESSION_STRING):
		return "a time";
	case KIND_BIT(EXPRESSION_DURATION):
		return "a length of time";
	case KIND_BIT(EXPRESSION_TIME) | KIND_BIT(EXPRESSION_DURATION):
		return "a time or a length of time";
	case KIND_BIT(EXPRESSION_NUMBER) | KIND_BIT(EXPRESSION_DURATION):
		return "a number or a length of time";
	default:
		return kinds & KIND_BIT(EXPRESSION_CONTAINER) ? "a member of the record" : "a value of another type";
	}
}

void parser_set_operand(struct parser *parser, size_t step, size_t operand)
{
	// EXPRESSION_TEXT_MAX bytes cannot give more steps than this has room for: two for a sign of one byte.
	parser->expression->steps[step].operand = (uint16_t)operand;
}

// Its effect on the stack is `pushes` (which may be negative). Returns its index.
size_t parser_emit(struct parser *parser, enum operation operation, size_t operand, int pushes)
{
	struct expression *expression = parser->expression;

	expression->steps = memory_grow(
	    expression->steps, &expression->step_capacity, expression->step_count + 1, sizeof *expression->steps);
	expression->steps[expression->step_count] =
	    (struct step){.operation = (uint8_t)operation, .at = (uint16_t)parser->token.start};
	parser_set_operand(parser, expression->step_count, operand);
	parser->stack = (size_t)((ptrdiff_t)parser->stack + pushes);
	if (parser->stack > expression->stack_size)
		expression->stack_size = parser->stack;
	return expression->step_count++;
}

// The same for a step that stands elsewhere than at the next token.
size_t parser_emit_at(struct parser *parser, size_t at, enum operation operation, size_t operand, int pushes)
{
	size_t step = parser_emit(parser, operation, operand, pushes);

	parser->expression->steps[step].at = (uint16_t)at;
	return step;
}

unsigned parser_emit_constant(struct parser *parser, struct expression_value value)
{
	struct expression *expression = parser->expression;

	expression->constants = memory_grow(expression->constants, &expression->constant_capacity,
	    expression->constant_count + 1, sizeof *expression->constants);
	expression->constants[expression->constant_count] = value;
	parser_emit(parser, OPERATION_CONSTANT, expression->constant_count++, 1);
	return KIND_BIT(value.kind) |
	    (value.kind == EXPRESSION_STRING && value.time != EXPRESSION_TIME_NOT ? KIND_BIT(EXPRESSION_TIME) : 0);
}

int parser_want_condition(struct parser *parser, const struct operand *operand, const char *where)
{
	if (operand->kinds & KIND_BIT(EXPRESSION_BOOLEAN))
		return 0;
	return token_error(
	    &parser->reader, operand->start, "%s takes a condition, not %s", where, parser_kinds_name(operand->kinds));
}
