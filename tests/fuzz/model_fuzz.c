// libFuzzer target: a model. It is refused with a message that names the file, or each of its properties can be found, has limits that hold
// each other, and a calibration that corrects a number; its conditions parse.
#define _GNU_SOURCE // memmem, memfd_create
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/decimal.h"
#include "record/expression.h"
#include "twin/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_property(const struct model *model, const struct model_property *property)
{
	struct slice low = slice_from_string(property->minimum), high = slice_from_string(property->maximum);
	const struct calibration *calibration = model_calibration(model, SLICE_EMPTY, property->path);
	struct buffer value = BUFFER_INIT;

	require(model_property(model, property->path) == property);
	require(property->interval >= 0 && property->stale_after >= 0);
	require(property->absolute >= 0 && property->relative >= 0 && property->deadband >= 0);
	require(!low.length || model_range_fits(property, low));
	require(!high.length || model_range_fits(property, high));
	if (calibration && calibration_apply(calibration, SLICE_LITERAL("1.5"), &value) != CALIBRATION_IMPOSSIBLE)
		require(decimal_is_number(buffer_slice(&value)));
	buffer_release(&value);
}

static void check(const struct model *model)
{
	for (size_t i = 0; i < model->paths.count; i++)
		check_property(model, &model->properties[i]);
	for (size_t i = 0; i < model->consistency_count; i++) {
		struct error error;
		struct expression *rule = expression_parse_condition(slice_from_string(model->consistency[i]), &error);

		require(rule != NULL);
		expression_free(rule);
	}
	model_applies(model, SLICE_LITERAL("pump-7"));
	model_priority(model, SLICE_LITERAL("a"));
	require(model->file_count == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct error error = {""};
	int fd;

	// It would read whatever files there are.
	if (memmem(data, size, "ext", 3) || memmem(data, size, "\\u", 2))
		return 0;
	// Conditions read the database of units anew, which takes longer than a hundred other inputs: some are enough.
	if (size % 16 && memmem(data, size, "consist", 7))
		return 0;
	fd = memfd_create("model", MFD_CLOEXEC);
	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct model *model = model_read(path, &error);

	if (model)
		check(model);
	else
		require(strstr(error.message, path) != NULL);
	model_free(model);
	close(fd);
	return 0;
}
