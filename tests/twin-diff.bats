#!/usr/bin/env bats
# twin-diff: states, documents and stores compared.

load helper

setup() {
	scratch
	cat >readings <<'END'
{"entity_id":"pump","property":"speed","timestamp":"2026-03-01T12:00:00Z","value":1480,"unit":"rpm"}
{"entity_id":"pump","property":"bearing/t","timestamp":"2026-03-01T12:00:00Z","value":40}
{"entity_id":"tank","property":"level","timestamp":"2026-03-01T12:00:00Z","value":1.5}
END
	twin-sync -q readings >a
	sed 's/1480/1500/; s/12:00:00/12:05:00/; s/tank/vat/' readings | twin-sync -q >b
}

model() {
	python3 "$TWIN_ROOT/tests/model/$1.py" "${@:2}"
}

# Two sets of twins of the same names.
random_pair() { # seed
	model random_streams generate --streams 200 --seed "${1}1" | twin-sync -q >a
	model random_streams generate --streams 200 --seed "${1}2" | twin-sync -q >b
}

@test "each difference is a record with both sides and their metadata, sorted by twin and path" {
	run -1 twin-diff a b
	same <<'END'
{"type":"diff","entity_id":"pump","path":"/properties/speed","op":"replace","from":1480,"to":1500,"from_metadata":{"timestamp":"2026-03-01T12:00:00Z","unit":"rpm"},"to_metadata":{"timestamp":"2026-03-01T12:05:00Z","unit":"rpm"}}
{"type":"diff","entity_id":"tank","path":"/properties/level","op":"remove","from":1.5,"from_metadata":{"timestamp":"2026-03-01T12:00:00Z"}}
{"type":"diff","entity_id":"vat","path":"/properties/level","op":"add","to":1.5,"to_metadata":{"timestamp":"2026-03-01T12:05:00Z"}}
END
}

@test "the same state is the same in any order and as recording, store or pipe" {
	tac a >backwards
	twin-sync -q --store a.twin readings
	for other in backwards readings a.twin; do
		run -0 twin-diff a "$other"
		[[ -z $output ]]
	done
	run -0 bash -c 'twin-diff --metadata a - <a'
	run -0 bash -c 'twin-diff --metadata <(cat a) <(cat readings)'
}

