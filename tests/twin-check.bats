#!/usr/bin/env bats
# twin-check: what is counted, how it is measured, against which model, and what is saved of damaged files.

# shellcheck disable=SC2016,SC2094 # single quotes around expressions; functions that look like writing what they read

load helper

# measure FILE JQ: of the records in FILE, compact.
measure() {
	jq -c "$2" "$1"
}

# reading SECOND VALUE [MEMBERS]: of property x of twin a.
reading() {
	printf '{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:%02d:%02dZ","value":%s%s}\n' $(($1 / 60)) $(($1 % 60)) "$2" "${3:+,$3}"
}

# The measures of the one series in the readings on standard input, as the jq filter asks.
series() { # filter [options]
	local filter=$1
	shift
	twin-check "$@" - >.health || return
	measure .health "select(.property) | .measures | $filter"
}

@test "each series, each source and all of it have a summary record, in the order of their names" {
	cat >in <<'END2'
{"entity_id":"b","property":"y","timestamp":"2026-03-01T12:00:00Z","value":1,"unit":"m"}
{"entity_id":"a","property":"z","timestamp":"2026-03-01T12:00:00Z","value":1,"sensor_id":"s","seq":1}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":"on"}
{"type":"event","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","event":"alert"}
END2
	twin-check in >out
	run -0 measure out '[.type,.entity_id,.property,.by.sensor_id,.unit,.measures.readings]'
	same <<'END2'
["summary","a","x",null,null,1]
["summary","a","z",null,null,1]
["summary","b","y",null,"m",1]
["summary",null,null,"s",null,1]
["summary",null,null,null,null,3]
END2
	[[ $(measure out 'select(.entity_id or .by | not).measures | [.twins,.series,.sources,.ignored]') == '[2,3,1,1]' ]]
}

@test "the counters are those of a slow plain program that keeps everything, on random late, doubled and broken-off streams" {
	needs python3
	for seed in {1..24}; do
		local window=$((seed % 3 == 0 ? 4 : seed % 3 == 1 ? 30 : 512)) stuck=$((2 + seed % 5)) period=$((seed % 4 == 0))
		python3 "$TWIN_ROOT/tests/model/check_streams.py" "$seed" >in
		python3 "$TWIN_ROOT/tests/model/check_model.py" "$window" "$stuck" "$period" 120 - <in >want
		jq -nc --argjson period "$period" '[inputs | select(.property) | .property] | unique |
			{properties: map({(.): (if $period == 1 then {interval: "1s"} else {} end)}) | add}' <in >model.json
		twin-check -m model.json --window "$window" --stuck "$stuck" --stale-after 120s in >out
		jq -nr --slurpfile got out '
			($got | map(select(.property)) | map({key: (.entity_id + " " + .property), value: .measures}) | from_entries) as $got |
			def near($a; $b): $a == $b or ($a != null and $b != null and ($a - $b | fabs) <= 1e-9 * ([$b | fabs, 1] | max));
			inputs as [$twin, $property, $want] | $want | to_entries[] |
			select(near($got[$twin + " " + $property][.key]; .value) | not) |
			"seed \($ENV.seed): \($twin) \($property) \(.key): \($got[$twin + " " + $property][.key]), not \(.value)"' want >differences
		[[ ! -s differences ]] || { echo "seed $seed"; cat differences; return 1; }
	done
}

@test "the same input gives the same bytes for any number of threads, also from a pipe" {
	needs python3
	for seed in {30..60}; do python3 "$TWIN_ROOT/tests/model/check_streams.py" "$seed"; done >some
	for _ in {1..40}; do cat some; done >in
	[[ $(stat -c %s in) -gt 4194304 ]]
	twin-check -j 1 in >one
	twin-check -j 3 in >three
	# shellcheck disable=SC2002 # a pipe is meant
	cat in | twin-check -j 2 >pipe
	cmp one three
	cmp one pipe
}

