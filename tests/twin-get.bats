#!/usr/bin/env bats
# twin-get: what a store answers about now and about the past is what a fold in memory of the records that count gives.

load helper

setup_file() {
	export MODEL="$BATS_TEST_DIRNAME/model" D="$BATS_FILE_TMPDIR"

	python3 "$MODEL/random_streams.py" model >"$D/model.json"
	python3 "$MODEL/random_streams.py" generate --streams 150 --seed "${TWIN_PROPERTY_SEED:-7}" >"$D/in"
	twin-sync -q -o /dev/null -s "$D/plain.twin" --commit 300 "$D/in"
	twin-sync -q -o /dev/null -s "$D/model.twin" -m "$D/model.json" --commit 300 "$D/in"
}

setup() {
	scratch
}

teardown() {
	if [ -n "${folder:-}" ]; then
		chmod u+w "$folder"
		rm -r "$folder"
	fi
}

reading() {
	printf '{"entity_id":"%s","property":"%s","timestamp":"2026-03-01T00:00:%02dZ","value":%s}\n' "$@"
}

# plant: a store of a pump and a fan.
plant() {
	{
		reading pump t 1 20 pump t 5 25 pump speed 2 900 pump t 3 22.50 fan t 4 '"warm"'
		printf '%s\n' '{"type":"desired","entity_id":"pump","timestamp":"2026-03-01T00:00:06Z","properties":{"speed":950}}'
	} >in
	twin-sync -q -o /dev/null -s plant.twin in
}

# without_question FILE: states without what they say of the question.
without_question() {
	sed -E 's/,"revision":[0-9]+//; s/,"as_of":"[^"]*"//; s/,"known_at":"[^"]*"//' "$1"
}

# The times that the random streams are dense in, and some beside them.
times="2026-02-28T23:59:59Z 2026-02-28T23:59:59.999999998Z 2026-02-28T23:59:59.999999999Z 2026-03-01T00:00:00Z 2026-03-01T00:00:00.25Z
	2026-03-01T00:00:01Z 2026-03-01T00:00:01.000000001Z 2026-03-01T00:00:02Z 2026-03-01T00:00:05Z 2026-03-01T00:00:07.5Z 2027-01-01T00:00:00Z"

# without_clock [FILE]: states without what depends on ages.
without_clock() {
	sed -E 's/"sync_status":"[^"]*","confidence_score":[0-9.e-]*//' "$@"
}

