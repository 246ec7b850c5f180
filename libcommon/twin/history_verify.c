#include "twin/history_parts.h"

struct verifier {
	struct history *history;
	int64_t revision; // none is above
	void (*report)(void *context, const char *message);
	void *context;
	int found;
	int64_t id; // of the block before, 0 for none
	struct history_block blocks[2];
	bool second; // which of them is the one before
};

static void tell(struct verifier *verifier, const char *message)
{
	verifier->found = 1;
	if (verifier->report)
		verifier->report(verifier->context, message);
}

// A block that has been read, against the one before.
static void check_neighbours(struct verifier *verifier, int64_t id)
{
	struct history_block *before = &verifier->blocks[verifier->second],
			     *block = &verifier->blocks[!verifier->second];
	struct error error;

	if (id >> HISTORY_BLOCK_BITS == verifier->id >> HISTORY_BLOCK_BITS && before->count &&
	    history_row_compare(&before->rows[before->count - 1], &block->rows[0]) >= 0) {
		(void)error_set(&error, "history: block %lld of run %lld does not lie behind block %lld", (long long)id,
		    (long long)(id >> HISTORY_BLOCK_BITS), (long long)verifier->id);
		tell(verifier, error.message);
	}
	verifier->second = !verifier->second;
}

static void check_revision(struct verifier *verifier, int64_t id, int64_t revision)
{
	struct error error;

	if (revision <= verifier->revision)
		return;
	(void)error_set(&error, "history: block %lld of run %lld has revision %lld, and the store only %lld",
	    (long long)id, (long long)(id >> HISTORY_BLOCK_BITS), (long long)revision, (long long)verifier->revision);
	tell(verifier, error.message);
}

// 1, 0 behind the last block, or -1.
static int verify_block(struct verifier *verifier, struct error *error)
{
	sqlite3_stmt *statement = history_statement(verifier->history, HISTORY_SQL_NEXT_BLOCK, error);
	struct error why;

	if (!statement)
		return -1;
	history_bind_blocks(statement, verifier->id + 1, INT64_MAX, &HISTORY_EVERYTHING);
	int got = history_step(verifier->history, statement, error);

	if (got <= 0)
		return got;
	int64_t id = sqlite3_column_int64(statement, 0);

	if (history_load(verifier->history, statement, &verifier->blocks[!verifier->second], &why) < 0) {
		tell(verifier, why.message);
		verifier->blocks[verifier->second].count = 0;
	} else {
		check_neighbours(verifier, id);
		check_revision(verifier, id, sqlite3_column_int64(statement, 7));
	}
	verifier->id = id;
	sqlite3_reset(statement);
	return 1;
}

static void check_run(struct verifier *verifier, sqlite3_stmt *statement)
{
	long long run = sqlite3_column_int64(statement, 0);
	int64_t said = sqlite3_column_int64(statement, 1), found = sqlite3_column_int64(statement, 2);
	bool merged = sqlite3_column_type(statement, 3) != SQLITE_NULL;
	struct error error;

	if (sqlite3_column_type(statement, 1) == SQLITE_NULL)
		(void)error_set(&error, "history: there are blocks of run %lld, but no such run", run);
	else if (merged ? found > said : found != said)
		(void)error_set(
		    &error, "history: run %lld has %lld items instead of %lld", run, (long long)found, (long long)said);
	else if (sqlite3_column_int64(statement, 6) > sqlite3_column_int64(statement, 5))
		(void)error_set(&error, "history: run %lld has a block with a larger revision than it says", run);
	else if (!sqlite3_column_int(statement, 4))
		(void)error_set(&error, "history: run %lld is in a merge that does not exist", run);
	else
		return;
	tell(verifier, error.message);
}

static void check_merge(struct verifier *verifier, sqlite3_stmt *statement)
{
	struct history_block *block = &verifier->blocks[0];
	const void *data = sqlite3_column_blob(statement, 1);
	size_t length = (size_t)sqlite3_column_bytes(statement, 1);
	long long run = sqlite3_column_int64(statement, 0);
	struct error error, why;

	if (!sqlite3_column_int(statement, 2)) {
		(void)error_set(&error, "history: a merge writes run %lld, which does not exist", run);
		tell(verifier, error.message);
	}
	if (data && history_decode(verifier->history->codec, data, length, block, &why) < 0) {
		(void)error_set(&error, "history: merge into run %lld: %s", run, why.message);
		tell(verifier, error.message);
	}
}

static int check_rows(struct verifier *verifier, enum history_sql which,
    void (*check)(struct verifier *verifier, sqlite3_stmt *statement), struct error *error)
{
	sqlite3_stmt *statement = history_statement(verifier->history, which, error);
	int got = statement ? 1 : -1;

	while (got > 0 && (got = history_step(verifier->history, statement, error)) > 0)
		check(verifier, statement);
	return got;
}

int history_verify(struct history *history, int64_t revision, void (*report)(void *context, const char *message),
    void *context, struct error *error)
{
	struct verifier verifier = {
	    .history = history, .revision = revision, .report = report, .context = context, .id = -1};
	int got;

	do
		got = verify_block(&verifier, error);
	while (got > 0);
	if (got == 0)
		got = check_rows(&verifier, HISTORY_SQL_VERIFY_RUNS, check_run, error);
	if (got == 0)
		got = check_rows(&verifier, HISTORY_SQL_VERIFY_MERGES, check_merge, error);
	history_block_release(&verifier.blocks[0]);
	history_block_release(&verifier.blocks[1]);
	return got < 0 ? -1 : verifier.found;
}
