#!/usr/bin/env bats
# twin-ingest: SenML in JSON (RFC 8428).

load helper

# ingest [OPTION...] [FILE...]
# shellcheck disable=SC2120 # the arguments stand behind `run`
ingest() {
	twin-ingest -q -f senml "$@"
}

# pack LABELS...: an array of records, each given without its braces, behind one with a bt.
pack() {
	local record
	printf '[{"bt":1700000000}'
	for record; do printf ',{%s}' "$record"; done
	printf ']\n'
}

# values: what the last readings say, without the constant parts.
values() {
	jq -c '[.entity_id, .property, .value, .unit, .metadata] | del(.[] | nulls)' <<<"$output"
}

# refused PACK MESSAGE: nothing of it is read, for that reason.
refused() {
	run -3 --separate-stderr ingest -e reading,rejected=refused.ndjson <<<"$1"
	[[ -z $output ]]
	[[ $stderr == "twin-ingest: standard input:1: $2" ]] || { printf 'came: %s\n' "$stderr"; false; }
	[[ $(wc -l <refused.ndjson) == 1 ]]
	[[ $(jq -r .input refused.ndjson) == "$1" ]]
}

# rejected LABELS MESSAGE: the record is rejected alone, those around it are read.
rejected() {
	run -3 --separate-stderr ingest < <(pack '"n":"before","v":1' "$1" '"n":"behind","v":2')
	[[ $stderr == "twin-ingest: standard input:1: record 3: $2" ]] || { printf 'came: %s\n' "$stderr"; false; }
	[[ $(jq -r .entity_id <<<"$output" | paste -s) == $'before\tbehind' ]]
}

