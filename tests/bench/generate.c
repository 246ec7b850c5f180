// generate - writes the made stream that all benchmarks read: the same bytes on every machine.
//
// generate [N]        N readings of 10,000 pumping stations with 5 properties each, as NDJSON (default 5,000,000)
// generate --tsv [N]  the same readings as tab-separated numbers: entity, property, ms since 1970, value, quality, sensor
// generate --csv [N]  N rows of a wide CSV file: time, entity and 5 values (default 2,000,000)
// generate --influx [N]  the same rows as InfluxDB line protocol
// generate --senml [N]   the same rows as SenML, packs of up to 5 rows on a line
//
// Everything is drawn and printed in whole numbers, so that no library's idea of a logarithm or of a decimal shows.
// A shorter stream is the beginning of a longer one. Of one property no two readings share a timestamp unless they are
// copies of one another: the newest reading is then the same by every program's rule, tie-break or none.

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	TWINS = 10000,
	PROPERTIES = 5,
	STEP_US = 10000,     // mean time from one reading to the next of all: one in 500 s for each property
	ROW_STEP_US = 50000, // the same for the rows of the CSV file
	LATE_MAX_MS = 3600 * 1000,
	COPY_MAX_MS = 60 * 1000,
	OUTPUT_SIZE = 1 << 18,
	LINE_MAX_SIZE = 512,
};

// Values are whole numbers of the last decimal: 20250 with 3 decimals is 20.250.
struct property {
	const char *path;
	const char *column;
	const char *unit;
	int decimals;
	int32_t low, high, step;
	bool two_sensors;
};

static const struct property properties[PROPERTIES] = {
    {"outlet/flow", "flow", "m3/h", 3, 20000, 180000, 400, false},
    {"outlet/pressure", "pressure", "bar", 4, 10000, 160000, 300, false},
    {"motor/speed", "motor_speed", "1/min", 3, 600000, 2980000, 9000, false},
    {"bearing/temperature", "bearing_temperature", "degC", 3, -10000, 95000, 250, true},
    {"bearing/vibration", "vibration", "mm/s", 4, 0, 250000, 1500, false},
};

// How a line is spelt: most as everybody writes them, a few as JSON also allows.
enum shape { SHAPE_PLAIN, SHAPE_ESCAPED_NAMES, SHAPE_ESCAPED_VALUES, SHAPE_REORDERED, SHAPE_BLANKS, SHAPE_COUNT };

struct reading {
	int64_t due; // when it arrives, in ms; ties are written in the order of `serial`
	int64_t serial;
	int64_t time;
	int32_t value;
	uint16_t twin;
	uint8_t property;
	uint8_t sensor;  // 0 none, else 1 or 2
	int16_t quality; // hundredths; -1 is none
	enum shape shape;
};

struct walk {
	int64_t time;
	int32_t value;
};

struct generator {
	uint64_t random;
	int64_t clock_us;
	int64_t serial;
	struct walk walks[TWINS * PROPERTIES];
	struct reading *late; // a heap: the reading due first is at 0
	size_t late_count, late_size;
};

struct output {
	size_t used;
	int64_t day; // whose date stands in `date`
	char date[32];
	char bytes[OUTPUT_SIZE];
};

