#include "twin/status.h"

#include <math.h>

#define STALE_INTERVALS 4

const char *sync_status_name(enum sync_status sync)
{
	static const char *const names[] = {"error", "initializing", "unknown", "stale", "synchronized"};

	return names[sync];
}

void status_intervals(const struct status_rules *rules, const struct model *model, struct slice path, int64_t *interval,
    int64_t *stale_after)
{
	const struct model_property *property = model_property(model, path);

	*interval = property ? property->interval : 0;
	*stale_after = rules->stale_after ? rules->stale_after : property ? property->stale_after : 0;
	if (!*interval)
		*interval = *stale_after / STALE_INTERVALS;
}

// What is known of one twin while its properties are gone through.
struct tally {
	const struct status_rules *rules;
	const struct model *model;
	bool error, initializing, has_interval, stale, has_score;
	double confidence;
};

static void lower_confidence(struct tally *tally, double confidence)
{
	if (!tally->has_score || confidence < tally->confidence)
		tally->confidence = confidence;
	tally->has_score = true;
}

// Difference of two instants, which may be further apart than int64 reaches.
static double age_of(const struct status_rules *rules, int64_t timestamp)
{
	return rules->has_clock ? (double)((__int128)rules->clock - timestamp) : 0;
}

static double confidence_of(double quality, double age, double interval)
{
	return interval <= 0 || age <= interval ? quality : quality * exp2(-(age - interval) / (2 * interval));
}

static void add_required(struct tally *tally, const struct view_entry *entry, double age, int64_t interval)
{
	bool usable = entry && entry_is_shown(entry);

	tally->error |= entry && entry->has_last && !reading_is_usable(&entry->series->last.key);
	tally->initializing |= !usable;
	lower_confidence(tally, usable ? confidence_of(entry->series->usable.key.quality, age, (double)interval) : 0);
}

static bool is_required(const struct tally *tally, struct slice path)
{
	const struct model_property *property = model_property(tally->model, path);

	return !tally->model || !tally->model->has_required || (property && property->required);
}

// A property that was deleted, or that another path hides, is none.
static bool is_property(const struct view_entry *entry)
{
	return entry_is_shown(entry) || (!entry->has_usable && entry->has_last) ||
	    (entry->has_usable && !entry->hidden && entry->has_last);
}

static void add_entry(struct tally *tally, const struct view_entry *entry)
{
	int64_t interval, stale_after;
	double age = entry->has_usable ? age_of(tally->rules, entry->series->usable.key.timestamp) : 0;

	if (!is_property(entry))
		return;
	status_intervals(tally->rules, tally->model, series_path(entry->series), &interval, &stale_after);
	tally->has_interval |= stale_after > 0;
	tally->stale |= stale_after > 0 && entry_is_shown(entry) && age > (double)stale_after;
	if (is_required(tally, series_path(entry->series)))
		add_required(tally, entry, age, interval);
}

// Required properties of which nothing was ever heard.
static void add_missing(struct tally *tally, const struct view_list *reported)
{
	const struct model *model = tally->model;

	for (size_t i = 0; model && i < model->paths.count; i++) {
		if (!model->properties[i].required)
			continue;
		const struct view_entry *entry = view_list_find(reported, model->properties[i].path);

		tally->has_interval |= model->properties[i].stale_after > 0;
		if (!entry || !is_property(entry))
			add_required(tally, NULL, 0, 0);
	}
}

struct status status_of(const struct twin_view *view, const struct status_rules *rules)
{
	const struct view_list *reported = &view->kinds[REGISTER_REPORTED];
	struct tally tally = {.rules = rules};

	if (model_applies(rules->model, view->twin->entity_id))
		tally.model = rules->model;
	for (size_t i = 0; i < reported->count; i++)
		add_entry(&tally, &reported->entries[i]);
	add_missing(&tally, reported);
	tally.has_interval |= rules->stale_after > 0;
	struct status status = {.confidence = tally.has_score ? tally.confidence : 0};

	status.sync = tally.error ? SYNC_ERROR
	    : tally.initializing  ? SYNC_INITIALIZING
	    : !tally.has_interval ? SYNC_UNKNOWN
	    : tally.stale         ? SYNC_STALE
				  : SYNC_SYNCHRONIZED;
	return status;
}
