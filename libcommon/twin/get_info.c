#include <stdlib.h>

#include "base/timestamp.h"
#include "record/value.h"
#include "twin/about.h"
#include "twin/get.h"
#include "twin/history.h"
#include "twin/state_text.h"
#include "twin/store_rest.h"

static void put_name(struct buffer *out, const char *name)
{
	if (out->data[out->length - 1] != '{')
		buffer_append_char(out, ',');
	buffer_printf(out, "\"%s\":", name);
}

static void put_count(struct buffer *out, const char *name, uint64_t count)
{
	put_name(out, name);
	buffer_printf(out, "%llu", (unsigned long long)count);
}

static void put_time(struct buffer *out, const char *name, int64_t nanoseconds)
{
	put_name(out, name);
	buffer_append_char(out, '"');
	timestamp_append(out, nanoseconds);
	buffer_append_char(out, '"');
}

static void begin(struct buffer *out, const struct slice *entity_id)
{
	buffer_reset(out);
	buffer_append_string(out, "{\"type\":\"summary\"");
	if (entity_id) {
		buffer_append_string(out, ",\"entity_id\":");
		json_append_string(out, *entity_id);
	}
	buffer_append_string(out, ",\"measures\":{");
}

static int end(struct get *get, struct buffer *out, struct error *error)
{
	buffer_append_string(out, "}}");
	return answers_add(&get->answers, GET_SUMMARY, buffer_slice(out), error);
}

static size_t count_shown(const struct get *get, const struct view_list *list, int kind)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += entry_is_shown(&list->entries[i]) &&
		    is_about(kind, series_path(list->entries[i].series), &get->question->properties);
	return count;
}

static int list_twin(
    struct get *get, struct twin_view *view, const struct twin *twin, struct buffer *text, struct error *error)
{
	twin_view_draw(view, &get->set, twin);
	size_t properties = count_shown(get, &view->kinds[REGISTER_REPORTED], REGISTER_REPORTED);
	size_t desired = count_shown(get, &view->kinds[REGISTER_DESIRED], REGISTER_DESIRED);

	if (get->question->properties.count && !properties && !desired)
		return 0;
	begin(text, &twin->entity_id);
	put_count(text, "properties", properties);
	put_count(text, "desired", desired);
	if (view->has_anything)
		put_time(text, "timestamp", view->timestamp);
	if (twin->revision)
		put_count(text, "revision", twin->revision);
	return end(get, text, error);
}

static const struct slice list_columns[] = {
    {"entity_id", 9}, {"properties", 10}, {"desired", 7}, {"timestamp", 9}, {"revision", 8}};

void get_list_columns(struct get *get)
{
	struct record_sink *sink = get->streams.emit.sinks[GET_SUMMARY];

	if (!sink || sink->format == OUTPUT_FORMAT_NDJSON || get->answers.options->count)
		return;
	columns_init(&get->answers.columns, sink, list_columns, sizeof list_columns / sizeof *list_columns);
	get->answers.has_columns = true;
}

int get_list(struct get *get, struct error *error)
{
	struct twin_view view = TWIN_VIEW_INIT;
	struct buffer text = BUFFER_INIT;
	int full = get_fold(get, error);
	size_t count;
	const struct twin **twins = get_sort_twins(get, &count);

	for (size_t i = 0; i < count && !full; i++)
		full = list_twin(get, &view, twins[i], &text, error);
	free(twins);
	twin_view_release(&view);
	buffer_release(&text);
	return full < 0 ? -1 : 0;
}

static int ask(struct store *store, const char *sql, int64_t *number, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int row = store_prepare(store, &statement, sql, error) ? -1 : store_step(store, statement, error);

	*number = row > 0 ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return row < 0 ? -1 : 0;
}

// Items of series of other kinds than readings: there are few of them as a rule.
static int count_others(struct get *get, struct history *history, uint64_t *count, struct error *error)
{
	struct store_series_choice choice = {.kinds = SERIES_ALL_KINDS & ~SERIES_KIND(REGISTER_REPORTED)};
	struct store_series_list series;
	struct history_item item;
	int got = store_series_read(&series, get->store, &choice, error);

	*count = 0;
	if (got == 0) {
		const struct history_range range = store_series_range(&series);
		struct history_cursor *cursor = history_cursor_open(history, &range, error);

		got = cursor ? 0 : -1;
		while (cursor && (got = history_cursor_next(cursor, &item, error)) > 0)
			++*count;
		history_cursor_close(cursor);
	}
	store_series_release(&series);
	return got < 0 ? -1 : 0;
}

static int put_history(struct get *get, struct buffer *text, struct error *error)
{
	struct history *history = history_new(get->store->database);
	struct history_totals totals;
	uint64_t others;

	history_set_join(history, store_rest_join, NULL);
	int failed = history_count(history, &totals, error) || count_others(get, history, &others, error);

	history_free(history);
	if (failed)
		return -1;
	put_count(text, "records", totals.items);
	put_count(text, "readings", totals.items - others);
	if (totals.items) {
		put_time(text, "oldest", totals.oldest);
		put_time(text, "newest", totals.newest);
		put_name(text, "bytes_per_record");
		buffer_printf(text, "%.2f", (double)totals.bytes / (double)totals.items);
	}
	return 0;
}

static int put_store(struct get *get, struct buffer *text, struct error *error)
{
	struct store *store = get->store;
	int64_t twins, properties, pages, page_size, models, sources;

	if (ask(store, "SELECT count(*) FROM twins WHERE state <> ''", &twins, error) ||
	    ask(store,
		store->has_history ? "SELECT count(*) FROM series WHERE kind = 0" : "SELECT count(*) FROM properties",
		&properties, error) ||
	    ask(store, "PRAGMA page_count", &pages, error) || ask(store, "PRAGMA page_size", &page_size, error) ||
	    ask(store, "SELECT count(*) FROM models", &models, error) ||
	    ask(store, "SELECT count(*) FROM sources", &sources, error))
		return -1;
	put_count(text, "twins", (uint64_t)twins);
	put_count(text, "properties", (uint64_t)properties);
	put_count(text, "revision", store->revision);
	put_count(text, "commits", store->commits);
	if (store->has_clock)
		put_time(text, "clock", store->clock);
	if (store->has_history && put_history(get, text, error))
		return -1;
	put_count(text, "bytes", (uint64_t)(pages * page_size));
	put_count(text, "models", (uint64_t)models);
	put_count(text, "sources", (uint64_t)sources);
	return 0;
}

static int put_records(struct get *get, struct buffer *text, struct error *error)
{
	size_t properties = 0;

	if (get_fold(get, error))
		return -1;
	for (size_t i = 0; i < get->set.entities.count; i++)
		for (const struct series *series = get->set.twins[i]->series; series; series = series->next)
			properties += series->kind == REGISTER_REPORTED;
	put_count(text, "twins", get->set.entities.count);
	put_count(text, "properties", properties);
	if (get->set.has_clock)
		put_time(text, "clock", get->set.clock);
	return 0;
}

int get_info(struct get *get, struct error *error)
{
	struct buffer text = BUFFER_INIT;

	begin(&text, NULL);
	int failed =
	    (get->store ? put_store(get, &text, error) : put_records(get, &text, error)) || end(get, &text, error) < 0;

	buffer_release(&text);
	return failed ? -1 : 0;
}
