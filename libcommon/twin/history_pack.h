// An item as bytes, for those who have to put many away for a while. Not a format: it changes from one version to the next.
#ifndef TWIN_HISTORY_PACK_H
#define TWIN_HISTORY_PACK_H

#include "base/buffer.h"
#include "twin/history_item.h"

// About 30 bytes for the usual reading.
void history_item_pack(struct buffer *out, const struct history_item *item);

// Bytes of history_item_pack, which the texts point into.
struct history_item history_item_unpack(struct slice packed);

#endif
