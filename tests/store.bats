#!/usr/bin/env bats
# shellcheck disable=SC2094 # names of twins are those of files only by chance
# twin-sync --store: what is folded in pieces, by several programs, with kill -9 at any instant and with calls that fail, is what one fold in
# memory gives.

load helper

setup_file() {
	export MODEL="$BATS_TEST_DIRNAME/model" D="$BATS_FILE_TMPDIR"
	export STREAMS="${TWIN_PROPERTY_STREAMS:-600}" SEED="${TWIN_PROPERTY_SEED:-1}"

	python3 "$MODEL/random_streams.py" model >"$D/model.json"
	python3 "$MODEL/random_streams.py" generate --streams "$STREAMS" --seed "$SEED" >"$D/in"
	python3 "$MODEL/random_streams.py" generate --streams 40 --seed $((SEED + 1)) >"$D/few"
	for streams in in few; do
		twin-sync -F ndjson -q "$D/$streams" >"$D/$streams.whole"
	done
}

setup() {
	scratch
	needs sqlite3
	export ASAN_OPTIONS=verify_asan_link_order=0
}

# into STORE FILE...: folds the files into the store.
into() {
	local store=$1
	shift
	twin-sync -q -o /dev/null -s "$store" "$@"
}

ask() {
	sqlite3 -batch "$1" "$2"
}

# states STORE [OPTION...]: what a fold in memory would print of the store.
states() {
	ask "$1" 'SELECT state FROM twins ORDER BY entity_id' >.states
	shift
	twin-sync -F ndjson -q "$@" .states
}

# same_as_whole STORE STREAMS: the store holds, byte for byte, what the fold of all the stream in memory gives.
same_as_whole() {
	states "$1" >.got
	cmp -s .got "$D/$2.whole" || {
		python3 "$MODEL/random_streams.py" explain "$D/$2.whole" .got "$D/$2"
		return 1
	}
	[ "$(ask "$1" 'PRAGMA integrity_check')" = ok ]
}

reading() {
	printf '{"entity_id":"%s","property":"t","timestamp":"2026-03-01T00:00:%02dZ","value":%s}\n' "$@"
}

@test "a stream dealt at random to several runs leaves what one fold in memory gives" {
	for parts in 2 7; do
		rm -f s.twin
		python3 "$MODEL/random_streams.py" split --seed $((SEED + parts)) --parts "$parts" part <"$D/in"
		for part in $(printf '%s\n' part.* | sort -R --random-source=<(yes "$parts")); do
			into s.twin -j $((RANDOM % 3 + 1)) "$part"
		done
		same_as_whole s.twin in
		into s.twin --compact
		ask s.twin 'SELECT sum(items) FROM history' >>items
	done
	into one.twin "$D/in"
	into one.twin --compact
	ask one.twin 'SELECT sum(items) FROM history' >>items
	[ "$(sort -u items | wc -l)" = 1 ]
}

@test "small commits, pipes and several threads leave what one fold in memory gives" {
	for options in '--commit 7' '--commit 1000 -j 4' '--commit eof -j 1' '--commit 1ms' '--no-history'; do
		rm -f s.twin
		# shellcheck disable=SC2086 # they are several
		into s.twin $options - <"$D/in"
		same_as_whole s.twin in
	done
	rm -f s.twin
	# shellcheck disable=SC2002 # a pipe is the point
	cat "$D/in" | into s.twin
	same_as_whole s.twin in
}

@test "a model's priorities and ranges hold in a store, and it is used again without being named" {
	twin-sync -F ndjson -q -m "$D/model.json" "$D/few" >whole
	python3 "$MODEL/random_streams.py" split --seed 5 --parts 3 part <"$D/few"
	into s.twin -m "$D/model.json" part.0
	into s.twin part.2
	into s.twin part.1
	# Ranges make a quality, which stands in the state; the rest needs the model again.
	states s.twin -m "$D/model.json" >got
	cmp whole got
	[ "$(ask s.twin 'SELECT count(*) FROM models')" = 1 ]
	run -0 --separate-stderr twin-sync -s s.twin --explain -q /dev/null
	says "model: the store's"
}

