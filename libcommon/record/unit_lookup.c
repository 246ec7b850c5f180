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
	int power;
	bool of_bytes;
};

// The power of two (of bytes) or of ten of a prefix with 'i' or without.
static bool find_prefixed(struct unit_system *system, struct slice name, struct unit *unit)
{
	static const struct prefix prefixes[] = {{"y", -24, false}, {"z", -21, false}, {"a", -18, false},
	    {"f", -15, false}, {"p", -12, false}, {"n", -9, false}, {"u", -6, false}, {"µ", -6, false},
	    {"μ", -6, false}, {"m", -3, false}, {"c", -2, false}, {"d", -1, false}, {"da", 1, false}, {"h", 2, false},
	    {"k", 3, true}, {"M", 6, true}, {"G", 9, true}, {"T", 12, true}, {"P", 15, true}, {"E", 18, true},
	    {"Z", 21, false}, {"Y", 24, false}, {"Ki", 1, true}, {"Mi", 2, true}, {"Gi", 3, true}, {"Ti", 4, true},
	    {"Pi", 5, true}, {"Ei", 6, true}};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		struct slice text = slice_from_string(prefixes[i].text);
		const struct unit_name *row =
		    slice_starts_with(name, text) ? unit_table_find(system, slice_skip(name, text.length)) : NULL;
		bool binary = text.length == 2 && text.data[1] == 'i';
		struct unit_ratio factor = {1, 1, prefixes[i].power, true};

		if (!row || row->prefixes == UNIT_PREFIX_NONE ||
		    (row->prefixes == UNIT_PREFIX_BYTES && !prefixes[i].of_bytes) ||
		    (binary && row->prefixes != UNIT_PREFIX_BYTES))
			continue;
		if (binary)
			factor = (struct unit_ratio){(int64_t)1 << 10 * prefixes[i].power, 1, 0, true};
		if (!unit_read_meaning(system, row, unit))
			return false;
		unit->scale = unit_ratio_multiply(unit->scale, factor);
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
