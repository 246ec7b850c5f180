#include "record/name_cut.h"

#include "record/display.h"

// Beyond these, looking for a place costs more than it is worth.
#define NAMES_MAX 128
#define WIDTH_MAX 40

void name_cut_release(struct name_cut *cut)
{
	hash_map_release(&cut->names);
	*cut = (struct name_cut)NAME_CUT_INIT;
}

void name_cut_add(struct name_cut *cut, struct slice name)
{
	if (cut->names.count <= NAMES_MAX)
		hash_map_add(&cut->names, name, NULL);
}

static bool stay_different(const struct name_cut *cut, size_t width, size_t head)
{
	struct hash_map seen = HASH_MAP_INIT;
	struct buffer text = BUFFER_INIT;
	int added = 1;

	for (size_t i = 0; i < cut->names.count && added; i++) {
		buffer_reset(&text);
		display_append_ends(&text, cut->names.keys[i], head, width - 1 - head);
		hash_map_add(&seen, buffer_slice(&text), &added);
	}
	hash_map_release(&seen);
	buffer_release(&text);
	return added;
}

// How much of the beginning to keep: as near to half as keeps the names different; false when nothing does. What tells names apart is
// more often at their end.
static bool find_head(const struct name_cut *cut, size_t width, size_t *head)
{
	size_t half = (width - 1) / 2;

	*head = half;
	if (cut->names.count > NAMES_MAX || width > WIDTH_MAX)
		return true;
	for (size_t distance = 0; distance < width; distance++) {
		*head = half - distance;
		if (distance <= half && stay_different(cut, width, *head))
			return true;
		*head = half + distance;
		if (*head < width && stay_different(cut, width, *head))
			return true;
	}
	*head = half;
	return false;
}

static void forget_answers(struct name_cut *cut)
{
	if (cut->counted == cut->names.count)
		return;
	cut->counted = cut->names.count;
	cut->least = cut->width = 0;
}

size_t name_cut_least(struct name_cut *cut, size_t least, size_t most)
{
	size_t head;

	forget_answers(cut);
	if (!cut->least)
		for (cut->least = 1; cut->least < WIDTH_MAX && !find_head(cut, cut->least, &head);)
			cut->least++;
	if (cut->least > least)
		least = cut->least;
	return least < most ? least : most;
}

void name_cut_append(struct name_cut *cut, struct buffer *out, struct slice name, size_t width)
{
	forget_answers(cut);
	if (cut->width != width)
		find_head(cut, width, &cut->head);
	cut->width = width;
	display_append_ends(out, name, cut->head, width - 1 - cut->head);
}