@test "the states that a run prints are those of the twins that it spoke of, with the store's revision" {
	reading a 1 1 >a
	reading b 2 2 >b
	into s.twin a
	run -0 twin-sync -s s.twin b
	same <<'END'
{"type":"state","entity_id":"b","timestamp":"2026-03-01T00:00:02Z","revision":2,"properties":{"t":2},"sync_status":"unknown","confidence_score":1,"metadata":{"t":{"timestamp":"2026-03-01T00:00:02Z"}}}
END
	run -0 twin-sync -q -s s.twin a
	[[ $output == *'"entity_id":"a"'*'"revision":1,'* ]]
}

@test "doing it all again changes nothing but counts" {
	into s.twin "$D/in"
	content='SELECT id, entity_id, timestamp, revision, state FROM twins ORDER BY id'
	ask s.twin "$content" >before
	into s.twin "$D/in"
	ask s.twin "$content" >after
	cmp before after
	run -0 twin-sync -q -s s.twin -e change,delta "$D/in"
	[ "$output" = "" ]
}

@test "changes, refusals, deltas and events over several runs are those of one run" {
	needs split
	printf '%s\n' '{"properties":{"t":{"stale_after":"3s","tolerance":1}}}' >m.json
	{
		reading a 1 1
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T00:00:02Z","deadline":"2026-03-01T00:00:12Z","properties":{"t":5,"u":1}}'
		reading b 3 1
		reading a 5 2
		reading a 4 9
		reading b 9 2
		reading a 10 5
		reading b 20 5
		reading a 21 7
		reading c 22 7
		echo '{"type":"deleted","entity_id":"b","timestamp":"2026-03-01T00:00:23Z"}'
		reading b 21 5
		reading c 30 7
	} >in
	twin-sync -q -m m.json -e change,refused,delta,event in >whole
	grep -q '"event":"stale"' whole
	grep -q '"event":"recovered"' whole
	grep -q '"event":"desired-met"' whole
	grep -q '"event":"desired-overdue"' whole
	grep -q '"type":"delta"' whole
	for lines in 1 2 5; do
		rm -f s.twin part.*
		split -l "$lines" in part.
		for part in part.*; do
			twin-sync -q -m m.json -e change,refused,delta,event -s s.twin "$part"
		done >got
		diff whole got
	done
}

@test "--resume reads a growing file on from its last whole line" {
	reading a 1 1 >log
	into s.twin --resume log
	printf '{"entity_id":"a","property":"t","times' >>log
	run -0 --separate-stderr twin-sync -s s.twin --resume -e change log
	[ "$output$stderr" = "" ]
	printf 'tamp":"2026-03-01T00:00:05Z","value":2}\n' >>log
	run -0 --separate-stderr twin-sync -s s.twin --resume -e change,refused log
	[[ $output == *'"t":2'* ]]
	[ "$stderr" = "" ]
	[ "$(ask s.twin 'SELECT position = length(readfile("log")), revision FROM sources')" = "1|2" ]
	# Without it all is read again, and nothing becomes of it.
	run -0 --separate-stderr twin-sync -s s.twin -e change log
	[ "$output" = "" ]
	says '2 refused'
}

@test "a last line without a newline counts, and is read again when there is more" {
	printf %s "$(reading a 1 1)" >log
	into s.twin --resume log
	[ "$(ask s.twin 'SELECT state LIKE "%{""t"":1}%" FROM twins')" = 1 ]
	printf '\n' >>log
	reading a 2 2 >>log
	into s.twin --resume log
	[ "$(ask s.twin 'SELECT state LIKE "%{""t"":2}%" FROM twins')" = 1 ]
}

@test "a log that was renamed is known again, and the new one under its name is read from its start" {
	reading a 1 1 >log
	into s.twin --resume log
	reading a 2 2 >>log
	mv log log.1
	reading a 3 3 >log
	run -0 --separate-stderr twin-sync -s s.twin --resume -e change log.1 log
	[ "$(grep -c . <<<"$output")" = 2 ]
	[[ $stderr == *"log' is another file than the one taken before: read from its start" ]]
}

