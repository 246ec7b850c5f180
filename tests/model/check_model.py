#!/usr/bin/env python3
"""check_model.py WINDOW STUCK PERIOD STALE CLOCK <records - the counters of twin-check by the words of its page, all readings kept.

PERIOD, STALE and CLOCK are in seconds; 0, 0 and - stand for none. Prints one JSON object for each series, in the order of twin and property.
Times in the input are whole milliseconds. Nothing here is streamed: instants are sorted, lists are scanned.
"""

import json
import sys
from decimal import Decimal
from fractions import Fraction
from statistics import median


def milliseconds(text):
    """Of 2026-03-01T12:00:05.250Z, within one month."""
    clock, _, fraction = text[8:].rstrip("Z").partition(".")
    day, time = clock.split("T")
    hour, minute, second = time.split(":")
    whole = ((int(day) * 24 + int(hour)) * 60 + int(minute)) * 60 + int(second)
    return whole * 1000 + int((fraction + "000")[:3])


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, Decimal) else type(value).__name__


def same(a, b):
    return kind(a) == kind(b) and a == b


def place(readings, window):
    """Splits readings into those that are placed (sorted), and counts of the others."""
    held, left, placed = [], None, []
    duplicates = conflicts = unplaced = 0
    values = []  # what is judged
    for time, value, unit in readings:
        if left is not None and time <= left and (not held or held[0][0] > time):
            unplaced += 1
            values.append(value)
            continue
        peers = [h for h in held if h[0] == time]
        if any(same(value, v) and (value is None or unit == u) for _, v, u in peers):
            duplicates += 1
            continue
        conflicts += bool(peers)
        values.append(value)
        at = sum(1 for h in held if h[0] <= time)
        held.insert(at, (time, value, unit))
        if len(held) > window:
            if not placed:
                first_full = list(held)
            placed.append(held.pop(0))
            left = placed[-1][0]
    if not placed:
        first_full = list(held)
    return placed + held, first_full, duplicates, conflicts, unplaced, [v for v in values if v is not None]


def intervals_of(placed):
    return [b[0] - a[0] for a, b in zip(placed, placed[1:]) if b[0] != a[0]]


def stuck(numbers, least):
    runs, longest = [], 0
    for time, value in numbers:
        if runs and runs[-1][-1][1] == value:
            runs[-1].append((time, value))
        else:
            runs.append([(time, value)])
    runs = [r for r in runs if len(r) >= least]
    return runs


def clipped(numbers):
    values = [v for _, v in numbers]
    if len(set(values)) < 3:
        return 0, 0
    count = readings = 0
    for extreme in (min(values), max(values)):
        run = 0
        for value in values + [None]:
            if value == extreme:
                run += 1
                continue
            if run >= 3:
                count, readings = count + 1, readings + run
            run = 0
    return count, readings


def resets(numbers):
    values = [v for _, v in numbers]
    pairs = list(zip(values, values[1:]))
    up = sum(b > a for a, b in pairs)
    down = [(a, b) for a, b in pairs if b < a]
    is_counter = values and min(values) >= 0 and up >= 10 and len(down) <= up // 20 and all(b < a / 2 for a, b in down)
    return len(down) if is_counter else 0


def changes(things):
    return sum(a != b for a, b in zip(things, things[1:]))


def health(readings, window, least, period, stale, clock):
    times = [r[0] for r in readings]
    placed, first_full, duplicates, conflicts, unplaced, judged = place(readings, window)
    intervals = intervals_of(placed)
    newest, late = times[0], []
    for time in times:
        if time < newest:
            late.append(newest - time)
        newest = max(newest, time)
    if not period and intervals_of(first_full):
        period = Fraction(median(intervals_of(first_full)))
    expected = filled = gaps = 0
    if period:
        slots = [(t - placed[0][0]) // period for t, _, _ in placed]
        expected = slots[-1] + 1
        filled = len({s for s, p in zip(slots, placed) if p[1] is not None})
        gaps = sum(i > period * Fraction(3, 2) for i in intervals)
    numbers = [(t, v) for t, v, _ in placed if kind(v) == "number"]
    runs = stuck(numbers, least)
    count = len(readings)
    present = [r for r in readings if r[1] is not None]
    age = clock - max(r[0] for r in present) if present else None
    told = [u for _, v, u in readings if v is not None or u is not None]
    return {
        "readings": count,
        "nulls": count - len(present),
        "span": (max(times) - min(times)) / 1000,
        "interval_minimum": min(intervals) / 1000 if intervals else None,
        "interval_maximum": max(intervals) / 1000 if intervals else None,
        "expected": int(expected),
        "filled": filled,
        "gaps": gaps,
        "out_of_order": sum(b < a for a, b in zip(times, times[1:])),
        "late": len(late),
        "late_maximum": max(late) / 1000 if late else None,
        "unplaced": unplaced,
        "duplicates": duplicates,
        "conflicts": conflicts,
        "stuck": len(runs),
        "stuck_readings": sum(len(r) for r in runs),
        "stuck_longest": max(r[-1][0] - r[0][0] for r in runs) / 1000 if runs else None,
        "clipped": clipped(numbers)[0],
        "clipped_readings": clipped(numbers)[1],
        "counter_resets": resets(numbers),
        "unit_changes": changes(told),
        "type_changes": changes([kind(r[1]) for r in present]),
        "age": age / 1000 if age is not None else None,
        "completeness": filled / expected if expected else None,
        "timeliness": None if not stale or age is None else 1 if age <= stale else max(0, 1 - (age - stale) / stale),
        "uniqueness": 1 - duplicates / count,
        "ordering": 1 - sum(b < a for a, b in zip(times, times[1:])) / (count - 1) if count > 1 else None,
    }


def main():
    window, least = int(sys.argv[1]), int(sys.argv[2])
    period, stale = Fraction(sys.argv[3]) * 1000, float(sys.argv[4]) * 1000
    series, newest = {}, 0
    for line in sys.stdin:
        record = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        time = milliseconds(record["timestamp"])
        newest = max(newest, time)
        series.setdefault((record["entity_id"], record["property"]), []).append((time, record["value"], record.get("unit")))
    clock = newest if sys.argv[5] == "-" else milliseconds(sys.argv[5])
    for (entity, name), readings in sorted(series.items()):
        print(json.dumps([entity, name, health(readings, window, least, period, stale, clock)]))


if __name__ == "__main__":
    main()
