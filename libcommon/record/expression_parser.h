// The parser of record/expression.h where it stands in the text, and its parts that read paths.
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

// What is known of an operand: the kinds it can have, and where it begins.
struct operand {
	unsigned kinds;
	size_t start;
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

#endif
