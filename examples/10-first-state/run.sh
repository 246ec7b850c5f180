#!/bin/sh
# From a CSV file to twins: no options, no mapping; columns and times are found out. Arguments go to twin-sync.
set -eu
cd "$(dirname "$0")"

[ $# -gt 0 ] || set -- -F table
twin-ingest -q ../rig.csv | twin-sync "$@"
