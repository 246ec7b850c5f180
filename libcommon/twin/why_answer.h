// The answer that why_append writes, worked out of what was said.
#ifndef TWIN_WHY_ANSWER_H
#define TWIN_WHY_ANSWER_H

#include "twin/why.h"

// How it comes to what is shown.
enum why_rule {
	WHY_RULE_NEWEST, // the winner is of the property itself
	WHY_RULE_ABOVE,  // it is of a property above, and the value a part of its value
	WHY_RULE_BELOW, // the value is an object made of the properties below; the winner is the newest of their readings
	WHY_RULE_ABSENT,   // the winner is of a property above, and its value has no such part
	WHY_RULE_DELETED,  // the winner is a delete
	WHY_RULE_HIDDEN,   // the winner is of a property above, which is hidden by the reading of another part
	WHY_RULE_UNUSABLE, // nothing of what was reported can be used
};

struct why_answer {
	struct why *why;
	const struct view_list *reported;
	enum why_rule rule;
	const struct why_record *winner;  // NULL for none
	const struct why_record *hider;   // of WHY_RULE_HIDDEN
	struct slice value;               // of WHY_RULE_NEWEST and WHY_RULE_ABOVE
	const struct why_record **beaten; // the newest first
	size_t beaten_count, beaten_capacity;
	uint64_t all_beaten;
};

// All of it. The view has been drawn. Release it.
void why_answer_find(struct why_answer *answer, struct why *why);
void why_answer_release(struct why_answer *answer);

// By what the record of `beaten` lost to the winner: a part of the key, or another reason.
const char *why_decided_by(const struct why_answer *answer, const struct why_record *beaten);

// Whether it is of the winner's own source, time and seq.
bool why_is_conflict(const struct why_answer *answer, const struct why_record *beaten);

// What holds the usable register of the entry, which has one.
const struct why_record *why_holder(const struct why *why, const struct view_entry *entry);

// Whether the entry is of a property below the path: such follow each other in a list.
bool why_is_below(struct slice path, const struct view_entry *entry);

#endif
