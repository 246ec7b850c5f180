#include "base/time_zone.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/time_zone_rule.h"

#define MAX_FILE_SIZE (1 << 20)
#define MAX_NAME_SIZE 100

// RFC 8536 3.2: local times lie less than 25 hours behind and 26 hours ahead of UTC.
#define MAX_OFFSET (26 * 3600)

// What nanoseconds reach, and a year on either side of it.
#define FIRST_YEAR 1676
#define LAST_YEAR  2263

struct transition {
	int64_t seconds;
	int32_t offset; // from then on
};

// All changes of the offset that timestamps can meet, those that follow from the file's closing rule too, so that
// looking one up is nothing but a search. Period 0 is before transition 0, period p begins with transition p - 1.
struct time_zone {
	char *name;
	int32_t first_offset;
	struct transition *transitions;
	size_t count, capacity;
};

static struct time_zone *new_zone(struct slice name, int32_t offset)
{
	struct time_zone *zone = memory_new_zeroed(1, sizeof *zone);

	zone->name = memory_dup_slice(name);
	zone->first_offset = offset;
	return zone;
}

void time_zone_free(struct time_zone *zone)
{
	if (!zone)
		return;
	free(zone->name);
	free(zone->transitions);
	free(zone);
}

const char *time_zone_name(const struct time_zone *zone)
{
	return zone->name;
}

static void append_transition(struct time_zone *zone, int64_t seconds, int32_t offset)
{
	zone->transitions = memory_grow(zone->transitions, &zone->capacity, zone->count + 1, sizeof *zone->transitions);
	zone->transitions[zone->count++] = (struct transition){seconds, offset};
}

static int32_t period_offset(const struct time_zone *zone, size_t period)
{
	return period ? zone->transitions[period - 1].offset : zone->first_offset;
}

