// How far each input of a store has been taken, committed together with what it changed. A file is known by its device and inode (so a log
// that has been renamed is still the same), and checked by a hash of its first bytes; what is no regular file is not known again.
#ifndef TWIN_STORE_SOURCES_H
#define TWIN_STORE_SOURCES_H

#include "io/input.h"
#include "record/record_reader.h"
#include "twin/store.h"

#define SOURCE_HEAD_MAX 4096

enum source_state {
	SOURCE_NEW,      // never taken before
	SOURCE_RESUMED,  // read on from where it was left
	SOURCE_REPLACED, // there is another file under a path that was taken
	SOURCE_SHORTER,  // than what was taken of it
	SOURCE_CHANGED,  // it begins with other bytes
	SOURCE_NO_FILE,  // a pipe or the like
};

struct store_source {
	char *path;
	bool is_file; // device and inode count
	uint64_t device, inode;
	bool is_known; // the next three are what the store says
	uint64_t known_position, known_head_length, known_head_hash;
	bool path_known; // the store knows another file under this path
	enum source_state state;
	uint64_t start; // where reading began
	uint64_t saved; // position that the store has, UINT64_MAX before the first save
	size_t head_length;
	char head[SOURCE_HEAD_MAX];
	bool is_compressed;
};

struct store_sources {
	struct store *store;
	struct store_source *items; // by operand
	size_t count;
	size_t next; // the first that may still move
	bool resume;
	sqlite3_stmt *put;
};

// Looks up the operands (none: standard input).
int store_sources_open(struct store_sources *sources, struct store *store, char *const *operands, size_t count,
    bool resume, struct error *error) __attribute__((warn_unused_result));
void store_sources_release(struct store_sources *sources);

// For record_reader_options.opened, with the sources as context: with `resume` goes to where the operand was left.
int store_sources_opened(void *context, size_t operand, struct input *input, struct error *error);

// Whether an input has moved since the last save.
bool store_sources_moved(const struct store_sources *sources, const struct record_reader *reader);

// Writes how far the inputs have been taken, before store_commit.
int store_sources_save(struct store_sources *sources, const struct record_reader *reader, struct error *error)
    __attribute__((warn_unused_result));

// What is worth telling of an operand that has been opened under `resume`; NULL for nothing.
const char *store_sources_tell(const struct store_sources *sources, size_t operand);

#endif
