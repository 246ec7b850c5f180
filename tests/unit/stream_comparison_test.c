#define _GNU_SOURCE // memmem
// Two recordings compared: records, sums and text, whatever the order of the input.
#include <math.h>
#include <stdlib.h>

#include "analysis/stream_comparison.h"
#include "analysis/stream_report.h"
#include "base/memory.h"
#include "unit.h"
#include "unit_random.h"

#define SECOND INT64_C(1000000000)

static struct stream_tolerance find_tolerance(const void *context, struct slice entity, struct slice path)
{
	(void)entity;
	return stream_tolerances_find(context, path);
}

// A comparison, what it reads with and where it writes.
struct bench {
	struct stream_tolerances tolerances;
	struct stream_comparison_options options;
	struct stream_comparison comparison;
	struct record_scanner scanner;
	struct arena arena;
	struct buffer line, text;
	struct output output;
	struct record_sink sink;
	struct error error;
};

// The options may be changed until _start.
static void bench_init(struct bench *bench)
{
	*bench = (struct bench){.tolerances = STREAM_TOLERANCES_INIT, .arena = ARENA_INIT};
	bench->options = (struct stream_comparison_options){
	    .within = SECOND, .tolerance = find_tolerance, .sustain = 3, .memory = 1 << 20};
	record_scanner_init(&bench->scanner);
}

static void bench_start(struct bench *bench)
{
	bench->options.context = &bench->tolerances;
	stream_comparison_init(&bench->comparison, &bench->options, true);
	CHECK(output_open(&bench->output, "/dev/null", &bench->error) == 0);
	bench->output.flush_size = SIZE_MAX; // what is written stays in its buffer
	record_sink_init(&bench->sink, &bench->output, OUTPUT_FORMAT_NDJSON);
}

static void bench_release(struct bench *bench)
{
	stream_comparison_release(&bench->comparison);
	stream_tolerances_release(&bench->tolerances);
	record_scanner_release(&bench->scanner);
	arena_release(&bench->arena);
	buffer_release(&bench->line);
	buffer_release(&bench->text);
	record_sink_release(&bench->sink);
	CHECK(output_close(&bench->output, &bench->error) == 0);
}

static void bench_add(struct bench *bench, enum stream_side side, struct slice text)
{
	struct record record;

	buffer_reset(&bench->line);
	buffer_append_slice(&bench->line, text);
	memset(buffer_reserve(&bench->line, LINE_SCAN_PADDING), 0, LINE_SCAN_PADDING);
	arena_reset(&bench->arena);
	if (record_scan(&bench->scanner, buffer_slice(&bench->line), &bench->arena, &record, &bench->error) ||
	    stream_comparison_add(&bench->comparison, side, &record, &bench->error))
		unit_fail(__FILE__, __LINE__, bench->error.message);
}

// A reading of twin t, so many seconds after noon.
static void bench_reading(
    struct bench *bench, enum stream_side side, const char *property, double second, const char *value)
{
	struct buffer text = BUFFER_INIT;
	int whole = (int)second;

	buffer_printf(&text,
	    "{\"entity_id\":\"t\",\"property\":\"%s\",\"timestamp\":\"2026-03-01T%02d:%02d:%02d.%03dZ\",\"value\":%s}",
	    property, 12 + whole / 3600, whole / 60 % 60, whole % 60, (int)lround((second - whole) * 1000), value);
	bench_add(bench, side, buffer_slice(&text));
	buffer_release(&text);
}

static void bench_number(struct bench *bench, enum stream_side side, double second, double number)
{
	char value[40];

	snprintf(value, sizeof value, "%.12g", number);
	bench_reading(bench, side, "x", second, value);
}

static const struct stream_totals *bench_finish(struct bench *bench, bool diffs, bool summaries, bool events)
{
	struct stream_comparison_sinks sinks = {
	    diffs ? &bench->sink : NULL, summaries ? &bench->sink : NULL, events ? &bench->sink : NULL};

	if (stream_comparison_finish(&bench->comparison, &sinks, &bench->error))
		unit_fail(__FILE__, __LINE__, bench->error.message);
	stream_report_append_text(&bench->text, &bench->comparison);
	return &bench->comparison.totals;
}

