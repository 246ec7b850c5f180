#include "base/duration.h"

#include <stdlib.h>

#include "unit.h"

#define S INT64_C(1000000000)
#define M (60 * S)
#define H (60 * M)
#define D (24 * H)

static int parse_exact(const char *text, int64_t *value, struct error *error)
{
	size_t length = strlen(text);
	char *copy = malloc(length ? length : 1);
	int status;

	if (length)
		memcpy(copy, text, length);
	status = duration_parse(slice_of(copy, length), value, error);
	free(copy);
	return status;
}

static int64_t parsed(const char *text)
{
	struct error error;
	int64_t value;

	if (parse_exact(text, &value, &error) == 0)
		return value;
	printf("# %s\n", error.message);
	return -42;
}

static const char *refusal(const char *text)
{
	static struct error error;
	int64_t value;

	return parse_exact(text, &value, &error) == 0 ? "accepted" : error.message;
}

#define CHECK_REFUSED(text, words) CHECK_TEXT(slice_from_string(refusal(text)), "duration '" text "': " words)

static void check_print(int64_t value, const char *want)
{
	struct buffer out = BUFFER_INIT;

	duration_append(&out, value);
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_release(&out);
}

static void test_reading(void)
{
	TEST("a number and a unit are read")
	{
		CHECK(parsed("1ns") == 1 && parsed("7us") == 7000 && parsed("250ms") == 250000000);
		CHECK(parsed("10s") == 10 * S && parsed("5m") == 5 * M && parsed("5min") == 5 * M);
		CHECK(parsed("2h") == 2 * H && parsed("7d") == 7 * D && parsed("1w") == 7 * D);
		CHECK(parsed("0") == 0 && parsed("-0") == 0 && parsed("0s") == 0 && parsed("007s") == 7 * S);
	}
	TEST("fractions are exact")
	{
		CHECK(parsed("0.1s") == 100000000 && parsed("1.5h") == 90 * M && parsed("0.000000001s") == 1);
		CHECK(parsed("0.30s") == 300000000 && parsed("1.000000000000000000000000000ns") == 1);
		CHECK(parsed("0.0000152587890625w") == 9228515625);
		CHECK_REFUSED("0.0000000001s", "it is finer than a nanosecond");
		CHECK_REFUSED("1.5ns", "it is finer than a nanosecond");
		CHECK_REFUSED("0.0000000000000000000000000001w", "it is finer than a nanosecond");
		CHECK_REFUSED("0.33333333333333333h", "it is finer than a nanosecond");
	}
	TEST("sums and a leading sign are read")
	{
		CHECK(parsed("1h30m") == 90 * M && parsed("1d12h") == 36 * H && parsed("1m0.5s") == M + S / 2);
		CHECK(parsed("-1h30m") == -90 * M && parsed("-250ms") == -250000000);
	}
	TEST("ISO 8601 is read")
	{
		CHECK(parsed("PT5M") == 5 * M && parsed("P1DT2H") == 26 * H && parsed("P2W") == 14 * D);
		CHECK(parsed("PT1.5S") == 1500000000 && parsed("PT0,5H") == 30 * M && parsed("-PT1H") == -H);
		CHECK(parsed("P1DT1H1M1S") == D + H + M + S && parsed("PT36H") == 36 * H);
	}
	TEST("the whole range is read and not one nanosecond more")
	{
		CHECK(parsed("9223372036854775807ns") == INT64_MAX && parsed("-9223372036854775808ns") == INT64_MIN);
		CHECK_REFUSED("9223372036854775808ns", "it is longer than 292 years");
		CHECK_REFUSED("-9223372036854775809ns", "it is longer than 292 years");
		CHECK_REFUSED("106752d", "it is longer than 292 years");
		CHECK_REFUSED("99999999999999999999999999w", "it is longer than 292 years");
		CHECK_REFUSED("18446744073709551615w", "it is longer than 292 years");
		CHECK_REFUSED("100000d100000d", "it is longer than 292 years");
	}
}

