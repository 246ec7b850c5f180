#include "twin/model_checks.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "twin/quality_text.h"

const char *model_checks_name(enum quality_test test)
{
	static const char *const names[QUALITY_TEST_COUNT] = {
	    [QUALITY_RANGE] = "suspect_range",
	    [QUALITY_RATE] = "maximum_rate",
	    [QUALITY_STUCK] = "stuck",
	    [QUALITY_SPIKE] = "spike",
	    [QUALITY_ATTENUATED] = "attenuated",
	};

	return names[test];
}

static int append_scalar(struct buffer *out, json_t *node, struct error *error)
{
	if (json_is_string(node))
		buffer_append(out, json_string_value(node), json_string_length(node));
	else if (json_is_integer(node))
		buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(node));
	else if (json_is_real(node))
		decimal_append_double(out, json_real_value(node));
	else
		return error_set(error, "a limit is a number or a string");
	return 0;
}

static int read_limit(struct quality_limits *limits, const struct model *model, enum quality_test test,
    const char *name, json_t *node, struct error *error)
{
	struct buffer text = BUFFER_INIT;
	int result = append_scalar(&text, node, error);

	if (result == 0)
		result = quality_text_set(limits, model, test, slice_from_string(name), buffer_slice(&text), error);
	buffer_release(&text);
	return result;
}

static int read_limits(
    struct quality_limits *limits, const struct model *model, enum quality_test test, json_t *node, struct error *error)
{
	const char *name;
	json_t *limit;

	quality_text_clear(limits, test);
	if (!json_is_object(node))
		return read_limit(limits, model, test, "fail", node, error);
	json_object_foreach(node, name, limit) if (read_limit(limits, model, test, name, limit, error) < 0) return -1;
	return 0;
}

// [MIN, MAX], null for an open end.
static int read_suspect_range(struct quality_limits *limits, json_t *node, struct error *error)
{
	struct buffer text = BUFFER_INIT;
	int result = 0;

	if (!json_is_array(node) || json_array_size(node) != 2)
		return error_set(error, "it is not [minimum, maximum]");
	for (size_t i = 0; i < 2 && result == 0; i++) {
		json_t *bound = json_array_get(node, i);

		if (i)
			buffer_append_string(&text, "..");
		if (!json_is_null(bound) && !json_is_number(bound))
			result = error_set(error, "it takes two numbers, or null for an open end");
		else if (!json_is_null(bound))
			result = append_scalar(&text, bound, error);
	}
	if (result == 0 && text.length > 2)
		result =
		    quality_text_set(limits, NULL, QUALITY_RANGE, SLICE_LITERAL("suspect"), buffer_slice(&text), error);
	else if (result == 0)
		limits->suspect_range = (struct quality_range){"", ""};
	buffer_release(&text);
	return result;
}

int model_checks_read(
    struct quality_limits *limits, const struct model *model, const char *name, json_t *node, struct error *error)
{
	struct error inner;

	for (int i = 0; i < QUALITY_TEST_COUNT; i++) {
		enum quality_test test = (enum quality_test)i;
		const char *own = model_checks_name(test);

		if (!own || strcmp(name, own) != 0)
			continue;
		if ((test == QUALITY_RANGE ? read_suspect_range(limits, node, &inner)
					   : read_limits(limits, model, test, node, &inner)) == 0)
			return 1;
		return error_set(error, "%s: %.400s", name, inner.message);
	}
	return 0;
}
