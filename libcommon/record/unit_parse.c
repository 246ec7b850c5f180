#include "record/unit.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "record/unit_parts.h"

struct parser {
	struct unit_system *system;
	struct slice rest;
	int depth;
	bool of_table; // names are those of udunits and "bit"
};

static bool parse_product(struct parser *parser, struct unit *unit);

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char peek(const struct parser *parser, size_t ahead)
{
	return ahead < parser->rest.length ? parser->rest.data[ahead] : '\0';
}

static bool take(struct parser *parser, const char *text)
{
	struct slice wanted = slice_from_string(text);

	if (!slice_starts_with(parser->rest, wanted))
		return false;
	parser->rest = slice_skip(parser->rest, wanted.length);
	return true;
}

static void skip_blanks(struct parser *parser)
{
	while (take(parser, " ") || take(parser, "\xc2\xa0"))
		;
}

// The value of a superscript digit, 10 for a raised plus, 11 for a raised minus, or -1.
static int superscript(struct slice text, size_t *length)
{
	static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁺", "⁻"};

	for (int i = 0; i < (int)(sizeof raised / sizeof *raised); i++)
		if (slice_starts_with(text, slice_from_string(raised[i]))) {
			*length = strlen(raised[i]);
			return i;
		}
	return -1;
}

// Products other than "." and "*".
static const char *dot(struct slice text)
{
	static const char *const dots[] = {"·", "⋅", "×", "∙"};

	for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
		if (slice_starts_with(text, slice_from_string(dots[i])))
			return dots[i];
	return NULL;
}

static int take_integer(struct parser *parser, bool *found)
{
	int value = 0;

	for (*found = false; is_digit(peek(parser, 0)); *found = true) {
		if (value < 1000)
			value = value * 10 + (peek(parser, 0) - '0');
		parser->rest = slice_skip(parser->rest, 1);
	}
	return value;
}

static int take_superscript(struct parser *parser, bool *found)
{
	int value = 0, sign = 1, digit;
	size_t length;

	for (*found = false; (digit = superscript(parser->rest, &length)) >= 0;
	     parser->rest = slice_skip(parser->rest, length)) {
		if (digit == 11)
			sign = -1;
		else if (digit < 10 && value < 1000)
			value = value * 10 + digit;
		*found |= digit < 10;
	}
	return sign * value;
}

static int take_signed(struct parser *parser, bool *found)
{
	int sign = take(parser, "-") ? -1 : 1;

	if (sign > 0)
		(void)take(parser, "+");
	return sign * take_integer(parser, found);
}

static bool parse_exponent(struct parser *parser, struct unit *unit)
{
	size_t length;
	bool found = false;
	int exponent = 1;
	char sign = peek(parser, 0);

	if (take(parser, "^") || take(parser, "**"))
		exponent = take_signed(parser, &found);
	else if (is_digit(sign) || ((sign == '-' || sign == '+') && is_digit(peek(parser, 1))))
		exponent = take_signed(parser, &found);
	else if (superscript(parser->rest, &length) >= 0)
		exponent = take_superscript(parser, &found);
	else
		return true;
	return found && abs(exponent) <= UNIT_EXPONENT_MAX && unit_power(unit, unit, 2 * exponent) == 0;
}

// 10*3 and 10^-6 of UCUM.
static bool parse_ten(struct parser *parser, struct unit *unit)
{
	bool found;
	int power;

	parser->rest = slice_skip(parser->rest, 3);
	power = take_signed(parser, &found);
	if (!found || abs(power) > 100)
		return false;
	unit->scale.exponent = power;
	return true;
}

static bool is_ten(const struct parser *parser)
{
	bool sign = peek(parser, 3) == '-' || peek(parser, 3) == '+';

	return peek(parser, 0) == '1' && peek(parser, 1) == '0' && (peek(parser, 2) == '*' || peek(parser, 2) == '^') &&
	    is_digit(peek(parser, sign ? 4 : 3));
}

static bool take_mantissa(struct parser *parser, struct unit_ratio *number)
{
	bool point = false;

	for (int digits = 0;; digits++) {
		if (!point && peek(parser, 0) == '.' && is_digit(peek(parser, 1))) {
			point = true;
			parser->rest = slice_skip(parser->rest, 1);
		}
		if (!is_digit(peek(parser, 0)))
			return number->numerator > 0;
		if (digits == 18)
			return false;
		number->numerator = number->numerator * 10 + (peek(parser, 0) - '0');
		number->exponent -= point;
		parser->rest = slice_skip(parser->rest, 1);
	}
}

static bool parse_number(struct parser *parser, struct unit *unit)
{
	struct unit_ratio number = {0, 1, 0, true};
	bool found = true, sign;
	int exponent = 0;

	unit_set_number(unit);
	if (is_ten(parser))
		return parse_ten(parser, unit);
	if (!take_mantissa(parser, &number))
		return false;
	sign = peek(parser, 1) == '-' || peek(parser, 1) == '+';
	if (peek(parser, 0) == 'e' && is_digit(peek(parser, sign ? 2 : 1))) {
		parser->rest = slice_skip(parser->rest, 1);
		exponent = take_signed(parser, &found);
	}
	number.exponent += exponent;
	unit->scale = unit_ratio_multiply(number, UNIT_RATIO_ONE);
	return found && abs(exponent) <= 100;
}

