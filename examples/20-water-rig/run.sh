#!/bin/sh
# Runs of a water circulation rig, one file each, in several folders: one call reads them all, and each run is a twin named after its
# folder and file. Columns that say what is known to be wrong become labels, never readings. Arguments go to twin-sync.
set -eu
cd "$(dirname "$0")"
export COLUMNS=80
map=$PWD/map.json
data=${TWIN_TEST_DATA:-}/recorded/water-rig
[ -d "$data" ] || { echo "needs recorded/water-rig under TWIN_TEST_DATA" >&2; exit 77; }

[ $# -gt 0 ] || set -- -F table
twin-ingest -q --map "$map" "$data"/*/*.csv | twin-sync -q "$@"
