// A `why` record as table lines: the winner, what hides it, what was beaten, what is desired.
#ifndef RECORD_WHY_LINES_H
#define RECORD_WHY_LINES_H

#include "record/record_lines.h"

// -1 when a part of it is no record that is known; what was added by then stays.
int why_lines_add(struct record_lines *lines, const struct value *why);

#endif