# next TIME: the nanosecond behind it: --to leaves its own time out, --at does not.
next() {
	python3 - "$1" <<'END'
import datetime, sys
whole, _, part = sys.argv[1].rstrip("Z").partition(".")
nanoseconds = int(part.ljust(9, "0")) + 1
time = datetime.datetime.fromisoformat(whole) + datetime.timedelta(seconds=nanoseconds // 10**9)
print("%s.%09dZ" % (time.isoformat(), nanoseconds % 10**9))
END
}

# without_copies FILE: a record that came several times is one, with what any copy adds to it, whenever that came.
without_copies() {
	sed -E 's/,?"origin":"[^"]*"//g; s/,?"ack":\{[^}]*\}//g; s/,?"deadline":"[^"]*"//g' "$1"
}

@test "the states of a store are those that a fold in memory prints, with a revision" {
	for name in plain model; do
		options=()
		[ $name = plain ] || options=(-m "$D/model.json")
		twin-get -q -s "$D/$name.twin" >got
		grep -q '"revision":' got
		without_question got >plainly
		twin-sync -F ndjson -q "${options[@]}" "$D/in" >want
		cmp plainly want
	done
}

@test "--at gives what a fold of all up to that time gives" {
	for name in plain model; do
		options=()
		[ $name = plain ] || options=(-m "$D/model.json")
		for at in $times; do
			after=$(next "$at")
			twin-get -q -s "$D/$name.twin" --at "$at" >got
			without_question got >plainly
			twin-sync -F ndjson -q "${options[@]}" --to "$after" "$D/in" >want
			cmp plainly want
			[ "$(grep -c '"type":"state"' got)" = "$(grep -c "\"as_of\":" got)" ]
		done
	done
}

@test "--known-at gives what a fold of all that had been received gives, alone and with --at" {
	for known in $times; do
		twin-select -q --where "not exists(received) or received <= '$known'" "$D/in" >heard
		twin-get -q -s "$D/plain.twin" --known-at "$known" >got
		without_question got >plainly
		twin-sync -F ndjson -q heard >want
		cmp <(without_copies plainly) <(without_copies want)
		twin-get -q -s "$D/plain.twin" --known-at "$known" --at "$known" >got
		without_question got >plainly
		twin-sync -F ndjson -q --to "$(next "$known")" heard >want
		cmp <(without_copies plainly) <(without_copies want)
	done
}

@test "--revision gives what the store held when so many records had been stored" {
	twin-select -q --type reading,desired,deleted,state "$D/in" >heard
	twin-sync -q -o /dev/null -s s.twin --commit 90 heard 2>/dev/null
	for revision in 1 2 89 90 91 300 417; do
		twin-get -q -s s.twin --revision "$revision" >got
		without_question got >plainly
		head -n "$revision" heard | twin-sync -F ndjson -q >want
		cmp <(without_copies plainly) <(without_copies want)
	done
	plant
	for revision in 1 2 3 4 5 6; do
		rm -f part.twin*
		head -n "$revision" in | twin-sync -q -o /dev/null -s part.twin
		twin-get -s plant.twin --revision "$revision" | cmp - <(twin-get -s part.twin)
	done
	run -0 twin-get -s plant.twin --revision 99
	[[ $output == *'"revision":6'* ]]
}

@test "what has changed since a revision, joined with the state of then, is the state of now" {
	for name in plain model; do
		options=()
		[ $name = plain ] || options=(-m "$D/model.json")
		twin-get -q -s "$D/$name.twin" >now
		now=$(twin-get -s "$D/$name.twin" --info | jq .measures.revision)
		for revision in 1 300 301 $((now / 2)) $((now - 7)) $((now - 1)) "$now"; do
			twin-get -q -s "$D/$name.twin" --revision "$revision" >before
			twin-get -q -s "$D/$name.twin" --changes-since "$revision" >changes
			cat before changes | twin-sync -F ndjson -q "${options[@]}" >joined
			# Ages count from the newest of all readings, of which some may be in neither.
			cmp <(without_clock joined) <(without_question now | without_clock)
			[ "$revision" -lt "$now" ] || [ ! -s changes ]
		done
		twin-get -q -s "$D/$name.twin" --changes-since 0 | twin-sync -F ndjson -q "${options[@]}" >joined
		cmp <(without_clock joined) <(without_question now | without_clock)
	done
}

@test "only the registers that changed are told" {
	plant
	{
		reading pump t 9 31 fan t 1 '"cold"'
		printf '%s\n' '{"type":"desired","entity_id":"fan","timestamp":"2026-03-01T00:00:08Z","properties":{"on":true}}'
	} | twin-sync -q -o /dev/null -s plant.twin
	run -0 twin-get -s plant.twin --changes-since 6 -e change,delta,state
	[ "${#lines[@]}" = 6 ]
	[[ ${lines[0]} == '{"type":"change","entity_id":"fan","timestamp":"2026-03-01T00:00:08Z","properties":{},"desired":{"on":true},'* ]]
	[[ ${lines[1]} == '{"type":"state","entity_id":"fan",'*'"properties":{"t":"warm"}'* ]]
	[[ ${lines[2]} == '{"type":"delta","entity_id":"fan",'*'"properties":{"on":true}'* ]]
	[[ ${lines[3]} == '{"type":"change","entity_id":"pump","timestamp":"2026-03-01T00:00:09Z","properties":{"t":31},"metadata":'* ]]
	run -0 twin-get -s plant.twin --changes-since 6 -P t
	[ "${#lines[@]}" = 1 ]
	run -0 twin-get -s plant.twin --changes-since 9
	[ -z "$output" ]
	run -2 --separate-stderr twin-get -s plant.twin --changes-since 10
	[ "$stderr" = "twin-get: the store has revision 9, and nothing can be new since 10" ]
}

@test "a cursor tells each change once, and again when it could not be written" {
	plant
	twin-get -s plant.twin --cursor told >first
	[ "$(wc -l <first)" = 2 ]
	run -0 twin-get -s plant.twin --cursor told
	[ -z "$output" ]
	reading pump t 9 31 | twin-sync -q -o /dev/null -s plant.twin
	cp told before
	run -2 bash -c 'twin-get -s plant.twin --cursor told >/dev/full 2>message'
	cmp told before
	run -0 twin-get -s plant.twin --cursor told
	[[ $output == *'"properties":{"t":31}'* ]]
	run -0 twin-get -s plant.twin --cursor told --count
	[[ $output == *'"count":0'* ]]
	rm plant.twin*
	plant
	run -2 --separate-stderr twin-get -s plant.twin --cursor told
	[[ $stderr == "twin-get: cursor 'told' is of another store: "* ]]
	echo nonsense >told
	run -2 --separate-stderr twin-get -s plant.twin --cursor told
	[[ $stderr == "twin-get: 'told' is no cursor: "* ]]
	run -2 --separate-stderr twin-get -s plant.twin --cursor new --limit 1
	run -2 --separate-stderr twin-get -s plant.twin --cursor new --changes-since 1
	[ ! -e new ]
	run -2 --separate-stderr twin-get -s plant.twin --cursor nowhere/new
	[ -z "$output" ]
	[ "$stderr" = "twin-get: cannot write cursor 'nowhere/new': No such file or directory" ]
}

@test "--follow ends when the store is replaced or removed" {
	plant
	cp plant.twin other
	mkfifo told
	twin-get -s plant.twin --follow --changes-since 5 >told 2>said 3>&- &
	follower=$!
	exec 7<told
	read -r -t 20 line <&7
	[[ $line == *'"desired":{"speed":950}'* ]]
	mv other plant.twin
	# It ends by itself.
	run -0 timeout 20 cat <&7
	[ -z "$output" ]
	exec 7<&-
	status=0
	wait "$follower" || status=$?
	[ "$status" = 2 ]
	[ "$(cat said)" = "twin-get: store 'plant.twin' has been replaced or removed: there is nothing left to follow" ]
}

@test "new records are told as they came, in the order of time" {
	plant
	run -0 twin-get -s plant.twin --cursor told -e reading,desired
	[ "${#lines[@]}" = 6 ]
	reading pump t 9 31 fan t 1 '"cold"' | tee new | twin-sync -q -o /dev/null -s plant.twin
	twin-get -s plant.twin --cursor told -e reading,desired >got
	sort -r new | cmp - <(sort -r got)
	[[ $(head -n 1 got) == *fan* ]]
	run -0 twin-get -s plant.twin --cursor told -e reading,desired,change
	[ -z "$output" ]
}

@test "--follow tells what is committed as it is committed, and ends with its reader" {
	plant
	mkfifo told
	twin-get -s plant.twin --follow -e change,delta >told 3>&- &
	follower=$!
	exec 7<told
	# What is written before the first look is not told: write until something is.
	for ((second = 10; second < 60; second++)); do
		reading pump speed "$second" "$second" | twin-sync -q -o /dev/null -s plant.twin
		if read -r -t 0.2 line <&7; then break; fi
	done
	[[ $line == '{"type":"change","entity_id":"pump",'*'"properties":{"speed":'*'},"metadata":'* ]]
	# A delta comes only when it says something else; all other changes come in their order.
	printf '%s\n' '{"type":"desired","entity_id":"fan","timestamp":"2026-03-01T00:01:00Z","properties":{"on":true}}' |
		twin-sync -q -o /dev/null -s plant.twin
	while read -r -t 20 line <&7; do [[ $line != *'"fan"'* ]] || break; done
	[[ $line == '{"type":"change","entity_id":"fan",'*'"desired":{"on":true}'* ]]
	read -r -t 20 line <&7
	[[ $line == '{"type":"delta","entity_id":"fan",'*'"properties":{"on":true}'* ]]
	exec 7<&-
	status=0
	wait "$follower" || status=$?
	[ "$status" = 141 ]
}

@test "an answer about some twins is the part of the answer about all" {
	for options in '' '--at 2026-03-01T12:00:00.5Z' '--known-at 2026-03-01T12:00:01Z'; do
		# shellcheck disable=SC2086 # several words
		twin-get -q -s "$D/model.twin" $options >all
		jq -r 'select(.type == "state") | .entity_id' all | grep -E '^[A-Za-z0-9]+$' | sed -n 5p >id
		# shellcheck disable=SC2086
		twin-get -q -s "$D/model.twin" $options "$(cat id)" >one
		grep -F "$(cat one)" all >found
		cmp found one
		[ -s one ]
	done
}

@test "records are asked as a store is" {
	plant
	twin-get -q -s plant.twin >want
	twin-get -q -s in | cmp - <(without_question want)
	twin-get -q -s - <in | cmp - <(without_question want)
	twin-sync -F ndjson -q in | twin-get -s - fan | cmp - <(without_question want | grep fan)
	twin-get -q -s plant.twin --at 2026-03-01T00:00:04Z >want
	twin-get -q -s in --at 2026-03-01T00:00:04Z | cmp - <(sed 's/,"revision":[0-9]*//' want)
	twin-sync -F ndjson -q in >states
	run -2 --separate-stderr twin-get -s states --at 2026-03-01T00:00:04Z
	[[ $stderr == "twin-get: a state does not say what was before"* ]]
	echo 'no record' >>in
	run -3 --separate-stderr twin-get -q -s in --rejects bad fan
	[[ ${lines[0]} == *'"warm"'* ]]
	[[ $stderr == "twin-get: in:7: "* ]]
	[ "$(cat bad)" = 'no record' ]
	run -2 --separate-stderr twin-get -s in --strict
	[ "$(grep -c . <<<"$stderr")" = 1 ]
}

@test "globs choose twins, -P what is said of them" {
	plant
	run -0 --separate-stderr twin-get -s plant.twin 'p*'
	[ "${#lines[@]}" = 1 ]
	[[ $output == *'"entity_id":"pump"'* ]]
	run -0 --separate-stderr twin-get -s plant.twin fan pump fan
	[ "${#lines[@]}" = 2 ]
	run -0 --separate-stderr twin-get -s plant.twin -P speed
	[ "${#lines[@]}" = 1 ]
	[[ $output == *'"properties":{"speed":900},"desired":{"speed":950},"delta":{"speed":950}'* ]]
	[[ $output != *'"t":'* ]]
	run -0 --separate-stderr twin-get -s plant.twin -e delta
	[[ $output == '{"type":"delta","entity_id":"pump",'*'"properties":{"speed":950}'* ]]
	run -0 --separate-stderr twin-get -s plant.twin -P t -e delta
	[[ $output == *'"properties":{}'* || -z $output ]]
}

@test "--where, --sort, --limit and --count choose among the answers" {
	plant
	run -0 --separate-stderr twin-get -s plant.twin --where 'properties.t > 20'
	[ "${#lines[@]}" = 1 ]
	run -0 twin-get -s plant.twin --sort -entity_id --limit 1
	[[ $output == *'"pump"'* ]]
	run -0 twin-get -s plant.twin --limit 0
	[ -z "$output" ]
	run -0 twin-get -s plant.twin --count
	[ "$output" = '{"type":"summary","measures":{"count":2}}' ]
	run -0 --separate-stderr twin-get -s plant.twin --where 'propertees.t > 20'
	[[ $stderr == 'twin-get: --where: no record has propertees.t' ]]
	run -2 --separate-stderr twin-get -s plant.twin --where 'properties.t >'
	[[ $stderr == *'--where: column '* ]]
}

@test "--stale needs a clock, and tells who has not been heard of" {
	plant
	run -2 --separate-stderr twin-get -s plant.twin --stale --stale-after 2s
	[[ $stderr == *'--stale needs --now'* ]]
	run -0 twin-get -s plant.twin --stale --stale-after 5s --now 2026-03-01T00:00:10Z
	[ "${#lines[@]}" = 2 ]
	run -0 twin-get -s plant.twin --stale --stale-after 9s --now 2026-03-01T00:00:10Z
	[ "${#lines[@]}" = 0 ]
	run -0 twin-get -s plant.twin --stale --stale-after 1ms --now live --count
	[[ $output == *'"count":2'* ]]
}

@test "--list names the twins, --info says what the store holds" {
	plant
	run -0 twin-get -s plant.twin --list
	[ "${lines[0]}" = '{"type":"summary","entity_id":"fan","measures":{"properties":1,"desired":0,"timestamp":"2026-03-01T00:00:04Z","revision":5}}' ]
	[[ ${lines[1]} == *'"pump","measures":{"properties":2,"desired":1,'* ]]
	run -0 twin-get -s plant.twin --list --where 'measures.desired > 0' --count
	[[ $output == *'"count":1'* ]]
	twin-get -s plant.twin --info >info
	[ "$(jq -c '.measures | [.twins, .properties, .records, .readings, .revision, .models, .sources, .oldest, .newest]' info)" = \
		'[2,3,6,5,6,0,1,"2026-03-01T00:00:01Z","2026-03-01T00:00:06Z"]' ]
	[ "$(jq .measures.bytes info)" = "$(stat -c %s plant.twin)" ]
	run -0 twin-get -s plant.twin --list -F table
	[ "${lines[0]}" = 'entity_id  properties  desired  timestamp             revision' ]
	[ "${lines[1]}" = 'fan                 1        0  2026-03-01T00:00:04Z         5' ]
	run -0 twin-get -s plant.twin --list -F csv --sort -entity_id
	[ "${lines[1]}" = 'pump,2,1,2026-03-01T00:00:06Z,6' ]
	run -2 --separate-stderr twin-get -s in --info
	[[ $stderr == "twin-get: 'in' is no store, "* ]]
}

@test "what is not there is said kindly" {
	plant
	run -0 --separate-stderr twin-get -s plant.twin pomp
	[ -z "$output" ]
	[ "$stderr" = "twin-get: no twin is called 'pomp'; did you mean 'pump'?" ]
	run -0 --separate-stderr twin-get -q -s plant.twin pomp
	[ -z "$stderr" ]
	run -0 --separate-stderr twin-get -s plant.twin -P spead
	[ -z "$output" ]
	[ "$stderr" = "twin-get: no property is called 'spead'; did you mean 'speed'?" ]
	# A name with what means something in a pattern is still a name.
	reading 'a[1]*' t 1 1 | twin-sync -q -o /dev/null -s plant.twin
	run -0 --separate-stderr twin-get -s plant.twin 'a[1]*'
	[[ $output == *'"entity_id":"a[1]*"'* ]]
	# What was deleted may have had the property.
	printf '%s\n' '{"type":"deleted","entity_id":"fan","timestamp":"2026-03-01T00:01:00Z"}' | twin-sync -q -o /dev/null -s plant.twin
	run -0 twin-get -q -s plant.twin -P t fan
	[[ $output == '{"type":"deleted","entity_id":"fan",'* ]]
	run -2 --separate-stderr twin-get pump
	[[ $stderr == 'twin-get: which store? '* ]]
	run -2 --separate-stderr twin-get -s nowhere.twin
	[[ $stderr == *nowhere.twin* ]]
	[ ! -e nowhere.twin ]
	TWIN_STORE=plant.twin run -0 twin-get --count
	[[ $output == *3* ]]
	sqlite3 other.db 'CREATE TABLE a (b)'
	run -2 --separate-stderr twin-get -s other.db
	[ "$stderr" = "twin-get: 'other.db' is not a store" ]
}

@test "a store without history answers about now, and says why not about then" {
	reading a t 1 1 a t 2 2 >in
	twin-sync -q -o /dev/null --no-history -s s.twin in
	run -0 twin-get -s s.twin
	[[ $output == *'"properties":{"t":2}'* ]]
	run -2 --separate-stderr twin-get -s s.twin --at 2026-03-01T00:00:01Z
	[ "$stderr" = "twin-get: store 's.twin' keeps no history" ]
	run -0 twin-get -s s.twin --info
	[[ $output == *'"twins":1,"properties":1,'* ]]
}

@test "reading waits for no writer, and leaves the store as it is" {
	needs sqlite3
	plant
	sha256sum plant.twin >before
	twin-get -q -s plant.twin >want
	mkfifo hold
	sqlite3 plant.twin <hold &
	exec 7>hold
	echo 'BEGIN IMMEDIATE; UPDATE twins SET revision = revision + 1; SELECT 1;' >&7
	twin-get -q -s plant.twin | cmp - want
	exec 7>&-
	wait $!
	twin-get -q -s plant.twin | cmp - want
	sha256sum -c --quiet before
	[ ! -e plant.twin-wal ]
}

@test "a store beside which its reader may write nothing is read all the same" {
	folder=$(mktemp -d)
	cd "$folder"
	plant
	twin-get -s plant.twin >want
	chmod a-w,a+rx . plant.twin
	# Root may write everywhere.
	as=()
	if [ "$(id -u)" = 0 ]; then
		needs setpriv
		cp "$TWIN_BUILD/twin-get" .
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		PATH=$PWD:$PATH
		"${as[@]}" test -x "$PWD/twin-get" || skip "temporary files are not everybody's to look into"
	fi
	run -0 --separate-stderr "${as[@]}" twin-get -s plant.twin
	[ "$output" = "$(cat want)" ]
	run -2 --separate-stderr "${as[@]}" twin-get -s plant.twin --follow
	[[ $stderr == "twin-get: store 'plant.twin' can only be followed by who may write beside it" ]]
}

@test "a full disk and a reader that is gone are told as everywhere" {
	plant
	run -2 --separate-stderr bash -c 'twin-get -q -s plant.twin >/dev/full'
	[[ $stderr == *'No space left on device'* ]]
	run -2 --separate-stderr twin-get -s plant.twin -o plant.twin
	[[ $stderr == *plant.twin* ]]
	run -0 twin-get -s plant.twin --count
	exec {pipe}> >(:)
	wait $!
	run -141 bash -c 'exec twin-get -s plant.twin >&'"$pipe"
}

@test "a store that somebody has for himself for a moment, as when the last writer closes it, is waited for" {
	needs sqlite3
	reading pump t 1 20 | twin-sync -q -s s.twin -o /dev/null
	mkfifo sql
	sqlite3 -batch s.twin <sql >held 3>&- &
	holder=$!
	exec {to}>sql
	printf '%s\n' 'PRAGMA locking_mode = EXCLUSIVE;' 'SELECT revision FROM store;' 'BEGIN EXCLUSIVE;' 'SELECT 1;' >&"$to"
	until [[ $(tail -n 1 held) == 1 && $(wc -l <held) == 3 ]]; do sleep 0.01; done # between two looks
	twin-get -s s.twin --count >out 3>&- &
	getter=$!
	# It has come to the store, or has given up.
	until ! kill -0 "$getter" 2>kill.err || [[ $(readlink "/proc/$getter"/fd/*) == */s.twin* ]]; do sleep 0.01; done
	printf '%s\n' 'ROLLBACK;' '.quit' >&"$to"
	exec {to}>&-
	wait "$getter" "$holder"
	echo '{"type":"summary","measures":{"count":1}}' | cmp - out
}

@test "--at and --why know the last two moments of time from each other" {
	printf '{"entity_id":"a","property":"t","timestamp":"2262-04-11T23:47:16.85477580%dZ","value":%d}\n' 6 6 7 7 |
		twin-sync -q -s s.twin -o /dev/null
	for last in 6 7; do
		at=2262-04-11T23:47:16.85477580${last}Z
		[[ $(twin-get -s s.twin --at "$at" | jq .properties.t) == "$last" ]]
		[[ $(twin-get -s s.twin --at "$at" --why -P t a | jq .value) == "$last" ]]
	done
}

@test "since a revision a delta is told of each changed twin with desires, also when it has become empty" {
	plant
	run -0 twin-get -s plant.twin --cursor told -e delta
	[[ $output == *'"properties":{"speed":950}'* ]]
	reading pump speed 20 950 fan t 20 1 | twin-sync -q -s plant.twin -o /dev/null
	met='{"type":"delta","entity_id":"pump","timestamp":"2026-03-01T00:00:20Z","properties":{}}'
	run -0 twin-get -s plant.twin --changes-since 6 -e delta
	[ "$output" = "$met" ]
	run -0 twin-get -s plant.twin --cursor told -e delta
	[ "$output" = "$met" ]
	# Nobody has been told otherwise, and nothing has changed.
	[ -z "$(twin-get -s plant.twin --changes-since 0 -e delta)" ]
	[ -z "$(twin-get -s plant.twin --cursor told -e delta)" ]
	printf '%s\n' '{"type":"desired","entity_id":"pump","timestamp":"2026-03-01T00:00:30Z","properties":{"speed":1}}' |
		twin-sync -q -s plant.twin -o /dev/null
	run -0 twin-get -s plant.twin --cursor told -e delta
	[[ $output == *'"properties":{"speed":1}'* ]]
	twin-set -q -s plant.twin --now 2026-03-01T00:00:31Z --unset speed pump >wish
	run -0 twin-get -s plant.twin --cursor told -e delta
	[[ $output == *'"properties":{}}' ]]
	twin-set -q -s plant.twin --now 2026-03-01T00:00:32Z pump speed=2 >wish
	twin-get -s plant.twin --cursor told >changes
	echo '{"type":"deleted","entity_id":"pump","timestamp":"2026-03-01T00:00:40Z"}' | twin-sync -q -s plant.twin -o /dev/null
	run -0 twin-get -s plant.twin --cursor told -e delta
	[[ $output == '{"type":"delta","entity_id":"pump","timestamp":"2026-03-01T00:00:40Z","properties":{}}' ]]
}

@test "--info is not asked of a part of the store or of the past, which it would not heed" {
	plant
	for more in pump '-P t' '--at 2026-03-01T00:00:01Z' '--known-at 2026-03-01' '--revision 2'; do
		# shellcheck disable=SC2086 # several words
		run -2 --separate-stderr twin-get -s plant.twin --info $more
		[[ -z $output && $stderr == "twin-get: --info is about "* ]]
	done
}
