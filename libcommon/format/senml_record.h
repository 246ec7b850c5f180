// One SenML record in JSON (RFC 8428 section 5): which labels it has, and whether their values are of the right kind.
#ifndef FORMAT_SENML_RECORD_H
#define FORMAT_SENML_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/value.h"

// The first six are base values: they hold for the records behind theirs too.
enum senml_label {
	SENML_BN,
	SENML_BT,
	SENML_BU,
	SENML_BV,
	SENML_BS,
	SENML_BVER,
	SENML_N,
	SENML_U,
	SENML_V,
	SENML_VS,
	SENML_VB,
	SENML_VD,
	SENML_S,
	SENML_T,
	SENML_UT,
	SENML_LABELS,
};

#define SENML_BIT(label) (UINT32_C(1) << (label))
#define SENML_BASES      (SENML_BIT(SENML_N) - 1)
#define SENML_VALUES     (SENML_BIT(SENML_V) | SENML_BIT(SENML_VS) | SENML_BIT(SENML_VB) | SENML_BIT(SENML_VD))

extern const char *const senml_label_names[SENML_LABELS];

struct senml_record {
	uint32_t present; // bit per label
	uint32_t wrong;   // of these, those whose value is of the wrong kind
	uint32_t escaped; // those whose string holds a backslash
	struct slice text
	    [SENML_LABELS];   // of those that are present: strings between their quotes, as written, others as written
	bool has_others;      // members that have no meaning here
	bool must_understand; // one of them ends in '_',
	struct slice not_understood; // this one
};

struct senml_reader {
	struct value_tree tree; // of the record last read, where it was not plain
	struct buffer name;
};

#define SENML_READER_INIT                                                                                              \
	{                                                                                                              \
		VALUE_TREE_INIT, BUFFER_INIT                                                                           \
	}

void senml_reader_release(struct senml_reader *reader);

// text: must outlive the record, and the memory behind it be readable for LINE_SCAN_PADDING bytes. -1 with error when it is no JSON object, or has a member twice.
int senml_record_read(struct senml_reader *reader, struct slice text, struct senml_record *record, struct error *error)
    __attribute__((warn_unused_result));

// The same without the short way for usual records: wherever the text stands, and for tests that compare the two.
int senml_record_read_plain(struct senml_reader *reader, struct slice text, struct senml_record *record,
    struct error *error) __attribute__((warn_unused_result));

// Which base values a text that cannot be read may have tried to set.
uint32_t senml_record_mentioned(struct slice text);

// The members without meaning, of the record last read, as those of an object: "x":1,"y":[2].
void senml_record_append_others(struct buffer *out, const struct senml_reader *reader);

#endif
