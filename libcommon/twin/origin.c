#define _GNU_SOURCE // memrchr
#include "twin/origin.h"

#include <string.h>

struct origin origin_split(struct slice text)
{
	const char *colon = text.length ? memrchr(text.data, ':', text.length) : NULL;

	if (!colon)
		return (struct origin){text, SLICE_EMPTY};
	struct slice line = slice_skip(text, (size_t)(colon - text.data) + 1);

	for (size_t i = 0; i < line.length; i++)
		if ((unsigned char)(line.data[i] - '0') > 9)
			line.length = 0;
	if (line.length == 0)
		return (struct origin){text, SLICE_EMPTY};
	while (line.length > 1 && line.data[0] == '0')
		line = slice_skip(line, 1);
	return (struct origin){slice_of(text.data, (size_t)(colon - text.data)), line};
}

int origin_compare(struct slice a, struct slice b)
{
	struct origin x = origin_split(a), y = origin_split(b);
	int order = slice_compare(x.file, y.file);

	if (!order && x.line.length != y.line.length)
		order = x.line.length < y.line.length ? -1 : 1;
	if (!order)
		order = slice_compare(x.line, y.line);
	return order ? order : slice_compare(a, b);
}

struct slice origin_smaller(struct slice a, struct slice b)
{
	return !b.length || (a.length && origin_compare(a, b) <= 0) ? a : b;
}
