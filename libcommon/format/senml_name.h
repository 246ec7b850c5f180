// What SenML calls one name, the twin and its property.
//
// A resolved name (bn and n put together, which no record need keep apart) is split
//	- of a device by RFC 9039 behind its identifier: urn:dev:ow:10e2073a01080063 and what follows ':', '/' or '_';
//	- of all others at the last ':' or '/', but never within urn:NID:x or scheme://authority.
// What has nothing to split is the twin alone.
#ifndef FORMAT_SENML_NAME_H
#define FORMAT_SENML_NAME_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

// -1 with error unless the name is not empty, of letters, digits and "-:./_", and begins with a letter or digit (RFC 8428 section 4.5.1).
int senml_name_check(struct slice name, struct error *error) __attribute__((warn_unused_result));

// name: has passed the check. Both are parts of it; property may be empty.
void senml_name_split(struct slice name, struct slice *entity, struct slice *property);

// name without the ':' and '/' at its end.
struct slice senml_name_trim(struct slice name);

// Appends a part of a name as a path: '/' is between segments, empty ones are left out.
void senml_name_append_path(struct buffer *out, struct slice part);

#endif
