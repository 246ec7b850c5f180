#include <string.h>

#include "base/decimal.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "record/record.h"

// Members of a usual reading. Each name stands with its quotes and colon in sixteen bytes, so that one comparison finds it.
struct plain_member {
	char text[16];
	uint8_t member;
	uint8_t length;
	uint16_t mask; // of the bytes that are the name's
};

#define PLAIN(name, which)                                                                                             \
	{                                                                                                              \
		"\"" name "\":", which, sizeof(name) + 2, (1u << (sizeof(name) + 2)) - 1                               \
	}

static const struct plain_member members[] = {
    PLAIN("entity_id", MEMBER_ENTITY_ID),
    PLAIN("property", MEMBER_PROPERTY),
    PLAIN("timestamp", MEMBER_TIMESTAMP),
    PLAIN("value", MEMBER_VALUE),
    PLAIN("unit", MEMBER_UNIT),
    PLAIN("quality", MEMBER_QUALITY),
    PLAIN("sensor_id", MEMBER_SENSOR_ID),
    PLAIN("received", MEMBER_RECEIVED),
    PLAIN("origin", MEMBER_ORIGIN),
};

#define PLAIN_COUNT (sizeof members / sizeof *members)

#define REQUIRED                                                                                                       \
	(MEMBER_BIT(MEMBER_ENTITY_ID) | MEMBER_BIT(MEMBER_PROPERTY) | MEMBER_BIT(MEMBER_TIMESTAMP) |                   \
	    MEMBER_BIT(MEMBER_VALUE))
#define NUMBERS (MEMBER_BIT(MEMBER_QUALITY))
#define EITHER  (MEMBER_BIT(MEMBER_VALUE))

#define MINUTE_LENGTH RECORD_MINUTE_LENGTH

bool record_same_minute(const struct record_scanner *scanner, struct slice text, int64_t *nanoseconds)
{
	static const int32_t weights[] = {0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	const char *p = text.data + MINUTE_LENGTH;

	if (text.length < MINUTE_LENGTH + 4 || text.length > MINUTE_LENGTH + 14 ||
	    memcmp(text.data, scanner->minute, MINUTE_LENGTH) != 0)
		return false;
	if (p[0] != ':' || (unsigned char)(p[1] - '0') > 5 || (unsigned char)(p[2] - '0') > 9 ||
	    text.data[text.length - 1] != 'Z')
		return false;
	int64_t time = scanner->minute_start + ((p[1] - '0') * 10 + (p[2] - '0')) * NANOSECONDS_PER_SECOND;
	size_t digits = text.length - MINUTE_LENGTH - 4;

	if (digits == 1 || (digits && p[3] != '.'))
		return false;
	for (size_t i = 1; i < digits; i++) {
		if ((unsigned char)(p[3 + i] - '0') > 9)
			return false;
		time += (int64_t)weights[i] * (p[3 + i] - '0');
	}
	*nanoseconds = time;
	return true;
}

// Only minutes in that shape, and not at the ends of what int64 reaches.
void record_note_minute(struct record_scanner *scanner, struct slice text, int64_t nanoseconds)
{
	int64_t minute = 60 * NANOSECONDS_PER_SECOND;
	int64_t start = nanoseconds - nanoseconds % minute;

	if (text.length < MINUTE_LENGTH + 4 || text.data[text.length - 1] != 'Z' || nanoseconds < 0 ||
	    start > TIMESTAMP_MAX - 2 * minute)
		return;
	memcpy(scanner->minute, text.data, MINUTE_LENGTH);
	scanner->minute_start = start;
}

bool record_plain_quality(struct slice text, double *quality)
{
	// Up to 15 digits are exact in a double, and so is the power of ten: their quotient is what strtod gives.
	static const double powers[] = {
	    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	int64_t digits = 0;

	if (text.length < 3 || text.length > 17 || text.data[0] != '0' || text.data[1] != '.')
		return false;
	for (size_t i = 2; i < text.length; i++) {
		if ((unsigned char)(text.data[i] - '0') > 9)
			return false;
		digits = digits * 10 + (text.data[i] - '0');
	}
	*quality = (double)digits / powers[text.length - 2];
	return true;
}

#ifdef __SSE2__
static inline bool stands_here(__m128i bytes, const struct plain_member *member)
{
	__m128i name = _mm_loadu_si128((const __m128i *)(const void *)member->text);

	return !(~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, name)) & member->mask);
}

