#define _GNU_SOURCE // qsort_r, O_TMPFILE
#include "io/external_sort.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "io/descriptor.h"

// So many parts of one size are merged into one of the next size: open files stay few, and each pair is written once per size.
#define MERGE_WIDTH 16

#define WRITE_SIZE ((size_t)1 << 20)
#define READ_SIZE  ((size_t)256 << 10)

// What stands before each pair, in memory and in files.
struct pair {
	uint64_t text_length;
	uint64_t key_length;
};

struct item {
	uint64_t prefix; // the first bytes of the key: most comparisons need no more
	size_t offset;   // of the pair
};

// A sorted part in a file, and the pair that comes next while it is merged.
struct part {
	int fd;
	unsigned size; // how many merges made it
	struct buffer block;
	size_t position;
	struct slice key, text;
};

struct external_sort {
	size_t memory;
	const char *directory;
	struct buffer pairs;
	struct item *items;
	size_t item_count, item_capacity, item_next;
	struct part *parts; // in the order their pairs came
	size_t part_count, part_capacity;
	size_t *heap; // of parts that are not at their end
	size_t heap_count;
	size_t spilled;
	size_t taken; // 1 + the part whose pair was returned last
};

struct external_sort *external_sort_new(size_t memory, const char *directory)
{
	struct external_sort *sort = memory_new_zeroed(1, sizeof *sort);
	const char *wish = getenv("TMPDIR");

	sort->memory = memory;
	sort->directory = directory ? directory : wish && *wish ? wish : "/tmp";
	return sort;
}

static void release_part(struct part *part)
{
	close(part->fd);
	buffer_release(&part->block);
}

void external_sort_free(struct external_sort *sort)
{
	if (!sort)
		return;
	for (size_t i = 0; i < sort->part_count; i++)
		release_part(&sort->parts[i]);
	buffer_release(&sort->pairs);
	free(sort->items);
	free(sort->parts);
	free(sort->heap);
	free(sort);
}

size_t external_sort_spilled(const struct external_sort *sort)
{
	return sort->spilled;
}

static uint64_t prefix_of(struct slice key)
{
	uint64_t prefix = 0;

	for (size_t i = 0; i < sizeof prefix; i++)
		prefix = prefix << 8 | (i < key.length ? (unsigned char)key.data[i] : 0);
	return prefix;
}

static struct slice key_at(const char *pair)
{
	struct pair head;

	memcpy(&head, pair, sizeof head);
	return slice_of(pair + sizeof head, head.key_length);
}

static struct slice text_at(const char *pair)
{
	struct pair head;

	memcpy(&head, pair, sizeof head);
	return slice_of(pair + sizeof head + head.key_length, head.text_length);
}

static int compare_items(const void *left, const void *right, void *context)
{
	const struct item *a = left, *b = right;
	const char *pairs = context;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	int order = slice_compare(key_at(pairs + a->offset), key_at(pairs + b->offset));

	// What came first stands first.
	return order ? order : (a->offset > b->offset) - (a->offset < b->offset);
}

static void sort_items(struct external_sort *sort)
{
	if (sort->item_count)
		qsort_r(sort->items, sort->item_count, sizeof *sort->items, compare_items, sort->pairs.data);
}

static int write_error(const struct external_sort *sort, struct error *error)
{
	return error_set_errno(error, "cannot write a temporary file in '%s'", sort->directory);
}

