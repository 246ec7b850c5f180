#include "base/time_zone_rule.h"

#include "base/timestamp.h"

#define MAX_HOURS 167

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool take_char(struct slice *text, char c)
{
	if (!text->length || text->data[0] != c)
		return false;
	*text = slice_skip(*text, 1);
	return true;
}

static int take_number(struct slice *text, int low, int high, int *value)
{
	int number = 0;
	size_t digits = 0;

	for (; digits < 3 && digits < text->length && is_digit(text->data[digits]); digits++)
		number = number * 10 + (text->data[digits] - '0');
	*text = slice_skip(*text, digits);
	*value = number;
	return digits && number >= low && number <= high ? 0 : -1;
}

// An abbreviation: three letters or more, or <anything of letters, digits and signs>.
static int take_name(struct slice *text)
{
	bool quoted = take_char(text, '<');
	size_t length = 0;

	while (length < text->length &&
	    (is_letter(text->data[length]) ||
		(quoted && (is_digit(text->data[length]) || text->data[length] == '+' || text->data[length] == '-'))))
		length++;
	*text = slice_skip(*text, length);
	return length >= 3 && (!quoted || take_char(text, '>')) ? 0 : -1;
}

// [+-]hh[:mm[:ss]] in seconds.
static int take_time(struct slice *text, int max_hours, int32_t *seconds)
{
	bool negative = take_char(text, '-');
	int hour, minute = 0, second = 0;

	if (!negative)
		take_char(text, '+');
	if (take_number(text, 0, max_hours, &hour) != 0)
		return -1;
	if (take_char(text, ':')) {
		if (take_number(text, 0, 59, &minute) != 0)
			return -1;
		if (take_char(text, ':') && take_number(text, 0, 59, &second) != 0)
			return -1;
	}
	*seconds = (negative ? -1 : 1) * (hour * 3600 + minute * 60 + second);
	return 0;
}

// POSIX counts what is west of Greenwich as positive.
static int take_offset(struct slice *text, int32_t *offset)
{
	if (take_time(text, 24, offset) != 0)
		return -1;
	*offset = -*offset;
	return 0;
}

static int take_month_week(struct slice *text, struct time_zone_change *change)
{
	change->kind = TIME_ZONE_DAY_MONTH_WEEK;
	if (take_number(text, 1, 12, &change->month) != 0 || !take_char(text, '.'))
		return -1;
	if (take_number(text, 1, 5, &change->week) != 0 || !take_char(text, '.'))
		return -1;
	return take_number(text, 0, 6, &change->day);
}

static int take_change(struct slice *text, struct time_zone_change *change)
{
	int status;

	if (!take_char(text, ','))
		return -1;
	*change = (struct time_zone_change){.time = 2 * 3600};
	if (take_char(text, 'M')) {
		status = take_month_week(text, change);
	} else {
		bool no_leap = take_char(text, 'J');

		change->kind = no_leap ? TIME_ZONE_DAY_NO_LEAP : TIME_ZONE_DAY_OF_YEAR;
		status = take_number(text, no_leap, 365, &change->day);
	}
	if (status == 0 && take_char(text, '/'))
		status = take_time(text, MAX_HOURS, &change->time);
	return status;
}

static int take_rule(struct slice *text, struct time_zone_rule *rule)
{
	*rule = (struct time_zone_rule){.has_saving = false};
	if (take_name(text) != 0 || take_offset(text, &rule->standard) != 0)
		return -1;
	if (!text->length)
		return 0;
	rule->has_saving = true;
	rule->saving = rule->standard + 3600;
	if (take_name(text) != 0)
		return -1;
	if (text->length && text->data[0] != ',' && take_offset(text, &rule->saving) != 0)
		return -1;
	return take_change(text, &rule->start) != 0 || take_change(text, &rule->end) != 0 ? -1 : 0;
}

int time_zone_rule_parse(struct slice text, struct time_zone_rule *rule, struct error *error)
{
	struct slice rest = text;

	if (take_rule(&rest, rule) == 0 && !rest.length)
		return 0;
	return error_set(
	    error, "'%.*s' is not a rule for daylight saving", (int)(text.length < 60 ? text.length : 60), text.data);
}

static int weekday_of(int64_t days)
{
	// 1970-01-01 was a Thursday.
	return (int)(((days + 4) % 7 + 7) % 7);
}

static int64_t month_week_day(const struct time_zone_change *change, int64_t year)
{
	int64_t first = civil_days(year, change->month, 1);
	int day = 1 + (change->day - weekday_of(first) + 7) % 7 + (change->week - 1) * 7;

	if (day > civil_days_in_month(year, change->month))
		day -= 7;
	return first + day - 1;
}

static int64_t change_day(const struct time_zone_change *change, int64_t year)
{
	int64_t first = civil_days(year, 1, 1);

	switch (change->kind) {
	case TIME_ZONE_DAY_MONTH_WEEK:
		return month_week_day(change, year);
	case TIME_ZONE_DAY_NO_LEAP:
		return first + change->day - 1 + (change->day >= 60 && civil_days_in_month(year, 2) == 29);
	case TIME_ZONE_DAY_OF_YEAR:
		break;
	}
	return first + change->day;
}

int64_t time_zone_rule_start(const struct time_zone_rule *rule, int64_t year)
{
	return change_day(&rule->start, year) * SECONDS_PER_DAY + rule->start.time - rule->standard;
}

int64_t time_zone_rule_end(const struct time_zone_rule *rule, int64_t year)
{
	return change_day(&rule->end, year) * SECONDS_PER_DAY + rule->end.time - rule->saving;
}
