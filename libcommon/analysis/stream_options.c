#include "analysis/stream_options.h"

#include <string.h>

#include "analysis/stream_report.h"
#include "record/property_path.h"

const char *const stream_types[] = {"reading", "event", NULL};
const char *const stream_aligns[] = {"none", "start", "offset", NULL};

enum { TYPE_READING, TYPE_EVENT };

static void check_relative(const struct stream_tolerance *tolerance, bool large, const char *option)
{
	if (!large && stream_tolerance_relative(tolerance) >= 1)
		option_usage_error(
		    "option '%s': a relative tolerance of 1 or more makes everything equal: if it is meant, --large",
		    option);
}

// --atol and --rtol together are "ABS,REL".
static void read_fallback(struct stream_exactness *exactness)
{
	struct buffer text = BUFFER_INIT;
	struct error error;

	if (!exactness->absolute && !exactness->relative)
		return;
	buffer_printf(&text, "%s%s%s", exactness->absolute ? exactness->absolute : "0", exactness->relative ? "," : "",
	    exactness->relative ? exactness->relative : "");
	if (stream_tolerance_parse(&exactness->read.fallback, buffer_slice(&text), &error))
		option_usage_error("options '--atol' and '--rtol': %s", error.message);
	if (exactness->read.fallback.deviations > 0)
		option_usage_error("options '--atol' and '--rtol' are numbers: deviations are for --tolerance");
	check_relative(&exactness->read.fallback, exactness->large, "--rtol");
	buffer_release(&text);
}

void stream_options_check(const struct stream_options *options, struct stream_exactness *exactness)
{
	struct error error;

	for (size_t i = 0; i < exactness->tolerances->count; i++)
		if (stream_tolerances_add(&exactness->read, exactness->tolerances->items[i], &error))
			option_usage_error("option '--tolerance': %s", error.message);
	for (size_t i = 0; i < exactness->read.count; i++)
		check_relative(&exactness->read.rules[i].tolerance, exactness->large, "--tolerance");
	read_fallback(exactness);
	bool in_deviations = stream_tolerances_need_baseline(&exactness->read);

	if (in_deviations && !options->baseline)
		option_usage_error("a tolerance in sd needs --baseline: how long all was well at first");
	if (options->anchors.count && (options->type == TYPE_EVENT || options->baseline || in_deviations))
		option_usage_error(
		    "--anchor compares readings at one point: --type event and --baseline do not go with it");
}

static bool has_rule(const struct stream_tolerances *tolerances, struct slice path)
{
	for (size_t i = 0; i < tolerances->count; i++)
		if (slice_equal(tolerances->rules[i].path, path) ||
		    property_path_is_under(path, tolerances->rules[i].path))
			return true;
	return false;
}

static struct stream_tolerance find_tolerance(const void *context, struct slice entity, struct slice path)
{
	const struct stream_exactness *exactness = context;
	const struct model_property *property =
	    model_applies(exactness->model, entity) ? model_property(exactness->model, path) : NULL;

	if (!property || has_rule(&exactness->read, path) || (property->absolute == 0 && property->relative == 0))
		return stream_tolerances_find(&exactness->read, path);
	return stream_tolerance_of(property->absolute, property->relative);
}

enum exit_status stream_options_run(const struct stream_options *options, const struct stream_exactness *exactness,
    const struct option_list *only, const struct option_list *ignored, struct record_streams *streams, bool text,
    const struct stream_comparison_sinks *sinks, bool (*wants)(void *context, const struct record *record),
    void *context)
{
	const struct stream_comparison_options comparing = {
	    .within = options->within,
	    .tolerance = find_tolerance,
	    .context = exactness,
	    .baseline = options->baseline,
	    .sustain = (uint64_t)options->sustain,
	    .align = (enum stream_align)options->align,
	    .whole = options->to_end,
	    .events = options->type == TYPE_EVENT,
	    .anchors = options->anchors.items,
	    .anchor_count = options->anchors.count,
	    .only = only->items,
	    .only_count = only->count,
	    .ignored = ignored->items,
	    .ignored_count = ignored->count,
	    .memory = (size_t)options->memory,
	};
	struct stream_comparison comparison;

	stream_comparison_init(&comparison, &comparing, text);
	enum exit_status status = compare_streams(&comparison, streams, wants, context, sinks);

	if (text && status != STATUS_TROUBLE)
		stream_report_append_text(&streams->emit.main_output.buffer, &comparison);
	record_streams_flush(streams);
	stream_comparison_release(&comparison);
	return status;
}
