#!/usr/bin/env bats
# The examples: each prints what stands beside it as `expected`, and what they print is true, worked out here with other tools.

load helper

# It would cut the tables that are compared.
unset COLUMNS

# states NAME: runs the example for its states as NDJSON; a run that lacks its recorded data (77) skips the test with its reason.
states() {
	run --separate-stderr sh "$TWIN_ROOT/examples/$1/run.sh" -F ndjson
	[[ $status -ne 77 ]] || skip "${stderr##*$'\n'}"
	[[ $status -eq 0 ]] || { echo "status $status: $stderr"; return 1; }
}

# Lines `twin property value`, sorted, of the states that the last `run` printed.
shown_values() {
	jq -r '.entity_id as $twin | .properties | paths(type != "object") as $path |
		[$twin, ($path | join("/")), (getpath($path) | tostring)] | @tsv' <<<"$output" | sort
}

# numbers: the third column of tab-separated lines as jq prints numbers, so that 1.50 and 1.5 compare equal.
numbers() {
	jq -rR 'split("\t") | [.[0], .[1], (.[2] | tonumber | tostring)] | @tsv' | sort
}

@test "the pump station is the one that its generator makes" {
	awk -f "$TWIN_ROOT/examples/rig.awk" >rig.csv
	cmp rig.csv "$TWIN_ROOT/examples/rig.csv"
}

@test "every example prints what is expected of it" {
	count=0 failed=
	for folder in "$TWIN_ROOT"/examples/[0-9][0-9]-*/; do
		name=$(basename "$folder")
		count=$((count + 1))
		status=0
		sh "$folder/run.sh" >"$name.out" 2>"$name.err" || status=$?
		case $status in
		0) diff -u "$folder/expected" "$name.out" || failed+=" $name" ;;
		77) echo "# skipped $name: $(tail -n 1 "$name.err")" >&3 ;;
		*) failed+=" $name (status $status: $(cat "$name.err"))" ;;
		esac
	done
	echo "failed:${failed:- none}, of $count"
	[[ -z $failed ]]
	((count > 0))
}

@test "every example has its expected output beside it" {
	for folder in "$TWIN_ROOT"/examples/[0-9][0-9]-*/; do
		[[ -f $folder/run.sh && -s $folder/expected ]] || { echo "$folder"; false; }
	done
}

@test "the state of the pump station holds the last cell of every column" {
	states 10-first-state
	shown_values >got
	awk -F, -v OFS='\t' 'NR == 1 { split($0, name, ","); next }
		{ for (i = 3; i <= NF; i++) if ($i != "") last[$2 OFS name[i]] = $i }
		END { for (key in last) print key, last[key] }' "$TWIN_ROOT/examples/rig.csv" |
		jq -rR 'split("\t") | [.[0], .[1], (.[2] | fromjson | tostring)] | @tsv' | sort >want
	diff -u want got
	(($(wc -l <want) == 11))
}

