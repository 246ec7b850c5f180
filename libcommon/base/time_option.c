#include "base/time_option.h"

#include <time.h>

#include "base/duration.h"
#include "base/timestamp.h"

#define OUT_OF_REACH "it is outside 1677-09-21 to 2262-04-11"

static bool take_word(struct slice *text, struct slice word)
{
	if (!slice_starts_with(*text, word))
		return false;
	*text = slice_skip(*text, word.length);
	return true;
}

static int resolve(const struct time_context *context, const struct civil_time *civil, struct local_time_result *result,
    struct error *error)
{
	if (context->zone)
		return time_zone_resolve(context->zone, civil, result, error);
	result->kind = LOCAL_TIME_UNIQUE;
	return civil_to_timestamp(civil, &result->nanoseconds, error);
}

static int set_two_instants(
    struct error *error, const char *what, const struct time_zone *zone, int64_t first, int64_t second)
{
	char one[TIMESTAMP_TEXT_SIZE], two[TIMESTAMP_TEXT_SIZE];
	int one_length = (int)timestamp_format(one, first), two_length = (int)timestamp_format(two, second);

	return error_set(error, "%s in %s when the clocks change: write %.*s or %.*s", what, time_zone_name(zone),
	    one_length, one, two_length, two);
}

// The text can be read with the offset before the gap, which gives the later instant, or with the one after it.
static int set_gap(struct error *error, const struct time_zone *zone, const struct local_time_result *result)
{
	int64_t change = result->transition_nanoseconds, other;
	int64_t width =
	    (int64_t)time_zone_offset(zone, change) - time_zone_offset(zone, change - (change > TIMESTAMP_MIN));

	if (__builtin_sub_overflow(result->nanoseconds, width * NANOSECONDS_PER_SECOND, &other))
		other = TIMESTAMP_MIN;
	return set_two_instants(error, "it is skipped", zone, other, result->nanoseconds);
}

static int resolve_exactly(
    const struct time_context *context, const struct civil_time *civil, int64_t *nanoseconds, struct error *error)
{
	struct local_time_result result;

	if (resolve(context, civil, &result, error) != 0)
		return -1;
	*nanoseconds = result.nanoseconds;
	switch (result.kind) {
	case LOCAL_TIME_GAP:
		return set_gap(error, context->zone, &result);
	case LOCAL_TIME_FOLD:
		return set_two_instants(
		    error, "it comes twice", context->zone, result.nanoseconds, result.later_nanoseconds);
	case LOCAL_TIME_UNIQUE:
		break;
	}
	return 0;
}

static struct civil_time civil_in_zone(const struct time_zone *zone, int64_t nanoseconds)
{
	int64_t seconds = nanoseconds / NANOSECONDS_PER_SECOND - (nanoseconds % NANOSECONDS_PER_SECOND < 0);

	return civil_from_seconds(seconds + (zone ? time_zone_offset(zone, nanoseconds) : 0));
}

// civil is a midnight. In a gap the day begins with the change, unless the whole day is skipped (30 December 2011 in
// Apia).
static int resolve_day(
    const struct time_context *context, const struct civil_time *civil, int64_t *nanoseconds, struct error *error)
{
	struct local_time_result result;
	struct civil_time begin;

	if (resolve(context, civil, &result, error) != 0)
		return -1;
	*nanoseconds = result.nanoseconds;
	if (result.kind != LOCAL_TIME_GAP)
		return 0;
	*nanoseconds = result.transition_nanoseconds;
	begin = civil_in_zone(context->zone, *nanoseconds);
	return begin.day == civil->day ? 0 : set_gap(error, context->zone, &result);
}

static int parse_date(struct slice text, const struct time_context *context, int64_t *nanoseconds, struct error *error)
{
	struct civil_time civil = {.hour = 0};
	int32_t offset;

	if (civil_take_date(&text, &civil, error) != 0)
		return -1;
	if (!text.length)
		return resolve_day(context, &civil, nanoseconds, error);
	if (text.data[0] != ' ' && text.data[0] != 'T' && text.data[0] != 't')
		return error_set(error, "only 'T' or a blank and a time of day can follow the date");
	text = slice_skip(text, 1);
	if (civil_take_clock(&text, CIVIL_CLOCK_MINUTES, &civil, error) != 0)
		return -1;
	if (!text.length)
		return resolve_exactly(context, &civil, nanoseconds, error);
	if (civil_take_offset(&text, &offset, error) != 0)
		return -1;
	if (text.length)
		return error_set(error, "something follows the offset");
	return civil_at_offset(&civil, offset, nanoseconds, error);
}

static int parse_day_word(
    struct slice text, int days, const struct time_context *context, int64_t *nanoseconds, struct error *error)
{
	struct civil_time civil;

	if (!context->has_now)
		return error_set(error, "it needs a clock: give --now");
	civil = civil_in_zone(context->zone, context->now);
	civil = civil_from_seconds((civil_days(civil.year, civil.month, civil.day) + days) * SECONDS_PER_DAY);
	if (!text.length)
		return resolve_day(context, &civil, nanoseconds, error);
	if (text.data[0] != ' ')
		return error_set(error, "only a blank and a time of day can follow the day");
	text = slice_skip(text, 1);
	if (civil_take_clock(&text, CIVIL_CLOCK_MINUTES, &civil, error) != 0)
		return -1;
	if (text.length)
		return error_set(
		    error, "something follows the time of day (hh:mm or hh:mm:ss, in the zone that is set)");
	return resolve_exactly(context, &civil, nanoseconds, error);
}

