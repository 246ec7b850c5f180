// Properties are JSON Pointers without the first slash: bearing/temperature; "~0" is "~", "~1" is "/"; no empty segment.
#ifndef RECORD_PROPERTY_PATH_H
#define RECORD_PROPERTY_PATH_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

// Bounds that no real property comes near; they keep hostile input from costing more than its length.
#define PROPERTY_PATH_MAX     1024 // bytes
#define PROPERTY_SEGMENTS_MAX 32

// -1 with error for an empty path, an empty segment, '~' before anything but 0 and 1, or a path beyond the bounds. path: decoded UTF-8.
int property_path_check(struct slice path, struct error *error) __attribute__((warn_unused_result));

// Appends one segment, escaping '~' and '/'; with a '/' before it when out already holds something after start.
void property_path_append(struct buffer *out, size_t start, struct slice segment);

// Takes the first segment off *rest (raw, still escaped). False when nothing is left.
bool property_path_next(struct slice *rest, struct slice *segment);

// Appends a raw segment with ~0 and ~1 decoded.
void property_segment_decode(struct buffer *out, struct slice segment);

// Whether `ancestor` (not empty) is a proper prefix of path by whole segments.
bool property_path_is_under(struct slice path, struct slice ancestor);

#endif
