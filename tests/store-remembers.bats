#!/usr/bin/env bats
# shellcheck disable=SC2094 # names of twins are those of files only by chance
# What a store remembers beside the states: records that were refused, and members that mean nothing to us.

load helper

setup_file() {
	export MODEL="$BATS_TEST_DIRNAME/model" D="$BATS_FILE_TMPDIR"
	export STREAMS="${TWIN_PROPERTY_STREAMS:-600}" SEED="${TWIN_PROPERTY_SEED:-1}"

	python3 "$MODEL/random_streams.py" model >"$D/model.json"
	python3 "$MODEL/random_streams.py" generate --streams "$STREAMS" --seed "$SEED" |
		python3 "$MODEL/random_streams.py" dress --seed "$SEED" >"$D/in"
}

setup() {
	scratch
	needs sqlite3
}

into() {
	local store=$1
	shift
	twin-sync -q -o /dev/null -s "$store" "$@"
}

ask() {
	sqlite3 -batch "$1" "$2"
}

states() {
	ask "$1" "SELECT state FROM twins WHERE state <> '' ORDER BY entity_id"
}

reading() {
	printf '{"entity_id":"%s","property":"t","timestamp":"2026-03-01T00:00:%02dZ","value":%s}\n' "$@"
}

# kinds STORE: how many series there are of each kind, and how many records in all.
kinds() {
	ask "$1" 'SELECT kind, count(*) FROM series GROUP BY kind; SELECT sum(items) FROM history'
}

