#!/usr/bin/env bats
# twin-sync --retain: what a store forgets, what it keeps of it, and that it says so.

load helper

setup_file() {
	export MODEL="$BATS_TEST_DIRNAME/model" D="$BATS_FILE_TMPDIR"
	export STREAMS="${TWIN_PROPERTY_STREAMS:-200}" SEED="${TWIN_PROPERTY_SEED:-1}"

	for seed in "$SEED" "$((SEED + 1))"; do
		python3 "$MODEL/random_streams.py" generate --streams "$STREAMS" --seed "$seed" >"$D/in.$seed"
		twin-sync -q -o /dev/null -s "$D/$seed.twin" "$D/in.$seed"
	done
}

setup() {
	scratch
	needs sqlite3
}

ask() {
	sqlite3 -batch "$1" "$2"
}

# retain STORE OPTION...
retain() {
	local store=$1
	shift
	twin-sync -q -o /dev/null -s "$store" "$@" --verify </dev/null
}

reading() {
	printf '{"entity_id":"%s","property":"%s","timestamp":"2026-03-%02dT00:00:00Z","value":%s}\n' "$@"
}

# Times at, between, before and behind those of the random streams.
TIMES='2026-02-28T23:59:59.999999999Z 2026-03-01T00:00:00Z 2026-03-01T00:00:01Z 2026-03-01T00:00:01.000000001Z 2026-03-01T00:00:01.5Z
	2026-03-01T00:00:02Z 2026-03-01T00:00:06Z 2026-03-01T00:00:07.5Z 2026-03-02T00:00:00Z'

# compare STORE RETAINED OPTION...: each question about the past has the same answer, or is refused where some of its history is gone.
# Counts both.
compare() {
	local store=$1 retained=$2 status
	shift 2
	twin-get -s "$store" "$@" >want
	status=0
	twin-get -s "$retained" "$@" >got 2>err || status=$?
	if [ "$status" = 0 ]; then
		cmp want got
		same=$((same + 1))
	else
		[ "$status" = 2 ]
		[[ $(<err) == *"has forgotten the history before "* ]]
		refused=$((refused + 1))
	fi
}

@test "from the horizon on, answers about any time are what they were before anything was forgotten" {
	for seed in "$SEED" "$((SEED + 1))"; do
		for horizons in '--retain 3s' '--retain 6500ms' '--retain 1s --retain t=5s' '--retain a*=0s --retain 5500ms' '--retain 0s --retain t=3s'; do
			same=0 refused=0
			cp "$D/$seed.twin" r.twin
			# shellcheck disable=SC2086 # they are several
			retain r.twin $horizons
			[ "$(ask r.twin 'SELECT sum(items) FROM history')" -lt "$(ask "$D/$seed.twin" 'SELECT sum(items) FROM history')" ]
			for time in $TIMES; do
				compare "$D/$seed.twin" r.twin --at "$time"
			done
			[ "$same" -ge 2 ] && [ "$refused" -ge 2 ]
		done
	done
}

@test "what was known at a time is answered as before, or not at all where it may have been forgotten" {
	same=0 refused=0
	cp "$D/$SEED.twin" r.twin
	retain r.twin --retain 6s
	for time in $TIMES; do
		for known in $TIMES; do
			compare "$D/$SEED.twin" r.twin --at "$time" --known-at "$known"
		done
	done
	[ "$same" -ge 9 ] && [ "$refused" -ge 9 ]
	# Two readings of before the horizon, the newer of which was known later: with it the older one was forgotten.
	{
		echo '{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:00Z","value":1,"received":"2026-03-01T00:00:00Z"}'
		echo '{"entity_id":"a","property":"t","timestamp":"2026-03-02T00:00:00Z","value":2,"received":"2026-03-05T00:00:00Z"}'
		reading a u 9 3
	} >in
	twin-sync -q -o /dev/null -s s.twin in
	retain s.twin --retain 4d
	run -0 twin-get -s s.twin --at 2026-03-06 --known-at 2026-03-05
	[[ $output == *'"properties":{"t":2}'* ]]
	run -2 --separate-stderr twin-get -s s.twin --at 2026-03-06 --known-at 2026-03-04
	[ "$stderr" = "twin-get: store 's.twin' has forgotten the history before 2026-03-05T00:00:00Z (--retain): what was known of it then cannot be told" ]
	run -2 --separate-stderr twin-get -s s.twin --at 2026-03-06 --revision 1
	says 'has forgotten the history before 2026-03-05T00:00:00Z'
}

