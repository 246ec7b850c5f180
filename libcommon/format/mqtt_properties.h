// The properties of a message (MQTT 5.0, 2.2.2) as JSON that names nothing twice. A message may have a user property, and what the broker
// adds, more than once: an object with such members becomes an array of [NAME, VALUE], in their order.
#ifndef FORMAT_MQTT_PROPERTIES_H
#define FORMAT_MQTT_PROPERTIES_H

#include "base/buffer.h"
#include "base/error.h"
#include "record/value.h"
#include "record/value_names.h"

struct mqtt_properties {
	struct value_tree inner;
	struct value_names names;
};

void mqtt_properties_init(struct mqtt_properties *properties);
void mqtt_properties_release(struct mqtt_properties *properties);

// Appends the value of `properties`, or another value. -1 with error when it names something twice deeper than user properties stand.
int mqtt_properties_append(struct buffer *out, struct mqtt_properties *properties, const struct value_tree *tree,
    const struct value *value, struct error *error) __attribute__((warn_unused_result));

#endif