static int parse_now(struct slice text, const struct time_context *context, int64_t *nanoseconds, struct error *error)
{
	int64_t length = 0;
	bool back, forth;

	if (!context->has_now)
		return error_set(error, "it needs a clock: give --now");
	*nanoseconds = context->now;
	if (!text.length)
		return 0;
	back = take_word(&text, SLICE_LITERAL("-"));
	forth = !back && take_word(&text, SLICE_LITERAL("+"));
	if (!(back || forth) || !text.length || text.data[0] == '-')
		return error_set(error, "behind now goes + or - and a duration, as in now-2h");
	if (duration_parse(text, &length, error) != 0)
		return -1;
	if (back ? __builtin_sub_overflow(context->now, length, nanoseconds)
		 : __builtin_add_overflow(context->now, length, nanoseconds))
		return error_set(error, OUT_OF_REACH);
	return 0;
}

static bool is_digit(struct slice text)
{
	return text.length && text.data[0] >= '0' && text.data[0] <= '9';
}

// Else it is another form (10:20, 01.03.2026, 1772366400), and no date with a slip in it.
static bool begins_with_year(struct slice text)
{
	for (size_t i = 0; i < 4; i++)
		if (!is_digit(slice_skip(text, i)))
			return false;
	return text.length > 4 && text.data[4] == '-';
}

static int take_decimals(struct slice *text, int64_t *nanosecond, struct error *error)
{
	int64_t unit = NANOSECONDS_PER_SECOND;

	if (!is_digit(*text))
		return error_set(error, "there is no digit behind the point");
	for (*nanosecond = 0; is_digit(*text); *text = slice_skip(*text, 1)) {
		if (unit == 1)
			return error_set(error, "it has more than nine decimals");
		unit /= 10;
		*nanosecond += (text->data[0] - '0') * unit;
	}
	return 0;
}

// Behind the '@'. The sign holds for the decimals too: @-1.5 is one and a half second before 1970.
static int parse_epoch(struct slice text, int64_t *nanoseconds, struct error *error)
{
	bool negative = take_word(&text, SLICE_LITERAL("-"));
	int64_t seconds = 0, nanosecond = 0;
	__int128 total;

	if (!is_digit(text))
		return error_set(error, "behind '@' go seconds since 1970");
	for (; is_digit(text); text = slice_skip(text, 1)) {
		seconds = seconds * 10 + (text.data[0] - '0');
		if (seconds > TIMESTAMP_MAX / NANOSECONDS_PER_SECOND)
			return error_set(error, OUT_OF_REACH " (@EPOCH counts seconds)");
	}
	if (take_word(&text, SLICE_LITERAL(".")) && take_decimals(&text, &nanosecond, error) != 0)
		return -1;
	if (text.length)
		return error_set(error, "something follows the seconds");
	total = (__int128)seconds * NANOSECONDS_PER_SECOND + nanosecond;
	total = negative ? -total : total;
	if (total < TIMESTAMP_MIN || total > TIMESTAMP_MAX)
		return error_set(error, OUT_OF_REACH);
	*nanoseconds = (int64_t)total;
	return 0;
}

static int parse_form(struct slice text, const struct time_context *context, int64_t *nanoseconds, struct error *error)
{
	if (take_word(&text, SLICE_LITERAL("@")))
		return parse_epoch(text, nanoseconds, error);
	if (take_word(&text, SLICE_LITERAL("now")))
		return parse_now(text, context, nanoseconds, error);
	if (take_word(&text, SLICE_LITERAL("today")))
		return parse_day_word(text, 0, context, nanoseconds, error);
	if (take_word(&text, SLICE_LITERAL("yesterday")))
		return parse_day_word(text, -1, context, nanoseconds, error);
	if (take_word(&text, SLICE_LITERAL("tomorrow")))
		return parse_day_word(text, 1, context, nanoseconds, error);
	if (begins_with_year(text))
		return parse_date(text, context, nanoseconds, error);
	return error_set(error, "write 2026-03-01T12:00:00Z, 2026-03-01, @EPOCH, now-2h or yesterday 03:12");
}

int time_option_parse(struct slice text, const struct time_context *context, int64_t *nanoseconds, struct error *error)
{
	struct error why;

	if (parse_form(text, context, nanoseconds, &why) == 0)
		return 0;
	return error_set(error, "time '%.*s': %s", (int)(text.length < 60 ? text.length : 60), text.data, why.message);
}

int64_t time_machine_now(void)
{
	struct timespec now;
	int64_t nanoseconds;

	clock_gettime(CLOCK_REALTIME, &now);
	if (timestamp_scale(now.tv_sec, NANOSECONDS_PER_SECOND, &nanoseconds) != 0 ||
	    __builtin_add_overflow(nanoseconds, now.tv_nsec, &nanoseconds))
		return now.tv_sec < 0 ? TIMESTAMP_MIN : TIMESTAMP_MAX;
	return nanoseconds;
}