@test "the state of the water rig holds the last row of each of its runs" {
	require_data recorded/water-rig
	states 20-water-rig
	shown_values >got
	runs=("$data"/*/*.csv)
	for file in "${runs[@]}"; do
		awk -F';' -v OFS='\t' -v twin="$(basename "$(dirname "$file")")-$(basename "$file" .csv)" '
			BEGIN { split("vibration_1 vibration_2 current pressure temperature thermocouple voltage flow", name, " ") }
			FNR > 1 && $1 > newest { newest = $1; row = $0 }
			END { split(row, cell, ";"); for (i = 1; i <= 8; i++) print twin, name[i], cell[i + 1] }' "$file"
	done | numbers >want
	diff -u want got
	(($(wc -l <want) == 8 * ${#runs[@]}))
}

@test "the state of each turbofan engine is its last cycle" {
	require_data recorded/turbofan
	states 21-turbofan
	shown_values >got
	for set in 1 2 3 4; do
		gzip -dc "$data/train_FD00$set.txt.gz" | awk -v OFS='\t' -v set="$set" '
			$2 > cycle[$1] { cycle[$1] = $2; row[$1] = $0 }
			END {
				for (unit in row) {
					split(row[unit], cell, " ")
					for (i = 3; i <= 26; i++)
						print "train_FD00" set "-" unit, i < 6 ? "setting_" i - 2 : "sensor_" i - 5, cell[i]
				}
			}'
	done | numbers >want
	diff -u want got | head -n 20
	cmp want got
	(($(wc -l <want) > 10000))
}

@test "the state of each server metric is its newest value" {
	require_data recorded/nab/data
	states 22-server-metrics
	jq -r '[.entity_id, (.properties.value | tostring), .timestamp] | @tsv' <<<"$output" | sort >got
	for file in "$data"/realAWSCloudwatch/*.csv "$data"/realKnownCause/*.csv; do
		awk -F, -v OFS='\t' -v twin="$(basename "$file" .csv)" '
			FNR > 1 && $1 > newest { newest = $1; value = $2 }
			END { sub(/ /, "T", newest); print twin, value, newest "Z" }' "$file"
	done | jq -rR 'split("\t") | [.[0], (.[1] | tonumber | tostring), .[2]] | @tsv' | sort >want
	diff -u want got
	(($(wc -l <want) == 13))
}

@test "where a server metric has many values at one time, the one with the largest canonical form is the state, in any order" {
	require_data recorded/nab/data/realKnownCause/ec2_request_latency_system_failure.csv
	# The clocks were set forward in it, and all values of that hour carry the same time.
	twin-ingest -q --map "$TWIN_ROOT/examples/22-server-metrics/map.json" "$data" >readings
	tied=$(jq -r .timestamp readings | sort | uniq -d)
	[[ $tied == 2014-03-09T03:00:00Z ]]
	grep -F "\"$tied\"" readings >tie
	(($(wc -l <tie) == 12))
	twin-sync -q tie >there
	tac tie | twin-sync -q >back
	cmp there back
	# Canonical: the digits as a whole number without zeros at its end, then the power of ten.
	grep -F '2014-03-09 03:00:00,' "$data" | cut -d, -f2 | awk '
		{ digits = $1; places = length(digits) - index(digits, "."); sub(/\./, "", digits)
		  while (digits ~ /0$/) { sub(/0$/, "", digits); places-- }
		  print digits "e-" places, $1 }' | sort | tail -n 1 | cut -d' ' -f2 >want
	jq -r .properties.value there | cmp - want
}

@test "the gas turbine's rows are hours, and its state is the last of them" {
	require_data recorded/gas-turbine
	states 23-gas-turbine
	shown_values >got
	gzip -dc "$data"/gt_2011.csv.gz | awk -F, -v OFS='\t' '
		NR == 1 { next }
		{ row = $0 }
		END {
			split("ambient/temperature ambient/pressure ambient/humidity air_filter_pressure_drop exhaust_pressure " \
			      "turbine_inlet_temperature turbine_after_temperature compressor_discharge_pressure energy_yield co nox", name, " ")
			split(row, cell, ",")
			for (i = 1; i <= 11; i++)
				print "gas-turbine", name[i], cell[i]
		}' | numbers >want
	diff -u want got
}

@test "the sessions in the README print what they show" {
	needs script
	ln -s "$TWIN_ROOT/examples" examples
	# Indented lines: `$ ` and a command, then what it prints. Messages are left out, since they come when they come.
	awk '/^    \$ / { n++; print substr($0, 7) >("command." n); printf "" >("want." n); inside = 1; blank = 0; next }
		inside && /^$/ { blank = 1; next }
		!/^    / { inside = 0 }
		!inside { next }
		{ sub(/^    /, "") }
		/^twin-[a-z]*: / { next }
		blank { print "" >("want." n); blank = 0 }
		{ print >("want." n) }' "$TWIN_ROOT/README.md"
	[[ -f command.5 ]]
	for ((i = 1; ; i++)); do
		[[ -f command.$i ]] || break
		TERM=dumb script -qec "{ $(cat command.$i); } 2>/dev/null" /dev/null </dev/null | tr -d '\r' >got
		diff -u "want.$i" got
	done
}

@test "the demo runs from end to end without a terminal, and shows tables" {
	sh "$TWIN_ROOT/examples/demo.sh" 1 >out 2>err
	[[ $(grep -c '  -$' out) == 2 && $(grep '  -$' out | sort -u | wc -l) == 1 ]]
	grep -q '^pump-2  unknown  confidence 1  2026-03-01T06:29:50Z$' out
	grep -q '06:20:00Z  pump-2  flow       99.5  refused: stale$' out
	grep -q 'desired false (differs)$' out
	grep -q '^  load/1m ' out
}
