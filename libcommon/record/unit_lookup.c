#include "record/unit_parts.h"

static bool read_level(struct unit_system *system, struct slice meaning, struct unit *unit)
{
	unsigned level;

	if (!unit_parse_expression(system, meaning, true, &level, unit))
		return false;
	unit->kind = UNIT_LEVEL;
	unit->level = (int)level;
	return true;
}

bool unit_read_meaning(struct unit_system *system, const struct unit_name *row, struct unit *unit)
{
	struct slice meaning = slice_from_string(row->meaning);

	if (slice_starts_with(meaning, SLICE_LITERAL("lg ")))
		return read_level(system, slice_skip(meaning, 3), unit);
	if (meaning.data[0] != '=')
		return unit_parse_expression(system, meaning, true, NULL, unit);
	unit_set_number(unit);
	unit->kind = UNIT_OPAQUE;
	unit->name = row->meaning;
	return true;
}

struct prefix {
	const char *text;
	int power; // of ten, or of 1024
	enum { OTHERS_ONLY, BYTES_TOO, BYTES_ONLY, BINARY } use;
};

static bool fits(const struct prefix *prefix, const struct unit_name *row)
{
	if (row->prefixes == UNIT_PREFIX_BYTES)
		return prefix->use != OTHERS_ONLY;
	return row->prefixes == UNIT_PREFIX_SI && prefix->use <= BYTES_TOO;
}

static bool find_prefixed(struct unit_system *system, struct slice name, struct unit *unit)
{
	static const struct prefix prefixes[] = {{"y", -24, OTHERS_ONLY}, {"z", -21, OTHERS_ONLY},
	    {"a", -18, OTHERS_ONLY}, {"f", -15, OTHERS_ONLY}, {"p", -12, OTHERS_ONLY}, {"n", -9, OTHERS_ONLY},
	    {"u", -6, OTHERS_ONLY}, {"µ", -6, OTHERS_ONLY}, {"μ", -6, OTHERS_ONLY}, {"m", -3, OTHERS_ONLY},
	    {"c", -2, OTHERS_ONLY}, {"d", -1, OTHERS_ONLY}, {"da", 1, OTHERS_ONLY}, {"h", 2, OTHERS_ONLY},
	    {"k", 3, BYTES_TOO}, {"M", 6, BYTES_TOO}, {"G", 9, BYTES_TOO}, {"T", 12, BYTES_TOO}, {"P", 15, BYTES_TOO},
	    {"E", 18, BYTES_TOO}, {"Z", 21, OTHERS_ONLY}, {"Y", 24, OTHERS_ONLY}, {"kilo", 3, BYTES_ONLY},
	    {"mega", 6, BYTES_ONLY}, {"giga", 9, BYTES_ONLY}, {"tera", 12, BYTES_ONLY}, {"peta", 15, BYTES_ONLY},
	    {"Ki", 1, BINARY}, {"Mi", 2, BINARY}, {"Gi", 3, BINARY}, {"Ti", 4, BINARY}, {"Pi", 5, BINARY},
	    {"kibi", 1, BINARY}, {"mebi", 2, BINARY}, {"gibi", 3, BINARY}, {"tebi", 4, BINARY}, {"pebi", 5, BINARY}};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		const struct prefix *prefix = &prefixes[i];
		struct slice text = slice_from_string(prefix->text);
		const struct unit_name *row =
		    slice_starts_with(name, text) ? unit_table_find(system, slice_skip(name, text.length)) : NULL;
		struct unit_ratio factor = {1, 1, prefix->power, true};

		if (!row || !fits(prefix, row))
			continue;
		if (prefix->use == BINARY)
			factor = (struct unit_ratio){(int64_t)1 << 10 * prefix->power, 1, 0, true};
		if (!unit_read_meaning(system, row, unit))
			return false;
		unit->scale = unit_ratio_multiply(unit->scale, factor);
		return true;
	}
	return false;
}

// udunits takes a bit for the number 1 and a byte for 8.
static bool is_of_bits(struct slice name)
{
	static const char *const ends[] = {"bit", "bits", "byte", "bytes", "octet", "octets"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t length = strlen(ends[i]);

		if (name.length >= length && slice_is(slice_skip(name, name.length - length), ends[i]))
			return true;
	}
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool find_in_database(struct unit_system *system, struct slice name, struct unit *unit)
{
	char text[UNIT_TEXT_MAX];
	size_t length = 0;

	if (is_of_bits(name))
		return false;

	if (slice_starts_with(name, SLICE_LITERAL("µ")) || slice_starts_with(name, SLICE_LITERAL("μ"))) {
		text[length++] = 'u';
		name = slice_skip(name, 2);
	}
	for (size_t i = 0; i < name.length; i++) {
		if (!is_letter(name.data[i]) || length == sizeof text)
			return false;
		text[length++] = name.data[i];
	}
	return length && unit_database_find(system, slice_of(text, length), unit);
}

bool unit_find_name(struct unit_system *system, struct slice name, bool of_table, struct unit *unit)
{
	const struct unit_name *row = of_table ? NULL : unit_table_find(system, name);

	if (row)
		return unit_read_meaning(system, row, unit);
	if (of_table && slice_is(name, "bit")) {
		unit_set_number(unit);
		unit->exponents[UNIT_BIT] = 2;
		return true;
	}
	return (!of_table && find_prefixed(system, name, unit)) || find_in_database(system, name, unit);
}
