#include "twin/desire_value.h"

#include "base/utf8.h"
#include "record/json_scan.h"
#include "record/value.h"

#define SHOWN_MAX 60

struct slice desire_shown(struct slice text)
{
	return text.length <= SHOWN_MAX ? text : utf8_cut(slice_of(text.data, SHOWN_MAX));
}

static size_t skip_digits(struct slice *rest)
{
	size_t count = 0;

	while (count < rest->length && rest->data[count] >= '0' && rest->data[count] <= '9')
		count++;
	*rest = slice_skip(*rest, count);
	return count;
}

static bool skip_any(struct slice *rest, const char *characters)
{
	bool is_one = rest->length && rest->data[0] && strchr(characters, rest->data[0]);

	*rest = slice_skip(*rest, is_one);
	return is_one;
}

// Text that is no number of JSON: whether it is one to people.
static bool is_nearly_number(struct slice text)
{
	size_t digits;

	skip_any(&text, "+-");
	digits = skip_digits(&text);
	if (skip_any(&text, ".,"))
		digits += skip_digits(&text);
	if (!digits)
		return false;
	if (!text.length)
		return true;
	if (!skip_any(&text, "eE"))
		return false;
	skip_any(&text, "+-");
	return skip_digits(&text) && !text.length;
}

static bool begins_like_json(struct slice text)
{
	const char *end = text.data + text.length, *first = json_skip_blanks(text.data, end);

	return first < end && (*first == '{' || *first == '[' || *first == '"');
}

int desire_value_append(struct buffer *out, struct slice text, struct error *error)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct slice shown = desire_shown(text);
	struct error inner;
	int failed = value_parse(&tree, text, &inner);

	value_tree_release(&tree);
	if (!text.length)
		return error_set(error, "the value is empty: write '\"\"' for a text without characters");
	if (!failed)
		value_append_compact(out, text);
	else if (begins_like_json(text))
		return error_set(error, "'%.*s' begins like JSON and is none (%.100s): --string takes it as text",
		    (int)shown.length, shown.data, inner.message);
	else if (is_nearly_number(text))
		return error_set(error,
		    "'%.*s' is no number of JSON, as 0.5, 7 and -2e3 are: --string takes it as text", (int)shown.length,
		    shown.data);
	else
		json_append_string(out, text);
	return 0;
}
