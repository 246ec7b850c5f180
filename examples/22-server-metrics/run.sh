#!/bin/sh
# Metrics of servers, one file each: a time without a zone, which the mapping says is UTC, and a value. Where clocks were changed some
# times stand there more than once; the state still is the same for any order. Arguments go to twin-sync.
set -eu
cd "$(dirname "$0")"
map=$PWD/map.json
data=${TWIN_TEST_DATA:-}/recorded/nab/data
[ -d "$data" ] || { echo "needs recorded/nab under TWIN_TEST_DATA" >&2; exit 77; }

[ $# -gt 0 ] || set -- -F table
twin-ingest -q --map "$map" "$data"/realAWSCloudwatch/*.csv "$data"/realKnownCause/*.csv | twin-sync -q "$@"
