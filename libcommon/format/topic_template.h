// Which levels of an MQTT topic name the twin and the property: templates such as site/+entity/+property.
//
//	site         this level
//	+entity      one level: of the twin's name, +property of the property's path, +LINE of what is called LINE, + of nothing
//	#property    all levels that are left, also none; #entity, #NAME and # alike; only at the end
//
// Levels of one kind that stand apart are joined with '/'. As MQTT has it (5.0, 4.7.2), a template that begins with + or # matches no
// topic that begins with '$'.
#ifndef FORMAT_TOPIC_TEMPLATE_H
#define FORMAT_TOPIC_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

#define TOPIC_LEVELS_MAX 128 // of a template

enum topic_level_kind {
	TOPIC_LITERAL,
	TOPIC_LEVEL, // +NAME
	TOPIC_REST,  // #NAME
};

struct topic_level {
	enum topic_level_kind kind;
	struct slice text; // the literal or the name
};

struct topic_template {
	struct topic_level *levels;
	size_t count, capacity;
};

// What a topic says by a template.
struct topic_parts {
	struct buffer entity;
	struct buffer property; // path; empty: the topic has none
	bool is_empty_segment;  // a level of the property is empty, so that the path is none
	struct slice *names;    // of the template's other names, borrowed from it
	struct slice *texts;    // and what they stand for, in the topic
	size_t count, capacity, text_capacity;
};

// text is borrowed for as long as the template is used. -1 with error.
int topic_template_parse(struct topic_template *topic, struct slice text, struct error *error)
    __attribute__((warn_unused_result));

// Whether some level is called so.
bool topic_template_has(const struct topic_template *topic, struct slice name);
void topic_template_release(struct topic_template *topic);

// Whether the topic matches; fills parts, which borrow from it.
bool topic_template_match(const struct topic_template *topic, struct slice name, struct topic_parts *parts);

// What a topic says without a template: its last level is the property, all before is the twin; a topic of one level is the twin. False
// for topics that begin with '$', which are the broker's own.
bool topic_split_last(struct slice name, struct topic_parts *parts);

// What a name stands for; empty: nothing.
struct slice topic_parts_find(const struct topic_parts *parts, struct slice name);
void topic_parts_release(struct topic_parts *parts);

#endif
