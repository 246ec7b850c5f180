// A starter model (twin-model(5)) from what a recording holds: types, units, intervals, ranges rounded outward, deadbands. The recording
// conforms to it. It is a beginning to be looked over: a recording shows what was, not what may be.
//
// range:       a tenth of the span of the values beyond both ends, rounded outward to a tenth of the span's power of ten; 0 is not
//              crossed by a series that does not cross it.
// interval:    the median interval of all series of the property.
// stale_after: four intervals, or twice what 99 % of intervals do not exceed, whichever is longer, rounded up to two digits.
// deadband:    half the median of the steps between different neighbours, one digit, rounded down.
#ifndef ANALYSIS_MODEL_SUGGESTION_H
#define ANALYSIS_MODEL_SUGGESTION_H

#include "analysis/recording_health.h"
#include "base/buffer.h"

// The health must have been told to collect steps. Appends the model, a JSON file of several lines.
void model_suggestion_append(const struct recording_health *health, struct buffer *out);

#endif
