#include <stdlib.h>

#include "base/memory.h"
#include "twin/history_parts.h"

static bool concerns(const struct history_retention *retention, const struct history_label *label)
{
	if (label->last.series < retention->first || label->first.series > retention->last)
		return false;
	// Of several series, each begins anew.
	return label->first.series != label->last.series || label->first.timestamp < retention->before;
}

static bool is_kept(const struct history_retention *retention, const struct history_row *row, struct history_text *text)
{
	if (row->item.series < retention->first || row->item.series > retention->last ||
	    row->item.timestamp >= retention->before)
		return true;
	struct history_item item = history_row_item(row, text);

	return retention->keep && retention->keep(retention->context, &item);
}

// Ascending, as they were. Returns how many.
static size_t choose_rows(
    const struct history_retention *retention, const struct history_block *block, const struct history_row **kept)
{
	struct history_text text = HISTORY_TEXT_INIT;
	size_t count = 0;

	for (size_t i = 0; i < block->count; i++)
		if (is_kept(retention, &block->rows[i], &text))
			kept[count++] = &block->rows[i];
	buffer_release(&text.origin);
	return count;
}

static int discount(struct history *history, int64_t run, int64_t removed, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_COUNT_WRITTEN, error);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, run);
	sqlite3_bind_int64(statement, 2, -removed);
	sqlite3_bind_int64(statement, 3, 0);
	return history_execute(history, statement, error);
}

static int replace(struct history *history, int64_t id, const struct history_row *const *kept, size_t count,
    size_t removed, struct error *error)
{
	sqlite3_stmt *statement;

	if (discount(history, id >> HISTORY_BLOCK_BITS, (int64_t)removed, error) < 0)
		return -1;
	if (count)
		return history_change_block(history, id, kept, count, error);
	statement = history_statement(history, HISTORY_SQL_DELETE_BLOCK, error);
	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, id);
	return history_execute(history, statement, error);
}

// The next block: 1 with *items for what it cost, 0 behind the last, or -1.
static int retain_block(struct history *history, struct history_retention *retention, struct history_block *block,
    size_t *items, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_NEXT_BLOCK, error);
	const struct history_row *kept[HISTORY_BLOCK_ROWS];

	if (!statement)
		return -1;
	history_bind_blocks(statement, retention->position + 1, INT64_MAX, &HISTORY_EVERYTHING);
	int got = history_step(history, statement, error);

	if (got <= 0)
		return got;
	struct history_label label = history_stored_label(statement);
	bool concerned = concerns(retention, &label);

	retention->position = sqlite3_column_int64(statement, 0);
	*items = 1;
	if (concerned)
		got = history_load(history, statement, block, error);
	sqlite3_reset(statement);
	if (got < 0)
		return -1;
	if (!concerned)
		return 1;
	size_t count = choose_rows(retention, block, kept);

	*items = block->count;
	if (count == block->count)
		return 1;
	return replace(history, retention->position, kept, count, block->count - count, error) < 0 ? -1 : 1;
}

int history_retain(struct history *history, struct history_retention *retention, size_t budget, struct error *error)
{
	struct history_block block = HISTORY_BLOCK_INIT;
	int64_t position = retention->position;
	size_t done = 0, items;
	int got = 1;

	while (got > 0 && done < budget) {
		got = retain_block(history, retention, &block, &items, error);
		done += got > 0 ? items : 0;
	}
	history_block_release(&block);
	if (got == 0) {
		sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_DELETE_EMPTY, error);

		got = statement ? history_execute(history, statement, error) : -1;
	}
	if (got < 0)
		retention->position = position;
	return got;
}
