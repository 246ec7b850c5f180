#include "twin/merge_rule.h"

#include <string.h>

// A replica goes by the name it was given with, or by the last part of it where that is nobody else's.
static size_t find_replica(const struct replicas *replicas, struct slice name, struct error *error)
{
	size_t found = NO_REPLICA, likely = NO_REPLICA, count = 0;

	for (size_t i = 0; i < replicas_sides(replicas); i++) {
		const char *full = replicas->items[i].name, *slash = strrchr(full, '/');

		if (slice_is(name, full))
			found = i;
		if (slash && slice_is(name, slash + 1)) {
			likely = i;
			count++;
		}
	}
	if (found != NO_REPLICA)
		return found;
	if (count == 1)
		return likely;
	error_set(error, count ? "'%.*s' is more than one of the replicas" : "'%.*s' is none of the replicas",
	    (int)name.length, name.data);
	return NO_REPLICA;
}

static int read_owner(
    struct merge_rules *rules, struct slice item, const struct replicas *replicas, struct error *error)
{
	static const struct {
		struct slice name;
		enum register_kind kind;
	} kinds[] = {{SLICE_LITERAL("reported="), REGISTER_REPORTED}, {SLICE_LITERAL("desired="), REGISTER_DESIRED}};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!slice_starts_with(item, kinds[i].name))
			continue;
		size_t owner = find_replica(replicas, slice_skip(item, kinds[i].name.length), error);

		rules->owners[kinds[i].kind] = owner;
		return owner == NO_REPLICA ? -1 : 0;
	}
	return error_set(error, "'%.*s' is neither reported=NAME nor desired=NAME", (int)item.length, item.data);
}

static int read_owners(
    struct merge_rules *rules, struct slice list, const struct replicas *replicas, struct error *error)
{
	for (;;) {
		const char *comma = list.length ? memchr(list.data, ',', list.length) : NULL;
		size_t length = comma ? (size_t)(comma - list.data) : list.length;

		if (read_owner(rules, slice_of(list.data, length), replicas, error))
			return -1;
		if (!comma)
			return 0;
		list = slice_skip(list, length + 1);
	}
}

int merge_rules_read(struct merge_rules *rules, const char *prefer, const char *owner, const struct replicas *replicas,
    struct error *error)
{
	struct error inner;

	for (size_t i = 0; i < sizeof rules->owners / sizeof *rules->owners; i++)
		rules->owners[i] = NO_REPLICA;
	rules->prefer = MERGE_BASE;
	rules->preferred = NO_REPLICA;
	if (owner && read_owners(rules, slice_from_string(owner), replicas, &inner))
		return error_set(error, "option '--owner': %s", inner.message);
	if (!prefer)
		return 0;
	// A rule's name is a rule's: the replica of that name can be given as ./NAME.
	rules->prefer = merge_rule_of(slice_from_string(prefer));
	if (rules->prefer != MERGE_BASE)
		return 0;
	rules->prefer = MERGE_REPLICA;
	rules->preferred = find_replica(replicas, slice_from_string(prefer), &inner);
	return rules->preferred == NO_REPLICA
	    ? error_set(error, "option '--prefer': %s, nor newest, quality, max, min or mean", inner.message)
	    : 0;
}
