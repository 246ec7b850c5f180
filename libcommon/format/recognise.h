// Which format a source is written in, by how it begins.
#ifndef FORMAT_RECOGNISE_H
#define FORMAT_RECOGNISE_H

#include <stdbool.h>

#include "base/error.h"
#include "format/format.h"
#include "format/source_lines.h"

struct recognition {
	const struct format *format; // NULL: the source has nothing but blank lines
	bool has_marks;              // it says so itself: nobody named it, and it is the one whose own marks are there
	bool may_be_senml;  // with a filter: its objects have labels of SenML, though it is not recognised as that
	const char *filter; // what makes objects, one a line, of a source that is JSON in another form, for jq; or NULL
};

// Looks no further than it has to, so that a live source is not waited for, and goes back to the first line. asked: the format that was
// named, or NULL. FAILED when the source cannot be read, is in no encoding that we read, or fits two formats.
enum format_result recognise_source(struct recognition *found, struct source_lines *lines, const struct format *asked,
    struct error *error) __attribute__((warn_unused_result));

// The same among other formats than all; NULL ends them.
enum format_result recognise_among(struct recognition *found, const struct format *const *candidates,
    struct source_lines *lines, const struct format *asked, struct error *error) __attribute__((warn_unused_result));

#endif
