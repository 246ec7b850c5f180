#include "record/unit.h"

#include <math.h>
#include <stdlib.h>
#include <udunits2.h>

#include "record/unit_parts.h"

struct reading {
	struct unit *unit;
	double scale, offset; // value = (x + offset) * scale, in base units
	int depth;
};

static ut_status visit_basic(const ut_unit *unit, void *context);

static int find_base(const ut_unit *unit)
{
	static const char *const symbols[] = {"m", "kg", "s", "A", "K", "mol", "cd", "rad"};
	const char *symbol = ut_get_symbol(unit, UT_ASCII);

	for (int i = 0; symbol && i < (int)(sizeof symbols / sizeof *symbols); i++)
		if (strcmp(symbol, symbols[i]) == 0)
			return i;
	return -1;
}

static bool add_base(struct unit *unit, const ut_unit *basic, int power)
{
	int base = find_base(basic);

	if (base < 0 || abs(power) > UNIT_EXPONENT_MAX)
		return false;
	unit->exponents[base] = (int8_t)(2 * power);
	return true;
}

static ut_status visit_basic(const ut_unit *unit, void *context)
{
	struct reading *reading = context;

	return add_base(reading->unit, unit, 1) ? UT_SUCCESS : UT_VISIT_ERROR;
}

static ut_status visit_product(
    const ut_unit *unit, int count, const ut_unit *const *basics, const int *powers, void *context)
{
	struct reading *reading = context;

	(void)unit;
	for (int i = 0; i < count; i++)
		if (!add_base(reading->unit, basics[i], powers[i]))
			return UT_VISIT_ERROR;
	return UT_SUCCESS;
}

static ut_status visit_logarithmic(const ut_unit *unit, double base, const ut_unit *reference, void *context)
{
	(void)unit, (void)base, (void)reference, (void)context;
	return UT_VISIT_ERROR;
}

static ut_status visit_timestamp(const ut_unit *unit, const ut_unit *time, double origin, void *context)
{
	(void)unit, (void)time, (void)origin, (void)context;
	return UT_VISIT_ERROR;
}

// udunits keeps one level of these: scale and offset of a product or a base.
static ut_status visit_galilean(
    const ut_unit *unit, double scale, const ut_unit *underlying, double offset, void *context);

static const ut_visitor *visitor(void)
{
	static const ut_visitor visits = {
	    visit_basic, visit_product, visit_galilean, visit_timestamp, visit_logarithmic};

	return &visits;
}

static ut_status visit_galilean(
    const ut_unit *unit, double scale, const ut_unit *underlying, double offset, void *context)
{
	struct reading *reading = context;

	(void)unit;
	if (reading->depth++ > 0)
		return UT_VISIT_ERROR;
	reading->scale = scale;
	reading->offset = offset;
	return ut_accept_visitor(underlying, visitor(), reading);
}

static bool read_unit(const ut_unit *found, struct unit *unit)
{
	struct reading reading = {unit, 1, 0, 0};

	unit_set_number(unit);
	if (ut_accept_visitor(found, visitor(), &reading) != UT_SUCCESS || !isnormal(reading.scale) ||
	    !isfinite(reading.offset))
		return false;
	unit->scale = unit_ratio_from_double(reading.scale);
	unit->offset = unit_ratio_from_double(reading.offset);
	return true;
}

bool unit_database_find(struct unit_system *system, struct slice name, struct unit *unit)
{
	char text[UNIT_TEXT_MAX + 1];
	ut_error_message_handler handler;
	ut_unit *found;
	bool good;

	if (!system->database || name.length >= sizeof text)
		return false;
	memcpy(text, name.data, name.length);
	text[name.length] = '\0';
	handler = ut_set_error_message_handler(ut_ignore);
	found = ut_parse(system->database, text, UT_ASCII);
	good = found && read_unit(found, unit);
	ut_free(found);
	ut_set_error_message_handler(handler);
	return good;
}

static void index_names(struct unit_system *system)
{
	if (system->rows)
		return;
	system->rows = memory_new_zeroed(unit_names_count, sizeof *system->rows);
	for (size_t i = 0; i < unit_names_count; i++) {
		int added;
		size_t entry = hash_map_add(&system->names, slice_from_string(unit_names[i].spelling), &added);

		if (added)
			system->rows[entry] = &unit_names[i];
	}
}

const struct unit_name *unit_table_find(const struct unit_system *system, struct slice spelling)
{
	size_t entry = hash_map_find(&system->names, spelling);

	return entry == HASH_MAP_NONE ? NULL : system->rows[entry];
}

int unit_system_open(struct unit_system *system, struct error *error)
{
	ut_error_message_handler handler;

	if (system->database)
		return 0;
	index_names(system);
	handler = ut_set_error_message_handler(ut_ignore);
	system->database = ut_read_xml(NULL);
	ut_set_error_message_handler(handler);
	return system->database ? 0 : error_set(error, "cannot read the units database of udunits2");
}

struct unit_system *unit_system_new(void)
{
	return memory_new_zeroed(1, sizeof(struct unit_system));
}

void unit_system_free(struct unit_system *system)
{
	if (!system)
		return;
	for (size_t i = 0; i < system->pairs.count; i++)
		free(system->converters[i]);
	free(system->converters);
	free(system->rows);
	hash_map_release(&system->names);
	hash_map_release(&system->pairs);
	buffer_release(&system->key);
	ut_free_system(system->database);
	free(system);
}