@test "a log that was cut, or holds something else, is read from its start" {
	{
		reading a 1 1
		reading a 2 2
	} >log
	into s.twin --resume log
	reading b 1 1 >short
	cat short >log
	run -0 --separate-stderr twin-sync -s s.twin --resume -e change log
	[[ $output == *'"entity_id":"b"'* ]]
	says 'is shorter than what was taken of it: read from its start'
	{
		reading c 1 1
		reading c 2 2
	} >other
	cat other >log
	run -0 --separate-stderr twin-sync -s s.twin --resume -e change log
	[ "$(grep -c '"entity_id":"c"' <<<"$output")" = 2 ]
	says 'begins with other bytes than when it was taken: read from its start'
}

@test "compressed files are resumed behind what was read of them" {
	for tool in gzip zstd; do
		needs "$tool"
		rm -f s.twin log*
		reading a 1 1 | "$tool" -c >log.z
		into s.twin --resume log.z
		reading a 2 2 | "$tool" -c >>log.z
		run -0 --separate-stderr twin-sync -s s.twin --resume -e change,refused log.z
		[[ $output == *'{"t":2}'* ]]
		[ "$(grep -c . <<<"$output")" = 1 ]
		[ "$stderr" = "" ]
	done
}

@test "several files, standard input from a file and a pipe are resumed each as it can be" {
	reading a 1 1 >a
	reading b 1 1 >b
	reading c 1 1 >c
	into s.twin --resume a - b <c
	reading b 2 2 >>b
	run -0 --separate-stderr twin-sync -s s.twin --resume -e change,refused a - b <c
	[ "$(grep -c . <<<"$output")" = 1 ]
	[ "$stderr" = "" ]
	run -0 --separate-stderr bash -c "cat a | twin-sync -s s.twin --resume -e change"
	[[ $stderr == *"is no file that can be resumed: all of it is read"* ]]
}

@test "programs that come to make a store at once all find it made" {
	reading a 0 0 b 1 1 >few
	for ((round = 0; round < 40; round++)); do
		rm -f s.twin*
		local writers=()
		for ((writer = 0; writer < 4; writer++)); do
			into s.twin few &
			writers+=($!)
		done
		for writer in "${writers[@]}"; do
			wait "$writer"
		done
	done
}

@test "two writers at once leave what one fold in memory gives" {
	python3 "$MODEL/random_streams.py" split --seed 9 --parts 3 part <"$D/in"
	local writers=()
	for part in 0 1 2; do
		into s.twin --commit 50 "part.$part" &
		writers+=($!)
	done
	for part in "${writers[@]}"; do
		wait "$part"
	done
	same_as_whole s.twin in
}

@test "a live writer does not keep others out" {
	mkfifo pipe
	into s.twin <pipe &
	local writer=$!
	exec 5>pipe
	reading a 1 1 >&5
	reading b 1 1 >b
	into s.twin --lock-wait 10s b
	reading a 2 2 >&5
	reading b 2 2 >b
	into s.twin --lock-wait 10s b
	exec 5>&-
	wait "$writer"
	[ "$(ask s.twin 'SELECT count(*), min(timestamp) FROM twins')" = '2|2026-03-01T00:00:02Z' ]
}

@test "a live writer answers before its input ends, and only after the commit" {
	mkfifo pipe out
	twin-sync -q -s s.twin -e change <pipe >out &
	local writer=$!
	exec 5>pipe 6<out
	for second in 1 2 3; do
		reading a "$second" "$second" >&5
		read -r -t 20 answer <&6
		[[ $answer == *"{\"t\":$second}"* ]]
		[ "$(ask s.twin 'SELECT timestamp FROM twins')" = "2026-03-01T00:00:0${second}Z" ]
	done
	exec 5>&-
	wait "$writer"
}

@test "a store is not written over by what comes out" {
	into s.twin "$D/few"
	cp s.twin before
	for options in '-o s.twin' '-e change=./s.twin' '--rejects s.twin'; do
		# shellcheck disable=SC2086 # they are two
		run -2 --separate-stderr twin-sync -s s.twin $options "$D/few"
		[[ $stderr == "twin-sync: "*"s.twin"* ]]
		cmp s.twin before
	done
}

@test "a store that is locked for too long is told, with status 2 and without output" {
	reading a 1 1 >a
	into s.twin a
	coproc LOCK { sqlite3 -batch s.twin; }
	printf 'BEGIN IMMEDIATE;\nSELECT 1;\n' >&"${LOCK[1]}"
	read -r -u "${LOCK[0]}" _
	reading b 1 1 >b
	run -2 --separate-stderr twin-sync -s s.twin --lock-wait 50ms -e change,state b
	[ "$output" = "" ]
	[ "$stderr" = "twin-sync: store 's.twin' is locked by another program" ]
	printf 'ROLLBACK;\n.quit\n' >&"${LOCK[1]}"
}

