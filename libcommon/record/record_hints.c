#include "record/record_hints.h"

#include "base/message.h"

void hint_foreign_format(uint64_t records, uint64_t rejected)
{
	if (!records && rejected)
		message_print("no line holds a record: twin-ingest makes them of other formats");
}

void hint_left_out(uint64_t records, uint64_t selected, uint64_t taken)
{
	if (records && !selected)
		message_print("-E, -P, --from and --to leave out all of the input");
	else if (records && !taken)
		message_print("--where leaves out all of the input");
}

void hint_unseen(const struct expression *expression, const struct expression_run *run, const char *option)
{
	for (size_t i = 0; expression && i < expression_path_count(expression); i++) {
		struct slice path = expression_path_text(expression, i);
		int length = (int)path.length;

		if (!expression_path_unseen(run, i))
			continue;
		if (expression_path_is_word(expression, i))
			message_print("%s: no record has %.*s: text needs quotes, \"%.*s\"", option, length, path.data,
			    length, path.data);
		else
			message_print("%s: no record has %.*s", option, length, path.data);
	}
}
