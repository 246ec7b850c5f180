// The twins of a file of records, of a text, or of a store, one by one in the order of their ids.
//
// Records whose twins come in that order are taken twin by twin, and memory holds one of them. All others are folded first.
#ifndef TWIN_TWIN_SOURCE_H
#define TWIN_TWIN_SOURCE_H

#include "record/record_reader.h"
#include "twin/model.h"
#include "twin/store_state.h"
#include "twin/twin_set.h"

struct twin_source_options {
	const char *path;
	const struct slice *text; // the records, where they have been read already; NULL: in the file
	bool is_store;
	bool sorted; // records are in order; where they are not, that is an error
	size_t max_line;
	struct rejects *rejects;
	const struct option_list *entities; // NULL for all
	const struct model *model;
	void (*before_wait)(void *context);
	void *context;
};

struct twin_source {
	struct twin_source_options options;
	struct slice entity_id; // of the twin in hand
	struct slice text;      // what makes it, where it is not folded yet; empty otherwise
	bool is_unsorted;       // the error is that the records are not in order
	struct record_reader *reader;
	char *operand;
	const struct record *pending; // of the next twin
	struct buffer name, lines;
	uint64_t line_number; // of the first of lines
	struct store store;
	struct store_state state;
	sqlite3_stmt *rows;
	struct twin_set set;
	const struct twin **sorted;
	size_t count, at;
};

// -1 with error (whose message is empty where it has been told). Close it either way.
int twin_source_open(struct twin_source *source, const struct twin_source_options *options, struct error *error)
    __attribute__((warn_unused_result));
void twin_source_close(struct twin_source *source);

// 1 when there is a twin in hand, 0 at the end, -1 with error.
int twin_source_next(struct twin_source *source, struct error *error) __attribute__((warn_unused_result));

// The twin in hand; *twin may be NULL when what was said of it says nothing. Valid until the next one. -1 with error.
int twin_source_twin(struct twin_source *source, const struct twin **twin, struct error *error)
    __attribute__((warn_unused_result));

// Puts records into a set: of a file, or of a text. -1 with error as above.
int twin_source_fold(struct twin_set *set, const struct twin_source_options *options, struct error *error)
    __attribute__((warn_unused_result));

#endif
