// What a model allows to be desired.
#include "record/property_path.h"
#include "twin/desire.h"
#include "twin/desire_value.h"

static const char *type_name(enum model_type type)
{
	static const char *const names[] = {
	    [MODEL_ANY] = "anything",
	    [MODEL_NUMBER] = "a number",
	    [MODEL_INTEGER] = "a whole number",
	    [MODEL_STRING] = "a string",
	    [MODEL_BOOLEAN] = "true or false",
	    [MODEL_OBJECT] = "an object",
	    [MODEL_ARRAY] = "an array",
	};

	return names[type];
}

// The property itself or one that it is inside of, of which nothing can be desired; NULL when there is none.
static const struct model_property *find_read_only(const struct model *model, struct slice path)
{
	for (size_t end = 0; end <= path.length; end++) {
		if (end < path.length && path.data[end] != '/')
			continue;
		const struct model_property *property = model_property(model, slice_of(path.data, end));

		if (property && property->read_only)
			return property;
	}
	return NULL;
}

static int check_value(const struct model_property *property, struct slice value, struct error *error)
{
	struct slice shown = desire_shown(value), path = desire_shown(property->path);

	if (!model_type_fits(property, value))
		return error_set(error, "%.*s: the model has it as %s, and %.*s is none%s", (int)path.length, path.data,
		    type_name(property->type), (int)shown.length, shown.data,
		    property->type == MODEL_STRING ? ": --string takes it as text" : "");
	if (!model_range_fits(property, value))
		return error_set(error, "%.*s: %.*s is out of the model's range, %s to %s", (int)path.length, path.data,
		    (int)shown.length, shown.data, property->minimum[0] ? property->minimum : "anything",
		    property->maximum[0] ? property->maximum : "anything");
	return 0;
}

int desire_check(const struct desire *desire, const struct model *model, struct error *error)
{
	if (!model || !model_applies(model, desire->entity_id))
		return 0;
	for (size_t i = 0; i < desire->assignments.count; i++) {
		const struct assignment *item = &desire->assignments.items[i];
		const struct model_property *property = model_property(model, item->path);
		const struct model_property *read_only = find_read_only(model, item->path);

		if (!item->key.live)
			continue;
		if (read_only)
			return error_set(error, "%.*s: the model says that it is not writable",
			    (int)desire_shown(read_only->path).length, read_only->path.data);
		if (property && check_value(property, item->tail.value, error))
			return -1;
	}
	return 0;
}
