// What the files of three_way.h share.
#ifndef TWIN_THREE_WAY_PARTS_H
#define TWIN_THREE_WAY_PARTS_H

#include "twin/three_way.h"

struct three_way_choice {
	struct assignment mean; // of MERGE_MEAN; its texts are in text and in the spans
	struct buffer text;
};

// Fills classes: each gets the number of the first that shows the same below path.
void three_way_classify(const struct span *spans, size_t count, struct slice path, size_t *classes);

// Fills rule, chosen and mean of a conflict, where a rule decides.
void three_way_choose(
    const struct merge_rules *rules, struct merge_conflict *conflict, struct three_way_choice *choice);

#endif
