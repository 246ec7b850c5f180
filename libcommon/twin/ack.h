// What a thing answers to a command, as a reading of it carries: {"command_id": ID, "code": N, "message": TEXT}. Codes are those of HTTP.
#ifndef TWIN_ACK_H
#define TWIN_ACK_H

#include <stdbool.h>

#include "base/buffer.h"
#include "record/value.h"

struct ack {
	struct slice command_id;
	double code;
	struct slice message; // empty when it has none
	struct value_tree tree;
	struct buffer texts;
};

#define ACK_INIT                                                                                                       \
	{                                                                                                              \
		0                                                                                                      \
	}

void ack_release(struct ack *ack);

// text: a JSON object, or empty; it must outlive the ack. False when it answers nobody in particular, having no id or no code.
bool ack_read(struct ack *ack, struct slice text);

static inline bool ack_is_refusal(const struct ack *ack)
{
	return ack->code >= 400;
}

static inline bool ack_is_consent(const struct ack *ack)
{
	return ack->code >= 200 && ack->code < 300;
}

#endif
