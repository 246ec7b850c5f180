#include "twin/about.h"

#include "io/shared_options.h"
#include "record/property_path.h"
#include "twin/store_series.h"

// An event's path is the event, then the property.
static struct slice event_property(struct slice path)
{
	struct slice event;

	property_path_next(&path, &event);
	return path;
}

bool is_about(int kind, struct slice path, const struct option_list *properties)
{
	if (!properties || !properties->count)
		return true;
	switch (series_own_kind(kind)) {
	case REGISTER_REPORTED:
	case REGISTER_DESIRED:
	case SERIES_FORECAST:
		return globs_match(properties, path);
	case REGISTER_EVENT:
		return globs_match(properties, event_property(path));
	default:
		return series_own_kind(kind) == REGISTER_TOMBSTONE;
	}
}
