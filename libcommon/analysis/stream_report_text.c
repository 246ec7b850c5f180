// The report for people. Times are those of the first recording.
#include <math.h>

#include "analysis/stream_report.h"
#include "base/duration.h"
#include "base/timestamp.h"
#include "record/display.h"

// So many series are named behind the first.
#define THEN_MAX 8

#define NAME_WIDTH 60

struct text_report {
	struct buffer *out;
	const struct stream_comparison *comparison;
	bool names_twins;
};

// The time of day alone on the day on which the recording begins, and no more of it than needed.
static void append_clock(struct buffer *out, int64_t time, int64_t oldest)
{
	struct civil_time civil = civil_from_timestamp(time), first = civil_from_timestamp(oldest);

	if (civil.year != first.year || civil.month != first.month || civil.day != first.day || civil.nanosecond) {
		timestamp_append(out, time);
		return;
	}
	buffer_printf(out, "%02d:%02d", civil.hour, civil.minute);
	if (civil.second)
		buffer_printf(out, ":%02d", civil.second);
}

static void append_name(const struct text_report *report, const struct stream_result *result)
{
	if (report->names_twins) {
		display_append(report->out, stream_result_entity(result), NAME_WIDTH);
		buffer_append_char(report->out, ' ');
	}
	display_append(report->out, stream_result_path(result), NAME_WIDTH);
}

static void append_first(const struct text_report *report)
{
	const struct stream_comparison *comparison = report->comparison;
	const struct stream_result *results = comparison->diverged;
	size_t count = comparison->diverged_count;

	if (!count) {
		buffer_append_string(report->out, "no sustained divergence\n");
		return;
	}
	buffer_append_string(report->out, "first: ");
	append_name(report, &results[0]);
	buffer_append_string(report->out, " at ");
	append_clock(report->out, results[0].figures.divergence.time, comparison->sides[STREAM_FROM].oldest);
	buffer_append_string(report->out, " (");
	stream_report_append_amount(report->out, &results[0]);
	buffer_append_char(report->out, ')');
	for (size_t i = 1; i < count && i <= THEN_MAX; i++) {
		buffer_append_string(report->out, i == 1 ? ", then " : ", ");
		append_name(report, &results[i]);
		buffer_append_string(report->out, " +");
		duration_append(report->out,
		    time_difference(results[0].figures.divergence.time, results[i].figures.divergence.time));
	}
	if (count > THEN_MAX + 1)
		buffer_printf(report->out, " and %zu more", count - THEN_MAX - 1);
	buffer_append_char(report->out, '\n');
}

static void append_count(struct buffer *out, uint64_t count, const char *what)
{
	if (count)
		buffer_printf(out, ", %llu %s", (unsigned long long)count, what);
}

static void append_share(struct buffer *out, double share)
{
	// Rounded down, so that only all reads as 100 %.
	if (!isnan(share))
		buffer_printf(out, ", %.4g %% within", floor(share * 10000) / 100);
}

static void append_offset(struct buffer *out, double offset)
{
	if (isnan(offset) || fabs(offset) < 1)
		return;
	buffer_append_string(out, offset > 0 ? ", clock +" : ", clock ");
	duration_append(out, (int64_t)fmax(fmin(offset, 9e18), -9e18));
}

static bool is_worth_a_line(const struct stream_figures *figures)
{
	return figures->missing || figures->extra || figures->different || figures->divergence.is_found;
}

static void append_series(const struct text_report *report, const struct stream_result *result)
{
	const struct stream_figures *figures = &result->figures;
	struct buffer *out = report->out;

	append_name(report, result);
	buffer_printf(out, ": %llu pair%s", (unsigned long long)figures->pairs, figures->pairs == 1 ? "" : "s");
	append_count(out, figures->missing, "missing");
	append_count(out, figures->extra, "extra");
	append_count(out, figures->different, "different");
	if (figures->numbers && figures->maximum > 0)
		buffer_printf(out, " (by %.4g at most, RMS %.4g)", figures->maximum, stream_figures_rms(figures));
	append_share(out, stream_figures_share(figures));
	append_offset(out, stream_figures_offset(figures));
	buffer_append_char(out, '\n');
}

static void append_rest(const struct text_report *report)
{
	const struct stream_totals *totals = &report->comparison->totals;
	static const char *const names[] = {"first", "second"};

	for (int side = STREAM_FROM; side <= STREAM_TO; side++) {
		if (!totals->beyond[side])
			continue;
		buffer_printf(report->out, "not compared: %llu of the %s recording later than ",
		    (unsigned long long)totals->beyond[side], names[side]);
		timestamp_append(report->out, totals->until);
		buffer_append_string(report->out, ", which is as far as the other has come\n");
	}
}

void stream_report_append_text(struct buffer *out, const struct stream_comparison *comparison)
{
	struct text_report report = {.out = out, .comparison = comparison};

	for (size_t i = 1; i < comparison->result_count && !report.names_twins; i++)
		report.names_twins = !slice_equal(
		    stream_result_entity(&comparison->results[0]), stream_result_entity(&comparison->results[i]));
	append_first(&report);
	for (size_t i = 0; i < comparison->result_count; i++)
		if (is_worth_a_line(&comparison->results[i].figures))
			append_series(&report, &comparison->results[i]);
	append_rest(&report);
}
