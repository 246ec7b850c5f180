#include "base/root.h"

#include <math.h>
#include <stdbool.h>

// Halving alone needs 64 steps for any range of doubles of one sign and size, Newton's steps fewer than 10.
#define STEPS_MAX 200

double root_find(root_function *f, const void *context, double target, double low, double high, double start)
{
	double slope, x = start > low && start < high ? start : low + (high - low) / 2;
	double at_low = f(context, low, &slope) - target, at_high = f(context, high, &slope) - target;

	if (at_low == 0 || (at_low > 0) == (at_high > 0))
		return fabs(at_low) <= fabs(at_high) ? low : high;
	for (int i = 0; i < STEPS_MAX; i++) {
		double difference = f(context, x, &slope) - target, next;

		if (difference == 0)
			return x;
		if ((difference > 0) == (at_low > 0))
			low = x;
		else
			high = x;
		next = x - difference / slope;
		if (!(next > low && next < high))
			next = low + (high - low) / 2;
		// No double is left between.
		if (next == x || next <= low || next >= high)
			return next;
		x = next;
	}
	return x;
}
