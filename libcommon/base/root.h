// Where a function that rises or falls all the way takes a given value.
#ifndef BASE_ROOT_H
#define BASE_ROOT_H

// f(x), and f'(x) in *slope.
typedef double root_function(const void *context, double x, double *slope);

// x in [low, high] with f(x) = target, by Newton's steps from start, and by halving where a step would leave what is still possible.
// f is monotone there; where target is not between f(low) and f(high), it is the end that is nearer to it.
double root_find(root_function *f, const void *context, double target, double low, double high, double start);

#endif
