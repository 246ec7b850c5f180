// What the parts of record/table.h know of each other: columns, and how wide they are shown.
#ifndef RECORD_TABLE_PARTS_H
#define RECORD_TABLE_PARTS_H

#include "record/name_cut.h"
#include "record/table.h"

#define TABLE_GAP       2
#define TABLE_BAR_SHORT 4 // columns, and bytes, at the end of a bar that say the same

// What is left of a time where room is short.
enum time_form { TIME_WHOLE, TIME_OF_DAY, TIME_TO_SECONDS, TIME_LEFT_OUT, TIME_FORM_COUNT };

struct table_column {
	struct buffer title;
	size_t title_width;
	enum table_column_kind kind;
	size_t width;     // of the widest cell so far
	size_t whole;     // of the widest number so far: not narrowed below
	size_t preferred; // not narrowed below while others can be
	size_t shown;     // at this print; 0: left out
	bool is_used;
	bool is_right;                       // the first cell in it was a number, so its title stands to the right
	size_t time_widths[TIME_FORM_COUNT]; // of TABLE_TIME: of the widest cell so far in each form
	enum time_form time_form;            // at this print
	struct name_cut names;               // of TABLE_NAME
};

// What is shown of a time; of anything else all.
struct slice table_time(struct slice text, enum time_form form);

// Decides how wide each column is shown: optional ones from the left as long as they fit into what the others leave.
void table_fit(struct table *table, size_t available);

#endif
