// A twin as the plain document that its state shows: entity_id, model, properties, desired and relationships, without times.
#ifndef TWIN_TWIN_DOCUMENT_H
#define TWIN_TWIN_DOCUMENT_H

#include "base/buffer.h"
#include "twin/view.h"

// False, and nothing appended, when the twin shows nothing of this: it may be gone.
bool twin_document_append(struct buffer *out, const struct twin_view *view);

#endif
