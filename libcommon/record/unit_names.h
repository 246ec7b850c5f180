// The spellings of units that vocabularies and people use and udunits does not have, or has for something else (its gallon and its
// horsepower are rounded, its byte is the number 8).
#ifndef RECORD_UNIT_NAMES_H
#define RECORD_UNIT_NAMES_H

#include <stddef.h>

enum unit_prefixes {
	UNIT_PREFIX_NONE,
	UNIT_PREFIX_SI,    // kOhm
	UNIT_PREFIX_BYTES, // kB, KiB, GB: only multiples
};

struct unit_name {
	const char *spelling;

	// An expression of names udunits has, "bit" and numbers; "=" and a name for what converts to nothing else; "lg 10 mW" for a level in decibel
	// of a power, "lg 20 V" of a field quantity, "lg 2 ..." in bel.
	const char *meaning;
	enum unit_prefixes prefixes;
};

// A spelling that is a unit, and often meant as another one.
struct unit_trap {
	const char *spelling;
	const char *name;  // what it is
	const char *meant; // how to write what may have been meant
};

extern const struct unit_trap unit_traps[];
extern const size_t unit_traps_count;

// In order of precedence: of two rows with one spelling the first counts.
extern const struct unit_name unit_names[];
extern const size_t unit_names_count;

#endif