// A file without a name; where the file system has none, one whose name is taken away at once.
static int open_file(const struct external_sort *sort)
{
	int fd = open(sort->directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct buffer path = BUFFER_INIT;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	buffer_printf(&path, "%s/twin-sort-XXXXXX", sort->directory);
	buffer_append_char(&path, '\0');
	fd = mkostemp(path.data, O_CLOEXEC);
	if (fd >= 0)
		unlink(path.data);
	buffer_release(&path);
	return fd;
}

static struct part *add_part(struct external_sort *sort, unsigned size, struct error *error)
{
	int fd = open_file(sort);

	if (fd < 0) {
		write_error(sort, error);
		return NULL;
	}
	sort->parts = memory_grow(sort->parts, &sort->part_capacity, sort->part_count + 1, sizeof *sort->parts);
	sort->parts[sort->part_count] = (struct part){.fd = fd, .size = size};
	sort->spilled++;
	return &sort->parts[sort->part_count++];
}

static int write_pair(struct part *part, struct slice key, struct slice text)
{
	struct pair head = {text.length, key.length};

	buffer_append(&part->block, &head, sizeof head);
	buffer_append_slice(&part->block, key);
	buffer_append_slice(&part->block, text);
	if (part->block.length < WRITE_SIZE)
		return 0;
	int failed = descriptor_write(part->fd, part->block.data, part->block.length);

	buffer_reset(&part->block);
	return failed;
}

static int end_part(struct part *part)
{
	if (descriptor_write(part->fd, part->block.data, part->block.length))
		return -1;
	buffer_release(&part->block);
	return lseek(part->fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

// Bytes of the part from its position on, at least that many: 1, 0 at the end, -1.
static int fill(struct part *part, size_t needed)
{
	if (part->position) {
		part->block.length -= part->position;
		memmove(part->block.data, part->block.data + part->position, part->block.length);
		part->position = 0;
	}
	while (part->block.length < needed) {
		size_t room = needed - part->block.length > READ_SIZE ? needed - part->block.length : READ_SIZE;
		ssize_t got = descriptor_read(part->fd, buffer_reserve(&part->block, room), room);

		if (got < 0)
			return -1;
		if (got == 0 && part->block.length == 0)
			return 0;
		if (got == 0) {
			errno = EIO; // somebody has cut the file
			return -1;
		}
		part->block.length += (size_t)got;
	}
	return 1;
}

static int have(struct part *part, size_t needed)
{
	return part->block.length - part->position >= needed ? 1 : fill(part, needed);
}

// The next pair of the part into key and text.
static int read_pair(struct part *part)
{
	struct pair head;
	int got = have(part, sizeof head);

	if (got <= 0)
		return got;
	memcpy(&head, part->block.data + part->position, sizeof head);
	size_t length = sizeof head + head.key_length + head.text_length;

	if (have(part, length) <= 0)
		return -1;
	const char *pair = part->block.data + part->position;

	part->key = key_at(pair);
	part->text = text_at(pair);
	part->position += length;
	return 1;
}

// Earlier parts hold what came earlier.
static bool comes_before(const struct external_sort *sort, size_t a, size_t b)
{
	int order = slice_compare(sort->parts[a].key, sort->parts[b].key);

	return order ? order < 0 : a < b;
}

static void sift_down(struct external_sort *sort, size_t at)
{
	for (;;) {
		size_t least = at, child = 2 * at + 1;

		for (size_t i = child; i < child + 2 && i < sort->heap_count; i++)
			if (comes_before(sort, sort->heap[i], sort->heap[least]))
				least = i;
		if (least == at)
			return;
		size_t moved = sort->heap[at];

		sort->heap[at] = sort->heap[least];
		sort->heap[least] = moved;
		at = least;
	}
}

static int read_error(const struct external_sort *sort, struct error *error)
{
	return error_set_errno(error, "cannot read a temporary file in '%s'", sort->directory);
}

// Merging begins with the pairs of the parts from `first` up to `end`.
static int start_merge(struct external_sort *sort, size_t first, size_t end, struct error *error)
{
	free(sort->heap);
	sort->heap = memory_new((end - first + 1) * sizeof *sort->heap);
	sort->heap_count = 0;
	sort->taken = 0;
	for (size_t i = first; i < end; i++) {
		int got = read_pair(&sort->parts[i]);

		if (got < 0)
			return read_error(sort, error);
		if (got)
			sort->heap[sort->heap_count++] = i;
	}
	for (size_t i = sort->heap_count / 2; i-- > 0;)
		sift_down(sort, i);
	return 0;
}

// The part with the least pair, whose key and text are valid until the next call. 1, 0 at the end, -1.
static int next_of_merge(struct external_sort *sort, const struct part **least, struct error *error)
{
	if (sort->taken) {
		int got = read_pair(&sort->parts[sort->taken - 1]);

		if (got < 0)
			return read_error(sort, error);
		if (!got)
			sort->heap[0] = sort->heap[--sort->heap_count];
		sift_down(sort, 0);
		sort->taken = 0;
	}
	if (!sort->heap_count)
		return 0;
	sort->taken = sort->heap[0] + 1;
	*least = &sort->parts[sort->heap[0]];
	return 1;
}

// The last parts, of one size, become one of the next.
static int merge_last(struct external_sort *sort, struct error *error)
{
	size_t first = sort->part_count - MERGE_WIDTH, end = sort->part_count;
	struct part *merged = add_part(sort, sort->parts[first].size + 1, error);
	const struct part *least;
	int got;

	if (!merged || start_merge(sort, first, end, error))
		return -1;
	while ((got = next_of_merge(sort, &least, error)) > 0)
		if (write_pair(merged, least->key, least->text))
			return write_error(sort, error);
	if (got < 0)
		return -1;
	if (end_part(merged))
		return write_error(sort, error);
	for (size_t i = first; i < end; i++)
		release_part(&sort->parts[i]);
	sort->parts[first] = *merged;
	sort->part_count = first + 1;
	return 0;
}

static bool is_row_full(const struct external_sort *sort)
{
	const struct part *parts = sort->parts;
	size_t count = sort->part_count;

	return count >= MERGE_WIDTH && parts[count - MERGE_WIDTH].size == parts[count - 1].size;
}

static int spill(struct external_sort *sort, struct error *error)
{
	struct part *part = add_part(sort, 0, error);

	if (!part)
		return -1;
	sort_items(sort);
	for (size_t i = 0; i < sort->item_count; i++) {
		const char *pair = sort->pairs.data + sort->items[i].offset;

		if (write_pair(part, key_at(pair), text_at(pair)))
			return write_error(sort, error);
	}
	if (end_part(part))
		return write_error(sort, error);
	sort->item_count = 0;
	buffer_reset(&sort->pairs);
	while (is_row_full(sort))
		if (merge_last(sort, error))
			return -1;
	return 0;
}

int external_sort_add(struct external_sort *sort, struct slice key, struct slice text, struct error *error)
{
	struct pair head = {text.length, key.length};
	size_t needed = sizeof head + key.length + text.length + sizeof(struct item);
	size_t used = sort->pairs.length + sort->item_count * sizeof(struct item);

	if (sort->item_count && (used >= sort->memory || needed > sort->memory - used) && spill(sort, error))
		return -1;
	sort->items = memory_grow(sort->items, &sort->item_capacity, sort->item_count + 1, sizeof *sort->items);
	sort->items[sort->item_count++] = (struct item){prefix_of(key), sort->pairs.length};
	buffer_append(&sort->pairs, &head, sizeof head);
	buffer_append_slice(&sort->pairs, key);
	buffer_append_slice(&sort->pairs, text);
	return 0;
}

int external_sort_start(struct external_sort *sort, struct error *error)
{
	sort->item_next = 0;
	if (!sort->part_count) {
		sort_items(sort);
		return 0;
	}
	if (sort->item_count && spill(sort, error))
		return -1;
	buffer_release(&sort->pairs);
	return start_merge(sort, 0, sort->part_count, error);
}

int external_sort_next(struct external_sort *sort, struct slice *text, struct error *error)
{
	const struct part *least;
	int got;

	if (!sort->part_count) {
		if (sort->item_next == sort->item_count)
			return 0;
		*text = text_at(sort->pairs.data + sort->items[sort->item_next++].offset);
		return 1;
	}
	got = next_of_merge(sort, &least, error);
	if (got > 0)
		*text = least->text;
	return got;
}