static struct slice bench_records(const struct bench *bench)
{
	return buffer_slice(&bench->output.buffer);
}

// Lines of a random plant, both sides in one list: side, line.
#define PLANT_LINES 600
struct plant {
	struct buffer lines[PLANT_LINES];
	enum stream_side sides[PLANT_LINES];
};

static void plant_make(struct plant *plant, uint64_t *state)
{
	for (int i = 0; i < PLANT_LINES; i++) {
		plant->lines[i] = (struct buffer)BUFFER_INIT;
		plant->sides[i] = (enum stream_side)random_below(state, 2);
		buffer_printf(&plant->lines[i],
		    "{\"entity_id\":\"%c\",\"property\":\"%c\",\"timestamp\":\"2026-03-01T12:00:%02d.%dZ\",\"value\":%"
		    "d,"
		    "\"sensor_id\":\"s%d\"}",
		    (char)('a' + random_below(state, 3)), (char)('x' + random_below(state, 2)),
		    (int)random_below(state, 60), (int)random_below(state, 10), (int)random_below(state, 4),
		    (int)random_below(state, 2));
	}
}

static void plant_shuffle(struct plant *plant, uint64_t *state)
{
	for (uint64_t i = PLANT_LINES - 1; i > 0; i--) {
		uint64_t k = random_below(state, i + 1);
		struct buffer line = plant->lines[i];
		enum stream_side side = plant->sides[i];

		plant->lines[i] = plant->lines[k];
		plant->sides[i] = plant->sides[k];
		plant->lines[k] = line;
		plant->sides[k] = side;
	}
}

static void plant_release(struct plant *plant)
{
	for (int i = 0; i < PLANT_LINES; i++)
		buffer_release(&plant->lines[i]);
}

// swapped: as if the recordings had been named the other way round.
static struct stream_totals compare_plant(
    const struct plant *plant, size_t memory, bool swapped, struct buffer *records)
{
	struct bench bench;
	struct stream_totals totals;

	bench_init(&bench);
	bench.options.memory = memory;
	bench_start(&bench);
	for (int i = 0; i < PLANT_LINES; i++)
		bench_add(&bench, swapped ? (enum stream_side) !plant->sides[i] : plant->sides[i],
		    buffer_slice(&plant->lines[i]));
	totals = *bench_finish(&bench, true, true, true);
	buffer_reset(records);
	buffer_append_slice(records, bench_records(&bench));
	bench_release(&bench);
	return totals;
}

static void test_records(void)
{
	struct bench bench;

	bench_init(&bench);
	bench_start(&bench);
	bench_reading(&bench, STREAM_FROM, "x", 0, "1.50");
	bench_reading(&bench, STREAM_FROM, "x", 10, "2");
	bench_reading(&bench, STREAM_FROM, "x", 20, "\"on\"");
	bench_reading(&bench, STREAM_TO, "x", 0.25, "1.5");
	bench_reading(&bench, STREAM_TO, "x", 15, "null");
	bench_reading(&bench, STREAM_TO, "x", 20, "\"off\"");
	bench_finish(&bench, true, false, false);
	CHECK_TEXT(bench_records(&bench),
	    "{\"type\":\"diff\",\"entity_id\":\"t\",\"path\":\"x\",\"timestamp\":\"2026-03-01T12:00:10Z\",\"op\":"
	    "\"remove\","
	    "\"from\":2,\"from_metadata\":{\"timestamp\":\"2026-03-01T12:00:10Z\"}}\n"
	    "{\"type\":\"diff\",\"entity_id\":\"t\",\"path\":\"x\",\"timestamp\":\"2026-03-01T12:00:15Z\",\"op\":"
	    "\"add\","
	    "\"to\":null,\"to_metadata\":{\"timestamp\":\"2026-03-01T12:00:15Z\"}}\n"
	    "{\"type\":\"diff\",\"entity_id\":\"t\",\"path\":\"x\",\"timestamp\":\"2026-03-01T12:00:20Z\",\"op\":"
	    "\"replace\","
	    "\"from\":\"on\",\"to\":\"off\",\"from_metadata\":{\"timestamp\":\"2026-03-01T12:00:20Z\"},"
	    "\"to_metadata\":{\"timestamp\":\"2026-03-01T12:00:20Z\"}}\n");
	CHECK(!stream_comparison_is_same(&bench.comparison));
	bench_release(&bench);
}