static void test_refusing(void)
{
	TEST("a refusal says what is wrong")
	{
		CHECK_REFUSED("", "it is empty");
		CHECK_REFUSED("-", "it is empty");
		CHECK_REFUSED("30", "a number needs a unit: ns, us, ms, s, m, h, d or w");
		CHECK_REFUSED("1h30", "a number needs a unit: ns, us, ms, s, m, h, d or w");
		CHECK_REFUSED("30cycle", "unit 'cycle' is not one of ns, us, ms, s, m, h, d, w");
		CHECK_REFUSED("5M", "unit 'M' is not one of ns, us, ms, s, m, h, d, w");
		CHECK_REFUSED("1h-30m", "unit 'h-' is not one of ns, us, ms, s, m, h, d, w");
		CHECK_REFUSED("5 m", "unit ' m' is not one of ns, us, ms, s, m, h, d, w");
		CHECK_REFUSED("1.s", "there is no digit behind the point");
		CHECK_REFUSED(".5s", "there is no number before '.5s'");
		CHECK_REFUSED("--5s", "there is no number before '-5s'");
		CHECK_REFUSED("+5s", "there is no number before '+5s'");
		CHECK_REFUSED("1,5s", "unit ',' is not one of ns, us, ms, s, m, h, d, w");
		CHECK_REFUSED("1.2.3s", "a number needs a unit: ns, us, ms, s, m, h, d or w");
	}
	TEST("ISO 8601 is refused where it has no fixed length or no order")
	{
		CHECK_REFUSED("P1Y", "years and months have no fixed length: write days, or PT for minutes");
		CHECK_REFUSED("P1M", "years and months have no fixed length: write days, or PT for minutes");
		CHECK_REFUSED("P", "nothing follows the 'P'");
		CHECK_REFUSED("PT", "nothing follows the 'T'");
		CHECK_REFUSED("P1DT", "nothing follows the 'T'");
		CHECK_REFUSED("P1", "the last number has no letter (W, D, H, M or S)");
		CHECK_REFUSED("PT1S1M", "'M' cannot stand there in an ISO 8601 duration (PnW, PnDTnHnMnS)");
		CHECK_REFUSED("PT1M1M", "'M' cannot stand there in an ISO 8601 duration (PnW, PnDTnHnMnS)");
		CHECK_REFUSED("P1H", "'H' cannot stand there in an ISO 8601 duration (PnW, PnDTnHnMnS)");
		CHECK_REFUSED("PT1.5H1M", "only the last part can have a fraction");
		CHECK_REFUSED("PT1HT1M", "there is no number before 'T1M'");
		CHECK_REFUSED("pT1H", "there is no number before 'pT1H'");
	}
	TEST("a text of any length and any bytes is refused in few words")
	{
		char *large = malloc(200000);
		struct error error;
		int64_t value;

		memset(large, 'x', 200000);
		large[0] = '1';
		CHECK(duration_parse(slice_of(large, 200000), &value, &error) == -1 && strlen(error.message) < 200);
		memset(large, '9', 200000);
		CHECK(duration_parse(slice_of(large, 200000), &value, &error) == -1 && strlen(error.message) < 200);
		CHECK(duration_parse(SLICE_LITERAL("1\0s"), &value, &error) == -1);
		free(large);
	}
}

static void test_axis(void)
{
	struct slice cycle = SLICE_LITERAL("cycle");
	struct error error;
	int64_t count = 0;

	TEST("a count of an axis unit is a whole number and exactly that unit")
	{
		CHECK(duration_parse_axis(SLICE_LITERAL("30cycle"), cycle, &count, &error) == 0 && count == 30);
		CHECK(duration_parse_axis(SLICE_LITERAL("-3cycle"), cycle, &count, &error) == 0 && count == -3);
		CHECK(duration_parse_axis(SLICE_LITERAL("9223372036854775807cycle"), cycle, &count, &error) == 0 &&
		    count == INT64_MAX);
		CHECK(duration_parse_axis(SLICE_LITERAL("-9223372036854775808cycle"), cycle, &count, &error) == 0 &&
		    count == INT64_MIN);
		CHECK(duration_parse_axis(SLICE_LITERAL("9223372036854775808cycle"), cycle, &count, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "'9223372036854775808cycle' is more than can be counted");
		CHECK(duration_parse_axis(SLICE_LITERAL("30s"), cycle, &count, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "'30s' is not a whole count of cycle, such as 30cycle");
		CHECK(duration_parse_axis(SLICE_LITERAL("30"), cycle, &count, &error) == -1);
		CHECK(duration_parse_axis(SLICE_LITERAL("cycle"), cycle, &count, &error) == -1);
		CHECK(duration_parse_axis(SLICE_LITERAL("1.5cycle"), cycle, &count, &error) == -1);
		CHECK(duration_parse_axis(SLICE_LITERAL("30cycles"), cycle, &count, &error) == -1);
		CHECK(duration_parse_axis(SLICE_LITERAL(""), cycle, &count, &error) == -1);
	}
}

static void test_printing(void)
{
	TEST("a duration is printed with at most two units")
	{
		check_print(90 * S, "1m30s");
		check_print(250000000, "250ms");
		check_print(2 * D + 3 * H, "2d3h");
		check_print(D + 5 * M, "1d5m");
		check_print(H + 30 * M + 45 * S, "1h31m");
		check_print(7 * D, "7d");
		check_print(0, "0s");
		check_print(-90 * S, "-1m30s");
		check_print(INT64_MAX, "106751d23h");
		check_print(INT64_MIN, "-106751d23h");
	}
	TEST("below a minute there are up to three decimals, and rounding carries")
	{
		check_print(1250000000, "1.25s");
		check_print(1, "1ns");
		check_print(999, "999ns");
		check_print(1500, "1.5us");
		check_print(123456789, "123.457ms");
		check_print(999999999, "1s");
		check_print(59 * S + 999900000, "1m");
		check_print(59 * M + 59 * S + 900000000, "1h");
		check_print(23 * H + 59 * M + 45 * S, "1d");
	}
	TEST("what is printed reads back within the rounding")
	{
		uint64_t state = 88172645463325252u;

		for (int i = 0; i < 50000; i++) {
			struct buffer out = BUFFER_INIT;
			struct error error;
			int64_t value, back;

			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			value = (int64_t)(state >> (2 + i % 60));
			duration_append(&out, value);
			CHECK(duration_parse(buffer_slice(&out), &back, &error) == 0 &&
			    llabs(back - value) <= value / 48 + 1);
			buffer_release(&out);
		}
	}
}

int main(void)
{
	test_reading();
	test_refusing();
	test_axis();
	test_printing();
	return unit_end();
}
