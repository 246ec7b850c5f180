#include "base/nearest.h"

#include <string.h>

#define LENGTH_MAX 48

// Restricted Damerau-Levenshtein distance ("optimal string alignment").
static size_t slips(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][LENGTH_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		above[j] = before[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

			best = above[j] + 1 < best ? above[j] + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[b_length];
}

void nearest_init(struct nearest *nearest, const char *typed, size_t length)
{
	*nearest = (struct nearest){.typed = typed, .length = length, .best = (length + 1) / 3};
}

void nearest_offer(struct nearest *nearest, const char *word)
{
	size_t length = strnlen(word, LENGTH_MAX + 1), distance;

	if (nearest->length > LENGTH_MAX || length > LENGTH_MAX || !length)
		return;
	distance = slips(nearest->typed, nearest->length, word, length);
	if (distance < nearest->best || (!nearest->word && distance == nearest->best)) {
		nearest->best = distance;
		nearest->word = word;
	}
}
