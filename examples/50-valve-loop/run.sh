#!/bin/sh
# A valve behind a broker of MQTT is told where to go, and whoever told it waits until it is there, or learns that it will not go:
#
#	twin-set -> store -> twin-get --follow -> broker -> valve -> broker -> twin-ingest | twin-sync -> store -> twin-set --wait
#
# The broker listens on a socket in a folder of its own. Arguments go to twin-get, which shows what the store has in the end.
set -eu
cd "$(dirname "$0")"
for tool in mosquitto mosquitto_pub mosquitto_sub; do
	command -v "$tool" >/dev/null || {
		echo "$tool is not installed" >&2
		exit 77
	}
done

here=$PWD
room=$(mktemp -d)
jobs=
trap 'kill $jobs 2>/dev/null || :; wait; rm -rf "$room"' EXIT
trap 'exit 1' HUP INT TERM
cd "$room"
mkfifo deltas orders positions answers readings refusals

# Both end with the process that they become. What the broker keeps it gives to whoever comes later.
publish() { # topic
	exec mosquitto_pub --unix broker -q 1 -r -l -t "plant/valve-7/$1"
}

subscribe() { # topic format
	exec mosquitto_sub --unix broker -q 1 -t "plant/+/$1" -F "$2"
}

printf 'listener 0 broker\nallow_anonymous true\nuser %s\n' "$(id -un)" >broker.conf
mosquitto -c broker.conf >broker.log 2>&1 &
broker=$!
jobs=$broker
until mosquitto_pub --unix broker -t up -n 2>/dev/null; do
	kill -0 "$broker" 2>/dev/null || {
		cat broker.log >&2
		exit 1
	}
	sleep 0.05 # between two looks
done

# The store knows the valve from before.
echo '{"entity_id":"valve-7","property":"position","timestamp":"2026-03-01T11:59:00Z","value":0}' |
	twin-sync -q -s plant.twin -o /dev/null

# From the store to the valve: what is desired and not reported, as it becomes so.
twin-get -s plant.twin --follow --changes-since 1 -e delta >deltas &
jobs="$jobs $!"
publish delta <deltas &
jobs="$jobs $!"

# The valve.
subscribe delta %p >orders &
jobs="$jobs $!"
sh "$here/valve.sh" <orders >positions 3>answers &
jobs="$jobs $!"
publish reading <positions &
jobs="$jobs $!"
publish answer <answers &
jobs="$jobs $!"

# From the valve to the store: what it reports in its own words, and its answers, which are records.
subscribe reading %j >readings &
jobs="$jobs $!"
twin-ingest -q --topic 'plant/+entity/reading' <readings | twin-sync -q -s plant.twin -o /dev/null &
jobs="$jobs $!"
subscribe answer %p >refusals &
jobs="$jobs $!"
twin-sync -q -s plant.twin -o /dev/null <refusals &
jobs="$jobs $!"

tell_valve() { # second command position
	echo "position=$3"
	twin-set -s plant.twin -o record --now "2026-03-01T12:00:$1Z" --command-id "$2" --wait --timeout 1m valve-7 "position=$3" 2>&1 ||
		echo "status $?"
}
tell_valve 00 c1 75
tell_valve 40 c2 95
[ $# -gt 0 ] || set -- -F table
twin-get -s plant.twin "$@"
