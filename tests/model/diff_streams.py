#!/usr/bin/env python3
"""A second opinion on twin-diff --streams: the rules of twin-diff(1) written down once more, slowly, and random recordings for both.

    diff_streams.py ROUNDS

Writes two recordings into the current folder, runs twin-diff on them and compares its records with what follows from the rules; nothing
is printed where they agree."""

import json
import random
import subprocess
import sys


def time_text(ms):
    return "2026-03-01T12:%02d:%02d.%03dZ" % (ms // 60000, ms // 1000 % 60, ms % 1000)


def time_of(record):
    if record is None:
        return None
    _, minute, second = record["timestamp"][11:-1].split(":")
    return int(minute) * 60000 + round(float(second) * 1000)


def settle(chain, within):
    """Of all ways to pair neighbours the one with the largest sum of (within - distance), the earlier pair where two are alike."""
    best, takes = [0] * (len(chain) + 1), [False] * (len(chain) + 1)
    for k in range(2, len(chain) + 1):
        (a_side, a), (b_side, b) = chain[k - 2], chain[k - 1]
        distance = b[0] - a[0]
        # The sum is first, the number of pairs second.
        worth = (within - distance) * 10**6 + 1 if a_side != b_side and distance <= within else 0
        takes[k] = worth > 0 and best[k - 2] + worth > best[k - 1]
        best[k] = best[k - 2] + worth if takes[k] else best[k - 1]
    pairs, k = [], len(chain)
    while k > 0:
        count = 2 if takes[k] else 1
        ends = dict(chain[k - count : k])
        pairs.append((ends.get("a"), ends.get("b")))
        k -= count
    return pairs[::-1]


def pair(a, b, within):
    pairs, chain = [], []
    a, b = list(a), list(b)
    while a or b:
        if a and b and a[0][0] == b[0][0]:
            pairs += settle(chain, within) + [(a.pop(0), b.pop(0))]
            chain = []
        elif not b or (a and a[0][0] < b[0][0]):
            chain.append(("a", a.pop(0)))
        else:
            chain.append(("b", b.pop(0)))
    return pairs + settle(chain, within)


def expect(recordings, within, tolerance, sustain):
    a, b = recordings
    until = min(max(time for series in side.values() for time, _ in series) for side in recordings)
    diffs, diverged = [], []
    for name in sorted(set(a) | set(b)):
        run = []
        is_found = False
        for left, right in pair(a.get(name, []), b.get(name, []), within):
            if left and right:
                if abs(left[1] - right[1]) <= tolerance:
                    run = []
                    continue
                diffs.append(("replace", name, left[0], right[0]))
                run.append(left[0])
                if len(run) == sustain and not is_found:
                    is_found = True
                    diverged.append((run[0], name))
            elif (left or right)[0] <= until:
                diffs.append(("remove", name, left[0], None) if left else ("add", name, None, right[0]))
    return diffs, sorted(diverged)


def answer(within, tolerance, sustain):
    command = ["twin-diff", "--streams", "-e", "diff,event", "--within", "%dms" % within, "--sustain", str(sustain)]
    for name in "xyz":
        command += ["--tolerance", "%s=%s" % (name, tolerance)]
    done = subprocess.run(command + ["a", "b"], stdout=subprocess.PIPE, check=False)
    diffs, diverged = [], []
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if record["type"] == "diff":
            diffs.append((record["op"], record["path"], time_of(record.get("from_metadata")), time_of(record.get("to_metadata"))))
        else:
            diverged.append((time_of(record), record["property"]))
    return diffs, diverged, done.returncode


def make_recordings():
    recordings = [{}, {}]
    for side, path in zip(recordings, ("a", "b")):
        for name in "xyz"[: random.randint(1, 3)]:
            times = random.sample(range(0, 600000, random.choice([1, 100, 500])), random.randint(1, 40))
            side[name] = [(time, random.randint(0, 6) / 2) for time in sorted(times)]
        lines = [
            '{"entity_id":"e","property":"%s","timestamp":"%s","value":%s}\n' % (name, time_text(time), value)
            for name, series in side.items()
            for time, value in series
        ]
        random.shuffle(lines)
        with open(path, "w", encoding="ascii") as file:
            file.writelines(lines)
    return recordings


def main():
    for seed in range(int(sys.argv[1])):
        random.seed(seed)
        recordings = make_recordings()
        rules = random.choice([0, 300, 1000, 5000, 30000]), random.choice([0, 0.5, 1]), random.randint(1, 3)
        diffs, diverged = expect(recordings, *rules)
        if answer(*rules) != (diffs, diverged, 1 if diffs else 0):
            sys.exit("seed %d: within %d ms, tolerance %s, sustain %d" % ((seed,) + rules))


main()
