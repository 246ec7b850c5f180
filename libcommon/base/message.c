#include "base/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *program = "twin";

void message_set_program(const char *name)
{
	program = name;
}

const char *message_program(void)
{
	return program;
}

static void print(const char *format, va_list args)
{
	char text[2048];
	size_t used = (size_t)snprintf(text, sizeof text, "%s: ", program);
	int length = vsnprintf(text + used, sizeof text - used - 1, format, args);

	if (length > 0)
		used += (size_t)length < sizeof text - used - 1 ? (size_t)length : sizeof text - used - 2;
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
	text[used++] = '\n';
	// One write, so that messages of several programs in a pipeline do not mix; nobody is left to tell if it fails.
	ssize_t written = write(STDERR_FILENO, text, used);
	(void)written;
}

void message_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args);
	va_end(args);
}

void message_tell(const char *text)
{
	message_print("%s", text);
}

void message_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args);
	va_end(args);
	_exit(2);
}
