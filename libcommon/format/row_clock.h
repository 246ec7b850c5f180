// The times of rows: from the cells of a row and what the mapping says, the timestamp, where it comes from, and when it was received.
#ifndef FORMAT_ROW_CLOCK_H
#define FORMAT_ROW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "format/ingest.h"
#include "format/reading_writer.h"
#include "format/time_format.h"

struct row_clock {
	struct ingest *ingest; // borrowed
	const char *source;
	bool has_time, has_received; // the source has such a column
	struct slice time_name;      // of the column, for messages
	struct time_format time, received;
	const struct time_zone *zone;
	int64_t start, row_step;
	bool has_start;
	bool is_missing; // row_clock_check has found that nothing gives rows a time
};

#define ROW_CLOCK_MISSING                                                                                              \
	"has no column of times that can be recognised: say it with --time COL, or give its rows times with --time "   \
	"row:STEP, --received COL or --now T"

void row_clock_init(struct row_clock *clock, struct ingest *ingest, const char *source);

// Whether rows can be given a time at all. -1 with error that names what can be done about it, ROW_CLOCK_MISSING.
int row_clock_check(struct row_clock *clock, struct error *error) __attribute__((warn_unused_result));

// Whether a column may hold the times: by its name, with what --time-format says of it, or by a date in its first cell. Such a name alone
// is what the second says.
bool row_clock_may_be_time(const struct row_clock *clock, struct slice name, struct slice cell);
bool row_clock_is_time_name(const struct row_clock *clock, struct slice name);

enum row_clock_result {
	ROW_CLOCK_UNCLEAR = -2, // the format of the column cannot be told: the source cannot be read
	ROW_CLOCK_BAD = -1,     // the row has no valid time
	ROW_CLOCK_OK,
};

// Guesses formats that are not known from the cells of a row, where they are not missing.
enum row_clock_result row_clock_guess(struct row_clock *clock, struct slice time, struct slice received,
    struct error *error) __attribute__((warn_unused_result));

// time, received: the cells; those that are missing or not there are empty. row: from 1. Fills the times of facts, whose line is set.
enum row_clock_result row_clock_read(struct row_clock *clock, struct slice time, struct slice received, uint64_t row,
    struct row_facts *facts, struct error *error) __attribute__((warn_unused_result));

// The receive time alone, for rows whose own time the caller has read: of received, or the machine's with --now live, or none. UNCLEAR when
// the format of the times of receipt cannot be told.
enum row_clock_result row_clock_read_received(struct row_clock *clock, struct slice received, struct row_facts *facts,
    struct error *error) __attribute__((warn_unused_result));

// Appends "time 'x' (iso, UTC)" and the like, for ingest_say.
void row_clock_append(struct buffer *out, const struct row_clock *clock);

#endif