@test "what is no store, or one of a newer format, is told and left as it is" {
	echo 'not a database, and long enough to be looked at: 0123456789' >text
	cp text before
	run -2 --separate-stderr twin-sync -s text /dev/null
	[ "$stderr" = "twin-sync: 'text' is not a store" ]
	cmp text before
	ask other.db 'CREATE TABLE t (x)'
	cp other.db before
	run -2 --separate-stderr twin-sync -s other.db /dev/null
	[ "$stderr" = "twin-sync: 'other.db' is not a store" ]
	cmp other.db before
	into s.twin "$D/few"
	ask s.twin 'PRAGMA user_version = 99'
	run -2 --separate-stderr twin-sync -s s.twin /dev/null
	says "store 's.twin' has format 99, and this program knows none above 1: use a newer twin-sync"
	run -2 --separate-stderr twin-sync -s no/such/folder /dev/null
	[[ $stderr == "twin-sync: cannot open store 'no/such/folder': No such file or directory" ]]
	run -2 --separate-stderr twin-sync -s . /dev/null
	[[ $stderr == "twin-sync: "* ]]
}

@test "a store that may only be read is told, with status 2" {
	[ "$(id -u)" = 0 ] || skip "needs root, to become somebody who may not write"
	needs setpriv
	# Outside of what bats keeps to itself.
	folder=$(mktemp -d)
	cd "$folder"
	reading a 1 1 >a
	into s.twin a
	chmod 444 s.twin
	for mode in 777 555; do
		chmod "$mode" .
		run -2 --separate-stderr setpriv --reuid 65534 --clear-groups "$(command -v twin-sync)" -s s.twin a
		[ "$output" = "" ]
		says "twin-sync: store 's.twin' cannot be written: it is read-only"
	done
	cd / && rm -r "$folder"
}

@test "a store without history is one for good" {
	into s.twin --no-history "$D/few"
	into s.twin "$D/few"
	same_as_whole s.twin few
	[ "$(ask s.twin 'SELECT count(*) FROM history_run')" = 0 ]
	into t.twin "$D/few"
	run -2 --separate-stderr twin-sync -s t.twin --no-history "$D/few"
	says "store 't.twin' keeps a history: --no-history is for a new store"
}

@test "the views of a store can be read with sqlite3" {
	{
		reading a 1 1
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T00:00:02Z","command_id":"c1","properties":{"t":5}}'
		echo '{"type":"deleted","entity_id":"b","timestamp":"2026-03-01T00:00:03Z"}'
		echo '{"type":"deleted","entity_id":"b","property":"x","timestamp":"2026-03-01T00:00:04Z"}'
		echo '{"type":"deleted","entity_id":"a","property":"y","timestamp":"2026-03-01T00:00:04Z"}'
		echo '{"type":"event","id":"1","entity_id":"a","timestamp":"2026-03-01T00:00:05Z","event":"alert","severity":"warning","property":"t"}'
		echo '{"type":"prediction","entity_id":"a","timestamp":"2026-03-01T00:00:06Z","method":"weibull","failure_probability":0.1}'
		echo '{"type":"forecast","entity_id":"a","property":"t","timestamp":"2026-03-02T00:00:06Z","value":7}'
	} >in
	run -0 --separate-stderr twin-sync -s s.twin -o /dev/null in
	[ "$stderr" = "" ]
	[ "$(ask s.twin 'SELECT * FROM desired')" = 'a|t|2026-03-01T00:00:02Z|c1||' ]
	run -0 ask s.twin 'SELECT * FROM tombstones ORDER BY timestamp, entity_id'
	same <<'END'
b||2026-03-01T00:00:03Z
a|y|2026-03-01T00:00:04Z
b|x|2026-03-01T00:00:04Z
END
	[ "$(ask s.twin 'SELECT entity_id, timestamp, event, property, severity FROM events')" = 'a|2026-03-01T00:00:05Z|alert|t|warning' ]
	[ "$(ask s.twin "SELECT method, record ->> 'failure_probability' FROM predictions")" = 'weibull|0.1' ]
	[ "$(ask s.twin 'SELECT revision FROM store')" = 8 ]
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 8 ]
}

