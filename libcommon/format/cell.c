#include "format/cell.h"

#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"

static const char *const type_names[] = {"auto", "number", "integer", "string", "boolean", "json"};

int cell_type_from_name(struct slice name)
{
	for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
		if (slice_is(name, type_names[i]))
			return (int)i;
	return -1;
}

const char *cell_type_name(enum cell_type type)
{
	return type_names[type];
}

void cell_reader_release(struct cell_reader *reader)
{
	buffer_release(&reader->text);
	value_tree_release(&reader->tree);
	buffer_release(&reader->plain);
}

void missing_words_add(struct missing_words *missing, struct slice word)
{
	if (word.length == 0) {
		missing->empty = true;
		return;
	}
	missing->words = memory_grow(missing->words, &missing->capacity, missing->count + 1, sizeof *missing->words);
	missing->words[missing->count++] = word;
	missing->begins[(unsigned char)word.data[0]] = true;
}

void missing_words_release(struct missing_words *missing)
{
	free(missing->words);
	*missing = (struct missing_words)MISSING_WORDS_INIT;
}

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline const char *skip_digits(const char *at, const char *end)
{
	while (at < end && is_digit(*at))
		at++;
	return at;
}

// What stands behind the integer: nothing, or a fraction and an exponent.
static bool is_rest_of_number(const char *at, const char *end)
{
	if (at < end && *at == '.') {
		const char *digits = ++at;

		at = skip_digits(at, end);
		if (at == digits)
			return false;
	}
	if (at < end && (*at | 0x20) == 'e') {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		const char *digits = at;

		at = skip_digits(at, end);
		if (at == digits)
			return false;
	}
	return at == end;
}

bool cell_is_number(struct slice cell)
{
	const char *at = cell.data, *end = at + cell.length;
	const char *digits;

	if (at < end && *at == '-')
		at++;
	digits = at;
	at = skip_digits(at, end);
	if (at == digits || (*digits == '0' && at - digits > 1))
		return false;
	return is_rest_of_number(at, end);
}

// A number as people write them, in pieces: [+-] zeros digits [. digits] [e [+-] digits].
struct loose_number {
	bool negative;
	bool has_point;
	struct slice zeros;    // leading ones that say nothing
	struct slice integer;  // may be empty
	struct slice fraction; // may be empty
	struct slice exponent; // from the 'e' on
};

static bool take_exponent(const char *at, const char *end, struct loose_number *number)
{
	number->exponent = slice_of(at, (size_t)(end - at));
	if (at == end)
		return true;
	if ((*at++ | 0x20) != 'e')
		return false;
	if (at < end && (*at == '+' || *at == '-'))
		at++;
	return at < end && skip_digits(at, end) == end;
}

static bool loose_number_parse(struct slice cell, struct loose_number *number)
{
	const char *at = cell.data, *end = at + cell.length, *digits, *begin;

	*number = (struct loose_number){0};
	if (at < end && (*at == '+' || *at == '-'))
		number->negative = *at++ == '-';
	begin = at;
	digits = skip_digits(at, end);
	while (at + 1 < digits && *at == '0')
		at++;
	number->zeros = slice_of(begin, (size_t)(at - begin));
	number->integer = slice_of(at, (size_t)(digits - at));
	at = digits;
	if (at < end && *at == '.') {
		number->has_point = true;
		at++;
		digits = skip_digits(at, end);
		number->fraction = slice_of(at, (size_t)(digits - at));
		at = digits;
	}
	return number->integer.length + number->fraction.length > 0 && take_exponent(at, end, number);
}

bool cell_is_numeric(struct slice cell)
{
	struct loose_number number;

	return loose_number_parse(cell, &number);
}

static struct slice write_number(struct buffer *text, const struct loose_number *number)
{
	buffer_reset(text);
	if (number->negative)
		buffer_append_char(text, '-');
	if (number->integer.length)
		buffer_append_slice(text, number->integer);
	else
		buffer_append_char(text, '0');
	if (number->fraction.length) {
		buffer_append_char(text, '.');
		buffer_append_slice(text, number->fraction);
	}
	buffer_append_slice(text, number->exponent);
	return buffer_slice(text);
}

// 1 to 3 digits, then groups of a point and 3 digits: what follows them, or NULL when these are none or say nothing (0.123).
static const char *skip_groups(const char *at, const char *end)
{
	const char *digits = skip_digits(at, end);

	if (digits == end || *digits != '.')
		return digits > at ? digits : NULL;
	if (digits == at || digits - at > 3 || *at == '0')
		return NULL;
	for (at = digits; at < end && *at == '.'; at = digits) {
		digits = skip_digits(at + 1, end);
		if (digits - at != 4)
			return NULL;
	}
	return at;
}

