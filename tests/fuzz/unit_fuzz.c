// libFuzzer target: two units and a number, a line each. Any text is a unit or an unknown one; a conversion gives a number in JSON's grammar
// that is finite and close to what doubles give, or an error; the same unit leaves the bytes.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "record/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static struct slice take_line(struct slice *rest)
{
	const char *newline = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;
	struct slice line = newline ? slice_of(rest->data, (size_t)(newline - rest->data)) : *rest;

	*rest = slice_skip(*rest, line.length + 1);
	return line;
}

static void check_number(const struct unit_converter *converter, struct slice number)
{
	struct buffer out = BUFFER_INIT;
	struct error error;

	if (unit_convert_text(converter, number, &out, &error) < 0) {
		require(out.length == 0);
	} else if (converter->same) {
		require(slice_equal(buffer_slice(&out), number));
	} else {
		double got = decimal_to_double(buffer_slice(&out)), value = decimal_to_double(number);
		double want = unit_convert(converter, value);
		double scale = fabs(want) + (converter->linear ? fabs(converter->offset) : 0);

		require(decimal_is_number(buffer_slice(&out)) && isfinite(got));
		// Doubles have nothing to say beyond their range.
		if (isfinite(want) && fabs(value) > 1e-290 && fabs(want) > 1e-290)
			require(fabs(got - want) <= scale * 1e-6);
	}
	buffer_release(&out);
}

static void check_unit(struct unit_system *system, struct slice text)
{
	struct unit unit, product, root;
	struct error error;

	if (unit_parse(system, text, &unit, &error) < 0)
		return;
	require(unit_equal(&unit, &unit) && unit_same_dimension(&unit, &unit, true));
	if (unit_multiply(&product, &unit, &unit) == 0 && unit_power(&root, &product, 1) == 0)
		require(unit_same_dimension(&root, &unit, true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct unit_system *system; // reading the database takes longer than all the rest
	struct slice rest = slice_of((const char *)data, size);
	struct slice from = take_line(&rest), to = take_line(&rest);
	const struct unit_converter *converter;
	struct error error;

	system = system ? system : unit_system_new();
	check_unit(system, from);
	converter = unit_converter_find(system, from, to, &error);
	require(converter != NULL);
	if (converter->outcome != UNIT_CONVERTS)
		require(converter->message[0] != '\0');
	else if (decimal_is_number(rest))
		check_number(converter, rest);
	return 0;
}
