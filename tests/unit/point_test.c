#include "format/point.h"

#include "unit.h"

// "measurement|key=value|...|field:kind=json,...|@time", "nothing", or "FAULT: what is wrong".
static struct buffer describe(struct slice record)
{
	struct buffer out = BUFFER_INIT;
	struct point point;
	struct error error;
	enum point_result result;
	size_t end;

	point_init(&point);
	result = point_read_series(&point, record, &error);
	if (result == POINT_OK) {
		buffer_append_slice(&out, point.measurement);
		for (size_t i = 0; i < point.tag_count; i++) {
			buffer_append_char(&out, '|');
			buffer_append_slice(&out, point.tags[i].key);
			buffer_append_char(&out, '=');
			buffer_append_slice(&out, point.tags[i].value);
		}
		// As a reader gets it: one line more each time.
		result = POINT_OPEN;
		for (end = 0; result == POINT_OPEN && end <= record.length; end++) {
			const char *newline =
			    end < record.length ? memchr(record.data + end, '\n', record.length - end) : NULL;

			end = newline ? (size_t)(newline - record.data) : record.length;
			result = point_read_fields(&point, slice_of(record.data, end), &error);
		}
	}
	for (size_t i = 0; result == POINT_OK && i < point.field_count; i++) {
		buffer_append_char(&out, i ? ',' : '|');
		point_append_key(&out, slice_of(record.data + point.fields[i].key, point.fields[i].key_length));
		buffer_printf(&out, ":%d=", (int)point.fields[i].kind);
		point_append_value(&out, record, &point.fields[i]);
	}
	if (result == POINT_OK && point.has_time)
		buffer_printf(&out, "|@%ld", (long)point.time);
	if (result == POINT_NOTHING || result == POINT_OPEN)
		buffer_printf(&out, "%s", result == POINT_OPEN ? " open" : "nothing");
	if (result == POINT_BAD) {
		buffer_reset(&out);
		buffer_printf(&out, "%zu: %s", point.fault, error.message);
	}
	point_release(&point);
	return out;
}

static void check(const char *record, const char *want)
{
	struct buffer got = describe(slice_from_string(record));

	CHECK_TEXT(buffer_slice(&got), want);
	buffer_release(&got);
}

int main(void)
{
	TEST("a record is measurement, tags in order, fields and time")
	{
		check("m f=1", "m|f:0=1");
		check("m,b=2,a=1 f=1,g=-2i,h=3u,i=T,j=f,k=\"x\" -5",
		    "m|a=1|b=2|f:0=1,g:1=-2,h:2=3,i:3=true,j:4=false,k:5=\"x\"|@-5");
		check("  m   f=1   7  ", "m|f:0=1|@7");
		check("m f=1 7\r", "m|f:0=1|@7");
		check("m f=1 -9223372036854775808", "m|f:0=1|@-9223372036854775808");
	}
	TEST("blank lines and comments are nothing")
	{
		check("", "nothing");
		check("  \r", "nothing");
		check(" # m f=1", "nothing");
		check("#\x01", "1: a control character is in the comment");
	}
	TEST("a backslash stands for what ends a part, and for itself before all else")
	{
		check("a\\ b\\,c\\=d f=1", "a b,c\\=d|f:0=1");
		check("m,a\\=b\\,c=d\\ e\\f f=1,f\\=g=1", "m|a=b,c=d e\\f|f:0=1,f=g:0=1");
		check("m\\\\ a f=1", "m\\ a|f:0=1");
		check("m,a=b\\", "5: nothing stands behind the backslash that ends the value of a tag");
		check("\\# f=1", "\\#|f:0=1");
	}
	TEST("strings go on over lines, and are read on where they stopped")
	{
		check("m f=\"a\nb\",g=\"\n\n\\\"\\\\\",h=\"\\\n\" 1",
		    "m|f:5=\"a\\nb\",g:5=\"\\n\\n\\\"\\\\\",h:5=\"\\\\\\n\"|@1");
		check("m f=\"a\r\nb\r\" 1\r", "m|f:5=\"a\\r\\nb\\r\"|@1");
		check("m f=\"a\n", "m open");
		check(
		    "m f=\"a\n\"b", "8: a comma, a blank or the end of the line is expected behind the closing quote");
	}
	TEST("numbers have the digits they are written with")
	{
		check("m a=007.50,b=5.,c=.5,d=-0,e=1E+5,f=00i,g=-01.e2",
		    "m|a:0=7.50,b:0=5,c:0=0.5,d:0=-0,e:0=1e+5,f:1=0,g:0=-1e2");
		check("m a=1.7976931348623157e308", "m|a:0=1.7976931348623157e308");
		check("m a=1.7976931348623159e308", "4: the number is beyond what a double holds");
		check("m a=-00009223372036854775808i", "m|a:1=-9223372036854775808");
		check("m a=9223372036854775808i", "4: the number is beyond what an integer of 64 bits holds");
		check("m a=18446744073709551616u", "4: the number is beyond what an unsigned integer of 64 bits holds");
	}
	TEST("faults have a place")
	{
		check("m,a=1,b=2,a=3 f=1", "1: tag 'a' is there twice");
		check("m,a=1=2 f=1", "5: an '=' without a backslash is in the value of tag 'a'");
		check("m f=1 1 1", "8: nothing is expected behind the time");
		check("m f=1 --1", "6: '--1' is no time: a whole number is expected");
		check("m f=1, 1", "6: a field (KEY=VALUE) is expected");
		check("\tm f=1", "0: a control character is in the measurement");
	}
	return unit_end();
}
