// Identifiers that nobody else draws: UUIDs of version 4 (RFC 9562), 122 random bits from the kernel.
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/error.h"

#define UUID_SIZE 37 // with its terminator

int uuid_random(char text[UUID_SIZE], struct error *error) __attribute__((warn_unused_result));

#endif
