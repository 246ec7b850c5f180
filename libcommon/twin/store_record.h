// What a store's history remembers, as the records that they were: each item becomes one line that reads back as the very same assignment, its
// `received`, `origin`, metadata and members without a meaning with it.
//
// A `desired` that spoke of several properties comes as one record for each, with the same time and command; it folds to the same. A state comes
// as the records that it was made of: readings, desires and deletes, and as states of one register each for what no other record can say (a
// twin's model and relationships, and the odd desire or metric that a state gave a form of its own). What `twin-sync --now live` noted as
// the time an event, prediction or forecast was received stands in the history only: these come as they came.
#ifndef TWIN_STORE_RECORD_H
#define TWIN_STORE_RECORD_H

#include "base/arena.h"
#include "base/buffer.h"
#include "record/record.h"
#include "twin/assignment.h"
#include "twin/history_item.h"
#include "twin/store_series.h"

enum store_record_type {
	STORE_RECORD_READING,
	STORE_RECORD_DELETED,
	STORE_RECORD_DESIRED,
	STORE_RECORD_STATE, // model and relationships
	STORE_RECORD_PREDICTION,
	STORE_RECORD_EVENT,
	STORE_RECORD_FORECAST,
	STORE_RECORD_REFUSED, // of any type but a forecast, before it came to a register
	STORE_RECORD_TYPES,
};

#define STORE_RECORD_BIT(type) (1u << (type))
#define STORE_RECORD_ALL       (STORE_RECORD_BIT(STORE_RECORD_TYPES) - 1)

enum store_record_type store_record_type(const struct store_series *series, const struct history_item *item);

// Which kinds of series hold records of these types: bits of SERIES_KIND from bits of STORE_RECORD_BIT.
unsigned store_record_kinds(unsigned types);

struct store_record_writer {
	struct value_tree tree;
	struct record_scanner scanner;
	struct arena arena;
	struct assignments read_back;
	struct buffer scratch;
};

void store_record_writer_init(struct store_record_writer *writer);
void store_record_writer_release(struct store_record_writer *writer);

// Without newline.
void store_record_append(struct store_record_writer *writer, struct buffer *out, const struct store_series *series,
    const struct history_item *item);

#endif
