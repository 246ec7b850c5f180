// Where a record came from: "FILE:LINE". Copies of one record keep the smallest origin, so that the way does not matter.
#ifndef TWIN_ORIGIN_H
#define TWIN_ORIGIN_H

#include "base/slice.h"

struct origin {
	struct slice file; // all of the text where no line of digits follows a colon
	struct slice line; // without leading zeros; empty for none
};

struct origin origin_split(struct slice text);

// By the file's name, then by the line.
int origin_compare(struct slice a, struct slice b);

// An empty one only when both are: it says nothing.
struct slice origin_smaller(struct slice a, struct slice b);

#endif
