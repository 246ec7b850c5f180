// Twins, items and series of a store, by writers in one process that take turns: each has memory of its own, and the file between them.
#include "scratch.h"
#include "twin/store_fold.h"
#include "twin/store_twins.h"
#include "twin/store_upkeep.h"
#include "twin_lines.h"
#include "unit.h"

// What twin-sync does with a store, without its inputs and outputs.
struct writer {
	struct store store;
	struct store_twins twins;
	struct state_writer states;
	struct status_rules rules;
	struct twin_lines lines; // its set are the twins
	struct error error;
};

static bool is_done(const struct error *error, int result)
{
	if (result < 0)
		printf("# %s\n", error->message);
	return result >= 0;
}

static void writer_open(struct writer *writer, const char *path, bool has_history)
{
	*writer = (struct writer){.rules = {.model = NULL}};
	CHECK(is_done(
	    &writer->error, store_open(&writer->store, path, STORE_CREATE, 1000000, has_history, &writer->error)));
	twin_lines_init(&writer->lines);
	store_twins_init(&writer->twins, &writer->store, &writer->lines.set, NULL);
	state_writer_init(&writer->states, &writer->lines.set, &writer->rules);
}

static void writer_close(struct writer *writer)
{
	store_twins_release(&writer->twins);
	state_writer_release(&writer->states);
	twin_lines_release(&writer->lines);
	store_close(&writer->store);
}

static int writer_begin(struct writer *writer)
{
	int others = store_begin(&writer->store, &writer->error);

	CHECK(is_done(&writer->error, others));
	CHECK(is_done(&writer->error, store_twins_begin(&writer->twins, others > 0, &writer->error)));
	return others;
}

static void writer_commit(struct writer *writer)
{
	CHECK(is_done(&writer->error, store_twins_save(&writer->twins, &writer->states, &writer->error)));
	CHECK(is_done(&writer->error, store_commit(&writer->store, &writer->error)));
}

static enum fold_outcome put_item(struct writer *writer, const struct assignment *item)
{
	struct twin *twin;

	if (!is_done(&writer->error, store_twins_touch(&writer->twins, item->entity_id, &twin, &writer->error))) {
		CHECK(false);
		return FOLD_STALE;
	}
	struct twin_put put = twin_set_put(&writer->lines.set, item);

	if (put.changed)
		store_twins_changed(&writer->twins, twin);
	CHECK(is_done(&writer->error,
	    store_twins_remember(&writer->twins, twin, put.series, item, item->key.quality, &writer->error)));
	return put.outcome;
}

static void read_line(struct writer *writer, const char *line)
{
	CHECK(twin_lines_read(&writer->lines, slice_from_string(line)) == 0);
	writer->store.revision++;
	store_twins_record(&writer->twins, &writer->lines.record, NULL, writer->lines.list.count);
}

// In the writer's transaction; what became of the last assignment.
static enum fold_outcome put(struct writer *writer, const char *line)
{
	enum fold_outcome outcome = FOLD_STALE;

	read_line(writer, line);
	for (size_t i = 0; i < writer->lines.list.count; i++)
		outcome = put_item(writer, &writer->lines.list.items[i]);
	return outcome;
}

static void refuse(struct writer *writer, const char *line)
{
	read_line(writer, line);
	for (size_t i = 0; i < writer->lines.list.count; i++)
		CHECK(is_done(&writer->error,
		    store_twins_refuse(
			&writer->twins, &writer->lines.list.items[i], 1, SLICE_LITERAL("future"), &writer->error)));
}

// A transaction of its own for each.
static enum fold_outcome commit_line(struct writer *writer, const char *line)
{
	writer_begin(writer);
	enum fold_outcome outcome = put(writer, line);

	writer_commit(writer);
	return outcome;
}

