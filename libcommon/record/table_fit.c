#include "record/table_parts.h"

#define ALIGNED_WIDTH_MAX  60 // on an endless screen; without it one huge cell would blow up every row
#define OPTIONAL_WIDTH_MAX 24
#define RIGID_WIDTH_MAX    36 // a time of nine digits with room to spare; what is longer is none

// Who gives way when the screen is too small, in this order: bars; then text behind its preferred part; then times, whose date is on the
// screen less often than wanted; then names, as far as they stay different; then all but numbers.
static const struct step {
	enum table_column_kind kind;
	size_t least;         // width that is not narrowed below
	bool keeps_preferred; // nor the preferred part, nor what tells names apart
	enum time_form to_form;
} steps[] = {
    {TABLE_BAR, 0, false, TIME_WHOLE},
    {TABLE_FLEXIBLE, 8, true, TIME_WHOLE},
    {TABLE_TIME, 0, false, TIME_OF_DAY},
    {TABLE_TIME, 0, false, TIME_TO_SECONDS},
    {TABLE_NAME, 8, true, TIME_WHOLE},
    {TABLE_FLEXIBLE, 3, true, TIME_WHOLE},
    {TABLE_NAME, 3, true, TIME_WHOLE},
    {TABLE_FLEXIBLE, 3, false, TIME_WHOLE},
    {TABLE_TIME, 0, false, TIME_LEFT_OUT},
    {TABLE_FLEXIBLE, 0, false, TIME_WHOLE},
    {TABLE_NAME, 3, false, TIME_WHOLE},
};

// 2026-03-01T12:00:00
#define DATE_LENGTH 11
#define DAY_LENGTH  8

static bool is_time(struct slice text)
{
	static const char form[] = "0000-00-00T00:00:00";

	if (text.length < sizeof form)
		return false;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		bool is_digit = text.data[i] >= '0' && text.data[i] <= '9';

		if (form[i] == '0' ? !is_digit : text.data[i] != form[i])
			return false;
	}
	return true;
}

struct slice table_time(struct slice text, enum time_form form)
{
	if (form == TIME_WHOLE || !is_time(text))
		return text;
	text = slice_skip(text, DATE_LENGTH);
	return form == TIME_OF_DAY ? text : slice_of(text.data, DAY_LENGTH);
}

static size_t at_most(size_t width, size_t most)
{
	return width < most ? width : most;
}

static size_t at_least(size_t width, size_t least)
{
	return width > least ? width : least;
}

static size_t wanted_width(const struct table *table, const struct table_column *column)
{
	size_t width = column->kind == TABLE_TIME ? column->time_widths[column->time_form] : column->width;

	if (!column->is_used || column->time_form == TIME_LEFT_OUT)
		return 0;
	if (table->has_titles)
		width = at_least(width, column->title_width);
	if (table->is_endless)
		return at_most(width, ALIGNED_WIDTH_MAX);
	if (column->kind == TABLE_OPTIONAL)
		return at_least(at_most(width, OPTIONAL_WIDTH_MAX), column->whole);
	return column->kind == TABLE_RIGID || column->kind == TABLE_TIME ? at_most(width, RIGID_WIDTH_MAX) : width;
}

static void show(struct table_column *column, size_t width, size_t *used)
{
	*used -= column->shown ? column->shown + TABLE_GAP : 0;
	column->shown = width;
	*used += column->shown ? column->shown + TABLE_GAP : 0;
}

static size_t least_width(struct table_column *column, const struct step *step)
{
	size_t least = at_least(step->least, column->whole);

	if (!step->keeps_preferred)
		return least;
	if (column->kind == TABLE_NAME)
		return name_cut_least(&column->names, least, column->width);
	return at_least(least, column->preferred);
}

// The widest column that the step may still narrow, of several the last, or NULL.
static struct table_column *widest(struct table *table, const struct step *step)
{
	struct table_column *found = NULL;

	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];

		if (column->kind == step->kind && (!found || column->shown >= found->shown) &&
		    column->shown > least_width(column, step))
			found = column;
	}
	return found;
}

// Of bars and times, which have few forms.
static void take_form(struct table *table, const struct step *step, size_t *used)
{
	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];

		if (column->kind != step->kind || !column->shown)
			continue;
		column->time_form = step->to_form;
		show(column,
		    column->kind == TABLE_BAR ? at_least(TABLE_BAR_SHORT, table->has_titles ? column->title_width : 0)
					      : wanted_width(table, column),
		    used);
	}
}

static void narrow(struct table *table, size_t *used, size_t available)
{
	struct table_column *column;

	for (size_t i = 0; i<sizeof steps / sizeof *steps && * used> available; i++)
		if (steps[i].kind == TABLE_BAR || steps[i].kind == TABLE_TIME)
			take_form(table, &steps[i], used);
		else
			while (*used > available && (column = widest(table, &steps[i])))
				show(column, column->shown - 1, used);
}

static void fit_optional(struct table *table, size_t used, size_t available)
{
	table->left_out = 0;
	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];
		size_t width = wanted_width(table, column);

		if (column->kind != TABLE_OPTIONAL || !width)
			continue;
		if (table->left_out || used + width > available) {
			table->left_out++;
			continue;
		}
		column->shown = width;
		used += width + TABLE_GAP;
	}
}

void table_fit(struct table *table, size_t available)
{
	size_t used = table->indent;

	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];

		column->shown = 0;
		column->time_form = TIME_WHOLE;
		if (column->kind != TABLE_OPTIONAL)
			show(column, wanted_width(table, column), &used);
	}
	narrow(table, &used, available + TABLE_GAP);
	fit_optional(table, used, available);
}
