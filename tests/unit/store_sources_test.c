// How far files have been taken, and whether a file is still the one that it was: what becomes of them between two runs.
#include <sys/stat.h>

#include "scratch.h"
#include "twin/store_session.h"
#include "unit.h"

#define LINE        "{\"entity_id\":\"t\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1%05d}\n"
#define LINE_LENGTH 83

struct visit {
	enum source_state state;
	uint64_t start;
	uint64_t records;
};

static void append_lines(struct buffer *text, int from, int to)
{
	for (int i = from; i < to; i++)
		buffer_printf(text, LINE, i);
}

// The lines from..to-1 as the whole file; in place, so that it stays the same file.
static void write_lines(const char *path, int from, int to)
{
	struct buffer text = BUFFER_INIT;

	append_lines(&text, from, to);
	CHECK(text.length == (size_t)(to - from) * LINE_LENGTH);
	scratch_write(path, buffer_slice(&text));
	buffer_release(&text);
}

static void change_byte(const char *path, off_t at)
{
	int fd = open(path, O_WRONLY);

	CHECK(pwrite(fd, "7", 1, at) == 1);
	close(fd);
}

static struct record_reader *new_reader(
    struct store_sources *sources, char *const *operands, size_t count, struct rejects *rejects)
{
	rejects_init(rejects, false);
	return record_reader_new(&(struct record_reader_options){
	    .operands = operands,
	    .operand_count = count,
	    .threads = 1,
	    .max_line = 1 << 20,
	    .rejects = rejects,
	    .opened = store_sources_opened,
	    .opened_context = sources,
	});
}

// Reads up to `most` records and saves how far that was.
static uint64_t read_and_save(
    struct store *store, struct store_sources *sources, char *const *operands, size_t count, uint64_t most)
{
	struct rejects rejects;
	struct record_reader *reader = new_reader(sources, operands, count, &rejects);
	const struct record *record;
	struct error error = {.message = ""};
	uint64_t records = 0;

	while (records < most && record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD)
		records++;
	CHECK(store_begin(store, &error) >= 0 && store_sources_save(sources, reader, &error) == 0);
	CHECK(store_commit(store, &error) == 0);
	CHECK(!store_sources_moved(sources, reader));
	record_reader_free(reader);
	rejects_release(&rejects);
	return records;
}

// One run over the file.
static struct visit visit(const char *path, bool resume, uint64_t most)
{
	char *operands[] = {strdup(path)};
	struct store store;
	struct store_sources sources;
	struct error error;
	struct visit visit = {.state = SOURCE_NO_FILE};

	CHECK(store_open(&store, "s", STORE_CREATE, 0, true, &error) == 0);
	CHECK(store_sources_open(&sources, &store, operands, 1, resume, &error) == 0);
	visit.records = read_and_save(&store, &sources, operands, 1, most);
	visit.state = sources.items[0].state;
	// Where reading began is not kept: it is what was read up to, less what was read.
	visit.start = sources.items[0].saved - visit.records * LINE_LENGTH;
	store_sources_release(&sources);
	store_close(&store);
	free(operands[0]);
	return visit;
}

static void check_visit(
    const char *path, bool resume, uint64_t most, enum source_state state, int start, uint64_t records)
{
	struct visit got = visit(path, resume, most);

	if (got.state != state || got.start != (uint64_t)start * LINE_LENGTH || got.records != records)
		printf("# state %d, from %llu, %llu records\n", (int)got.state, (unsigned long long)got.start,
		    (unsigned long long)got.records);
	CHECK(got.state == state && got.start == (uint64_t)start * LINE_LENGTH && got.records == records);
}

static void forget(void)
{
	CHECK(unlink("s") == 0 && unlink("f") == 0);
}

static void check_growing(void)
{
	// The first bytes that are looked at grow with what was taken, up to SOURCE_HEAD_MAX.
	write_lines("f", 0, 10);
	check_visit("f", true, UINT64_MAX, SOURCE_NEW, 0, 10);
	write_lines("f", 0, 20);
	check_visit("f", true, 5, SOURCE_RESUMED, 10, 5);
	check_visit("f", true, UINT64_MAX, SOURCE_RESUMED, 15, 5);
	write_lines("f", 0, 300);
	check_visit("f", true, UINT64_MAX, SOURCE_RESUMED, 20, 280);
	// Without being asked for, nothing is left out.
	check_visit("f", false, 7, SOURCE_RESUMED, 0, 7);
	check_visit("f", true, 1, SOURCE_RESUMED, 7, 1);
	forget();
}

// What was not taken may still change; what was taken and stands in the head may not.
static void check_heads(void)
{
	write_lines("f", 0, 10);
	check_visit("f", true, 4, SOURCE_NEW, 0, 4);
	change_byte("f", 4 * LINE_LENGTH - 4);
	check_visit("f", true, 4, SOURCE_CHANGED, 0, 4);
	change_byte("f", 10 * LINE_LENGTH - 4);
	check_visit("f", true, 4, SOURCE_RESUMED, 4, 4);
	forget();
	write_lines("f", 0, 300);
	check_visit("f", true, 200, SOURCE_NEW, 0, 200);
	change_byte("f", SOURCE_HEAD_MAX);
	check_visit("f", true, 1, SOURCE_RESUMED, 200, 1);
	change_byte("f", SOURCE_HEAD_MAX - 1);
	check_visit("f", true, 1, SOURCE_CHANGED, 0, 1);
	forget();
}