@test "every example of RFC 8428 gives the readings of its resolved form" {
	require_data vectors/senml
	for resolved in "$data"/*.gen.resolved.json; do
		name=$(basename "$resolved" .gen.resolved.json)
		# Examples without times were resolved at a now of their own; 7 was resolved without its data value.
		now=@$(jq -r '[.[].t] | max' "$resolved")
		run -0 --separate-stderr twin-ingest -q --no-origin "$resolved"
		[[ $(jq -s length <<<"$output") == $(jq length "$resolved") ]]
		jq -c '[.unit, .value, (.timestamp | sub("\\.[0-9]+"; "") | fromdate)]' <<<"$output" | sort >got
		jq -c '.[] | [.u, .v // .vs // .vb, (.t | floor)]' "$resolved" | sort | diff - got
		grep -v nfv-reader <<<"$output" >want
		for file in "$data/$name.json" "$data/$name.gen.json" "$data/$name.gen.wrap.json"; do
			[[ -e $file ]] || continue
			run -0 --separate-stderr twin-ingest -q --no-origin --now "$now" "$file"
			grep -v nfv-reader <<<"$output" | sed 's/,"metadata":{"timestamp_source":"now"}//' >got
			jq -c '.value |= (try tonumber catch .)' want >want.by-value
			jq -c '.value |= (try tonumber catch .)' got | diff want.by-value -
		done
	done
	[[ -n ${name-} ]]
}

@test "a pack is recognised over many lines, and an array that is none is still for jq" {
	printf '[\n {\n  "bn" : "urn:dev:ow:1:",\n  "n": "a",\n  "t": 1700000000,\n  "v":\n 1.50\n }\n]\n' >pack.json
	run -0 twin-ingest -q pack.json
	same <<-'END'
		{"entity_id":"urn:dev:ow:1","property":"a","timestamp":"2023-11-14T22:13:20Z","value":1.50,"origin":"pack.json:2"}
	END
	for text in '[{"a":1}]' '[{"n":"a"}]' '[{"n":5,"v":1}]' '[{"v":1}]' '[1]' '[{"n":"x","v":"1"}]' '[]'; do
		run -3 --separate-stderr twin-ingest -q --entity-id x --now 2026-01-01 <<<"$text"
		says "jq -c '.[]'"
	done
	for text in '[{"bn":"a"}]' '[{"bt":1700000000}]' '[{"n":"x","vb":true,"t":1700000000}]' '[{"n":"x","s":1,"t":1700000000}]'; do
		run -0 twin-ingest -q <<<"$text"
	done
	run -0 twin-ingest -q --no-origin --entity-id x --now 2026-01-01 <<<'{"n":"pump","v":3}'
	[[ ${#lines[@]} == 2 ]]
}

@test "what was recognised is told" {
	pack '"n":"a","v":1' >p.json
	run -0 --separate-stderr twin-ingest p.json
	[[ $stderr == "twin-ingest: p.json: read as SenML (senml)" ]]
}

@test "a mark that comes late is waited for, up to 16 KiB" {
	{ printf '\n[\n'; printf '%1000s\n' '' ''; printf '{"n":"a","v":1,"t":1700000000}]\n'; } >late.json
	run -0 twin-ingest -q --no-origin late.json
	[[ $output == *'"entity_id":"a"'* ]]
	{ printf '[\n{"x":\n'; for i in {1..20}; do printf '%1000s\n' ''; done; printf '1,"bn":"a"}]\n'; } >later.json
	run -3 --separate-stderr twin-ingest -q later.json
	says "jq -c '.[]'"
}

@test "packs stand one after another, on lines of their own or not" {
	run -0 ingest <<-'END'
		[{"n":"a:x","v":1,"t":1700000000}] [{"n":"b:x","v":2,"t":1700000000}]

		[{"n":"c:x",
		"v":3,"t":1700000000}][]
		[{"n":"d:x","v":4,"t":1700000000}]
	END
	[[ $(jq -r .entity_id <<<"$output" | paste -s) == $'a\tb\tc\td' ]]
}

@test "base values hold until the end of their pack" {
	run -0 ingest <<-'END'
		[{"bn":"urn:dev:ow:1:","bt":1700000000,"bu":"V","bv":100,"n":"a","v":0.05},{"n":"b","u":"A","v":-100},{"bn":"urn:dev:ow:2:","bv":0,"n":"a","v":1.50}]
		[{"n":"c:d","t":1700000001,"v":2}]
	END
	same <<-'END'
		{"entity_id":"urn:dev:ow:1","property":"a","timestamp":"2023-11-14T22:13:20Z","value":100.05,"unit":"V"}
		{"entity_id":"urn:dev:ow:1","property":"b","timestamp":"2023-11-14T22:13:20Z","value":0,"unit":"A"}
		{"entity_id":"urn:dev:ow:2","property":"a","timestamp":"2023-11-14T22:13:20Z","value":1.50,"unit":"V"}
		{"entity_id":"c","property":"d","timestamp":"2023-11-14T22:13:21Z","value":2}
	END
}

@test "numbers keep their digits, and sums with a base are exact" {
	run -0 ingest < <(pack '"n":"a","v":0.14e1' '"n":"a","v":12345678901234567890.10' '"n":"a","bv":0.1,"v":0.2' \
		'"n":"a","v":12345678901234567890' '"n":"a","bv":1e-400,"v":1E400')
	mapfile -t numbers < <(grep -o '"value":[^,}]*' <<<"$output" | cut -d : -f 2)
	[[ ${numbers[0]} == 0.14e1 && ${numbers[1]} == 12345678901234567890.10 && ${numbers[2]} == 0.3 ]]
	[[ ${numbers[3]} == 12345678901234567890.1 && ${#numbers[4]} == 802 ]]
	run -3 --separate-stderr ingest < <(pack '"n":"a","bv":1,"v":1e999')
	says "record 2: the sum with the base value would have more than 1000 digits"
}

@test "times are exact to the nanosecond, whatever they are sums of" {
	run -0 ingest <<-'END'
		[{"n":"a","bt":1700000000.123456789,"v":1},{"n":"a","t":0.000000001,"v":1},{"n":"a","t":1e-9,"v":1},{"n":"a","t":-1.7e9,"bt":3400000000,"v":1},{"n":"a","bt":0,"t":1.276020076001e+09,"v":1}]
	END
	[[ $(jq -r .timestamp <<<"$output" | paste -s -d ' ') == \
		'2010-06-08T18:01:16.001Z 2023-11-14T22:13:20Z 2023-11-14T22:13:20.123456789Z 2023-11-14T22:13:20.12345679Z 2023-11-14T22:13:20.12345679Z' ]]
}

@test "times below 2^28 are relative to --now, those from there on are not" {
	run -0 ingest --now 2026-03-01T12:00:00Z <<-'END'
		[{"n":"a","v":1},{"n":"a","t":-0.5,"v":2},{"n":"a","t":268435455.999999999,"v":3},{"n":"a","t":268435456,"v":4},{"n":"a","bt":1700000000,"t":-1699999990,"v":5}]
	END
	jq -r '[.timestamp, .value, .metadata.timestamp_source // "event"] | @tsv' <<<"$output" >got
	same got <<-'END'
		1978-07-04T21:24:16Z	4	event
		2026-03-01T11:59:59.5Z	2	now
		2026-03-01T12:00:00Z	1	now
		2026-03-01T12:00:10Z	5	now
		2034-09-02T09:24:15.999999999Z	3	now
	END
	run -3 --separate-stderr ingest <<<'[{"n":"a","v":1},{"n":"a","t":1700000000,"v":2}]'
	[[ $stderr == "twin-ingest: standard input:1: record 1: its time (t, bt) is relative to now: say with --now when that is" ]]
	[[ $(jq .value <<<"$output") == 2 ]]
	run -3 --separate-stderr ingest --now 2262-01-01 <<<'[{"n":"a","t":1e8,"v":1},{"n":"b","t":1e30,"v":1}]'
	says "record 1: its time is beyond 1677-09-21 to 2262-04-11"
	says "record 2: 1e30 s reaches beyond"
	run -0 ingest --now live <<<'[{"n":"a","v":1}]'
	[[ $(jq '.received == .timestamp' <<<"$output") == true ]]
}

@test "readings of a pack come in the order of their times, equal ones as they stand" {
	run -0 ingest < <(pack '"n":"c","t":2,"v":1' '"n":"a","t":1,"v":2' '"n":"b","t":2,"v":3' '"n":"d","t":1,"v":4' '"n":"e","v":5')
	[[ $(jq -r .entity_id <<<"$output" | paste -s -d '') == eadcb ]]
}

@test "values of all kinds are read, and what they are stays known" {
	run -0 ingest < <(pack '"n":"d:a","vs":"M\u00fcnchen \"x\""' '"n":"d:b","vb":false' '"n":"d:c","vd":"aGkgCg"' '"n":"d:e","vd":""' '"n":"d:f","v":-0')
	values >got
	same got <<-'END'
		["d","a","München \"x\""]
		["d","b",false]
		["d","c","aGkgCg",{"encoding":"base64url"}]
		["d","e","",{"encoding":"base64url"}]
		["d","f",-0]
	END
}

@test "a sum is a reading of its own, in unit times second" {
	run -0 ingest < <(pack '"n":"d:p","u":"W","v":2,"s":5' '"n":"d:p","bs":0.5,"s":1' '"n":"d:p","u":"%RH","s":1')
	values >got
	same got <<-'END'
		["d","p",2,"W"]
		["d","p_sum",5,"W.s"]
		["d","p_sum",1.5]
		["d","p_sum",1.5,"%RH.s"]
	END
}

@test "the update time is an interval, and what is not known stays in metadata" {
	run -0 ingest < <(pack '"n":"d:p","v":2,"ut":60' '"n":"d:p","v":2,"ut":0.25,"x":[1, {"y": "z"}],"\u0061":null' \
		'"n":"d:p","vd":"","ut":1e3,"q":1' '"n":"d:p","v":1,"s":2,"ut":1')
	jq -c .metadata <<<"$output" >got
	same got <<-'END'
		{"interval":"60s"}
		{"interval":"0.25s","x":{"x":[1,{"y":"z"}],"a":null}}
		{"interval":"1000s","x":{"q":1},"encoding":"base64url"}
		{"interval":"1s"}
		{"interval":"1s"}
	END
	rejected '"n":"a","v":1,"ut":0' 'ut is not above 0'
	rejected '"n":"a","v":1,"ut":"1"' 'ut is no number'
}

@test "names give twins and properties, however they are divided between bn and n" {
	while read -r name entity property; do
		for ((i = 0; i <= ${#name}; i++)); do
			echo "[{\"bn\":\"${name:0:i}\",\"n\":\"${name:i}\",\"t\":1700000000,\"v\":1,\"u\":\"m/s\"}]"
		done >packs
		run -0 ingest packs
		[[ $(jq -r '[.entity_id, .property] | join(" ")' <<<"$output" | sort -u) == "$entity $property" ]]
		[[ ${#lines[@]} == $((${#name} + 1)) ]]
	done <<-'END'
		urn:dev:ow:10e2073a01080063:temp urn:dev:ow:10e2073a01080063 temp
		urn:dev:ow:10e2073a01080063 urn:dev:ow:10e2073a01080063 m~1s
		urn:dev:mac:0024befffe804ff1/3303/0/5700 urn:dev:mac:0024befffe804ff1 3303/0/5700
		2001:db8::2/temperature 2001:db8::2 temperature
		kitchen/temp kitchen temp
		kitchen kitchen m~1s
	END
	run -0 ingest <<<'[{"n":"kitchen","t":1700000000,"v":1}]'
	[[ $(jq -r .property <<<"$output") == value ]]
	run -0 ingest <<<'[{"bn":"urn:dev:mac:0024\/","n":"\u0061","t":1700000000,"v":1}]'
	values | grep -qxF '["urn:dev:mac:0024","a",1]'
}

@test "--entity-id calls twins by the device, the name or something else" {
	pack '"bn":"plant/p7/","n":"oil/temp","v":1' >p.json
	while read -r template entity property; do
		run -0 ingest --entity-id "$template" p.json
		[[ $(jq -r '[.entity_id, .property] | join(" ")' <<<"$output") == "$entity $property" ]]
	done <<-'END'
		{bn} plant/p7 oil/temp
		x-{bn} x-plant/p7 oil/temp
		{name} plant/p7/oil/temp value
		{bn}-{n} plant/p7-oil/temp value
		{stem} p plant/p7/oil/temp
		gateway gateway plant/p7/oil/temp
	END
	run -2 --separate-stderr ingest --entity-id '{device}' p.json
	says "p.json: --entity-id: {device} stands for nothing in SenML, only {bn}, {n} and {name} do"
	run -3 --separate-stderr ingest --entity-id '{bn}' <<<'[{"n":"a","t":1700000000,"v":1}]'
	says "record 1: the name of the twin is missing (bn)"
}

@test "a bad record is rejected alone" {
	rejected '"n":"a","v":"1"' 'v is no number'
	rejected '"n":"a","vs":1' 'vs is no string'
	rejected '"n":"a","vb":1' 'vb is no boolean'
	rejected '"n":"a","vd":null' 'vd is no string'
	rejected '"n":"a","vd":"aGk="' 'vd is no base64url without padding (byte 4)'
	rejected '"n":"a","vd":"aGk+"' 'vd is no base64url without padding (byte 4)'
	rejected '"n":"a","vd":"aGkgC"' 'vd is no base64url without padding (its length)'
	rejected '"n":1,"v":1' 'n is no string'
	rejected '"n":"a","u":1,"v":1' 'u is no string'
	rejected '"n":"a","t":"1","v":1' 't is no number'
	rejected '"n":"a","v":1,"vs":"1"' 'it has two values, v and vs'
	rejected '"n":"a"' 'it has no value (v, vs, vb, vd or s)'
	rejected '' 'it has no value (v, vs, vb, vd or s)'
	rejected '"x":1' 'it has no value (v, vs, vb, vd or s)'
	rejected '"n":"a","x":1' 'it has no value (v, vs, vb, vd or s)'
	rejected '"v":1' 'its name is empty (n, bn)'
	rejected '"n":"","v":1' 'its name is empty (n, bn)'
	rejected '"n":"a b","v":1' "its name 'a b' has more than letters, digits and -:./_"
	rejected '"n":"/3303/0","v":1' "its name '/3303/0' does not begin with a letter or digit"
	rejected '"n":"a","v":1,"v":2' 'the member "v" stands twice in one object, again at byte 16'
	rejected '"n":"a","v":01' 'bad number at byte 14'
	rejected '"n":"a","t":1e99,"v":1' '1e99 s reaches beyond 1677-09-21 to 2262-04-11'
	run -3 --separate-stderr ingest <<<'[5,{"n":"a","t":1700000000,"v":1},"x",[{}]]'
	[[ ${#stderr_lines[@]} == 3 && ${stderr_lines[2]} == *':1: record 4: it is no object' ]]
	[[ $(jq .value <<<"$output") == 1 ]]
}

@test "rejected records are told with the line in which they begin" {
	printf '\n[\n {"n":"a","t":1700000000,"v":1},\n {"n":"b",\n  "v":"x"\n }\n]\n' >bad.json
	run -3 --separate-stderr twin-ingest -q -e rejected bad.json
	[[ $stderr == "twin-ingest: bad.json:4: record 2: v is no number" ]]
	[[ $(jq -r .line <<<"$output") == 4 && $(jq -r .input <<<"$output") == $'{"n":"b",\n  "v":"x"\n }' ]]
}

@test "what has to be understood and is not refuses the whole pack" {
	refused '[{"n":"a","t":1700000000,"v":1},{"n":"b","t":1700000000,"v":1,"foo_":1}]' \
		"the pack is refused, for record 2: 'foo_' has to be understood, and is not known"
	refused '[{"n":"a","t":1700000000,"v":1,"foo\u005f":1}]' \
		"the pack is refused, for record 1: 'foo\\u005f' has to be understood, and is not known"
	run -0 ingest <<<'[{"n":"a","t":1700000000,"v":1,"_foo":1}]'
}

@test "a version that is not known refuses the whole pack" {
	refused '[{"n":"a","t":1700000000,"v":1},{"bver":11}]' "the pack is refused, for record 2: bver 11 is none of the versions 1 to 10"
	refused '[{"bver":0}]' "the pack is refused, for record 1: bver 0 is none of the versions 1 to 10"
	refused '[{"bver":"10"}]' 'the pack is refused, for record 1: bver is no number'
	refused '[{"bver":5.5}]' 'the pack is refused, for record 1: bver 5.5 is none of the versions 1 to 10'
	refused '[{"bver":5},{"bver":6}]' "the pack is refused, for record 2: bver 6 is not the one before, 5"
	refused '[{"n":"a","v":1,"v":1,"bver":11}]' 'the pack is refused, for record 1: the member "v" stands twice in one object, again at byte 16'
	for version in 1 5 10 10.0 1e1; do
		run -0 ingest < <(pack "\"n\":\"a\",\"v\":1,\"bver\":$version" '"bver":'"$version")
		[[ ${#lines[@]} == 1 ]]
	done
}

@test "records that need a base value which could not be read are not given another" {
	run -3 --separate-stderr ingest <<-'END'
		[{"bn":"one/","bt":1700000000,"n":"a","v":1},
		{"bn":2,"n":"a","v":2},
		{"n":"a","v":3},
		{"bn":"two/","n":"a","v":4},
		{"bt":"x"},
		{"n":"a","v":5},
		{"bt":1700000009,"bv":"x"},
		{"n":"a","v":6},
		{"n":"a","vs":"7"},
		{"bu":1,"bv":0},
		{"n":"a","v":8},
		{"n":"a","u":"V","v":9},
		{"bn":"three/","n":"a","v":10,"v":11},
		{"n":"a","u":"V","v":12}]
	END
	[[ $(jq -r '[.entity_id, .value] | join("=")' <<<"$output" | paste -s -d ' ') == 'one=1 two=4 two=7 two=9' ]]
	says "standard input:3: record 3: bn is not known since line 2, which could not be read"
	says "standard input:6: record 6: bt is not known since line 5, which could not be read"
	says "standard input:8: record 8: bv is not known since line 7, which could not be read"
	[[ ${#stderr_lines[@]} == 10 && ${stderr_lines[8]} == *"record 13: the member"* ]]
}

@test "records one a line are a stream: base values carry over, and nothing waits" {
	mkfifo in out
	# shellcheck disable=SC2119
	ingest <in >out 3>&- &
	exec 8>in 9<out
	echo '{"bn":"urn:dev:ow:1/","bt":1700000000,"bu":"A","n":"a","v":1}' >&8
	read -r -t 20 line <&9
	[[ $line == '{"entity_id":"urn:dev:ow:1","property":"a","timestamp":"2023-11-14T22:13:20Z","value":1,"unit":"A"}' ]]
	echo '{"n":"b","t":-1,"v":2}' >&8
	read -r -t 20 line <&9
	[[ $line == '{"entity_id":"urn:dev:ow:1","property":"b","timestamp":"2023-11-14T22:13:19Z","value":2,"unit":"A"}' ]]
	echo '[{"n":"c:d","v":3,"t":1700000000},' >&8
	echo '{"n":"c:e","v":4,"t":1700000000}]' >&8
	read -r -t 20 line <&9
	[[ $line == *'"property":"d"'*'"value":3}' ]]
	exec 8>&-
	wait $!
	exec 9<&-
}

@test "in a stream, a bad record costs itself and what it may have changed" {
	run -3 --separate-stderr ingest <<-'END'
		{"bn":"one/","bt":1700000000,"n":"a","v":1}
		{"n":"a","v":2,"must_":1}
		{"n":"a","v":3,"v":3}
		{"n":"a","v":4}
		{"bn":"two/","n":"a","v
		{"n":"a","v":5}
		{"bn":"three/","n":"a","v":6}
		{"bver":11}
		{"n":"a","v":7}
		{"bver":10,"n":"a","v":8}
		oops
		{"n":"a","v":9}
	END
	[[ $(jq -r '[.entity_id, .value] | join("=")' <<<"$output" | paste -s -d ' ') == 'one=1 one=4 three=6 three=8 three=9' ]]
	says "standard input:5: no JSON: string without closing quote"
	says "standard input:6: bn is not known since line 5, which could not be read"
	says "standard input:9: the bver before is none of the versions 1 to 10"
}

@test "a pack that breaks off costs no pack behind it" {
	good='[{"n":"a","t":1700000000,"v":1}]'
	for broken in '[{"n":"x","v":1},' '[{"n":"x","v' '[{"n":"x"' '[{"n":"x","v":1}' '[{"n":"x","v":1,}}]' '[' '[[' '[{"n":"x","v":1]]' \
		'[{"n":"x","v":1}] garbage' 'garbage' '{"n":"x"' ']' '[,]' '[{},]' '[{"n":"x"},,{}]' $'[{"n":"x","v":1\n}' $'[\n{"n":"x","v":1},'; do
		printf '%s\n%s\n%s\n' "$good" "$broken" "$good" >in
		run -3 --separate-stderr ingest --rejects bad in
		[[ ${#lines[@]} == 2 && $output == *'"origin":"in:1"'*'"origin":"in:'* ]] || { printf 'broken: %s\n%s\n' "$broken" "$output"; false; }
		printf '%s\n' "$broken" | diff - bad
	done
	# An array can be the value of a member; then only the line behind it tells.
	printf '%s\n' '[{"n":"x","v":' "$good" "$good" >in
	run -3 --separate-stderr ingest --rejects bad in
	[[ ${#lines[@]} == 1 && $(wc -l <bad) == 2 ]]
	# The rest of a broken pack is not taken for a stream.
	printf '%s\n' '[{"bn":"one/","v' '{"n":"a","t":1700000000,"v":1},' '{"n":"b","t":1700000000,"v":1}]' "$good" >in
	run -3 --separate-stderr ingest in
	[[ ${#lines[@]} == 1 && $output == *'"origin":"in:4"'* ]]
}

@test "a pack that is too long is rejected as a whole, without memory, and those behind it are read" {
	{
		echo '[{"n":"a","t":1700000000,"v":1}]'
		echo '['
		for i in {1..40}; do echo "{\"n\":\"a\",\"t\":1700000000,\"v\":$i},"; done
		echo '{"n":"a","t":1700000000,"v":41}]'
		echo '[{"n":"a","t":1700000000,"v":2}]'
		printf '[%2000s]\n' ''
		echo '[{"n":"a","t":1700000000,"v":3}]'
	} >long.json
	run -3 --separate-stderr ingest --max-line 1000 --rejects bad long.json
	[[ $(jq .value <<<"$output" | paste -s) == $'1\t2\t3' ]]
	says "long.json:2: the array is longer than 1000 bytes (--max-line)"
	says "long.json:45: the line is longer than 1000 bytes (--max-line)"
	grep -v 'v":[123]}]$' long.json | cmp - bad
}

@test "containers inside each other are counted, not followed" {
	deep=$(printf '%300s' '' | tr ' ' '[')
	run -3 --separate-stderr ingest <<<"[{\"n\":\"a\",\"t\":1700000000,\"v\":1,\"x\":$deep"
	says "no JSON: more than 256 containers inside each other"
	open=$(printf '%254s' '' | tr ' ' '[') close=$(printf '%254s' '' | tr ' ' ']')
	run -0 ingest <<<"[{\"n\":\"a\",\"t\":1700000000,\"v\":1,\"x\":$open$close}]"
	twin-sync -q <<<"$output"
}

@test "options that choose and describe values work on properties" {
	pack '"bn":"d:","n":"a","v":1' '"n":"b","v":2,"s":3' '"n":"c","vs":"7"' '"n":"e","vs":"NA"' '"n":"f","v":5,"u":"V"' >p.json
	check() {
		run -0 --separate-stderr ingest "$@" p.json
		[[ $(jq -r '.property + "=" + (.value | tojson) + (.unit // "")' <<<"$output" | paste -s -d ' ') == "$want" ]] ||
			{ printf '%s: %s\n' "$*" "$output"; false; }
	}
	want='b=2 b_sum=3' check --take 'b*'
	want='b_sum=3 c="7" e="NA" f=5V' check --skip a,b
	want='a=1K b=2 b_sum=3 c="7" e="NA" f=5V' check --unit a=K --unit f=mV
	want='a=1 b=2 b_sum=3 c=7 e="NA" f=5V' check --value-type c=number
	want='a=1 b=2 b_sum=3 c="7" f=5V' check --missing NA
	want='f=5V' check -P f
	want='' check -E x
	want='' check --to 2020-01-01
	want='c="7"' check --take c --from 2020-01-01 -E d
	run -2 --separate-stderr ingest --take nothing p.json
	says "no source has what --take 'nothing' asks for"
	run -3 --separate-stderr ingest --value-type e=number p.json
	says "p.json:1: record 5: 'NA' is no number"
	[[ ${#lines[@]} == 5 ]]
	cat >map.json <<-'END'
		{"format":"senml","entity_id":"x","values":[{"from":"d:a","property":"p/q","unit":"K"}]}
	END
	run -0 --separate-stderr twin-ingest -q --map map.json p.json
	[[ $(jq -c '[.entity_id,.property,.unit]' <<<"$output") == '["x","p/q","K"]' ]]
	run -0 twin-ingest --print-map --map map.json p.json
	jq -c . <<<"$output" | diff - <(jq -c . map.json)
	run -0 --separate-stderr ingest --stats --missing NA p.json
	[[ $stderr == '{"rows":6,"readings":5,"labels":0,"missing":1,"rejected":0}' ]]
}

@test "options that have no meaning for SenML are errors" {
	pack '"n":"a","v":1' >p.json
	while read -r option; do
		# shellcheck disable=SC2086 # the words of the option
		run -2 --separate-stderr ingest $option p.json
		[[ -z $output && $stderr == "twin-ingest: p.json: ${option%% *} has no meaning for SenML" ]] || { echo "$option: $stderr"; false; }
	done <<-'END'
		--delimiter ;
		--header
		--no-header
		--columns a,b
		--header-units
		--decimal-comma
		--time t
		--time-format iso
		--time-start 2026-01-01
		--zone Europe/Berlin
		--received r
		--label a
		--property-column a --value-column b
		--quality-column q
		--sensor-column s
	END
	run -2 --separate-stderr ingest --precision ms p.json
	says "p.json: --precision has no meaning for SenML (senml)"
}

@test "names and units that are too long are rejected rather than repeated" {
	long=$(printf '%3000s' '' | tr ' ' a)
	rejected "\"n\":\"$long\",\"v\":1" 'its name is longer than 2048 bytes (bn, n)'
	rejected "\"n\":\"${long:0:1025}:a\",\"v\":1" 'the name of the twin is longer than 1024 bytes'
	rejected "\"n\":\"a:${long:0:1021}\",\"v\":1,\"s\":2" 'a property must not be longer than 1024 bytes'
	run -3 --separate-stderr ingest < <(pack "\"bn\":\"$long\"" '"n":"a","v":1' "\"bu\":\"$long\",\"bn\":\"b:\"" '"n":"a","v":1' \
		"\"bu\":\"\",\"bv\":0.${long//a/1}${long//a/1}" '"n":"a","v":1' '"n":"b","vs":""')
	[[ ${#lines[@]} == 1 && ${#stderr_lines[@]} == 3 ]]
	says "record 3: its name is longer than 2048 bytes (bn, n)"
	says "record 5: its unit is longer than 256 bytes (u, bu)"
	says "record 7: the sum with the base value would have more than 1000 digits"
	rejected "\"n\":\"a\",\"u\":\"${long:0:257}\",\"v\":1" 'its unit is longer than 256 bytes (u, bu)'
}

@test "--strict stops at the first rejected record or pack" {
	printf '%s\n' '[{"n":"a","t":1700000000,"v":1}]' '[{"bver":11}]' '[{"n":"a","t":1700000000,"v":2}]' >in
	run -2 --separate-stderr ingest --strict in
	[[ ${#lines[@]} == 1 && ${#stderr_lines[@]} == 1 ]]
	printf '%s\n' '[{"n":"a","t":1700000000,"v":1},{"n":"a","v":"x"}]' '[{"n":"a"' '[{"n":"a","t":1700000000,"v":2}]' >in
	run -2 --separate-stderr ingest --strict in
	[[ ${#stderr_lines[@]} == 1 ]]
	sed -n 2p in >broken
	run -2 --separate-stderr ingest --strict broken
	[[ ${#stderr_lines[@]} == 1 ]]
}

@test "an array that is not recognised for a slip, and has labels of SenML, is told to be read with -f senml" {
	echo '[{"n":"a","v":"x","t":1}]' >s.json
	run -3 --separate-stderr twin-ingest s.json
	says "s.json: is JSON, but not one object a line: use -f senml if it is SenML, or jq -c '.[]' s.json; its 1 line is rejected"
	run -3 --separate-stderr twin-ingest -f senml s.json
	says "s.json:1: record 1: v is no number"
	echo '[{"name":"a","x":1}]' >other.json
	run -3 --separate-stderr twin-ingest other.json
	says "other.json: is JSON, but not one object a line: use jq -c '.[]' other.json; its 1 line is rejected"
}
