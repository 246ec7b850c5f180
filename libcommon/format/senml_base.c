#include "format/senml_base.h"

#include <inttypes.h>

#include "base/decimal.h"
#include "base/decimal_sum.h"
#include "base/timestamp.h"
#include "format/time_format.h"

static const struct time_format seconds = {
    .kind = TIME_FORMAT_ELAPSED, .step = NANOSECONDS_PER_SECOND, .text = {"s", 1}};

// -5, 1700000000.25: few enough digits for 64 bits, none behind the ninth decimal.
static bool read_usual(struct slice text, int64_t *nanoseconds)
{
	static const int64_t scales[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	bool negative = text.data[0] == '-';
	size_t decimals = 0;
	int64_t digits = 0;

	if (text.length > 18)
		return false;
	for (size_t i = negative; i < text.length; i++) {
		char c = text.data[i];

		if (c == '.')
			decimals = text.length - i - 1;
		else if (c < '0' || c > '9')
			return false;
		else
			digits = digits * 10 + (c - '0');
	}
	if (decimals > 9 || __builtin_mul_overflow(digits, scales[decimals], nanoseconds))
		return false;
	*nanoseconds = negative ? -*nanoseconds : *nanoseconds;
	return true;
}

int senml_seconds(struct slice text, int64_t since, int64_t *time, struct error *error)
{
	struct foreign_time found;
	int64_t nanoseconds;

	if (read_usual(text, &nanoseconds) && !__builtin_add_overflow(since, nanoseconds, time))
		return 0;
	if (time_format_read(&seconds, NULL, since, text, &found, error) < 0)
		return -1;
	*time = found.nanoseconds;
	return 0;
}

static bool has(const struct senml_record *record, enum senml_label label)
{
	return record->present & SENML_BIT(label);
}

static struct slice decode(const struct senml_record *record, enum senml_label label, struct arena *arena)
{
	struct buffer text = BUFFER_INIT;
	struct slice decoded = record->text[label];

	if (record->escaped & SENML_BIT(label)) {
		json_decode_string(&text, decoded);
		decoded = arena_dup(arena, buffer_slice(&text));
		buffer_release(&text);
	}
	return decoded;
}

// What is too long for any use stays too long, and is not carried from record to record.
static struct slice cut(struct slice text, size_t most)
{
	return text.length > most ? slice_of(text.data, most + 1) : text;
}

// Empty for 0, which changes no number and no digits.
static struct slice unless_zero(struct slice number)
{
	return decimal_compare(number, SLICE_LITERAL("0")) ? number : SLICE_EMPTY;
}

static int take_version(struct senml_base *base, const struct senml_record *record, struct error *error)
{
	struct slice text = record->text[SENML_BVER];
	int64_t before = base->version, version;

	base->version = INT64_MAX;
	if (record->wrong & SENML_BIT(SENML_BVER))
		return error_set(error, "bver is no number");
	if (decimal_to_int64(text, &version) < 0 || version < 1 || version > SENML_VERSION)
		return error_set(error, "bver %.*s is none of the versions 1 to %d",
		    (int)(text.length < 60 ? text.length : 60), text.data, SENML_VERSION);
	base->version = version;
	if (before && before <= SENML_VERSION && before != version)
		return error_set(error, "bver %" PRId64 " is not the one before, %" PRId64, version, before);
	return 0;
}

int senml_base_take(
    struct senml_base *base, const struct senml_record *record, uint64_t line, struct arena *arena, struct error *error)
{
	uint32_t given = record->present & SENML_BASES & ~record->wrong;
	struct error ignored;

	senml_base_lose(base, record->wrong & SENML_BASES, line);
	base->lost &= ~given;
	if (given & SENML_BIT(SENML_BN))
		base->name = cut(decode(record, SENML_BN, arena), SENML_NAME_MAX);
	if (given & SENML_BIT(SENML_BU))
		base->unit = cut(decode(record, SENML_BU, arena), SENML_UNIT_MAX);
	if (given & SENML_BIT(SENML_BV))
		base->value = cut(unless_zero(record->text[SENML_BV]), DECIMAL_SUM_LENGTH);
	if (given & SENML_BIT(SENML_BS))
		base->sum = cut(unless_zero(record->text[SENML_BS]), DECIMAL_SUM_LENGTH);
	if (given & SENML_BIT(SENML_BT) && senml_seconds(record->text[SENML_BT], 0, &base->since, &ignored) < 0)
		senml_base_lose(base, SENML_BIT(SENML_BT), line);
	return has(record, SENML_BVER) ? take_version(base, record, error) : 0;
}

void senml_base_lose(struct senml_base *base, uint32_t labels, uint64_t line)
{
	labels &= SENML_BASES & ~SENML_BIT(SENML_BVER);
	for (uint32_t rest = labels & ~base->lost; rest; rest &= rest - 1)
		base->lost_lines[__builtin_ctz(rest)] = line;
	base->lost |= labels;
}

int senml_base_check(const struct senml_base *base, const struct senml_record *record, struct error *error)
{
	uint32_t needed = SENML_BIT(SENML_BN) | SENML_BIT(SENML_BT);
	int lost;

	if (!has(record, SENML_U))
		needed |= SENML_BIT(SENML_BU);
	if (has(record, SENML_V))
		needed |= SENML_BIT(SENML_BV);
	if (has(record, SENML_S))
		needed |= SENML_BIT(SENML_BS);
	if (!(base->lost & needed))
		return 0;
	if (has(record, SENML_BT) && base->lost & SENML_BIT(SENML_BT)) {
		int64_t ignored;

		return senml_seconds(record->text[SENML_BT], 0, &ignored, error);
	}
	lost = __builtin_ctz(base->lost & needed);
	return error_set(error, "%s is not known since line %" PRIu64 ", which could not be read",
	    senml_label_names[lost], base->lost_lines[lost]);
}

int senml_base_time(
    const struct senml_base *base, const struct senml_record *record, int64_t *time, struct error *error)
{
	*time = base->since;
	return has(record, SENML_T) ? senml_seconds(record->text[SENML_T], base->since, time, error) : 0;
}

int senml_base_add(
    struct slice base, struct slice number, struct buffer *scratch, struct slice *sum, struct error *error)
{
	*sum = number;
	if (!base.length)
		return 0;
	buffer_reset(scratch);
	if (decimal_append_sum(scratch, base, number) < 0)
		return error_set(
		    error, "the sum with the base value would have more than %d digits", DECIMAL_SUM_DIGITS);
	*sum = buffer_slice(scratch);
	return 0;
}

void senml_base_keep(struct senml_base *base, struct buffer *out)
{
	struct slice *parts[] = {&base->name, &base->unit, &base->value, &base->sum};
	struct buffer copy = BUFFER_INIT;
	size_t at = 0;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		buffer_append_slice(&copy, *parts[i]);
	buffer_reset(out);
	buffer_append_slice(out, buffer_slice(&copy));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		parts[i]->data = buffer_slice(out).data + at;
		at += parts[i]->length;
	}
	buffer_release(&copy);
}
