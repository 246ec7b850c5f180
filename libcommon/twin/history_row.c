#include "twin/history_block.h"
#include "twin/origin.h"

#define DIGITS_MAX    18
#define NUMBER_BYTES  sizeof(((struct history_text *)0)->number)
#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

// -?(0|[1-9][0-9]*)(\.[0-9]+)? with few enough digits and not -0: these come back from digits and decimals as they were.
static bool parse_number(struct slice text, int64_t *digits, int8_t *decimals)
{
	bool negative = text.length && text.data[0] == '-';
	uint64_t value = 0; // of digits that are too many, anything
	size_t point = 0, i = negative;

	if (text.length > DIGITS_MAX + 1u + negative || text.length == i)
		return false;
	for (; i < text.length; i++) {
		unsigned digit = (unsigned char)(text.data[i] - '0');

		if (digit > 9) {
			if (text.data[i] != '.' || point || i == negative)
				return false;
			point = i;
		} else {
			value = 10 * value + digit;
		}
	}
	size_t whole = (point ? point : text.length) - negative, fraction = point ? text.length - point - 1 : 0;

	if ((point && !fraction) || whole + fraction > DIGITS_MAX || (whole > 1 && text.data[negative] == '0') ||
	    (negative && value == 0))
		return false;
	*digits = negative ? -(int64_t)value : (int64_t)value;
	*decimals = (int8_t)fraction;
	return true;
}

static struct slice format_number(int64_t digits, int decimals, char text[NUMBER_BYTES])
{
	uint64_t left = digits < 0 ? 0 - (uint64_t)digits : (uint64_t)digits;
	char *end = text + NUMBER_BYTES, *at = end;

	for (int place = 0; left || place <= decimals; place++) {
		if (place == decimals && decimals)
			*--at = '.';
		*--at = (char)('0' + left % 10);
		left /= 10;
	}
	if (digits < 0)
		*--at = '-';
	return slice_of(at, (size_t)(end - at));
}

// A line that its number gives back as it was.
static int64_t parse_line(struct slice text)
{
	int64_t line = 0;

	if (!text.length || text.length > DIGITS_MAX || (text.length > 1 && text.data[0] == '0'))
		return HISTORY_TEXT;
	for (size_t i = 0; i < text.length; i++)
		line = 10 * line + (text.data[i] - '0');
	return line;
}

static void set_origin(struct history_row *row, struct slice text)
{
	struct origin origin = origin_split(text);

	row->item.origin = text;
	row->line = HISTORY_TEXT;
	// A line with zeros in front is shorter than what stands behind the colon.
	if (origin.line.length && origin.file.length + 1 + origin.line.length == text.length)
		row->line = parse_line(origin.line);
	if (row->line != HISTORY_TEXT)
		row->item.origin = origin.file;
}

void history_row_set(struct history_row *row, const struct history_item *item)
{
	row->item = *item;
	if (row->item.quality == 0)
		row->item.quality = 0; // not -0, which is equal to it
	if (!row->item.has_received)
		row->item.received = 0;
	row->digits = 0;
	row->decimals = HISTORY_TEXT;
	if (parse_number(item->value, &row->digits, &row->decimals))
		row->item.value = SLICE_EMPTY;
	set_origin(row, item->origin);
}

static struct slice row_origin(const struct history_row *row, struct buffer *buffer)
{
	char number[NUMBER_BYTES];

	if (row->line == HISTORY_TEXT)
		return row->item.origin;
	buffer_reset(buffer);
	buffer_append_slice(buffer, row->item.origin);
	buffer_append_char(buffer, ':');
	buffer_append_slice(buffer, format_number(row->line, 0, number));
	return buffer_slice(buffer);
}

static inline void set_value(struct history_item *item, const struct history_row *row, char text[NUMBER_BYTES])
{
	if (row->decimals != HISTORY_TEXT)
		item->value = format_number(row->digits, row->decimals, text);
}

struct history_item history_row_item(const struct history_row *row, struct history_text *text)
{
	struct history_item item = row->item;

	set_value(&item, row, text->number);
	item.origin = row_origin(row, &text->origin);
	return item;
}

int history_row_compare(const struct history_row *a, const struct history_row *b)
{
	char a_text[NUMBER_BYTES], b_text[NUMBER_BYTES];
	int order = COMPARE(a->item.series, b->item.series);

	if (!order)
		order = COMPARE(a->item.timestamp, b->item.timestamp);
	if (order)
		return order;
	struct history_item a_item = a->item, b_item = b->item;

	set_value(&a_item, a, a_text);
	set_value(&b_item, b, b_text);
	return history_item_compare(&a_item, &b_item);
}

void history_row_join(struct history_row *into, const struct history_row *other)
{
	struct buffer first = BUFFER_INIT, second = BUFFER_INIT;
	struct slice origin = row_origin(into, &first), more = row_origin(other, &second);
	bool smaller = !slice_equal(origin, more) && origin_smaller(origin, more).data == more.data;
	struct slice kept = into->item.origin;

	history_item_join(&into->item, &other->item);
	into->item.origin = smaller ? other->item.origin : kept;
	into->line = smaller ? other->line : into->line;
	buffer_release(&first);
	buffer_release(&second);
}

size_t history_row_bytes(const struct history_row *row)
{
	const struct history_item *item = &row->item;

	return item->sensor_id.length + item->value.length + item->unit.length + item->command_id.length +
	    item->origin.length + item->rest.length;
}
