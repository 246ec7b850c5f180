#!/usr/bin/env python3
"""same_readings - whether what came out of a store is what went into it

    same_readings.py IN OUT

Both hold readings as NDJSON, one form of text for one reading. OUT must hold each distinct reading of IN once, with the smallest of its
origins (file name, then line), and those of each series in the order of time. Prints how many readings went in, how many are distinct,
and how many of those are conflicts: of a series that says something else at the same time too.
"""
import re
import sys

ORIGIN = re.compile(rb',"origin":"((?:[^"\\]|\\.)*):([0-9]+)"')
TIME = b',"timestamp":"'


def parts(line):
    """The reading without its origin; and that as it is ordered."""
    found = ORIGIN.search(line)
    if not found:
        return line, None
    return line[:found.start()] + line[found.end():], (found[1], int(found[2]))


def place(line):
    """The series, and a time that is ordered as text."""
    series, _, rest = line.partition(TIME)
    return series, rest[:rest.index(b'"')].rstrip(b"Z")


def read_in(path):
    readings, count = {}, 0
    with open(path, "rb") as lines:
        for line in lines:
            reading, origin = parts(line)
            before = readings.setdefault(reading, origin)
            if origin is not None and (before is None or origin < before):
                readings[reading] = origin
            count += 1
    return readings, count


def fail(what, line):
    sys.exit(f"{what}: {line.decode().rstrip()}")


def check_out(path, readings):
    """Takes each line of it out of the readings."""
    newest, times, conflicts = {}, {}, 0
    with open(path, "rb") as lines:
        for line in lines:
            reading, origin = parts(line)
            series, time = place(line)
            if reading not in readings:
                fail("came out and did not go in, or twice", line)
            if readings.pop(reading) != origin:
                fail("has another origin", line)
            if newest.get(series, time) > time:
                fail("is behind a later one", line)
            same = times.get(series, 0) + 1 if newest.get(series) == time else 1
            newest[series], times[series] = time, same
            conflicts += 0 if same == 1 else 2 if same == 2 else 1
    return conflicts


def main():
    readings, count = read_in(sys.argv[1])
    distinct = len(readings)
    conflicts = check_out(sys.argv[2], readings)
    for reading in readings:
        fail("did not come out", reading)
    print(count, "readings,", distinct, "distinct,", conflicts, "in conflict")


main()
