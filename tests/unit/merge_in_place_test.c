#include "twin/merge_in_place.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "io/atomic_file.h"
#include "scratch.h"
#include "unit.h"

static void write_file(const char *path, struct slice text)
{
	struct error error;

	if (atomic_file_write(path, text, &error))
		scratch_fail(path);
}

static void check_file(const char *path, const char *want)
{
	struct buffer got = BUFFER_INIT;
	struct error error;

	CHECK(file_read_whole(path, 1000, &got, &error) == 0);
	CHECK_TEXT(buffer_slice(&got), want);
	buffer_release(&got);
}

// Two documents and a base that is not there, brought to {}; `meanwhile` happens before they are written.
static int bring_level(void (*meanwhile)(void), struct error *error)
{
	char a[] = "a", b[] = "b", o[] = "o", *paths[] = {a, b, o};
	struct merge_in_place files;
	struct twin_set set;
	const struct twin_set *sets[] = {&set, &set, &set};
	const struct status_rules rules = {.model = NULL};

	write_file("a", SLICE_LITERAL("{\"a\":1}\n"));
	write_file("b", SLICE_LITERAL("{\"b\":1}\n"));
	unlink("o");
	twin_set_init(&set);
	int failed = merge_in_place_open(&files, paths, 3, true, error);

	if (!failed) {
		meanwhile();
		failed = merge_in_place_write(&files, sets, true, &rules, error);
	}
	merge_in_place_release(&files);
	twin_set_release(&set);
	return failed;
}

static void nothing(void)
{
}

static void edit(void)
{
	write_file("b", SLICE_LITERAL("{\"b\":2}\n"));
}

static void make_base(void)
{
	write_file("o", SLICE_LITERAL("{}\n"));
}

static void test_meanwhile(void)
{
	struct error error;

	TEST("all files get what they are to hold, the new base too")
	{
		CHECK(bring_level(nothing, &error) == 0);
		check_file("a", "{}\n");
		check_file("b", "{}\n");
		check_file("o", "{}\n");
	}
	TEST("when somebody has changed one of them in the meantime, none is written")
	{
		CHECK(bring_level(edit, &error) == -1);
		CHECK_TEXT(
		    slice_from_string(error.message), "'b' was changed in the meantime: nothing has been written");
		check_file("a", "{\"a\":1}\n");
		check_file("b", "{\"b\":2}\n");
		CHECK(access("o", F_OK) < 0);
	}
	TEST("a base that somebody has made in the meantime is such a change")
	{
		CHECK(bring_level(make_base, &error) == -1);
		check_file("a", "{\"a\":1}\n");
	}
}

int main(void)
{
	char *directory = scratch_enter();

	test_meanwhile();
	scratch_leave(directory);
	return unit_end();
}
