"""Runs twin-ingest over the cases of the line-protocol corpus: line_protocol_vectors.py decode.ndjson.gz FOLDER

Each case becomes a file in FOLDER; cases of one precision and default time are read in one call. A case that must be refused has to be
rejected in part, one that must not has to give exactly the readings expected.
"""
import base64
import collections
import datetime
import gzip
import json
import os
import subprocess
import sys

PRECISIONS = {"1ns": ("ns", 1), "1µs": ("us", 10**3), "1ms": ("ms", 10**6), "1s": ("s", 10**9)}


def time_text(nanoseconds):
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def escape(text, special):
    return "".join("\\" + c if c in special else c for c in text)


def entity(point):
    tags = sorted(point["tags"], key=lambda tag: tag["key"].encode())
    return escape(point["name"], ",") + "".join(
        "," + escape(tag["key"], ",=") + "=" + escape(tag["value"], ",=") for tag in tags
    )


def same_value(want, got):
    (kind, value), = want.items()
    if kind in ("int", "uint"):
        return type(got) is int and got == value
    if kind == "float":
        return type(got) in (int, float) and float(got) == value
    return type(got) is type(value) and got == value


def same_readings(points, readings):
    wanted = [(point, field) for point in points for field in point["fields"]]
    if len(wanted) != len(readings):
        return False
    return all(
        reading["entity_id"] == entity(point)
        and reading["property"] == field["key"].replace("~", "~0").replace("/", "~1")
        and reading["timestamp"] == time_text(point["time"])
        and same_value(field["value"], reading["value"])
        for (point, field), reading in zip(wanted, readings)
    )


def run(group, names, folder):
    precision, default = group
    command = ["twin-ingest", "-f", "influx", "--precision", PRECISIONS[precision][0], "--now", time_text(default), "-e", "reading,rejected"]
    done = subprocess.run(command + ["--", *names], cwd=folder, capture_output=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"status {done.returncode}: {done.stderr.decode()}")
    readings, rejected = collections.defaultdict(list), set()
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if record.get("type") == "rejected":
            rejected.add(record["source"])
        else:
            readings[record["origin"].rsplit(":", 1)[0]].append(record)
    return readings, rejected


def main(corpus, folder):
    groups = collections.defaultdict(list)
    with gzip.open(corpus, "rt") as lines:
        for number, line in enumerate(lines):
            case = json.loads(line)
            text = case["input"]["text"]
            name = f"{number}"
            with open(os.path.join(folder, name), "wb") as file:
                file.write(base64.b64decode(text["binary"]) if isinstance(text, dict) else text.encode())
            groups[case["input"]["precision"], case["input"]["defaultTime"]].append((name, case))
    count = failed = 0
    for group, cases in groups.items():
        readings, rejected = run(group, [name for name, _ in cases], folder)
        for name, case in cases:
            count += 1
            if case["output"].get("error"):
                good = name in rejected
            else:
                good = name not in rejected and same_readings(case["output"]["result"], readings[name])
            if not good:
                failed += 1
                print(f"case {case['input']['key']}: {case['input']['text']!r}: expected {case['output']}, came {readings[name]}")
    print(f"{count} cases, {failed} failed")
    sys.exit(1 if failed or not count else 0)


main(*sys.argv[1:])
