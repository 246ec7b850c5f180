// What the parts of the reader of line protocol (format/point.h) know of each other; nobody else needs it.
#ifndef FORMAT_POINT_PARTS_H
#define FORMAT_POINT_PARTS_H

#include "format/point.h"

#define POINT_SHOWN(s) ((s).length < 60 ? (int)(s).length : 60), (s).data

// Which bytes end, or are odd in, which part of a record.
enum {
	ODD_IN_MEASUREMENT = 1,
	ODD_IN_KEY = 2, // of tags and fields
	ODD_IN_TAG_VALUE = 4,
	ODD_IN_STRING = 8,
	ODD_IN_NAMES = ODD_IN_MEASUREMENT | ODD_IN_KEY,
};

extern const unsigned char point_odd[256];

// A record that is being read.
struct point_cursor {
	struct point *point;
	const char *begin, *at;
	const char *stop; // without the '\r' of a line end
	const char *end;
	struct error *error;
};

static inline struct point_cursor point_cursor_at(
    struct point *point, struct slice record, size_t at, struct error *error)
{
	const char *end = record.data + record.length;
	bool has_return = record.length && end[-1] == '\r';

	return (struct point_cursor){point, record.data, record.data + at, end - has_return, end, error};
}

static inline bool point_is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static inline bool point_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool point_is_at(const struct point_cursor *cursor, char c)
{
	return cursor->at < cursor->stop && *cursor->at == c;
}

static inline void point_skip_blanks(struct point_cursor *cursor)
{
	while (point_is_at(cursor, ' '))
		cursor->at++;
}

static inline enum point_result point_bad_at(const struct point_cursor *cursor, const char *place)
{
	cursor->point->fault = (size_t)(place - cursor->begin);
	return POINT_BAD;
}

// Takes a name or the value of a tag: up to a byte that ends it. False with error.
bool point_take_text(struct point_cursor *cursor, unsigned char mask, const char *what, struct slice *text)
    __attribute__((warn_unused_result));

#endif
