#include "twin/state_text.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "record/value.h"
#include "twin/about.h"
#include "twin/document.h"

void state_writer_init(struct state_writer *writer, const struct twin_set *set, const struct status_rules *rules)
{
	*writer = (struct state_writer){.set = set, .rules = *rules};
}

void state_writer_release(struct state_writer *writer)
{
	twin_view_release(&writer->view);
	delta_release(&writer->delta);
	free(writer->entries);
	arena_release(&writer->part);
}

// ,"name":
static void put_name(struct buffer *out, const char *name)
{
	if (out->length && out->data[out->length - 1] != '{')
		buffer_append_char(out, ',');
	buffer_append_char(out, '"');
	buffer_append_string(out, name);
	buffer_append_string(out, "\":");
}

static void put_string(struct buffer *out, const char *name, struct slice text)
{
	if (!text.length)
		return;
	put_name(out, name);
	json_append_string(out, text);
}

static void put_time(struct buffer *out, const char *name, int64_t nanoseconds)
{
	put_name(out, name);
	buffer_append_char(out, '"');
	timestamp_append(out, nanoseconds);
	buffer_append_char(out, '"');
}

static void put_count(struct buffer *out, const char *name, int64_t count)
{
	if (!count)
		return;
	put_name(out, name);
	buffer_printf(out, "%lld", (long long)count);
}

static void put_quality(struct buffer *out, const struct assignment *item)
{
	if (item->key.quality == 1)
		return;
	put_name(out, "quality");
	decimal_append_double(out, item->key.quality);
}

static void put_json(struct buffer *out, const char *name, struct slice json)
{
	if (!json.length)
		return;
	put_name(out, name);
	buffer_append_slice(out, json);
}

// {"type":"...","entity_id":"...","timestamp":"..."
static void begin_record(struct buffer *out, const char *type, struct slice entity_id, int64_t timestamp)
{
	buffer_append_char(out, '{');
	put_name(out, "type");
	buffer_append_char(out, '"');
	buffer_append_string(out, type);
	buffer_append_char(out, '"');
	put_name(out, "entity_id");
	json_append_string(out, entity_id);
	put_time(out, "timestamp", timestamp);
}

static void end_record(struct buffer *out)
{
	buffer_append(out, "}\n", 2);
}

void state_append_details(struct buffer *out, const struct assignment *item)
{
	put_count(out, "counter", item->key.counter);
	put_quality(out, item);
	put_string(out, "unit", item->tail.unit);
	put_string(out, "sensor_id", item->tail.sensor_id);
	put_count(out, "seq", item->tail.seq);
	put_string(out, "origin", item->origin);
	put_json(out, "ack", item->ack);
	put_json(out, "axis", item->axis);
	put_string(out, "command_id", item->tail.command_id);
	if (item->deadline != NO_DEADLINE)
		put_time(out, "deadline", item->deadline);
}

static void put_described(struct buffer *out, const struct assignment *item)
{
	put_time(out, "timestamp", item->key.timestamp);
	state_append_details(out, item);
}

static void put_last(struct buffer *out, const struct assignment *item)
{
	put_name(out, "last");
	buffer_append_char(out, '{');
	put_described(out, item);
	put_json(out, "value", item->tail.value);
	buffer_append_char(out, '}');
}

// One entry of metadata or desired_metadata: see twin-record(5). A value stands in it exactly where the document does not show it.
void state_append_entry(struct buffer *out, const struct view_entry *entry)
{
	const struct series *series = entry->series;
	bool shown = entry_is_shown(entry);
	bool only_last = series->kind == REGISTER_REPORTED && !entry->has_last;

	buffer_append_char(out, '{');
	if (entry->has_usable) {
		struct assignment item = register_assignment(series, &series->usable);

		if (!item.key.live) {
			put_described(out, &item);
			put_name(out, "deleted");
			buffer_append_string(out, "true");
		} else if (shown) {
			put_described(out, &item);
		} else if (only_last) {
			put_last(out, &item);
		} else {
			put_described(out, &item);
			put_json(out, "value", item.tail.value);
		}
	}
	if (entry->has_last) {
		struct assignment item = register_assignment(series, &series->last);

		put_last(out, &item);
	}
	buffer_append_char(out, '}');
}

