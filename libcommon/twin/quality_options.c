#include "twin/quality_options.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "twin/quality_text.h"

// An option's name, its test, and where its texts are.
struct limit_option {
	const char *name;
	enum quality_test test;
	const struct option_list *list;
};

#define LIMIT_OPTIONS 5

static struct limit_option limit_option(const struct quality_options *options, size_t index)
{
	const struct limit_option all[LIMIT_OPTIONS] = {
	    {"range", QUALITY_RANGE, &options->range},
	    {"max-rate", QUALITY_RATE, &options->rate},
	    {"stuck", QUALITY_STUCK, &options->stuck},
	    {"spike", QUALITY_SPIKE, &options->spike},
	    {"interval", QUALITY_MISSING, &options->interval},
	};

	return all[index];
}

// At the first '=': the limits hold more of them.
static int split(const char *text, struct slice *glob, struct slice *limits, struct error *error)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return error_set(error, "'%.200s' is not PROPERTY=LIMIT", text);
	*glob = slice_of(text, (size_t)(equals - text));
	*limits = slice_from_string(equals + 1);
	return 0;
}

static int check_option(const struct limit_option *option, const struct model *model, struct error *error)
{
	struct quality_limits limits = {0};
	struct slice glob, text;
	struct error reason;

	for (size_t i = 0; i < option->list->count; i++)
		if (split(option->list->items[i], &glob, &text, &reason) < 0 ||
		    quality_text_parse(&limits, model, option->test, text, &reason) < 0)
			return error_set(error, "--%s: %.400s", option->name, reason.message);
	return 0;
}

static int choose(struct quality_options *options, struct slice name, struct error *error)
{
	unsigned all = QUALITY_BIT(QUALITY_TEST_COUNT) - 1;

	for (int test = 0; test < QUALITY_TEST_COUNT; test++) {
		if (!slice_is(name, quality_test_name((enum quality_test)test)))
			continue;
		options->chosen |= QUALITY_BIT(test);
		return 0;
	}
	if (slice_is(name, "all"))
		options->chosen |= all;
	else if (!slice_is(name, "none"))
		return error_set(error,
		    "--check: '%.*s' is none of range, rate, stuck, spike, attenuated, missing, duplicate, order, all, "
		    "none",
		    (int)name.length, name.data);
	return 0;
}

static int choose_all(struct quality_options *options, struct error *error)
{
	options->chosen = 0;
	for (size_t i = 0; i < options->tests.count; i++) {
		struct slice rest = slice_from_string(options->tests.items[i]);

		do {
			const char *comma = memchr(rest.data, ',', rest.length);
			size_t length = comma ? (size_t)(comma - rest.data) : rest.length;

			if (choose(options, slice_of(rest.data, length), error) < 0)
				return -1;
			rest = slice_skip(rest, length + 1);
		} while (rest.length);
	}
	return 0;
}

int quality_options_check(struct quality_options *options, const struct model *model, struct error *error)
{
	for (size_t i = 0; i < LIMIT_OPTIONS; i++) {
		struct limit_option option = limit_option(options, i);

		if (check_option(&option, model, error) < 0)
			return -1;
	}
	return choose_all(options, error);
}

void quality_options_release(struct quality_options *options)
{
	option_list_release(&options->range);
	option_list_release(&options->rate);
	option_list_release(&options->stuck);
	option_list_release(&options->spike);
	option_list_release(&options->interval);
	option_list_release(&options->tests);
}

static bool glob_fits(struct slice glob, const char *property)
{
	char *pattern = memory_dup_slice(glob);
	bool fits = fnmatch(pattern, property, 0) == 0;

	free(pattern);
	return fits;
}

static void apply(
    const struct limit_option *option, const struct model *model, const char *property, struct quality_limits *limits)
{
	struct slice glob, text;
	struct error ignored;

	for (size_t i = option->list->count; i-- > 0;)
		if (split(option->list->items[i], &glob, &text, &ignored) == 0 && glob_fits(glob, property)) {
			// It was read without an error before.
			if (quality_text_parse(limits, model, option->test, text, &ignored) < 0)
				quality_text_clear(limits, option->test);
			return;
		}
}

bool quality_options_limits(const struct quality_options *options, const struct model *model, struct slice entity_id,
    struct slice property, struct quality_limits *limits)
{
	const struct model_property *known = model_applies(model, entity_id) ? model_property(model, property) : NULL;
	unsigned unlimited = QUALITY_BIT(QUALITY_MISSING) | QUALITY_BIT(QUALITY_DUPLICATE) | QUALITY_BIT(QUALITY_ORDER);
	char *path = memory_dup_slice(property);

	*limits = known ? known->checks : (struct quality_limits){0};
	for (size_t i = 0; i < LIMIT_OPTIONS; i++) {
		struct limit_option option = limit_option(options, i);

		apply(&option, model, path, limits);
	}
	free(path);
	quality_limits_choose(limits);
	if (options->tests.count)
		limits->tests = (limits->tests & options->chosen) | (options->chosen & unlimited);
	return limits->tests;
}

bool quality_options_get(const struct quality_options *options, size_t index, struct quality_option *option)
{
	struct slice limits;
	struct error ignored;

	for (size_t i = 0; i < LIMIT_OPTIONS; i++) {
		struct limit_option limit = limit_option(options, i);

		if (index >= limit.list->count) {
			index -= limit.list->count;
			continue;
		}
		option->name = limit.name;
		return split(limit.list->items[index], &option->glob, &limits, &ignored) == 0;
	}
	return false;
}