@test "each record has a revision of its own, forecasts too, and what is stored again keeps its first" {
	{
		reading a 1 1
		echo '{"type":"forecast","entity_id":"a","property":"t","timestamp":"2026-03-02T00:00:06Z","value":7}'
		echo '{"type":"unknown"}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T00:00:02Z","properties":{"t":5,"u":6}}'
		reading a 2 2
	} >in
	into s.twin --commit 1 in
	[ "$(ask s.twin 'SELECT group_concat(revision) FROM history_block')" = 1,2,3,4 ]
	[ "$(ask s.twin 'SELECT revision FROM store')" = 4 ]
	into s.twin in
	[ "$(ask s.twin 'SELECT max(revision) FROM history_block')" = 8 ]
	run -0 twin-sync -s s.twin --compact --verify
	[ "$(ask s.twin 'SELECT revision, items FROM history_block')" = '4|5' ]
	ask s.twin 'UPDATE store SET revision = 3'
	run -1 --separate-stderr twin-sync -s s.twin --verify
	says 'has revision 4, and the store only 3'
}

# killed CALL N: a run into a copy of the store dies at the Nth such call; then the store must hold a committed prefix, and resuming completes it.
killed() {
	rm -f k.twin*
	cp start.twin k.twin
	TWIN_FAULT=$1:$2:kill TWIN_FAULT_LOG=$PWD/log LD_PRELOAD=$TWIN_BUILD/fault.so \
		twin-sync -q -o /dev/null -s k.twin --commit 40 --resume k.in 2>/dev/null
}

# a_prefix STORE FILE: the store is what the fold of the bytes that its source counts as taken gives.
a_prefix() {
	local position
	position=$(ask "$1" "SELECT coalesce(max(position), 0) FROM sources WHERE path LIKE '%/k.in'")
	head -c "$position" "$2" | cat start.in - >prefix
	states "$1" >got
	twin-sync -F ndjson -q prefix >want
	cmp got want
	[ "$(ask "$1" 'PRAGMA integrity_check')" = ok ]
}

@test "kill -9 at any call leaves a committed prefix, and resuming completes it" {
	head -n 60 "$D/few" >start.in
	tail -n +61 "$D/few" | head -n 320 >k.in
	cat start.in k.in >all
	into start.twin - <start.in
	twin-sync -F ndjson -q all >all.whole
	deaths=0
	for call in pwrite fdatasync ftruncate unlink fsync write; do
		for ((n = 1; ; n += 1 + n / 40)); do
			rm -f log
			run killed "$call" "$n"
			[ -s log ] || break
			[ "$status" -eq 137 ]
			deaths=$((deaths + 1))
			a_prefix k.twin k.in
			into k.twin --resume k.in
			states k.twin >got
			cmp got all.whole
		done
	done
	echo "# $deaths deaths"
	[ "$deaths" -ge 100 ]
}

@test "a call that fails leaves a committed prefix, is told, and resuming completes it" {
	head -n 60 "$D/few" >start.in
	tail -n +61 "$D/few" | head -n 160 >k.in
	cat start.in k.in >all
	into start.twin - <start.in
	twin-sync -F ndjson -q all >all.whole
	failures=0
	for call in pwrite:ENOSPC pwrite:EIO pwrite:short fdatasync:EIO ftruncate:EIO fsync:EIO; do
		for ((n = 1; ; n += 1 + n / 10)); do
			rm -f log k.twin*
			cp start.twin k.twin
			run --separate-stderr env TWIN_FAULT="${call%:*}:$n:${call#*:}" TWIN_FAULT_LOG="$PWD/log" \
				LD_PRELOAD="$TWIN_BUILD/fault.so" twin-sync -q -e change -s k.twin --commit 40 --resume k.in
			[ -s log ] || break
			failures=$((failures + 1))
			# A fault in what only tidies up need not be told.
			[ "$status" -eq 2 ] || [ "$status" -eq 0 ]
			[ "$status" -eq 0 ] || [[ $stderr == "twin-sync: "*"store 'k.twin'"* ]]
			a_prefix k.twin k.in
			# What was said was committed.
			printf '%s' "${output:+$output$'\n'}" | cat start.in - | twin-sync -F ndjson -q >told
			cmp told want
			into k.twin --resume k.in
			states k.twin >got
			cmp got all.whole
		done
	done
	echo "# $failures failures"
	[ "$failures" -ge 60 ]
}

