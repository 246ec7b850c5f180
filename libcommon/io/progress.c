#include "io/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/message.h"
#include "base/monotonic.h"
#include "base/timestamp.h"

#define LOOK_EVERY  ((int64_t)1 << 20)
#define FIRST_AFTER NANOSECONDS_PER_SECOND
#define SHOW_EVERY  (NANOSECONDS_PER_SECOND / 4)
#define CLEAR_LINE  "\r\033[K"

static void put(const char *text, int length)
{
	ssize_t written = write(STDERR_FILENO, text, (size_t)length);

	(void)written; // nobody is left to tell
}

void progress_start(struct progress *progress, int64_t total_bytes, bool quiet)
{
	*progress = (struct progress){.total = total_bytes};
	progress->enabled = !quiet && total_bytes > 0 && isatty(STDERR_FILENO);
	if (progress->enabled)
		progress->started = monotonic_now();
}

static void draw(struct progress *progress, int64_t done, int64_t now)
{
	char text[160];
	double share = done < progress->total ? (double)done / (double)progress->total : 1;
	double seconds = (double)(now - progress->started) / 1e9;
	double left = share > 0 ? seconds * (1 - share) / share : 0;
	// The cursor goes back to the beginning of the line, so that a message overwrites it instead of following it.
	int length = snprintf(text, sizeof text, CLEAR_LINE "%s: %3.0f %% of %.0f MB, %.0f MB/s, %.0f s left\r",
	    message_program(), share * 100, (double)progress->total / 1e6, (double)done / 1e6 / seconds, left);

	if (length > 0 && (size_t)length < sizeof text)
		put(text, length);
	progress->drawn = true;
	progress->shown = now;
}

void progress_update(struct progress *progress, int64_t done_bytes)
{
	if (!progress->enabled || done_bytes - progress->looked < LOOK_EVERY)
		return;
	progress->looked = done_bytes;
	int64_t now = monotonic_now();

	if (now - progress->started >= FIRST_AFTER && now - progress->shown >= SHOW_EVERY)
		draw(progress, done_bytes, now);
}

void progress_end(struct progress *progress)
{
	if (progress->drawn)
		put(CLEAR_LINE, sizeof CLEAR_LINE - 1);
	progress->enabled = progress->drawn = false;
}
