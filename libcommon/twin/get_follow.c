#define _GNU_SOURCE // ppoll
#include "twin/get_follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "io/atomic_file.h"
#include "record/value.h"
#include "twin/get_changes.h"

#define CURSOR_SIZE_MAX ((size_t)4096)

// So often a store is asked whether anybody has written.
#define LOOK_AGAIN INT64_C(20000000)

static int parse_cursor(
    const struct get *get, const char *path, struct slice text, int64_t *revision, struct error *error)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer id = BUFFER_INIT;
	struct error ignored;
	int failed = 0;
	bool is_object = value_parse(&tree, text, &ignored) == 0;
	const struct value *root = is_object ? value_root(&tree) : NULL;
	const struct value *store = root ? value_member(&tree, root, SLICE_LITERAL("store")) : NULL;
	const struct value *number = root ? value_member(&tree, root, SLICE_LITERAL("revision")) : NULL;

	if (!store || store->kind != VALUE_STRING || !number || number->kind != VALUE_NUMBER ||
	    decimal_to_int64(number->text, revision) || *revision < 0)
		failed = error_set(error, "'%s' is no cursor: remove it to begin anew", path);
	else if (!slice_equal(value_string(store, &id), slice_from_string(get->store->id)))
		failed = error_set(error, "cursor '%s' is of another store: remove it to begin anew", path);
	value_tree_release(&tree);
	buffer_release(&id);
	return failed;
}

static int read_cursor(const struct get *get, const char *path, int64_t *revision, struct error *error)
{
	struct buffer text = BUFFER_INIT;

	*revision = 0;
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	int failed = file_read_whole(path, CURSOR_SIZE_MAX, &text, error) ||
	    parse_cursor(get, path, buffer_slice(&text), revision, error);

	buffer_release(&text);
	return failed ? -1 : 0;
}

// Before anything is told: whether what has been told can be remembered.
static int check_cursor(const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? memory_dup_slice(slice_of(path, (size_t)(slash - path) + 1)) : memory_dup_string(".");
	int failed = access(folder, W_OK | X_OK) ? error_set_errno(error, "cannot write cursor '%s'", path) : 0;

	free(folder);
	return failed;
}

static int write_cursor(const struct get *get, const char *path, int64_t revision, struct error *error)
{
	struct buffer text = BUFFER_INIT;

	buffer_printf(&text, "{\"store\":\"%s\",\"revision\":%lld}\n", get->store->id, (long long)revision);
	int failed = atomic_file_write(path, buffer_slice(&text), error);

	buffer_release(&text);
	return failed;
}

// Where telling begins.
static int find_start(const struct get *get, const struct get_follow *options, int64_t *after, struct error *error)
{
	int64_t revision = (int64_t)get->store->revision;

	if (options->follow && get->store->is_frozen)
		return error_set(error, "store '%s' can only be followed by who may write beside it", get->path);
	*after = options->follow ? revision : 0;
	if (options->has_since)
		*after = options->since;
	else if (options->cursor &&
	    (check_cursor(options->cursor, error) || read_cursor(get, options->cursor, after, error)))
		return -1;
	if (*after > revision)
		return error_set(error, "the store has revision %lld, and nothing can be new since %lld",
		    (long long)revision, (long long)*after);
	return 0;
}

// What has been told is out, and remembered as told.
static int settle(struct get *get, const struct get_follow *options, int64_t revision, struct error *error)
{
	error->message[0] = '\0';
	if (emit_flush(&get->streams.emit))
		return -1;
	return options->cursor ? write_cursor(get, options->cursor, revision, error) : 0;
}

// Whoever reads the answers may have gone while there are none.
static void wait_or_die(const struct get *get)
{
	struct pollfd reader = {.fd = get->streams.emit.main_output.fd};
	const struct timespec time = {.tv_nsec = LOOK_AGAIN};

	if (ppoll(&reader, 1, &time, NULL) > 0 && (reader.revents & POLLERR))
		raise(SIGPIPE);
}

// Another file may have taken the place of the one that is open, which nobody writes to any more.
static int check_place(const struct get *get, struct error *error)
{
	int has_moved = 0;

	sqlite3_file_control(get->store->database, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
	return has_moved
	    ? error_set(error, "store '%s' has been replaced or removed: there is nothing left to follow", get->path)
	    : 0;
}

// Returns with a new look at the store when somebody has written to it.
static int wait_for_commit(struct get *get, struct error *error)
{
	sqlite3_stmt *version = NULL;
	int64_t before = -1;
	int news = 0;

	store_rollback(get->store);
	if (store_prepare(get->store, &version, "PRAGMA data_version", error))
		return -1;
	while (!news) {
		int row = store_step(get->store, version, error);
		int64_t now = row > 0 ? sqlite3_column_int64(version, 0) : before;

		sqlite3_reset(version);
		if (row < 0 || check_place(get, error))
			news = -1;
		else if (now == before)
			wait_or_die(get);
		else if ((news = store_look(get->store, error)) == 0)
			store_rollback(get->store);
		before = now;
	}
	sqlite3_finalize(version);
	return news < 0 ? -1 : 0;
}

static int tell_on(struct get *get, const struct get_follow *options, struct get_changes *changes, struct error *error)
{
	int full = get_changes_tell(changes, error);

	while (full == 0) {
		if (settle(get, options, changes->after, error) || wait_for_commit(get, error))
			return -1;
		full = get_changes_tell(changes, error);
	}
	return full;
}

static int tell(struct get *get, const struct get_follow *options, struct get_changes *changes, struct error *error)
{
	int full = options->follow ? tell_on(get, options, changes, error) : get_changes_tell(changes, error);

	return full < 0 || answers_finish(&get->answers, GET_SUMMARY, error) ||
		settle(get, options, changes->after, error)
	    ? -1
	    : 0;
}

int get_follow(struct get *get, const struct get_follow *options, struct error *error)
{
	struct get_changes changes;
	int64_t after;

	if (find_start(get, options, &after, error))
		return -1;
	get_changes_init(&changes, get, after);
	bool from_now = options->follow && !options->has_since && !options->cursor;
	int failed = (from_now && get_changes_adopt(&changes, error)) || tell(get, options, &changes, error) ? -1 : 0;

	get_changes_release(&changes);
	return failed;
}