@test "data quality comes out exactly as in the reference case" {
	require_data reference/validate-data-quality/expected.json
	case=${data%/*}
	jq -c 'def stamp: (floor | todate | rtrimstr("Z")) +
			((. - floor) * 1e6 | round | if . == 0 then "" else . / 1e6 | tostring | ltrimstr("0") end) + "Z";
		.twin as $twin | .time as $time | .values | to_entries[] |
		{entity_id: $twin, property: .key, timestamp: ($time | stamp), value}' "$case/input.ndjson" >in
	jq '{properties: .signals | map_values({type: "number", range: [.min, .max]} +
		(if .unit then {unit} else {} end) + (if .period_s then {interval: "\(.period_s)s"} else {} end)),
		consistency: (.rules // [])}' "$case/config.json" >model.json
	twin-check -m model.json --now "@$(jq .now "$case/config.json")" --stale-after "$(jq .stale_after_s "$case/config.json")s" in >out
	jq -S 'select(.property).measures | {records: .readings, duplicates, out_of_order, null_values: .nulls, out_of_range,
		expected_slots: .expected, filled_slots: .filled, completeness, validity, uniqueness, ordering, age_s: .age, timeliness,
		largest_gap_s: .gap_largest, sync_status: .status}' out >got
	jq -S 'with_entries(select(.key | endswith("_note") | not))' "$case/expected.json" >want
	jq -n --slurpfile got got --slurpfile want want '$got == $want' | grep -qx true || { diff got want; return 1; }
}

@test "gaps are longer than one and a half periods, and the largest says where it begins" {
	{ reading 0 1; reading 10 2; reading 25 3; reading 35 4; reading 51 5; reading 61 1; } | series '[.gaps,.gap_largest,.gap_begin,.period]' >got
	[[ $(cat got) == '[1,16,"2026-03-01T12:00:35Z",10]' ]]
}

@test "a late reading fills the gap it belongs to" {
	{ reading 0 1; reading 10 1; reading 40 2; reading 20 3; reading 30 4; } |
		series '[.gaps,.late,.late_maximum,.late_p50,.out_of_order,.completeness,.unplaced]' >got
	[[ $(cat got) == '[0,2,20,15,1,1,0]' ]]
	{ reading 0 1; reading 10 1; reading 40 2; reading 50 2; reading 20 3; reading 30 4; } | series '[.unplaced,.interval_maximum]' --window 1 >got
	[[ $(cat got) == '[2,30]' ]]
}

@test "duplicates have the same value and unit at the same time however they are spelled, conflicts another" {
	{ reading 0 1; reading 0 1.0; reading 0 10e-1; reading 0 1 '"unit":"m"'; reading 10 '"\u0061"'; reading 10 '"a"'
		reading 20 '{"b":1,"a":[2]}'; reading 20 '{"a":[2.0],"b":1}'; reading 30 9007199254740993; reading 30 9007199254740992; } |
		series '[.duplicates,.conflicts,.uniqueness]' >got
	[[ $(cat got) == '[4,2,0.6]' ]]
}

@test "changes of unit and type are counted in the order of arrival, nulls left out" {
	{ reading 0 1 '"unit":"C"'; reading 1 null; reading 2 2 '"unit":"F"'; reading 3 '"x"' '"unit":"F"'; reading 4 3; } |
		series '[.unit_changes,.type_changes,.nulls]' >got
	[[ $(cat got) == '[2,2,1]' ]]
}

@test "a stuck sensor, a clipped one and a counter that begins anew are found" {
	for i in {0..30}; do reading "$i" $((i < 10 || i > 21 ? i : 10)); done | series '[.stuck,.stuck_readings,.stuck_longest,.stuck_begin]' >got
	[[ $(cat got) == '[1,12,11,"2026-03-01T12:00:10Z"]' ]]
	for i in {0..20}; do reading "$i" $((i % 7 > 3 ? 4 : i % 7)); done | series '[.clipped,.clipped_readings,.minimum,.maximum]' >got
	[[ $(cat got) == '[3,9,0,4]' ]]
	for i in {0..50}; do reading "$i" $((i % 30)); done | series '.counter_resets' >got
	[[ $(cat got) == 1 ]]
	# What falls and rises is no counter, unless the model says so.
	for i in {0..50}; do reading "$i" $((i % 3)); done >saw
	[[ $(series .counter_resets <saw) == 0 ]]
	echo '{"properties":{"x":{"counter":true}}}' >model.json
	[[ $(series .counter_resets -m model.json <saw) == 16 ]]
}

@test "clocks of sources are measured against the time of receipt, and jumps are found" {
	for i in {0..19}; do
		printf '{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:%02dZ","value":1,"sensor_id":"s","received":"2026-03-01T12:%02d:%02d.5Z"}\n' \
			"$i" $((i < 10 || i == 12 ? 0 : 1)) $((i == 7 ? 59 : i))
	done >in
	twin-check in >out
	run -0 measure out 'select(.by).measures | [.clock_offset_minimum,.clock_offset_median,.clock_offset_maximum,.clock_jumps,.clock_jump_largest]'
	[[ $output == '[0.5,52.5,60.5,1,60]' ]]
	twin-check --clock-jump 2m in >out
	[[ $(measure out 'select(.by).measures.clock_jumps') == 0 ]]
}

@test "missing sequence numbers are counted for each source, late ones are not missing, and a restart is one" {
	seq_reading() { reading "$1" "$1" "\"seq\":$2,\"sensor_id\":\"$3\""; }
	{ seq_reading 0 10 s; seq_reading 1 11 s; seq_reading 2 14 s; seq_reading 3 13 s; seq_reading 4 20 s; seq_reading 5 0 s
		seq_reading 6 5 t; seq_reading 7 3 s; seq_reading 8 6 t; reading 9 9 '"seq":1'; reading 10 9 '"seq":3'; } >in
	twin-check in >out
	run -0 measure out 'select(.by) | [.entity_id,.by.sensor_id,.measures.seq_gaps,.measures.seq_missing,.measures.seq_restarts]'
	same <<'END2'
["a","",1,1,0]
[null,"s",3,8,1]
[null,"t",0,0,0]
END2
	[[ $(measure out 'select(.entity_id or .by | not).measures | [.seq_gaps,.seq_missing,.seq_restarts]') == '[4,9,1]' ]]
}

@test "a model tells what is of the wrong type, in the wrong unit, out of range, unknown or missing, and for which twin" {
	cat >model.json <<'END2'
{"applies_to":["a*"],"properties":{"x":{"type":"number","unit":"m","range":[0,5]},"need":{"required":true}}}
END2
	{ reading 0 1 '"unit":"m"'; reading 1 '"x"' '"unit":"m"'; reading 2 9 '"unit":"m"'; reading 2 9.0 '"unit":"m"'; reading 3 0.002 '"unit":"km"'
		reading 4 null; reading 5 1; } >in
	echo '{"entity_id":"a","property":"odd","timestamp":"2026-03-01T12:00:00Z","value":1}' >>in
	sed 's/"a"/"b"/' in >>in.b && cat in.b >>in
	twin-check -m model.json in >out
	run -0 measure out 'select(.differs) | [.entity_id, .differs]'
	same <<'END2'
["a",[{"path":"odd","reason":"unknown-property"},{"path":"x","reason":"wrong-type","count":1,"timestamp":"2026-03-01T12:00:01Z","line":2},{"path":"x","reason":"wrong-unit","count":1,"timestamp":"2026-03-01T12:00:03Z","line":5},{"path":"x","reason":"out-of-range","count":1,"timestamp":"2026-03-01T12:00:02Z","line":3},{"path":"need","reason":"missing"}]]
END2
	[[ $(measure out 'select(.property == "x" and .entity_id == "a").measures | [.validity, .wrong_type, .wrong_unit, .out_of_range]') == '[0.6,1,1,1]' ]]
	[[ $(measure out 'select(.property == "x" and .entity_id == "b").measures | [.validity, .wrong_type]') == '[null,null]' ]]
	[[ $(measure out 'select(.entity_id or .by | not).measures | [.unknown_properties, .missing_required, .quality]') == '[1,1,0]' ]]
}

@test "a unit is right in any spelling of the model's" {
	echo '{"properties":{"x":{"unit":"degC"}}}' >model.json
	{ reading 0 1 '"unit":"degC"'; reading 1 2 '"unit":"Cel"'; reading 2 3 '"unit":"°C"'; reading 3 3; reading 4 3 '"unit":"K"'; reading 5 3 '"unit":"mystery"'; } |
		series '[.wrong_unit, .unit_changes]' -m model.json >got
	[[ $(cat got) == '[2,5]' ]]
}

@test "values are compared with the range and in conditions in the model's unit, or not at all" {
	echo '{"properties":{"x":{"unit":"bar","range":[0,10]}},"consistency":["x < 5"]}' >model.json
	run -0 series '[.wrong_unit, .out_of_range, .validity, .consistency]' -m model.json < <(reading 0 200 '"unit":"kPa"')
	[[ $output == '[1,0,1,1]' ]]
	run -0 series '[.wrong_unit, .out_of_range, .validity, .consistency]' -m model.json < <(reading 0 9 '"unit":"MPa"')
	[[ $output == '[1,1,0,0]' ]]
	# 1000 what?
	for unit in degC mystery; do
		run -0 series '[.wrong_unit, .out_of_range, .validity, .consistency]' -m model.json < <(reading 0 1000 "\"unit\":\"$unit\"")
		[[ $output == '[1,0,1,null]' ]]
	done
	run -0 series '[.wrong_unit, .out_of_range, .validity, .consistency]' -m model.json < <(reading 0 1000)
	[[ $output == '[0,1,0,0]' ]]
}

@test "consistency is checked once for each time of a twin, on its newest values, readings of one time together" {
	at() { printf '{"entity_id":"m","property":"%s","timestamp":"2026-03-01T12:00:%02dZ","value":%s}\n' "$2" "$1" "$3"; }
	echo '{"consistency":["abs(P - V * I) < 0.05 * P","bearing.temperature < 90"]}' >model.json
	# Time 0: P comes before what explains it. 10: V alone is new. 20: a late one changes nothing.
	{ at 0 P 20; at 0 V 10; at 0 I 2; at 10 V 5; at 20 I 4; at 5 V 99; at 20 bearing~1temperature 3; at 21 bearing/temperature 95; } >in
	sed -i 's,bearing~1temperature,bearing/temperature,' in
	twin-check -m model.json in >out
	[[ $(measure out 'select(.property == "P").measures.consistency') == 0.6666666666666666 ]]
	[[ $(measure out 'select(.property == "bearing/temperature").measures.consistency') == 0.5 ]]
	[[ $(measure out 'select(.entity_id or .by | not).measures.consistency') == 0.6 ]]
	twin-check in >out
	[[ $(measure out 'select(.property == "P").measures.consistency') == null ]]
}

@test "conditions that mix units are an error at the start, and paths that nobody knows are told at the end" {
	reading 0 1 >in
	echo '{"consistency":["abs(p - v * i) < 0.05 * p"],"properties":{"p":{"unit":"kW"},"v":{"unit":"V"},"i":{"unit":"A"}}}' >model.json
	for program in check sync ingest; do
		run -2 --separate-stderr "twin-$program" -m model.json in
		[[ -z $output ]]
		[[ $stderr == "twin-$program: model 'model.json': consistency: 'abs(p - v * i) < 0.05 * p': column 7: cannot subtract from kW what is in V.A: write convert(..., 'V.A', 'kW')" ]]
	done
	echo '{"consistency":["abs(x - zzz.a) < 1 or x > y"],"properties":{"y":{}}}' >model.json
	run -0 --separate-stderr twin-check -m model.json in
	[[ $stderr == 'twin-check: consistency: neither the model nor a reading has zzz/a' ]]
	run -0 --separate-stderr twin-check -q -m model.json in
	[[ -z $stderr ]]
}

@test "no output takes the place of the model, nor of one that it extends" {
	mkdir models
	echo '{}' >models/base.json
	echo '{"extend":"base.json"}' >models/pump.json
	reading 0 1 >in
	for program in check ingest; do
		for options in '-o models/pump.json' '-o models/base.json' "-e rejected=models/base.json" '--rejects models/pump.json'; do
			# shellcheck disable=SC2086 # two words
			TWIN_MODEL_PATH=models run -2 --separate-stderr "twin-$program" -m pump $options in
			[[ $stderr == "twin-$program: '${options##*[ =]}' is an input: write to another file and rename it" ]]
		done
	done
	[[ $(cat models/*) == '{}'$'\n''{"extend":"base.json"}' ]]
}

@test "timeliness falls from 1 to 0 between once and twice stale_after, by --now or the newest of all" {
	reading 0 1 >in
	reading 60 1 | sed 's/"x"/"y"/' >>in
	[[ $(twin-check --stale-after 30s in | measure - 'select(.property).measures | [.age,.timeliness,.status]' | tr '\n' ' ') == \
		'[60,0,"stale"] [0,1,"synchronized"] ' ]]
	[[ $(twin-check --stale-after 50s --now 2026-03-01T12:01:10Z in | measure - 'select(.property).measures.timeliness' | tr '\n' ' ') == '0.6 1 ' ]]
	[[ $(twin-check in | measure - 'select(.property).measures | [.timeliness,.status]' | head -n 1) == '[null,"unknown"]' ]]
}

@test "the recording conforms to the model that is suggested from it, which twin-sync reads too" {
	needs python3
	for seed in {1..12}; do
		python3 "$TWIN_ROOT/tests/model/check_streams.py" "$seed" >in
		twin-check --suggest-model in >model.json
		jq -e '.properties | length > 0' model.json >/dev/null
		twin-sync -q -m model.json --enforce -e refused in >refused
		run -0 jq -r 'select(.input.value != null and (.reason | test("stale|duplicate|conflict|outranked") | not))' refused
		[[ -z $output ]]
		run -0 twin-check -m model.json --window 8 -e summary=out --fail-if \
			'measures.unknown_properties + measures.wrong_type + measures.wrong_unit + measures.out_of_range > 0' in
		[[ -z $output ]]
		[[ $(jq -c 'select(.differs | length > 0).differs' out) == '' ]]
	done
}

@test "a suggested model has ranges rounded outward, and says nothing that varies" {
	{ for i in {0..20}; do reading $((i * 10)) "2$((i % 3)).$((i % 7))"; done; reading 300 '21.0'; } | twin-check --suggest-model >got
	same got <<'END2'
{
  "properties": {
    "x": {"type": "number", "range": [19.7, 22.9], "interval": "10s", "stale_after": "2m50s", "deadband": 0.5}
  }
}
END2
	{ reading 0 1 '"unit":"C"'; reading 1 '"x"' '"unit":"F"'; } | twin-check --suggest-model | jq -c .properties >got
	[[ $(cat got) == '{"x":{"type":"any","interval":"1s","stale_after":"4s"}}' ]]
}

@test "of empty input a model is written that is one, and a summary where --fail-if asks" {
	run -0 --separate-stderr twin-check --suggest-model - </dev/null
	[[ $(jq -c . <<<"$output") == '{"properties":{}}' && -z $stderr ]]
	run -0 --separate-stderr twin-check - </dev/null
	[[ -z $output ]]
	run -1 --separate-stderr twin-check --fail-if 'measures.readings < 1' - </dev/null
	[[ $(jq -c .measures.readings <<<"$output") == 0 ]]
}

@test "--fail-if names the first ten that it is true of, and counts the others" {
	for i in {1..15}; do reading 1 1 | sed "s/\"a\"/\"twin-$i\"/"; done >in
	run -1 --separate-stderr twin-check -o out --fail-if 'measures.readings < 100' in
	[[ $(grep -c '^twin-check: --fail-if is true of [at]' <<<"$stderr") -eq 10 ]]
	[[ $stderr == *"--fail-if is true of 6 more" ]]
	[[ $(wc -l <out) -eq 16 ]]
}

@test "--fail-if exits with 1, names what it is true of, and writes all the same" {
	{ reading 0 1; reading 0 1; } >in
	run -1 --separate-stderr twin-check --fail-if 'measures.uniqueness < 0.9' in
	[[ $stderr == "twin-check: --fail-if is true of a x"$'\n'"twin-check: --fail-if is true of all" && ${#lines[@]} -eq 2 ]]
	run -0 --separate-stderr twin-check --fail-if 'measures.uniqueness < 0.2' in
	[[ -z $stderr ]]
	echo broken >>in
	run -3 twin-check -q --fail-if 'measures.uniqueness < 0.9' in
	run -1 --separate-stderr twin-check --fail-if 'measures.readings < 1' /dev/null
	run -2 twin-check --fail-if 'measures. < 3' in
	says 'column 11'
}

@test "--fail-if never passes for a slip in the name of a measure, or for one that is not taken" {
	reading 0 1 >in
	run -2 --separate-stderr twin-check --fail-if 'quality < 0.99' in
	says 'twin-check: --fail-if: no summary has quality: did you mean measures.quality?'
	run -2 --separate-stderr twin-check --fail-if 'measures.unqueness < 0.9' in
	says 'no summary has measures.unqueness: did you mean measures.uniqueness?'
	run -2 --separate-stderr twin-check --fail-if 'colour == "red"' in
	says $'no summary has colour\n'
	run -2 --separate-stderr twin-check -q --fail-if 'measures.missing_required > 0' in
	says '--fail-if: no record has measures.missing_required'
	echo '{}' >model.json
	run -0 --separate-stderr twin-check -q -m model.json --fail-if 'measures.missing_required > 0' in
	[[ -z $stderr ]]
	for measure in $(twin-check -F csv in | head -n 1 | tr , '\n' | tail -n +5); do
		run -0 twin-check -q --fail-if "false and exists(measures.$measure)" in
	done
	for measure in $(twin-check -m model.json in | jq -r '.measures | keys[]'); do
		run -0 twin-check -q -m model.json --fail-if "measures[\"$measure\"] == \"no such\"" in
	done
}

@test "input of another format, and a selection that leaves out all, are told of" {
	reading 0 1 >in
	printf '%s\n' time,x 1,2 >foreign
	run -3 --separate-stderr twin-check -F table foreign
	[[ $stderr == *$'\n'"twin-check: no line holds a record: twin-ingest makes them of other formats" && $output == '2 lines rejected' ]]
	run -3 --separate-stderr twin-check -q foreign
	[[ $stderr != *twin-ingest* ]]
	run -3 --separate-stderr twin-check in foreign
	[[ $stderr != *twin-ingest* ]]
	run -0 --separate-stderr twin-check -P nosuch -F table in
	[[ -z $output && $stderr == 'twin-check: -E, -P, --from and --to leave out all of the input' ]]
	run -0 --separate-stderr twin-check --where 'value > 1' in
	[[ -z $output && $stderr == 'twin-check: --where leaves out all of the input' ]]
	run -0 --separate-stderr twin-check /dev/null
	[[ -z $output && -z $stderr ]]
}

@test "bad lines, a missing last newline and a compressed file that is cut off are counted, and what can be read is" {
	reading 0 1 >whole
	{ reading 1 1; echo '{"half":'; printf %s "$(reading 2 1)"; } >unfinished
	for i in {1..3000}; do reading $((i % 3600)) "$((i * 7919 % 1000))"; done | gzip >whole.gz
	head -c $(($(stat -c %s whole.gz) / 2)) whole.gz >cut.gz
	run -3 --separate-stderr twin-check -e summary=out unfinished cut.gz whole
	says "cannot read 'cut.gz': gzip data is cut off; what stands before is checked"
	[[ $(measure out 'select(.entity_id or .by | not).measures | [.unfinished,.damaged]') == '[1,1]' ]]
	readings=$(measure out 'select(.entity_id or .by | not).measures.readings')
	[[ $readings -gt 1000 && $readings -lt 3003 ]]
	run -3 --separate-stderr twin-check -j 3 -e summary=out3 unfinished cut.gz whole
	cmp out out3
}

# damage FILE AT: breaks some bytes.
damage() {
	printf 'damage\377\377damage' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "--recover keeps the good lines of plain, gzip and zstd files, before the damage and from the next member on" {
	needs zstd
	for i in {1..4000}; do reading $((i % 3600)) "$((i * 7919 % 1000)).$i"; done >a
	sed 's/"x"/"y"/' a >b
	gzip -k a b
	zstd -q a b
	for end in gz zst; do
		half=$(($(stat -c %s "a.$end") / 2))
		head -c "$half" "a.$end" >"cut.$end"
		run -3 --separate-stderr twin-check --recover "got-$end" "cut.$end"
		says "cut.$end: "
		says "nothing behind it can be read"
		kept=$(wc -l <"got-$end")
		head -n "$kept" a | cmp - "got-$end"
		[[ $kept -gt 1000 ]]

		# Cut, and another one behind it.
		cat "cut.$end" "b.$end" >two
		run -3 --separate-stderr twin-check -q --recover got two
		says "reading goes on at byte $half"
		tail -n 4000 got | cmp - b
		head -n 1000 got | cmp - <(head -n 1000 a)
	done
	# zstd has checksums and blocks that do not depend on each other's bytes being right: all before the damage is exact.
	cp a.zst broken.zst && damage broken.zst $((half + 100)) && cat b.zst >>broken.zst
	run -3 --separate-stderr twin-check --recover got.gz broken.zst
	says "damaged in 1 place"
	[[ $stderr == *place ]]
	gzip -dc got.gz | grep -cF '"y"' | grep -qx 4000
	gzip -dc got.gz | grep -F '"x"' >first
	head -n "$(wc -l <first)" a | cmp - first

	{ head -n 3 a; echo 'no record'; printf '\0\0\0\n'; tail -n 2 a; } | head -c -10 >plain
	run -3 --separate-stderr twin-check --recover got --rejects bad plain
	says "plain:4: expected a JSON object at byte 1"
	says "4 lines kept, 3 lost"
	says "bytes), no damage"
	{ head -n 3 a; tail -n 2 a | head -n 1; } | cmp - got
	[[ $(wc -l <bad) -eq 3 ]]
	run -0 --separate-stderr twin-check --recover got a b.gz b.zst
	says "12000 lines kept, 0 lost"
	cat a b b | cmp - got
	run -2 --separate-stderr twin-check --recover got --rejects got plain
	[[ $stderr == "twin-check: 'got' is what --recover writes: name another file for --rejects" ]]
	ln got same
	run -2 --separate-stderr twin-check --recover got --rejects same plain
	for options in '-o other' '-e rejected=other' '-e summary'; do
		# shellcheck disable=SC2086 # two words
		run -2 --separate-stderr twin-check --recover got $options plain
		[[ ${stderr_lines[0]} == 'twin-check: --recover names the file that it writes: leave out -o and -e' && ! -e other ]]
	done
	run -2 --separate-stderr twin-check --recover a a
	[[ $(wc -l <a) -eq 4000 ]]
}

@test "SIGUSR1 and --every write summaries on the way, which change nothing of those at the end" {
	for i in {0..35}; do reading "$i" "$i"; done >in
	twin-check in >plain
	twin-check --every 10s in >often
	[[ $(grep -c '"twins"' often) -eq 4 ]]
	tail -n 2 often | cmp - plain
	mkfifo pipe
	twin-check --now live --explain <pipe >live 2>said 3>&- &
	local check=$!
	exec 7>pipe
	cat in >&7
	until grep -q clock said; do :; done # from here on it takes signals
	# A summary that has come says that all before has been read.
	until grep -q '"readings":36' live; do kill -USR1 "$check"; done
	exec 7>&-
	wait "$check"
	[[ $(grep -c '"twins"' live) -ge 2 ]]
}

@test "a table has a bar and a note for each series, CSV a column for each measure" {
	{ reading 0 1; reading 10 2; reading 20 2; reading 50 3; reading 50 3; } >in
	run -0 twin-check -F table in
	same <<'END2'
ENTITY  PROPERTY  READINGS  INTERVAL  COMPLETE       UNIQUE  NOTE
a       x                5       10s  █████▎··  66%     80%  1 gap (largest 30s), 1 duplicate
1 twin, 1 series, 5 readings over 50s, quality 73%
1 gap (largest 30s), 1 duplicate
END2
	twin-check -F csv in >got
	[[ $(head -n 1 got | tr , '\n' | grep -c .) -eq $(awk -F, 'NR == 2 { print NF }' got) ]]
	[[ $(sqlite3 :memory: -cmd '.mode csv' -cmd '.import got t' 'select readings, filled, gap_largest from t where property = "x"') == 5,4,30 ]]
}

@test "on a narrow screen the bar goes before the note, and the note keeps its first part" {
	for i in {0..40}; do reading $((i + (i >= 20 ? 10 : 0) + (i >= 40 ? 10 : 0))) "$((i * 7919 % 1000))" | sed 's/"x"/"bearing_temperature"/; s/"a"/"pump-station-1"/'; done >in
	COLUMNS=80 run -0 twin-check -F table in
	same <<'END2'
ENTITY          PROPERTY             READINGS  COMPLETE  NOTE
pump-station-1  bearing_temperature        41       67%  2 gaps (largest 11s)
1 twin, 1 series, 41 readings over 1m, quality 83%
2 gaps (largest 11s)
END2
	COLUMNS=40 run -0 twin-check -F table in
	same <<'END2'
EN…  PR…  READINGS  COMPLETE  NOTE
p…1  b…e        41       67%  2 gaps (l…
1 twin, 1 series, 41 readings over 1m, quality 83%
2 gaps (largest 11s)
END2
}

@test "what is measured is what is selected" {
	{ reading 0 1; reading 10 2; reading 40 3; reading 50 4 | sed 's/"a"/"b"/'; } >in
	[[ $(series '[.readings,.minimum]' --from 2026-03-01T12:00:10Z --to 2026-03-01T12:00:50Z <in) == '[2,2]' ]]
	[[ $(series '[.readings,.minimum]' -E b <in) == '[1,4]' ]]
	[[ $(series '[.readings,.minimum]' --where 'value < 3' <in) == '[2,1]' ]]
	[[ -z $(series '[.readings,.minimum]' -P y <in) ]]
}

# figures FILE: series, readings, nulls and the longest time between two readings of a series, as sqlite3 finds them.
figures() {
	sed 's/.*"entity_id":"\([^"]*\)","property":"\([^"]*\)","timestamp":"\([^"]*\)","value":\([^,}]*\).*/\1\t\2\t\3\t\4/' "$1" >rows.tsv
	sqlite3 :memory: <<'END2'
create table r (e text, p text, t text, v text);
.mode tabs
.import rows.tsv r
.mode list
select count(distinct e || char(9) || p), count(*), sum(v = 'null') from r;
select round(max(s - b), 3) from (select s, lag(s) over (partition by e, p order by s) as b
	from (select e, p, strftime('%s', t) + cast('0' || substr(t, 20) as real) as s from r));
END2
}

@test "all recordings of machines go through, with the figures that sqlite3 finds" {
	needs sqlite3
	require_data recorded/water-rig recorded/turbofan recorded/nab recorded/transformer recorded/fleet-maintenance recorded/gas-turbine \
		recorded/milling recorded/battery recorded/chemical-plant recorded
	turbofan=(--columns "unit,cycle,s1,s2,s3,$(seq -s, -f m%g 1 21)" --time cycle --time-format cycle --entity-id '{stem}/{unit}')
	ingest() {
		sets=$((sets + 1))
		twin-ingest -q --no-origin -e reading "$@" >"in.$sets"
	}
	sets=0
	ingest --entity-id '{dir}/{stem}' --label anomaly,changepoint "$data"/water-rig/*/*.csv
	ingest "${turbofan[@]}" "$data/turbofan/test_FD001.txt.gz"
	ingest "$data"/nab/data/real*/*.csv
	ingest "$data/transformer/ETTh1.csv.gz"
	for file in errors failures maint; do ingest "$data/fleet-maintenance/PdM_$file.csv"; done
	ingest --time row:1h --time-start 2011-01-01 "$data/gas-turbine/gt_2011.csv.gz"
	ingest --header-units --time row:1m --entity-id '{Product ID}' --skip UDI "$data/milling/ai4i2020.csv"
	ingest --time discharge --time-format cycle --take capacity "$data"/battery/B00??.csv
	ingest --time t_min --time-format 1-min --time-start 2026-01-01 "$data"/chemical-plant/d0?_te.csv.gz
	for ((set = 1; set <= sets; set++)); do
		echo "set $set"
		twin-check "in.$set" >out
		figures "in.$set" | tr '|' '\n' | awk '{ printf "%.6g\n", $1 }' >want
		measure out 'select(.entity_id or .by | not).measures | .series, .readings, .nulls, .gap_largest' |
			awk '{ printf "%.6g\n", $1 }' | diff want -
	done
	# Servers whose clocks were set back say some times twice; the transformer misses no hour.
	twin-check in.4 | measure - 'select(.entity_id or .by | not).measures | [.completeness, .uniqueness, .ordering, .gaps]' >got
	[[ $(cat got) == '[1,1,1,0]' ]]
	late=$(jq -r '[.entity_id, .timestamp] | @tsv' in.3 | awk -F '\t' '$2 < newest[$1] { late++ } $2 > newest[$1] { newest[$1] = $2 } END { print late + 0 }')
	[[ $(twin-check in.3 | measure - 'select(.entity_id or .by | not).measures.late') == "$late" ]]
}

@test "a member of a model that is nearly a known one is told" {
	echo '{"properties":{"x":{"rnage":[0,1]}}}' >m.json
	echo '{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}' >in
	run -0 twin-check -m m.json -o out in
	says "'rnage'"
	says "'range'"
	run -0 twin-check -q -m m.json -o out in
	[[ -z $output ]]
}
