// Messages to people on standard error: `twin-x: what`, one write each, control characters replaced by '?'.
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

// The name that stands before every message; kept by reference.
void message_set_program(const char *name);
const char *message_program(void);

void message_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The text as it is, for whoever wants a function to tell people through.
void message_tell(const char *text);

// For what no program can go on from (no memory, a broken invariant) and for usage: prints and exits with 2.
void message_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