static int64_t ask(struct writer *writer, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t number = -1;

	CHECK(is_done(&writer->error, store_prepare(&writer->store, &statement, sql, &writer->error)));
	if (store_step(&writer->store, statement, &writer->error) > 0)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static void run(struct writer *writer, const char *sql)
{
	CHECK(is_done(&writer->error, store_execute(&writer->store, sql, &writer->error)));
}

static void tell_damage(void *context, const char *message)
{
	(void)context;
	printf("# %s\n", message);
}

static void check_sound(struct writer *writer)
{
	CHECK(store_verify(&writer->store, NULL, tell_damage, NULL, &writer->error) == 0);
}

#define LINE(id, second, value)                                                                                        \
	"{\"entity_id\":\"" id "\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:0" second                       \
	"Z\",\"value\":" value "}"

static void remove_store(const char *path)
{
	struct buffer name = BUFFER_INIT;

	buffer_printf(&name, "%s-wal", path);
	CHECK(unlink(path) == 0 && access(buffer_string(&name), F_OK) < 0);
	buffer_release(&name);
}

static void check_turns(void)
{
	struct writer a, b;

	writer_open(&a, "s", true);
	writer_open(&b, "s", true);
	CHECK(commit_line(&a, LINE("t", "1", "1")) == FOLD_TAKEN);
	CHECK(writer_begin(&b) == 1);
	CHECK(put(&b, LINE("t", "5", "5")) == FOLD_TAKEN);
	CHECK(put(&b, LINE("u", "5", "5")) == FOLD_TAKEN);
	writer_commit(&b);
	// The twin in a's memory is older than the store's.
	CHECK(writer_begin(&a) == 1);
	CHECK(twin_lines_read(&a.lines, SLICE_LITERAL(LINE("t", "3", "3"))) == 0);
	CHECK(!twin_set_take_newer(&a.lines.set, &a.lines.record));
	CHECK(put(&a, LINE("t", "3", "3")) == FOLD_STALE);
	CHECK(put(&a, LINE("v", "1", "1")) == FOLD_TAKEN);
	CHECK(put(&a, LINE("u", "5", "5")) == FOLD_DUPLICATE);
	writer_commit(&a);
	CHECK(writer_begin(&a) == 0);
	store_rollback(&a.store);
	CHECK(a.store.revision == 6 && a.store.clock == AT_SECOND(5));
	CHECK(ask(&a, "SELECT count(*) FROM twins") == 3 && ask(&a, "SELECT count(*) FROM series") == 3);
	CHECK(ask(&a, "SELECT state ->> '$.properties.p' FROM twins WHERE entity_id = 't'") == 5);
	CHECK(ask(&a, "SELECT revision FROM twins WHERE entity_id = 't'") == 2);
	check_sound(&a);
	writer_close(&a);
	writer_close(&b);
	remove_store("s");
}

static void check_waiting(void)
{
	struct writer a, b;

	writer_open(&a, "s", true);
	writer_open(&b, "s", true);
	writer_begin(&a);
	put(&a, LINE("t", "1", "1"));
	CHECK(store_begin(&b.store, &b.error) < 0);
	CHECK_TEXT(slice_from_string(b.error.message), "store 's' is locked by another program");
	// Readers see what was there before.
	CHECK(ask(&b, "SELECT count(*) FROM twins") == 0);
	writer_commit(&a);
	CHECK(writer_begin(&b) == 1);
	store_rollback(&b.store);
	writer_close(&a);
	writer_close(&b);
	remove_store("s");
}

// Everything that the store says, as one number.
static int64_t content(struct writer *writer)
{
	return ask(writer,
	    "SELECT (SELECT revision FROM store) + 1000 * (SELECT commits FROM store)"
	    " + 1000000 * (SELECT count(*) FROM twins) + 10000000 * (SELECT count(*) FROM series)"
	    " + 100000000 * (SELECT coalesce(sum(items), 0) FROM history_block)"
	    " + 10000000000 * (SELECT sum(length(state)) FROM twins)");
}

static void check_rollback(void)
{
	struct writer a, b;

	writer_open(&a, "s", true);
	commit_line(&a, LINE("t", "1", "1"));
	int64_t before = content(&a);

	writer_begin(&a);
	put(&a, LINE("t", "2", "2"));
	put(&a, LINE("u", "2", "2"));
	refuse(&a, LINE("w", "2", "2"));
	CHECK(is_done(&a.error, store_twins_save(&a.twins, &a.states, &a.error)));
	CHECK(content(&a) != before);
	store_rollback(&a.store);
	CHECK(!a.store.in_transaction && content(&a) == before);
	// What the store says of itself is as it was, in memory too, as soon as somebody asks.
	CHECK(store_begin(&a.store, &a.error) == 0 && a.store.revision == 1);
	store_rollback(&a.store);
	writer_open(&b, "s", true);
	CHECK(commit_line(&b, LINE("t", "2", "2")) == FOLD_TAKEN);
	check_sound(&b);
	writer_close(&b);
	writer_close(&a);
	remove_store("s");
}

// A state that cannot be read is told, whatever is wrong with it, and the store is left as it is.
static void check_damage(void)
{
	static const char *const states[] = {"{\"type\":\"state\"", "[]", "x",
	    "{\"type\":\"state\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"properties\":7}",
	    "{\"type\":\"deleted\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:00Z\"}\n\n{}"};

	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		struct writer a;
		struct buffer sql = BUFFER_INIT;
		struct twin *twin;

		writer_open(&a, "s", true);
		commit_line(&a, LINE("t", "1", "1"));
		buffer_printf(&sql, "UPDATE twins SET state = '%s'", states[i]);
		run(&a, buffer_string(&sql));
		writer_close(&a);
		writer_open(&a, "s", true);
		writer_begin(&a);
		CHECK(store_twins_touch(&a.twins, SLICE_LITERAL("t"), &twin, &a.error) < 0);
		CHECK(strncmp(a.error.message, "store 's' is damaged: a twin: ", 30) == 0);
		store_rollback(&a.store);
		CHECK(store_verify(&a.store, NULL, tell_damage, NULL, &a.error) == 1);
		writer_close(&a);
		remove_store("s");
		buffer_release(&sql);
	}
}

