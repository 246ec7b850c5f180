#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"
#include "unit_random.h"

static struct slice s(const char *text)
{
	return slice_from_string(text);
}

static void check_canonical(const char *text, const char *want)
{
	struct buffer out = BUFFER_INIT;

	CHECK(decimal_is_number(s(text)));
	decimal_append_canonical(&out, s(text));
	if (!slice_is(buffer_slice(&out), want))
		printf("# canonical of %s\n", text);
	CHECK_TEXT(buffer_slice(&out), want);
	CHECK(decimal_is_number(buffer_slice(&out)));
	buffer_release(&out);
}

static void check_order(const char *smaller, const char *larger)
{
	CHECK(decimal_compare(s(smaller), s(larger)) == -1);
	CHECK(decimal_compare(s(larger), s(smaller)) == 1);
}

static void check_int64(const char *text, bool fits, int64_t want)
{
	int64_t value;
	int result = decimal_to_int64(s(text), &value);

	if (fits ? result != 0 || value != want : result != -1) {
		printf("# integer of %s\n", text);
		unit_fail(__FILE__, __LINE__, "decimal_to_int64");
	}
}

static void check_double_text(double value, const char *want)
{
	char text[DECIMAL_TEXT_SIZE];

	CHECK_TEXT(slice_of(text, decimal_format_double(text, value)), want);
}

// A number of at most six digits and a small exponent, spelled in a random way.
static size_t random_number(char text[64], uint64_t *random)
{
	size_t length = 0, whole = random_below(random, 4), fraction = random_below(random, 4);

	if (random_below(random, 2))
		text[length++] = '-';
	if (!whole)
		text[length++] = '0';
	for (size_t i = 0; i < whole; i++)
		text[length++] = (char)('0' + (i ? random_below(random, 3) * 4 : 1 + random_below(random, 2)));
	if (fraction)
		text[length++] = '.';
	for (size_t i = 0; i < fraction; i++)
		text[length++] = (char)('0' + random_below(random, 3) % 2 * 4);
	if (random_below(random, 2))
		length += (size_t)snprintf(text + length, 64 - length, "%c%s%s%d", random_below(random, 2) ? 'e' : 'E',
		    random_below(random, 2) ? "-" : "+", random_below(random, 3) ? "" : "00",
		    (int)random_below(random, 5));
	return length;
}

// value * 10^8 of what random_number makes, by plain arithmetic.
static int64_t plain_value(const char *text, size_t length)
{
	int64_t value = 0;
	int exponent = 8, at = 0, fraction = 0;
	bool negative = text[0] == '-';

	for (at = negative; at < (int)length && text[at] != 'e' && text[at] != 'E'; at++) {
		if (text[at] == '.') {
			fraction = 1;
			continue;
		}
		value = value * 10 + (text[at] - '0');
		exponent -= fraction;
	}
	if (at < (int)length) {
		char copy[64];

		memcpy(copy, text + at + 1, length - (size_t)at - 1);
		copy[length - (size_t)at - 1] = '\0';
		exponent += (int)strtol(copy, NULL, 10);
	}
	for (; exponent > 0; exponent--)
		value *= 10;
	return negative ? -value : value;
}

static int sign(int64_t difference)
{
	return (difference > 0) - (difference < 0);
}

static void check_random_pairs(void)
{
	struct buffer a_canonical = BUFFER_INIT, b_canonical = BUFFER_INIT;
	uint64_t random = 7;
	size_t equal = 0;

	for (int i = 0; i < 200000; i++) {
		char a[64], b[64];
		struct slice a_text = slice_of(a, random_number(a, &random));
		struct slice b_text = slice_of(b, random_number(b, &random));
		int want = sign(plain_value(a, a_text.length) - plain_value(b, b_text.length));

		CHECK(decimal_is_number(a_text));
		CHECK(decimal_compare(a_text, b_text) == want);
		CHECK(decimal_compare(b_text, a_text) == -want);
		CHECK(decimal_within(a_text, b_text, 0, 0) == !want);
		buffer_reset(&a_canonical);
		buffer_reset(&b_canonical);
		decimal_append_canonical(&a_canonical, a_text);
		decimal_append_canonical(&b_canonical, b_text);
		CHECK(slice_equal(buffer_slice(&a_canonical), buffer_slice(&b_canonical)) == !want);
		CHECK(decimal_compare(a_text, buffer_slice(&a_canonical)) == 0);
		equal += !want;
	}
	CHECK(equal > 1000);
	buffer_release(&a_canonical);
	buffer_release(&b_canonical);
}

