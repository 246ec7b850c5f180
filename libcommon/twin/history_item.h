// What a history remembers of one record: an item of a series. Which entity, path and kind of register a series stands for is the
// store's to know; here it is a number.
//
// Items of a series are ordered by fold.h's key without the sensor's priority, which is the model's to say and not the record's:
// (timestamp, counter, live, quality, sensor_id, seq, canonical value, unit, command_id, value bytes). Items with equal keys are one.
#ifndef TWIN_HISTORY_ITEM_H
#define TWIN_HISTORY_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct history_item {
	uint32_t series;
	bool live; // false for a delete or a withdrawal
	bool has_received;
	int64_t timestamp;
	int64_t counter;
	int64_t seq;
	int64_t received; // counts only with has_received
	int64_t revision; // of the store when the record was first stored, at least 1; never part of the key
	double quality;
	struct slice sensor_id;
	struct slice value; // JSON without white space between tokens; empty for a delete
	struct slice unit;
	struct slice command_id;
	struct slice origin; // "FILE:LINE", or empty
	struct slice rest;   // other members, as the store writes them; never part of the key
};

// By series, then key. <0, 0 or >0.
int history_item_compare(const struct history_item *a, const struct history_item *b);

// Of two items with equal keys, into the first: the smaller `received`, the smaller origin and the smaller revision. A record without `received` counts as known
// from the start, so none is smaller than any time: a copy must not make a record unknown at an instant at which it was known without the
// copy. One without an origin says nothing about it, so any is smaller than none. The texts are borrowed from either.
void history_item_join(struct history_item *into, const struct history_item *other);

#endif
