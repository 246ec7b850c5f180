#include <stdlib.h>

#include "base/memory.h"
#include "twin/history_parts.h"

struct history_cursor {
	struct history_merger merger;
	struct history_text text;
};

struct history_cursor *history_cursor_open(
    struct history *history, const struct history_range *range, struct error *error)
{
	struct history_cursor *cursor;
	int64_t *runs;
	size_t count;

	if (history_list_runs(history, HISTORY_SQL_RUNS, range->after, &runs, &count, error) < 0)
		return NULL;
	cursor = memory_new_zeroed(1, sizeof *cursor);
	int result = history_merger_start(&cursor->merger, history, runs, count, range, NULL, error);

	free(runs);
	if (result == 0)
		return cursor;
	history_cursor_close(cursor);
	return NULL;
}

void history_cursor_close(struct history_cursor *cursor)
{
	if (!cursor)
		return;
	history_merger_release(&cursor->merger);
	buffer_release(&cursor->text.origin);
	free(cursor);
}

int history_cursor_next(struct history_cursor *cursor, struct history_item *item, struct error *error)
{
	struct history_row *row;

	int got;

	// Copies first: one of them may be older.
	do {
		history_pool_reuse(&cursor->merger.pool);
		got = history_merger_next(&cursor->merger, &row, error);
	} while (got > 0 && row->item.revision <= cursor->merger.range.after);
	if (got > 0)
		*item = history_row_item(row, &cursor->text);
	return got;
}