// One member of metadata: a property, or a pointer into the state (with a leading slash).
struct state_entry {
	const char *prefix;
	struct slice path;
	const struct view_entry *entry; // NULL for the twin's delete
};

static int compare_entries(const void *a, const void *b)
{
	const struct state_entry *x = a, *y = b;
	bool x_own = x->prefix[0], y_own = y->prefix[0];

	// A leading slash sorts by itself: only a path that begins with a byte below '/' comes before it.
	if (x_own != y_own) {
		struct slice path = x_own ? y->path : x->path;
		bool before = path.length && (unsigned char)path.data[0] < '/';

		return x_own == before ? 1 : -1;
	}
	if (x_own && strcmp(x->prefix, y->prefix) != 0)
		return strcmp(x->prefix, y->prefix);
	return slice_compare(x->path, y->path);
}

static size_t gather(struct state_writer *writer, size_t count, const char *prefix, const struct view_list *list)
{
	writer->entries =
	    memory_grow(writer->entries, &writer->entry_capacity, count + list->count + 1, sizeof *writer->entries);
	for (size_t i = 0; i < list->count; i++)
		if (!list->entries[i].omitted)
			writer->entries[count++] = (struct state_entry){
			    .prefix = prefix, .path = series_path(list->entries[i].series), .entry = &list->entries[i]};
	return count;
}

static bool has_details(const struct assignment *item)
{
	return item->key.counter || item->key.quality != 1 || item->tail.sensor_id.length || item->tail.seq ||
	    item->origin.length;
}

static struct assignment tombstone_assignment(const struct twin *twin)
{
	const struct series whole = {.kind = REGISTER_TOMBSTONE, .twin = (struct twin *)(uintptr_t)twin};

	return register_assignment(&whole, &twin->tombstone);
}

static void put_entries(struct state_writer *writer, struct buffer *out, const char *name, size_t count)
{
	if (!count)
		return;
	qsort(writer->entries, count, sizeof *writer->entries, compare_entries);
	put_name(out, name);
	buffer_append_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		const struct state_entry *item = &writer->entries[i];
		struct buffer key = BUFFER_INIT;

		buffer_append_string(&key, item->prefix);
		buffer_append_slice(&key, item->path);
		if (i)
			buffer_append_char(out, ',');
		json_append_string(out, buffer_slice(&key));
		buffer_append_char(out, ':');
		buffer_release(&key);
		if (item->entry) {
			state_append_entry(out, item->entry);
		} else {
			struct assignment deleted = tombstone_assignment(writer->view.twin);

			buffer_append_char(out, '{');
			state_append_details(out, &deleted);
			buffer_append_char(out, '}');
		}
	}
	buffer_append_char(out, '}');
}

static void put_metadata(struct state_writer *writer, struct buffer *out)
{
	const struct twin_view *view = &writer->view;
	size_t count = gather(writer, 0, "", &view->kinds[REGISTER_REPORTED]);

	count = gather(writer, count, "/model", &view->kinds[REGISTER_MODEL]);
	count = gather(writer, count, "/relationships/", &view->kinds[REGISTER_RELATIONSHIP]);
	if (view->twin->tombstone.handle) {
		struct assignment deleted = tombstone_assignment(view->twin);

		if (has_details(&deleted))
			writer->entries[count++] = (struct state_entry){.prefix = "/deleted", .path = SLICE_EMPTY};
	}
	put_entries(writer, out, "metadata", count);
}

static bool is_written(const struct view_entry *entry)
{
	return entry_is_shown(entry) && !entry->omitted;
}

static bool shows_something(const struct view_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_written(&list->entries[i]))
			return true;
	return false;
}

static void put_document(struct buffer *out, const char *name, const struct view_list *list)
{
	struct document_writer document;

	put_name(out, name);
	document_begin(&document, out);
	for (size_t i = 0; i < list->count; i++) {
		if (!is_written(&list->entries[i]))
			continue;
		struct assignment item = register_assignment(list->entries[i].series, &list->entries[i].series->usable);

		document_put(&document, item.path, item.tail.value);
	}
	document_end(&document);
}

static const struct model *model_of(const struct state_writer *writer, const struct twin *twin)
{
	return model_applies(writer->rules.model, twin->entity_id) ? writer->rules.model : NULL;
}

