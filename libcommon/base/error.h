// What went wrong, in words for a person: lower case, no full stop, no program name, no file and line (the
// caller knows them). Functions that can fail fill the caller's struct and return -1; they do not print.
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

struct error {
	char message[480];
};

// Always -1, so that `return error_set(error, ...)` reads well. Text that does not fit is cut.
int error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The same followed by ": " and the words for errno.
int error_set_errno(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
