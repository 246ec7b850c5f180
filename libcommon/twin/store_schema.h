// What makes a SQLite file a store: its marks, tables and views.
#ifndef TWIN_STORE_SCHEMA_H
#define TWIN_STORE_SCHEMA_H

#include "twin/store.h"

// Checks that the file is a store of a format that we know, or makes it one if it is empty and the mode is STORE_CREATE. A file that is anything else
// is left as it is.
int store_schema_open(struct store *store, enum store_mode mode, struct error *error)
    __attribute__((warn_unused_result));

#endif
