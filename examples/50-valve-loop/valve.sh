#!/bin/sh
# Stands in for a valve: reads deltas, one a line, and moves towards the position that is desired, 25 % in ten seconds by its own clock. It
# says where it is in its own words, and answers with a record, on descriptor 3, what it will not do.
set -eu
position=0 seconds=0

report() {
	seconds=$((seconds + 10))
	printf '{"time":"2026-03-01T12:00:%02dZ","position":%d}\n' "$seconds" "$position"
}

refuse() { # command
	seconds=$((seconds + 20))
	printf '{"entity_id":"valve-7","property":"position","timestamp":"2026-03-01T12:00:%02dZ","value":%d,%s}\n' \
		"$seconds" "$position" "\"ack\":{\"command_id\":\"$1\",\"code\":409,\"message\":\"beyond the stop\"}" >&3
}

while IFS= read -r delta; do
	case $delta in
	*'"position":'[0-9]*) ;;
	*) continue ;;
	esac
	wanted=${delta#*'"position":'}
	wanted=${wanted%%[!0-9]*}
	command=${delta#*'"command_id":"'}
	command=${command%%\"*}
	if [ "$wanted" -gt 90 ]; then
		refuse "$command"
		continue
	fi
	while [ "$position" -ne "$wanted" ]; do
		step=$((wanted - position))
		[ "$step" -le 25 ] || step=25
		[ "$step" -ge -25 ] || step=-25
		position=$((position + step))
		report
	done
done
