// Members of a reading that a foreign source gives beside the value: quality, sensor_id, seq, counter.
#ifndef FORMAT_ROW_MEMBER_H
#define FORMAT_ROW_MEMBER_H

#include "base/error.h"
#include "base/slice.h"
#include "format/mapping.h"
#include "format/reading_writer.h"

// json: a number, or for sensor_id and unit a string. -1 with error when it is not what twin-record(5) allows for the member.
int row_member_check(enum mapping_member member, struct slice json, struct error *error)
    __attribute__((warn_unused_result));

// json is borrowed for as long as the facts are used; empty: absent. MAPPING_UNIT belongs to the reading, not to the row.
void row_member_set(struct row_facts *facts, enum mapping_member member, struct slice json);

#endif