@test "the states made again from the history are the same, byte for byte" {
	python3 "$MODEL/random_streams.py" split --seed 3 --parts 5 part <"$D/in"
	for part in part.*; do into s.twin --commit 300 "$part"; done
	content='SELECT id, entity_id, timestamp, revision, state FROM twins ORDER BY id'
	ask s.twin "$content" >before
	run -0 twin-sync -s s.twin --verify
	[ "$output" = "" ]
	run -0 twin-sync -s s.twin --rebuild
	ask s.twin "$content" >after
	cmp before after
	ask s.twin "UPDATE twins SET state = '', timestamp = NULL WHERE id % 3 = 0"
	run -1 --separate-stderr twin-sync -s s.twin --verify
	says 'has another state than its history gives'
	run -0 twin-sync -s s.twin --rebuild --verify
	ask s.twin "$content" >after
	cmp before after
	into t.twin --no-history "$D/few"
	run -2 --separate-stderr twin-sync -s t.twin --rebuild
	says "store 't.twin' keeps no history"
}

@test "with a model the states made again are the same, and another model makes others" {
	into s.twin -m "$D/model.json" "$D/few"
	run -0 twin-sync -s s.twin --verify
	content='SELECT entity_id, timestamp, state FROM twins ORDER BY id'
	ask s.twin "$content" >before
	run -0 twin-sync -s s.twin --rebuild
	ask s.twin "$content" >after
	cmp before after
	echo '{}' >none.json
	run -0 twin-sync -s s.twin -m none.json --rebuild --verify
	same_as_whole s.twin few
}

@test "compacting leaves one run, and everything that was there" {
	into s.twin --commit 100 "$D/in"
	into s.twin --commit 100 "$D/in"
	run -0 twin-sync -s s.twin --compact --verify
	[ "$(ask s.twin 'SELECT count(*) FROM history_run')" = 1 ]
	same_as_whole s.twin in
	# Records that came twice are one.
	into t.twin "$D/in"
	run -0 twin-sync -s t.twin --compact
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = "$(ask t.twin 'SELECT sum(items) FROM history')" ]
}

@test "--retain forgets history that is older, never what a twin is made of" {
	for day in 01 02 03 04 05; do
		printf '{"entity_id":"%s","property":"%s","timestamp":"2026-03-%sT00:00:00Z","value":%s}\n' \
			a t "$day" 1 a u "$day" 2 a t/v "$day" 3
	done >in
	echo '{"entity_id":"old","property":"t","timestamp":"2026-01-01T00:00:00Z","value":1}' >>in
	echo '{"type":"deleted","entity_id":"gone","timestamp":"2026-01-01T00:00:00Z"}' >>in
	into s.twin in
	ask s.twin 'SELECT entity_id, state FROM twins' >before
	run -0 twin-sync -s s.twin --retain 'u=1d' --retain 't*=3d' --retain 36h --verify
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 15 ]
	run -0 ask s.twin 'SELECT * FROM horizons ORDER BY property'
	same <<'END'
*|2026-03-03T12:00:00Z
t*|2026-03-02T00:00:00Z
u|2026-03-04T00:00:00Z
END
	run -0 twin-sync -s s.twin --rebuild
	ask s.twin 'SELECT entity_id, state FROM twins' >after
	cmp before after
	run -0 twin-sync -s s.twin --retain 0s --now 2026-04-01
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 5 ]
	run -2 --separate-stderr twin-sync -s s.twin --retain 'x=y'
	[[ $stderr == "twin-sync: option '--retain': "* ]]
}

@test "a damaged block is found by --verify" {
	into s.twin "$D/in"
	ask s.twin "UPDATE history_block SET data = substr(data, 1, 40) || x'00ff00ff' || substr(data, 45)"
	run -1 --separate-stderr twin-sync -s s.twin --verify
	[[ $stderr == "twin-sync: store 's.twin': "* ]]
}
