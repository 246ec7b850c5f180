#!/usr/bin/env python3
"""check_streams.py SEED - readings of a few series with everything that twin-check counts: late, doubled, contradicting, null, stuck, clipped
and reset, in several shapes of numbers, units and types."""

import random
import sys


def stamp(at):
    text = "2026-03-%02dT%02d:%02d:%02d" % (1 + at // 86400000, at // 3600000 % 24, at // 60000 % 60, at // 1000 % 60)
    return text + (".%03dZ" % (at % 1000) if at % 1000 else "Z")


def shapes(number):
    """One number in different spellings."""
    return random.choice(["%g" % number, "%.3f" % number, "%.1fe0" % number if number == round(number, 1) else "%g" % number])


def values(style, length):
    level = 0
    for i in range(length):
        if style == "counter":
            level = random.choice([level, level + 1, level + 5]) if random.random() > 0.01 else 0
            yield shapes(level)
        elif style == "clipped":
            yield shapes(max(0, min(8, random.randint(-4, 12))))
        elif style == "switch":
            yield random.choice(["true", "false", '"on"'] if random.random() < 0.05 else ["true", "false"])
        else:
            level = level if random.random() < 0.7 else random.randint(-20, 20) / 4
            yield shapes(level)


def series(entity, name, style):
    length = random.choice([1, 2, 5, 40, 200])
    step = random.choice([1000, 250, 60000, 1])
    at, lines = random.randint(0, 3600000), []
    for value in values(style, length):
        at += step * random.choice([1, 1, 1, 1, 1, 2, 7]) if random.random() < 0.95 else random.randint(0, 3) * step // 2
        value = "null" if random.random() < 0.05 else value
        unit = ',"unit":"%s"' % random.choice("CF" if random.random() < 0.02 else "C") if style == "plain" else ""
        lines.append((at, '{"entity_id":"%s","property":"%s","timestamp":"%s","value":%s%s}' % (entity, name, stamp(at), value, unit)))
        if random.random() < 0.08:
            lines.append(random.choice(lines))
    if random.random() < 0.7:
        reach = random.choice([2, 10, 400])
        order = sorted(range(len(lines)), key=lambda i: i + random.random() * reach * (random.random() < 0.3))
        lines = [lines[i] for i in order]
    return [line for _, line in lines]


def main():
    random.seed(int(sys.argv[1]))
    every = []
    for twin in range(random.randint(1, 3)):
        for style in random.sample(["plain", "counter", "clipped", "switch"], random.randint(1, 4)):
            every.append(series("twin-%d" % twin, "a/" + style, style))
    while any(every):
        lines = random.choice([e for e in every if e])
        print(lines.pop(0))


if __name__ == "__main__":
    main()
