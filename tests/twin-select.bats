#!/usr/bin/env bats
# twin-select: which lines come out, in which order and shape. (The language of --where: unit tests and the page twin-expr(7).)

# shellcheck disable=SC2016 # single quotes around expressions

load helper

# Lines of all sorts: blanks, escapes, numbers with zeros, types that are known and not.
sample() {
	cat <<'END'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:03Z","value":1.50,"unit":"degC"}
{ "value" : 9007199254740993, "entity_id":"a", "property":"y/z", "timestamp":"2026-03-01T13:00:01+01:00" }
{"type":"event","entity_id":"b","timestamp":"2026-03-01T12:00:02Z","event":"al\u0065rt","property":"x"}
{"type":"mine","entity_id":"b","timestamp":"2026-03-01T12:00:00Z","odd":[1,{"k":"v"}]}
{"type":"state","entity_id":"c","timestamp":"2026-03-01T12:00:04Z","properties":{"y":{"z":1},"w":2}}
{"entity_id":"b","property":"x","timestamp":"2026-03-01T12:00:05Z","value":"on","quality":0.4}
{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:06Z"}
{"type":"mine","path":"x","note":"no time, no twin"}
END
}

# chosen OPTIONS...: the numbers of the lines that come out, after a check that each is as it was.
chosen() {
	sample >lines
	run -0 --separate-stderr twin-select "$@" lines
	local line numbers=
	for line in "${lines[@]}"; do
		numbers+=" $(grep -nxF -- "$line" lines | cut -d : -f 1)"
	done
	echo "chosen by $*:$numbers; $stderr"
	chosen=${numbers# }
}

@test "without options all records come out byte for byte, known or not" {
	sample >lines
	twin-select lines >got
	cmp lines got
	twin-select -j 3 - <lines >got
	cmp lines got
}

@test "records are chosen by type, entity, property and time, and fulfil all that is asked" {
	chosen --type reading
	[[ $chosen == '1 2 6' ]]
	chosen --type event,state --type deleted
	[[ $chosen == '3 5 7' ]]
	chosen -E a -E 'c*'
	[[ $chosen == '1 2 5 7' ]]
	chosen -P x
	[[ $chosen == '1 3 6 7 8' ]]
	chosen -P 'y*'
	[[ $chosen == '2 5 7' ]]
	chosen --from 2026-03-01T12:00:02Z --to 2026-03-01T12:00:05Z
	[[ $chosen == '1 3 5' ]]
	chosen --from now-4s --now 2026-03-01T12:00:08Z
	[[ $chosen == '5 6 7' ]]
	chosen --type reading,mine -E '[ab]' --from 2026-03-01T12:00:01Z --where 'not exists(unit)'
	[[ $chosen == '2 6' ]]
}

@test "--where looks into known and unknown members, and only true is true" {
	chosen --where 'value > 9007199254740992'
	[[ $chosen == 2 ]]
	chosen --where "odd[1].k == 'v' or event == 'alert' or properties.y.z == 1"
	[[ $chosen == '3 4 5' ]]
	chosen --where 'value'
	[[ -z $chosen ]]
	chosen --where "not (quality > 0.5) and timestamp >= '2026-03-01T13:00:05+01:00'"
	[[ $chosen == '6 7' ]]
	chosen --where "type == 'reading' and quality == 1"
	[[ $chosen == '1 2' ]]
}

@test "what --where chooses of numbers is what jq chooses" {
	needs jq
	seq 1 3000 | awk '{ printf "{\"entity_id\":\"p%d\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:%02d:%02dZ\",\"value\":%s%s}\n",
		$1 % 7, $1 / 60 % 60, $1 % 60, ($1 * 7919 % 1000 - 500) / 8, $1 % 3 ? ",\"quality\":" ($1 % 11) / 10 : "" }' >readings
	while IFS=$'\t' read -r ours theirs; do
		twin-select -q --where "$ours" readings >got
		jq -c "select($theirs)" readings >want
		[[ -s want ]]
		cmp want got
	done <<'END'
value > 10 and quality >= 0.5	.value > 10 and (.quality // 1) >= 0.5
value * 2 - 5 < -100 or value == 0.125	.value * 2 - 5 < -100 or .value == 0.125
not (quality < 0.9) and entity_id != 'p3'	(.quality // 1) >= 0.9 and .entity_id != "p3"
abs(value) ^ 2 > 3600	(.value * .value) > 3600
timestamp < '2026-03-01T12:10:00Z' and value < 0	.timestamp < "2026-03-01T12:10:00Z" and .value < 0
END
}

@test "a wrong expression is wrong usage, with its column, before any input is read" {
	run -2 twin-select --where 'value > > 3' no-such-file
	same <<'END'
twin-select: --where: column 9: expected a value, found >
Try 'twin-select --help'.
END
	run -2 twin-select --where 'value + 1'
	says '--where: a number can never be true: expected a condition'
	run -2 twin-select --sort 'value,,x'
	says '--sort: column 1: the name of a member is missing at the end'
	run -2 twin-select --fields 'a=value,b.a'
	says "--fields: two fields are named 'a': write NEW=b.a"
	run -2 twin-select --count --by 'count'
	says "--by: 'count' is the name of what is counted"
	run -2 twin-select --by value
	says '--by needs --count'
	for types in '' ',' 'reading,' ',event' 'a,,b'; do
		run -2 twin-select --type "$types" no-such-file
		says "--type: a type is missing in '$types'"
	done
	run -2 twin-select --count --limit 3
	says '--count does not go with'
}

@test "a member that no record had is told at the end, unless -q is given" {
	sample >lines
	run -0 twin-select --where 'valeu > 3 or quallity > 1' --sort -timestemp --type mine lines
	same <<'END'
twin-select: --where: no record has valeu
twin-select: --where: no record has quallity
END
	run -0 twin-select --where 'exists(value)' --sort timestemp --fields value,vlaue --limit 9 lines
	says '--sort: no record has timestemp'
	says '--fields: no record has vlaue'
	run -0 twin-select -q --where 'valeu > 3' lines
	[[ -z $output ]]
	run -0 twin-select --where 'property == Current or propertie == "x" or quality != site.name' lines
	same <<'END'
twin-select: --where: no record has Current: text needs quotes, "Current"
twin-select: --where: no record has propertie
twin-select: --where: no record has site.name
END
}

@test "where no line holds a record, twin-ingest is named" {
	printf '%s\n' time,x 1,2 >foreign
	run -3 --separate-stderr twin-select foreign
	[[ $stderr == *$'\n''twin-select: no line holds a record: twin-ingest makes them of other formats' ]]
	run -3 --separate-stderr twin-select -q foreign
	[[ $stderr != *twin-ingest* ]]
	sample >lines
	run -3 --separate-stderr twin-select foreign lines
	[[ $stderr != *twin-ingest* ]]
}

@test "--sort puts exact numbers first, then times, text, and what is missing last, in both directions" {
	chosen --sort value
	[[ $chosen == '1 2 6 3 4 5 7 8' ]]
	chosen --sort -value
	[[ $chosen == '6 2 1 3 4 5 7 8' ]]
	chosen --sort timestamp
	[[ $chosen == '4 2 3 1 5 6 7 8' ]]
	chosen --sort entity_id,-timestamp
	[[ $chosen == '7 1 2 6 3 4 5 8' ]]
}

@test "records with equal keys stay in their order, also when sorting goes through files" {
	seq 1 20000 | awk '{ printf "{\"entity_id\":\"e\",\"property\":\"p%d\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":%d}\n", $1, $1 * 7919 % 50 }' >readings
	sed 's/.*"value":\([0-9]*\)}$/\1 &/' readings | sort -s -n -k 1,1 | cut -d ' ' -f 2- >want
	twin-select --sort value readings >got
	cmp want got
	run -0 --separate-stderr twin-select --sort value --memory 64K --stats -o got readings
	cmp want got
	[[ $stderr =~ \"sort_files\":([0-9]+) ]]
	((BASH_REMATCH[1] > 16))
	sed 's/.*"value":\([0-9]*\)}$/\1 &/' readings | sort -s -n -r -k 1,1 | cut -d ' ' -f 2- >want
	twin-select --sort -value --memory 64K readings >got
	cmp want got
	[[ -z $(find . -name '*twin-sort*') ]]
}

@test "a sort that cannot use its folder, or finds its disk full or its files damaged, is trouble" {
	seq 1 3000 | awk '{ printf "{\"entity_id\":\"e\",\"property\":\"p%d\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}\n", $1 }' >readings
	run -2 --separate-stderr env TMPDIR=/nonexistent twin-select --sort value --memory 64K readings
	[[ $stderr == "twin-select: cannot write a temporary file in '/nonexistent': No such file or directory" ]]
	[[ -z $output ]]
	[[ -e $TWIN_BUILD/fault.so ]]
	export ASAN_OPTIONS=verify_asan_link_order=0 TMPDIR=$PWD LD_PRELOAD=$TWIN_BUILD/fault.so
	run -2 --separate-stderr env TWIN_FAULT=write:3:ENOSPC twin-select --sort value --memory 64K -j 1 readings
	[[ $stderr == "twin-select: cannot write a temporary file in '$PWD': No space left on device" ]]
	run -0 --separate-stderr env TWIN_FAULT=write:2+:short twin-select --sort value --memory 64K -j 1 readings
	printf '%s\n' "${lines[@]}" | cmp readings
	run -2 --separate-stderr env TWIN_FAULT=read:8:EIO twin-select --sort value --memory 64K -j 1 readings
	[[ $stderr == "twin-select: cannot read a temporary file in '$PWD': Input/output error" ]]
}

@test "--last leaves the newest of each series by event time, in the order of the input" {
	cat >readings <<'END'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:05Z","value":5}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:03Z","value":3}
{"entity_id":"b","property":"x","timestamp":"2026-03-01T12:00:01Z","value":1}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:04Z","value":4}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:05Z","value":55}
{"type":"event","entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","event":"e"}
{"type":"reading","entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:02Z","value":2}
END
	run -0 twin-select --last 1 --fields value,event readings
	same <<'END'
{"value":1}
{"value":55}
{"event":"e"}
END
	run -0 twin-select --last 3 -E a --type reading --fields value readings
	same <<'END'
{"value":5}
{"value":4}
{"value":55}
END
	run -0 twin-select --last 2 --sort -value --limit 2 --fields value readings
	same <<'END'
{"value":55}
{"value":5}
END
}

@test "--limit ends the reading of a stream that does not end" {
	run -0 bash -c 'yes "$(head -n 1 <<<"$1")" | twin-select --limit 2' - "$(sample)"
	[[ ${#lines[@]} == 2 ]]
	run -0 twin-select --limit 0 <<<'{"type":"x"}'
	[[ -z $output ]]
}

@test "--fields chooses and renames, and values keep their bytes" {
	sample >lines
	run -0 --separate-stderr twin-select --fields 'id=entity_id,value,k=odd[1],"new name"=event,z=properties.y.z' lines
	same <<'END'
{"id":"a","value":1.50}
{"id":"a","value":9007199254740993}
{"id":"b","\"new name\"":"alert"}
{"id":"b","k":{"k":"v"}}
{"id":"c","z":1}
{"id":"b","value":"on"}
{"id":"a"}
{}
END
}

@test "a table and CSV have the columns of --fields, also empty ones in CSV" {
	sample >lines
	run -0 twin-select --limit 6 --sort timestamp --fields t=timestamp,value,note,odd,type -F csv lines
	same <<'END'
t,value,note,odd,type
2026-03-01T12:00:00Z,,,"[1,{""k"":""v""}]",mine
2026-03-01T13:00:01+01:00,9007199254740993,,,
2026-03-01T12:00:02Z,,,,event
2026-03-01T12:00:03Z,1.50,,,
2026-03-01T12:00:04Z,,,,state
2026-03-01T12:00:05Z,on,,,
END
	run -0 twin-select --fields id=entity_id,value -E a -F table lines
	same <<'END'
id             value
a               1.50
a   9007199254740993
a
END
	run -0 twin-select --type reading -E b -F table lines
	says 'quality 0.4'
}

@test "--count counts what is chosen, by combinations of values in their order" {
	sample >lines
	run -0 twin-select --count --type reading lines
	same <<'END'
{"type":"summary","measures":{"count":3}}
END
	echo '{"type":"reading","entity_id":"b","property":"x","timestamp":"2026-03-01T12:00:05Z","value":1}' >>lines
	run -0 twin-select --count --by type,entity_id lines
	same <<'END'
{"type":"summary","entity_id":"a","by":{"type":"deleted"},"measures":{"count":1}}
{"type":"summary","entity_id":"b","by":{"type":"event"},"measures":{"count":1}}
{"type":"summary","entity_id":"b","by":{"type":"mine"},"measures":{"count":1}}
{"type":"summary","by":{"type":"mine"},"measures":{"count":1}}
{"type":"summary","entity_id":"a","by":{"type":"reading"},"measures":{"count":2}}
{"type":"summary","entity_id":"b","by":{"type":"reading"},"measures":{"count":2}}
{"type":"summary","entity_id":"c","by":{"type":"state"},"measures":{"count":1}}
END
	sample | sed 's/1\.50/9007199254740993.0/' >lines
	run -0 twin-select --count --by value,entity_id -F csv lines
	same <<'END'
value,entity_id,count
9007199254740993.0,a,2
on,b,1
,a,1
,b,2
,c,1
,,1
END
	run -0 twin-select --count --by entity_id </dev/null
	[[ -z $output ]]
	run -0 twin-select --count </dev/null
	same <<'END'
{"type":"summary","measures":{"count":0}}
END
}

@test "what is no record is told, kept, emitted, and gives status 3; --strict stops there" {
	{ sample | head -n 1; printf 'oops\n{"entity_id":"a"}\n'; sample | tail -n 1; } >lines
	run -3 --separate-stderr twin-select --rejects kept -e selected=out.ndjson,rejected lines
	printf '%s\n' "${lines[@]}" >rejected
	[[ ${#lines[@]} == 2 && ${lines[0]} == '{"type":"rejected","reason":"invalid",'*'"input":"oops"}' ]]
	[[ $stderr == *'twin-select: lines:2: '*'twin-select: lines:3: '* ]]
	printf 'oops\n{"entity_id":"a"}\n' | cmp - kept
	sed -n '1p;4p' lines | cmp - out.ndjson
	run -2 --separate-stderr twin-select --strict --count lines
	[[ -z $output ]]
	run -0 twin-select --count --by reason rejected
	same <<'END'
{"type":"summary","by":{"reason":"invalid"},"measures":{"count":2}}
END
}

@test "the output is the same for any number of threads" {
	seq 1 60000 | awk '{ printf "{\"entity_id\":\"e%d\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":%d}\n", $1 % 10, $1 * 7919 % 1000 }' >readings
	twin-select -j 1 --where 'value < 500' --sort entity_id,-value readings >want
	for threads in 0 2 4; do
		twin-select -j "$threads" --where 'value < 500' --sort entity_id,-value readings >got
		cmp want got
	done
	[[ $(wc -l <want) == 30000 ]]
}

@test "every recording passes unchanged, and its parts add up" {
	require_data recorded
	# shellcheck disable=SC2154 # require_data sets it
	find "$data" -name '*.ndjson' -size -4M >files
	while read -r file; do
		twin-select -q -e selected=all,rejected=bad "$file" 2>said >none && status=0 || status=$?
		((status == 0 || status == 3))
		total=$(wc -l <all)
		a=$(twin-select -q --where 'value > 0' -e selected all | wc -l)
		b=$(twin-select -q --where 'not (value > 0)' all | wc -l)
		((a + b == total))
		twin-select -q --sort value,timestamp --memory 64K all | sort | cmp - <(sort all)
	done <files
}
