#!/usr/bin/env bats
# twin-get --why: what set a value, what it beat and by what, from a store and from a recording alike.

load helper

reading() {
	printf '{"entity_id":"%s","property":"%s","timestamp":"2026-03-01T00:00:%02dZ","value":%s%s}\n' "$@"
}

# day: a recording of a pump.
day() {
	{
		reading pump t 1 20 ',"sensor_id":"a","received":"2026-03-01T00:00:02Z"'
		reading pump t 5 25.50 ',"sensor_id":"a","received":"2026-03-01T00:00:06Z","origin":"plc.csv:8"'
		reading pump t 3 22 ',"sensor_id":"b","received":"2026-03-01T00:00:20Z"'
		reading pump t 7 -999 ',"quality":0,"received":"2026-03-01T00:00:08Z"'
		reading pump speed 2 900 ''
		printf '%s\n' '{"type":"desired","entity_id":"pump","timestamp":"2026-03-01T00:00:06Z","command_id":"c1","properties":{"t":21}}'
		reading fan t 9 30 ''
	} >day
}

plant() {
	day
	twin-sync -q -o /dev/null -s plant.twin day
}

# told PROGRAM: what jq makes of the last answer.
told() {
	jq -c "$1" <<<"$output"
}

# as_stored FILE: an answer from the recording FILE.ndjson or FILE without the lines that it names.
as_stored() {
	sed -E 's/,"origin":"(day|in|-):[0-9]+"//g' "$1"
}

@test "the record that set a value, those that it beat and the open wish come from a store" {
	plant
	run -0 --separate-stderr twin-get -s plant.twin --why -P t pump
	[ -z "$stderr" ]
	same <<'END'
{"type":"why","entity_id":"pump","property":"t","value":25.50,"rule":"newest","winner":{"entity_id":"pump","property":"t","timestamp":"2026-03-01T00:00:05Z","value":25.50,"sensor_id":"a","received":"2026-03-01T00:00:06Z","origin":"plc.csv:8"},"beaten":[{"reading":{"entity_id":"pump","property":"t","timestamp":"2026-03-01T00:00:07Z","value":-999,"quality":0,"received":"2026-03-01T00:00:08Z"},"decided_by":"unusable"},{"reading":{"entity_id":"pump","property":"t","timestamp":"2026-03-01T00:00:03Z","value":22,"sensor_id":"b","received":"2026-03-01T00:00:20Z"},"decided_by":"timestamp"},{"reading":{"entity_id":"pump","property":"t","timestamp":"2026-03-01T00:00:01Z","value":20,"sensor_id":"a","received":"2026-03-01T00:00:02Z"},"decided_by":"timestamp"}],"beaten_count":3,"desired":{"type":"desired","entity_id":"pump","timestamp":"2026-03-01T00:00:06Z","properties":{"t":21},"command_id":"c1","met":false,"unmet_by":"timestamp"}}
END
}

@test "a recording answers the same, and says in which line what has no origin stands" {
	plant
	twin-get -s plant.twin --why -P t pump >want
	twin-get -s day --why -P t pump >got
	cmp want <(as_stored got)
	[ "$(jq -r '.winner.origin' got)" = plc.csv:8 ]
	[ "$(jq -c '[.beaten[].reading.origin]' got)" = '["day:4","day:3","day:1"]' ]
	[ "$(jq -r '.desired.origin' got)" = day:6 ]
	twin-get -s - --why -P t pump <day | cmp - <(sed 's/"day:/"-:/g' got)
	tac day | twin-get -s - --why -P t pump >turned
	cmp want <(as_stored turned)
}

