#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/time_option.h"
#include "base/timestamp.h"
#include "twin/sync_parts.h"

const char *const sync_emit_types[] = {"state", "change", "delta", "event", "refused", "rejected", NULL};

const char *const sync_reason_names[] = {
    [REASON_STALE] = "stale",
    [REASON_OUTRANKED] = "outranked",
    [REASON_DUPLICATE] = "duplicate",
    [REASON_CONFLICT] = "conflict",
    [REASON_FUTURE] = "future",
    [REASON_UNKNOWN_ENTITY] = "unknown-entity",
    [REASON_WRONG_TYPE] = "wrong-type",
    [REASON_OUT_OF_RANGE] = "out-of-range",
};

struct status_rules sync_current_rules(const struct sync *sync)
{
	struct status_rules rules = sync->rules;

	if (sync->live) {
		rules.has_clock = true;
		rules.clock = time_machine_now();
	} else if (!rules.has_clock && sync->set.has_clock) {
		rules.has_clock = true;
		rules.clock = sync->set.clock;
	}
	return rules;
}

void sync_write_states(struct sync *sync)
{
	struct record_sink *sink = sync->emit->sinks[SYNC_EMIT_STATE];
	size_t count;

	if (!sink || !sync->set.entities.count)
		return;
	const struct twin **twins = twin_set_sorted(&sync->set, &count);

	sync->writer.rules = sync_current_rules(sync);
	for (size_t i = 0; i < count; i++) {
		if (sync->has_store && !twins[i]->is_touched)
			continue;
		buffer_reset(&sync->text);
		state_append(&sync->writer, &sync->text, twins[i]);
		record_sink_write_lines(sink, buffer_slice(&sync->text));
	}
	free(twins);
}

static struct slice without_blanks(struct slice line)
{
	while (line.length && (unsigned char)line.data[0] <= ' ')
		line = slice_skip(line, 1);
	while (line.length && (unsigned char)line.data[line.length - 1] <= ' ')
		line.length--;
	return line;
}

void sync_refuse(struct sync *sync, enum sync_reason reason, const struct record *record, const struct assignment *item)
{
	struct record_sink *sink = sync->emit->sinks[SYNC_EMIT_REFUSED];
	bool whole = record->type != RECORD_STATE && record->type != RECORD_CHANGE && record->type != RECORD_DESIRED;

	sync->refused[reason]++;
	if (!sink)
		return;
	struct buffer *out = record_sink_begin(sink);

	buffer_printf(out, "{\"type\":\"refused\",\"reason\":\"%s\",\"input\":", sync_reason_names[reason]);
	if (whole || (record->type == RECORD_DESIRED && sync->assignments.count == 1))
		buffer_append_slice(out, without_blanks(record->line));
	else
		assignment_append_record(out, item);
	buffer_append_char(out, '}');
	record_sink_end(sink);
}

void sync_pass(struct sync *sync, const struct record *record)
{
	struct record_sink *sink = &sync->emit->main_sink;
	struct slice line = without_blanks(record->line);
	bool is_ours = record->type != RECORD_OTHER;

	if (!sync->live || !is_ours || record_has(record, MEMBER_RECEIVED)) {
		record_sink_write(sink, record->line);
		return;
	}
	struct buffer *out = record_sink_begin(sink);

	buffer_append(out, line.data, line.length - 1);
	buffer_append_string(out, ",\"received\":\"");
	timestamp_append(out, time_machine_now());
	buffer_append_string(out, "\"}");
	record_sink_end(sink);
}

// Whether what changed can have made another delta of the twin's.
static bool touches_desires(const struct sync *sync)
{
	bool touches = sync->changed_delete;

	for (size_t i = 0; i < sync->changed_count && !touches; i++)
		touches = sync->changed[i]->kind == REGISTER_DESIRED ||
		    (sync->changed[i]->kind == REGISTER_REPORTED &&
			twin_desires_near(sync->changed_twin, series_path(sync->changed[i])));
	return touches && sync->changed_twin->desired_count;
}

void sync_note_change(struct sync *sync, const struct twin_put *put, const struct assignment *item)
{
	if (sync->emit->sinks[SYNC_EMIT_EVENT] && put->series)
		watch_changed(&sync->watch, put->series, item, put->outcome == FOLD_TAKEN);
	sync->changed_twin = put->twin;
	if (!put->series) {
		sync->changed_delete = true;
		return;
	}
	// The two registers of a property come one after the other.
	if (sync->changed_count && sync->changed[sync->changed_count - 1] == put->series)
		return;
	sync->changed =
	    memory_grow(sync->changed, &sync->changed_capacity, sync->changed_count + 1, sizeof(struct series *));
	sync->changed[sync->changed_count++] = put->series;
}

void sync_write_products(struct sync *sync)
{
	struct record_sink *change = sync->emit->sinks[SYNC_EMIT_CHANGE], *delta = sync->emit->sinks[SYNC_EMIT_DELTA];

	if (change && sync->changed_twin) {
		buffer_reset(&sync->text);
		state_append_change(&sync->writer, &sync->text, sync->changed_twin, sync->changed, sync->changed_count,
		    sync->changed_delete);
		record_sink_write_lines(change, buffer_slice(&sync->text));
	}
	if (delta && sync->changed_twin && touches_desires(sync)) {
		struct slice line = sync_deltas_renew(&sync->deltas, sync->changed_twin);

		if (line.length)
			record_sink_write(delta, line);
	}
	sync->changed_count = 0;
	sync->changed_twin = NULL;
	sync->changed_delete = false;
}
