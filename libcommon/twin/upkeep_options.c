#include "twin/upkeep_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "twin/store_upkeep.h"

bool upkeep_is_asked(const struct upkeep_options *options)
{
	return options->retain.count || options->rebuild || options->compact || options->verify;
}

// [GLOB=]DUR. A glob may hold '=', a duration does not.
static int read_horizon(
    const char *text, const struct model *model, int64_t now, struct store_horizons *horizons, struct error *error)
{
	const char *equals = strrchr(text, '='), *duration = equals ? equals + 1 : text;
	struct error inner;
	int64_t kept, before;

	if (model_duration(model, slice_from_string(duration), &kept, &inner))
		return error_set(error, "option '--retain': %s", inner.message);
	if (kept < 0 || equals == text)
		return error_set(error, "option '--retain': '%s' is no [GLOB=]DUR", text);
	if (__builtin_sub_overflow(now, kept, &before))
		before = INT64_MIN + 1;
	char *glob = equals ? memory_dup_slice(slice_of(text, (size_t)(equals - text))) : memory_dup_string("*");

	store_horizons_add(horizons, glob, before);
	free(glob);
	return 0;
}

static int retain(const struct option_list *list, struct store *store, const struct model *model, const int64_t *now,
    struct error *error)
{
	struct store_horizons horizons = STORE_HORIZONS_INIT;
	int failed = 0;

	// Without a reading there is nothing that could be old.
	if (!now && !store->has_clock)
		now = &(int64_t){0};
	for (size_t i = 0; i < list->count && !failed; i++)
		failed = read_horizon(list->items[i], model, now ? *now : store->clock, &horizons, error);
	if (!failed)
		failed = store_retain(store, model, &horizons, error);
	store_horizons_release(&horizons);
	return failed;
}

int upkeep_run(const struct upkeep_options *options, struct store *store, const struct model *model, const int64_t *now,
    void (*report)(void *context, const char *message), void *context, struct error *error)
{
	size_t changed;

	if ((options->retain.count && retain(&options->retain, store, model, now, error)) ||
	    (options->rebuild && store_rebuild(store, model, &changed, error)) ||
	    (options->compact && store_compact(store, error)))
		return -1;
	return options->verify ? store_verify(store, model, report, context, error) : 0;
}
