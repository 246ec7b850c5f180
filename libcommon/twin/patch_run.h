// The work of twin-patch(1): a patch and what it is applied to.
#ifndef TWIN_PATCH_RUN_H
#define TWIN_PATCH_RUN_H

#include "record/rejects.h"
#include "twin/diff_run.h"
#include "twin/patch_file.h"
#include "twin/twin_patch.h"

struct patch_run {
	struct patch_file file;
	struct twin_patch patch;
	struct diff_operand operand;
	const char *entity; // whose the items are that do not say; NULL
	struct rejects *rejects;
	size_t max_line;
	bool check;       // nothing is kept in a store
	bool is_reversed; // the file's diff records have been turned around
	uint64_t refused;
	// Told of what is not applied, beside `summary`; may be NULL.
	void (*keep)(void *context, struct slice record);
	void *context;
	struct buffer line;
	struct buffer out; // the patched states or document
};

void patch_run_release(struct patch_run *run);

// file, patch and operand have been read. Fills out, but for a store. -1 with error (whose message is empty where it has been told).
int patch_run(struct patch_run *run, struct error *error) __attribute__((warn_unused_result));

#endif
