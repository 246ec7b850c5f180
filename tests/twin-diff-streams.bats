#!/usr/bin/env bats
# twin-diff --streams: which readings belong together, what is missing, extra or different, and where two recordings part.

load helper

setup() {
	scratch
}

# reading SECOND VALUE [PROPERTY [MEMBERS]]: of twin a; SECOND may have a fraction.
reading() {
	local whole=${1%.*} fraction=
	[[ $1 == *.* ]] && fraction=.${1#*.}
	printf '{"entity_id":"a","property":"%s","timestamp":"2026-03-01T%02d:%02d:%02d%sZ","value":%s%s}\n' \
		"${3:-x}" $((12 + whole / 3600)) $((whole / 60 % 60)) $((whole % 60)) "$fraction" "$2" "${4:+,$4}"
}

# measures FILTER [option ...]: of the summary of all, as the jq filter asks.
measures() {
	local filter=$1
	shift
	twin-diff --streams -e summary "$@" >.summary
	jq -c "select(has(\"property\") | not) | .measures | $filter" .summary
}

@test "two recordings that say the same differ in nothing, whatever the order of their lines" {
	for i in 1 2 3 4; do reading "$i" "$i.50"; done >a
	for i in 3 1 4 2; do reading "$i.25" "$i.5"; done >b
	run -0 twin-diff --streams -e diff a b
	same </dev/null
}

@test "missing, extra and different readings are records with their times" {
	{
		reading 0 1
		reading 10 2
		reading 20 3
	} >a
	{
		reading 0.5 1
		reading 15 9
		reading 20 4
	} >b
	run -1 twin-diff --streams -e diff a b
	same <<'END'
{"type":"diff","entity_id":"a","path":"x","timestamp":"2026-03-01T12:00:10Z","op":"remove","from":2,"from_metadata":{"timestamp":"2026-03-01T12:00:10Z"}}
{"type":"diff","entity_id":"a","path":"x","timestamp":"2026-03-01T12:00:15Z","op":"add","to":9,"to_metadata":{"timestamp":"2026-03-01T12:00:15Z"}}
{"type":"diff","entity_id":"a","path":"x","timestamp":"2026-03-01T12:00:20Z","op":"replace","from":3,"to":4,"from_metadata":{"timestamp":"2026-03-01T12:00:20Z"},"to_metadata":{"timestamp":"2026-03-01T12:00:20Z"}}
END
}

@test "a summary of each property has its counts, differences and clocks" {
	for i in 0 1 2 3 4 5 6 7; do reading "$i" "$i"; done >a
	for i in 0 1 2 4 5 6 7; do reading "$i.25" "$((i == 4 ? 8 : i))"; done >b
	run -1 twin-diff --streams -e summary a b
	[ "$(jq -c 'select(.property == "x") | .measures | [.readings_from, .readings_to, .pairs, .missing, .extra, .different,
		.beyond, .difference_maximum, .clock_offset, .within == 6/7, .difference_rms == (16/7 | sqrt)]' <<<"$output")" = \
		"[8,7,7,1,0,1,0,4,0.25,true,true]" ]
}

@test "no two readings further apart than --within are a pair" {
	reading 0 1 >a
	reading 2 1 >b
	run -1 twin-diff --streams -q -e diff a b
	run -0 twin-diff --streams --within 2s -e diff a b
}

@test "a lost reading does not shift those behind it" {
	for i in 0 1 2 3 4 5; do reading "$i" "$i"; done >a
	for i in 0 2 3 4 5; do reading "$i.3" "$i"; done >b
	run -1 twin-diff --streams --within 900ms -e diff a b
	[ "$(jq -c '[.op, .from]' <<<"$output")" = '["remove",1]' ]
}

@test "what is later than the other recording has come is not compared, but with --to-end" {
	for i in 0 1 2 3 4 5; do reading "$i" 1; done >a
	for i in 0 1 2; do reading "$i" 1; done >b
	run -0 twin-diff --streams -e diff a b
	[ "$(measures '[.beyond_from, .until]' a b)" = '[3,"2026-03-01T12:00:02Z"]' ]
	run -1 twin-diff --streams --to-end -e diff a b
	[ "${#lines[@]}" -eq 3 ]
}

@test "a tolerance in deviations holds against those of the baseline" {
	for i in {0..59}; do reading "$i" 10; done >a
	for i in {0..59}; do reading "$i" $((i >= 45 ? 17 : i == 40 ? 30 : i % 2 ? 11 : 9)); done >b
	run -1 twin-diff --streams --tolerance x=5sd --baseline 30s -F text a b
	same <<'END'
first: x at 12:00:45 (6.9 sd)
x: 60 pairs, 16 different (by 20 at most, RMS 4.433), 46.66 % within
END
}

@test "one difference is no divergence, so many as --sustain says are one" {
	for i in {0..9}; do reading "$i" 1; done >a
	for i in {0..9}; do reading "$i" $((i == 3 || i > 5 && i < 8 ? 2 : 1)); done >b
	run -1 twin-diff --streams -e event a b
	same </dev/null
	run -1 twin-diff --streams --sustain 2 -e event a b
	[ "$(jq -c '[.event, .property, .timestamp]' <<<"$output")" = '["divergence","x","2026-03-01T12:00:06Z"]' ]
}

@test "recordings of different days are compared from their starts" {
	for i in 0 1 2 3; do reading "$i" "$i"; done >a
	sed 's/2026-03-01/2026-05-17/' a >b
	run -1 twin-diff --streams -q -e diff a b
	run -0 twin-diff --streams --align start -e diff a b
	same </dev/null
}

@test "a clock that is off is set by what both recordings hold" {
	for i in {0..20}; do reading "$i" $((i * i % 23 + i)); done >a
	for i in {0..20}; do reading "$((i + 47)).5" $((i * i % 23 + i)); done >b
	run -1 twin-diff --streams -q -e diff a b
	run -0 twin-diff --streams --align offset -e diff a b
	[ "$(measures .shift --align offset a b)" = -47.5 ]
}

@test "clocks of recordings without anything in common cannot be set" {
	reading 0 1 >a
	reading 5 2 >b
	run -2 twin-diff --streams --align offset a b
	[[ $output == *"clocks cannot be aligned"* ]]
}

@test "anchors are compared once, at the newest time that both have reached" {
	{
		reading 0 '"auto"' mode
		reading 1 5 speed
		reading 30 '"manual"' mode
	} >a
	{
		reading 2 '"auto"' mode
		reading 9 7 speed
	} >b
	run -0 twin-diff --streams --anchor mode -e diff a b
	run -1 twin-diff --streams --anchor mode --anchor speed -e diff a b
	[ "$(jq -c '[.path, .from, .to]' <<<"$output")" = '["speed",5,7]' ]
}

@test "events are compared with --type event" {
	event() {
		printf '{"type":"event","entity_id":"a","timestamp":"2026-03-01T12:00:%02dZ","event":"%s","severity":"%s"}\n' "$@"
	}
	{
		event 1 alert warning
		event 5 stale warning
		event 9 alert error
	} >a
	{
		event 1 alert warning
		event 9 alert warning
	} >b
	run -1 twin-diff --streams --type event -e diff a b
	[ "$(jq -c '[.path, .op, .from.severity, .to.severity]' <<<"$output")" = '["alert","replace","error","warning"]
["stale","remove","warning",null]' ]
}

@test "random recordings are compared as by a slow model of the rules" {
	needs python3
	run -0 python3 "$TWIN_ROOT/tests/model/diff_streams.py" 200
	same </dev/null
}

@test "the fault of a chemical plant shows first where it began" {
	require_data recorded/chemical-plant/d00_te.csv.gz recorded/chemical-plant/d01_te.csv.gz
	local folder=${data%/*} run tolerances=()
	for run in d00_te d01_te; do
		twin-ingest -q --no-origin --time t_min --time-format 1-min --time-start 2026-03-01 --entity-id plant \
			"$folder/$run.csv.gz" >"$run"
	done
	for run in {1..41}; do tolerances+=(--tolerance "XMEAS$run=5sd"); done
	for run in {1..11}; do tolerances+=(--tolerance "XMV$run=5sd"); done
	run -1 twin-diff --streams --baseline 8h "${tolerances[@]}" -F text d00_te d01_te
	[[ ${lines[0]} == "first: XMEAS20 at 08:06 (5.0 sd), then XMV5 +12m, "* ]]
}
