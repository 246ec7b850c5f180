#include "twin/status.h"

#include <math.h>

#include "scratch.h"
#include "twin_lines.h"

static struct twin_lines lines;
static struct twin_view view;
static struct model *model;

static void begin(const char *text)
{
	struct error error;

	twin_lines_init(&lines);
	view = (struct twin_view)TWIN_VIEW_INIT;
	model = NULL;
	if (!text)
		return;
	scratch_write("model", slice_from_string(text));
	model = model_read("model", &error);
	CHECK(model);
}

static void end(void)
{
	twin_view_release(&view);
	twin_lines_release(&lines);
	model_free(model);
}

// As of `now` seconds after noon; stale_after in seconds, 0 for none.
static void check(int now, int stale_after, enum sync_status sync, double confidence)
{
	struct status_rules rules = {.model = model,
	    .stale_after = stale_after * INT64_C(1000000000),
	    .has_clock = true,
	    .clock = AT_SECOND(now)};

	twin_view_draw(&view, &lines.set, twin_lines_twin(&lines));
	struct status status = status_of(&view, &rules);

	if (status.sync == sync && status.confidence == confidence)
		return;
	printf("# got %s %.17g, want %s %.17g\n", sync_status_name(status.sync), status.confidence,
	    sync_status_name(sync), confidence);
	unit_fail(__FILE__, __LINE__, "the status");
}

static void check_ages(void)
{
	begin(NULL);
	twin_lines_reading(&lines, "x", 0, "1", "\"quality\":0.8");
	check(1000, 0, SYNC_UNKNOWN, 0.8);
	// P is 10 s.
	check(0, 40, SYNC_SYNCHRONIZED, 0.8);
	check(10, 40, SYNC_SYNCHRONIZED, 0.8);
	check(30, 40, SYNC_SYNCHRONIZED, 0.4);
	check(40, 40, SYNC_SYNCHRONIZED, 0.8 * 0.35355339059327379);
	check(50, 40, SYNC_STALE, 0.2);
	check(-100, 40, SYNC_SYNCHRONIZED, 0.8);
	end();
}

static void check_both(void)
{
	begin("{\"properties\":{\"x\":{\"interval\":\"10s\",\"stale_after\":\"25s\"},\"y\":{\"interval\":\"1m\"}}}");
	twin_lines_reading(&lines, "x", 0, "1", "");
	twin_lines_reading(&lines, "y", 0, "1", "");
	check(25, 0, SYNC_SYNCHRONIZED, exp2(-0.75));
	check(26, 0, SYNC_STALE, exp2(-0.8));
	check(30, 60, SYNC_SYNCHRONIZED, 0.5);
	end();
}

static void check_required(void)
{
	begin("{\"properties\":{\"x\":{\"required\":true,\"interval\":\"10s\"},\"y\":{\"required\":true},\"z\":{}}}");
	twin_lines_reading(&lines, "z", 0, "1", "\"quality\":0.6");
	check(0, 0, SYNC_INITIALIZING, 0);
	twin_lines_reading(&lines, "x", 0, "1", "");
	twin_lines_reading(&lines, "y", 0, "1", "\"quality\":0.9");
	check(0, 0, SYNC_SYNCHRONIZED, 0.9);
	twin_lines_reading(&lines, "z", 1, "1", "\"quality\":0");
	check(30, 0, SYNC_SYNCHRONIZED, 0.5);
	check(41, 0, SYNC_STALE, exp2(-1.55));
	twin_lines_reading(&lines, "y", 1, "1", "\"quality\":0.1");
	check(0, 0, SYNC_ERROR, 0.9);
	twin_lines_reading(&lines, "y", 2, "1", "");
	check(0, 0, SYNC_SYNCHRONIZED, 1);
	twin_lines_put(&lines,
	    "{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"y\",\"timestamp\":\"2026-03-01T12:00:03Z\"}");
	check(0, 0, SYNC_INITIALIZING, 0);
	// A bad reading after a delete: something is there, and it is wrong.
	twin_lines_reading(&lines, "y", 4, "1", "\"quality\":0.1");
	check(0, 0, SYNC_ERROR, 0);
	end();
}

static void check_none(void)
{
	begin(NULL);
	twin_lines_desired(&lines, 0, "{\"x\":1}", "");
	check(0, 0, SYNC_UNKNOWN, 0);
	check(0, 40, SYNC_SYNCHRONIZED, 0);
	end();
	begin("{\"applies_to\":[\"u\"],\"properties\":{\"x\":{\"required\":true}}}");
	twin_lines_reading(&lines, "y", 0, "1", "");
	check(0, 0, SYNC_UNKNOWN, 1);
	end();
}

static void check_hidden(void)
{
	begin(NULL);
	twin_lines_reading(&lines, "a", 0, "{\"b\":1}", "\"quality\":0.6");
	twin_lines_reading(&lines, "a/b", 50, "1", "");
	check(50, 40, SYNC_SYNCHRONIZED, 1);
	end();
}

// Far ages neither overflow nor turn round.
static void check_far(void)
{
	begin(NULL);
	twin_lines_put(
	    &lines, "{\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"1678-01-01T00:00:00Z\",\"value\":1}");
	struct status_rules rules = {.stale_after = 1, .has_clock = true, .clock = INT64_MAX};

	twin_view_draw(&view, &lines.set, twin_lines_twin(&lines));
	CHECK(status_of(&view, &rules).sync == SYNC_STALE && status_of(&view, &rules).confidence >= 0);
	rules.clock = INT64_MIN;
	CHECK(status_of(&view, &rules).sync == SYNC_SYNCHRONIZED);
	end();
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("confidence halves with every two intervals after the first, and stale begins above stale_after")
	check_ages();
	TEST("the model's interval and stale_after are by property, and --stale-after goes before the second")
	check_both();
	TEST("required properties decide between error, initializing and the rest") check_required();
	TEST("a twin without properties, or to which the model does not apply") check_none();
	TEST("what another path hides does not count") check_hidden();
	TEST("ages of centuries") check_far();
	scratch_leave(scratch);
	return unit_end();
}
