#include "twin/ack.h"

#include "unit.h"

static void check_no_answer(const char *text)
{
	struct ack ack = ACK_INIT;

	CHECK(!ack_read(&ack, slice_from_string(text)));
	ack_release(&ack);
}

static void check_answers(void)
{
	struct ack ack = ACK_INIT;

	CHECK(ack_read(&ack, SLICE_LITERAL("{\"command_id\":\"c7\",\"code\":409,\"message\":\"locked\"}")));
	CHECK_TEXT(ack.command_id, "c7");
	CHECK_TEXT(ack.message, "locked");
	CHECK(ack_is_refusal(&ack) && !ack_is_consent(&ack));
	CHECK(ack_read(
	    &ack, SLICE_LITERAL("{\"code\":2.0e2,\"command_id\":\"a\\u0062\\n\",\"message\":\"\\\"so\\\"\"}")));
	CHECK_TEXT(ack.command_id, "ab\n");
	CHECK_TEXT(ack.message, "\"so\"");
	CHECK(ack_is_consent(&ack) && !ack_is_refusal(&ack));
	CHECK(ack_read(&ack, SLICE_LITERAL("{\"command_id\":\"c7\",\"code\":302,\"message\":7}")));
	CHECK_TEXT(ack.message, "");
	CHECK(!ack_is_consent(&ack) && !ack_is_refusal(&ack));
	CHECK(ack_read(&ack, SLICE_LITERAL("{\"command_id\":\"c7\",\"code\":1e999}")) && ack_is_refusal(&ack));
	ack_release(&ack);
}

int main(void)
{
	TEST("an ack is read with its escapes, and its code says yes, no or neither")
	check_answers();
	TEST("an ack without a command or a code answers nobody")
	{
		check_no_answer("");
		check_no_answer("{}");
		check_no_answer("{\"code\":409}");
		check_no_answer("{\"command_id\":\"c7\"}");
		check_no_answer("{\"command_id\":\"\",\"code\":409}");
		check_no_answer("{\"command_id\":\"c7\",\"code\":\"409\"}");
		check_no_answer("{\"command_id\":7,\"code\":409}");
	}
	return unit_end();
}
