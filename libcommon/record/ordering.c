#include "record/ordering.h"

int ordering_init(struct ordering *ordering, const char *keys, size_t newest, size_t memory, struct error *error)
{
	*ordering = (struct ordering){.key = SORT_KEY_INIT};
	newest_init(&ordering->newest, newest);
	if (keys && sort_key_parse(&ordering->key, keys, true, error))
		return -1;
	ordering->sort = keys ? external_sort_new(memory, NULL) : NULL;
	return 0;
}

void ordering_release(struct ordering *ordering)
{
	sort_key_release(&ordering->key);
	external_sort_free(ordering->sort);
	newest_release(&ordering->newest);
	buffer_release(&ordering->text);
}

int ordering_add(struct ordering *ordering, const struct record *record, struct slice line, struct error *error)
{
	struct slice key;

	buffer_reset(&ordering->text);
	sort_key_append(&ordering->key, record, &ordering->text);
	key = buffer_slice(&ordering->text);
	if (!ordering->newest.limit)
		return external_sort_add(ordering->sort, key, line, error);
	newest_add(&ordering->newest, record, key, line);
	return 0;
}

static struct slice line_of(const struct newest_item *item)
{
	return slice_of(item->text + item->key_length, item->length - item->key_length);
}

int ordering_start(struct ordering *ordering, struct error *error)
{
	if (ordering->newest.limit)
		ordering->items = newest_finish(&ordering->newest, &ordering->item_count);
	if (!ordering->sort)
		return 0;
	for (size_t i = 0; i < ordering->item_count; i++) {
		const struct newest_item *item = &ordering->items[i];

		if (external_sort_add(ordering->sort, slice_of(item->text, item->key_length), line_of(item), error))
			return -1;
	}
	return external_sort_start(ordering->sort, error);
}

int ordering_next(struct ordering *ordering, struct slice *line, struct error *error)
{
	if (ordering->sort)
		return external_sort_next(ordering->sort, line, error);
	if (ordering->item_next == ordering->item_count)
		return 0;
	*line = line_of(&ordering->items[ordering->item_next++]);
	return 1;
}
