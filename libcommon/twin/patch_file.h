// A patch as twin-patch(1) reads it: diff records, JSON Patches or JSON Merge Patches, as one JSON value or one a line.
#ifndef TWIN_PATCH_FILE_H
#define TWIN_PATCH_FILE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "record/document_patch.h"

enum patch_form { PATCH_FORM_AUTO, PATCH_FORM_DIFF, PATCH_FORM_PATCH, PATCH_FORM_MERGE };

// One JSON value of the patch: a diff record, the operations for one document or twin, or a merge patch.
struct patch_item {
	struct slice text;
	struct slice entity_id;        // empty: it does not say
	size_t number;                 // from 0, in the order of the patch
	struct document_change change; // of a diff record
	struct slice from_metadata, to_metadata;
};

struct patch_file {
	enum patch_form form;
	struct patch_item *items;
	size_t count, capacity;
	struct arena arena;
	struct value_tree tree;
};

#define PATCH_FILE_INIT                                                                                                \
	{                                                                                                              \
		.items = NULL                                                                                          \
	}

void patch_file_release(struct patch_file *file);

// form: PATCH_FORM_AUTO to find out. text must live as long. -1 with error when it is malformed.
int patch_file_read(struct patch_file *file, struct slice text, enum patch_form form, struct error *error)
    __attribute__((warn_unused_result));

// Turns diff records around. -1 with error for the other forms, which do not say what was there.
int patch_file_reverse(struct patch_file *file, struct error *error) __attribute__((warn_unused_result));

#endif