// Any digits, exponents around the border where they no longer fit an int64_t.
static size_t random_wide_number(char text[128], uint64_t *random)
{
	static const char *const exponents[] = {"", "e0", "e999999999999999998", "e999999999999999999",
	    "e1000000000000000000", "e1000000000000000001", "e-999999999999999999", "e-1000000000000000000",
	    "e-1000000000000000001", "e99999999999999999999", "e100000000000000000000", "e-100000000000000000000",
	    "e+000000000000000000000000001"};
	const char *exponent = exponents[random_below(random, sizeof exponents / sizeof *exponents)];
	static const char *const digits[] = {
	    "0", "1", "-1", "10", "-10", "100", "0.1", "0.01", "-0.01", "1.1", "-11", "1.0"};

	return (size_t)snprintf(
	    text, 128, "%s%s", digits[random_below(random, sizeof digits / sizeof *digits)], exponent);
}

static void check_random_triples(void)
{
	uint64_t random = 11;

	for (int i = 0; i < 100000; i++) {
		char text[3][128];
		struct slice n[3];
		int ab, bc, ac;

		for (int k = 0; k < 3; k++)
			n[k] = slice_of(text[k], random_wide_number(text[k], &random));
		ab = decimal_compare(n[0], n[1]);
		bc = decimal_compare(n[1], n[2]);
		ac = decimal_compare(n[0], n[2]);
		CHECK(ab == -decimal_compare(n[1], n[0]));
		if (ab <= 0 && bc <= 0)
			CHECK(ac <= 0 && (ac < 0) == (ab < 0 || bc < 0));
	}
}

static void check_canonical_agrees_with_compare(void)
{
	struct buffer a_canonical = BUFFER_INIT, b_canonical = BUFFER_INIT;
	uint64_t random = 13;

	for (int i = 0; i < 100000; i++) {
		char a[128], b[128];
		struct slice a_text = slice_of(a, random_wide_number(a, &random));
		struct slice b_text = slice_of(b, random_wide_number(b, &random));

		buffer_reset(&a_canonical);
		buffer_reset(&b_canonical);
		decimal_append_canonical(&a_canonical, a_text);
		decimal_append_canonical(&b_canonical, b_text);
		CHECK(slice_equal(buffer_slice(&a_canonical), buffer_slice(&b_canonical)) ==
		    (decimal_compare(a_text, b_text) == 0));
		buffer_reset(&b_canonical);
		decimal_append_canonical(&b_canonical, buffer_slice(&a_canonical));
		CHECK(slice_equal(buffer_slice(&a_canonical), buffer_slice(&b_canonical)));
	}
	buffer_release(&a_canonical);
	buffer_release(&b_canonical);
}

static void append_many(struct buffer *out, char c, size_t count)
{
	memset(buffer_reserve(out, count), c, count);
	out->length += count;
}

static void check_megabytes(void)
{
	struct buffer a = BUFFER_INIT, b = BUFFER_INIT, out = BUFFER_INIT;
	int64_t value;

	// 1 and four million zeros, with the power of ten that takes them back.
	buffer_append_char(&a, '1');
	append_many(&a, '0', 4000000);
	buffer_append_string(&a, "e-4000000");
	decimal_append_canonical(&out, buffer_slice(&a));
	CHECK_TEXT(buffer_slice(&out), "1e0");
	CHECK(decimal_to_int64(buffer_slice(&a), &value) == 0 && value == 1);
	CHECK(decimal_to_double(buffer_slice(&a)) == 1);
	CHECK(decimal_compare(buffer_slice(&a), s("1")) == 0);
	// 0.999...9 is below 1, and its double is 1.
	buffer_append_string(&b, "0.");
	append_many(&b, '9', 4000000);
	CHECK(decimal_compare(buffer_slice(&b), s("1")) == -1);
	CHECK(decimal_to_double(buffer_slice(&b)) == 1);
	CHECK(decimal_within(buffer_slice(&b), s("1"), 0, 1e-9));
	// Halfway between two doubles, and above by what only the last of a million digits says.
	buffer_reset(&b);
	buffer_append_string(&b, "9007199254740993.");
	append_many(&b, '0', 1000000);
	CHECK(decimal_to_double(buffer_slice(&b)) == 9007199254740992.0);
	buffer_append_char(&b, '1');
	CHECK(decimal_to_double(buffer_slice(&b)) == 9007199254740994.0);
	// An exponent of four million nines, taken one up and one down.
	buffer_reset(&a);
	buffer_append_string(&a, "10e");
	append_many(&a, '9', 4000000);
	buffer_reset(&out);
	decimal_append_canonical(&out, buffer_slice(&a));
	CHECK(out.length == 4000003);
	CHECK(slice_starts_with(buffer_slice(&out), SLICE_LITERAL("1e1000")));
	CHECK(decimal_compare(buffer_slice(&a), buffer_slice(&out)) == 0);
	CHECK(isinf(decimal_to_double(buffer_slice(&a))));
	CHECK(decimal_to_int64(buffer_slice(&a), &value) == -1);
	buffer_release(&a);
	buffer_release(&b);
	buffer_release(&out);
}

