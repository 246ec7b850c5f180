#include "format/known_names.h"

#include <stddef.h>

// The name in small letters without what joins words; 0 when it is longer than any known one.
static size_t fold(struct slice name, char folded[24])
{
	size_t length = 0;

	for (size_t i = 0; i < name.length; i++) {
		char c = name.data[i];

		if (c == '_' || c == '-' || c == '.' || c == ' ')
			continue;
		if (length == 24)
			return 0;
		folded[length++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	return length;
}

static bool is_one_of(struct slice name, const char *const *words, size_t count)
{
	char folded[24];
	size_t length = fold(name, folded);

	for (size_t i = 0; i < count; i++)
		if (slice_is(slice_of(folded, length), words[i]))
			return true;
	return false;
}

bool known_name_is_time(struct slice name)
{
	static const char *const words[] = {"time", "timestamp", "datetime", "date", "ts", "eventtime",
	    "eventtimestamp", "observedat", "measuredat", "recordedat", "utc", "timeutc", "utctime", "epoch",
	    "unixtime", "timems", "timestampms", "epochms"};

	return is_one_of(name, words, sizeof words / sizeof *words);
}

bool known_name_is_entity(struct slice name)
{
	static const char *const words[] = {"entityid", "entity", "deviceid", "device", "machineid", "machine",
	    "assetid", "asset", "equipmentid", "equipment", "thingid", "thing", "twinid", "twin"};

	return is_one_of(name, words, sizeof words / sizeof *words);
}

bool known_name_is_property(struct slice name)
{
	static const char *const words[] = {"metric", "variable", "parameter", "measurement", "tag", "signal"};

	return is_one_of(name, words, sizeof words / sizeof *words);
}

static bool is_word_of(struct slice text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_is(text, words[i]))
			return true;
	return false;
}

bool known_type_has_origin(struct slice type)
{
	static const char *const words[] = {"reading", "desired", "deleted", "label"};

	return is_word_of(type, words, sizeof words / sizeof *words);
}

bool known_type(struct slice type)
{
	static const char *const words[] = {"state", "change", "command", "conflict", "event", "prediction", "score",
	    "summary", "why", "clock", "refused", "rejected"};

	return known_type_has_origin(type) || is_word_of(type, words, sizeof words / sizeof *words);
}
