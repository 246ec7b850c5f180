#!/usr/bin/env bats
# twin-set: what is typed becomes one desired record, which a store takes, and for which --wait waits.

load helper

NOON=2026-03-01T12:00:00Z

# The same call on any day.
set_at_noon() {
	twin-set --now "$NOON" --command-id c1 "$@"
}

# desired PROPERTIES [MEMBER]: what set_at_noon prints of `pump`.
desired() {
	printf '{"type":"desired","entity_id":"pump","timestamp":"%s","properties":%s,"command_id":"c1"%s}\n' "$NOON" "$1" "${2:+,$2}"
}

# reading SECOND PROPERTY VALUE [MEMBER]: of `pump`, so many seconds after noon.
reading() {
	printf '{"entity_id":"pump","property":"%s","timestamp":"2026-03-01T12:%02d:%02dZ","value":%s%s}\n' \
		"$2" $(($1 / 60)) $(($1 % 60)) "$3" "${4:+,$4}"
}

ack() { # id code [message]
	printf '"ack":{"command_id":"%s","code":%s%s}' "$1" "$2" "${3:+,\"message\":\"$3\"}"
}

# Puts the records of standard input into s.twin, which is made where there is none.
into_store() {
	twin-sync -q -o /dev/null -s s.twin "$@"
}

ask() {
	sqlite3 -batch s.twin "$1"
}

# waiting [ARGUMENT...]: starts set_at_noon --wait on s.twin in the background; when this returns it has committed and waits.
waiting() {
	rm -f said
	mkfifo said
	twin-set --now "$NOON" --command-id c1 -s s.twin --wait "$@" >said 2>words 3>&- &
	setter=$!
	exec {from}<said
	IFS= read -r -t 20 record <&"$from"
	[[ $record == '{"type":"desired"'* ]]
}

# still_open WORDS [ARGUMENT...]: whoever waits with these arguments now goes on waiting.
still_open() {
	local words=$1
	shift
	run -1 --separate-stderr set_at_noon -s s.twin --wait --timeout 0s "$@"
	[[ ${stderr_lines[-1]} == "twin-set: $words" ]]
}

# ends STATUS WORDS: how the one in the background ends, and what it says.
ends() {
	local status=0
	wait "$setter" || status=$?
	exec {from}<&-
	diff -u --label expected <(printf '%s' "${2:+twin-set: $2$'\n'}") --label 'what came' words
	[[ $status == "$1" ]]
}

@test "numbers keep their digits, what is no JSON is a string, and objects say each of their leaves" {
	run -0 --separate-stderr set_at_noon pump position=21.50 big=12345678901234567890 valve=open flag=true label='two words' \
		'quoted="7"' 'limits=[0, 80]' 'fan={"speed": 2, "mode": {"night": "low"}}' gone=null ip=10.0.0.1
	same < <(desired '{"big":12345678901234567890,"fan":{"speed":2,"mode":{"night":"low"}},"flag":true,"gone":null,"ip":"10.0.0.1","label":"two words","limits":[0,80],"position":21.50,"quoted":"7","valve":"open"}')
	[[ -z $stderr ]]
}

@test "paths nest, and wishes in any order give the same bytes" {
	run -0 set_at_noon pump b/temperature=40 a~1b/x~0y=1 b/load/1m=0.5 a=7
	same < <(desired '{"a":7,"a/b":{"x~y":1},"b":{"load":{"1m":0.5},"temperature":40}}')
	run -0 set_at_noon --string b/load/1m=0.5 pump a=7 --unset c b/temperature=40
	same < <(desired '{"a":7,"b":{"load":{"1m":"0.5"},"temperature":40},"c":null}')
}

@test "what any text holds comes through --string, and what the record holds is what was typed" {
	text=$'it\'s "so"\t\\ {"a":1\n\x7f\xc3\xa9=.5'
	set_at_noon pump --string note="$text" --string empty= >record
	[[ $(jq -j .properties.note record) == "$text" ]]
	[[ $(jq -c '.properties | keys' record) == '["empty","note"]' ]]
	twin-sync -q record | jq -j .desired.note >note
	printf '%s' "$text" | cmp - note
}

