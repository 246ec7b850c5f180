// What decides between replicas that have changed one place in different ways. Where nothing does, the base stays.
#ifndef TWIN_MERGE_RULE_H
#define TWIN_MERGE_RULE_H

#include <stddef.h>

#include "base/error.h"
#include "twin/model.h"
#include "twin/replica.h"

#define NO_REPLICA ((size_t)-1)

struct merge_rules {
	const struct model *model; // its rules per property come first; NULL for none
	size_t owners[REGISTER_RELATIONSHIP +
	    1];                 // then whose word counts for this kind of register: NO_REPLICA for nobody's
	enum merge_rule prefer; // then this
	size_t preferred;       // MERGE_REPLICA
};

// prefer: NULL, a rule's name, or a replica's. owner: NULL, or reported=NAME,desired=NAME. -1 with error.
int merge_rules_read(struct merge_rules *rules, const char *prefer, const char *owner, const struct replicas *replicas,
    struct error *error) __attribute__((warn_unused_result));

#endif