static void test_divergence(void)
{
	struct bench bench;

	bench_init(&bench);
	bench.options.baseline = 100 * SECOND;
	CHECK(stream_tolerances_add(&bench.tolerances, "x=5sd", &bench.error) == 0);
	CHECK(stream_tolerances_add(&bench.tolerances, "y=0.5", &bench.error) == 0);
	bench_start(&bench);
	for (int i = 0; i < 200; i++) {
		// Differences of -1 and 1, so the deviation is a little above 1; single jumps; from 150 s on one that lasts.
		double noise = i % 2 ? 1 : -1;

		bench_number(&bench, STREAM_FROM, i, 100);
		bench_number(&bench, STREAM_TO, i, 100 + (i >= 150 ? 8 : i == 120 ? 50 : noise));
		bench_reading(&bench, STREAM_FROM, "y", i, "1");
		bench_reading(&bench, STREAM_TO, "y", i, i < 160 ? "1.5" : "1.75");
	}
	bench_finish(&bench, false, false, true);
	CHECK(slice_starts_with(
	    buffer_slice(&bench.text), SLICE_LITERAL("first: x at 12:02:30 (8.0 sd), then y +10s\n")));
	CHECK(bench.comparison.totals.diverged == 2);
	CHECK(bench.comparison.results[0].figures.judged == 100);
	CHECK(bench.comparison.results[0].figures.different == 51);
	CHECK(fabs(bench.comparison.results[0].figures.deviation - sqrt(100.0 / 99)) < 1e-12);
	CHECK(bench.comparison.results[1].figures.different == 40);
	CHECK(memmem(bench_records(&bench).data, bench_records(&bench).length, "\"event\":\"divergence\"", 20) != NULL);
	bench_release(&bench);
}

static void test_offset(enum stream_align align, double clock, uint64_t same)
{
	struct bench bench;
	uint64_t state = 9;

	bench_init(&bench);
	bench.options.align = align;
	bench_start(&bench);
	for (int i = 0; i < 100; i++) {
		double number = (double)random_below(&state, 1000000);

		bench_number(&bench, STREAM_FROM, 10 + i, number);
		if (i % 10 != 5)
			bench_number(&bench, STREAM_TO, 10 + i + clock, number);
	}
	const struct stream_totals *totals = bench_finish(&bench, false, false, false);

	CHECK(totals->pairs - totals->different == same);
	if (align != STREAM_ALIGN_NONE)
		CHECK(totals->missing == 10 && totals->extra == 0 && totals->shift == -(int64_t)(clock * 1e9));
	else
		CHECK(bench.comparison.results[0].figures.clock.offset == (int64_t)(clock * 1e9));
	bench_release(&bench);
}

