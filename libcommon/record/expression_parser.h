// The parser of record/expression.h where it stands in the text, and its parts: paths, calls, and the steps that are put out.
#ifndef RECORD_EXPRESSION_PARSER_H
#define RECORD_EXPRESSION_PARSER_H

#include "record/expression_parts.h"
#include "record/property_path.h"

struct parser {
	struct expression *expression;
	struct token_reader reader;
	struct token token;  // the next one, not yet used
	size_t previous_end; // of the one used last
	size_t depth;
	size_t stack; // how much of it is in use at this point of the code
	struct error *error;
};

// Whether an operand is a time wherever it is there (timestamp), or text in quotes that is none.
enum operand_time { OPERAND_ANY, OPERAND_TIME, OPERAND_NO_TIME };

// What is known of an operand: the kinds it can have, and where it begins.
struct operand {
	unsigned kinds;
	size_t start;
	enum operand_time time;
};

// On to the next token.
int parser_advance(struct parser *parser) __attribute__((warn_unused_result));

// Always -1: "expected a value, found )".
int parser_expected(struct parser *parser, const char *what);

// On to the next token when this one is of that kind, else an error.
int parser_take(struct parser *parser, enum token_kind kind, const char *what) __attribute__((warn_unused_result));

// A path that is being read.
struct path_parts {
	struct slice segments[PROPERTY_SEGMENTS_MAX];
	size_t count;
	size_t start;
};

int parser_add_segment(struct parser *parser, struct path_parts *parts, struct slice segment)
    __attribute__((warn_unused_result));

// The rest of a path whose first name stands in parts, or, behind `at`, whose pointer is next in parentheses. *index is that of the path
// in the expression.
int parser_finish_path(struct parser *parser, struct path_parts *parts, bool is_pointer, size_t *index)
    __attribute__((warn_unused_result));

// A path where nothing else can stand.
int parser_read_path(struct parser *parser, size_t *index) __attribute__((warn_unused_result));

// How tightly operators bind.
enum strength {
	STRENGTH_NONE,
	STRENGTH_OR,
	STRENGTH_AND,
	STRENGTH_NOT,
	STRENGTH_COMPARISON,
	STRENGTH_SUM,
	STRENGTH_PRODUCT,
	STRENGTH_POWER,
};

// An operand, up to an operator that binds less than `least`, one level deeper than what it stands in.
int parser_nested(struct parser *parser, enum strength least, struct operand *operand)
    __attribute__((warn_unused_result));

// A call. The name has been read, and the parenthesis is next.
int parser_function(struct parser *parser, const struct token *name, struct operand *operand)
    __attribute__((warn_unused_result));

// "a number or a length of time"
const char *parser_kinds_name(unsigned kinds);

// An error that says where a condition is wanted, unless the operand can be one.
int parser_want_condition(struct parser *parser, const struct operand *operand, const char *where)
    __attribute__((warn_unused_result));

// Puts out one step and returns its index. Its effect on the stack is `pushes` (which may be negative). It stands at the next token, or
// at `at`.
size_t parser_emit(struct parser *parser, enum operation operation, size_t operand, int pushes);
size_t parser_emit_at(struct parser *parser, size_t at, enum operation operation, size_t operand, int pushes);

// Returns the kinds that it can have.
unsigned parser_emit_constant(struct parser *parser, struct expression_value value);

void parser_set_operand(struct parser *parser, size_t step, size_t operand);

#endif