// The file's table, in the order and with the names of RFC 8536 3.1.
struct tzif_header {
	int version; // '\0', '2', '3', '4'
	uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

#define TZIF_HEADER_SIZE 44
#define TZIF_TYPE_SIZE   6

static int32_t read_int32(const char *data)
{
	uint32_t value;

	memcpy(&value, data, sizeof value);
	return (int32_t)be32toh(value);
}

static int64_t read_time(const char *data, size_t width)
{
	uint64_t value;

	if (width == 4)
		return read_int32(data);
	memcpy(&value, data, sizeof value);
	return (int64_t)be64toh(value);
}

static int take_header(struct slice *file, struct tzif_header *header, struct error *error)
{
	uint32_t counts[6];

	if (file->length < TZIF_HEADER_SIZE || memcmp(file->data, "TZif", 4) != 0)
		return error_set(error, "it is not a time zone file");
	for (size_t i = 0; i < 6; i++)
		counts[i] = (uint32_t)read_int32(file->data + 20 + 4 * i);
	*header = (struct tzif_header){file->data[4], counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
	*file = slice_skip(*file, TZIF_HEADER_SIZE);
	return 0;
}

static int take_block(
    struct slice *file, const struct tzif_header *h, size_t width, struct slice *block, struct error *error)
{
	uint64_t size = (uint64_t)h->timecnt * (width + 1) + (uint64_t)h->typecnt * TZIF_TYPE_SIZE + h->charcnt +
	    (uint64_t)h->leapcnt * (width + 4) + h->isstdcnt + h->isutcnt;

	if (size > file->length)
		return error_set(error, "its file is cut short");
	*block = slice_of(file->data, size);
	*file = slice_skip(*file, size);
	return 0;
}

static int read_offset(const char *types, uint32_t count, unsigned index, int32_t *offset, struct error *error)
{
	if (index >= count)
		return error_set(error, "its file names a type that it does not hold");
	*offset = read_int32(types + (size_t)index * TZIF_TYPE_SIZE);
	if (*offset < -MAX_OFFSET || *offset > MAX_OFFSET)
		return error_set(error, "its file holds an offset of more than 26 hours");
	return 0;
}

static int read_transitions(
    struct time_zone *zone, const struct tzif_header *header, size_t width, struct slice block, struct error *error)
{
	const char *indices = block.data + header->timecnt * width;
	const char *types = indices + header->timecnt;

	if (header->leapcnt)
		return error_set(error, "its times count leap seconds, which timestamps do not");
	if (read_offset(types, header->typecnt, 0, &zone->first_offset, error) != 0)
		return -1;
	for (size_t i = 0; i < header->timecnt; i++) {
		int64_t seconds = read_time(block.data + i * width, width);
		int32_t offset = 0;

		if (read_offset(types, header->typecnt, (unsigned char)indices[i], &offset, error) != 0)
			return -1;
		if (i && seconds <= zone->transitions[zone->count - 1].seconds)
			return error_set(error, "the times in its file do not ascend");
		append_transition(zone, seconds, offset);
	}
	return 0;
}

// A change of the rule that falls on the one before replaces it: saving all the year round is written as an end at the
// instant of the next start (RFC 8536 3.3.1). `listed` are the file's own, which hold.
static void append_rule_transition(struct time_zone *zone, size_t listed, int64_t seconds, int32_t offset)
{
	struct transition *last = zone->count ? &zone->transitions[zone->count - 1] : NULL;

	if (!last || seconds > last->seconds)
		append_transition(zone, seconds, offset);
	else if (seconds == last->seconds && zone->count > listed)
		last->offset = offset;
}

static void apply_rule(struct time_zone *zone, const struct time_zone_rule *rule)
{
	size_t listed = zone->count;

	if (!listed && !rule->has_saving)
		zone->first_offset = rule->standard;
	for (int64_t year = FIRST_YEAR; rule->has_saving && year <= LAST_YEAR; year++) {
		int64_t start = time_zone_rule_start(rule, year), end = time_zone_rule_end(rule, year);

		if (end < start)
			append_rule_transition(zone, listed, end, rule->standard);
		append_rule_transition(zone, listed, start, rule->saving);
		if (end >= start)
			append_rule_transition(zone, listed, end, rule->standard);
	}
}

// The rule behind the table, between two line ends; empty where none is known, and the last offset then stays.
static int read_footer(struct time_zone *zone, struct slice footer, struct error *error)
{
	struct time_zone_rule rule;
	const char *end;

	if (footer.length < 2 || footer.data[0] != '\n')
		return error_set(error, "its file has no closing rule");
	footer = slice_skip(footer, 1);
	end = memchr(footer.data, '\n', footer.length);
	if (!end)
		return error_set(error, "its file is cut short in the closing rule");
	footer.length = (size_t)(end - footer.data);
	if (!footer.length)
		return 0;
	if (time_zone_rule_parse(footer, &rule, error) != 0)
		return -1;
	apply_rule(zone, &rule);
	return 0;
}

static int read_tzif(struct time_zone *zone, struct slice file, struct error *error)
{
	struct tzif_header header;
	struct slice block = SLICE_EMPTY;
	size_t width = 4;

	if (take_header(&file, &header, error) != 0 || take_block(&file, &header, width, &block, error) != 0)
		return -1;
	// From version 2 on the 32-bit table is only for old readers; the real one follows.
	if (header.version >= '2') {
		width = 8;
		if (take_header(&file, &header, error) != 0 || take_block(&file, &header, width, &block, error) != 0)
			return -1;
	}
	if (read_transitions(zone, &header, width, block, error) != 0)
		return -1;
	return width == 8 ? read_footer(zone, file, error) : 0;
}

struct time_zone *time_zone_from_tzif(struct slice name, struct slice file, struct error *error)
{
	struct time_zone *zone = new_zone(name, 0);
	struct error why;

	if (read_tzif(zone, file, &why) == 0)
		return zone;
	error_set(error, "time zone '%s' cannot be used: %s", zone->name, why.message);
	time_zone_free(zone);
	return NULL;
}

// Components of letters, digits, '_', '+' and '-' between single slashes: nothing that could lead out of the directory.
// Debian keeps a link to /etc/localtime among the zones; the machine's own zone is not to be had by that way either.
static bool is_zone_name(struct slice name)
{
	char before = '/';

	if (name.length > MAX_NAME_SIZE || slice_is(name, "localtime"))
		return false;
	for (size_t i = 0; i < name.length; before = name.data[i++]) {
		char c = name.data[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';

		if (!letter && (before == '/' || (c != '+' && c != '-' && c != '/')))
			return false;
	}
	return before != '/';
}

static void set_unknown(struct slice name, struct error *error)
{
	if (access(TIME_ZONE_DIRECTORY "/Etc/UTC", F_OK) != 0)
		error_set(error,
		    "time zone '%.*s' cannot be looked up: there is no time zone database in " TIME_ZONE_DIRECTORY
		    " (it comes with the package tzdata)",
		    (int)name.length, name.data);
	else
		error_set(error,
		    "time zone '%.*s' is not known: write a name as in " TIME_ZONE_DIRECTORY
		    " (Europe/Berlin, exactly so), UTC, or an offset such as +01:00",
		    (int)name.length, name.data);
}

static int read_all(int descriptor, struct buffer *contents)
{
	ssize_t got;

	do {
		got = read(descriptor, buffer_reserve(contents, 8192), 8192);
		if (got > 0)
			contents->length += (size_t)got;
	} while ((got > 0 && contents->length <= MAX_FILE_SIZE) || (got < 0 && errno == EINTR));
	if (got > 0)
		errno = EFBIG;
	return got == 0 ? 0 : -1;
}

static int read_regular(int descriptor, struct buffer *contents)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0)
		return -1;
	if (!S_ISREG(status.st_mode)) {
		errno = ENOENT;
		return -1;
	}
	return read_all(descriptor, contents);
}

static int read_zone_file(struct slice name, struct buffer *contents, struct error *error)
{
	char path[sizeof TIME_ZONE_DIRECTORY + MAX_NAME_SIZE + 1];
	int descriptor, status = -1;

	snprintf(path, sizeof path, "%s/%.*s", TIME_ZONE_DIRECTORY, (int)name.length, name.data);
	descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (descriptor >= 0) {
		status = read_regular(descriptor, contents);
		close(descriptor);
	}
	if (status != 0 && (errno == ENOENT || errno == ENOTDIR))
		set_unknown(name, error);
	else if (status != 0)
		error_set_errno(error, "cannot read time zone '%s'", path);
	return status;
}

static struct time_zone *read_named_zone(struct slice name, struct error *error)
{
	struct buffer contents = BUFFER_INIT;
	struct time_zone *zone = NULL;

