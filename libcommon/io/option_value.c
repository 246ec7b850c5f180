// From the text of one option's argument to its typed target.
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/duration.h"
#include "base/memory.h"
#include "base/slice.h"
#include "io/option_parts.h"

// Reads digits at *text, moving it behind them. -1 when there is none or the number is too large.
static int read_digits(const char **text, int64_t *number)
{
	const char *p = *text;
	int64_t n = 0;

	if (*p < '0' || *p > '9')
		return -1;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *p - '0', &n))
			return -1;
	*text = p;
	*number = n;
	return 0;
}

static int check_bounds(const struct option_spec *spec, int64_t number, const char *text, struct error *error)
{
	if (spec->minimum == 0 && spec->maximum == 0)
		return number >= 0 ? 0 : error_set(error, "'%s' is below 0", text);
	if (number < spec->minimum)
		return error_set(error, "'%s' is too small", text);
	// A lower bound alone is common: no maximum means none.
	if (spec->maximum > spec->minimum && number > spec->maximum)
		return error_set(error, "'%s' is too large", text);
	return 0;
}

static int convert_count(const struct option_spec *spec, const char *text, struct error *error)
{
	const char *p = text + (*text == '-');
	int64_t number;

	if (read_digits(&p, &number) || *p)
		return error_set(error, "'%s' is no whole number%s", text,
		    strspn(text, "0123456789") == strlen(text) && *text ? " that fits 63 bits" : "");
	if (*text == '-')
		number = -number;
	if (check_bounds(spec, number, text, error))
		return -1;
	*(int64_t *)spec->target = number;
	return 0;
}

static int convert_size(const struct option_spec *spec, const char *text, struct error *error)
{
	static const char units[] = "KMGT";
	const char *p = text, *unit;
	int64_t number;

	if (read_digits(&p, &number))
		return error_set(error, "'%s' is no size such as 4096, 512K, 64M or 1G", text);
	if (*p && (unit = strchr(units, *p == 'k' ? 'K' : *p))) {
		if (__builtin_mul_overflow(number, INT64_C(1) << 10 * (unit - units + 1), &number))
			return error_set(error, "'%s' is too large", text);
		p++;
	}
	if (*p)
		return error_set(error, "'%s' is no size such as 4096, 512K, 64M or 1G", text);
	if (check_bounds(spec, number, text, error))
		return -1;
	*(int64_t *)spec->target = number;
	return 0;
}

static int convert_duration(const struct option_spec *spec, const char *text, struct error *error)
{
	int64_t length;

	if (duration_parse(slice_from_string(text), &length, error) || check_bounds(spec, length, text, error))
		return -1;
	*(int64_t *)spec->target = length;
	return 0;
}

// strtod alone would take leading blanks, hexadecimal, "inf" and "nan".
static int convert_number(const struct option_spec *spec, const char *text, struct error *error)
{
	char *end;
	double number;

	if (!*text || text[strspn(text, "0123456789+-.eE")])
		return error_set(error, "'%s' is no number", text);
	errno = 0;
	number = strtod(text, &end);
	if (*end || end == text)
		return error_set(error, "'%s' is no number", text);
	if (isinf(number))
		return error_set(error, "'%s' is too large", text);
	if (spec->minimum || spec->maximum) {
		if (number < (double)spec->minimum)
			return error_set(error, "'%s' is too small", text);
		if (spec->maximum > spec->minimum && number > (double)spec->maximum)
			return error_set(error, "'%s' is too large", text);
	}
	*(double *)spec->target = number;
	return 0;
}

static int choice_error(const struct option_spec *spec, const char *text, const char *what, struct error *error)
{
	struct buffer names = BUFFER_INIT;

	for (size_t i = 0; spec->choices[i]; i++)
		buffer_printf(&names, "%s%s", i ? ", " : "", spec->choices[i]);
	error_set(error, "'%s' is %s: %s", text, what, buffer_string(&names));
	buffer_release(&names);
	return -1;
}

static int convert_choice(const struct option_spec *spec, const char *text, struct error *error)
{
	size_t length = strlen(text), matches = 0;
	int found = -1;

	for (int i = 0; spec->choices[i]; i++) {
		if (strncmp(spec->choices[i], text, length) != 0)
			continue;
		found = i;
		matches++;
		if (!spec->choices[i][length]) {
			matches = 1;
			break;
		}
	}
	if (matches != 1 || !length)
		return choice_error(spec, text, matches && length ? "ambiguous, write one of" : "none of", error);
	*(int *)spec->target = found;
	return 0;
}

static int convert_zone(const struct option_spec *spec, const char *text, struct error *error)
{
	struct time_zone **target = spec->target;
	struct time_zone *zone = time_zone_new(slice_from_string(text), error);

	if (!zone)
		return -1;
	time_zone_free(*target);
	*target = zone;
	return 0;
}

static void append_item(struct option_list *list, const char *text)
{
	list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] = text;
}

int option_convert(const struct option_spec *spec, const char *text, struct error *error)
{
	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)spec->target = true;
		return 0;
	case OPTION_FILE:
		if (!*text)
			return error_set(error, "the name is empty");
		*(const char **)spec->target = text;
		return 0;
	case OPTION_TEXT:
		*(const char **)spec->target = text;
		return 0;
	case OPTION_LIST:
		append_item(spec->target, text);
		return 0;
	case OPTION_CHOICE:
		return convert_choice(spec, text, error);
	case OPTION_COUNT:
		return convert_count(spec, text, error);
	case OPTION_SIZE:
		return convert_size(spec, text, error);
	case OPTION_DURATION:
		return convert_duration(spec, text, error);
	case OPTION_NUMBER:
		return convert_number(spec, text, error);
	case OPTION_ZONE:
		return convert_zone(spec, text, error);
	default:
		return error_set(error, "takes no argument");
	}
}

int option_convert_time(
    const struct option_spec *spec, const char *text, const struct time_context *context, struct error *error)
{
	struct time_settings *settings = spec->target;
	struct option_time *time = spec->target;

	if (spec->kind == OPTION_TIME) {
		if (time_option_parse(slice_from_string(text), context, &time->nanoseconds, error))
			return -1;
		time->given = true;
		return 0;
	}
	settings->live = strcmp(text, "live") == 0;
	if (settings->live)
		settings->now = time_machine_now();
	else if (time_option_parse(slice_from_string(text), context, &settings->now, error))
		return -1;
	settings->has_now = true;
	return 0;
}

void option_list_release(struct option_list *list)
{
	free(list->items);
	*list = (struct option_list){NULL, 0, 0};
}

struct time_context time_settings_context(const struct time_settings *settings)
{
	return (struct time_context){.zone = settings->zone, .has_now = settings->has_now, .now = settings->now};
}

void time_settings_release(struct time_settings *settings)
{
	time_zone_free(settings->zone);
	settings->zone = NULL;
}
