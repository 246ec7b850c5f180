#include "format/format.h"

#include <stddef.h>

// One a line. What has marks of its own may stand anywhere, what takes nearly any text stands behind what takes less.
const struct format *const formats[] = {
    &format_ndjson,
    &format_tsv,
    &format_csv,
    &format_influx,
    &format_mosquitto,
    &format_senml,
    NULL,
};

_Static_assert(sizeof formats / sizeof *formats < FORMAT_WORDS_MAX, "the words of -f need more room");

void format_words(const char *words[FORMAT_WORDS_MAX])
{
	*words++ = "auto";
	for (const struct format *const *format = formats; *format; format++)
		*words++ = (*format)->name;
	*words = NULL;
}

const struct format *format_find(struct slice name)
{
	for (const struct format *const *format = formats; *format; format++)
		if (slice_is(name, (*format)->name))
			return *format;
	return NULL;
}
