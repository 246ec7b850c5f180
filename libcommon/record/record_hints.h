// What programs that read records say at the end of the input about first mistakes that would otherwise end in silence.
#ifndef RECORD_RECORD_HINTS_H
#define RECORD_RECORD_HINTS_H

#include <stdint.h>

#include "record/expression.h"

// Of input in which no line holds a record. records: all that were read, whatever became of them.
void hint_foreign_format(uint64_t records, uint64_t rejected);

// Of records of which -E, -P, --from and --to left none (selected is 0), or --where none of those (taken is 0).
void hint_left_out(uint64_t records, uint64_t selected, uint64_t taken);

// Of members that the option asks for and no record had. run and expression may be NULL.
void hint_unseen(const struct expression *expression, const struct expression_run *run, const char *option);

#endif
