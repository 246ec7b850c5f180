// The foreign formats. Each fills one struct format; programs and other formats know it by that alone. A format has the directions
// whose functions it fills.
#ifndef FORMAT_FORMAT_H
#define FORMAT_FORMAT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/slice.h"
#include "format/source_lines.h"

struct ingest;

enum format_result {
	FORMAT_FAILED = -1, // error is filled: the source cannot be read (further)
	FORMAT_DONE,
	FORMAT_STOPPED, // something was rejected and the rejects say stop
};

// How the beginning of a source looks to a format.
enum format_fit {
	FORMAT_FIT_NO,
	FORMAT_FIT_ANY,  // it can be read so, as can much else: any text is CSV, any objects are NDJSON
	FORMAT_FIT_MORE, // it may have this format's own marks: more lines tell
	FORMAT_FIT_YES,  // it has this format's own marks
};

struct format {
	const char *name;   // as -f has it
	const char *title;  // in words, for messages: "line protocol"
	bool has_precision; // --precision says what its times count
	bool has_topics;    // --topic says what its topics are
	bool minds_blanks;  // where it was named, lines of blanks and tabs alone are its business too
	// start: whole lines of the source from its first one that is not blank, each with its '\n', up to the first record at least.
	// One format that says YES is taken, two are a question to the user; with none, the first that says ANY.
	enum format_fit (*recognise)(struct slice start);
	// Reads a source to its end and hands readings to ingest->writer.
	enum format_result (*read)(struct ingest *ingest, struct source_lines *lines, struct error *error);
};

extern const struct format format_ndjson;
extern const struct format format_tsv;
extern const struct format format_csv;
extern const struct format format_influx;
extern const struct format format_mosquitto;
extern const struct format format_senml;

// In the order in which they are asked; NULL ends them.
extern const struct format *const formats[];

// The words of -f: auto, then the names of the formats; NULL ends them.
#define FORMAT_WORDS_MAX 32
void format_words(const char *words[FORMAT_WORDS_MAX]);

// NULL when there is none.
const struct format *format_find(struct slice name);

#endif