@test "the answer about then is that of what had happened and was known" {
	plant
	twin-get -s plant.twin --why -P t --at 2026-03-01T00:00:04Z pump >before
	[ "$(jq -c '[.value, .as_of, .beaten_count, .desired]' before)" = '[22,"2026-03-01T00:00:04Z",1,null]' ]
	twin-get -q -s plant.twin --why -P t --at 2026-03-01T00:00:04Z --known-at 2026-03-01T00:00:10Z pump >known
	[ "$(jq -c '[.value, .known_at, .beaten_count]' known)" = '[20,"2026-03-01T00:00:10Z",0]' ]
	twin-get -q -s day --why -P t --at 2026-03-01T00:00:04Z --known-at 2026-03-01T00:00:10Z pump >plain
	cmp known <(as_stored plain)
	run -0 twin-get -s plant.twin --why -P t --revision 2 pump
	[ "$(told '[.winner.timestamp, .beaten_count]')" = '["2026-03-01T00:00:05Z",1]' ]
	run -0 --separate-stderr twin-get -s plant.twin --why -P speed --known-at 2026-03-01T00:00:00Z pump
	[ "$stderr" = 'twin-get: 1 records do not say when they were received: they count as known from the start' ]
	twin-sync -F ndjson -q day >states
	run -2 --separate-stderr twin-get -s states --why -P t --at 2026-03-01T00:00:04Z pump
	[[ $stderr == 'twin-get: a state does not say what was before'* ]]
}

@test "--limit says how many of the beaten are shown, and all are counted" {
	for second in {10..59}; do reading a t "$second" "$second" ''; done >in
	reading a t 30 30 '' >>in
	twin-sync -q -o /dev/null -s s.twin in
	for source in in s.twin; do
		run -0 twin-get -s "$source" --why -P t a
		[ "$(told '[(.beaten | length), .beaten_count, .beaten[9].reading.value]')" = '[10,49,49]' ]
		run -0 twin-get -s "$source" --why -P t --limit 0 a
		[ "$(told '[.beaten, .beaten_count]')" = '[[],49]' ]
		run -0 twin-get -s "$source" --why -P t --limit 1000 a
		[ "$(told '.beaten | length')" = 49 ]
	done
	run -0 twin-get -s s.twin --why -P t --where 'beaten_count > 49' a
	[ -z "$output" ]
	run -0 twin-get -s s.twin --why -P t --count a
	[ "${lines[-1]}" = '{"type":"summary","measures":{"count":1}}' ]
}

@test "what two sensors say at one time is decided by the store's model" {
	{
		reading a t 1 1 ',"sensor_id":"cheap"'
		reading a t 1 2 ',"sensor_id":"best"'
		reading a t 2 1000 ',"sensor_id":"cheap"'
	} >in
	printf '{"sensors":{"best":{"priority":5}},"properties":{"t":{"range":[0,100]}}}' >m.json
	twin-sync -q -o /dev/null -s s.twin -m m.json in
	run -0 twin-get -s s.twin --why -P t a
	[ "$(told '[.value, [.beaten[] | .decided_by]]')" = '[2,["out-of-range","sensor_priority"]]' ]
	run -0 twin-get -s in -m m.json --why -P t a
	[ "$(told '[.value, [.beaten[] | .decided_by]]')" = '[2,["out-of-range","sensor_priority"]]' ]
	run -0 twin-get -s in --why -P t a
	[ "$(told '[.value, [.beaten[] | .decided_by]]')" = '[1000,["timestamp","timestamp"]]' ]
}

@test "what differs only in a quality that the model does not let count is one record, in a store too" {
	reading a t 5 7 >in
	for quality in 1 0.75 0; do
		reading a t 1 1000 ",\"quality\":$quality"
		reading a t 2 8 ",\"quality\":$quality"
	done >>in
	echo '{"properties":{"t":{"range":[0,100]}}}' >m.json
	twin-sync -q -o /dev/null -s s.twin -m m.json in
	for limit in 0 1 10; do
		run -0 twin-get -s s.twin --why -P t --limit "$limit" a
		[ "$(told .beaten_count)" = 4 ]
		[ "$output" = "$(twin-get -s in -m m.json --why -P t --limit "$limit" a | sed 's/,"origin":"in:[0-9]*"//g')" ]
	done
}

@test "a reading that was refused says why it was" {
	reading a t 1 1 ',"received":"2026-03-01T00:00:01Z"' >in
	reading a t 50 9 ',"received":"2026-03-01T00:00:01Z"' >>in
	twin-sync -q -o /dev/null -s s.twin --max-future 5s in
	run -0 twin-get -s s.twin --why -P t a
	[ "$(told '[.value, .beaten_count, .beaten[0].decided_by, .beaten[0].reading.value]')" = '[1,1,"future",9]' ]
	# Another run has taken it.
	twin-sync -q -o /dev/null -s s.twin in
	run -0 twin-get -s s.twin --why -P t a
	[ "$(told '[.value, .beaten_count, .beaten[0].decided_by]')" = '[9,1,"timestamp"]' ]
}

