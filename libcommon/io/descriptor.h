// read(2), write(2) and poll(2) without their three traps: interruption by a signal, short counts, and descriptors that somebody
// else made non-blocking. The only place where EINTR is dealt with.
#ifndef IO_DESCRIPTOR_H
#define IO_DESCRIPTOR_H

#include <stddef.h>
#include <sys/types.h>

// Up to size bytes, waiting for the first; 0 at the end, -1 with errno.
ssize_t descriptor_read(int fd, void *data, size_t size) __attribute__((warn_unused_result));

// All of the bytes. -1 with errno; nobody knows then how many were written.
int descriptor_write(int fd, const void *data, size_t size) __attribute__((warn_unused_result));

// fsync(2).
int descriptor_sync(int fd) __attribute__((warn_unused_result));

#endif