// Which member's name stands at p, or -1. Streams repeat their shape: the one that followed last time is tried first.
static inline int find_member(struct record_scanner *scanner, const char *p, size_t previous)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
	size_t guess = scanner->next[previous];

	if (stands_here(bytes, &members[guess]))
		return (int)guess;
	for (size_t i = 0; i < PLAIN_COUNT; i++) {
		if (stands_here(bytes, &members[i])) {
			scanner->next[previous] = (uint8_t)i;
			return (int)i;
		}
	}
	return -1;
}

// The members up to the closing brace; returns the byte behind it. NULL when there is anything unusual.
static inline const char *scan_members(
    struct record_scanner *scanner, const char *p, const char *end, struct record *record, uint32_t *strings)
{
	size_t previous = PLAIN_COUNT;
	uint32_t seen = 0, text_members = 0;

	for (;; p++) {
		int at = find_member(scanner, p, previous);

		if (at < 0)
			return NULL;
		unsigned member = members[at].member;
		const char *value = p + members[at].length;
		uint32_t bit = MEMBER_BIT(member);

		if (seen & bit)
			return NULL;
		seen |= bit;
		if (*value == '"') {
			p = line_find_plain_end(value + 1, end);
			if (!p)
				return NULL;
			record->text[member] = slice_of(value + 1, (size_t)(p++ - value - 1));
			text_members |= bit;
		} else {
			p = line_find_number_end(value);
			if (!p)
				return NULL;
			record->text[member] = slice_of(value, (size_t)(p - value));
		}
		// A number may have run into what lies behind the block.
		if (p >= end)
			return NULL;
		previous = (size_t)at;
		if (*p != ',')
			break;
	}
	record->present = seen;
	*strings = text_members;
	return *p == '}' ? p + 1 : NULL;
}

static inline unsigned find_byte(const char *p, char c)
{
	__m128i low = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i high = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
	__m128i wanted = _mm_set1_epi8(c);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(low, wanted)) |
	    (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(high, wanted)) << 16;
}

// A short path without escapes or empty segments; there is room to read behind it.
static inline bool is_plain_property(struct slice path)
{
	if (path.length - 1 >= 31)
		return false;
	unsigned end = 1u << path.length, slashes = (find_byte(path.data, '/') & (end - 1)) | end;

	return !(slashes & (slashes << 1 | 1)) && !(find_byte(path.data, '~') & (end - 1));
}

static bool check_values(struct record_scanner *scanner, struct record *record)
{
	struct slice time = record->text[MEMBER_TIMESTAMP];
	struct error ignored;

	// The lower bound also covers the upper one: 0 - 1 is large.
	if (record->text[MEMBER_ENTITY_ID].length - 1 >= RECORD_ENTITY_MAX ||
	    (!is_plain_property(record->text[MEMBER_PROPERTY]) &&
		property_path_check(record->text[MEMBER_PROPERTY], &ignored)))
		return false;
	if (!record_same_minute(scanner, time, &record->timestamp)) {
		if (timestamp_parse(time, &record->timestamp, NULL))
			return false;
		record_note_minute(scanner, time, record->timestamp);
	}
	record->quality = 1;
	if (record_has(record, MEMBER_QUALITY) && !record_plain_quality(record->text[MEMBER_QUALITY], &record->quality))
		return false;
	record->received = 0;
	return !record_has(record, MEMBER_RECEIVED) ||
	    !timestamp_parse(record->text[MEMBER_RECEIVED], &record->received, NULL);
}

const char *record_scan_plain(struct record_scanner *scanner, const char *p, const char *end, struct record *record)
{
	uint32_t strings;
	const char *stop = *p == '{' ? scan_members(scanner, p + 1, end, record, &strings) : NULL;

	if (!stop || (stop < end && *stop != '\n'))
		return NULL;
	uint32_t present = record->present;

	if ((present & REQUIRED) != REQUIRED || ((present ^ strings) & ~EITHER) != (present & NUMBERS))
		return NULL;
	if (!check_values(scanner, record))
		return NULL;
	record->line = slice_of(p, (size_t)(stop - p));
	record->type = RECORD_READING;
	record->seq = 0;
	record->counter = 0;
	record->kind[MEMBER_VALUE] = strings & EITHER ? VALUE_STRING : VALUE_NUMBER;
	if (strings & EITHER) {
		// A value keeps its quotes: it is written back as it came.
		record->text[MEMBER_VALUE].data--;
		record->text[MEMBER_VALUE].length += 2;
	}
	record->series_hash = record_series_hash(record->text[MEMBER_ENTITY_ID], record->text[MEMBER_PROPERTY]);
	return stop < end ? stop + 1 : end;
}
#else
const char *record_scan_plain(struct record_scanner *scanner, const char *p, const char *end, struct record *record)
{
	(void)scanner;
	(void)p;
	(void)end;
	(void)record;
	return NULL;
}
#endif
