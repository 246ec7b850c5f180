#include "analysis/data_quality.h"

#include <math.h>

double data_quality_age(int64_t clock, int64_t newest)
{
	int64_t age;

	// Doubles of times are a tenth of a microsecond apart.
	return __builtin_sub_overflow(clock, newest, &age) ? (double)clock - (double)newest : (double)age;
}

static double timeliness_of(int64_t clock, int64_t newest, int64_t stale_after)
{
	double age = data_quality_age(clock, newest), stale = (double)stale_after;

	return age <= stale ? 1 : fmax(0, 1 - (age - stale) / stale);
}

struct data_quality data_quality_of(
    const struct series_health *finished, struct rule_count rules, int64_t clock, int64_t stale_after)
{
	bool is_judged = finished->property &&
	    (finished->property->type != MODEL_ANY || *finished->property->minimum || *finished->property->maximum);
	bool has_values = finished->readings > finished->nulls;
	struct data_quality quality = {
	    .expected = series_health_expected(finished),
	    .filled = finished->filled,
	    .judged = is_judged ? finished->values : 0,
	    .valid = is_judged ? finished->values - finished->invalid : 0,
	    .readings = finished->readings,
	    .duplicates = finished->duplicates,
	    .pairs = finished->readings ? finished->readings - 1 : 0,
	    .descents = finished->out_of_order,
	    .rules = rules,
	};

	if (!quality.expected)
		quality.filled = 0;
	if (stale_after && has_values) {
		quality.timeable = 1;
		quality.timely = timeliness_of(clock, finished->newest_value, stale_after);
	}
	return quality;
}

void data_quality_add(struct data_quality *sum, const struct data_quality *part)
{
	sum->expected += part->expected;
	sum->filled += part->filled;
	sum->judged += part->judged;
	sum->valid += part->valid;
	sum->readings += part->readings;
	sum->duplicates += part->duplicates;
	sum->pairs += part->pairs;
	sum->descents += part->descents;
	sum->rules.checked += part->rules.checked;
	sum->rules.satisfied += part->rules.satisfied;
	sum->timely += part->timely;
	sum->timeable += part->timeable;
}

static double share(uint64_t a, uint64_t b)
{
	return b ? (double)a / (double)b : NAN;
}

double data_quality_completeness(const struct data_quality *quality)
{
	return share(quality->filled, quality->expected);
}

double data_quality_validity(const struct data_quality *quality)
{
	return share(quality->valid, quality->judged);
}

double data_quality_timeliness(const struct data_quality *quality)
{
	return quality->timeable ? quality->timely / (double)quality->timeable : NAN;
}

double data_quality_consistency(const struct data_quality *quality)
{
	return share(quality->rules.satisfied, quality->rules.checked);
}

double data_quality_uniqueness(const struct data_quality *quality)
{
	return quality->readings ? 1 - share(quality->duplicates, quality->readings) : NAN;
}

double data_quality_ordering(const struct data_quality *quality)
{
	return quality->pairs ? 1 - share(quality->descents, quality->pairs) : NAN;
}

double data_quality_overall(const struct data_quality *quality)
{
	const double shares[] = {data_quality_completeness(quality), data_quality_validity(quality),
	    data_quality_timeliness(quality), data_quality_uniqueness(quality), data_quality_consistency(quality)};
	double sum = 0;
	int known = 0;

	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
		if (isnan(shares[i]))
			continue;
		sum += shares[i];
		known++;
	}
	return known ? sum / known : NAN;
}
