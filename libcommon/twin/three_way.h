// Replicas of which nobody knows what is newer, merged against the base that they all come from (empty where there is none): a place that
// one of them has changed is as that one has it, a place that several have changed alike is as they have it, and a place that
// they have changed in different ways is a conflict: it stays as it is in the base unless a rule decides, and is told. (Unison's rules, for any
// number of replicas; which operand comes first plays no part.)
//
// Compared are the documents that twins show: values by their kind and content, numbers by value, arrays as a whole; a unit belongs to
// its value. Being absent is a value too. A conflict goes as far up as a replica has deleted or replaced what another one has changed inside of.
#ifndef TWIN_THREE_WAY_H
#define TWIN_THREE_WAY_H

#include "twin/merge_rule.h"
#include "twin/replica.h"
#include "twin/view.h"

// A run of places below one path, as one replica shows them.
struct leaf {
	struct slice path;
	struct slice value;
	struct slice unit;
	const struct series *series;
};

struct span {
	const struct leaf *leaves;
	size_t count;
};

struct merge_conflict {
	struct slice entity_id;
	enum register_kind kind;
	struct slice path;
	const struct span *spans; // of each replica; the base's is the last
	const size_t *classes;    // of each: equal where they are
	size_t count;             // the base counted
	const struct replicas *replicas;
	const char *rule;  // NULL: it remains
	size_t chosen;     // whose span has been taken
	struct slice mean; // taken instead, when not empty
};

struct three_way {
	struct replicas *replicas;
	const struct merge_rules *rules;
	struct twin_set *merged;
	struct twin_set
	    *level; // NULL, or what each replica is to be: as merged, but for its own side of conflicts that remain
	void (*conflict)(void *context, const struct merge_conflict *conflict);
	void *context;
	size_t remaining; // conflicts
	size_t resolved;
	bool has_mean;      // of them, one by a value that nobody had
	struct part *parts; // of the twin in hand, by replica
	bool is_contested;  // somebody has deleted it, and somebody else has changed it
	size_t count;       // of parts: the base is the last, also where there is none
	struct span *spans; // by depth and replica
	size_t *classes;
};

// Fill replicas, rules, merged, level, conflict and context first.
void three_way_init(struct three_way *merge);
void three_way_release(struct three_way *merge);

// All twins.
void three_way_merge(struct three_way *merge);

// What the span shows at path, as JSON; not for an empty one.
void span_append_value(struct buffer *out, struct slice path, const struct span *span);

// The record, without newline.
void merge_conflict_append(struct buffer *out, const struct merge_conflict *conflict);

#endif
