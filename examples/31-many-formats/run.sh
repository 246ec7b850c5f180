#!/bin/sh
# The same readings of two cold rooms from three sides: a gateway's SenML, a database's line protocol, and what mosquitto_sub heard,
# in degrees Fahrenheit and with a message that came twice. Each gives the same state, and so do all together. Arguments go to twin-sync.
set -eu
cd "$(dirname "$0")"

senml() { twin-ingest -q --no-origin -m model.json rooms.senml; }
lines() { twin-ingest -q --no-origin -m model.json --entity-id '{room}' --unit temperature=degC --unit humidity=%RH rooms.lp; }
messages() {
	twin-ingest -q --no-origin -m model.json --topic 'cold-store/+entity/+' --unit temperature=degF --unit humidity=1 messages.ndjson
}

state=$(senml | twin-sync -q)
[ "$(lines | twin-sync -q)" = "$state" ] || { echo "line protocol gives another state than SenML" >&2; exit 1; }
[ "$(messages | twin-sync -q)" = "$state" ] || { echo "messages give another state than SenML" >&2; exit 1; }

[ $# -gt 0 ] || set -- -F table
{ messages; senml; lines; } | twin-sync -q "$@"
