// One message as mosquitto_sub -F %j and -F %J write it: an object with tst, topic, qos, retain, payloadlen, mid, properties and payload.
//
// tst is the time at which mosquitto_sub received the message: whole seconds since 1970 (before 2.0), or a local time with its offset,
// which is written Z+0100 by some versions (2.0.11) and +0100 by others.
//
// %j gives the payload as a string, up to its first NUL byte in 2.0; %J gives it as the JSON that it is. Which of both is in a line can
// be told by the length of the payload but for strings in JSON, whose escapes are gone; what the lines before were then decides.
#ifndef FORMAT_MQTT_MESSAGE_H
#define FORMAT_MQTT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "format/mqtt_properties.h"
#include "record/value.h"

enum mqtt_dialect {
	MQTT_UNKNOWN,
	MQTT_TEXT, // %j
	MQTT_JSON, // %J
};

struct mqtt_message {
	struct slice topic; // decoded; all slices are valid until the next message
	int64_t received;
	bool is_retained; // the broker had kept it: when it was published is not known
	bool is_empty;    // the payload has no bytes
	bool is_json;     // payload is JSON, otherwise it is a text
	struct slice payload;
	struct slice metadata; // members of metadata.mqtt but for the topic, as JSON; empty: none
};

struct mqtt_reader {
	enum mqtt_dialect dialect; // of the lines so far
	struct value_tree tree;
	struct mqtt_properties properties;
	struct buffer topic, payload, metadata;
};

void mqtt_reader_init(struct mqtt_reader *reader);
void mqtt_reader_release(struct mqtt_reader *reader);

// Whether the line has the marks of such a message: an object with tst, topic and payload.
bool mqtt_reader_recognise(struct mqtt_reader *reader, struct slice line);

// line is borrowed by the message. -1 with error when it is no such message, or when its payload is not all there.
int mqtt_reader_read(struct mqtt_reader *reader, struct slice line, struct mqtt_message *message, struct error *error)
    __attribute__((warn_unused_result));

// The time of tst as a string has it. -1 with error.
int mqtt_time_parse(struct slice text, int64_t *nanoseconds, struct error *error) __attribute__((warn_unused_result));

#endif