static void fail(const char *what)
{
	fprintf(stderr, "generate: %s: %s\n", what, strerror(errno));
	exit(2);
}

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t draw(struct generator *g)
{
	uint64_t z = g->random += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint32_t draw_below(struct generator *g, uint32_t limit)
{
	return (uint32_t)(((draw(g) >> 32) * limit) >> 32);
}

// An exponential variate of mean 1 in units of 2^-32, by comparisons alone (von Neumann 1951): a run of falling numbers
// that ends after an odd count gives its first number as the fraction, each run of even count adds a whole one.
static uint64_t draw_exponential(struct generator *g)
{
	for (uint64_t whole = 0;; whole++) {
		uint64_t first = draw(g) >> 32;
		bool odd = true;
		for (uint64_t last = first, next; (next = draw(g) >> 32) < last; last = next)
			odd = !odd;
		if (odd)
			return whole << 32 | first;
	}
}

static int64_t advance_clock(struct generator *g, int64_t mean_us)
{
	g->clock_us += (int64_t)((draw_exponential(g) * (uint64_t)mean_us) >> 32);
	return g->clock_us / 1000;
}

static int32_t walk_on(struct generator *g, struct walk *walk, const struct property *p)
{
	int32_t value = walk->value + (int32_t)draw_below(g, 2 * (uint32_t)p->step + 1) - p->step;
	if (value < p->low)
		value = 2 * p->low - value;
	if (value > p->high)
		value = 2 * p->high - value;
	return walk->value = value;
}

static void generator_start(struct generator *g)
{
	g->random = 0x7477696e73u;
	for (size_t i = 0; i < COUNT(g->walks); i++) {
		const struct property *p = &properties[i % PROPERTIES];
		g->walks[i].time = -1;
		g->walks[i].value = p->low + (int32_t)draw_below(g, (uint32_t)(p->high - p->low) + 1);
	}
}

static bool is_due_before(const struct reading *a, const struct reading *b)
{
	return a->due != b->due ? a->due < b->due : a->serial < b->serial;
}

static void late_push(struct generator *g, const struct reading *r)
{
	if (g->late_count == g->late_size) {
		g->late_size = g->late_size ? 2 * g->late_size : 1024;
		g->late = realloc(g->late, g->late_size * sizeof(*g->late));
		if (!g->late)
			fail("late readings");
	}
	size_t at = g->late_count++;
	for (; at > 0 && is_due_before(r, &g->late[(at - 1) / 2]); at = (at - 1) / 2)
		g->late[at] = g->late[(at - 1) / 2];
	g->late[at] = *r;
}

static struct reading late_pop(struct generator *g)
{
	struct reading first = g->late[0], moved = g->late[--g->late_count];
	size_t at = 0;
	for (size_t child; (child = 2 * at + 1) < g->late_count; at = child) {
		if (child + 1 < g->late_count && is_due_before(&g->late[child + 1], &g->late[child]))
			child++;
		if (!is_due_before(&g->late[child], &moved))
			break;
		g->late[at] = g->late[child];
	}
	g->late[at] = moved;
	return first;
}

// One in ten says its quality, and a quarter of those is too bad to be believed (0.5 and less).
static int16_t draw_quality(struct generator *g)
{
	uint32_t chance = draw_below(g, 40);
	if (chance >= 4)
		return -1;
	return (int16_t)(chance == 0 ? draw_below(g, 51) : 51 + draw_below(g, 50));
}

static struct walk *draw_walk(struct generator *g, int64_t now)
{
	struct walk *walk;
	do
		walk = &g->walks[draw_below(g, COUNT(g->walks))];
	while (walk->time >= now);
	return walk;
}

static struct reading next_reading(struct generator *g)
{
	int64_t now = advance_clock(g, STEP_US);
	struct walk *walk = draw_walk(g, now);
	size_t index = (size_t)(walk - g->walks);
	const struct property *p = &properties[index % PROPERTIES];

	walk->time = now;
	return (struct reading){
	    .due = now + (draw_below(g, 50) == 0 ? 1 + draw_below(g, LATE_MAX_MS) : 0),
	    .serial = g->serial++,
	    .time = now,
	    .value = walk_on(g, walk, p),
	    .twin = (uint16_t)(index / PROPERTIES),
	    .property = (uint8_t)(index % PROPERTIES),
	    .sensor = p->two_sensors ? (uint8_t)(1 + draw_below(g, 2)) : 0,
	    .quality = draw_quality(g),
	    .shape = draw_below(g, 1000) == 0 ? (enum shape)(1 + draw_below(g, SHAPE_COUNT - 1)) : SHAPE_PLAIN,
	};
}

static void output_flush(struct output *out)
{
	for (size_t done = 0; done < out->used;) {
		ssize_t n = write(STDOUT_FILENO, out->bytes + done, out->used - done);
		if (n < 0 && errno != EINTR)
			fail("standard output");
		done += n > 0 ? (size_t)n : 0;
	}
	out->used = 0;
}

static void put_bytes(struct output *out, const char *bytes, size_t size)
{
	memcpy(out->bytes + out->used, bytes, size);
	out->used += size;
}

static void put_text(struct output *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

static void put_digits(struct output *out, uint32_t number, int width)
{
	for (int i = width; i-- > 0; number /= 10)
		out->bytes[out->used + (size_t)i] = (char)('0' + number % 10);
	out->used += (size_t)width;
}

static void put_value(struct output *out, int32_t value, int decimals)
{
	uint32_t power = decimals == 3 ? 1000 : 10000;
	uint32_t size = (uint32_t)(value < 0 ? -value : value);
	uint32_t whole = size / power;

	if (value < 0)
		out->bytes[out->used++] = '-';
	put_digits(out, whole, whole < 10 ? 1 : whole < 100 ? 2 : whole < 1000 ? 3 : 4);
	out->bytes[out->used++] = '.';
	put_digits(out, size % power, decimals);
}

static int days_in(int year, int month)
{
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month == 2 ? 28 + leap : 30 + (month + month / 8) % 2;
}

static void set_date(struct output *out, int64_t day)
{
	int year = 2025, month = 1;
	int64_t left = day;
	for (; left >= days_in(year, month); month = month % 12 + 1) {
		left -= days_in(year, month);
		year += month == 12;
	}
	snprintf(out->date, sizeof(out->date), "%04d-%02d-%02dT", year, month, (int)left + 1);
	out->day = day;
}

static void put_time(struct output *out, int64_t ms)
{
	uint32_t of_day = (uint32_t)(ms % 86400000);

	if (ms / 86400000 != out->day || out->date[0] == '\0')
		set_date(out, ms / 86400000);
	put_text(out, out->date);
	put_digits(out, of_day / 3600000, 2);
	out->bytes[out->used++] = ':';
	put_digits(out, of_day / 60000 % 60, 2);
	out->bytes[out->used++] = ':';
	put_digits(out, of_day / 1000 % 60, 2);
	out->bytes[out->used++] = '.';
	put_digits(out, of_day % 1000, 3);
	out->bytes[out->used++] = 'Z';
}

static void put_identity(struct output *out, const struct reading *r)
{
	bool names = r->shape == SHAPE_ESCAPED_NAMES, values = r->shape == SHAPE_ESCAPED_VALUES;
	const char *path = properties[r->property].path, *slash = strchr(path, '/');

	put_text(out, names ? "\"entity\\u005fid\":\"" : "\"entity_id\":\"");
	put_text(out, values ? "st\\u0061tion\\u002d" : "station-");
	put_digits(out, r->twin, 5);
	put_text(out, names ? "\",\"\\u0070roperty\":\"" : "\",\"property\":\"");
	put_bytes(out, path, slash ? (size_t)(slash - path) : strlen(path));
	if (slash)
		put_text(out, values ? "\\/" : "/");
	put_text(out, slash ? slash + 1 : "");
	put_text(out, "\"");
}

static void put_measure(struct output *out, const struct reading *r)
{
	const struct property *p = &properties[r->property];

	put_text(out, r->shape == SHAPE_ESCAPED_NAMES ? "\"v\\u0061lue\":" : "\"value\":");
	put_value(out, r->value, p->decimals);
	put_text(out, ",\"unit\":\"");
	put_text(out, p->unit);
	put_text(out, "\"");
}

static void put_timestamp(struct output *out, const struct reading *r)
{
	put_text(out, r->shape == SHAPE_ESCAPED_NAMES ? "\"time\\u0073tamp\":\"" : "\"timestamp\":\"");
	put_time(out, r->time);
	put_text(out, "\"");
}

static void put_optional(struct output *out, const struct reading *r)
{
	if (r->quality >= 0) {
		put_text(out, ",\"quality\":");
		put_text(out, r->quality == 100 ? "1" : "0.");
		if (r->quality < 100)
			put_digits(out, (uint32_t)r->quality, 2);
	}
	if (r->sensor > 0)
		put_text(out, r->sensor == 1 ? ",\"sensor_id\":\"a\"" : ",\"sensor_id\":\"b\"");
}

static void put_reading(struct output *out, const struct reading *r)
{
	const char *comma = r->shape == SHAPE_BLANKS ? " ,\t" : ",";

	if (out->used + LINE_MAX_SIZE > OUTPUT_SIZE)
		output_flush(out);
	put_text(out, r->shape == SHAPE_BLANKS ? "{ " : "{");
	if (r->shape == SHAPE_REORDERED) {
		put_measure(out, r);
		put_optional(out, r);
		put_text(out, comma);
		put_timestamp(out, r);
		put_text(out, comma);
		put_identity(out, r);
	} else {
		put_identity(out, r);
		put_text(out, comma);
		put_timestamp(out, r);
		put_text(out, comma);
		put_measure(out, r);
		put_optional(out, r);
	}
	put_text(out, r->shape == SHAPE_BLANKS ? " }\n" : "}\n");
}

// 2025-01-01 in ms since 1970.
#define BEGIN_MS INT64_C(1735689600000)

// As a table holds it that numbers its series elsewhere.
static void put_numbers(struct output *out, const struct reading *r)
{
	char text[64];

	if (out->used + LINE_MAX_SIZE > OUTPUT_SIZE)
		output_flush(out);
	snprintf(text, sizeof(text), "%u\t%u\t%" PRId64 "\t", r->twin, r->property, BEGIN_MS + r->time);
	put_text(out, text);
	put_value(out, r->value, properties[r->property].decimals);
	if (r->quality >= 0)
		snprintf(text, sizeof(text), "\t%d.%02d\t", r->quality / 100, r->quality % 100);
	put_text(out, r->quality >= 0 ? text : "\t\t");
	put_text(out, r->sensor == 0 ? "\n" : r->sensor == 1 ? "a\n" : "b\n");
}

// What has not arrived when the count is reached never arrives: that makes a short stream the beginning of a long one.
static void write_stream(
    struct generator *g, struct output *out, int64_t count, void (*put)(struct output *out, const struct reading *r))
{
	while (count > 0) {
		struct reading r = next_reading(g);
		for (; count > 0 && g->late_count > 0 && g->late[0].due < r.time; count--) {
			struct reading arrived = late_pop(g);
			put(out, &arrived);
		}
		if (r.due > r.time)
			late_push(g, &r);
		else if (count-- > 0)
			put(out, &r);
		if (draw_below(g, 200) == 0) {
			r.due += draw_below(g, COPY_MAX_MS);
			late_push(g, &r);
		}
	}
}

static void put_row(struct generator *g, struct output *out)
{
	uint32_t twin = draw_below(g, TWINS);

	if (out->used + LINE_MAX_SIZE > OUTPUT_SIZE)
		output_flush(out);
	put_time(out, advance_clock(g, ROW_STEP_US));
	put_text(out, ",station-");
	put_digits(out, twin, 5);
	for (size_t i = 0; i < PROPERTIES; i++) {
		const struct property *p = &properties[i];
		put_text(out, ",");
		put_value(out, walk_on(g, &g->walks[twin * PROPERTIES + i], p), p->decimals);
	}
	put_text(out, "\n");
}

static void write_rows(struct generator *g, struct output *out, int64_t count)
{
	put_text(out, "time,entity");
	for (size_t i = 0; i < PROPERTIES; i++) {
		put_text(out, ",");
		put_text(out, properties[i].column);
	}
	put_text(out, "\n");
	while (count-- > 0)
		put_row(g, out);
}

static void put_point(struct generator *g, struct output *out)
{
	uint32_t twin = draw_below(g, TWINS);
	int64_t time = advance_clock(g, ROW_STEP_US);
	char time_text[32];

	if (out->used + LINE_MAX_SIZE > OUTPUT_SIZE)
		output_flush(out);
	put_text(out, "pumping,entity=station-");
	put_digits(out, twin, 5);
	for (size_t i = 0; i < PROPERTIES; i++) {
		const struct property *p = &properties[i];
		put_text(out, i ? "," : " ");
		put_text(out, p->column);
		put_text(out, "=");
		put_value(out, walk_on(g, &g->walks[twin * PROPERTIES + i], p), p->decimals);
	}
	snprintf(time_text, sizeof(time_text), " %" PRId64 "000000\n", BEGIN_MS + time);
	put_text(out, time_text);
}

static void put_records(struct generator *g, struct output *out, int64_t *base)
{
	uint32_t twin = draw_below(g, TWINS);
	int64_t time = BEGIN_MS + advance_clock(g, ROW_STEP_US);
	char text[96];

	if (out->used + 2 * LINE_MAX_SIZE > OUTPUT_SIZE)
		output_flush(out);
	snprintf(text, sizeof(text), "{\"bn\":\"station-%05u/\"", (unsigned)twin);
	put_text(out, text);
	if (!*base) {
		*base = time;
		snprintf(text, sizeof(text), ",\"bt\":%" PRId64 ".%03d", time / 1000, (int)(time % 1000));
		put_text(out, text);
	}
	snprintf(text, sizeof(text), "\",\"t\":%" PRId64 ".%03d,\"v\":", (time - *base) / 1000,
	    (int)((time - *base) % 1000));
	for (size_t i = 0; i < PROPERTIES; i++) {
		const struct property *p = &properties[i];
		put_text(out, i ? ",{\"n\":\"" : ",\"n\":\"");
		put_text(out, p->column);
		put_text(out, "\",\"u\":\"");
		put_text(out, p->unit);
		put_text(out, text);
		put_value(out, walk_on(g, &g->walks[twin * PROPERTIES + i], p), p->decimals);
		put_text(out, "}");
	}
}

static void write_packs(struct generator *g, struct output *out, int64_t count)
{
	while (count > 0) {
		int64_t base = 0;
		for (int i = 0; i < 5 && count > 0; i++, count--) {
			put_text(out, i ? "," : "[");
			put_records(g, out, &base);
		}
		put_text(out, "]\n");
	}
}

static int64_t parse_count(const char *text)
{
	char *end;

	errno = 0;
	long long count = strtoll(text, &end, 10);
	if (errno == 0 && *end == '\0' && count > 0)
		return count;
	fprintf(stderr, "usage: generate [--tsv | --csv | --influx | --senml] [COUNT]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	bool points = argc > 1 && strcmp(argv[1], "--influx") == 0;
	bool packs = argc > 1 && strcmp(argv[1], "--senml") == 0;
	bool numbers = argc > 1 && strcmp(argv[1], "--tsv") == 0;
	bool rows = points || packs || (argc > 1 && strcmp(argv[1], "--csv") == 0);
	int at = 1 + (rows || numbers);
	int64_t count = parse_count(argc > at + 1 ? "" : argc > at ? argv[at] : rows ? "2000000" : "5000000");
	struct generator *g = calloc(1, sizeof(*g));
	struct output *out = calloc(1, sizeof(*out));

	if (!g || !out)
		fail("memory");
	generator_start(g);
	if (points)
		for (; count > 0; count--)
			put_point(g, out);
	else if (packs)
		write_packs(g, out, count);
	else if (rows)
		write_rows(g, out, count);
	else
		write_stream(g, out, count, numbers ? put_numbers : put_reading);
	output_flush(out);
	free(g->late);
	free(g);
	free(out);
	return 0;
}