@test "a question before the horizon ends with 2 and says where it is" {
	for day in 1 2 3 4 5 6 7 8 9; do
		reading a t "$day" "$day"
		reading a u/v "$day" "$day"
	done >in
	twin-sync -q -o /dev/null -s s.twin in
	retain s.twin --retain u/v=2d --retain 4d
	run -0 twin-get -s s.twin --at 2026-03-07
	[[ $output == *'"properties":{"t":7,"u":{"v":7}}'* ]]
	run -2 --separate-stderr twin-get -s s.twin --at 2026-03-06T23:59:59
	[ "$output" = "" ]
	[ "$stderr" = "twin-get: store 's.twin' has forgotten the history before 2026-03-07T00:00:00Z (--retain) of 'u/v'" ]
	# Nothing of an unknown twin was forgotten.
	run -0 twin-get -q -s s.twin --at 2026-03-06 b
}

@test "a horizon never moves back" {
	for day in 1 2 3 4 5 6 7 8 9; do
		reading a t "$day" "$day"
	done >in
	twin-sync -q -o /dev/null -s s.twin in
	retain s.twin --retain 2d
	retain s.twin --retain 5d
	[ "$(ask s.twin 'SELECT * FROM horizons')" = '*|2026-03-07T00:00:00Z' ]
	# Fractions of a second sort before 'Z' as text.
	retain s.twin --retain 0s --now 2026-03-07T00:00:00.5Z
	[ "$(ask s.twin 'SELECT * FROM horizons')" = '*|2026-03-07T00:00:00.5Z' ]
	retain s.twin --retain 0s --now 2026-03-07T00:00:00Z
	[ "$(ask s.twin 'SELECT * FROM horizons')" = '*|2026-03-07T00:00:00.5Z' ]
}

@test "a glob that is asked for later takes over what others have forgotten of its properties" {
	for day in 1 2 3 4 5 6 7 8 9; do
		for property in motor/speed motor/current pump/speed flow; do
			reading a "$property" "$day" "$day"
		done
	done >in
	twin-sync -q -o /dev/null -s s.twin in
	retain s.twin --retain 'motor/*=1d'
	# All but the motor's stay longer, and so does what is asked for now of the motor, but what is gone is gone.
	retain s.twin --retain '*/speed=5d' --retain 'flow=6d' --retain 7d
	run -0 ask s.twin 'SELECT * FROM horizons ORDER BY property'
	same <<'END'
*|2026-03-02T00:00:00Z
*/speed|2026-03-08T00:00:00Z
flow|2026-03-03T00:00:00Z
motor/*|2026-03-08T00:00:00Z
END
	# A horizon of all properties goes for those of other globs too; those that cannot meet it are left alone.
	retain s.twin --retain 'fl*=3d'
	retain s.twin --retain '2d'
	run -0 ask s.twin 'SELECT * FROM horizons ORDER BY property'
	same <<'END'
*|2026-03-07T00:00:00Z
*/speed|2026-03-08T00:00:00Z
fl*|2026-03-07T00:00:00Z
flow|2026-03-07T00:00:00Z
motor/*|2026-03-08T00:00:00Z
END
}

@test "late readings of before the horizon count from then on, and go with the next --retain unless they are the newest" {
	{
		reading a t 1 1
		reading a t 9 9
	} >in
	twin-sync -q -o /dev/null -s s.twin in
	retain s.twin --retain 4d
	{
		reading a t 2 2
		reading a t 3 3
	} >late
	twin-sync -q -o /dev/null -s s.twin late
	run -0 twin-get -s s.twin --at 2026-03-06
	[[ $output == *'"properties":{"t":3}'* ]]
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 4 ]
	retain s.twin --retain 4d
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 2 ]
	run -0 twin-get -s s.twin --at 2026-03-06
	[[ $output == *'"properties":{"t":3}'* ]]
}

@test "the newest reading and the newest usable one of before the horizon stay, and so does each delete" {
	{
		reading a t 1 1
		reading a t 2 2
		echo '{"entity_id":"a","property":"t","timestamp":"2026-03-03T00:00:00Z","value":3,"quality":0.2}'
		reading a u 1 1
		echo '{"type":"deleted","entity_id":"a","property":"u","timestamp":"2026-03-02T00:00:00Z"}'
		reading a t 9 9
	} >in
	twin-sync -q -o /dev/null -s s.twin in
	twin-get -s s.twin --at 2026-03-05 >want
	[[ $(<want) == *'"last":{'* && $(<want) == *'"deleted":true'* ]]
	retain s.twin --retain 5d
	[ "$(ask s.twin 'SELECT sum(items) FROM history')" = 4 ]
	twin-get -s s.twin --at 2026-03-05 | cmp - want
}