@test "what is above, below, beside and deleted is told of" {
	{
		reading a b 2 '{"t":40,"w":1}' ''
		reading a b/t 1 39 ''
		printf '%s\n' '{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T00:00:00Z","sensor_id":"me"}'
	} >in
	twin-sync -q -o /dev/null -s s.twin in
	for source in in s.twin; do
		run -0 twin-get -s "$source" --why -P b/t a
		[ "$(told '[.value, .rule, .winner.property, [.beaten[] | .reading.value, .decided_by]]')" = '[40,"above","b",[39,"timestamp",null,"timestamp"]]' ]
		run -0 --separate-stderr twin-get -s "$source" --why -P b/w/x a
		[ -z "$output" ]
	done
	reading a b/w 3 2 '' >>in
	twin-sync -q -o /dev/null -s s.twin in
	for source in in s.twin; do
		run -0 twin-get -s "$source" --why -P b/t a
		[ "$(told '[.value, .rule, .winner.property, .hidden_by.property]')" = '[null,"hidden","b","b/w"]' ]
		run -0 twin-get -s "$source" --why -P b a
		[ "$(told '[.value, .rule, .parts]')" = '[{"w":2},"below",["b/w"]]' ]
	done
	printf '%s\n' '{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T00:00:09Z","sensor_id":"me"}' >>in
	twin-sync -q -o /dev/null -s s.twin in
	for source in in s.twin; do
		run -0 twin-get -s "$source" --why -P b/t a
		[ "$(told '[.value, .rule, .winner.sensor_id]')" = '[null,"deleted","me"]' ]
	done
}

@test "answers from a store and from its records are the same, and show what the state shows" {
	python3 "$BATS_TEST_DIRNAME/model/random_streams.py" generate --streams 60 --seed "${TWIN_PROPERTY_SEED:-11}" >in
	twin-sync -q -o /dev/null -s s.twin --commit 100 in
	twin-get -q -s s.twin >states
	python3 - states >pairs <<'END'
import json, sys
for line in open(sys.argv[1]):
    state = json.loads(line)
    if state["type"] != "state":
        continue
    for path in sorted(state.get("metadata", {}))[:2]:
        if path[0] not in "/-" and not set(path + state["entity_id"]) & set("\0\n"):
            print(state["entity_id"], path, sep="\n")
END
	asked=0
	while IFS= read -r id && IFS= read -r path && ((asked < 60)); do
		twin-get -q -s in --why -P "$path" -- "$id" >plain
		twin-get -q -s s.twin --why -P "$path" -- "$id" >kept
		cmp <(as_stored plain) <(as_stored kept)
		python3 - states kept <<'END'
import json, sys
read = lambda line: json.loads(line, parse_float=str, parse_int=str)
why = read(open(sys.argv[2]).read())
state = [s for s in map(read, open(sys.argv[1])) if s["entity_id"] == why["entity_id"]][0]
shown = state["properties"]
for name in why["property"].split("/"):
    name = name.replace("~1", "/").replace("~0", "~")
    shown = shown.get(name, KeyError) if isinstance(shown, dict) else KeyError
assert shown == why.get("value", KeyError), (shown, why)
END
		asked=$((asked + 1))
	done <pairs
	[ "$asked" -ge 30 ]
}

@test "what is not known is said kindly, with a name that is like it" {
	plant
	for source in plant.twin day; do
		run -0 --separate-stderr twin-get -s "$source" --why -P sped pump
		[ -z "$output" ]
		[ "$stderr" = "twin-get: 'pump' has no property 'sped'; did you mean 'speed'?" ]
		run -0 --separate-stderr twin-get -q -s "$source" --why -P sped pump
		[ -z "$output$stderr" ]
		run -0 --separate-stderr twin-get -s "$source" --why -P t pomp
		[ -z "$output" ]
		[[ $stderr == "twin-get: no twin is called 'pomp'"* ]]
	done
	run -0 --separate-stderr twin-get -s plant.twin --why -P t --at 2020-01-01 pump
	[ "$stderr" = "twin-get: 'pump' has no property 't' as of then" ]
}