static void check_random_doubles(void)
{
	uint64_t random = 17;

	for (int i = 0; i < 300000; i++) {
		uint64_t bits = random_word(&random);
		char text[DECIMAL_TEXT_SIZE], plain[64];
		double value;
		size_t length;

		memcpy(&value, &bits, sizeof value);
		if (i % 3 == 0)
			value = (double)(int64_t)random_below(&random, 2000000000) / 1000.0;
		if (i % 3 == 1)
			value = (double)(int64_t)(bits >> 20) * 1e-7;
		if (!isfinite(value))
			continue;
		length = decimal_format_double(text, value);
		CHECK(decimal_is_number(slice_of(text, length)));
		CHECK(decimal_to_double(slice_of(text, length)) == value);
		snprintf(plain, sizeof plain, "%.17g", value);
		CHECK(decimal_to_double(s(plain)) == value);
		snprintf(plain, sizeof plain, "%.14g", value);
		CHECK(decimal_to_double(s(plain)) == strtod(plain, NULL));
	}
}

int main(void)
{
	TEST("numbers are those of the JSON grammar")
	{
		static const char *const good[] = {"0", "-0", "10", "0.0", "1.5e3", "1E+05", "1e-0", "0e00"};
		static const char *const bad[] = {"", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "1 ", " 1",
		    "0x1", "1.5.2", "1e5.0", "--1", "nan", "1e5e5", "00"};

		for (size_t i = 0; i < sizeof good / sizeof *good; i++)
			CHECK(decimal_is_number(s(good[i])));
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
			CHECK(!decimal_is_number(s(bad[i])));
	}
	TEST("the canonical form is an integer without trailing zeros and a power of ten")
	{
		check_canonical("2.5", "25e-1");
		check_canonical("1000", "1e3");
		check_canonical("7", "7e0");
		check_canonical("-0.0", "0");
		check_canonical("0e99999999999999999999", "0");
		check_canonical("0.00120e-1", "12e-5");
		check_canonical("-100.50E+2", "-1005e1");
		check_canonical("9007199254740993", "9007199254740993e0");
		check_canonical("1e99999999999999999999999", "1e99999999999999999999999");
		check_canonical("10e99999999999999999999999", "1e100000000000000000000000");
		check_canonical("0.1e100000000000000000000000", "1e99999999999999999999999");
		check_canonical("10e-100000000000000000000000", "1e-99999999999999999999999");
		check_canonical("1.5e-99999999999999999999999", "15e-100000000000000000000000");
		check_canonical("10e999999999999999999", "1e1000000000000000000");
		check_canonical("0.1e1000000000000000000", "1e999999999999999999");
		check_canonical("1e-000000000000000000000000", "1e0");
		check_canonical("1e+0000000000000000000000005", "1e5");
	}
	TEST("comparison is by exact value")
	{
		check_order("9007199254740992", "9007199254740993");
		check_order("-9007199254740993", "-9007199254740992");
		check_order("0.1", "0.1000000000000000000000000001");
		check_order("-1e-99999999999999999999", "0");
		check_order("1e-99999999999999999999", "1e-9999999999999999999");
		check_order("-1e99999999999999999999", "-1e9999999999999999999");
		check_order("9e99999999999999999999", "10e99999999999999999999");
		CHECK(decimal_compare(s("-0"), s("0.0e5")) == 0);
		CHECK(decimal_compare(s("1e2"), s("100.00")) == 0);
	}
	TEST("random pairs compare as plain arithmetic says") check_random_pairs();
	TEST("comparison is antisymmetric and transitive, with huge exponents too") check_random_triples();
	TEST("equal canonical forms and equal values are the same thing") check_canonical_agrees_with_compare();
	TEST("megabytes of digits take linear time") check_megabytes();
	TEST("tolerances are absolute or relative, and none means exact")
	{
		CHECK(decimal_within(s("1.0"), s("1"), 0, 0));
		CHECK(!decimal_within(s("9007199254740993"), s("9007199254740992"), 0, 0));
		CHECK(decimal_within(s("20.4"), s("20.5"), 0.2, 0));
		CHECK(!decimal_within(s("20.4"), s("20.7"), 0.2, 0));
		CHECK(decimal_within(s("100"), s("101"), 0, 0.01));
		CHECK(!decimal_within(s("100"), s("102"), 0, 0.01));
		CHECK(decimal_within(s("-1"), s("1"), 2, 0));
		CHECK(!decimal_within(s("1e9999"), s("2e9999"), 1, 0.5));
		CHECK(!decimal_within(s("1e9999"), s("1"), 1, 1));
		CHECK(decimal_within(s("1e-9999"), s("2e-9999"), 1e-9, 0));
		CHECK(!decimal_within(s("1e-9999"), s("2e-9999"), 0, 0.1));
		CHECK(!decimal_within(s("1"), s("2"), (double)NAN, (double)NAN));
	}
	TEST("an exponent is read up to a limit, and what is beyond it stays beyond")
	{
		CHECK(decimal_exponent(s(""), 400) == 0 && decimal_exponent(s("+7"), 400) == 7);
		CHECK(decimal_exponent(s("-007"), 400) == -7 && decimal_exponent(s("400"), 400) == 400);
		CHECK(decimal_exponent(s("401"), 400) > 400 && decimal_exponent(s("-401"), 400) < -400);
		CHECK(decimal_exponent(s("99999999999999999999999999"), INT64_C(1) << 40) > INT64_C(1) << 40);
		CHECK(decimal_exponent(s("12000001"), INT64_C(1) << 40) == 12000001);
	}
	TEST("whole numbers in range become integers, whatever their spelling")
	{
		check_int64("0", true, 0);
		check_int64("-0.0e5", true, 0);
		check_int64("5.0", true, 5);
		check_int64("5e0", true, 5);
		check_int64("0.5e1", true, 5);
		check_int64("-1.20e2", true, -120);
		check_int64("9223372036854775807", true, INT64_MAX);
		check_int64("-9223372036854775808", true, INT64_MIN);
		check_int64("9223372036854775807.000", true, INT64_MAX);
		check_int64("922337203685477580.7e1", true, INT64_MAX);
		check_int64("9223372036854775808", false, 0);
		check_int64("-9223372036854775809", false, 0);
		check_int64("1e18", true, INT64_C(1000000000000000000));
		check_int64("1e19", false, 0);
		check_int64("0.5", false, 0);
		check_int64("1e-1", false, 0);
		check_int64("1e99999999999999999999", false, 0);
		check_int64("1e-99999999999999999999", false, 0);
		check_int64("0e99999999999999999999", true, 0);
		check_int64("9007199254740993", true, INT64_C(9007199254740993));
	}
	TEST("doubles are the nearest, with infinity and zero at the ends")
	{
		CHECK(decimal_to_double(s("0.1")) == 0.1);
		CHECK(decimal_to_double(s("-2.5e-3")) == -2.5e-3);
		CHECK(decimal_to_double(s("1.7976931348623157e308")) == 1.7976931348623157e308);
		CHECK(isinf(decimal_to_double(s("1e309"))));
		CHECK(decimal_to_double(s("-1e99999999999999999999")) == -(double)INFINITY);
		CHECK(decimal_to_double(s("1e-99999999999999999999")) == 0);
		CHECK(decimal_to_double(s("5e-324")) == 5e-324);
		CHECK(signbit(decimal_to_double(s("-0"))));
		// Halfway between two doubles, and a hair above.
		CHECK(decimal_to_double(s("9007199254740993")) == 9007199254740992.0);
		CHECK(decimal_to_double(s("9007199254740993.0000000000000000000001")) == 9007199254740994.0);
	}
	TEST("doubles are written in the shortest way")
	{
		check_double_text(0.1, "0.1");
		check_double_text(0.1 + 0.2, "0.30000000000000004");
		check_double_text(5.0, "5");
		check_double_text(-5.25, "-5.25");
		check_double_text(-0.0, "0");
		check_double_text(1e22, "1e22");
		check_double_text(1e-7, "1e-7");
		check_double_text(1.5e-10, "1.5e-10");
		check_double_text(-1e100, "-1e100");
		check_double_text(123456789012345.0, "123456789012345");
		check_double_text(9007199254740992.0, "9007199254740992");
		check_double_text(0.001, "0.001");
		check_double_text(-0.05, "-0.05");
		check_double_text(100, "100");
		check_double_text(5e-324, "5e-324");
		check_double_text(2.2250738585072014e-308, "2.2250738585072014e-308");
		check_double_text(1.7976931348623157e308, "1.7976931348623157e308");
		check_double_text(1.0 / 3, "0.3333333333333333");
	}
	TEST("random doubles survive being written and read") check_random_doubles();
	return unit_end();
}
