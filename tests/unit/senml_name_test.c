#include "format/senml_name.h"

#include "unit.h"

static void check_split(const char *name, const char *want_entity, const char *want_property)
{
	struct slice entity, property;
	struct buffer path = BUFFER_INIT;
	struct error error;

	CHECK(senml_name_check(slice_from_string(name), &error) == 0);
	senml_name_split(slice_from_string(name), &entity, &property);
	senml_name_append_path(&path, property);
	CHECK_TEXT(entity, want_entity);
	CHECK_TEXT(buffer_slice(&path), want_property);
	buffer_release(&path);
}

static void check_fault(const char *name, const char *message)
{
	struct error error;

	CHECK(senml_name_check(slice_from_string(name), &error) < 0);
	CHECK_TEXT(slice_from_string(error.message), message);
}

int main(void)
{
	TEST("the name of a device is split behind its identifier")
	{
		check_split("urn:dev:ow:10e2073a01080063:voltage", "urn:dev:ow:10e2073a01080063", "voltage");
		check_split("urn:dev:mac:0024befffe804ff1/current", "urn:dev:mac:0024befffe804ff1", "current");
		check_split("urn:dev:ow:10e2073a01080063_temp", "urn:dev:ow:10e2073a01080063", "temp");
		check_split("urn:dev:org:32473-123456_a_b", "urn:dev:org:32473-123456", "a_b");
		check_split("urn:dev:mac:0024befffe804ff1/3303/0/5700", "urn:dev:mac:0024befffe804ff1", "3303/0/5700");
		check_split("URN:DEV:ow:10e2/x", "URN:DEV:ow:10e2", "x");
	}
	TEST("a device without more is a twin alone")
	{
		check_split("urn:dev:ow:10e2073a01080063", "urn:dev:ow:10e2073a01080063", "");
		check_split("urn:dev:ow:10e2073a01080063:", "urn:dev:ow:10e2073a01080063", "");
		check_split("urn:dev:ow:10e2073a01080063://", "urn:dev:ow:10e2073a01080063", "");
		check_split("urn:dev:ow", "urn:dev:ow", "");
	}
	TEST("other names are split at their last separator")
	{
		check_split("2001:db8::2/temperature", "2001:db8::2", "temperature");
		check_split("house/kitchen/temp", "house/kitchen", "temp");
		check_split("a:b", "a", "b");
		check_split("a//b", "a", "b");
		check_split("a/b/", "a", "b");
		check_split("a", "a", "");
		check_split("a:", "a", "");
		check_split("dev", "dev", "");
	}
	TEST("no URN and no authority is torn apart")
	{
		check_split("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
		    "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "");
		check_split("urn:uuid:f81d4fae/temp", "urn:uuid:f81d4fae", "temp");
		check_split("urn:x", "urn:x", "");
		check_split("coap://sensor.example.com", "coap://sensor.example.com", "");
		check_split("coap://sensor.example.com/temp", "coap://sensor.example.com", "temp");
		check_split("coap://sensor.example.com:5683/a/b", "coap://sensor.example.com:5683/a", "b");
	}
	TEST("names of other characters are refused")
	{
		check_fault("", "its name is empty (n, bn)");
		check_fault("a b", "its name 'a b' has more than letters, digits and -:./_");
		check_fault("caf\xc3\xa9", "its name 'caf\xc3\xa9' has more than letters, digits and -:./_");
		check_fault("/3303/0", "its name '/3303/0' does not begin with a letter or digit");
		check_fault("_a", "its name '_a' does not begin with a letter or digit");
	}
	return unit_end();
}
