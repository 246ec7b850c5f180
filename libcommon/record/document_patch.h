// Patches applied to a document: JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396), and the changes of document_diff.h.
//
// One operation is applied as a whole or not at all. All or nothing of several is the caller's: on a copy, or on a tree that is given up.
#ifndef RECORD_DOCUMENT_PATCH_H
#define RECORD_DOCUMENT_PATCH_H

#include "record/document_diff.h"
#include "record/node_tree.h"

enum patch_op { PATCH_ADD, PATCH_REMOVE, PATCH_REPLACE, PATCH_MOVE, PATCH_COPY, PATCH_TEST };

struct patch_operation {
	enum patch_op op;
	struct slice path, from;
	const struct value *value;
	const struct value_tree *tree; // of the value
};

// Reads one of the operations of a patch; strings that are written with escapes are put into arena. -1 with error when it is none.
int patch_operation_read(struct patch_operation *operation, const struct value_tree *tree, const struct value *value,
    struct arena *arena, struct error *error) __attribute__((warn_unused_result));

// -1 with error when it does not fit the document, which is as it was then.
int patch_operation_apply(struct node_tree *tree, const struct patch_operation *operation, struct error *error)
    __attribute__((warn_unused_result));

// -1 with error when the result would be nested too deep.
int merge_patch_apply(struct node_tree *tree, const struct value_tree *patch, struct error *error)
    __attribute__((warn_unused_result));

// One change; what it takes away must be there. Its texts must live as long as the tree.
int document_change_apply(struct node_tree *tree, const struct document_change *change, struct value_tree *scratch,
    struct error *error) __attribute__((warn_unused_result));

// What undoes it.
void document_change_reverse(struct document_change *change);

#endif
