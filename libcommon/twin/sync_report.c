#include "twin/sync_report.h"

#include <stdio.h>

#include "base/message.h"
#include "record/record_hints.h"

static const struct {
	const char *one, *many;
} type_names[] = {
    [RECORD_READING] = {"reading", "readings"},
    [RECORD_DESIRED] = {"desired", "desired"},
    [RECORD_DELETED] = {"deleted", "deleted"},
    [RECORD_STATE] = {"state", "states"},
    [RECORD_CHANGE] = {"change", "changes"},
    [RECORD_PREDICTION] = {"prediction", "predictions"},
    [RECORD_EVENT] = {"event", "events"},
    [RECORD_OTHER] = {"record of another type ignored", "records of other types ignored"},
};

static uint64_t refused_count(const struct sync *sync)
{
	uint64_t total = 0;

	for (int i = 0; i < REASON_COUNT; i++)
		total += sync->refused[i];
	return total;
}

// `9176 readings, 12 refused (9 stale, 3 duplicate)`
static void append_summary(const struct sync *sync, struct buffer *out)
{
	const char *before = "";

	for (int i = 0; i < RECORD_INVALID; i++) {
		if (!sync->records[i] && i != RECORD_READING)
			continue;
		buffer_printf(out, "%s%llu %s", before, (unsigned long long)sync->records[i],
		    sync->records[i] == 1 ? type_names[i].one : type_names[i].many);
		before = ", ";
	}
	if (!refused_count(sync))
		return;
	buffer_printf(out, ", %llu refused (", (unsigned long long)refused_count(sync));
	before = "";
	for (int i = 0; i < REASON_COUNT; i++) {
		if (!sync->refused[i])
			continue;
		buffer_printf(out, "%s%llu %s", before, (unsigned long long)sync->refused[i], sync_reason_names[i]);
		before = ", ";
	}
	buffer_append_char(out, ')');
}

// Two first mistakes that would otherwise end in silence.
static void hint(const struct sync *sync)
{
	uint64_t records = 0;

	for (int type = 0; type < RECORD_INVALID; type++)
		records += sync->records[type];
	hint_foreign_format(records, rejects_count(sync->rejects));
	if (sync->skipped)
		hint_left_out(records, sync->set.entities.count, sync->set.entities.count);
}

void sync_report_tell(const struct sync *sync)
{
	struct buffer text = BUFFER_INIT;

	if (refused_count(sync) || sync->records[RECORD_OTHER]) {
		append_summary(sync, &text);
		if (refused_count(sync) && !sync->emit->sinks[SYNC_EMIT_REFUSED])
			buffer_append_string(&text, "; -e refused shows them");
		message_print("%s", buffer_string(&text));
	}
	hint(sync);
	buffer_release(&text);
}

void sync_report_write_counters(const struct sync *sync)
{
	static const char *const names[] = {
	    "readings", "desired", "deleted", "states", "changes", "predictions", "events", "ignored"};
	struct buffer text = BUFFER_INIT;

	for (int i = 0; i < RECORD_INVALID; i++)
		buffer_printf(&text, "%s\"%s\":%llu", i ? "," : "{", names[i], (unsigned long long)sync->records[i]);
	buffer_printf(&text, ",\"skipped\":%llu,\"refused\":{", (unsigned long long)sync->skipped);
	for (int i = 0; i < REASON_COUNT; i++)
		buffer_printf(
		    &text, "%s\"%s\":%llu", i ? "," : "", sync_reason_names[i], (unsigned long long)sync->refused[i]);
	buffer_printf(&text, "},\"twins\":%zu,\"registers\":%zu,\"rejected\":%llu}\n", sync->set.entities.count,
	    sync->set.series_count, (unsigned long long)rejects_count(sync->rejects));
	fwrite(text.data, 1, text.length, stderr);
	buffer_release(&text);
}
