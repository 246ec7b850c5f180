#!/bin/sh
# What does not become the state, and why: late, doubled, contradicting and impossible readings. Arguments go to twin-sync.
set -eu
cd "$(dirname "$0")"

[ $# -gt 0 ] || set -- -e refused,state
twin-sync -q --max-future 1h --entities known "$@" readings.ndjson