	if (read_zone_file(name, &contents, error) == 0)
		zone = time_zone_from_tzif(name, buffer_slice(&contents), error);
	buffer_release(&contents);
	return zone;
}

static struct time_zone *new_fixed_zone(struct slice name, struct error *error)
{
	struct slice rest = name;
	struct error why;
	int32_t offset;

	if (civil_take_offset(&rest, &offset, &why) == 0 && !rest.length)
		return new_zone(name, offset);
	error_set(error, "time zone '%.*s': an offset from UTC is written +hh:mm or -hh:mm, up to 23:59",
	    (int)(name.length < MAX_NAME_SIZE ? name.length : MAX_NAME_SIZE), name.data);
	return NULL;
}

struct time_zone *time_zone_new(struct slice name, struct error *error)
{
	if (slice_is(name, "UTC") || slice_is(name, "Z") || slice_is(name, "z"))
		return new_zone(name, 0);
	if (name.length && (name.data[0] == '+' || name.data[0] == '-'))
		return new_fixed_zone(name, error);
	if (is_zone_name(name))
		return read_named_zone(name, error);
	name.length = name.length < MAX_NAME_SIZE ? name.length : MAX_NAME_SIZE;
	set_unknown(name, error);
	return NULL;
}

static int64_t floor_seconds(int64_t nanoseconds)
{
	return nanoseconds / NANOSECONDS_PER_SECOND - (nanoseconds % NANOSECONDS_PER_SECOND < 0);
}

static size_t period_at(const struct time_zone *zone, int64_t seconds)
{
	size_t low = 0, high = zone->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->transitions[middle].seconds <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t time_zone_offset(const struct time_zone *zone, int64_t nanoseconds)
{
	return period_offset(zone, period_at(zone, floor_seconds(nanoseconds)));
}

// Whether the clock shows `local` during the period.
static bool period_shows(const struct time_zone *zone, size_t period, int64_t local)
{
	int64_t instant = local - period_offset(zone, period);

	return (period == 0 || instant >= zone->transitions[period - 1].seconds) &&
	    (period == zone->count || instant < zone->transitions[period].seconds);
}

// The period with whose offset `local` is read, and the second one when there is one. In a gap no period shows `local`;
// it then lies between the end of some period, by its own clock, and the beginning of the next.
static enum local_time_kind find_periods(const struct time_zone *zone, int64_t local, size_t *earlier, size_t *later)
{
	size_t first = period_at(zone, local - MAX_OFFSET), last = period_at(zone, local + MAX_OFFSET);
	enum local_time_kind kind = LOCAL_TIME_GAP;

	for (size_t p = first; p <= last; p++) {
		if (!period_shows(zone, p, local))
			continue;
		*later = p;
		if (kind != LOCAL_TIME_GAP)
			return LOCAL_TIME_FOLD;
		*earlier = p;
		kind = LOCAL_TIME_UNIQUE;
	}
	if (kind == LOCAL_TIME_GAP) {
		while (first < last && zone->transitions[first].seconds + period_offset(zone, first) <= local)
			first++;
		*later = first;
		*earlier = first - 1;
	}
	return kind;
}

// A transition close to an end of the range may lie just beyond it.
static int64_t transition_instant(const struct time_zone *zone, size_t period)
{
	int64_t seconds = zone->transitions[period - 1].seconds, nanoseconds;

	if (timestamp_scale(seconds, NANOSECONDS_PER_SECOND, &nanoseconds) == 0)
		return nanoseconds;
	return seconds < 0 ? TIMESTAMP_MIN : TIMESTAMP_MAX;
}

int time_zone_resolve(
    const struct time_zone *zone, const struct civil_time *civil, struct local_time_result *result, struct error *error)
{
	size_t earlier = 0, later = 0;
	int64_t local;

	if (civil_to_seconds(civil, &local, error) != 0)
		return -1;
	result->kind = find_periods(zone, local, &earlier, &later);
	if (civil_at_offset(civil, period_offset(zone, earlier), &result->nanoseconds, error) != 0)
		return -1;
	result->later_nanoseconds = result->nanoseconds;
	result->transition_nanoseconds = result->nanoseconds;
	if (result->kind == LOCAL_TIME_UNIQUE)
		return 0;
	result->transition_nanoseconds = transition_instant(zone, later);
	if (result->kind == LOCAL_TIME_FOLD)
		return civil_at_offset(civil, period_offset(zone, later), &result->later_nanoseconds, error);
	return 0;
}
