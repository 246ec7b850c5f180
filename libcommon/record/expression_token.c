#include <stdarg.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/duration.h"
#include "record/expression_parts.h"
#include "record/json_scan.h"
#include "record/value.h"

int token_error(const struct token_reader *reader, size_t at, const char *format, ...)
{
	char what[sizeof reader->error->message];
	size_t column = 1;
	va_list arguments;

	for (size_t i = 0; i < at; i++)
		column += ((unsigned char)reader->text.data[i] & 0xc0) != 0x80;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	return error_set(reader->error, "column %zu: %s", column, what);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

// Letters of every script: what is not ASCII has been found to be UTF-8.
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static char char_at(const struct token_reader *reader, size_t at)
{
	return at < reader->text.length ? reader->text.data[at] : '\0';
}

// Digits, points and letters in one run: 12.5, 1e-3, 1h30m.
static size_t number_end(const struct token_reader *reader, size_t start)
{
	size_t at = start;
	bool digits_only = true;

	for (;; at++) {
		char c = char_at(reader, at);

		if ((c == 'e' || c == 'E') && digits_only &&
		    (char_at(reader, at + 1) == '-' || char_at(reader, at + 1) == '+') &&
		    is_digit(char_at(reader, at + 2)))
			at++;
		else if (!is_digit(c) && !is_letter(c) && c != '.')
			return at;
		digits_only = digits_only && (is_digit(c) || c == '.');
	}
}

static int read_number(struct token_reader *reader, struct token *token)
{
	struct error inner;

	reader->at = number_end(reader, token->start);
	token->text = slice_of(reader->text.data + token->start, reader->at - token->start);
	token->kind = TOKEN_NUMBER;
	if (decimal_is_number(token->text))
		return 0;
	token->kind = TOKEN_DURATION;
	if (duration_parse(token->text, &token->nanoseconds, &inner) == 0)
		return 0;
	// What ends in a letter is meant to be a length of time.
	if (is_letter(token->text.data[token->text.length - 1]))
		return token_error(reader, token->start, "%s", inner.message);
	return token_error(reader, token->start, "'%.*s' is not a number",
	    (int)(token->text.length < 40 ? token->text.length : 40), token->text.data);
}

// Between double quotes as in JSON; between single ones nothing is special.
static int read_string(struct token_reader *reader, struct token *token)
{
	const char *start = reader->text.data + token->start + 1, *end = reader->text.data + reader->text.length;
	struct json_string_scan scan = {.escaped = false};
	const char *stop;
	struct buffer decoded = BUFFER_INIT;

	token->kind = TOKEN_STRING;
	if (start[-1] == '\'')
		stop = memchr(start, '\'', (size_t)(end - start));
	else
		stop = json_scan_string(start, end, &scan);
	if (!stop && start[-1] == '"' && scan.fault < end)
		return token_error(reader, (size_t)(scan.fault - reader->text.data), "%s", scan.reason);
	if (!stop)
		return token_error(reader, token->start, "the text has no closing %c", start[-1]);
	token->text = slice_of(start, (size_t)(stop - start));
	reader->at = (size_t)(stop - reader->text.data) + 1;
	if (!scan.escaped)
		return 0;
	json_decode_string(&decoded, token->text);
	token->text = arena_dup(reader->arena, buffer_slice(&decoded));
	buffer_release(&decoded);
	return 0;
}

static void read_name(struct token_reader *reader, struct token *token)
{
	static const struct {
		const char *word;
		enum token_kind kind;
	} words[] = {{"and", TOKEN_AND}, {"or", TOKEN_OR}, {"not", TOKEN_NOT}, {"true", TOKEN_TRUE},
	    {"false", TOKEN_FALSE}, {"null", TOKEN_NULL}};

	while (is_letter(char_at(reader, reader->at)) || is_digit(char_at(reader, reader->at)))
		reader->at++;
	token->text = slice_of(reader->text.data + token->start, reader->at - token->start);
	token->kind = TOKEN_NAME;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(token->text, words[i].word))
			token->kind = words[i].kind;
}

static int wrong_sign(const struct token_reader *reader, size_t at)
{
	static const struct {
		char sign;
		const char *meant;
	} habits[] = {{'=', "=="}, {'&', "and"}, {'|', "or"}, {'!', "not"}};
	unsigned char c = (unsigned char)reader->text.data[at];

	for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
		if ((char)c == habits[i].sign)
			return token_error(reader, at, "'%c' is not used here: write '%s'", c, habits[i].meant);
	if (c < 0x20 || c == 0x7f)
		return token_error(reader, at, "a control character");
	return token_error(reader, at, "'%c' is not used here", c);
}

static int read_sign(struct token_reader *reader, struct token *token)
{
	static const struct {
		char sign[3];
		enum token_kind kind;
	} signs[] = {{"<=", TOKEN_LESS_EQUAL}, {">=", TOKEN_GREATER_EQUAL}, {"==", TOKEN_EQUAL},
	    {"!=", TOKEN_NOT_EQUAL}, {"<", TOKEN_LESS}, {">", TOKEN_GREATER}, {"(", TOKEN_OPEN}, {")", TOKEN_CLOSE},
	    {"[", TOKEN_OPEN_BRACKET}, {"]", TOKEN_CLOSE_BRACKET}, {",", TOKEN_COMMA}, {".", TOKEN_DOT},
	    {"+", TOKEN_PLUS}, {"-", TOKEN_MINUS}, {"*", TOKEN_TIMES}, {"/", TOKEN_DIVIDE}, {"^", TOKEN_POWER}};
	struct slice rest = slice_skip(reader->text, token->start);

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		struct slice sign = slice_from_string(signs[i].sign);

		if (slice_starts_with(rest, sign)) {
			token->kind = signs[i].kind;
			token->text = slice_of(rest.data, sign.length);
			reader->at += sign.length;
			return 0;
		}
	}
	return wrong_sign(reader, token->start);
}

static int read_token(struct token_reader *reader, struct token *token)
{
	char c = char_at(reader, token->start);

	if (is_digit(c))
		return read_number(reader, token);
	if (c == '"' || c == '\'')
		return read_string(reader, token);
	if (!is_letter(c))
		return read_sign(reader, token);
	read_name(reader, token);
	return 0;
}

int token_next(struct token_reader *reader, struct token *token)
{
	const char *end = reader->text.data + reader->text.length;

	reader->at = (size_t)(json_skip_blanks(reader->text.data + reader->at, end) - reader->text.data);
	*token = (struct token){.kind = TOKEN_END, .start = reader->at, .end = reader->at};
	if (reader->at == reader->text.length)
		return 0;
	if (read_token(reader, token))
		return -1;
	token->end = reader->at;
	return 0;
}

size_t expression_list_length(struct slice list)
{
	char quote = 0;
	int depth = 0;
	size_t at = 0;

	for (; at < list.length; at++) {
		char c = list.data[at];

		if (quote) {
			at += c == '\\' && quote == '"';
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == ',' && depth == 0) {
			break;
		} else {
			depth += (c == '[' || c == '(') - (c == ']' || c == ')');
		}
	}
	return at < list.length ? at : list.length;
}