@test "a reading that is refused is remembered, and is no state in this run, the next ones or with --rebuild" {
	{
		reading a 1 1
		reading a 9 '"x"'
		reading a 8 99
		reading b 3 3
	} >in
	echo '{"entity_id":"a","property":"t","timestamp":"2027-01-01T00:00:00Z","value":5}' >>in
	echo a >ids
	echo '{"properties":{"t":{"type":"number","range":[0,50]}}}' >m.json
	run -0 --separate-stderr twin-sync -s s.twin -m m.json --enforce --entities ids --max-future 1d --now 2026-03-01 in
	[[ $output == *'"entity_id":"a"'*'"properties":{"t":1}'* && ${#lines[@]} == 1 ]]
	says '4 refused (1 future, 1 unknown-entity, 1 wrong-type, 1 out-of-range)'
	[ "$(kinds s.twin)" = $'0|1\n16|2\n5' ]
	[ "$(ask s.twin "SELECT entity_id, timestamp, revision, state FROM twins WHERE id = 2")" = 'b||0|' ]
	states s.twin >before
	reading a 0 0 >late
	into s.twin late
	run -0 twin-sync -s s.twin --verify --rebuild --compact
	run -0 twin-sync -s s.twin --verify
	states s.twin | cmp - before
	# Nobody has heard of the future.
	[ "$(ask s.twin "SELECT clock / 1000000000 = unixepoch('2026-03-01T00:00:01Z') FROM store")" = 1 ]
}

@test "what is refused in one run and taken in another is state, whichever comes first" {
	reading a 5 5 >a
	into refused.twin --max-future 1s --now 2026-03-01 a
	[ "$(states refused.twin)" = "" ]
	cp refused.twin both.twin
	into both.twin a
	into taken.twin a
	into taken.twin --max-future 1s --now 2026-03-01 a
	for store in both taken; do
		run -0 twin-sync -s "$store.twin" --rebuild --compact --verify
		[[ $(states "$store.twin") == *'"properties":{"t":5}'* ]]
		[ "$(kinds "$store.twin")" = $'0|1\n16|1\n2' ]
	done
}

@test "twin-get knows of nothing that was refused, now or then, until it is taken" {
	printf '%s\n' '{"entity_id":"a","property":"t","timestamp":"2026-03-05T00:00:00Z","value":5,"received":"2026-03-01T00:00:00Z"}' >late
	reading b 1 1 >now
	into s.twin --max-future 1h now late
	for question in '' '--at 2026-04-01' '--known-at 2026-04-01' '--revision 2' '--list'; do
		# shellcheck disable=SC2086 # they are two
		run -0 twin-get -q -s s.twin $question
		[[ $output == *'"entity_id":"b"'* && ${#lines[@]} == 1 ]]
	done
	run -0 twin-get -s s.twin --info
	[[ $output == *'"twins":1,"properties":1,'*'"records":2,'* ]]
	# Taken later, it has been known since the record says so, and stored since now.
	into s.twin late
	run -0 twin-get -q -s s.twin --known-at 2026-03-01 a
	[[ $output == *'"t":5'* ]]
	[ "$(twin-get -q -s s.twin --revision 2 --count a)" = '{"type":"summary","measures":{"count":0}}' ]
	[ "$(twin-get -q -s s.twin --revision 3 --count a)" = '{"type":"summary","measures":{"count":1}}' ]
}

@test "a twin that was refused comes to be known like any other, also in the same run" {
	cat >in <<'END'
{"entity_id":"p","property":"t","timestamp":"2026-03-02T00:00:00Z","value":2,"received":"2026-03-01T00:00:00Z"}
{"type":"forecast","entity_id":"p","property":"t","timestamp":"2026-03-03T00:00:00Z","value":2}
{"entity_id":"p","property":"t","timestamp":"2026-03-01T00:00:00Z","value":1,"received":"2026-03-01T00:00:00Z"}
{"entity_id":"p","property":"t","timestamp":"2026-03-02T00:00:00Z","value":2,"received":"2026-03-01T00:00:00Z"}
{"entity_id":"q","property":"t","timestamp":"2026-03-02T00:00:00Z","value":2,"received":"2026-03-01T00:00:00Z"}
END
	for commit in 1 2 eof; do
		rm -f s.twin
		into s.twin --max-future 1h --commit "$commit" in
		[ "$(ask s.twin 'SELECT entity_id, timestamp FROM twins ORDER BY id')" = $'p|2026-03-01T00:00:00Z\nq|' ]
		into s.twin --compact
		[ "$(kinds s.twin)" = $'0|1\n7|1\n16|2\n4' ]
	done
}

@test "any split and order of runs that refuse leaves the same states and as many records" {
	grep -o '"entity_id":"[a-z0-9]*"' "$D/in" | sort -u | sed '1~3d' | cut -d'"' -f4 >ids
	local options=(-m "$D/model.json" --enforce --entities ids --max-future 1s --now 2026-03-01)
	into whole.twin "${options[@]}" --commit eof "$D/in"
	into whole.twin --compact --verify
	states whole.twin >whole
	[ "$(ask whole.twin 'SELECT count(*) > 5 FROM (SELECT DISTINCT kind FROM series WHERE kind >= 16)')" = 1 ]
	for parts in 2 5; do
		rm -f s.twin part.*
		python3 "$MODEL/random_streams.py" split --seed $((SEED + parts)) --parts "$parts" part <"$D/in"
		for part in $(printf '%s\n' part.* | sort -R --random-source=<(yes "$parts")); do
			into s.twin "${options[@]}" --commit 100 "$part"
		done
		into s.twin --compact --verify
		diff <(kinds whole.twin) <(kinds s.twin)
		# The revision says how many came before.
		diff <(sed 's/"revision":[0-9]*,//' whole) <(states s.twin | sed 's/"revision":[0-9]*,//')
	done
}

@test "metadata and members that mean nothing do not change what the fold gives, nor what --rebuild does" {
	twin-sync -F ndjson -q "$D/in" >whole
	for parts in 1 4; do
		rm -f s.twin part.*
		python3 "$MODEL/random_streams.py" split --seed $((SEED + parts)) --parts "$parts" part <"$D/in"
		for part in part.*; do into s.twin --commit 300 "$part"; done
		run -0 twin-sync -s s.twin --verify
		run -0 twin-sync -s s.twin --rebuild --verify
		states s.twin >got
		twin-sync -F ndjson -q got | cmp - whole
	done
}

@test "--retain forgets what was refused like the rest, its deletes too" {
	for day in 01 02 03 04; do
		printf '{"entity_id":"%s","property":"%s","timestamp":"2026-03-%sT00:00:00Z","value":1}\n' a t "$day" b t "$day" b u "$day"
		printf '{"type":"deleted","entity_id":"b","property":"t","timestamp":"2026-03-%sT00:00:00Z"}\n' "$day"
	done >in
	echo a >ids
	into s.twin --entities ids in
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 16 ]
	run -0 twin-sync -s s.twin --retain t=1d --retain 2d --verify
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 10 ]
	run -0 twin-sync -s s.twin --retain 0s --now 2026-04-01 --verify
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 1 ]
}

@test "a store without history remembers nothing that is refused or forecast" {
	reading a 5 5 >in
	echo '{"type":"forecast","entity_id":"f","property":"t","timestamp":"2026-03-02T00:00:06Z","value":7}' >>in
	into s.twin --no-history --max-future 1s --now 2026-03-01 in
	[ "$(ask s.twin 'SELECT (SELECT count(*) FROM twins) + (SELECT count(*) FROM series)')" = 0 ]
}
