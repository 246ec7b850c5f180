// One record: a line of NDJSON with the members that twin-record(5) gives a meaning found in place. Nothing is copied or
// converted but what every program needs: the times, quality, counter and seq.
//
// A record lives for one turn of the caller's loop: its slices point into the reader's block (or, for strings that were written
// with escapes, into memory that lives as long).
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/line_scan.h"
#include "record/value.h"

enum record_type {
	RECORD_READING,
	RECORD_DESIRED,
	RECORD_DELETED,
	RECORD_STATE,
	RECORD_CHANGE,
	RECORD_PREDICTION,
	RECORD_EVENT,
	RECORD_OTHER,   // a type that only passes through, known or not
	RECORD_INVALID, // no record could be read; see record_reader.h
};

// In DESIGN's order of output; the first sixteen are the reading's own.
enum record_member {
	MEMBER_TYPE,
	MEMBER_ENTITY_ID,
	MEMBER_PROPERTY,
	MEMBER_TIMESTAMP,
	MEMBER_VALUE,
	MEMBER_UNIT,
	MEMBER_QUALITY,
	MEMBER_SENSOR_ID,
	MEMBER_RECEIVED,
	MEMBER_SEQ,
	MEMBER_COUNTER,
	MEMBER_ORIGIN,
	MEMBER_ACK,
	MEMBER_METADATA,
	MEMBER_DELETED,
	MEMBER_MODEL,
	MEMBER_PROPERTIES,
	MEMBER_DESIRED,
	MEMBER_RELATIONSHIPS,
	MEMBER_COMPUTED_METRICS,
	MEMBER_DESIRED_METADATA,
	MEMBER_COMMAND_ID,
	MEMBER_DEADLINE,
	MEMBER_METHOD,
	MEMBER_EVENT,
	MEMBER_COUNT,
};

struct record {
	struct slice line; // the whole text, without its newline
	enum record_type type;
	uint32_t present; // bit per member; a member that is null counts as absent, except `value`. And RECORD_OTHERS
	uint64_t line_number; // in its operand, from 1
	int64_t timestamp;    // these five are meaningful when their member is present,
	int64_t received;     // otherwise they hold their defaults (0, 0, 1, 0, 0)
	double quality;
	int64_t seq;
	int64_t counter;
	uint64_t series_hash;       // of entity_id and property; readings only
	uint8_t kind[MEMBER_COUNT]; // enum value_kind
	// Strings: decoded, between the quotes. Everything else: the text as it was written.
	struct slice text[MEMBER_COUNT];
};

#define MEMBER_BIT(member) (UINT32_C(1) << (member))

// In `present` of a reading, desired or deleted: there are members that mean nothing in a record of its type, null or not.
#define RECORD_OTHERS MEMBER_BIT(MEMBER_COUNT)

static inline bool record_has(const struct record *record, enum record_member member)
{
	return record->present & MEMBER_BIT(member);
}

// The member's text, or an empty slice when it is absent.
static inline struct slice record_text(const struct record *record, enum record_member member)
{
	return record_has(record, member) ? record->text[member] : SLICE_EMPTY;
}

// A state shows the values of readings and the documents of desires one below the other, in metadata too, and must itself be a record: they
// may not be nested deeper than this, the segments of the property counted.
#define RECORD_DEPTH_MAX (VALUE_DEPTH_MAX - 8)

// Bytes of an entity_id.
#define RECORD_ENTITY_MAX 1024

#define RECORD_MINUTE_LENGTH (sizeof "2026-03-01T12:00" - 1)

// What a thread needs to take lines apart; one per thread.
struct record_scanner {
	uint8_t next[16];                  // which member followed which in the line before: streams repeat their shape
	struct value_tree tree;            // for members that are containers
	char minute[RECORD_MINUTE_LENGTH]; // the first bytes of the time read last,
	int64_t minute_start;              // and the minute it fell into
	struct buffer names;               // of members without a meaning, while duplicates are looked for
};

void record_scanner_init(struct record_scanner *scanner);
void record_scanner_release(struct record_scanner *scanner);

// The usual reading, compact and plain, which is most of most streams: looked at once and in sixteen bytes at a time. p is the
// beginning of a line in a block that ends at end and is readable for LINE_SCAN_PADDING bytes more. Returns the beginning of the next line, or NULL
// when there is anything unusual about the line, wrong or not: then record_scan is to judge. Where it succeeds, record_scan gives the
// same record; of kind, only that of the value is filled, since the others follow from the type.
const char *record_scan_plain(struct record_scanner *scanner, const char *p, const char *end, struct record *record);

// Parts of it, for its tests. The time when it is of the minute last noted and in the shape 2026-03-01T12:00:05.250Z.
bool record_same_minute(const struct record_scanner *scanner, struct slice text, int64_t *nanoseconds);
void record_note_minute(struct record_scanner *scanner, struct slice text, int64_t nanoseconds);
// 0.95 and the like, as strtod reads it.
bool record_plain_quality(struct slice text, double *quality);

// Takes one line apart. The memory behind the line must be readable for LINE_SCAN_PADDING bytes. Decoded strings are put into arena.
// Fills all of record but line_number (kind and text of members that are present only). -1 with error when the line is no JSON object, or no valid record of its type.
int record_scan(struct record_scanner *scanner, struct slice line, struct arena *arena, struct record *record,
    struct error *error) __attribute__((warn_unused_result));

// The hash in series_hash.
uint64_t record_series_hash(struct slice entity_id, struct slice property);

// The member's name as it is written in records.
const char *record_member_name(enum record_member member);

// What a record of that type says with members of its own, bit per member. 0 for types that have not just these.
uint32_t record_own_members(enum record_type type);

// The members that RECORD_OTHERS speaks of as an object, byte for byte but for white space between tokens; nothing when there are none. One
// that is nested deeper than RECORD_DEPTH_MAX is left out.
void record_append_others(struct buffer *out, const struct record *record, struct value_tree *tree);

#endif