int main(void)
{
	struct bench bench;

	TEST("what is missing, extra or different comes out in the order of time, with both times")
	test_records();
	TEST("no order of the input and no lack of memory changes a byte")
	{
		struct plant *plant = memory_new(sizeof *plant);
		struct buffer records = BUFFER_INIT, again = BUFFER_INIT;
		uint64_t state = 1;

		plant_make(plant, &state);
		compare_plant(plant, 1 << 24, false, &records);
		CHECK(records.length > 1000);
		for (int round = 0; round < 5; round++) {
			plant_shuffle(plant, &state);
			compare_plant(plant, (size_t)1 << (12 + round), false, &again);
			CHECK(slice_equal(buffer_slice(&records), buffer_slice(&again)));
		}
		plant_release(plant);
		free(plant);
		buffer_release(&records);
		buffer_release(&again);
	}
	TEST("the other way round what was missing is extra")
	{
		struct plant *plant = memory_new(sizeof *plant);
		struct buffer records = BUFFER_INIT;
		uint64_t state = 2;

		plant_make(plant, &state);
		struct stream_totals there = compare_plant(plant, 1 << 20, false, &records);
		struct stream_totals back = compare_plant(plant, 1 << 20, true, &records);

		CHECK(there.pairs == back.pairs && there.different == back.different);
		CHECK(there.missing == back.extra && there.extra == back.missing);
		CHECK(there.pairs > 50 && there.missing > 50);
		CHECK(there.readings[0] == there.pairs + there.missing + there.beyond[0]);
		CHECK(there.readings[1] == there.pairs + there.extra + there.beyond[1]);
		plant_release(plant);
		free(plant);
		buffer_release(&records);
	}
	TEST("copies come once")
	{
		bench_init(&bench);
		bench_start(&bench);
		bench_number(&bench, STREAM_FROM, 1, 5);
		for (int i = 0; i < 3; i++)
			bench_reading(&bench, STREAM_TO, "x", 1, i ? "5.0" : "5");
		const struct stream_totals *totals = bench_finish(&bench, false, false, false);

		CHECK(totals->pairs == 1 && totals->copies[STREAM_TO] == 2 && totals->extra == 0);
		CHECK(stream_comparison_is_same(&bench.comparison));
		CHECK_TEXT(buffer_slice(&bench.text), "no sustained divergence\n");
		bench_release(&bench);
	}
	TEST("what the other has not come to is not missing, unless all is asked for")
	{
		for (int whole = 0; whole < 2; whole++) {
			bench_init(&bench);
			bench.options.whole = whole;
			bench_start(&bench);
			for (int i = 0; i < 10; i++)
				bench_number(&bench, STREAM_FROM, i, i);
			for (int i = 0; i < 7; i++)
				bench_number(&bench, STREAM_TO, i + 0.5, i);
			const struct stream_totals *totals = bench_finish(&bench, false, false, false);

			CHECK(totals->pairs == 7 && totals->missing == (whole ? 3 : 0));
			CHECK(totals->beyond[STREAM_FROM] == (whole ? 0 : 3));
			bench_release(&bench);
		}
	}
	TEST("the distance of the clocks is that of the pairs where values say nothing, to the nanosecond")
	{
		bench_init(&bench);
		bench_start(&bench);
		for (int i = 0; i < 3; i++) {
			bench_number(&bench, STREAM_FROM, i + 0.25, 1);
			bench_number(&bench, STREAM_TO, i, 1);
		}
		bench_finish(&bench, false, false, false);
		CHECK(!bench.comparison.results[0].figures.clock.is_known);
		CHECK(stream_figures_offset(&bench.comparison.results[0].figures) == -250000000);
		bench_release(&bench);
	}
	TEST("without any reading on one side all are missing")
	{
		bench_init(&bench);
		bench_start(&bench);
		bench_number(&bench, STREAM_FROM, 1, 5);
		CHECK(bench_finish(&bench, false, false, false)->missing == 1);
		bench_release(&bench);
	}
	TEST("the first sustained divergence is found, by deviations of the baseline and by sizes")
	test_divergence();
	TEST("clocks are aligned by the start and by what both saw, and told where they are not")
	{
		test_offset(STREAM_ALIGN_START, 3600.5, 90);
		test_offset(STREAM_ALIGN_OFFSET, 7.25, 90);
		test_offset(STREAM_ALIGN_NONE, 0.25, 90);
	}
	TEST("clocks of recordings that have nothing in common cannot be aligned")
	{
		struct stream_comparison_sinks none = {NULL, NULL, NULL};

		bench_init(&bench);
		bench.options.align = STREAM_ALIGN_OFFSET;
		bench_start(&bench);
		bench_number(&bench, STREAM_FROM, 1, 5);
		CHECK(stream_comparison_finish(&bench.comparison, &none, &bench.error) == -1);
		bench_release(&bench);
	}
	TEST("anchors are compared once, as of the newest time that both have reached")
	{
		static const char *const anchors[] = {"mode", "valve"};

		bench_init(&bench);
		bench.options.anchors = anchors;
		bench.options.anchor_count = 2;
		bench_start(&bench);
		bench_reading(&bench, STREAM_FROM, "mode", 0, "\"auto\"");
		bench_reading(&bench, STREAM_FROM, "mode", 50, "\"manual\"");
		bench_reading(&bench, STREAM_FROM, "valve/open", 20, "10");
		bench_reading(&bench, STREAM_FROM, "speed", 20, "1");
		bench_reading(&bench, STREAM_TO, "mode", 3, "\"auto\"");
		bench_reading(&bench, STREAM_TO, "valve/open", 0, "10");
		bench_reading(&bench, STREAM_TO, "valve/open", 40, "11");
		const struct stream_totals *totals = bench_finish(&bench, true, false, false);

		CHECK(totals->series == 2 && totals->pairs == 2 && totals->different == 1);
		CHECK(slice_starts_with(bench_records(&bench),
		    SLICE_LITERAL("{\"type\":\"diff\",\"entity_id\":\"t\",\"path\":\"valve/open\",")));
		bench_release(&bench);
	}
	TEST("properties are taken and left out with all below them")
	{
		static const char *const only[] = {"valve"}, *const ignored[] = {"valve/noise"};

		bench_init(&bench);
		bench.options.only = only;
		bench.options.only_count = 1;
		bench.options.ignored = ignored;
		bench.options.ignored_count = 1;
		bench_start(&bench);
		bench_reading(&bench, STREAM_FROM, "valve/open", 0, "1");
		bench_reading(&bench, STREAM_FROM, "valve/noise/a", 0, "1");
		bench_reading(&bench, STREAM_FROM, "valves", 0, "1");
		CHECK(bench_finish(&bench, false, false, false)->missing == 1);
		CHECK_TEXT(stream_result_path(&bench.comparison.results[0]), "valve/open");
		bench_release(&bench);
	}
	TEST("events are compared by kind, property, severity and score")
	{
		static const char event[] =
		    "{\"type\":\"event\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:%02dZ\",\"event\":\"%s\","
		    "\"severity\":\"%s\",\"property\":\"x\",\"message\":\"%d\"}";
		char text[300];

		bench_init(&bench);
		bench.options.events = true;
		bench_start(&bench);
		for (int i = 0; i < 4; i++) {
			snprintf(text, sizeof text, event, i, i == 2 ? "stale" : "alert", "warning", i);
			bench_add(&bench, STREAM_FROM, slice_from_string(text));
			snprintf(text, sizeof text, event, i, "alert", i == 3 ? "error" : "warning", -i);
			bench_add(&bench, STREAM_TO, slice_from_string(text));
		}
		bench_number(&bench, STREAM_FROM, 1, 5);
		const struct stream_totals *totals = bench_finish(&bench, true, false, false);

		CHECK(totals->pairs == 3 && totals->missing == 1 && totals->extra == 1 && totals->different == 1);
		CHECK(memmem(bench_records(&bench).data, bench_records(&bench).length, "\"path\":\"stale/x\"", 16) !=
		    NULL);
		bench_release(&bench);
	}
	TEST("large numbers differ by what they differ")
	{
		bench_init(&bench);
		bench_start(&bench);
		bench_reading(&bench, STREAM_FROM, "x", 0, "9007199254740993");
		bench_reading(&bench, STREAM_TO, "x", 0, "9007199254740992");
		bench_finish(&bench, false, false, false);
		CHECK(bench.comparison.totals.different == 1);
		CHECK(bench.comparison.results[0].figures.sum == -1);
		bench_release(&bench);
	}
	TEST("values of other units are different")
	{
		static const char reading[] = "{\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:"
					      "00:00Z\",\"value\":1,\"unit\":\"%s\"}";
		char text[200];

		bench_init(&bench);
		bench_start(&bench);
		snprintf(text, sizeof text, reading, "kPa");
		bench_add(&bench, STREAM_FROM, slice_from_string(text));
		snprintf(text, sizeof text, reading, "Pa");
		bench_add(&bench, STREAM_TO, slice_from_string(text));
		CHECK(bench_finish(&bench, false, false, false)->different == 1);
		CHECK(bench.comparison.results[0].figures.numbers == 0);
		bench_release(&bench);
	}
	TEST("tolerances are exact on decimals, and alike for both sides")
	{
		struct stream_tolerance tolerance = stream_tolerance_of(0.3, 0);

		CHECK(stream_tolerance_within(&tolerance, SLICE_LITERAL("1.3"), SLICE_LITERAL("1.0")));
		CHECK(stream_tolerance_within(&tolerance, SLICE_LITERAL("1"), SLICE_LITERAL("13e-1")));
		CHECK(
		    !stream_tolerance_within(&tolerance, SLICE_LITERAL("1.30000000000000000001"), SLICE_LITERAL("1")));
		tolerance = stream_tolerance_of(0, 0.1);
		CHECK(stream_tolerance_within(&tolerance, SLICE_LITERAL("90"), SLICE_LITERAL("100")));
		CHECK(stream_tolerance_within(&tolerance, SLICE_LITERAL("-100"), SLICE_LITERAL("-90")));
		CHECK(!stream_tolerance_within(&tolerance, SLICE_LITERAL("89.9"), SLICE_LITERAL("100")));
		CHECK(stream_tolerance_within(&tolerance, SLICE_LITERAL("1e999"), SLICE_LITERAL("10e998")));
		CHECK(stream_tolerance_absolute(&tolerance) == 0 && stream_tolerance_relative(&tolerance) == 0.1);
	}
	TEST("of tolerances the longest path counts")
	{
		struct stream_tolerances tolerances = STREAM_TOLERANCES_INIT;
		struct stream_tolerance tolerance;
		struct error error;

		CHECK(stream_tolerances_add(&tolerances, "a/b=2,0.01", &error) == 0);
		CHECK(stream_tolerances_add(&tolerances, "a=1", &error) == 0);
		CHECK(!stream_tolerances_need_baseline(&tolerances));
		CHECK(stream_tolerances_add(&tolerances, "c=d=5sd", &error) == 0);
		CHECK(stream_tolerances_need_baseline(&tolerances));
		CHECK(stream_tolerances_find(&tolerances, SLICE_LITERAL("a/b/c")).relative.power == -2);
		CHECK(stream_tolerances_find(&tolerances, SLICE_LITERAL("a/bc")).absolute.digits == 1);
		CHECK(stream_tolerances_find(&tolerances, SLICE_LITERAL("ab")).absolute.digits == 0);
		CHECK(stream_tolerances_find(&tolerances, SLICE_LITERAL("c=d")).deviations == 5);
		stream_tolerances_release(&tolerances);
		CHECK(stream_tolerance_parse(&tolerance, SLICE_LITERAL("-1"), &error) == -1);
		CHECK(stream_tolerance_parse(&tolerance, SLICE_LITERAL("0sd"), &error) == -1);
		CHECK(stream_tolerance_parse(&tolerance, SLICE_LITERAL("1,"), &error) == -1);
		CHECK(stream_tolerance_parse(&tolerance, SLICE_LITERAL(""), &error) == -1);
		CHECK(stream_tolerance_parse(&tolerance, SLICE_LITERAL("1e999"), &error) == -1);
		CHECK(stream_tolerances_add(&tolerances, "x", &error) == -1);
	}
	return unit_end();
}
