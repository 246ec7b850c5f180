#include "io/descriptor.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

// Linux moves at most 0x7ffff000 bytes in one call; more would only invite trouble elsewhere.
#define TRANSFER_MAX ((size_t)1 << 30)

// Whether the call that failed with errno should be made again, after waiting where there is something to wait for.
static bool should_retry(int fd, short events)
{
	struct pollfd wait = {.fd = fd, .events = events};

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

ssize_t descriptor_read(int fd, void *data, size_t size)
{
	ssize_t count;

	do
		count = read(fd, data, size < TRANSFER_MAX ? size : TRANSFER_MAX);
	while (count < 0 && should_retry(fd, POLLIN));
	return count;
}

int descriptor_write(int fd, const void *data, size_t size)
{
	const char *next = data;

	while (size > 0) {
		ssize_t count = write(fd, next, size < TRANSFER_MAX ? size : TRANSFER_MAX);

		if (count < 0) {
			if (!should_retry(fd, POLLOUT))
				return -1;
			continue;
		}
		next += count;
		size -= (size_t)count;
	}
	return 0;
}

int descriptor_sync(int fd)
{
	int result;

	do
		result = fsync(fd);
	while (result < 0 && errno == EINTR);
	return result;
}
