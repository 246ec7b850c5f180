#!/bin/sh
# A gas turbine whose recording has no time at all, only rows that are known to be hours: the mapping says so, and when the first one was.
# Without that the file would be refused, since times are never made up in silence. Arguments go to twin-sync.
set -eu
cd "$(dirname "$0")"
map=$PWD/map.json
data=${TWIN_TEST_DATA:-}/recorded/gas-turbine
[ -d "$data" ] || { echo "needs recorded/gas-turbine under TWIN_TEST_DATA" >&2; exit 77; }

[ $# -gt 0 ] || set -- -F table
twin-ingest -q --map "$map" "$data"/gt_2011.csv.gz | twin-sync -q "$@"
