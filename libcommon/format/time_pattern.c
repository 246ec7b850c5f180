#include "format/time_pattern.h"

#include <string.h>
#include <strings.h>

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"};
static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

// What the parts of a pattern have given, before they are put together.
struct fields {
	struct civil_time civil;
	int year_day; // 0: not given
	int half;     // 0: not given, 1: AM, 2: PM
	bool twelve_hours;
	bool has_offset;
	int32_t offset;
	bool is_epoch;
	int64_t epoch;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void skip_blanks(struct slice *text)
{
	while (text->length && is_blank(text->data[0]))
		*text = slice_skip(*text, 1);
}

static int take_number(struct slice *text, size_t least, size_t most, int64_t *number)
{
	size_t length = 0;

	*number = 0;
	while (length < most && length < text->length && is_digit(text->data[length]))
		*number = *number * 10 + (text->data[length++] - '0');
	*text = slice_skip(*text, length);
	return length < least ? -1 : 0;
}

static int take_field(struct slice *text, size_t least, size_t most, int low, int high, int *field)
{
	int64_t number;

	if (take_number(text, least, most, &number) < 0 || number < low || number > high)
		return -1;
	*field = (int)number;
	return 0;
}

static int take_name(struct slice *text, const char *const *names, int count, int *index)
{
	for (int i = 0; i < count; i++) {
		size_t length = strlen(names[i]);

		if (text->length < length || strncasecmp(text->data, names[i], length) != 0)
			length = 3;
		if (text->length < length || strncasecmp(text->data, names[i], length) != 0)
			continue;
		*text = slice_skip(*text, length);
		*index = i;
		return 0;
	}
	return -1;
}

static int take_fraction(struct slice *text, int32_t *nanosecond)
{
	size_t length = 0;
	int32_t value = 0;

	for (; length < text->length && is_digit(text->data[length]); length++) {
		if (length == 9)
			return -1;
		value = value * 10 + (text->data[length] - '0');
	}
	if (length == 0)
		return -1;
	for (size_t i = length; i < 9; i++)
		value *= 10;
	*nanosecond = value;
	*text = slice_skip(*text, length);
	return 0;
}

// pattern: what stands behind %S. Its own point and %f come first.
static int take_second(struct slice pattern, struct slice *text, struct civil_time *civil)
{
	if (take_field(text, 1, 2, 0, 60, &civil->second) < 0)
		return -1;
	if (text->length < 2 || (text->data[0] != '.' && text->data[0] != ',') || !is_digit(text->data[1]))
		return 0;
	if (pattern.length && pattern.data[0] == text->data[0])
		return 0;
	*text = slice_skip(*text, 1);
	return take_fraction(text, &civil->nanosecond);
}

static int take_half(struct slice *text, int *half)
{
	if (text->length < 2 || (text->data[1] | 0x20) != 'm')
		return -1;
	*half = (text->data[0] | 0x20) == 'a' ? 1 : (text->data[0] | 0x20) == 'p' ? 2 : 0;
	*text = slice_skip(*text, 2);
	return *half ? 0 : -1;
}

// Z, UTC, GMT, +01:00, +0100, +01.
static int take_offset(struct slice *text, int32_t *offset)
{
	int hours, minutes = 0, sign;

	*offset = 0;
	if (text->length && (text->data[0] | 0x20) == 'z') {
		*text = slice_skip(*text, 1);
		return 0;
	}
	if (slice_starts_with(*text, SLICE_LITERAL("UTC")) || slice_starts_with(*text, SLICE_LITERAL("GMT"))) {
		*text = slice_skip(*text, 3);
		return 0;
	}
	if (!text->length || (text->data[0] != '+' && text->data[0] != '-'))
		return -1;
	sign = text->data[0] == '-' ? -1 : 1;
	*text = slice_skip(*text, 1);
	if (take_field(text, 2, 2, 0, 23, &hours) < 0)
		return -1;
	if (text->length && text->data[0] == ':') {
		*text = slice_skip(*text, 1);
		if (!text->length || !is_digit(text->data[0]))
			return -1;
	}
	if (text->length && is_digit(text->data[0]) && take_field(text, 2, 2, 0, 59, &minutes) < 0)
		return -1;
	*offset = sign * (hours * 3600 + minutes * 60);
	return 0;
}

static int take_epoch(struct slice *text, struct fields *fields)
{
	bool negative = text->length && text->data[0] == '-';
	int64_t seconds;

	if (negative)
		*text = slice_skip(*text, 1);
	if (take_number(text, 1, 11, &seconds) < 0 ||
	    timestamp_scale(negative ? -seconds : seconds, NANOSECONDS_PER_SECOND, &fields->epoch) < 0)
		return -1;
	fields->is_epoch = true;
	return 0;
}

static int take_year(struct slice *text, bool century, struct civil_time *civil)
{
	int64_t year;

	if (take_number(text, century ? 4 : 2, century ? 4 : 2, &year) < 0)
		return -1;
	// As POSIX has it: 69 to 99 are of the twentieth century.
	civil->year = century ? year : year < 69 ? 2000 + year : 1900 + year;
	return 0;
}

static int take_pattern(struct slice pattern, struct slice *text, struct fields *fields);

static int take_directive(char directive, struct slice behind, struct slice *text, struct fields *fields)
{
	struct civil_time *civil = &fields->civil;
	int index;

	switch (directive) {
	case 'Y':
	case 'y':
		return take_year(text, directive == 'Y', civil);
	case 'm':
		return take_field(text, 1, 2, 1, 12, &civil->month);
	case 'e':
		skip_blanks(text);
		return take_field(text, 1, 2, 1, 31, &civil->day);
	case 'd':
		return take_field(text, 1, 2, 1, 31, &civil->day);
	case 'b':
	case 'B':
	case 'h':
		if (take_name(text, months, 12, &index) < 0)
			return -1;
		civil->month = index + 1;
		return 0;
	case 'a':
	case 'A':
		return take_name(text, days, 7, &index);
	case 'j':
		return take_field(text, 1, 3, 1, 366, &fields->year_day);
	case 'H':
		return take_field(text, 1, 2, 0, 23, &civil->hour);
	case 'I':
		fields->twelve_hours = true;
		return take_field(text, 1, 2, 1, 12, &civil->hour);
	case 'M':
		return take_field(text, 1, 2, 0, 59, &civil->minute);
	case 'S':
		return take_second(behind, text, civil);
	case 'f':
		return take_fraction(text, &civil->nanosecond);
	case 'p':
		return take_half(text, &fields->half);
	case 'z':
		fields->has_offset = true;
		return take_offset(text, &fields->offset);
	case 's':
		return take_epoch(text, fields);
	case 'F':
		return take_pattern(SLICE_LITERAL("%Y-%m-%d"), text, fields);
	case 'T':
		return take_pattern(SLICE_LITERAL("%H:%M:%S"), text, fields);
	case 'R':
		return take_pattern(SLICE_LITERAL("%H:%M"), text, fields);
	case 'D':
		return take_pattern(SLICE_LITERAL("%m/%d/%y"), text, fields);
	default:
		return -1;
	}
}

static int take_literal(char c, struct slice *text)
{
	if (!text->length || text->data[0] != c)
		return -1;
	*text = slice_skip(*text, 1);
	return 0;
}

static int take_blanks(struct slice *text)
{
	if (!text->length || !is_blank(text->data[0]))
		return -1;
	skip_blanks(text);
	return 0;
}

// Recursion is one deep: the patterns that directives stand for hold plain ones.
static int take_pattern(struct slice pattern, struct slice *text, struct fields *fields)
{
	while (pattern.length) {
		char c = pattern.data[0], directive = pattern.length > 1 ? pattern.data[1] : '%';
		bool is_directive = c == '%' && directive != '%' && directive != 'n' && directive != 't';
		int taken;

		pattern = slice_skip(pattern, c == '%' ? 2 : 1);
		if (is_directive)
			taken = take_directive(directive, pattern, text, fields);
		else if (is_blank(c) || (c == '%' && directive != '%'))
			taken = take_blanks(text);
		else
			taken = take_literal(c, text);
		if (taken < 0)
			return -1;
		while (is_blank(c) && pattern.length && is_blank(pattern.data[0]))
			pattern = slice_skip(pattern, 1);
	}
	return 0;
}

static int put_together(struct fields *fields, struct pattern_time *time)
{
	struct civil_time *civil = &fields->civil;

	if (fields->half && fields->twelve_hours)
		civil->hour = civil->hour % 12 + (fields->half == 2 ? 12 : 0);
	if (fields->year_day) {
		int64_t day = civil_days(civil->year, 1, 1) + fields->year_day - 1;
		struct civil_time date = civil_from_seconds(day * SECONDS_PER_DAY);

		if (date.year != civil->year)
			return -1;
		civil->month = date.month;
		civil->day = date.day;
	}
	*time = (struct pattern_time){.civil = *civil,
	    .has_offset = fields->has_offset,
	    .offset = fields->offset,
	    .is_epoch = fields->is_epoch,
	    .nanoseconds = fields->epoch};
	return 0;
}

int time_pattern_read(struct slice pattern, struct slice text, struct pattern_time *time, struct error *error)
{
	struct fields fields = {0};
	struct slice rest = text;

	if (take_pattern(pattern, &rest, &fields) == 0 && !rest.length && put_together(&fields, time) == 0)
		return 0;
	if (!error)
		return -1;
	return error_set(error, "'%.*s' is no time by %.*s", text.length < 60 ? (int)text.length : 60, text.data,
	    pattern.length < 100 ? (int)pattern.length : 100, pattern.data);
}

static bool has_any(const bool *seen, const char *directives)
{
	for (; *directives; directives++)
		if (seen[(unsigned char)*directives])
			return true;
	return false;
}

static int check_parts(const bool *seen, struct slice pattern, struct error *error)
{
	int length = pattern.length < 100 ? (int)pattern.length : 100;
	bool month = has_any(seen, "mbBhFD"), day = has_any(seen, "deFD");

	if (has_any(seen, "s"))
		return 0;
	if (!has_any(seen, "YyFD") || !(has_any(seen, "j") || (month && day)))
		return error_set(error, "pattern '%.*s' gives no date: year, month and day", length, pattern.data);
	if (has_any(seen, "I") != has_any(seen, "p"))
		return error_set(
		    error, "pattern '%.*s' has one of %%I and %%p without the other", length, pattern.data);
	return 0;
}

int time_pattern_check(struct slice pattern, struct error *error)
{
	bool seen[256] = {false};

	for (size_t i = 0; i < pattern.length; i++) {
		if (pattern.data[i] != '%')
			continue;
		if (++i == pattern.length)
			return error_set(error, "the pattern ends in '%%'");
		if (pattern.data[i] == '\0' || !strchr("YymdebBhjHIMSfpzaAsFTRDnt%", pattern.data[i]))
			return error_set(error, "'%%%c' in a time pattern is not known", pattern.data[i]);
		if (pattern.data[i] != '%')
			seen[(unsigned char)pattern.data[i]] = true;
	}
	return check_parts(seen, pattern, error);
}
