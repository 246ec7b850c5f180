// Names by which columns and members are commonly called, for guesses. Case, '_', '-', '.' and blanks make no difference.
#ifndef FORMAT_KNOWN_NAMES_H
#define FORMAT_KNOWN_NAMES_H

#include <stdbool.h>

#include "base/slice.h"

// time, timestamp, datetime, date, ts, event time, ...
bool known_name_is_time(struct slice name);

// entity_id, device, machineID, asset, twin, ...
bool known_name_is_entity(struct slice name);
bool known_name_is_property(struct slice name); // of a column that names the property of its row

// Types of records, and those of them that say where they come from and are checked: the others pass whatever they hold.
bool known_type(struct slice type);
bool known_type_has_origin(struct slice type);

#endif
