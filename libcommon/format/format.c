#include "format/format.h"

#include <stddef.h>

const struct format *const formats[] = {&format_ndjson, &format_tsv, &format_csv, NULL};

const struct format *format_find(struct slice name)
{
	for (const struct format *const *format = formats; *format; format++)
		if (slice_is(name, (*format)->name))
			return *format;
	return NULL;
}
