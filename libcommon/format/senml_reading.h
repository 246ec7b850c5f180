// A SenML record and the base values at its place to readings: one of its value, one of its sum.
#ifndef FORMAT_SENML_READING_H
#define FORMAT_SENML_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "format/cell.h"
#include "format/ingest.h"
#include "format/name_template.h"
#include "format/property_plan.h"
#include "format/senml_base.h"
#include "format/senml_record.h"

struct senml_writer {
	struct ingest *ingest; // borrowed
	const char *source;
	struct name_template entity_id; // without parts: by the name
	bool uses_bn, uses_n, uses_name;
	struct property_plan properties;
	struct missing_words missing;
	struct cell_reader cells;
	struct row_facts facts;
	struct buffer n, name, entity, path, sum_path, unit, sum_unit, unit_member, sum, value, metadata, text;
};

void senml_writer_init(struct senml_writer *writer, struct ingest *ingest, const char *source);
void senml_writer_release(struct senml_writer *writer);

// Reads what the mapping says. -1 with error when it asks for what SenML does not have.
int senml_writer_start(struct senml_writer *writer, struct error *error) __attribute__((warn_unused_result));

// Where a record stands, and when it was so.
struct senml_place {
	int64_t time;
	bool is_relative; // time comes from --now
	uint64_t line, row;
	int64_t received; // where the clock is the machine's
};

// reader: has read the record last. A record of base values alone gives nothing. -1 with error, and nothing written, when the record is
// no valid one.
int senml_writer_put(struct senml_writer *writer, const struct senml_reader *reader, const struct senml_record *record,
    const struct senml_base *base, const struct senml_place *place, struct error *error)
    __attribute__((warn_unused_result));

// What can be said of a record whatever its time: kinds, number of values, version, base values that are lost. Before its time is asked.
int senml_record_check(const struct senml_record *record, const struct senml_base *base, struct error *error)
    __attribute__((warn_unused_result));

// Only base values: nothing is to be written.
bool senml_record_is_base(const struct senml_record *record);

#endif
