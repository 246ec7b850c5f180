// Checks for the unit tests: a test program is one file tests/unit/NAME_test.c with a main of TEST(sentence) blocks that
// end in `return unit_end();`. Output is TAP; a failed check names its file and line.
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

static int unit_count, unit_failed;
static bool unit_open, unit_ok;
static const char *unit_name;

static inline void unit_close(void)
{
	if (!unit_open)
		return;
	printf("%s %d - %s\n", unit_ok ? "ok" : "not ok", ++unit_count, unit_name);
	unit_failed += !unit_ok;
	unit_open = false;
}

static inline bool unit_begin(const char *name)
{
	unit_close();
	unit_name = name;
	unit_open = unit_ok = true;
	return true;
}

static inline int unit_end(void)
{
	unit_close();
	printf("1..%d\n", unit_count);
	return unit_failed || !unit_count;
}

static inline void unit_fail(const char *file, int line, const char *what)
{
	printf("# %s:%d: %s\n", file, line, what);
	unit_ok = false;
}

static inline void unit_text(const char *file, int line, struct slice got, struct slice want)
{
	if (slice_equal(got, want))
		return;
	printf(
	    "# %s:%d: got '%.*s', want '%.*s'\n", file, line, (int)got.length, got.data, (int)want.length, want.data);
	unit_ok = false;
}

#define TEST(sentence)        if (unit_begin(sentence))
#define CHECK(condition)      ((condition) ? (void)0 : unit_fail(__FILE__, __LINE__, #condition))
#define CHECK_TEXT(got, want) unit_text(__FILE__, __LINE__, (got), slice_from_string(want))

#endif