static void put_delta(struct state_writer *writer, struct buffer *out)
{
	delta_compute(&writer->delta, &writer->view, model_of(writer, writer->view.twin));
	if (!writer->delta.count)
		return;
	put_name(out, "delta");
	delta_append_properties(out, &writer->delta);
}

// Members by the first segment of the path; with `nested`, what follows it is a member name by itself ("" when nothing does).
static void put_metrics(struct buffer *out, const char *name, const struct view_list *list, bool nested)
{
	struct slice open = SLICE_EMPTY;
	bool is_open = false;

	if (!shows_something(list))
		return;
	put_name(out, name);
	buffer_append_char(out, '{');
	for (size_t i = 0; i < list->count; i++) {
		if (list->entries[i].omitted)
			continue;
		struct assignment item = register_assignment(list->entries[i].series, &list->entries[i].series->usable);
		struct slice rest = item.path, first = SLICE_EMPTY;
		struct buffer decoded = BUFFER_INIT;

		property_path_next(&rest, &first);
		property_segment_decode(&decoded, first);
		if (!nested || !is_open || !slice_equal(open, first)) {
			buffer_append_string(out, is_open && nested ? "}," : is_open ? "," : "");
			json_append_string(out, buffer_slice(&decoded));
			buffer_append_string(out, nested ? ":{" : ":");
			is_open = true;
			open = first;
		} else {
			buffer_append_char(out, ',');
		}
		if (nested) {
			json_append_string(out, rest);
			buffer_append_char(out, ':');
		}
		buffer_append_slice(out, item.tail.value);
		buffer_release(&decoded);
	}
	buffer_append_string(out, nested ? "}}" : "}");
}

static void put_computed_metrics(struct buffer *out, const struct twin_view *view)
{
	if (!shows_something(&view->kinds[REGISTER_PREDICTION]) && !shows_something(&view->kinds[REGISTER_EVENT]))
		return;
	put_name(out, "computed_metrics");
	buffer_append_char(out, '{');
	put_metrics(out, "predictions", &view->kinds[REGISTER_PREDICTION], false);
	put_metrics(out, "events", &view->kinds[REGISTER_EVENT], true);
	buffer_append_char(out, '}');
}

static void put_model(struct buffer *out, const struct twin_view *view)
{
	const struct view_list *list = &view->kinds[REGISTER_MODEL];

	if (!list->count || !entry_is_shown(&list->entries[0]))
		return;
	struct assignment item = register_assignment(list->entries[0].series, &list->entries[0].series->usable);

	put_json(out, "model", item.tail.value);
}

static void put_registers(struct state_writer *writer, struct buffer *out, bool derived)
{
	const struct twin_view *view = &writer->view;

	if (view->twin->tombstone.handle)
		put_time(out, "deleted", view->twin->tombstone.key.timestamp);
	put_model(out, view);
	put_document(out, "properties", &view->kinds[REGISTER_REPORTED]);
	if (shows_something(&view->kinds[REGISTER_DESIRED]))
		put_document(out, "desired", &view->kinds[REGISTER_DESIRED]);
	if (derived)
		put_delta(writer, out);
	put_computed_metrics(out, view);
	if (shows_something(&view->kinds[REGISTER_RELATIONSHIP]))
		put_document(out, "relationships", &view->kinds[REGISTER_RELATIONSHIP]);
	if (derived) {
		// Of the whole twin, whatever is written of it.
		struct status status = status_of(view, &writer->rules);

		put_string(out, "sync_status", slice_from_string(sync_status_name(status.sync)));
		put_name(out, "confidence_score");
		decimal_append_double(out, status.confidence);
	}
	put_metadata(writer, out);
	put_entries(writer, out, "desired_metadata", gather(writer, 0, "", &view->kinds[REGISTER_DESIRED]));
	if (writer->has_at)
		put_time(out, "as_of", writer->at);
	if (writer->has_known_at)
		put_time(out, "known_at", writer->known_at);
}

// Whether there is anything of what is asked for.
static bool draw(struct state_writer *writer, const struct twin *twin)
{
	struct twin_view *view = &writer->view;
	bool is_left = twin->tombstone.handle; // the delete of a twin is about all that it had

	twin_view_draw(view, writer->set, twin);
	if (!writer->properties || !writer->properties->count)
		return true;
	for (int kind = 0; kind < REGISTER_KINDS; kind++) {
		struct view_list *list = &view->kinds[kind];

		// What kind of twin it is stays to be seen.
		for (size_t i = 0; i < list->count && kind != REGISTER_MODEL; i++) {
			list->entries[i].omitted =
			    !is_about(kind, series_path(list->entries[i].series), writer->properties);
			is_left |= !list->entries[i].omitted;
		}
	}
	return is_left;
}

