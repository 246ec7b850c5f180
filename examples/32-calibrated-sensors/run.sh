#!/bin/sh
# A logger writes what its inputs measure: ohm, mA, and what a thermometer says in degrees Fahrenheit. The model knows what they stand
# for. A wire breaks, the sensor is replaced by one of another kind, a current and a temperature cannot be. Arguments go to twin-sync.
set -eu
cd "$(dirname "$0")"

[ $# -gt 0 ] || set -- -F table -e change,state
twin-ingest -q --map map.json -m model.json logger.csv | twin-sync -q -m model.json "$@"
