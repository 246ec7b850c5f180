#include "base/uuid.h"

#include <sys/random.h>

int uuid_random(char text[UUID_SIZE], struct error *error)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];
	char *end = text;

	// So few bytes come whole, whatever signals arrive.
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return error_set_errno(error, "cannot draw a random number");
	bytes[6] = (bytes[6] & 0x0f) | 0x40; // version
	bytes[8] = (bytes[8] & 0x3f) | 0x80; // variant
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*end++ = '-';
		*end++ = digits[bytes[i] >> 4];
		*end++ = digits[bytes[i] & 15];
	}
	*end = '\0';
	return 0;
}
