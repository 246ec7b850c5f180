#include "analysis/health_condition.h"

#include "analysis/health_columns.h"
#include "base/message.h"
#include "record/record_hints.h"

#define FAILURES_SHOWN 10

static int check_members(const struct expression *condition, struct error *error)
{
	struct buffer path = BUFFER_INIT;
	int result = 0;

	for (size_t i = 0; i < expression_path_count(condition) && result == 0; i++) {
		struct slice text = expression_path_text(condition, i);
		const char *measure = health_nearest_measure(expression_path_name(condition, i));

		buffer_reset(&path);
		expression_path_append_property(condition, i, &path);
		if (health_has_member(buffer_slice(&path)))
			continue;
		result = -1;
		error_set(error, "no summary has %.*s%s%s%s", (int)text.length, text.data,
		    measure ? ": did you mean measures." : "", measure ? measure : "", measure ? "?" : "");
	}
	buffer_release(&path);
	return result;
}

int health_condition_parse(struct health_condition *condition, const char *text, bool quiet, struct error *error)
{
	*condition = (struct health_condition){.quiet = quiet, .arena = ARENA_INIT, .line = BUFFER_INIT};
	record_scanner_init(&condition->scanner);
	if (!text)
		return 0;
	condition->expression = expression_parse_condition(slice_from_string(text), error);
	if (!condition->expression || check_members(condition->expression, error))
		return -1;
	condition->run = expression_run_new(condition->expression);
	return 0;
}

void health_condition_release(struct health_condition *condition)
{
	expression_run_free(condition->run);
	expression_free(condition->expression);
	record_scanner_release(&condition->scanner);
	arena_release(&condition->arena);
	buffer_release(&condition->line);
}

static void tell_failure(const struct record *record)
{
	struct slice entity = record_text(record, MEMBER_ENTITY_ID), property = record_text(record, MEMBER_PROPERTY);

	if (!entity.length)
		entity = SLICE_LITERAL("all");
	message_print("--fail-if is true of %.*s%s%.*s", (int)entity.length, entity.data, property.length ? " " : "",
	    (int)property.length, property.data);
}

void health_condition_test(struct health_condition *condition, struct slice summary)
{
	struct record record;
	struct error ignored;

	if (!condition->run)
		return;
	buffer_reset(&condition->line);
	buffer_append_slice(&condition->line, summary);
	buffer_reserve(&condition->line, LINE_SCAN_PADDING);
	arena_reset(&condition->arena);
	if (record_scan(&condition->scanner, buffer_slice(&condition->line), &condition->arena, &record, &ignored) ||
	    !expression_test(condition->run, &record))
		return;
	if (condition->failures++ < FAILURES_SHOWN && !condition->quiet)
		tell_failure(&record);
}

bool health_condition_lacks_measure(const struct health_condition *condition)
{
	const struct slice measures = SLICE_LITERAL("measures/");
	struct buffer path = BUFFER_INIT;
	bool lacks = false;

	for (size_t i = 0; condition->run && i < expression_path_count(condition->expression) && !lacks; i++) {
		buffer_reset(&path);
		expression_path_append_property(condition->expression, i, &path);
		lacks = slice_starts_with(buffer_slice(&path), measures) && expression_path_unseen(condition->run, i);
	}
	buffer_release(&path);
	return lacks;
}

void health_condition_tell_rest(const struct health_condition *condition, bool is_error)
{
	if (!condition->quiet || is_error)
		hint_unseen(condition->expression, condition->run, "--fail-if");
	if (!condition->quiet && condition->failures > FAILURES_SHOWN)
		message_print(
		    "--fail-if is true of %llu more", (unsigned long long)condition->failures - FAILURES_SHOWN);
}
