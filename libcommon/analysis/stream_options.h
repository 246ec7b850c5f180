// What twin-diff's --streams and the options that go with it ask for, and doing it.
#ifndef ANALYSIS_STREAM_OPTIONS_H
#define ANALYSIS_STREAM_OPTIONS_H

#include "analysis/stream_comparison.h"
#include "io/option.h"
#include "twin/model.h"

struct stream_options {
	bool streams;
	int type; // index into stream_types
	int align;
	int64_t within, baseline, sustain, memory;
	struct option_list anchors;
	bool to_end;
};

#define STREAM_OPTIONS_DEFAULT                                                                                         \
	{                                                                                                              \
		.within = 1000000000, .sustain = 3, .memory = INT64_C(256) << 20                                       \
	}

extern const char *const stream_types[], *const stream_aligns[];

// clang-format off
#define OPTIONS_STREAMS(options) \
	{.kind = OPTION_FLAG, .long_name = "streams", .target = &(options)->streams, \
	 .help = "compare recordings, reading by reading"}, \
	{.kind = OPTION_CHOICE, .long_name = "type", .target = &(options)->type, .choices = stream_types, \
	 .help = "what of them"}, \
	{.kind = OPTION_DURATION, .long_name = "within", .target = &(options)->within, .maximum = INT64_MAX, \
	 .argument = "DUR", .help = "how far apart a pair may be (1s)"}, \
	{.kind = OPTION_CHOICE, .long_name = "align", .target = &(options)->align, .choices = stream_aligns, \
	 .help = "by their starts, or their clocks"}, \
	{.kind = OPTION_DURATION, .long_name = "baseline", .target = &(options)->baseline, .minimum = 1, \
	 .maximum = INT64_MAX, .argument = "DUR", .help = "so long all was well, for tolerances in sd"}, \
	{.kind = OPTION_COUNT, .long_name = "sustain", .target = &(options)->sustain, .minimum = 1, \
	 .maximum = INT64_MAX, .argument = "N", .help = "different pairs that make a divergence (3)"}, \
	{.kind = OPTION_LIST, .long_name = "anchor", .target = &(options)->anchors, \
	 .argument = "PROPERTY", .help = "only this, where both have come to"}, \
	{.kind = OPTION_FLAG, .long_name = "to-end", .target = &(options)->to_end, \
	 .help = "both are complete"}, \
	{.kind = OPTION_SIZE, .long_name = "memory", .target = &(options)->memory, .minimum = 1 << 16, \
	 .maximum = INT64_C(1) << 40, .argument = "SIZE", .help = "what sorting takes before it uses files (256M)"}
// clang-format on

// How exact the properties are. The texts live as long as this is used.
struct stream_exactness {
	const struct option_list *tolerances;
	const char *absolute, *relative; // NULL for not given
	bool large;                      // a relative tolerance of 1 or more is meant
	const struct model *model;       // where no tolerance is given; NULL for none
	struct stream_tolerances read;
};

// Wrong usage exits. Release exactness->read.
void stream_options_check(const struct stream_options *options, struct stream_exactness *exactness);

// Compares the two operands of the streams. With text, sinks are for what goes elsewhere.
enum exit_status stream_options_run(const struct stream_options *options, const struct stream_exactness *exactness,
    const struct option_list *only, const struct option_list *ignored, struct record_streams *streams, bool text,
    const struct stream_comparison_sinks *sinks, bool (*wants)(void *context, const struct record *record),
    void *context) __attribute__((warn_unused_result));

#endif
