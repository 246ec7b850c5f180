#include "base/decimal_exact.h"

#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "unit.h"
#include "unit_random.h"

static struct decimal number(const char *text)
{
	struct decimal read = {0, 0};

	CHECK(decimal_read(slice_from_string(text), &read) == 0);
	return read;
}

static void check_text(struct decimal got, const char *want)
{
	struct buffer out = BUFFER_INIT;

	decimal_append(&out, got);
	CHECK_TEXT(buffer_slice(&out), want);
	CHECK(decimal_is_number(buffer_slice(&out)));
	buffer_release(&out);
}

static void check_operation(
    int (*operation)(struct decimal, struct decimal, struct decimal *), const char *a, const char *b, const char *want)
{
	struct decimal result;

	CHECK(operation(number(a), number(b), &result) == 0);
	check_text(result, want);
}

static void check_quotient(const char *a, const char *b, int digits, const char *want)
{
	struct decimal result;

	CHECK(decimal_divide(number(a), number(b), digits, &result) == 0);
	check_text(result, want);
}

static bool fits(const char *text)
{
	struct decimal ignored;

	return decimal_read(slice_from_string(text), &ignored) == 0;
}

static void check_texts(void)
{
	static const char *const pairs[][2] = {{"0", "0"}, {"-0.00", "0"}, {"5", "5"}, {"-5.0", "-5"}, {"0.1", "0.1"},
	    {"21.50", "21.5"}, {"1e22", "1e22"}, {"-1.25e-9", "-1.25e-9"}, {"1200", "1200"}, {"1E+2", "100"},
	    {"0.000001", "0.000001"}, {"0.0000001", "1e-7"}, {"123456789012345678901", "123456789012345678901"},
	    {"1234567890123456789012", "1.234567890123456789012e21"}};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		check_text(number(pairs[i][0]), pairs[i][1]);
	CHECK(fits("99999999999999999999999999999999999999") && !fits("999999999999999999999999999999999999999"));
	CHECK(fits("1e400") && !fits("1e401") && !fits("1e99999999999999999999") && !fits("1e-401"));
}

static void check_arithmetic(void)
{
	struct decimal result;

	check_operation(decimal_add, "21.5", "0.1", "21.6");
	check_operation(decimal_add, "0.1", "0.2", "0.3");
	check_operation(decimal_add, "-0.3", "0.3", "0");
	check_operation(decimal_add, "9007199254740993", "0.25", "9007199254740993.25");
	check_operation(decimal_add, "0", "1e300", "1e300");
	check_operation(decimal_multiply, "1.1", "-1.1", "-1.21");
	check_operation(decimal_multiply, "0", "1e300", "0");
	CHECK(decimal_add(number("1e30"), number("1e-30"), &result) == -1);
	CHECK(decimal_multiply(number("12345678901234567891"), number("22345678901234567891"), &result) == -1);
}

static void check_division(void)
{
	struct decimal result;

	check_quotient("1", "3", 5, "0.33333");
	check_quotient("-2", "3", 5, "-0.66667");
	check_quotient("2", "-3", 15, "-0.666666666666667");
	check_quotient("10", "4", 15, "2.5");
	check_quotient("0", "7", 15, "0");
	check_quotient("1e-300", "8", 3, "1.25e-301");
	// A half is even; anything behind it is more than a half.
	check_quotient("5", "2", 1, "2");
	check_quotient("7", "2", 1, "4");
	check_quotient("2500001", "1000000", 1, "3");
	CHECK(decimal_divide(number("1"), number("0"), 15, &result) == -1);
}

static void check_rounding(void)
{
	check_text(decimal_round(number("2.5"), 1), "2");
	check_text(decimal_round(number("3.5"), 1), "4");
	check_text(decimal_round(number("-2.51"), 1), "-3");
	check_text(decimal_round(number("999.96"), 4), "1000");
	check_text(decimal_round(number("123456"), 15), "123456");
}

// What 15 digits hold, doubles of 64 bits and more reckon as well.
static void check_doubles(uint64_t seed)
{
	for (int i = 0; i < 20000; i++) {
		struct decimal a = {
		    (int64_t)random_below(&seed, 2000000001) - 1000000000, -(int)random_below(&seed, 9)};
		struct decimal b = {
		    (int64_t)random_below(&seed, 2000000001) - 1000000000, -(int)random_below(&seed, 9)};
		long double x = (long double)a.digits / powl(10, -a.power),
			    y = (long double)b.digits / powl(10, -b.power);
		struct decimal sum, product, quotient;
		struct buffer out = BUFFER_INIT;

		CHECK(decimal_add(a, b, &sum) == 0 && decimal_multiply(a, b, &product) == 0);
		decimal_append(&out, sum);
		CHECK(fabsl(strtold(buffer_string(&out), NULL) - (x + y)) <= 1e-18L * (fabsl(x) + fabsl(y)));
		buffer_reset(&out);
		decimal_append(&out, product);
		CHECK(fabsl(strtold(buffer_string(&out), NULL) - x * y) <= 1e-18L * fabsl(x * y));
		if (b.digits && decimal_divide(a, b, 15, &quotient) == 0) {
			buffer_reset(&out);
			decimal_append(&out, quotient);
			CHECK(fabsl(strtold(buffer_string(&out), NULL) - x / y) <= 6e-15L * fabsl(x / y));
		}
		buffer_release(&out);
	}
}

int main(void)
{
	TEST("numbers are read and written, and those that are too long are told") check_texts();
	TEST("sums and products are exact, or told not to fit") check_arithmetic();
	TEST("quotients are rounded once, to the digits asked for") check_division();
	TEST("rounding takes halves to even") check_rounding();
	TEST("random numbers agree with long doubles") check_doubles(7);
	return unit_end();
}
