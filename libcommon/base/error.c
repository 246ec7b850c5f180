#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->message, sizeof error->message, format, args);
	va_end(args);
	return -1;
}

int error_set_errno(struct error *error, const char *format, ...)
{
	int saved = errno;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(error->message, sizeof error->message, format, args);
	va_end(args);
	if (length >= 0 && (size_t)length < sizeof error->message)
		snprintf(error->message + length, sizeof error->message - (size_t)length, ": %s", strerror(saved));
	errno = saved;
	return -1;
}
