// What is known of a kind of twin before any reading: see twin-model(5). Everything works without one.
#ifndef TWIN_MODEL_H
#define TWIN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash_map.h"
#include "base/slice.h"
#include "twin/calibration.h"
#include "twin/quality_limits.h"

enum model_type {
	MODEL_ANY,
	MODEL_NUMBER,
	MODEL_INTEGER,
	MODEL_STRING,
	MODEL_BOOLEAN,
	MODEL_OBJECT,
	MODEL_ARRAY,
};

// What decides between replicas that have each changed a value their own way.
enum merge_rule {
	MERGE_BASE, // nothing: neither does
	MERGE_NEWEST,
	MERGE_QUALITY,
	MERGE_MAX,
	MERGE_MIN,
	MERGE_MEAN,
	MERGE_REPLICA, // one of them; no model says so
};

#define MODEL_BOUND_SIZE 33 // the longest shortest double, and a terminator

struct model_property {
	struct slice path;
	enum model_type type;
	char *unit; // NULL when not declared
	char minimum[MODEL_BOUND_SIZE],
	    maximum[MODEL_BOUND_SIZE]; // decimal text, both inclusive; empty for an open end
	int64_t interval;              // nanoseconds between readings, 0 when not declared
	int64_t stale_after;           // nanoseconds, 0 when not declared
	double absolute, relative;     // tolerances of desired against reported
	double deadband;               // changes of no more than this are noise, 0 when not declared
	bool required;
	bool read_only;               // nothing can be desired of it
	struct quality_limits checks; // range and a declared interval among them; tests is filled
	enum merge_rule merge;
	bool counter;                    // only grows, but for beginning anew
	struct calibration *calibration; // of readings whose sensor has none; NULL when not declared
};

struct model_sensor {
	int64_t priority;
	struct calibration *calibrations; // the first that speaks of a property counts
	size_t calibration_count;
};

struct model {
	char *name; // NULL when the file gives none
	char **applies_to;
	size_t applies_to_count;
	char **consistency; // conditions over the properties of one twin, in twin-expr(7)
	size_t consistency_count;
	struct hash_map paths; // entry numbers index properties
	struct model_property *properties;
	size_t property_capacity;
	struct hash_map sensor_ids; // entry numbers index sensors
	struct model_sensor *sensors;
	size_t sensor_capacity;
	bool has_required;
	char *axis_unit;            // of an axis that counts; NULL when time is time
	struct hash_map slip_names; // entry numbers index slips
	char **slips;               // messages: see model_tell_slips
	size_t slip_capacity, tried_count;
	char **files; // that it was read from, also those that it extends
	size_t file_count;
	// JSON array of those files as they are, what is extended before what extends it: see model_parse
	char *text;
};

// From a path, or a name looked for as NAME and NAME.json in the folders of TWIN_MODEL_PATH. What the file `extend`s is read first and
// overridden property by property. Conditions of consistency are checked against the units of properties. NULL with error, which names
// the file and the member. Free with model_free.
struct model *model_read(const char *name, struct error *error);

// The same model from its text, wherever its files are now. name is for messages.
struct model *model_parse(struct slice text, const char *name, struct error *error);

void model_free(struct model *model);

// MERGE_NEWEST to MERGE_MEAN by their names; MERGE_BASE for any other.
enum merge_rule merge_rule_of(struct slice name);
const char *merge_rule_name(enum merge_rule rule);

// All of these take NULL for "no model".

// Members that are not known and are probably known ones misspelled: each once, and no more than 20. They are no errors, since a model may
// hold members of other programs.
void model_tell_slips(const struct model *model, void (*tell)(const char *message));

// A length of time as options and models write it, or a count of the model's axis unit (30cycle), of which one is a second of event time.
int model_duration(const struct model *model, struct slice text, int64_t *nanoseconds, struct error *error)
    __attribute__((warn_unused_result));
bool model_applies(const struct model *model, struct slice entity_id);
const struct model_property *model_property(const struct model *model, struct slice path);
int64_t model_priority(const struct model *model, struct slice sensor_id);

// How raw readings of the sensor (empty: it does not say) and the property are corrected; NULL when nothing is said.
const struct calibration *model_calibration(const struct model *model, struct slice sensor_id, struct slice property);

// Whether the value (JSON text) is of the declared type, and in the declared range.
bool model_type_fits(const struct model_property *property, struct slice value);
bool model_range_fits(const struct model_property *property, struct slice value);

#endif
