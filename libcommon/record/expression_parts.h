// What the parts of record/expression.h know of each other: tokens, code, kinds.
#ifndef RECORD_EXPRESSION_PARTS_H
#define RECORD_EXPRESSION_PARTS_H

#include "base/arena.h"
#include "record/expression.h"

// Tokens.

enum token_kind {
	TOKEN_END,
	TOKEN_NUMBER,
	TOKEN_DURATION,
	TOKEN_STRING,
	TOKEN_NAME,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_OPEN_BRACKET,
	TOKEN_CLOSE_BRACKET,
	TOKEN_COMMA,
	TOKEN_DOT,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_TIMES,
	TOKEN_DIVIDE,
	TOKEN_POWER,
	TOKEN_LESS,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_EQUAL,
	TOKEN_EQUAL,
	TOKEN_NOT_EQUAL,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_NULL,
};

struct token {
	enum token_kind kind;
	struct slice text;   // as written; of a string: decoded
	int64_t nanoseconds; // of a duration
	size_t start;        // bytes before it
	size_t end;          // and at its end
};

struct token_reader {
	struct slice text;
	size_t at;
	struct arena *arena; // of decoded strings
	struct error *error;
};

// -1 with the reader's error.
int token_next(struct token_reader *reader, struct token *token) __attribute__((warn_unused_result));

// Always -1: "column N: ...", N counted in characters up to that byte.
int token_error(const struct token_reader *reader, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Kinds as a set, for what is known of a value before there is a record.

#define KIND_BIT(kind) (1u << (kind))

// What a member can be. A length of time is never one: JSON has none.
#define KINDS_OF_MEMBERS                                                                                               \
	(KIND_BIT(EXPRESSION_NULL) | KIND_BIT(EXPRESSION_BOOLEAN) | KIND_BIT(EXPRESSION_NUMBER) |                      \
	    KIND_BIT(EXPRESSION_STRING) | KIND_BIT(EXPRESSION_TIME) | KIND_BIT(EXPRESSION_CONTAINER))

// Code.

enum operation {
	OPERATION_CONSTANT, // pushes constants[operand]
	OPERATION_PATH,     // pushes what paths[operand] leads to
	OPERATION_EXISTS,   // pushes whether it leads anywhere
	OPERATION_NEGATE,
	OPERATION_ADD,
	OPERATION_SUBTRACT,
	OPERATION_MULTIPLY,
	OPERATION_DIVIDE,
	OPERATION_POWER,
	OPERATION_LESS,
	OPERATION_LESS_EQUAL,
	OPERATION_GREATER,
	OPERATION_GREATER_EQUAL,
	OPERATION_EQUAL,
	OPERATION_NOT_EQUAL,
	OPERATION_NOT,
	OPERATION_TRUTH, // true stays, everything else becomes false
	OPERATION_AND,   // unless the top is true, it becomes false, and on to step `operand`; else it is taken off
	OPERATION_OR,    // when the top is true, on to step `operand`; else it is taken off
	OPERATION_IF,    // takes the top off; unless it is true, on to step `operand`
	OPERATION_JUMP,  // on to step `operand`
	OPERATION_CALL,  // functions[operand] of the top `count`
};

struct step {
	uint8_t operation;
	uint8_t count;
	uint16_t operand;
	uint16_t at; // where in the text, in bytes
};

struct path {
	struct slice text;      // as written
	struct slice *segments; // decoded
	size_t count;
	struct slice quoted; // the first one as JSON writes it; empty when it has several ways
	uint8_t member;      // the first one's enum record_member, or MEMBER_COUNT
	size_t tree;         // where the tree is that it is looked up in: paths with the same first segment share one
};

struct expression {
	struct arena arena; // of texts and segments
	struct slice text;
	struct unit_system *units; // of convert(); NULL where it is not called
	struct step *steps;
	size_t step_count, step_capacity;
	struct expression_value *constants;
	size_t constant_count, constant_capacity;
	struct path *paths;
	size_t path_count, path_capacity;
	size_t tree_count;
	size_t stack_size;
};

// Values.

// What the operation makes of two kinds, EXPRESSION_MISSING when it has no answer for them. For the operations ADD to POWER.
enum expression_kind arithmetic_kind(enum operation operation, enum expression_kind a, enum expression_kind b);
struct expression_value arithmetic(
    enum operation operation, const struct expression_value *a, const struct expression_value *b);
struct expression_value value_negate(const struct expression_value *value);

// The operations LESS to NOT_EQUAL.
bool comparison_holds(enum operation operation, const struct expression_value *a, const struct expression_value *b);

// Fills `time` and `nanoseconds` of a string that was written in an expression.
void value_read_time_literal(struct expression_value *string);

struct expression_value value_of_double(double number);
struct expression_value value_of_text(struct slice number);
struct expression_value value_of_string(struct slice decoded);
struct expression_value value_of_boolean(bool truth);

// Functions.

// What a function makes of units of measure.
enum measure {
	MEASURE_NONE, // it is not about numbers, or its result has no unit
	MEASURE_SAME, // all arguments and the result have the same
	MEASURE_SIGN, // any, and the result is a number
	MEASURE_ROOT,
	MEASURE_NUMBER, // a number, and so is the result
	MEASURE_ANGLE,  // radians, and the result is a number
	MEASURE_ARC,    // a number, and the result is in radians
	MEASURE_ARC_2,  // two of the same, and the result is in radians
	MEASURE_CONVERT,
};

struct function {
	const char *name;
	uint8_t least, most;         // arguments
	uint16_t takes;              // kinds that any argument may have
	uint16_t gives;              // kinds of the result; 0: those of its arguments that it takes
	const char *literal_last;    // what the last argument is, when it must be a string in the text
	bool converts;               // convert(): has no call, since it needs the units of the run
	uint8_t measure;             // enum measure
	double (*of_number)(double); // the simple ones
	struct expression_value (*call)(const struct expression_value *arguments, size_t count, struct arena *arena);
};

// The function of that name: its index in functions, or -1.
int function_find(struct slice name);
const struct function *function_get(size_t index);

// A name that was probably meant, or NULL.
const char *function_nearest(struct slice name);

#endif
