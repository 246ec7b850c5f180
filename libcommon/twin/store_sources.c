#include "twin/store_sources.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"

static bool is_standard_input(const char *operand)
{
	return strcmp(operand, "-") == 0;
}

// What the store knows of the file, and of another one under its path.
static int look_up(struct store_sources *sources, struct store_source *source, struct error *error)
{
	sqlite3_stmt *find = NULL;
	int row;

	if (store_prepare(sources->store, &find,
		"SELECT device = ?1 AND inode = ?2, position, head_length, head_hash FROM sources"
		" WHERE (device = ?1 AND inode = ?2) OR path = ?3",
		error))
		return -1;
	sqlite3_bind_int64(find, 1, (int64_t)source->device);
	sqlite3_bind_int64(find, 2, (int64_t)source->inode);
	store_bind_text(find, 3, slice_from_string(source->path));
	while ((row = store_step(sources->store, find, error)) > 0) {
		if (!sqlite3_column_int(find, 0)) {
			source->path_known = true;
			continue;
		}
		source->is_known = true;
		source->known_position = (uint64_t)sqlite3_column_int64(find, 1);
		source->known_head_length = (uint64_t)sqlite3_column_int64(find, 2);
		source->known_head_hash = (uint64_t)sqlite3_column_int64(find, 3);
	}
	sqlite3_finalize(find);
	return row;
}

static int open_source(
    struct store_sources *sources, struct store_source *source, const char *operand, struct error *error)
{
	struct stat info;
	bool is_stdin = is_standard_input(operand);
	char *whole = is_stdin ? NULL : realpath(operand, NULL);

	source->path = whole ? whole : memory_dup_string(operand);
	source->saved = UINT64_MAX;
	// What cannot be opened is told when it is to be read.
	if ((is_stdin ? fstat(STDIN_FILENO, &info) : stat(operand, &info)) || !S_ISREG(info.st_mode))
		return 0;
	source->is_file = true;
	source->device = info.st_dev;
	source->inode = info.st_ino;
	return look_up(sources, source, error);
}

int store_sources_open(struct store_sources *sources, struct store *store, char *const *operands, size_t count,
    bool resume, struct error *error)
{
	*sources = (struct store_sources){.store = store, .count = count ? count : 1, .resume = resume};
	sources->items = memory_new_zeroed(sources->count, sizeof *sources->items);
	for (size_t i = 0; i < sources->count; i++)
		if (open_source(sources, &sources->items[i], count ? operands[i] : "-", error))
			return -1;
	return 0;
}

void store_sources_release(struct store_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		free(sources->items[i].path);
	free(sources->items);
	sqlite3_finalize(sources->put);
}

static uint64_t head_hash(const struct store_source *source, size_t length)
{
	return hash_bytes(slice_of(source->head, length), 0);
}

// Whether the file that has been opened is the one that the store knows, and still holds what was taken of it.
static enum source_state judge(const struct store_source *source, const struct stat *info, bool is_compressed)
{
	if (!source->is_known)
		return source->path_known ? SOURCE_REPLACED : SOURCE_NEW;
	if (!is_compressed && (uint64_t)info->st_size < source->known_position)
		return SOURCE_SHORTER;
	if (source->known_head_length > source->head_length ||
	    head_hash(source, source->known_head_length) != source->known_head_hash)
		return SOURCE_CHANGED;
	return SOURCE_RESUMED;
}

int store_sources_opened(void *context, size_t operand, struct input *input, struct error *error)
{
	struct store_sources *sources = context;
	struct store_source *source = &sources->items[operand];
	struct stat info;
	off_t start = lseek(input->fd, 0, SEEK_CUR);
	bool is_file = source->is_file && start >= 0 && fstat(input->fd, &info) == 0 && S_ISREG(info.st_mode);

	source->is_file = false;
	source->state = SOURCE_NO_FILE;
	source->is_compressed = input->decoder;
	// A compressed stream that somebody has begun to read has no positions that could be found again.
	if (!is_file || (start && source->is_compressed))
		return 0;
	source->is_file = true;
	if (source->device != info.st_dev || source->inode != info.st_ino) {
		// It has been replaced since it was looked up.
		source->path_known |= source->is_known;
		source->is_known = false;
		source->device = info.st_dev;
		source->inode = info.st_ino;
	}
	ssize_t got = pread(input->fd, source->head, sizeof source->head, 0);

	source->head_length = got > 0 ? (size_t)got : 0;
	source->state = judge(source, &info, source->is_compressed);
	source->start = (uint64_t)start;
	if (!sources->resume || source->state != SOURCE_RESUMED || source->known_position <= source->start)
		return 0;
	if (input_skip(input, source->known_position - source->start, error))
		return -1;
	source->start = source->known_position;
	return 0;
}

static uint64_t position_of(const struct store_sources *sources, const struct record_reader *reader, size_t operand)
{
	return sources->items[operand].start + record_reader_position(reader, operand);
}

bool store_sources_moved(const struct store_sources *sources, const struct record_reader *reader)
{
	for (size_t i = sources->next; i <= record_reader_operand(reader); i++)
		if (sources->items[i].is_file && record_reader_position(reader, i) &&
		    position_of(sources, reader, i) != sources->items[i].saved)
			return true;
	return false;
}

static int save(struct store_sources *sources, struct store_source *source, uint64_t position, struct error *error)
{
	sqlite3_stmt *put = sources->put;
	size_t head = source->head_length;

	// Of a file that grows only what is whole stays as it is.
	if (!source->is_compressed && position < head)
		head = (size_t)position;
	sqlite3_bind_int64(put, 1, (int64_t)source->device);
	sqlite3_bind_int64(put, 2, (int64_t)source->inode);
	store_bind_text(put, 3, slice_from_string(source->path));
	sqlite3_bind_int64(put, 4, (int64_t)position);
	sqlite3_bind_int64(put, 5, (int64_t)head);
	sqlite3_bind_int64(put, 6, (int64_t)head_hash(source, head));
	sqlite3_bind_int64(put, 7, (int64_t)sources->store->revision);
	source->saved = position;
	return store_step(sources->store, put, error);
}

int store_sources_save(struct store_sources *sources, const struct record_reader *reader, struct error *error)
{
	size_t last = record_reader_operand(reader);

	if (store_prepare(sources->store, &sources->put,
		"INSERT OR REPLACE INTO sources (device, inode, path, position, head_length, head_hash, revision)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		error))
		return -1;
	for (size_t i = sources->next; i <= last; i++) {
		uint64_t position = position_of(sources, reader, i);

		if (sources->items[i].is_file && record_reader_position(reader, i) &&
		    position != sources->items[i].saved && save(sources, &sources->items[i], position, error))
			return -1;
	}
	sources->next = last;
	return 0;
}

const char *store_sources_tell(const struct store_sources *sources, size_t operand)
{
	static const char *const words[] = {
	    [SOURCE_NEW] = NULL,
	    [SOURCE_RESUMED] = NULL,
	    [SOURCE_REPLACED] = "is another file than the one taken before: read from its start",
	    [SOURCE_SHORTER] = "is shorter than what was taken of it: read from its start",
	    [SOURCE_CHANGED] = "begins with other bytes than when it was taken: read from its start",
	    [SOURCE_NO_FILE] = "is no file that can be resumed: all of it is read",
	};

	return words[sources->items[operand].state];
}
