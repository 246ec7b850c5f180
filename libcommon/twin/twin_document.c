#include "twin/twin_document.h"

#include "record/value.h"
#include "twin/document.h"

static bool shows(const struct view_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (entry_is_shown(&list->entries[i]))
			return true;
	return false;
}

static void put_document(struct buffer *out, const char *name, const struct view_list *list, bool always)
{
	struct document_writer document;

	if (!always && !shows(list))
		return;
	buffer_printf(out, ",\"%s\":", name);
	document_begin(&document, out);
	for (size_t i = 0; i < list->count; i++) {
		if (!entry_is_shown(&list->entries[i]))
			continue;
		struct assignment item = register_assignment(list->entries[i].series, &list->entries[i].series->usable);

		document_put(&document, item.path, item.tail.value);
	}
	document_end(&document);
}

bool twin_document_append(struct buffer *out, const struct twin_view *view)
{
	const struct view_list *model = &view->kinds[REGISTER_MODEL];

	if (!view->twin || !view->is_alive)
		return false;
	buffer_append_string(out, "{\"entity_id\":");
	json_append_string(out, view->twin->entity_id);
	if (shows(model)) {
		struct assignment item =
		    register_assignment(model->entries[0].series, &model->entries[0].series->usable);

		buffer_append_string(out, ",\"model\":");
		buffer_append_slice(out, item.tail.value);
	}
	put_document(out, "properties", &view->kinds[REGISTER_REPORTED], true);
	put_document(out, "desired", &view->kinds[REGISTER_DESIRED], false);
	put_document(out, "relationships", &view->kinds[REGISTER_RELATIONSHIP], false);
	buffer_append_char(out, '}');
	return true;
}
