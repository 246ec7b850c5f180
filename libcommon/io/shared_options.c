#include "io/shared_options.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/timestamp.h"

void select_options_check(const struct select_options *select)
{
	if (select->from.given && select->to.given && select->from.nanoseconds >= select->to.nanoseconds)
		option_usage_error("--from is not before --to: nothing lies between them");
}

void select_options_release(struct select_options *select)
{
	option_list_release(&select->entities);
	option_list_release(&select->properties);
}

void explain_zone(const struct time_settings *settings)
{
	message_print("zone of times in options: %s", settings->zone ? time_zone_name(settings->zone) : "UTC");
}

void explain_clock(const struct time_settings *settings)
{
	char now[TIMESTAMP_TEXT_SIZE];

	if (settings->has_now && !settings->live)
		message_print("clock: %.*s (--now)", (int)timestamp_format(now, settings->now), now);
	else
		message_print("clock: %s", settings->live ? "the machine's" : "the newest reading");
}

static enum output_format terminal_format(void)
{
	const char *wish = getenv("TWIN_FORMAT");

	if (!wish || !*wish || strcmp(wish, "auto") == 0 || strcmp(wish, "table") == 0)
		return OUTPUT_FORMAT_TABLE;
	if (strcmp(wish, "ndjson") == 0)
		return OUTPUT_FORMAT_NDJSON;
	if (strcmp(wish, "csv") == 0)
		return OUTPUT_FORMAT_CSV;
	option_usage_error("TWIN_FORMAT: '%s' is none of: auto, table, ndjson, csv", wish);
}

enum output_format output_options_format(const struct output_options *output)
{
	if (output->format != OUTPUT_FORMAT_AUTO)
		return (enum output_format)output->format;
	if ((output->path && strcmp(output->path, "-") != 0) || !isatty(STDOUT_FILENO))
		return OUTPUT_FORMAT_NDJSON;
	return terminal_format();
}

bool globs_are_names(const struct option_list *globs)
{
	for (size_t i = 0; i < globs->count; i++)
		if (strpbrk(globs->items[i], "*?[\\"))
			return false;
	return globs->count;
}

// fnmatch needs a terminator; ids are short as a rule.
bool globs_match(const struct option_list *globs, struct slice text)
{
	char room[256];
	char *copy = text.length < sizeof room ? room : memory_new(text.length + 1);
	bool found = !globs->count;

	if (text.length)
		memcpy(copy, text.data, text.length);
	copy[text.length] = '\0';
	for (size_t i = 0; i < globs->count && !found; i++)
		found = slice_is(text, globs->items[i]) || fnmatch(globs->items[i], copy, 0) == 0;
	if (copy != room)
		free(copy);
	return found;
}

bool select_options_have_time(const struct select_options *select, int64_t timestamp)
{
	return (!select->from.given || timestamp >= select->from.nanoseconds) &&
	    (!select->to.given || timestamp < select->to.nanoseconds);
}

const char *store_option_path(const char *given)
{
	const char *named = given ? given : getenv("TWIN_STORE");

	return named && *named ? named : NULL;
}
