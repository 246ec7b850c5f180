# What is measured of merging: sourced by run.sh, whose functions and variables are used here.
# shellcheck shell=bash disable=SC2154

# snapshot REPLICA TWINS - states of five properties with their metadata, of which each replica has changed one in a hundred.
snapshot() {
	awk -v replica="$1" -v twins="$2" 'BEGIN {
		for (twin = 0; twin < twins; twin++) {
			properties = metadata = ""
			for (i = 0; i < 5; i++) {
				changed = (twin * 5 + i) % 100 == replica
				time = sprintf("2026-03-01T12:%02d:0%dZ", changed, replica)
				if (!changed) time = "2026-03-01T12:00:00Z"
				comma = i ? "," : ""
				properties = properties sprintf("%s\"p%d\":%.1f", comma, i, (twin * 7 + i) % 1000 / 10 + (changed ? replica + 1 : 0))
				metadata = metadata sprintf("%s\"p%d\":{\"timestamp\":\"%s\",\"sensor_id\":\"s%d\"}", comma, i, time, i)
			}
			printf "{\"type\":\"state\",\"entity_id\":\"twin-%07d\",\"timestamp\":\"2026-03-01T12:01:0%dZ\",\"properties\":{%s},\"sync_status\":\"unknown\",\"confidence_score\":1,\"metadata\":{%s}}\n", twin, replica, properties, metadata
		}
	}'
}

# shellcheck disable=SC2016
jq_merge='reduce inputs as $state ({}; reduce ($state.properties | keys_unsorted[]) as $p (.;
		if (.[$state.entity_id][$p].timestamp // "") < $state.metadata[$p].timestamp
		then .[$state.entity_id][$p] = {timestamp: $state.metadata[$p].timestamp, value: $state.properties[$p]} else . end))
	| to_entries[] | .key as $e | .value | to_entries[] | [$e, .key, .value.timestamp, (.value.value | tostring)] | join("\t")'

merge_rows() { "$build/twin-merge" -q "$@" | states_to_rows; }
jq_merge_rows() { jq -nr "$jq_merge" "$@"; }

contest_merge() {
	[[ -x $build/twin-merge ]] || return 0
	local replica snapshots=() starts=()
	printf '\n== merge: three snapshots of %s twins x 5, each with 1%% of its own: answers for the first thousandth\n' "$twins"
	for replica in 0 1 2; do
		snapshots+=("$dir/snapshot-$twins.$replica")
		starts+=("$dir/snapshot-start.$replica")
		make_file "${snapshots[replica]}" snapshot $replica "$twins"
		head -n $((twins / 1000)) "${snapshots[replica]}" >"${starts[replica]}"
	done
	rm -f "$answers"/merged*
	answer merged twin-merge merge_rows "${starts[2]}" "${starts[0]}" "${starts[1]}"
	has jq && answer merged jq jq_merge_rows "${starts[@]}"
	printf '\n'
	start_contest '== merge: time'
	entry 'twin-merge A B C' 1 feed_nothing 1 "$build/twin-merge" -q "${snapshots[@]}"
	entry 'twin-merge --base A A B C' 1 feed_nothing 1 "$build/twin-merge" -q --base "${snapshots[0]}" "${snapshots[@]}"
	run_contest "$rounds"
	print_contest seconds
	awk -v seconds="$(median 0)" -v properties=$((15 * twins)) 'BEGIN {
		if (seconds > 0) printf "  %.2f million properties/s\n", properties / seconds / 1e6 }'
}
