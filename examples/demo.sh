#!/bin/sh
# demo.sh - shows the tools at work: on this machine, and on a recorded pump station. `make demo` builds them and runs it.
#
# demo.sh [SECONDS]: how long to record this machine, 5 when not said.
# What is printed behind a `$` is what is run, nothing else.
set -eu

seconds=${1:-5}
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=${TWIN_BUILD:-$root/build}:$PATH
export PATH
command -v twin-sync >/dev/null || { echo "demo.sh: no twin-sync in $PATH: run 'make' first" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
cd "$work"
ln -s "$root/examples" examples

if [ -t 1 ]; then
	table=
else
	table=' -F table' # on a terminal that is the default
fi
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	bold=$(printf '\033[1m') faint=$(printf '\033[2m') plain=$(printf '\033[0m')
else
	bold='' faint='' plain=''
fi

title() {
	printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

# run WHY COMMAND: one line of explanation, the command, what it prints.
run() {
	printf '\n%s# %s%s\n%s$ %s%s\n' "$faint" "$1" "$plain" "$bold" "$2" "$plain"
	sh -c "$2"
}

title 'This machine'
run 'A few seconds of this machine, from /proc and /sys: one reading a line.' \
	"sh examples/machine.sh $seconds > machine.csv"
run 'What was recorded, the first lines of it.' \
	'head -n 5 machine.csv'
run 'Cells become readings, and readings a twin: the newest value of every property.' \
	"twin-ingest machine.csv | twin-sync$table"

title 'A pump station'
run 'Half an hour of two pumps and a tank, a row each ten seconds.' \
	'head -n 4 examples/rig.csv'
run 'The same two programs, for three twins: what the columns are is found out, and said.' \
	"twin-ingest examples/rig.csv | twin-sync$table"
run 'Between the programs there is one JSON object a line, for jq, grep and you.' \
	'twin-ingest -q examples/rig.csv > rig.ndjson; head -n 3 rig.ndjson'
run 'The order of arrival does not matter: shuffled, the state is the same...' \
	'shuf rig.ndjson | twin-sync -q | sha256sum'
run '...and shuffled again, it is the same to the last byte.' \
	'shuf rig.ndjson | twin-sync -q | sha256sum'

run 'What has gaps, is stuck or comes late in a recording...' \
	"twin-check$table rig.ndjson"
run '...and which readings stand out.' \
	"twin-select -P vibration --sort -value --limit 3$table rig.ndjson"

title 'Late, and wanted'
run 'A reading of twenty past six arrives when it is half past.' \
	"echo '{\"entity_id\":\"pump-2\",\"property\":\"flow\",\"timestamp\":\"2026-03-01T06:20:00Z\",\"value\":99.5}' > late.ndjson"
run 'It does not become the state, and is not lost either: -e refused says why.' \
	"twin-sync -e refused$table rig.ndjson late.ndjson"
run 'Pump-2 shakes, and its bearing is hot: somebody wants it stopped.' \
	"echo '{\"type\":\"desired\",\"entity_id\":\"pump-2\",\"timestamp\":\"2026-03-01T06:30:00Z\",\"properties\":{\"running\":false}}' > stop.ndjson"
run 'What is wanted stands beside what is.' \
	"twin-sync -E pump-2$table rig.ndjson stop.ndjson"
run 'Fifty seconds after its last word the station counts as stale, and confidence falls.' \
	"twin-sync --now 2026-03-01T06:30:40Z --stale-after 45s$table rig.ndjson"

title 'Kept, and asked again'
run 'All of it goes into a store: the twins, and every record that was ever said of them.' \
	'twin-sync -q -s plant.twin -o states.ndjson rig.ndjson late.ndjson'
run 'How was pump-2 ten minutes before the end, with all that is known today?' \
	"twin-get -s plant.twin --at 2026-03-01T06:20Z$table pump-2"
run 'Why does its flow say that? What set the value, and what that beat.' \
	"twin-get -s plant.twin --why --at 2026-03-01T06:20Z --limit 3 -P flow$table pump-2"
run 'Somebody wants it stopped.' \
	"twin-set -q -s plant.twin --now 2026-03-01T06:30:00Z --command-id stop-2 pump-2 running=false"
run 'What is still to be done.' \
	"twin-get -s plant.twin -e delta$table"
echo
