// The models that a store was filled with. The one given last is used while none is given.
#ifndef TWIN_STORE_MODELS_H
#define TWIN_STORE_MODELS_H

#include "twin/model.h"
#include "twin/store.h"

// The model in use, or *model NULL when there is none. Free it with model_free.
int store_models_read(struct store *store, struct model **model, struct error *error)
    __attribute__((warn_unused_result));

// Makes it the one in use, in a transaction of its own, unless it is already. name: of its file.
int store_models_write(struct store *store, const struct model *model, const char *name, struct error *error)
    __attribute__((warn_unused_result));

// The model of a run: that of the file `path`, which the store then keeps, or without one that which the store has kept. store, path: NULL for
// none. tell: of slips in the file, unless it is NULL. *model is to be freed whatever comes of it.
int store_models_choose(struct store *store, const char *path, void (*tell)(const char *message), struct model **model,
    struct error *error) __attribute__((warn_unused_result));

#endif