// Nothing is alive: the deletes that are left, each as a record of its own.
static void append_remains(struct state_writer *writer, struct buffer *out)
{
	static const enum register_kind kinds[] = {REGISTER_REPORTED, REGISTER_DESIRED};
	const struct twin_view *view = &writer->view;

	if (view->twin->tombstone.handle) {
		struct assignment deleted = tombstone_assignment(view->twin);

		assignment_append_record(out, &deleted);
		buffer_append_char(out, '\n');
	}
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t count = gather(writer, 0, "", &view->kinds[kinds[k]]);

		if (count)
			qsort(writer->entries, count, sizeof *writer->entries, compare_entries);
		for (size_t i = 0; i < count; i++) {
			const struct series *series = writer->entries[i].entry->series;
			struct assignment item = register_assignment(series, &series->usable);

			assignment_append_record(out, &item);
			buffer_append_char(out, '\n');
		}
	}
}

static void append_view(struct state_writer *writer, struct buffer *out, const char *type, bool derived)
{
	const struct twin_view *view = &writer->view;

	begin_record(out, type, view->twin->entity_id, view->timestamp);
	if (derived)
		put_count(out, "revision", (int64_t)view->twin->revision);
	put_registers(writer, out, derived);
	end_record(out);
}

static void append_state(struct state_writer *writer, struct buffer *out, const struct twin *twin, bool derived)
{
	if (!draw(writer, twin))
		return;
	if (writer->view.is_alive)
		append_view(writer, out, "state", derived);
	else if (writer->view.has_anything)
		append_remains(writer, out);
}

void state_append(struct state_writer *writer, struct buffer *out, const struct twin *twin)
{
	append_state(writer, out, twin, true);
}

void state_append_registers(struct state_writer *writer, struct buffer *out, const struct twin *twin)
{
	append_state(writer, out, twin, false);
}

void state_append_change(struct state_writer *writer, struct buffer *out, const struct twin *twin,
    struct series *const *changed, size_t count, bool deleted)
{
	// The same twin with nothing but these registers; what hides them elsewhere does not matter to whoever joins them.
	struct twin part = {.entity_id = twin->entity_id};

	arena_reset(&writer->part);
	for (size_t i = 0; i < count; i++) {
		size_t size = sizeof(struct series) + changed[i]->entity_length + changed[i]->path_length;
		struct series *copy = memcpy(arena_new(&writer->part, size), changed[i], size);

		// What the twin's delete hides is not of the change, and would be there or not by the order of arrival.
		if (copy->last.handle == copy->usable.handle)
			copy->last.key = copy->usable.key;
		if (!register_stands(twin, &copy->last))
			copy->last.handle = NULL;
		if (!register_stands(twin, &copy->usable))
			copy->usable.handle = NULL;
		copy->twin = &part;
		copy->next = part.series;
		part.series = copy;
	}
	if (deleted)
		part.tombstone = twin->tombstone;
	twin_view_draw(&writer->view, writer->set, &part);
	append_view(writer, out, "change", false);
}

void state_append_delta(struct state_writer *writer, struct buffer *out, const struct twin *twin)
{
	struct delta *delta = &writer->delta;

	draw(writer, twin);
	delta_compute(delta, &writer->view, model_of(writer, twin));
	begin_record(out, "delta", twin->entity_id, writer->view.timestamp);
	put_name(out, "properties");
	delta_append_properties(out, delta);
	if (delta->count) {
		put_time(out, "since", delta->since);
		struct view_entry *entries = memory_new_zeroed(delta->count, sizeof *entries);

		for (size_t i = 0; i < delta->count; i++)
			entries[i] = (struct view_entry){.series = delta->unmet[i], .has_usable = true};
		struct view_list unmet = {.entries = entries, .count = delta->count};

		put_entries(writer, out, "metadata", gather(writer, 0, "", &unmet));
		free(entries);
	}
	end_record(out);
}