// Writes a number with a decimal comma with a point instead. False when it is none; one without comma and points is none either.
static bool write_plain(struct buffer *plain, struct slice cell)
{
	const char *end = cell.data + cell.length, *at = cell.data;

	buffer_reset(plain);
	if (at < end && (*at == '+' || *at == '-'))
		buffer_append_char(plain, *at++);
	const char *rest = skip_groups(at, end);

	if (!rest || (rest < end && *rest != ',') || !memchr(cell.data, rest < end ? ',' : '.', cell.length))
		return false;
	for (; at < rest; at++)
		if (*at != '.')
			buffer_append_char(plain, *at);
	if (rest == end)
		return true;
	buffer_append_char(plain, '.');
	buffer_append_slice(plain, slice_of(rest + 1, (size_t)(end - rest - 1)));
	return end - rest > 1 && is_digit(rest[1]) && cell_is_numeric(buffer_slice(plain));
}

bool cell_has_decimal_comma(struct slice cell)
{
	struct buffer plain = BUFFER_INIT;
	bool is_one =
	    cell.length > 2 && cell.length < 64 && memchr(cell.data, ',', cell.length) && write_plain(&plain, cell);

	buffer_release(&plain);
	return is_one;
}

static bool is_word(struct slice cell, const char *word)
{
	return cell.length == strlen(word) && strncasecmp(cell.data, word, cell.length) == 0;
}

static bool is_usual_boolean(struct slice cell, struct slice *json)
{
	bool yes = slice_is(cell, "true") || slice_is(cell, "True") || slice_is(cell, "TRUE");
	bool no = slice_is(cell, "false") || slice_is(cell, "False") || slice_is(cell, "FALSE");

	*json = yes ? SLICE_LITERAL("true") : SLICE_LITERAL("false");
	return yes || no;
}

static struct slice read_string(struct cell_reader *reader, struct slice cell)
{
	buffer_reset(&reader->text);
	json_append_string(&reader->text, cell);
	return buffer_slice(&reader->text);
}

static struct slice read_any(struct cell_reader *reader, struct slice cell)
{
	struct loose_number number;
	struct slice json;

	if (is_usual_boolean(cell, &json))
		return json;
	if (loose_number_parse(cell, &number) && number.zeros.length == 0)
		return write_number(&reader->text, &number);
	return read_string(reader, cell);
}

static int misfit(struct error *error, struct slice cell, const char *what)
{
	int shown = cell.length < 60 ? (int)cell.length : 60;

	return error_set(error, "'%.*s'%s is no %s", shown, cell.data, cell.length > 60 ? "..." : "", what);
}

static int read_number(
    struct cell_reader *reader, struct slice cell, bool whole, struct slice *json, struct error *error)
{
	struct loose_number number;

	if (!loose_number_parse(cell, &number))
		return misfit(error, cell, "number");
	if (whole && (number.fraction.length || number.exponent.length))
		return misfit(error, cell, "integer");
	*json = cell_is_number(cell) ? cell : write_number(&reader->text, &number);
	return 0;
}

static int read_boolean(struct slice cell, struct slice *json, struct error *error)
{
	static const char *const words[][4] = {{"false", "no", "off", "0"}, {"true", "yes", "on", "1"}};

	for (int yes = 0; yes < 2; yes++)
		for (int i = 0; i < 4; i++)
			if (is_word(cell, words[yes][i])) {
				*json = yes ? SLICE_LITERAL("true") : SLICE_LITERAL("false");
				return 0;
			}
	return misfit(error, cell, "boolean");
}

static int read_json(struct cell_reader *reader, struct slice cell, struct slice *json, struct error *error)
{
	struct error reason;

	if (value_parse(&reader->tree, cell, &reason) < 0) {
		misfit(error, cell, "JSON");
		struct error what = *error;

		return error_set(error, "%.200s: %.200s", what.message, reason.message);
	}
	buffer_reset(&reader->text);
	value_append_compact(&reader->text, cell);
	*json = buffer_slice(&reader->text);
	return 0;
}

int cell_read(
    struct cell_reader *reader, struct slice cell, enum cell_type type, struct slice *json, struct error *error)
{
	if (reader->decimal_comma && type <= CELL_INTEGER && cell.length) {
		if (write_plain(&reader->plain, cell))
			cell = buffer_slice(&reader->plain);
		else if (memchr(cell.data, '.', cell.length))
			return type == CELL_AUTO ? cell_read(reader, cell, CELL_STRING, json, error)
						 : misfit(error, cell, "number with a decimal comma");
	}
	switch (type) {
	case CELL_NUMBER:
	case CELL_INTEGER:
		return read_number(reader, cell, type == CELL_INTEGER, json, error);
	case CELL_STRING:
		*json = read_string(reader, cell);
		return 0;
	case CELL_BOOLEAN:
		return read_boolean(cell, json, error);
	case CELL_JSON:
		return read_json(reader, cell, json, error);
	case CELL_AUTO:
		break;
	}
	*json = cell_is_number(cell) ? cell : read_any(reader, cell);
	return 0;
}
