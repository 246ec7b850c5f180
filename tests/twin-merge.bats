#!/usr/bin/env bats
# twin-merge: replicas that were kept apart become one again, and what contradicts is told.

load helper

MODEL=$TWIN_ROOT/tests/model

# state SECOND PROPERTIES [DESIRED]: of `pump`, without metadata.
state() {
	printf '{"type":"state","entity_id":"pump","timestamp":"2026-03-01T12:00:%02dZ","properties":%s%s}\n' "$1" "$2" "${3:+,\"desired\":$3}"
}

# three BASE SIDE...: merges documents with the files `state` for all there is to say; the sides are a, b, c.
three() {
	local name sides=()
	printf '%s\n' "$1" >base
	shift
	for name in a b c d; do
		(($#)) || break
		printf '%s\n' "$1" >$name
		sides+=("$name")
		shift
	done
	twin-merge -q -F ndjson --base base -e state,conflict "${sides[@]}" "${options[@]}"
}

conflict() { # path base|"" candidates chosen|"" rule
	printf '{"type":"conflict","path":"%s"%s,"candidates":[%s]%s,"rule":"%s"}\n' "$1" "${2:+,\"base\":$2}" "$3" "${4:+,\"chosen\":$4}" "$5"
}

setup() {
	scratch
	options=()
}

# random_replicas NAME: three parts of random streams as states NAME.0, NAME.1, NAME.2, and what all of them are in NAME.
random_replicas() {
	python3 "$MODEL/random_streams.py" generate --streams 600 --seed 21 >records
	python3 "$MODEL/random_streams.py" split --seed 22 --parts 3 part <records
	twin-sync -q -F ndjson records >"$1"
	for part in 0 1 2; do twin-sync -q -F ndjson part.$part >"$1.$part"; done
}

@test "states of replicas join to the state of all that they heard, in every order, byte for byte" {
	random_replicas s
	for order in '0 1 2' '0 2 1' '1 0 2' '1 2 0' '2 0 1' '2 1 0'; do
		# shellcheck disable=SC2086 # three words
		set -- $order
		twin-merge -F ndjson "s.$1" "s.$2" "s.$3" >joined
		cmp s joined
	done
	twin-merge -F ndjson s.0 s.1 | twin-merge -F ndjson -j 1 - s.2 s.0 >joined
	cmp s joined
}

@test "under a model the join is the fold under that model" {
	python3 "$MODEL/random_streams.py" model >model.json
	random_replicas s
	twin-sync -q -F ndjson -m model.json --stale-after 2s records >all
	for part in 0 1 2; do twin-sync -q -F ndjson -m model.json part.$part >s.$part; done
	twin-merge -q -F ndjson -m model.json --stale-after 2s s.2 s.0 s.1 >joined
	cmp all joined
}

@test "changes bring each replica to the merged state, and are the same whatever the order" {
	random_replicas s
	run -0 twin-merge -e change=one s.0 s.1 s.2
	[[ -z $output ]]
	twin-merge -q -F ndjson -e state,change=two s.2 s.1 s.0 >joined
	cmp s joined
	diff -r one two
	for part in 0 1 2; do
		twin-sync -q -F ndjson s.$part one/s.$part >again
		cmp s again
	done
	twin-merge -e change=none s one/s.0
	[[ ! -s none/s && -s none/s.0 ]]
}

@test "a replica that knows all gets no change, and replicas of one name are refused before anything is written" {
	mkdir x y
	state 1 '{"speed":900}' >x/s
	cp x/s y/s
	run -2 twin-merge -e change=out x/s y/s
	same <<<"twin-merge: two replicas would have their changes in 'out/s'"
	run -2 twin-merge -e change=x x/s <(cat x/s)
	says "x/s"
	same x/s < <(state 1 '{"speed":900}')
	run -2 twin-merge -e change x/s y/s
	says 'change=DIR'
}

@test "replicas of a partitioned plant agree in the end, whatever got lost, late or doubled, and whoever met whom" {
	run -0 python3 "$MODEL/partition.py" --schedules "${TWIN_PARTITION_SCHEDULES:-3000}" --seed "${TWIN_PARTITION_SEED:-1}" . twin-merge -q -F ndjson
	same <<<"${TWIN_PARTITION_SCHEDULES:-3000} schedules, 0 diverge"
}

# The same plants, with a fold that breaks one rule: most of what is shown is cut.
diverges() {
	run -1 python3 "$MODEL/partition.py" --schedules 80 --seed 1 . python3 "$MODEL/fold_model.py" --break "$1"
	[[ ${lines[-1]} =~ ^80\ schedules,\ ([0-9]+)\ diverge$ ]]
	((BASH_REMATCH[1] >= 4))
}

@test "without a tie-break the same replicas diverge" {
	diverges no-tie-break
}

@test "when late records are dropped the same replicas diverge" {
	diverges drop-late
}

@test "when tombstones are dropped the same replicas diverge" {
	diverges drop-tombstones
}

@test "one change wins, equal changes are one, and what is left alone stays" {
	run -0 three '{"a":1,"b":1,"c":1,"d":[1,2]}' '{"a":2,"b":1,"c":1.0,"d":[1,2]}' '{"a":2.0,"b":3,"c":1,"d":[1, 2]}' '{"a":1,"b":1,"d":[1,2]}'
	same <<<'{"a":2.0,"b":3,"d":[1,2]}'
}

@test "changes in different places of one object are no conflict" {
	run -0 three '{"m":{"x":1,"y":{"z":1}}}' '{"m":{"x":2,"y":{"z":1}}}' '{"m":{"x":1,"y":{"z":1,"w":null}}}'
	same <<<'{"m":{"x":2,"y":{"w":null,"z":1}}}'
}

@test "what one deletes or replaces while another changes something inside is one conflict, and stays as it was" {
	run -1 three '{"m":{"x":1,"y":1}}' '{}' '{"m":{"x":2,"y":1}}'
	same < <(
		conflict m '{"x":1,"y":1}' '{"from":"a"},{"value":{"x":2,"y":1},"from":"b"}' '{"x":1,"y":1}' base
		echo '{"m":{"x":1,"y":1}}'
	)
	run -1 three '{"m":{"x":1}}' '{"m":5}' '{"m":{"x":1,"z":9}}' '{"m":{"x":1}}'
	same < <(
		conflict m '{"x":1}' '{"value":5,"from":"a"},{"value":{"x":1,"z":9},"from":"b"}' '{"x":1}' base
		echo '{"m":{"x":1}}'
	)
	run -0 three '{"m":{"x":1,"y":1},"n":1}' '{"n":2}' '{"m":{"x":1,"y":1},"n":1}'
	same <<<'{"n":2}'
}

@test "an object of which nothing is left goes, unless somebody has it empty" {
	run -0 three '{"m":{"x":1,"y":1},"n":1}' '{"m":{"x":1},"n":1}' '{"m":{"y":1},"n":1}'
	same <<<'{"n":1}'
	run -0 three '{"m":{"x":1}}' '{"m":{}}' '{"m":{"x":1}}'
	same <<<'{"m":{}}'
	run -0 three '{}' '{"m":{}}' '{"m":{"x":1}}' '{"k":{}}'
	same <<<'{"k":{},"m":{"x":1}}'
}

@test "without a base everything is new" {
	printf '{\n  "a": 1, "b": {"x": 0.10}\n}\n' >one
	printf '{"b":{"y":12345678901234567890},"c":2}' | gzip >two
	run -0 --separate-stderr twin-merge two one
	same <<<'{"a":1,"b":{"x":0.10,"y":12345678901234567890},"c":2}'
	run -0 twin-merge one - < <(gzip -dc two)
	same <<<'{"a":1,"b":{"x":0.10,"y":12345678901234567890},"c":2}'
	run -1 --separate-stderr twin-merge one <(echo '{"a":2}')
	same <<<'{"b":{"x":0.10}}'
	[[ $stderr == 'twin-merge: 1 conflict: the base stays; -e conflict shows them' ]]
}

@test "--prefer decides by number, and leaves alone what is none" {
	local base='{"n":1,"t":"o","d":1}' a='{"n":2,"t":"a"}' b='{"n":3.1,"t":"b","d":7}'
	for rule in max:3.1 min:2 mean:2.55; do
		options=(--prefer "${rule%:*}")
		run -1 three "$base" "$a" "$b"
		[[ ${lines[1]} == "$(conflict n 1 '{"value":2,"from":"a"},{"value":3.1,"from":"b"}' "${rule#*:}" "${rule%:*}")" ]]
		[[ ${lines[-1]} == '{"d":1,"n":'"${rule#*:}"',"t":"o"}' ]]
		[[ ${#lines[@]} == 4 ]]
	done
}

@test "--prefer NAME takes that replica's side, deletes too" {
	options=(--prefer a)
	run -0 three '{"n":1,"d":1}' '{"n":2}' '{"n":3,"d":7}'
	[[ ${lines[-1]} == '{"n":2}' ]]
	[[ ${lines[0]} == "$(conflict d 1 '{"from":"a"},{"value":7,"from":"b"}' '' prefer)" ]]
	options=(--prefer e)
	run -2 three '{"n":1}' '{"n":2}' '{"n":3}'
	says "option '--prefer': 'e' is none of the replicas, nor newest, quality, max, min or mean"
}

@test "--prefer newest needs times, and equal ones decide nothing" {
	state 0 '{"speed":900,"mode":"x"}' >base
	state 5 '{"speed":950,"mode":"a"}' >a
	state 3 '{"speed":920,"mode":"b"}' >b
	run -0 twin-merge -q -F ndjson --base base --prefer newest -e conflict b a
	same <<'END'
{"type":"conflict","entity_id":"pump","path":"mode","base":"x","candidates":[{"value":"a","timestamp":"2026-03-01T12:00:05Z","from":"a"},{"value":"b","timestamp":"2026-03-01T12:00:03Z","from":"b"}],"chosen":"a","rule":"newest"}
{"type":"conflict","entity_id":"pump","path":"speed","base":900,"candidates":[{"value":950,"timestamp":"2026-03-01T12:00:05Z","from":"a"},{"value":920,"timestamp":"2026-03-01T12:00:03Z","from":"b"}],"chosen":950,"rule":"newest"}
END
	state 5 '{"speed":920,"mode":"b"}' >b
	run -1 twin-merge -q -F ndjson --base base --prefer newest b a
	says '"properties":{"mode":"x","speed":900}'
	options=(--prefer newest)
	run -1 three '{"n":1}' '{"n":2}' '{"n":3}'
}

@test "value, time, quality and unit move together" {
	state 0 '{"t":20}' >base
	echo '{"entity_id":"pump","property":"t","timestamp":"2026-03-01T12:00:09Z","value":21,"unit":"degC","quality":0.8,"sensor_id":"s1"}' >a
	echo '{"entity_id":"pump","property":"t","timestamp":"2026-03-01T12:00:04Z","value":21,"unit":"degC","quality":0.9,"sensor_id":"s2"}' >b
	state 0 '{"t":20}' >c
	# One change of two; the newer of the equal ones is kept.
	run -0 twin-merge -F ndjson --base base c b a
	same <<'END'
{"type":"state","entity_id":"pump","timestamp":"2026-03-01T12:00:09Z","properties":{"t":21},"sync_status":"unknown","confidence_score":0.8,"metadata":{"t":{"timestamp":"2026-03-01T12:00:09Z","quality":0.8,"unit":"degC","sensor_id":"s1"}}}
END
	sed -i s/degC/K/ b
	run -1 twin-merge -q -F ndjson --base base c b a
	says '"properties":{"t":20}'
	run -0 twin-merge -q -F ndjson --base base --prefer quality c b a
	says '"t":{"timestamp":"2026-03-01T12:00:04Z","quality":0.9,"unit":"K","sensor_id":"s2"}'
	# Numbers of two units have no largest one.
	run -1 twin-merge -q -F ndjson --base base --prefer max c b a
}

@test "--owner says whose changes count of what is reported and of what is desired" {
	state 0 '{"speed":900}' '{"speed":900}' >base
	state 5 '{"speed":950}' '{"speed":940}' >plc
	state 3 '{"speed":920}' '{"speed":1000}' >cloud
	run -0 twin-merge -q -F ndjson --base base --owner reported=plc,desired=cloud plc cloud
	says '"properties":{"speed":950},"desired":{"speed":1000}'
	run -1 twin-merge -q -F ndjson --base base --owner desired=cloud -e conflict cloud plc
	same <<'END'
{"type":"conflict","entity_id":"pump","path":"speed","base":900,"candidates":[{"value":920,"timestamp":"2026-03-01T12:00:03Z","from":"cloud"},{"value":950,"timestamp":"2026-03-01T12:00:05Z","from":"plc"}],"chosen":900,"rule":"base"}
{"type":"conflict","entity_id":"pump","path":"/desired/speed","base":900,"candidates":[{"value":1000,"timestamp":"2026-03-01T12:00:03Z","from":"cloud"},{"value":940,"timestamp":"2026-03-01T12:00:05Z","from":"plc"}],"chosen":1000,"rule":"owner"}
END
	run -2 twin-merge --base base --owner plc plc cloud
	says "option '--owner': 'plc' is neither reported=NAME nor desired=NAME"
}

@test "a model's rule comes before --owner and --prefer" {
	state 0 '{"speed":900,"hours":7,"mode":1}' >base
	state 5 '{"speed":950,"hours":8,"mode":2}' >plc
	state 3 '{"speed":920,"hours":9,"mode":3}' >cloud
	echo '{"properties":{"speed":{"merge":"mean"},"hours":{"merge":"max"}}}' >model.json
	run -0 twin-merge -q -F ndjson --base base -m model.json --owner reported=plc plc cloud
	says '"properties":{"hours":9,"mode":2,"speed":935}'
	echo '{"properties":{"speed":{"merge":"median"}}}' >model.json
	run -2 twin-merge -q --base base -m model.json plc cloud
	same <<<"twin-merge: model 'model.json': speed: merge is none of newest, quality, max, min, mean"
}

@test "a twin that one replica has no more goes, unless another has changed it" {
	{
		state 0 '{"speed":900}' '{"speed":900}'
		state 0 '{"level":1}' | sed s/pump/tank/
	} >base
	cp base b
	state 0 '{"level":1}' | sed s/pump/tank/ >a
	twin-merge -F ndjson --base base a b >merged
	twin-sync -q -F ndjson a >expected
	cmp expected merged
	sed -i 's/"properties":{"speed":900}/"properties":{"speed":905}/' b
	run -1 twin-merge -q -F ndjson --base base -e state,conflict b a
	[[ ${lines[0]} == '{"type":"conflict","entity_id":"pump","path":"","base":{"speed":900},"candidates":[{"from":"a"},{"value":{"speed":905},"timestamp":"2026-03-01T12:00:00Z","from":"b"}],"chosen":{"speed":900},"rule":"base"}' ]]
	[[ ${lines[1]} == *'"properties":{"speed":900},"desired":{"speed":900}'* ]]
}

@test "--concurrent tells of sensors that contradict each other, and decides nothing" {
	reading() { # sensor second value
		printf '{"entity_id":"pump","property":"t","timestamp":"2026-03-01T12:00:%sZ","value":%s,"sensor_id":"%s"}\n' "$2" "$3" "$1"
	}
	reading s1 04 20.1 >a
	reading s2 05 23 >b
	reading s3 04.5 23.05 >c
	echo '{"properties":{"t":{"tolerance":0.1}}}' >model.json
	run -0 --separate-stderr twin-merge -F ndjson -m model.json --concurrent 2s -e conflict b c a
	same <<'END'
{"type":"conflict","entity_id":"pump","path":"t","candidates":[{"value":20.1,"sensor_id":"s1","timestamp":"2026-03-01T12:00:04Z","from":"a"},{"value":23,"sensor_id":"s2","timestamp":"2026-03-01T12:00:05Z","from":"b"},{"value":23.05,"sensor_id":"s3","timestamp":"2026-03-01T12:00:04.5Z","from":"c"}],"chosen":23,"rule":"concurrent"}
END
	[[ $stderr == 'twin-merge: 1 property of which sensors contradict each other' ]]
	run -0 twin-merge -F ndjson -m model.json --concurrent 1s -e conflict b c a
	[[ -z $output ]]
	twin-merge -q -F ndjson --concurrent 2s b c a >with
	twin-merge -q -F ndjson a b c >without
	cmp with without
}

@test "what cannot be merged is refused" {
	echo '{"a":1}' >document
	state 1 '{"a":1}' >records
	: >nothing
	run -2 twin-merge document records
	same <<<"twin-merge: 'document' is a document, and 'records' is none: they cannot be merged"
	run -2 twin-merge --base records nothing records
	same <<<"twin-merge: 'nothing' is empty: that would delete everything"
	run -0 twin-merge --base nothing document document
	same <<<'{"a":1}'
	run -2 twin-merge <(echo '{"":1}') document
	says 'a property has an empty name'
	run -2 twin-merge -e change=d document <(echo "{}")
	says "documents have no times"
	run -2 twin-merge --concurrent 1s document <(echo '{}')
	says 'documents have no times'
	run -2 twin-merge --prefer max records records
	says 'name a --base'
	run -2 twin-merge --base records --concurrent 1s records records
	twin-sync -q -s plant.twin -o states records
	run -2 twin-merge plant.twin records
	same <<<"twin-merge: 'plant.twin' is a store, whose states twin-get prints"
	run -0 twin-merge -F ndjson <(twin-get -q -F ndjson -s plant.twin) records
	says '"properties":{"a":1}'
	run -2 twin-merge records
	says 'two replicas or more are needed'
	run -2 twin-merge records missing
	says "cannot open 'missing'"
}

@test "lines that are no records are rejected, and the rest is merged" {
	state 1 '{"a":1}' >a
	{
		echo '{"entity_id":"pump",'
		state 2 '{"a":2}'
	} >b
	run -3 --separate-stderr twin-merge -F ndjson a b
	says '"properties":{"a":2}'
	[[ $stderr == 'twin-merge: b:1: '* ]]
}

# edited: what two people have made of one file since they last agreed.
edited() {
	echo '{"x":1,"y":1,"z":1,"m":{"k":1}}' >"$1/o"
	echo '{"x":2,"y":1,"z":5,"m":{"k":1,"l":2}}' >"$1/a"
	echo '{"x":1,"z":6,"n":0,"m":{"k":3}}' >"$1/b"
}

@test "--in-place brings the files level, leaves conflicts as they are, and the next run is three-way again" {
	mkdir d
	edited d
	cp d/o d/b.old
	run -0 twin-merge --in-place --base d/new d/o d/b.old
	[[ -z $output ]]
	cmp d/new d/o
	run -1 --separate-stderr twin-merge --in-place --base d/o d/b d/a
	[[ -z $output && $stderr == 'twin-merge: 1 conflict: the base stays; -e conflict shows them' ]]
	same d/a <<<'{"m":{"k":3,"l":2},"n":0,"x":2,"z":5}'
	same d/b <<<'{"m":{"k":3,"l":2},"n":0,"x":2,"z":6}'
	same d/o <<<'{"m":{"k":3,"l":2},"n":0,"x":2,"z":1}'
	# The same conflict and no other one; then somebody settles it and somebody else goes on.
	run -1 twin-merge -q --in-place --base d/o -e conflict d/a d/b
	[[ $output == '{"type":"conflict","path":"z","base":1,'* && ${#lines[@]} == 1 ]]
	echo '{"m":{"k":3,"l":2},"x":2,"z":6}' >d/a
	run -0 twin-merge --in-place --base d/o d/a d/b
	for file in a b o; do same d/$file <<<'{"m":{"k":3,"l":2},"x":2,"z":6}'; done
}

@test "killed at any moment, --in-place comes to the same in the next run" {
	export ASAN_OPTIONS=verify_asan_link_order=0
	[[ -e $TWIN_BUILD/fault.so ]]
	mkdir whole
	edited whole
	twin-merge -q --in-place --base whole/o --prefer max whole/a whole/b
	for call in write fsync close rename; do
		for which in 1 2 3; do
			rm -rf d log
			mkdir d
			edited d
			run -137 env TWIN_FAULT="$call:$which:kill" TWIN_FAULT_LOG="$PWD/log" LD_PRELOAD="$TWIN_BUILD/fault.so" \
				twin-merge -q --in-place --base d/o --prefer max d/a d/b
			[[ -s log ]]
			twin-merge -q --in-place --base d/o --prefer max d/a d/b
			rm -f d/.twin-*.tmp
			diff -r whole d
		done
	done
}

@test "--in-place makes replicas with times alike, and touches none that is so already" {
	random_replicas s
	twin-merge --in-place s.0 s.1 s.2
	for part in 0 1 2; do cmp s s.$part; done
	before=$(stat -c %i s.0 s.1 s.2)
	twin-merge --in-place s.2 s.1 s.0
	[[ $(stat -c %i s.0 s.1 s.2) == "$before" ]]
}

@test "--in-place writes nothing where something would be lost" {
	edited .
	cp a a.old
	run -2 twin-merge --in-place --base o --prefer mean a b
	says 'a mean cannot be taken in place'
	run -2 twin-merge --in-place --base o a ./a
	says 'are one file'
	run -2 twin-merge --in-place a <(cat b)
	says 'is no regular file'
	gzip -k b
	run -2 twin-merge --in-place a b.gz
	says "'b.gz' is compressed"
	cmp a a.old
	state 1 '{"a":1}' >s1
	echo '{"entity_id":"pump","property":"a","timestamp":"2026-03-01T12:00:09Z","value":21}' >s2
	run -2 twin-merge --in-place s1 s2
	says "'s2' holds more than states"
	{
		state 2 '{"a":2}'
		echo '{"entity_id":'
	} >s2
	run -2 --separate-stderr twin-merge --in-place s1 s2
	[[ ${stderr_lines[-1]} == 'twin-merge: nothing has been written in place: some lines are no records' ]]
	same s1 < <(state 1 '{"a":1}')
}
