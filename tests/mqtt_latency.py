#!/usr/bin/env python3
"""Publishes numbers one after the other and measures how long each takes to come out of a pipeline.

    mqtt_latency.py COUNT LOG PATTERN PUBLISHER PIPELINE

PIPELINE is started; when a line of LOG has PATTERN, it has subscribed. Then 0 to COUNT are written to PUBLISHER, each when the one before
has come out of the pipeline as the property x of a change; 0, for which PUBLISHER connects, is not measured. The pipeline ends by itself.
Prints the median, the 99th percentile and the longest time in milliseconds. The status is 1 when a number does not come out, and when
the 99th percentile is above 100: any single one may have waited for a busy machine.
"""
import json
import signal
import subprocess
import sys
import time


def wait_for(path, pattern):
    while True:
        with open(path, encoding="utf-8") as log:
            if pattern in log.read():
                return
        time.sleep(0.005)


def main():
    count, log, pattern, publisher, pipeline = sys.argv[1:]
    signal.alarm(30)  # of nothing that comes any more
    changes = subprocess.Popen(["bash", "-c", pipeline], stdout=subprocess.PIPE)
    wait_for(log, pattern)
    numbers = subprocess.Popen(["bash", "-c", publisher], stdin=subprocess.PIPE)
    times = []
    for number in range(int(count) + 1):
        begin = time.monotonic()
        numbers.stdin.write(b"%d\n" % number)
        numbers.stdin.flush()
        line = changes.stdout.readline()
        times.append((time.monotonic() - begin) * 1000)
        if not line or json.loads(line)["properties"]["x"] != number:
            sys.exit(f"number {number} did not come out, but {line!r}")
    numbers.stdin.close()
    if numbers.wait() or changes.wait():
        sys.exit("the pipeline failed")
    times = sorted(times[1:])
    late = times[len(times) * 99 // 100]
    print(f"median {times[len(times) // 2]:.2f} ms, 99 % within {late:.2f} ms, longest {times[-1]:.2f} ms")
    sys.exit(late > 100)


main()
