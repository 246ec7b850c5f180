// Whatever bytes: salvage comes to an end, and gives of plain ones all.
#define _GNU_SOURCE // memfd_create
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/salvage.h"

// Data that decompress to far more than they are take long, and show nothing new.
#define BYTES_MAX ((size_t)4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[32];
	struct salvage salvage;
	struct salvage_damage damage;
	struct slice bytes;
	enum salvage_result result = SALVAGE_BYTES;
	size_t total = 0;
	int fd = memfd_create("salvage", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (salvage_open(&salvage, path, &damage.error))
		abort();
	while (result != SALVAGE_END && total < BYTES_MAX) {
		result = salvage_read(&salvage, &bytes, &damage);
		if (result == SALVAGE_ERROR || (result == SALVAGE_DAMAGE && damage.to >= 0 && damage.to < damage.from))
			abort();
		total += result == SALVAGE_BYTES ? bytes.length : 0;
	}
	if (salvage.is_plain && total != size && total < BYTES_MAX)
		abort();
	salvage_close(&salvage);
	close(fd);
	return 0;
}