@test "times alone make no difference but with --metadata, within --time-tolerance" {
	sed 's/1480/1480.0/; s/tank/tank/; s/12:00:00/12:00:01/' readings | twin-sync -q >later
	run -0 twin-diff a later
	[[ -z $output ]]
	run -1 twin-diff --metadata a later
	[[ ${#lines[@]} == 3 ]]
	run -0 twin-diff --metadata --time-tolerance 1s a later
	run -1 twin-diff --metadata --time-tolerance 999ms a later
}

@test "-q writes nothing and says it with the status" {
	run -1 twin-diff -q a b
	[[ -z $output ]]
	run -0 twin-diff -q a a
}

@test "tolerances are exact: 1.3 and 1.0 are 0.3 apart, and no more" {
	echo '{"v":1.3}' >x
	echo '{"v":1.0}' >y
	run -0 twin-diff --atol 0.3 x y
	run -1 twin-diff --atol 0.2999999999999999999 x y
	run -0 twin-diff --rtol 0.2308 x y
	run -1 twin-diff --rtol 0.2307 x y
	run -1 twin-diff --atol 9 --tolerance v=0.1 x y
	run -0 twin-diff --tolerance /v=0,0.5 x y
}

@test "the longest path of --tolerance counts, that of a model among them" {
	echo '{"properties":{"speed":{"tolerance":20}}}' >model.json
	run -0 twin-diff -E pump -m model.json a b
	run -1 twin-diff -E pump -m model.json --tolerance speed=19 a b
	run -0 twin-diff -E pump -m model.json --tolerance /properties=1 a b
}

@test "a relative tolerance of 1 and more is refused without --large" {
	for option in '--rtol 1' '--tolerance v=0,1e6'; do
		# shellcheck disable=SC2086 # words
		run -2 twin-diff $option a b
		says 'needs --large'
		# shellcheck disable=SC2086 # words
		run -1 twin-diff $option --large a b
	done
}

@test "true is not 1, 1.0 is 1, and 2^53 + 1 is not 2^53" {
	echo '[1,9007199254740993,1]' >x
	echo '[1.0,9007199254740992,true]' >y
	run -1 twin-diff x y
	same <<'END'
{"type":"diff","path":"/1","op":"replace","from":9007199254740993,"to":9007199254740992}
{"type":"diff","path":"/2","op":"replace","from":1,"to":true}
END
}

@test "--ignore and --only leave out what is not to be looked at, the longer path counts" {
	run -0 twin-diff --ignore speed --ignore level a b
	run -1 twin-diff --only /properties --ignore speed a b
	[[ ${#lines[@]} == 2 ]]
	echo '{"a":{"x":1,"y":1},"b":1}' >x
	echo '{"a":{"x":2,"y":2},"b":2}' >y
	run -1 twin-diff --ignore a --only a/y x y
	[[ $output == '{"type":"diff","path":"/a/y","op":"replace","from":1,"to":2}' ]]
	run -1 twin-diff --only '/*/x' x y
	[[ $output == '{"type":"diff","path":"/a/x","op":"replace","from":1,"to":2}' ]]
}

@test "array elements are paired by index, by --key, or not at all with --set" {
	echo '{"l":[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":3}]}' >x
	echo '{"l":[{"id":3,"v":3.1},{"id":4,"v":4},{"id":1,"v":1}]}' >y
	run -1 twin-diff --key l=id --atol 0.05 x y
	same <<'END'
{"type":"diff","path":"/l/1","op":"remove","from":{"id":2,"v":2}}
{"type":"diff","path":"/l/2","op":"add","to":{"id":4,"v":4}}
{"type":"diff","path":"/l/2/v","op":"replace","from":3,"to":3.1}
END
	twin-diff --key l=id x y >d || [[ $? == 1 ]]
	run -0 bash -c 'twin-patch d x | twin-diff --key l=id - y'
	run -0 bash -c 'twin-patch d x | twin-patch -R d - | twin-diff - x'
	run -0 bash -c 'twin-diff -F patch --key l=id x y | twin-patch x | twin-diff --key l=id - y'
	echo '{"l":[{"id":1},{"id":1}]}' >twice
	run -2 twin-diff --key l=id x twice
	says '/l: two elements are equal'
	echo '["a","b","c"]' >x
	echo '["c","a","d","a"]' >y
	run -1 twin-diff --set /0 x y
	run -2 twin-diff --set s --tolerance s/0=1 x y
	echo '{"s":["a","b","c"]}' >x
	echo '{"s":["c","a","d","a"]}' >y
	run -1 twin-diff --set s x y
	same <<'END'
{"type":"diff","path":"/s/1","op":"remove","from":"b"}
{"type":"diff","path":"/s/2","op":"add","to":"d"}
END
	echo '{"s":[1]}' >x
	run -2 twin-diff --set s --atol 1 x x
	says 'cannot be compared with a tolerance'
}

@test "-F patch guards what it replaces and removes with a test" {
	run -1 twin-diff -F patch a b
	same <<'END'
[{"op":"test","path":"/entity_id","value":"pump"},{"op":"test","path":"/properties/speed","value":1480},{"op":"replace","path":"/properties/speed","value":1500}]
[{"op":"test","path":"/entity_id","value":"tank"},{"op":"test","path":"/properties","value":{"level":1.5}},{"op":"remove","path":"/properties"}]
[{"op":"add","path":"","value":{"entity_id":"vat","properties":{"level":1.5}}}]
END
}

@test "-F merge refuses what a merge patch cannot say" {
	run -1 twin-diff --format merge a b
	same <<'END'
{"entity_id":"pump","properties":{"speed":1500}}
{"entity_id":"tank","properties":null}
{"entity_id":"vat","properties":{"level":1.5}}
END
	echo '{"a":1}' >x
	echo '{"a":null}' >y
	run -2 twin-diff -F merge x y
	says '/a: a merge patch cannot say null'
	echo '{"a":[null],"b":{}}' >y
	run -1 twin-diff -F merge x y
	[[ $output == '{"a":[null],"b":{}}' ]]
	run -1 twin-diff -F merge y x
	[[ $output == '{"a":1,"b":null}' ]]
}

@test "-F text tells numbers with their difference, -F stat counts" {
	run -1 twin-diff -F text a b
	same <<'END'
~ pump /properties/speed: 1480 -> 1500 (+20)
- tank /properties/level: 1.5
+ vat /properties/level: 1.5
END
	run -1 twin-diff -F stat a b
	[[ ${lines[-1]} == '{"type":"summary","measures":{"twins":3,"added":1,"removed":1,"replaced":1}}' ]]
	[[ ${#lines[@]} == 6 ]]
}

@test "--sorted takes twins in order only, and says where they are not" {
	run -1 --separate-stderr twin-diff --sorted a b
	twin-diff a b >plain || [[ $? == 1 ]]
	same plain <<<"$output"
	tac a >backwards
	run -2 --separate-stderr twin-diff --sorted backwards b
	[[ $stderr == "twin-diff: backwards:2: 'pump' comes behind 'tank': the twins are not sorted by entity_id" ]]
}

@test "sorted, folded and read from a store, random twins differ in the same" {
	for seed in 1 2; do
		random_pair "$seed"
		twin-diff --sorted --metadata a b >sorted || [[ $? == 1 ]]
		[[ -s sorted ]]
		shuf --random-source=a a >shuffled
		twin-diff --metadata shuffled b >folded || [[ $? == 1 ]]
		cmp sorted folded
		rm -f b.twin
		twin-sync -q --store b.twin b
		twin-diff --metadata a b.twin >stored || [[ $? == 1 ]]
		cmp sorted stored
	done
}

@test "bad lines are rejected, malformed documents are trouble" {
	(cat a; echo nonsense) >bad
	run -3 --separate-stderr twin-diff a bad
	[[ -z $output && $stderr == *'bad:3:'* ]]
	run -2 twin-diff --strict a bad
	echo '{"a":' >broken
	run -2 twin-diff -f document broken broken
	says "'broken' is no JSON document"
	echo '{"a":1,"a":2}' >twice
	run -2 twin-diff -f document twice twice
	run -2 twin-diff a a b
	echo '{"a":1}' >x
	run -2 twin-diff a x
	says "'x' is a document and 'a' is not"
	run -2 twin-diff a missing
	says "cannot open 'missing'"
}

@test "every tolerance vector decides alike" {
	require_data vectors/derived/tolerance.ndjson
	model patch_vectors tolerance "$data"
}