static void check_replaced(void)
{
	write_lines("f", 0, 10);
	check_visit("f", true, UINT64_MAX, SOURCE_NEW, 0, 10);
	write_lines("f", 0, 9);
	check_visit("f", true, UINT64_MAX, SOURCE_SHORTER, 0, 9);
	CHECK(rename("f", "g") == 0);
	write_lines("f", 5, 9);
	check_visit("f", true, UINT64_MAX, SOURCE_REPLACED, 0, 4);
	write_lines("g", 0, 12);
	check_visit("g", true, UINT64_MAX, SOURCE_RESUMED, 9, 3);
	// By another name of the same file.
	CHECK(link("g", "h") == 0);
	write_lines("h", 0, 13);
	check_visit("h", true, UINT64_MAX, SOURCE_RESUMED, 12, 1);
	CHECK(unlink("g") == 0 && unlink("h") == 0);
	forget();
}

// A store that says impossible things costs reading the file again, and nothing else.
static void check_damaged(void)
{
	static const char *const damages[] = {
	    "head_length = 5000", "head_length = -1", "head_hash = head_hash + 1", "head_length = 9223372036854775807"};

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct store store;
		struct buffer sql = BUFFER_INIT;
		struct error error;

		write_lines("f", 0, 10);
		check_visit("f", true, UINT64_MAX, SOURCE_NEW, 0, 10);
		CHECK(store_open(&store, "s", STORE_WRITE, 0, true, &error) == 0);
		buffer_printf(&sql, "UPDATE sources SET %s", damages[i]);
		CHECK(store_execute(&store, buffer_string(&sql), &error) == 0);
		store_close(&store);
		check_visit("f", true, UINT64_MAX, SOURCE_CHANGED, 0, 10);
		buffer_release(&sql);
		forget();
	}
}

static void check_several(void)
{
	char *operands[] = {strdup("f"), strdup("missing"), strdup("g")};
	struct store store;
	struct store_sources sources;
	struct error error;

	write_lines("f", 0, 3);
	write_lines("g", 0, 5);
	CHECK(store_open(&store, "s", STORE_CREATE, 0, true, &error) == 0);
	// What cannot be opened is the reader's to tell.
	CHECK(store_sources_open(&sources, &store, operands, 3, true, &error) == 0);
	CHECK(!sources.items[1].is_file && sources.items[2].is_file);
	store_sources_release(&sources);
	free(operands[1]);
	operands[1] = operands[2];
	CHECK(store_sources_open(&sources, &store, operands, 2, true, &error) == 0);
	CHECK(read_and_save(&store, &sources, operands, 2, 4) == 4);
	CHECK(sources.items[0].saved == 3 * LINE_LENGTH && sources.items[1].saved == LINE_LENGTH);
	CHECK(sources.next == 1);
	store_sources_release(&sources);
	store_close(&store);
	check_visit("g", true, UINT64_MAX, SOURCE_RESUMED, 1, 4);
	free(operands[0]);
	free(operands[1]);
	CHECK(unlink("g") == 0);
	forget();
}

static bool opens(const char *commit, struct store_session *session, struct error *error)
{
	struct store_options options = {.path = "s", .commit = commit};

	if (store_session_open(session, &options, NULL, 0, error))
		return false;
	store_session_release(session);
	return true;
}

static void check_commit_options(void)
{
	static const char *const wrong[] = {"0", "", "x", "-1", "0s", "12 34", "1.5"};
	struct store_session session;
	struct error error;

	CHECK(opens(NULL, &session, &error) && session.records_max == 100000 && !session.by_time);
	CHECK(opens("17", &session, &error) && session.records_max == 17 && !session.by_time);
	CHECK(opens("eof", &session, &error) && session.records_max == UINT64_MAX && session.time_between == INT64_MAX);
	CHECK(opens("250ms", &session, &error) && session.by_time && session.time_between == 250000000);
	CHECK(opens("99999999999999999999999999", &session, &error) && session.records_max > UINT64_MAX / 1000);
	CHECK(unlink("s") == 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		CHECK(!opens(wrong[i], &session, &error));
		CHECK(strncmp(error.message, "option '--commit': ", 19) == 0);
	}
	// Nothing was made.
	CHECK(access("s", F_OK) < 0);
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("a file that grows is read on from where it was left") check_growing();
	TEST("a change in what was taken of the first bytes is seen") check_heads();
	TEST("a file is known by what it is, not by its name") check_replaced();
	TEST("what a damaged store says of a file does no harm") check_damaged();
	TEST("of several files each has its own place") check_several();
	TEST("how much goes into a commit is a count, a time or all") check_commit_options();
	scratch_leave(scratch);
	return unit_end();
}