static size_t name_character(struct slice text)
{
	size_t length = 1;
	unsigned char c = text.length ? (unsigned char)text.data[0] : 0;

	if (is_letter((char)c) || c == '%' || c == '\'' || c == '"')
		return 1;
	if (c < 0x80 || dot(text) || superscript(text, &length) >= 0 ||
	    slice_starts_with(text, SLICE_LITERAL("\xc2\xa0")))
		return 0;
	while (length < text.length && ((unsigned char)text.data[length] & 0xc0) == 0x80)
		length++;
	return length;
}

// Letters and what stands in UCUM's square brackets: m[H2O], [in_i'H2O].
static struct slice take_name(struct parser *parser)
{
	struct slice name = slice_of(parser->rest.data, 0);

	for (;;) {
		struct slice rest = slice_skip(parser->rest, name.length);
		const char *close = rest.length && rest.data[0] == '[' ? memchr(rest.data, ']', rest.length) : NULL;
		size_t length = close ? (size_t)(close - rest.data) + 1 : name_character(rest);

		if (length == 0)
			break;
		name.length += length;
	}
	parser->rest = slice_skip(parser->rest, name.length);
	return name;
}

static bool parse_parentheses(struct parser *parser, struct unit *unit)
{
	bool good;

	if (parser->depth == UNIT_DEPTH_MAX)
		return false;
	parser->depth++;
	good = parse_product(parser, unit) && take(parser, ")");
	parser->depth--;
	return good;
}

static bool skip_annotation(struct parser *parser)
{
	const char *close = memchr(parser->rest.data, '}', parser->rest.length);

	if (close)
		parser->rest = slice_skip(parser->rest, (size_t)(close - parser->rest.data) + 1);
	return close != NULL;
}

static bool parse_factor(struct parser *parser, struct unit *unit)
{
	struct slice name = SLICE_EMPTY;
	size_t length;

	if (is_digit(peek(parser, 0)))
		return parse_number(parser, unit);
	if (peek(parser, 0) == '{') {
		unit_set_number(unit);
		return skip_annotation(parser);
	}
	if (take(parser, "(")) {
		if (!parse_parentheses(parser, unit))
			return false;
	} else {
		name = take_name(parser);
		if (name.length == 0 || !unit_find_name(parser->system, name, parser->of_table, unit))
			return false;
	}
	// A normal cubic metre (Nm3) is a volume of gas, not the third power of a newton metre.
	if (slice_is(name, "Nm") && (is_digit(peek(parser, 0)) || superscript(parser->rest, &length) >= 0))
		return false;
	return parse_exponent(parser, unit) && (peek(parser, 0) != '{' || skip_annotation(parser));
}

enum operator{ END, PRODUCT, QUOTIENT };

static enum operator take_operator(struct parser *parser)
{
	size_t before = parser->rest.length;
	const char *raised;

	skip_blanks(parser);
	if (parser->rest.length == 0 || peek(parser, 0) == ')')
		return END;
	if (take(parser, "/") || take(parser, "per "))
		return QUOTIENT;
	raised = dot(parser->rest);
	if (raised)
		return take(parser, raised) ? PRODUCT : END;
	if (take(parser, ".") || take(parser, "*") || (is_letter(peek(parser, 1)) && take(parser, "-")))
		return PRODUCT;
	return before != parser->rest.length || peek(parser, 0) == '(' ? PRODUCT : END;
}

static bool combine(struct unit *product, struct unit *factor, enum operator operator)
{
	return (operator!= QUOTIENT || unit_power(factor, factor, -2) == 0) &&
	    unit_multiply(product, product, factor) == 0;
}

static bool parse_product(struct parser *parser, struct unit *unit)
{
	enum operator operator;
	struct unit factor;

	skip_blanks(parser);
	if (peek(parser, 0) == '/')
		unit_set_number(unit);
	else if (!parse_factor(parser, unit))
		return false;
	while ((operator= take_operator(parser)) != END) {
		skip_blanks(parser);
		if (!parse_factor(parser, &factor) || !combine(unit, &factor, operator))
			return false;
	}
	return true;
}

static struct slice trim(struct slice text)
{
	while (text.length && text.data[0] == ' ')
		text = slice_skip(text, 1);
	while (text.length && text.data[text.length - 1] == ' ')
		text.length--;
	return text;
}

bool unit_parse_expression(
    struct unit_system *system, struct slice text, bool of_table, unsigned *level, struct unit *unit)
{
	struct parser parser = {.system = system, .rest = text, .of_table = of_table};
	bool found = true;

	if (level)
		*level = (unsigned)take_integer(&parser, &found);
	return found && parse_product(&parser, unit) && parser.rest.length == 0;
}

int unit_parse(struct unit_system *system, struct slice text, struct unit *unit, struct error *error)
{
	struct slice trimmed = trim(text);
	const struct unit_name *row;

	if (unit_system_open(system, error) < 0)
		return -1;
	if (text.length <= UNIT_TEXT_MAX && utf8_is_valid(text)) {
		row = unit_table_find(system, trimmed);
		if (row ? unit_read_meaning(system, row, unit)
			: unit_parse_expression(system, trimmed, false, NULL, unit))
			return 0;
	}
	return error_set(error, "unknown unit '%.*s'", UNIT_QUOTED(text));
}