@test "the reader has each wish by itself, with who said so, the command and the deadline" {
	set_at_noon --sensor-id operator --deadline 90s pump 'fan={"speed":2,"mode":{}}' --unset a/b |
		twin-sync -q >state
	run -0 jq -c '[.desired, .desired_metadata]' state
	same <<'END'
[{"fan":{"mode":{},"speed":2}},{"a/b":{"timestamp":"2026-03-01T12:00:00Z","sensor_id":"operator","command_id":"c1","deadline":"2026-03-01T12:01:30Z","deleted":true},"fan/mode":{"timestamp":"2026-03-01T12:00:00Z","sensor_id":"operator","command_id":"c1","deadline":"2026-03-01T12:01:30Z"},"fan/speed":{"timestamp":"2026-03-01T12:00:00Z","sensor_id":"operator","command_id":"c1","deadline":"2026-03-01T12:01:30Z"}}]
END
}

@test "what is nearly JSON, empty, or no wish at all is wrong usage that says how it is written" {
	while IFS='|' read -r operand words; do
		run -2 --separate-stderr set_at_noon pump "$operand"
		[[ -z $output && ${stderr_lines[0]} == "twin-set: $words" ]] || { echo "$operand: $stderr"; return 1; }
	done <<'END'
position|'position' has no equals sign: PROPERTY=VALUE is needed
x={"a":1|x: '{"a":1' begins like JSON and is none (expected ',' or '}' at the end of the text): --string takes it as text
x=[1,]|x: '[1,]' begins like JSON and is none (expected a value at byte 4): --string takes it as text
x="open|x: '"open' begins like JSON and is none (string without closing quote at the end of the text): --string takes it as text
x=.5|x: '.5' is no number of JSON, as 0.5, 7 and -2e3 are: --string takes it as text
x=007|x: '007' is no number of JSON, as 0.5, 7 and -2e3 are: --string takes it as text
x=1,5|x: '1,5' is no number of JSON, as 0.5, 7 and -2e3 are: --string takes it as text
x=|x: the value is empty: write '""' for a text without characters
=1|a property must not be empty
a//b=1|property 'a//b' has an empty segment
a~b=1|property 'a~b' has '~' without 0 or 1 behind it
END
	run -2 twin-set
	says 'which twin? ENTITY and PROPERTY=VALUE are needed'
	run -2 twin-set pump
	says 'nothing is desired'
	run -2 set_at_noon pump x=$'\xff'
	says 'no UTF-8'
	run -2 set_at_noon $'\xff' x=1
	says 'the entity_id is no UTF-8'
	run -2 set_at_noon '' x=1
	says 'entity_id is empty'
	run -2 set_at_noon pump 'x={"":1}'
	says 'empty name'
	run -2 twin-set --command-id '' pump x=1
	says "option '--command-id': the id is empty"
}

@test "one property twice, or one inside another, is an error however it is said" {
	run -2 --separate-stderr set_at_noon pump a=1 b=2 a=1
	[[ -z $output && $stderr == "twin-set: property 'a' is given twice" ]]
	run -2 set_at_noon pump a=1 --unset a
	says "'a' is given twice"
	run -2 set_at_noon pump --string a/b/c=1 'a={}' a!=3
	says "property 'a/b/c' is inside of 'a', which is given too"
	run -0 set_at_noon pump a/b=1 a!=3 ab=4 a/c=2
}

@test "the time is the machine's, or --now's, or --timestamp's, and the id is drawn where none is given" {
	before=$(date +%s%N)
	twin-set pump x=1 >first
	twin-set --now live pump x=1 >second
	after=$(date +%s%N)
	for file in first second; do
		at=$(date -d "$(jq -r .timestamp "$file")" +%s%N)
		((before <= at && at <= after))
		jq -r .command_id "$file" | grep -qxE '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
	done
	[[ $(jq -r .command_id first) != $(jq -r .command_id second) ]]
	run -0 twin-set --now "$NOON" --timestamp now-5m --command-id c1 pump x=1
	[[ $output == *'"timestamp":"2026-03-01T11:55:00Z"'* ]]
	run -0 twin-set --timestamp '2026-03-01 13:00' --tz Europe/Berlin --command-id c1 pump x=1
	same < <(desired '{"x":1}')
}

@test "a deadline is so long after the desire's time, or a time, and never before it" {
	for deadline in 90s PT1M30S 2026-03-01T12:01:30Z '2026-03-01 13:01:30' now+90s; do
		run -0 set_at_noon --tz Europe/Berlin --deadline "$deadline" pump x=1
		same < <(desired '{"x":1}' '"deadline":"2026-03-01T12:01:30Z"')
	done
	run -0 set_at_noon --timestamp 2026-03-01T11:00:00Z --deadline 1m pump x=1
	[[ $output == *'"deadline":"2026-03-01T11:01:00Z"}' ]]
	for deadline in 0s -1s 2026-03-01T12:00:00Z yesterday; do
		run -2 set_at_noon --deadline "$deadline" pump x=1
		says "option '--deadline': '$deadline' is not behind the time of the desire itself"
	done
	run -2 set_at_noon --deadline soon pump x=1
	says "option '--deadline': 'soon' is neither a length of time (5m) nor a time"
	echo '{"axis":{"unit":"cycle"}}' >m.json
	run -0 set_at_noon -m m.json --deadline 30cycle pump x=1
	[[ $output == *'"deadline":"2026-03-01T12:00:30Z"}' ]]
}

@test "a table and CSV show each wish, and -o takes the record" {
	COLUMNS=200 run -0 set_at_noon -F table pump x=7 mode=auto
	same <<'END'
TIME                  ENTITY  PROPERTY  VALUE  NOTE
2026-03-01T12:00:00Z  pump    mode      auto   desired, command c1
2026-03-01T12:00:00Z  pump    x             7  desired, command c1
END
	run -0 set_at_noon -F csv pump x=7
	[[ ${lines[1]} == desired,pump,x,,2026-03-01T12:00:00Z,* && ${lines[1]} == *,c1,* ]]
	run -0 set_at_noon -o record pump x=7
	[[ -z $output ]]
	desired '{"x":7}' | cmp - record
}

@test "a full disk and a closed output are trouble; what a store has committed stays" {
	run -2 bash -c 'twin-set pump x=1 2>message >/dev/full'
	grep -qx 'twin-set: cannot write standard output: No space left on device' message
	run -2 bash -c 'twin-set pump x=1 2>message >&-'
	grep -q '^twin-set: cannot write standard output' message
	reading 0 x 1 | into_store
	run -2 bash -c 'twin-set --command-id c1 -s s.twin --wait pump x=2 2>message >/dev/full'
	grep -qx 'twin-set: cannot write standard output: No space left on device' message
	[[ $(ask 'SELECT command_id FROM desired') == c1 ]]
	run -2 set_at_noon -s s.twin -o /no/such/folder/out pump x=3
	says "cannot open '/no/such/folder/out': No such file or directory"
	[[ $(ask 'SELECT command_id, timestamp > '"'$NOON'"' FROM desired') == 'c1|1' ]]
	run -2 set_at_noon -s s.twin -o s.twin pump x=3
	says "'s.twin'"
	twin-sync -s s.twin --verify
}

@test "a reader that is gone ends it quietly" {
	exec {pipe}> >(:)
	wait $!
	gone() {
		(twin-set pump x=1 >&"$pipe") 2>message
	}
	run -141 gone
	[[ ! -s message ]]
	exec {pipe}>&-
}

@test "a store gets what twin-sync would have put there, and the record is printed" {
	needs sqlite3
	for store in a b; do
		reading 0 x 1 | twin-sync -q -o /dev/null -s "$store.twin"
	done
	set_at_noon --deadline 1m --sensor-id me pump x=2.50 'y={"z":"on"}' | twin-sync -q -o /dev/null -s a.twin
	run -0 --separate-stderr set_at_noon -q -s b.twin --deadline 1m --sensor-id me pump x=2.50 'y={"z":"on"}'
	[[ $output == "$(set_at_noon --deadline 1m --sensor-id me pump x=2.50 'y={"z":"on"}')" ]]
	[[ -z $stderr ]]
	for store in a b; do
		sqlite3 "$store.twin" 'SELECT entity_id, timestamp, revision, state FROM twins' >"$store"
		sqlite3 "$store.twin" 'SELECT revision, clock FROM store; SELECT kind, path FROM series ORDER BY 1, 2;
			SELECT sum(items) FROM history' >>"$store"
		twin-sync -s "$store.twin" --verify
	done
	cmp a b
	grep -q '^2|1772366400000000000$' a
	export TWIN_STORE=b.twin
	run -0 set_at_noon --now 2026-03-01T12:00:01Z pump x=3
	[[ $(sqlite3 b.twin "SELECT timestamp FROM desired WHERE property = 'x'") == 2026-03-01T12:00:01Z ]]
}

@test "no store is made, and what is none is not touched" {
	run -2 --separate-stderr set_at_noon -s no.twin pump x=1
	[[ -z $output && $stderr == "twin-set: there is no store 'no.twin': twin-sync --store makes one" && ! -e no.twin ]]
	echo hello >text
	run -2 --separate-stderr set_at_noon -s text pump x=1
	[[ -z $output && $stderr == "twin-set: 'text' is not a store" && $(<text) == hello ]]
	: >empty
	run -2 --separate-stderr set_at_noon -s empty pump x=1
	[[ -z $output && $stderr == "twin-set: 'empty' is not a store" && ! -s empty ]]
	run -2 set_at_noon -s . pump x=1
	[[ $output == 'twin-set: '* ]]
}

@test "an older desire than the one that stands is remembered, not printed, and ends with 1" {
	needs sqlite3
	reading 0 x 1 | into_store
	set_at_noon -s s.twin pump x=2 >out
	run -1 --separate-stderr set_at_noon -s s.twin --now 2026-03-01T11:59:00Z --command-id c0 pump x=3
	[[ -z $output ]]
	[[ $stderr == 'twin-set: x is refused: stale: a desire of 2026-03-01T12:00:00Z (command c1) stands' ]]
	run -1 set_at_noon -q -s s.twin --now 2026-03-01T11:59:30Z pump x=3
	[[ -z $output ]]
	# Same time and source, another value: the one with the larger canonical form stays.
	run -1 --separate-stderr set_at_noon -s s.twin pump x=1
	[[ $stderr == 'twin-set: x is refused: conflict: a desire of 2026-03-01T12:00:00Z (command c1) stands' ]]
	run -1 --separate-stderr set_at_noon -s s.twin --command-id c0 pump x=2
	[[ $stderr == 'twin-set: x is refused: outranked: a desire of 2026-03-01T12:00:00Z (command c1) stands' ]]
	[[ $(ask 'SELECT sum(items) FROM history') == 6 ]]
	[[ $(ask "SELECT state ->> '$.desired.x' FROM twins") == 2 ]]
	twin-sync -s s.twin --verify
}

@test "of several wishes some may be refused while the others stand" {
	needs sqlite3
	{
		reading 0 x 1
		reading 0 y 1
	} | into_store
	set_at_noon -s s.twin pump x=2 >out
	run -1 --separate-stderr set_at_noon -s s.twin --now 2026-03-01T11:59:00Z --wait pump x=3 y=3
	[[ -z $output && $stderr == 'twin-set: x is refused: stale: '* && ${#stderr_lines[@]} == 1 ]]
	[[ $(ask "SELECT state -> '$.desired' FROM twins") == '{"x":2,"y":3}' ]]
}

@test "a desire that another above or below it, or a delete, hides does not become what is desired" {
	needs sqlite3
	reading 0 b/t 1 | into_store
	set_at_noon -q -s s.twin pump b=5 >out
	run -1 --separate-stderr set_at_noon -s s.twin --now 2026-03-01T11:59:00Z pump b/t=3
	[[ $stderr == 'twin-set: b/t is refused: hidden: a desire of 2026-03-01T12:00:00Z (command c1) of b stands' ]]
	set_at_noon -q -s s.twin --now 2026-03-01T12:01:00Z --command-id c2 pump b/t=4 >out
	[[ $(ask "SELECT state -> '$.desired' FROM twins") == '{"b":{"t":4}}' ]]
	run -1 --separate-stderr set_at_noon -q -s s.twin --now 2026-03-01T12:00:30Z pump b=6
	run -1 --separate-stderr set_at_noon -s s.twin --now 2026-03-01T12:00:30Z pump b=6
	[[ $stderr == 'twin-set: b is refused: hidden: a desire of 2026-03-01T12:01:00Z (command c2) of b/t stands' ]]
	echo '{"type":"deleted","entity_id":"pump","timestamp":"2026-03-01T13:00:00Z"}' | into_store
	run -1 --separate-stderr set_at_noon -s s.twin --now 2026-03-01T12:30:00Z pump z=6
	[[ $stderr == *'twin-set: z is refused: stale: the twin was deleted at 2026-03-01T13:00:00Z' ]]
}

@test "a wish is withdrawn with what is inside of it, and what was never desired is told" {
	needs sqlite3
	reading 0 b/t 1 | into_store
	set_at_noon -q -s s.twin pump b/t=5 b/u/v=6 x=1 >out
	run -0 --separate-stderr set_at_noon -s s.twin --now 2026-03-01T12:01:00Z --wait pump --unset b x=null
	[[ $stderr == 'twin-set: met' ]]
	[[ $(ask "SELECT coalesce(state -> '$.desired', 'none') FROM twins") == none ]]
	run -0 --separate-stderr set_at_noon -s s.twin --now 2026-03-01T12:02:00Z pump --unset y
	[[ $stderr == 'twin-set: nothing was desired of y' ]]
}

@test "the same command again changes nothing and ends with 0" {
	needs sqlite3
	reading 0 x 1 | into_store
	set_at_noon -q -s s.twin pump x=2 y/z=3 >first
	ask 'SELECT state FROM twins' >before
	run -0 set_at_noon -q -s s.twin pump y/z=3 x=2
	[[ $output == "$(<first)" ]]
	ask 'SELECT state FROM twins' | cmp - before
	into_store --compact </dev/null
	[[ $(ask 'SELECT sum(items) FROM history') == 3 ]]
}

@test "what looks like a slip is told, and stands" {
	reading 0 position 1 | into_store
	run -0 --separate-stderr set_at_noon -s s.twin pump postion=2
	[[ $stderr == "twin-set: postion has never been reported: did you mean 'position'?" ]]
	run -0 --separate-stderr set_at_noon -s s.twin pmup position=2
	[[ $stderr == "twin-set: the store had no twin 'pmup'" ]]
	run -0 --separate-stderr set_at_noon -s s.twin pump position=2
	[[ -z $stderr ]]
	run -0 --separate-stderr set_at_noon -s s.twin --timestamp 2062-03-01 pump position=2
	[[ $stderr == 'twin-set: its time is ahead of the clock: what is desired earlier will not count' ]]
	run -0 --separate-stderr set_at_noon -q -s s.twin --timestamp 2063-03-01 pump something=2
	[[ -z $stderr ]]
	echo '{"properties":{"mode":{"type":"string"}}}' >m.json
	run -0 --separate-stderr set_at_noon -s s.twin -m m.json pump mode=eco
	[[ -z $stderr ]]
}

@test "what the model does not allow is an error, with a store and without, and nothing happens" {
	needs sqlite3
	cat >m.json <<-'END'
		{"applies_to": ["pump"], "properties": {"position": {"type": "number", "range": [0, 100]}, "mode": {"type": "string"},
		 "flow": {"writable": false}}}
	END
	reading 0 position 1 | into_store -m m.json
	while IFS='|' read -r wish words; do
		run -2 --separate-stderr set_at_noon -s s.twin pump other=1 "$wish"
		[[ -z $output && $stderr == "twin-set: $words" ]] || { echo "$wish: $stderr"; return 1; }
		run -2 --separate-stderr set_at_noon -m m.json pump other=1 "$wish"
		[[ -z $output && $stderr == "twin-set: $words" ]]
	done <<'END'
position=100.5|position: 100.5 is out of the model's range, 0 to 100
position=open|position: the model has it as a number, and "open" is none
mode=7|mode: the model has it as a string, and 7 is none: --string takes it as text
flow=1|flow: the model says that it is not writable
flow={"a":{"b":1}}|flow: the model says that it is not writable
END
	[[ $(ask 'SELECT count(*) FROM desired') == 0 ]]
	run -0 set_at_noon -s s.twin pump position=100.0 --string mode=7 --unset flow
	run -0 --separate-stderr set_at_noon -q -s s.twin fan position=200 flow=1
	run -2 set_at_noon -m no-such-model pump x=1
	says no-such-model
}

@test "when a desire was received is what the clock said, also where its own time is another" {
	reading 0 x 1 | into_store
	set_at_noon -s s.twin --timestamp 2026-03-01T11:00:00Z pump x=1 >out
	twin-sync -q -o /dev/null -s other.twin <(reading 0 x 1)
	set_at_noon --timestamp 2026-03-01T11:00:00Z pump x=1 |
		sed "s/}\$/,\"received\":\"$NOON\"}/" | twin-sync -q -o /dev/null -s other.twin
	# What the history holds of one is what it holds of the other.
	[[ $(ask 'SELECT hex(data) FROM history_block ORDER BY id') == "$(sqlite3 other.twin 'SELECT hex(data) FROM history_block ORDER BY id')" ]]
}

@test "whichever write fails, or is the last, what was printed is in the store, and what was not done can be done again" {
	needs sqlite3
	export ASAN_OPTIONS=verify_asan_link_order=0
	reading 0 x 1 | into_store
	cp s.twin before.twin
	struck=0
	for call in write:ENOSPC pwrite:ENOSPC pwrite:short pwrite:EIO pwrite:kill fdatasync:EIO fdatasync:kill fsync:EIO ftruncate:EIO; do
		for ((n = 1; ; n++)); do
			rm -f s.twin* log
			cp before.twin s.twin
			run --separate-stderr env TWIN_FAULT="${call%:*}:$n:${call#*:}" TWIN_FAULT_LOG="$PWD/log" \
				LD_PRELOAD="$TWIN_BUILD/fault.so" twin-set --now "$NOON" --command-id c1 -s s.twin pump x=2
			[[ -s log ]] || break
			struck=$((struck + 1))
			stored=$(ask 'SELECT count(*) FROM desired')
			echo "$call $n: status $status, stored $stored, printed '$output', said '$stderr'"
			[[ $status == 0 || $status == 2 || $status == 137 ]]
			[[ $status != 0 || -n $output ]]
			[[ -z $output || $stored == 1 ]]
			[[ $status != 2 || -n $stderr ]]
			run -0 --separate-stderr set_at_noon -s s.twin pump x=2
			[[ $(ask 'SELECT command_id FROM desired') == c1 ]]
			twin-sync -s s.twin --verify
		done
	done
	((struck > 10))
}

@test "many at once, beside a stream that goes on, each leave their desire" {
	needs sqlite3
	reading 0 x 1 | into_store
	mkfifo stream
	twin-sync -q -o /dev/null -s s.twin stream 3>&- &
	streamer=$!
	exec {to}>stream
	for ((i = 1; i <= 24; i++)); do
		reading "$i" x "$i" >&"$to"
		twin-set -q -s s.twin --command-id "c$i" pump "p$((i % 4))/w$i=$i" >"out.$i" 2>"err.$i" 3>&- &
		setters+=($!)
	done
	wait "${setters[@]}"
	exec {to}>&-
	wait "$streamer"
	cat err.* >errors
	[[ ! -s errors ]]
	[[ $(ask 'SELECT count(DISTINCT command_id) FROM desired') == 24 ]]
	cat out.* >records
	[[ $(wc -l <records) == 24 ]]
	run -0 --separate-stderr twin-sync -q records
	[[ $(jq -cS .desired <<<"$output") == "$(ask "SELECT state -> '$.desired' FROM twins" | jq -cS .)" ]]
	[[ $(ask "SELECT state ->> '$.properties.x' FROM twins") == 24 ]]
	twin-sync -s s.twin --verify
}

@test "another writer is waited for, but not longer than --lock-wait" {
	needs sqlite3
	reading 0 x 1 | into_store
	mkfifo sql
	sqlite3 -batch s.twin <sql >held 3>&- &
	holder=$!
	exec {to}>sql
	printf 'BEGIN IMMEDIATE;\nSELECT 1;\n' >&"$to"
	until [[ -s held ]]; do sleep 0.01; done # between two looks
	run -2 --separate-stderr set_at_noon --lock-wait 50ms -s s.twin pump x=2
	[[ -z $output && $stderr == "twin-set: store 's.twin' is locked by another program" ]]
	twin-set --now "$NOON" --command-id c1 -s s.twin pump x=2 >out 3>&- &
	setter=$!
	echo 'ROLLBACK;' >&"$to"
	exec {to}>&-
	wait "$setter" "$holder"
	desired '{"x":2}' | cmp - out
}

@test "--wait ends with 0 when what is reported is equal and not older" {
	for property in x y; do
		reading 1 "$property" 1
	done | into_store
	waiting --timeout 1m --now 2026-03-01T12:00:03Z pump x=2.50 y=on
	reading 5 x 2.5 | into_store
	reading 2 y '"on"' | into_store
	reading 6 y '"off"' | into_store
	still_open 'not met after 0s: y' --now 2026-03-01T12:00:03Z pump x=2.50 y=on
	reading 7 y '"on"' | into_store
	ends 0 met
}

@test "--wait counts what is near enough by the store's model" {
	echo '{"properties":{"x":{"tolerance":0.5}}}' >m.json
	reading 0 x 1 | into_store -m m.json
	waiting --timeout 1m pump x=75
	reading 5 x 74 | into_store
	still_open 'not met after 0s: x' pump x=75
	reading 6 x 74.6 | into_store
	ends 0 met
}

@test "--wait looks at once, so what is so already ends it" {
	reading 0 x 2 | into_store
	run -0 --separate-stderr set_at_noon -s s.twin --wait --timeout 0s pump x=2
	[[ $stderr == 'twin-set: met' ]]
	run -1 --separate-stderr set_at_noon -s s.twin --wait --timeout 0s --now 2026-03-01T12:00:00.000000001Z pump x=2
	[[ $stderr == 'twin-set: not met after 0s: x' ]]
}

@test "--wait ends when the command is acknowledged, wish by wish or as a whole" {
	for property in x y; do
		reading 0 "$property" 1
	done | into_store
	waiting --timeout 1m pump x=2 y=3
	reading 1 x 1 "$(ack other 200)" | into_store
	reading 2 x 1 "$(ack c1 102)" | into_store
	still_open 'not met after 0s: x, y' pump x=2 y=3
	reading 3 x 1 "$(ack c1 200 moving)" | into_store
	still_open 'not met after 0s: y' pump x=2 y=3
	reading 4 y 1 "$(ack c1 202)" | into_store
	ends 0 'acknowledged with code 202 of y'
	waiting --timeout 1m --now 2026-03-01T12:01:00Z pump x=5 y=6
	reading 70 panel '"ok"' "$(ack c1 200 'will do')" | into_store
	ends 0 'acknowledged with code 200 of panel: will do'
}

@test "--wait ends with 1 when the command is refused" {
	for property in x y; do
		reading 0 "$property" 1
	done | into_store
	waiting --timeout 1m pump x=2 y=3
	reading 5 x 1 "$(ack c1 409 locked)" | into_store
	ends 1 'refused with code 409 of x: locked'
}

@test "--wait sees an ack whose reading had no place in the state, or lost it in the same commit" {
	reading 10 x 1 | into_store
	waiting --timeout 1m --now 2026-03-01T12:00:10Z pump x=2
	{
		reading 20 x 1 "$(ack c1 500)"
		reading 21 x 1
	} | into_store
	ends 1 'refused with code 500 of x'
	waiting --timeout 1m --now 2026-03-01T12:01:00Z --command-id c2 pump x=2
	reading 1 x 1 "$(ack c2 200 'my clock is wrong')" | into_store
	ends 0 'acknowledged with code 200 of x: my clock is wrong'
	# The same command again finds the answer that is there, though the state does not show it.
	waiting --timeout 1m --now 2026-03-01T12:02:00Z --command-id c3 pump x=3
	{
		reading 130 x 1 "$(ack c3 201)"
		reading 131 x 1
	} | into_store
	ends 0 'acknowledged with code 201 of x'
	run -0 --separate-stderr set_at_noon -s s.twin --wait --timeout 0s --now 2026-03-01T12:02:00Z --command-id c3 pump x=3
	[[ $stderr == 'twin-set: acknowledged with code 201 of x' ]]
}

@test "--wait sees an ack whose value the model does not allow" {
	echo '{"properties":{"x":{"range":[0,10]}}}' >m.json
	reading 0 x 1 | into_store -m m.json
	waiting --timeout 1m pump x=2
	reading 5 x 99 "$(ack c1 503 'no power')" | into_store --enforce
	ends 1 'refused with code 503 of x: no power'
}

@test "--wait sees the answers of readings that are there in a store without a history" {
	reading 0 x 1 | into_store --no-history
	waiting --timeout 1m pump x=2
	reading 5 x 1 "$(ack c1 409 locked)" | into_store
	ends 1 'refused with code 409 of x: locked'
}

@test "--wait ends with 1 when something else is desired, or nothing any more" {
	reading 0 x 1 | into_store
	waiting --timeout 1m pump x=2
	set_at_noon -s s.twin --now 2026-03-01T12:01:00Z --command-id c2 pump x=3 >out
	ends 1 'superseded: x: a desire of 2026-03-01T12:01:00Z (command c2) stands'
	waiting --timeout 1m --now 2026-03-01T12:02:00Z pump x=2
	set_at_noon -q -s s.twin --now 2026-03-01T12:03:00Z --command-id c3 pump --unset x >out
	ends 1 'superseded: x: a withdrawal of 2026-03-01T12:03:00Z (command c3) stands'
	waiting --timeout 1m --now 2026-03-01T12:04:00Z pump x/y=2
	set_at_noon -q -s s.twin --now 2026-03-01T12:05:00Z --command-id c4 pump 'x=[1]' >out
	ends 1 'superseded: x/y: a desire of 2026-03-01T12:05:00Z (command c4) of x stands'
	waiting -q --timeout 1m --now 2026-03-01T12:06:00Z pump z=2
	echo '{"type":"deleted","entity_id":"pump","timestamp":"2026-03-01T13:00:00Z"}' | into_store
	ends 1
}

@test "--wait ends with 1 when the deadline is past, by the store's clock" {
	reading 0 x 1 | into_store
	waiting --deadline 30s pump x=2
	reading 30 y 1 | into_store
	still_open 'not met after 0s: x' --deadline 30s pump x=2
	reading 31 y 1 | into_store
	ends 1 'overdue since 2026-03-01T12:00:30Z: x'
}

@test "--wait ends with 1 when the deadline is past by the machine's clock, or --timeout" {
	reading 0 x 1 | into_store
	run -1 --separate-stderr twin-set -s s.twin --wait --deadline 50ms pump x=2
	[[ $stderr == 'twin-set: overdue since '*': x' && $output == *'"deadline":'* ]]
	run -1 --separate-stderr set_at_noon -s s.twin --now 2026-03-02 --wait --timeout 50ms pump f=2 a=1 b=1 c=1 d=1 e=1
	[[ $stderr == *'twin-set: not met after 50ms: a, b, c, d, e and 1 more' ]]
	run -1 --separate-stderr set_at_noon -q -s s.twin --now 2026-03-03 --wait --timeout 1ms pump f=2
	[[ -z $stderr ]]
}

@test "what is met is met, also when the deadline passes in the same commit" {
	reading 0 x 1 | into_store
	waiting --deadline 30s pump x=2
	{
		reading 20 x 2
		reading 40 y 1
	} | into_store
	ends 0 met
}

@test "--wait and --timeout need what they wait with" {
	run -2 set_at_noon --wait pump x=1
	says '--wait needs a --store'
	run -2 set_at_noon -s s.twin --timeout 1s pump x=1
	says '--timeout needs --wait'
}

@test "a signal ends the wait, and the desire stays" {
	needs sqlite3
	reading 0 x 1 | into_store
	for signal in TERM KILL; do
		second=$((second + 1))
		waiting --now "2026-03-01T12:00:0${second}Z" --command-id "$signal" pump x=2
		kill -"$signal" "$setter"
		case $signal in
		TERM) ends 143 ;;
		KILL) ends 137 ;;
		esac
		[[ $(ask 'SELECT command_id FROM desired') == "$signal" ]]
	done
	twin-sync -s s.twin --verify
}

@test "one that waits keeps nobody from writing, compacting and verifying" {
	reading 0 x 1 | into_store
	waiting --timeout 1m pump x=2
	for ((i = 1; i <= 20; i++)); do
		reading "$i" "y$i" 1 | into_store --lock-wait 10s
	done
	into_store --compact --verify </dev/null
	reading 59 x 2 | into_store
	ends 0 met
}

@test "--explain says which store, model, clock and zone are in use" {
	reading 0 x 1 | into_store
	run -0 --separate-stderr set_at_noon --explain -q -s s.twin pump x=1
	[[ $stderr == 'twin-set: store: s.twin
twin-set: model: none
twin-set: zone of times in options: UTC
twin-set: clock: 2026-03-01T12:00:00Z (--now)' ]]
	run -0 --separate-stderr twin-set --explain pump x=1
	[[ $stderr == *'store: none'* && $stderr == *"clock: the machine's" ]]
}
