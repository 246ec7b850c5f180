// Values as they are typed: JSON where they are JSON, text otherwise.
//
// What was probably meant as JSON and is none is an error, since a thing that waits for 0.5 and is told ".5" never does what it was told:
// what begins like an object, an array or a string, and what is a number to people only (.5, 5., 0,5, +5, 007).
#ifndef TWIN_DESIRE_VALUE_H
#define TWIN_DESIRE_VALUE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

// Appends the JSON text without white space between tokens; numbers and strings of JSON keep their spelling. text: UTF-8. -1 with error for an
// empty one too.
int desire_value_append(struct buffer *out, struct slice text, struct error *error) __attribute__((warn_unused_result));

// The beginning of a text, for a message.
struct slice desire_shown(struct slice text);

#endif