static void check_lost_counts(void)
{
	struct writer a;
	struct store again;

	writer_open(&a, "s", true);
	run(&a, "DELETE FROM store");
	CHECK(store_begin(&a.store, &a.error) < 0);
	CHECK(store_open(&again, "s", STORE_WRITE, 0, true, &a.error) < 0);
	CHECK_TEXT(slice_from_string(a.error.message), "store 's' is damaged: it has lost its counts");
	writer_close(&a);
	remove_store("s");
}

static uint32_t number_of(struct writer *writer, int64_t twin, int kind, const char *path)
{
	uint32_t number = 0;

	CHECK(is_done(&writer->error,
	    store_items_series(&writer->twins.items, twin, kind, slice_from_string(path), &number, &writer->error)));
	return number;
}

static void check_numbers(void)
{
	struct writer a, b;
	uint32_t number;

	writer_open(&a, "s", true);
	writer_begin(&a);
	CHECK(number_of(&a, 1, REGISTER_REPORTED, "p") == 1 && number_of(&a, 1, REGISTER_DESIRED, "p") == 2);
	CHECK(number_of(&a, 2, REGISTER_REPORTED, "p") == 3 && number_of(&a, 1, REGISTER_REPORTED, "") == 4);
	CHECK(number_of(&a, 1, REGISTER_REPORTED, "p") == 1);
	writer_commit(&a);
	writer_open(&b, "s", true);
	writer_begin(&b);
	CHECK(number_of(&b, 1, REGISTER_DESIRED, "p") == 2 && number_of(&b, 1, REGISTER_REPORTED, "p\n") == 5);
	writer_commit(&b);
	writer_begin(&a);
	CHECK(number_of(&a, 1, REGISTER_REPORTED, "p\n") == 5);
	run(&a, "INSERT INTO series (id, twin, kind, path) VALUES (4294967294, 1, 0, 'x')");
	CHECK(number_of(&a, 1, REGISTER_REPORTED, "y") == UINT32_MAX);
	CHECK(store_items_series(&a.twins.items, 1, 0, SLICE_LITERAL("z"), &number, &a.error) < 0);
	CHECK_TEXT(slice_from_string(a.error.message), "store 's' has no room for more properties");
	store_rollback(&a.store);
	writer_close(&a);
	writer_close(&b);
	remove_store("s");
}

static void check_aside_of(struct writer *writer, const char *id, int64_t twin, uint32_t series)
{
	uint32_t number = 0;

	CHECK(is_done(&writer->error,
	    store_aside_series(&writer->twins.aside, slice_from_string(id), SERIES_REFUSED, SLICE_LITERAL("p"),
		&writer->twins.last_number, &number, &writer->error)));
	CHECK(number == series);
	CHECK(ask(writer, "SELECT max(twin) FROM series") == twin);
}

// More names than are kept: all of them are found again, in the store.
static void check_many_names(struct writer *writer)
{
	struct buffer id = BUFFER_INIT;
	uint32_t first = 0, number = 0;
	size_t wrong = 0;

	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 10000; i++) {
			buffer_reset(&id);
			buffer_printf(&id, "%01000u", i);
			wrong += store_aside_series(&writer->twins.aside, buffer_slice(&id), SERIES_FORECAST,
				     SLICE_LITERAL("p"), &writer->twins.last_number, &number, &writer->error) < 0;
			if (!round && !i)
				first = number;
			wrong += number != first + i;
		}
	}
	CHECK(wrong == 0);
	CHECK(writer->lines.set.entities.count <= 2);
	buffer_release(&id);
}

