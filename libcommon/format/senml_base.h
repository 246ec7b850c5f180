// The base values of SenML (RFC 8428 section 4.1) as they stand at one record, and what they make of it.
//
// A base value that cannot be read is lost: records that need it cannot be resolved until another record sets it anew.
#ifndef FORMAT_SENML_BASE_H
#define FORMAT_SENML_BASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "format/senml_record.h"
#include "record/property_path.h"
#include "record/record.h"

// The highest version that is known (RFC 8428 section 4.4), which is also that of packs that do not say.
#define SENML_VERSION 10

// Bytes of a whole name and of a unit. Base names and base units are repeated in every reading: longer ones would let a short pack grow
// without measure.
#define SENML_NAME_MAX (RECORD_ENTITY_MAX + PROPERTY_PATH_MAX)
#define SENML_UNIT_MAX 256

// Times before this many seconds are relative to now (RFC 8428 section 4.5.3).
#define SENML_ABSOLUTE (INT64_C(1) << 28)

struct senml_base {
	struct slice name, unit, value,
	    sum;         // decoded strings, JSON numbers; empty: none, or 0; cut where they are too long to be used
	int64_t since;   // bt in nanoseconds
	int64_t version; // 0: not said
	uint32_t lost;   // bit per label
	uint64_t lost_lines[SENML_BVER]; // and since when
};

// Sets what the record sets; strings that have to be decoded go into arena, the others point where the record does. -1 with error when the
// version rules out that this record and what follows is read: the base is changed all the same.
int senml_base_take(struct senml_base *base, const struct senml_record *record, uint64_t line, struct arena *arena,
    struct error *error) __attribute__((warn_unused_result));

void senml_base_lose(struct senml_base *base, uint32_t labels, uint64_t line);

// -1 with error when something is lost that the record needs.
int senml_base_check(const struct senml_base *base, const struct senml_record *record, struct error *error)
    __attribute__((warn_unused_result));

// since + a JSON number of seconds, in nanoseconds.
int senml_seconds(struct slice number, int64_t since, int64_t *time, struct error *error)
    __attribute__((warn_unused_result));

// bt + t, in nanoseconds.
int senml_base_time(const struct senml_base *base, const struct senml_record *record, int64_t *time,
    struct error *error) __attribute__((warn_unused_result));

// base + number, exactly; the number itself when there is no base. *sum is valid until scratch changes.
int senml_base_add(struct slice base, struct slice number, struct buffer *scratch, struct slice *sum,
    struct error *error) __attribute__((warn_unused_result));

// Copies all that it points to into out, which it resets.
void senml_base_keep(struct senml_base *base, struct buffer *out);

#endif
