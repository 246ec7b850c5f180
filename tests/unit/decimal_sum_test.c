#include "base/decimal_sum.h"

#include "base/decimal.h"
#include "unit.h"
#include "unit_random.h"

static void check_sum(const char *a, const char *b, const char *want)
{
	struct buffer sum = BUFFER_INIT;

	CHECK(decimal_append_sum(&sum, slice_from_string(a), slice_from_string(b)) == 0);
	CHECK_TEXT(buffer_slice(&sum), want);
	buffer_reset(&sum);
	CHECK(decimal_append_sum(&sum, slice_from_string(b), slice_from_string(a)) == 0);
	CHECK_TEXT(buffer_slice(&sum), want);
	buffer_release(&sum);
}

int main(void)
{
	TEST("sums are those of paper")
	{
		check_sum("1", "2", "3");
		check_sum("21.5", "0.1", "21.6");
		check_sum("1.20", "1.3", "2.50");
		check_sum("0.1", "0.2", "0.3");
		check_sum("99.9", "0.1", "100.0");
		check_sum("0.14e1", "1", "2.4");
		check_sum("1e2", "0.5", "100.5");
		check_sum("1e3", "2E+3", "3000");
		check_sum("5e-3", "1", "1.005");
		check_sum("0", "0", "0");
		check_sum("0.00", "1", "1.00");
		check_sum("1e0", "0e5", "1");
		check_sum("0e-999999999999", "7", "7");
		check_sum("18446744073709551615", "1", "18446744073709551616");
		check_sum("12345678901234567890.123456789", "0.000000001", "12345678901234567890.123456790");
	}
	TEST("signs are kept")
	{
		check_sum("-5", "3", "-2");
		check_sum("5", "-3", "2");
		check_sum("-5", "-3", "-8");
		check_sum("1.5", "-1.5", "0.0");
		check_sum("-0", "-0", "0");
		check_sum("-0.5", "0.25", "-0.25");
		check_sum("1000", "-0.001", "999.999");
	}
	TEST("what would be too long is refused")
	{
		struct buffer sum = BUFFER_INIT, nines = BUFFER_INIT;

		CHECK(decimal_append_sum(&sum, slice_from_string("1e400"), slice_from_string("1e-400")) == 0);
		CHECK(sum.length == 802);
		buffer_reset(&sum);
		CHECK(decimal_append_sum(&sum, slice_from_string("1e998"), slice_from_string("1")) == 0 &&
		    sum.length == 999);
		buffer_reset(&sum);
		CHECK(decimal_append_sum(&sum, slice_from_string("1e999"), slice_from_string("1")) < 0);
		CHECK(decimal_append_sum(&sum, slice_from_string("1e-1000"), slice_from_string("1")) < 0);
		CHECK(
		    decimal_append_sum(&sum, slice_from_string("1e99999999999999999999"), slice_from_string("1")) < 0);
		CHECK(
		    decimal_append_sum(&sum, slice_from_string("1"), slice_from_string("1e-99999999999999999999")) < 0);
		for (int i = 0; i < 1001; i++)
			buffer_append_char(&nines, '9');
		CHECK(decimal_append_sum(&sum, buffer_slice(&nines), slice_from_string("1")) < 0);
		CHECK(sum.length == 0);
		nines.length = 999;
		CHECK(
		    decimal_append_sum(&sum, buffer_slice(&nines), slice_from_string("1")) == 0 && sum.length == 1000);
		buffer_reset(&nines);
		for (int i = 0; i < DECIMAL_SUM_LENGTH; i++)
			buffer_append_char(&nines, i == 1 ? '.' : '0');
		buffer_reset(&sum);
		CHECK(decimal_append_sum(&sum, buffer_slice(&nines), slice_from_string("1")) == 0 && sum.length == 1);
		buffer_append_char(&nines, '0');
		CHECK(decimal_append_sum(&sum, buffer_slice(&nines), slice_from_string("1")) < 0);
		buffer_release(&sum);
		buffer_release(&nines);
	}
	TEST("random sums agree with integers")
	{
		uint64_t state = 8428;
		struct buffer a = BUFFER_INIT, b = BUFFER_INIT, sum = BUFFER_INIT, want = BUFFER_INIT;

		for (int i = 0; i < 20000; i++) {
			int64_t x = (int64_t)(random_word(&state) >> (random_word(&state) % 60 + 4));
			int64_t y = (int64_t)(random_word(&state) >> (random_word(&state) % 60 + 4));
			int power = (int)(random_word(&state) % 20);

			x = random_word(&state) & 1 ? -x : x;
			y = random_word(&state) & 1 ? -y : y;
			a.length = b.length = sum.length = want.length = 0;
			buffer_printf(&a, "%llde-%d", (long long)x, power);
			buffer_printf(&b, "%lldE-%d", (long long)y, power);
			buffer_printf(&want, "%llde-%d", (long long)(x + y), power);
			CHECK(decimal_append_sum(&sum, buffer_slice(&a), buffer_slice(&b)) == 0);
			CHECK(decimal_is_number(buffer_slice(&sum)));
			CHECK(decimal_compare(buffer_slice(&sum), buffer_slice(&want)) == 0);
		}
		buffer_release(&a);
		buffer_release(&b);
		buffer_release(&sum);
		buffer_release(&want);
	}
	return unit_end();
}
