#include "base/timestamp.h"
#include "record/value.h"
#include "twin/document.h"
#include "twin/why_answer.h"

static void put_member(struct buffer *out, const char *name, const struct why_record *record)
{
	if (!record)
		return;
	buffer_printf(out, ",\"%s\":", name);
	why_record_append(out, record);
}

static void put_beaten(const struct why_answer *answer, struct buffer *out)
{
	buffer_append_string(out, ",\"beaten\":[");
	for (size_t i = 0; i < answer->beaten_count; i++) {
		const struct why_record *record = answer->beaten[i];

		buffer_append_string(out, i ? ",{\"reading\":" : "{\"reading\":");
		why_record_append(out, record);
		buffer_append_string(out, ",\"decided_by\":");
		if (record->refused.length)
			json_append_string(out, record->refused);
		else
			buffer_printf(out, "\"%s\"", why_decided_by(answer, record));
		buffer_append_string(out, why_is_conflict(answer, record) ? ",\"conflict\":true}" : "}");
	}
	buffer_printf(out, "],\"beaten_count\":%llu", (unsigned long long)answer->all_beaten);
}

// The object that is made of what is shown below.
static void put_document(const struct why_answer *answer, struct buffer *out)
{
	const struct view_list *list = answer->reported;
	struct slice path = answer->why->path;
	struct document_writer document;

	document_begin(&document, out);
	for (size_t i = view_list_behind(list, path); i < list->count && why_is_below(path, &list->entries[i]); i++)
		if (entry_is_shown(&list->entries[i]))
			document_put(&document, slice_skip(series_path(list->entries[i].series), path.length + 1),
			    why_holder(answer->why, &list->entries[i])->item.tail.value);
	document_end(&document);
}

static void put_value(const struct why_answer *answer, struct buffer *out)
{
	if (answer->rule != WHY_RULE_NEWEST && answer->rule != WHY_RULE_ABOVE && answer->rule != WHY_RULE_BELOW)
		return;
	buffer_append_string(out, ",\"value\":");
	if (answer->rule == WHY_RULE_BELOW)
		put_document(answer, out);
	else
		buffer_append_slice(out, answer->value);
}

static void put_parts(const struct why_answer *answer, struct buffer *out)
{
	const struct view_list *list = answer->reported;
	struct slice path = answer->why->path;
	const char *before = ",\"parts\":[";

	if (answer->rule != WHY_RULE_BELOW)
		return;
	for (size_t i = view_list_behind(list, path); i < list->count && why_is_below(path, &list->entries[i]); i++) {
		if (!entry_is_shown(&list->entries[i]))
			continue;
		buffer_append_string(out, before);
		json_append_string(out, series_path(list->entries[i].series));
		before = ",";
	}
	buffer_append_char(out, ']');
}

// The desire for the property, or of those for its parts the newest that is not met, or else the newest.
static const struct view_entry *find_desired(struct why *why, enum delta_verdict *verdict)
{
	const struct view_list *list = &why->view.kinds[REGISTER_DESIRED];
	const struct view_entry *own = view_list_find(list, why->path), *found = NULL;
	size_t behind = view_list_behind(list, why->path);

	*verdict = DELTA_MET;
	if (own && entry_is_shown(own)) {
		*verdict = delta_judge(&why->delta, &why->view, own, why->model);
		return own;
	}
	for (size_t i = behind; i < list->count && why_is_below(why->path, &list->entries[i]); i++) {
		const struct view_entry *entry = &list->entries[i];

		if (!entry_is_shown(entry))
			continue;
		enum delta_verdict judged = delta_judge(&why->delta, &why->view, entry, why->model);
		bool is_open = judged != DELTA_MET, was_open = *verdict != DELTA_MET;

		if (found &&
		    (is_open < was_open ||
			(is_open == was_open &&
			    why_record_compare(why_holder(why, entry), why_holder(why, found)) < 0)))
			continue;
		found = entry;
		*verdict = judged;
	}
	return found;
}

static void put_desired(struct why *why, struct buffer *out)
{
	static const char *const unmet_by[] = {[DELTA_MISSING] = "missing",
	    [DELTA_OLDER] = "timestamp",
	    [DELTA_REFUSED] = "ack",
	    [DELTA_DIFFERS] = "value"};
	enum delta_verdict verdict;
	const struct view_entry *entry = find_desired(why, &verdict);

	if (!entry)
		return;
	put_member(out, "desired", why_holder(why, entry));
	out->length--;
	if (verdict == DELTA_MET)
		buffer_append_string(out, ",\"met\":true}");
	else
		buffer_printf(out, ",\"met\":false,\"unmet_by\":\"%s\"}", unmet_by[verdict]);
}

static void put_time(struct buffer *out, const char *name, int64_t nanoseconds)
{
	buffer_printf(out, ",\"%s\":\"", name);
	timestamp_append(out, nanoseconds);
	buffer_append_char(out, '"');
}

static void put_answer(const struct why_answer *answer, struct buffer *out)
{
	static const char *const rules[] = {"newest", "above", "below", "absent", "deleted", "hidden", "unusable"};
	struct why *why = answer->why;

	buffer_append_string(out, "{\"type\":\"why\",\"entity_id\":");
	json_append_string(out, why->entity_id);
	buffer_append_string(out, ",\"property\":");
	json_append_string(out, why->path);
	put_value(answer, out);
	buffer_printf(out, ",\"rule\":\"%s\"", rules[answer->rule]);
	put_member(out, "winner", answer->winner);
	put_member(out, "hidden_by", answer->hider);
	put_parts(answer, out);
	put_beaten(answer, out);
	put_desired(why, out);
	if (why->has_at)
		put_time(out, "as_of", why->at);
	if (why->has_known_at)
		put_time(out, "known_at", why->known_at);
	buffer_append_char(out, '}');
}

void why_append(struct why *why, struct buffer *out)
{
	const struct twin *twin = twin_set_find(&why->set, why->entity_id);
	struct why_answer answer;

	// Of what was refused only there is no twin.
	if (twin)
		twin_view_draw(&why->view, &why->set, twin);
	why_answer_find(&answer, why);
	put_answer(&answer, out);
	why_answer_release(&answer);
}
