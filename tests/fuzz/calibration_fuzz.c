// libFuzzer target: the first line is a calibration as a model has it, each further line a raw number. A calibration is refused with a
// message or corrects every number: to a JSON number, or to nothing; what it gives back in the other direction stays finite.
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "twin/calibration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static struct slice next_line(struct slice *rest)
{
	const char *newline = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;
	size_t length = newline ? (size_t)(newline - rest->data) : rest->length;
	struct slice line = slice_of(rest->data, length);

	*rest = slice_skip(*rest, length + 1);
	return line;
}

static void apply(const struct calibration *calibration, struct slice raw)
{
	struct buffer value = BUFFER_INIT, again = BUFFER_INIT;
	enum calibration_outcome outcome = calibration_apply(calibration, raw, &value);

	require((outcome == CALIBRATION_IMPOSSIBLE) == (value.length == 0));
	if (value.length) {
		require(decimal_is_number(buffer_slice(&value)));
		require(isfinite(decimal_to_double(buffer_slice(&value))));
	}
	require(calibration_apply(calibration, raw, &again) == outcome);
	require(slice_equal(buffer_slice(&value), buffer_slice(&again)));
	buffer_release(&value);
	buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_of((const char *)data, size), text = next_line(&rest);
	json_t *node = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	struct calibration calibration;
	struct error error = {""};

	if (!node)
		return 0;
	if (calibration_read(&calibration, node, &error)) {
		require(error.message[0] && !calibration.points);
	} else {
		while (rest.length) {
			struct slice raw = next_line(&rest);

			if (decimal_is_number(raw))
				apply(&calibration, raw);
		}
		calibration_release(&calibration);
	}
	json_decref(node);
	return 0;
}
