// Whether a source is line protocol: its first record is, as a whole, and is not likely to be anything else.
#ifndef FORMAT_INFLUX_RECOGNISE_H
#define FORMAT_INFLUX_RECOGNISE_H

#include "base/slice.h"
#include "format/format.h"

enum format_fit influx_recognise(struct slice start); // as struct format has it

#endif