@test "one property of one twin is asked about, by their names" {
	plant
	for words in '--why pump' '--why -P t' '--why -P t pump fan' '--why -P t -P speed pump' '--why --list -P t pump'; do
		# shellcheck disable=SC2086 # several words
		run -2 --separate-stderr twin-get -s plant.twin $words
		[[ $stderr == *--why* ]]
	done
	reading 'a*[x]' 't?' 1 5 '' >in
	reading 'ab[x]' 't?' 2 6 '' >>in
	twin-sync -q -o /dev/null -s s.twin in
	for source in in s.twin; do
		run -0 twin-get -s "$source" --why -P 't?' 'a*[x]'
		[ "$(told '[.value, .beaten_count]')" = '[5,0]' ]
	done
}

@test "a store without history knows what stands, and not what was beaten" {
	day
	twin-sync -q -o /dev/null --no-history -s s.twin day
	run -0 --separate-stderr twin-get -s s.twin --why -P t pump
	[ "$stderr" = "twin-get: store 's.twin' keeps no history: what was beaten is not known" ]
	[ "$(told '[.winner.origin, .beaten_count, .beaten[0].decided_by, .desired.command_id]')" = '["plc.csv:8",1,"unusable","c1"]' ]
	run -2 --separate-stderr twin-get -s s.twin --why -P t --at 2026-03-01T00:00:04Z pump
	[ "$stderr" = "twin-get: store 's.twin' keeps no history" ]
}

@test "what a store has forgotten is not asked about, and what is left of it is told" {
	for second in {10..30}; do reading a t "$second" "$second" ''; done >in
	reading a u 30 1 '' >>in
	twin-sync -q -o /dev/null -s s.twin --retain 't=5s' in
	run -0 twin-get -s s.twin --why -P t a
	# From the horizon on, and what counted then.
	[ "$(told '[.value, .beaten_count]')" = '[30,6]' ]
	run -0 twin-get -s s.twin --why -P t --at 2026-03-01T00:00:26Z a
	[ "$(told '.value')" = 26 ]
	run -2 --separate-stderr twin-get -s s.twin --why -P t --at 2026-03-01T00:00:20Z a
	[[ $stderr == *'forgotten'* ]]
	# Another property has been kept.
	run -0 --separate-stderr twin-get -s s.twin --why -P u --at 2026-03-01T00:00:20Z a
	[ "$stderr" = "twin-get: 'a' has no property 'u' as of then" ]
}

@test "people read it line by line" {
	day
	reading pump t 5 25.75 ',"sensor_id":"a"' >>day
	run -0 twin-get -s day -F table --why -P t pump
	same <<'END'
TIME                  ENTITY  PROPERTY  VALUE  NOTE
2026-03-01T00:00:05Z  pump    t         25.75  set it, beat 4, day:8, sensor a
2026-03-01T00:00:07Z  pump    t          -999  beaten: unusable, day:4, quality 0
2026-03-01T00:00:05Z  pump    t         25.50  beaten: value (conflict), plc.csv:8, sensor a
2026-03-01T00:00:03Z  pump    t            22  beaten: timestamp, day:3, sensor b
2026-03-01T00:00:01Z  pump    t            20  beaten: timestamp, day:1, sensor a
2026-03-01T00:00:06Z  pump    t            21  not met: timestamp, day:6, desired, command c1
END
	reading pump b 1 '{"t":1}' '' >in
	run -0 twin-get -s in -F table --why -P b/t pump
	same <<'END'
TIME                  ENTITY  PROPERTY    VALUE  NOTE
                      pump    b/t             1  part of a reading above
2026-03-01T00:00:01Z  pump    b         {"t":1}  set it, in:1
END
	run -0 twin-get -s in -F csv --why -P b pump
	[ "${lines[0]}" = entity_id,property,value,rule,winner,hidden_by,parts,beaten,beaten_count,desired ]
}
