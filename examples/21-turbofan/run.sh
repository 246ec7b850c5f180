#!/bin/sh
# Aircraft engines run to failure: columns between blanks, no header, flights counted instead of a clock. Each engine of each file is a
# twin; what is shown is its last flight. Arguments go to twin-sync; without any the first lines of the table are shown.
set -eu
cd "$(dirname "$0")"
map=$PWD/map.json
data=${TWIN_TEST_DATA:-}/recorded/turbofan
[ -d "$data" ] || { echo "needs recorded/turbofan under TWIN_TEST_DATA" >&2; exit 77; }

if [ $# -gt 0 ]; then
	twin-ingest -q --map "$map" "$data"/train_FD00?.txt.gz | twin-sync -q "$@"
else
	twin-ingest -q --map "$map" "$data"/train_FD00?.txt.gz | COLUMNS=80 twin-sync -q -F table | head -n 12
fi
