// libFuzzer target: operands, one a line, its first byte the form, become a record that our reader gives back as those very wishes, or an error; and
// the order of the operands does not matter.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "record/property_path.h"
#include "twin/desire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static int add_line(struct desire *desire, const char *line, struct error *error)
{
	enum desire_form form = *line == 's' ? DESIRE_STRING : *line == 'u' ? DESIRE_UNSET : DESIRE_VALUE;

	return desire_add(desire, form, *line ? line + 1 : line, error);
}

// 0 when all lines are operands.
static int fill(struct desire *desire, char *const *lines, size_t count, bool backwards)
{
	struct error error;
	int failed = 0;

	desire_init(desire, "e", 1772366400000000000);
	desire->command_id = SLICE_LITERAL("c");
	for (size_t i = 0; i < count && !failed; i++)
		failed = add_line(desire, lines[backwards ? count - 1 - i : i], &error);
	return failed;
}

// Every wish that is no object with members is one assignment, to its own path; those are under theirs.
static void check_assignments(const struct desire *desire)
{
	size_t at = 0;

	for (size_t i = 0; i < desire->count; i++) {
		const struct desire_wish *wish = &desire->wishes[i];
		bool is_plain = wish->value.data[0] != '{' || slice_is(wish->value, "{}");

		require(at < desire->assignments.count);
		if (is_plain) {
			const struct assignment *item = &desire->assignments.items[at++];

			require(
			    slice_equal(item->path, wish->path) && item->key.live == !slice_is(wish->value, "null"));
			require(!item->key.live || slice_equal(item->tail.value, wish->value));
			continue;
		}
		while (at < desire->assignments.count &&
		    property_path_is_under(desire->assignments.items[at].path, wish->path))
			at++;
	}
	require(at == desire->assignments.count);
}

static void check(char *const *lines, size_t count)
{
	struct desire there, back;
	struct error error;
	int failed = fill(&there, lines, count, false), failed_back = fill(&back, lines, count, true);

	require(failed == failed_back);
	if (!failed) {
		failed = desire_make(&there, &error);
		require(failed == desire_make(&back, &error));
		require(failed || slice_equal(buffer_slice(&there.line), buffer_slice(&back.line)));
		if (!failed)
			check_assignments(&there);
	}
	desire_release(&there);
	desire_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = memory_dup_slice(slice_of((const char *)data, size)), *rest = text, *line;
	char *lines[64];
	size_t count = 0;

	while (count < 64 && (line = strsep(&rest, "\n")))
		lines[count++] = line;
	check(lines, count);
	free(text);
	return 0;
}
