#!/usr/bin/env bats
# twin-patch: differences applied to states, documents and stores.

load helper

setup() {
	scratch
	cat >readings <<'END'
{"entity_id":"pump","property":"speed","timestamp":"2026-03-01T12:00:00Z","value":1480}
{"entity_id":"tank","property":"level","timestamp":"2026-03-01T12:00:00Z","value":1.5}
END
	twin-sync -q readings >a
	sed 's/1480/1500/; s/1[.]5/1.75/; s/12:00:00/12:05:00/' readings | twin-sync -q >b
	twin-diff a b >d || [[ $? == 1 ]]
}

model() {
	python3 "$TWIN_ROOT/tests/model/$1.py" "${@:2}"
}

@test "the difference of random states, applied, gives the other state to the byte, and undone the first" {
	for seed in 1 2 3; do
		model random_streams generate --streams 200 --seed "${seed}1" | twin-sync -q >a
		model random_streams generate --streams 200 --seed "${seed}2" | twin-sync -q >b
		twin-diff --metadata a b >d || [[ $? == 1 ]]
		[[ -s d ]]
		twin-patch d a >got
		cmp got b
		twin-patch --reverse d b >got
		cmp got a
		# Without --metadata equal values keep their times.
		twin-diff a b >d || [[ $? == 1 ]]
		twin-patch d a >got
		run -0 twin-diff got b
	done
}

@test "the patch comes from standard input or a file" {
	twin-patch d a >got
	cmp got b
	twin-diff a b | twin-patch a >got
	cmp got b
}

@test "of a twin that does not fit nothing is applied, of the others all" {
	sed 's/1480/1481/' readings | twin-sync -q >other
	run -1 --separate-stderr twin-patch --refused refused d other
	[[ $stderr == 'twin-patch: pump: operation 0, /properties/speed: another value is there' ]]
	[[ ${lines[0]} == *'"speed":1481'* && ${lines[1]} == *'"level":1.75'* ]]
	grep -q '^{"type":"refused","reason":"mismatch","message":"another value is there","index":0,"path":"/properties/speed","input":{"type":"diff",' refused
	[[ $(wc -l <refused) == 1 ]]
	# A second time nothing is as it was.
	twin-patch d a >once
	run -1 twin-patch -q d once
}

@test "--check writes nothing, --in-place replaces the file" {
	cp a kept
	run -0 twin-patch --check d a
	[[ -z $output ]]
	run -1 twin-patch --check d b
	cmp a kept
	run -0 twin-patch --in-place d a
	[[ -z $output ]]
	cmp a b
}

@test "JSON Patch and merge patch enter states as readings of --timestamp" {
	twin-diff -F patch a b >patch.json || [[ $? == 1 ]]
	twin-diff -F merge a b >merge.json || [[ $? == 1 ]]
	for form in patch.json merge.json; do
		run -1 twin-patch "$form" a
		says 'it has no time: --timestamp gives it one'
		twin-patch --timestamp 2026-03-01T12:05:00Z "$form" a >got
		cmp got b
		run -1 twin-patch --timestamp 2026-03-01T11:00:00Z "$form" a
		says 'what is there is newer'
	done
}

@test "a JSON Patch may do anything to a twin that its documents can show" {
	echo '[{"op":"move","from":"/properties/speed","path":"/properties/rate"},{"op":"add","path":"/desired","value":{"v":{"open":1}}}]' >patch.json
	run -1 twin-patch --timestamp 2026-03-02 patch.json a
	says 'it does not say of which twin it is'
	run -0 twin-patch --timestamp 2026-03-02 -E pump patch.json a
	[[ ${lines[0]} == *'"properties":{"rate":1480},"desired":{"v":{"open":1}},'* ]]
	echo '[{"op":"add","path":"/nonsense","value":1}]' >patch.json
	run -1 twin-patch --timestamp 2026-03-02 -E pump patch.json a
	says 'no twin has such members'
}

@test "a store takes what is newer, and refuses what is older" {
	twin-sync -q --store s.twin readings
	run -0 twin-patch d s.twin
	run -0 twin-diff --metadata s.twin b
	run -1 twin-patch --reverse d s.twin
	says 'what is there is newer'
	run -0 twin-diff --metadata s.twin b
	twin-sync --store s.twin --verify
	[[ $(twin-get -s s.twin --history -P speed --count) == *'"count":2'* ]]
	echo '{"entity_id":"pump","properties":{"speed":7}}' >merge.json
	run -0 twin-patch --check --timestamp 2026-03-02 merge.json s.twin
	run -0 twin-diff s.twin b
	run -0 twin-patch --timestamp 2026-03-02 merge.json s.twin
	run -1 twin-diff s.twin b
}

@test "documents are patched as a whole or not at all" {
	echo '{"a":1}' >doc
	echo '[{"op":"add","path":"/b","value":2},{"op":"remove","path":"/c"}]' >patch.json
	run -1 --separate-stderr twin-patch patch.json doc
	[[ $output == '{"a":1}' && $stderr == "twin-patch: operation 1, /c: there is no '/c'" ]]
	echo '[{"op":"add","path":"/b","value":2.50}]' >patch.json
	run -0 twin-patch patch.json doc
	[[ $output == '{"a":1,"b":2.50}' ]]
}

@test "a malformed patch is trouble and changes nothing" {
	for patch in '[{"op":"add","op":"remove","path":"/a"}]' '[{"op":"spam","path":"/a"}]' '[{"path":"/a"}]' '{"type":"diff","path":"a","op":"add"}' '[1' '[{"op":"add","path":"a","value":1}]'; do
		echo "$patch" >patch.json
		run -2 --separate-stderr twin-patch patch.json a
		[[ -z $output && $stderr == 'twin-patch: the patch is malformed: '* ]]
	done
	echo '{"a":1}' >patch.json
	run -2 twin-patch --reverse patch.json a
	says 'only diff records can be reversed'
}

@test "copies of copies end before memory does, and nesting before the stack" {
	python3 -c 'print("[" + ",".join("""{"op":"copy","from":"","path":"/a%d"}""" % i for i in range(60)) + "]")' >patch.json
	echo '{}' >doc
	run -1 twin-patch patch.json doc
	says 'it copies more than'
	python3 -c 'print("[" + ",".join("""{"op":"add","path":"%s","value":{}}""" % ("/a" * i) for i in range(1, 600)) + "]")' >patch.json
	run -1 twin-patch patch.json doc
	says 'nested deeper than 512'
}

@test "every public case of JSON Patch passes, those that are disabled elsewhere too" {
	require_data vectors/jsonpatch/spec_tests.json vectors/jsonpatch/tests.json
	model patch_vectors patch "${data%tests.json}spec_tests.json"
	model patch_vectors patch "$data"
}

@test "every public case of merge patches and pointers passes" {
	require_data vectors/jsonpatch/rfc6901.json vectors/jsonpatch/rfc7396.json
	model patch_vectors merge "$data"
	model patch_vectors pointers "${data%rfc7396.json}rfc6901.json"
}

@test "python3-jsonpatch applies our patches, and we apply its" {
	python3 -c 'import jsonpatch' 2>/dev/null || skip "python3-jsonpatch is not installed"
	model patch_vectors exchange 1
}

@test "the difference of random documents, applied, gives the other, and undone the first" {
	model patch_vectors rounds 1
}
