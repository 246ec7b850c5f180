#include "twin/duration_option.h"

int duration_option_read(const char *option, const char *text, const struct model *model, int64_t minimum,
    int64_t *duration, struct error *error)
{
	struct error inner;

	if (!text)
		return 0;
	if (model_duration(model, slice_from_string(text), duration, &inner))
		return error_set(error, "option '--%s': %s", option, inner.message);
	return *duration < minimum ? error_set(error, "option '--%s': '%s' is too short", option, text) : 0;
}