static void check_aside(void)
{
	struct writer a;

	writer_open(&a, "s", true);
	writer_begin(&a);
	refuse(&a, LINE("t", "1", "1"));
	check_aside_of(&a, "t", 1, 1);
	// The same twin, taken now; another one that is not in the store yet.
	CHECK(put(&a, LINE("t", "2", "2")) == FOLD_TAKEN);
	CHECK(put(&a, LINE("u", "2", "2")) == FOLD_TAKEN);
	refuse(&a, LINE("u", "3", "3"));
	check_aside_of(&a, "u", 2, 4);
	check_many_names(&a);
	writer_commit(&a);
	CHECK(ask(&a, "SELECT count(*) FROM twins WHERE state = ''") == 10000);
	CHECK(ask(&a, "SELECT count(DISTINCT entity_id) FROM twins") == 10002);
	CHECK(ask(&a, "SELECT count(*) FROM series WHERE kind = 16") == 2);
	CHECK(ask(&a, "SELECT count(*) FROM series JOIN twins ON twins.id = twin WHERE entity_id = 'u'") == 2);
	check_sound(&a);
	writer_close(&a);
	remove_store("s");
}

static void check_refused_fold(void)
{
	struct writer a;
	struct store_fold fold;

	writer_open(&a, "s", true);
	writer_begin(&a);
	refuse(&a, LINE("t", "5", "5"));
	refuse(&a, "{\"type\":\"deleted\",\"entity_id\":\"u\",\"timestamp\":\"2026-03-01T12:00:05Z\"}");
	put(&a, LINE("u", "1", "1"));
	writer_commit(&a);
	CHECK(ask(&a, "SELECT sum(items) FROM history") == 3);
	CHECK(is_done(&a.error, store_look(&a.store, &a.error)));
	CHECK(is_done(&a.error, store_fold_open(&fold, &a.store, NULL, NULL, &a.error)));
	CHECK(is_done(&a.error, store_fold_history(&fold, NULL, &a.error)));
	CHECK(fold.set.entities.count == 1 && fold.set.series_count == 1 && fold.set.clock == AT_SECOND(1));
	CHECK(!fold.set.has_tombstones);
	store_fold_release(&fold);
	store_rollback(&a.store);
	writer_close(&a);
	remove_store("s");
}

// More than one run holds, in one transaction.
static void check_many_items(void)
{
	struct writer a;
	uint32_t number;
	size_t wrong = 0;

	writer_open(&a, "s", true);
	writer_begin(&a);
	CHECK(put(&a, LINE("t", "1", "1")) == FOLD_TAKEN);
	number = number_of(&a, 1, REGISTER_REPORTED, "p");
	for (int i = 0; i < 150000; i++) {
		a.lines.record.timestamp++;
		wrong += store_items_add_plain(&a.twins.items, number, &a.lines.record, &a.error) < 0;
	}
	CHECK(wrong == 0 && a.twins.items.capacity < 150000);
	writer_commit(&a);
	CHECK(ask(&a, "SELECT count(*) FROM history_run") == 2);
	CHECK(ask(&a, "SELECT sum(items) FROM history") == 150001);
	writer_close(&a);
	remove_store("s");
}

static void check_no_history(void)
{
	struct writer a;

	writer_open(&a, "s", false);
	commit_line(&a, LINE("t", "1", "1"));
	writer_begin(&a);
	refuse(&a, LINE("u", "1", "1"));
	CHECK(put(&a, LINE("t", "0", "0")) == FOLD_STALE);
	writer_commit(&a);
	CHECK(ask(&a, "SELECT count(*) FROM twins") == 1 && ask(&a, "SELECT count(*) FROM series") == 0);
	CHECK(ask(&a, "SELECT count(*) FROM history_run") == 0);
	writer_close(&a);
	// For good, whoever opens it.
	writer_open(&a, "s", true);
	CHECK(!a.store.has_history);
	commit_line(&a, LINE("t", "2", "2"));
	CHECK(ask(&a, "SELECT count(*) FROM history_run") == 0);
	check_sound(&a);
	writer_close(&a);
	remove_store("s");
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("a commit of somebody else between two of ours is joined with what is in memory") check_turns();
	TEST("a writer waits for its turn as long as it wants to, and a reader not at all") check_waiting();
	TEST("what is given up has never happened") check_rollback();
	TEST("a damaged state is told, and left as it is") check_damage();
	TEST("a store that has lost its counts is told") check_lost_counts();
	TEST("a series has one number, whoever asks, and there are only so many numbers") check_numbers();
	TEST("what is refused or forecast has series of twins that are not kept in memory") check_aside();
	TEST("what is refused makes no twin, no clock and no tombstone") check_refused_fold();
	TEST("a transaction of many items takes bounded memory") check_many_items();
	TEST("a store without history has none, whoever writes") check_no_history();
	scratch_leave(scratch);
	return unit_end();
}
