// A run that turns foreign sources into readings: what all sources and formats share.
#ifndef FORMAT_INGEST_H
#define FORMAT_INGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/hash_map.h"
#include "format/format.h"
#include "format/mapping.h"
#include "format/reading_writer.h"
#include "format/selection.h"
#include "format/source_lines.h"
#include "io/progress.h"
#include "record/rejects.h"

// Something that happened to some rows and is told in one line at the end.
struct occurrences {
	uint64_t count;
	struct buffer first; // FILE:LINE
};

struct ingest {
	struct mapping *mapping; // what was asked for; borrowed
	struct selection selection;
	struct reading_writer writer;
	struct rejects *rejects; // borrowed
	bool wants_origin;
	bool quiet;
	bool explain; // the mapping of each source goes to standard error
	bool has_now, live;
	int64_t now;
	size_t max_line;
	size_t source_count;
	void (*before_wait)(void *context);
	void *context;
	struct buffer *mapping_out;       // where the mapping of the first source goes, instead of reading it; or NULL
	struct buffer said;               // what was last told about a source
	const struct format *told_format; // which was last told to have been recognised by its own marks
	uint64_t row_count, missing_count;
	struct occurrences gaps, folds; // local times that were skipped, that were twice
	struct progress progress;
	int64_t bytes_done;        // of the sources before
	bool has_rows;             // some source had a row
	struct hash_map stems;     // by which sources were called that no option names
	const char **stem_sources; // by entry
	size_t stem_capacity;
};

void ingest_init(struct ingest *ingest, struct mapping *mapping, struct rejects *rejects);
void ingest_release(struct ingest *ingest);

// Begins a progress line for these sources: none when one of them is no regular file.
void ingest_start_progress(struct ingest *ingest, char *const *operands, size_t count);

// For every row; shows how far the source has come, now and then.
static inline void ingest_count_row(struct ingest *ingest, const struct source_lines *lines)
{
	if ((++ingest->row_count & 0x3fff) == 0 && ingest->progress.enabled)
		progress_update(&ingest->progress, ingest->bytes_done + lines->reader.input.bytes_taken);
}

// Reads one source from end to end: an element of argv, or a pointer to "-". Prints what keeps it from being read.
enum format_result ingest_source(struct ingest *ingest, char *const *operand);

// Tells the summary. False when something that was asked for by name was in none of the sources, which is printed too.
bool ingest_finish(struct ingest *ingest);

// Tells what was guessed about a source, unless the last source had the same or nobody wants to know.
void ingest_say(struct ingest *ingest, const char *source, struct slice what);

// Prints the mapping in use for the source, and what its times are read with.
void ingest_explain(const struct ingest *ingest, const char *source, struct slice mapping);

// Rejects lines of a source, as rejects_add does, with the byte order mark that stood before the first one.
bool ingest_reject(struct ingest *ingest, const struct source_lines *lines, uint64_t line, struct slice input,
    const char *message) __attribute__((warn_unused_result));

// Rejects a line of a source that is rejected as a whole, without a message of its own. Returns whether to stop.
bool ingest_reject_untold(struct ingest *ingest, const struct source_lines *lines, uint64_t line, struct slice input,
    const char *message) __attribute__((warn_unused_result));

// The same for the lines that are left of the source; *count grows by them.
enum format_result ingest_reject_rest(struct ingest *ingest, struct source_lines *lines, const char *message,
    uint64_t *count, struct error *error) __attribute__((warn_unused_result));

// Tells why `count` lines of the source were rejected.
void ingest_tell_untimed(const struct ingest *ingest, const char *source, const char *message, uint64_t count);

// For a source whose twin is called by its stem since nothing else is said. -1 with error when another source had the same stem: two
// recordings would silently become one twin.
int ingest_claim_stem(struct ingest *ingest, const char *source, struct error *error)
    __attribute__((warn_unused_result));

// Says what such twins are called, for ingest_say: the same for all sources of a run.
void ingest_append_stem(struct buffer *out, const struct ingest *ingest, const char *source);

void occurrences_add(struct occurrences *occurrences, const char *source, uint64_t line);

#endif
