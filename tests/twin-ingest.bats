#!/usr/bin/env bats
# twin-ingest: foreign formats to readings. Bulk cases are folders in golden/twin-ingest: `cmd` is run by a shell in a copy of the folder and
# gives `out`, `err` and `status`.

load helper

@test "the cases in golden/twin-ingest come out as they are written there" {
	failed=
	for folder in "$TWIN_ROOT"/tests/golden/twin-ingest/*/; do
		name=$(basename "$folder")
		mkdir "$name"
		cp "$folder"* "$name"
		status=0
		(cd "$name" && rm -f out err status && exec bash ./cmd) >got.out 2>got.err </dev/null || status=$?
		echo "$status" >got.status
		for part in out err status; do
			diff -u --label "$name/$part" --label came "$folder$part" "got.$part" || failed+=" $name/$part"
		done
	done
	[[ -n ${name-} && -z $failed ]]
}

@test "readings say which file and line they come from, unless told not to" {
	printf 'time,a\n2026-03-01 12:00:00,1\n' >run.csv
	run -0 twin-ingest -q run.csv
	same <<-'END'
		{"entity_id":"run","property":"a","timestamp":"2026-03-01T12:00:00Z","value":1,"origin":"run.csv:2"}
	END
	run -0 twin-ingest -q --no-origin run.csv
	same <<-'END'
		{"entity_id":"run","property":"a","timestamp":"2026-03-01T12:00:00Z","value":1}
	END
}

@test "standard input has no origin, and needs a name for its twin" {
	printf 'time,a\n2026-03-01 12:00:00,1\n' >run.csv
	run -2 --separate-stderr twin-ingest -q <run.csv
	[[ -z $output ]]
	[[ $stderr == "twin-ingest: standard input: has no name to call the twin by: say it with --entity-id" ]]
	run -0 twin-ingest -q --entity-id pump <run.csv
	same <<-'END'
		{"entity_id":"pump","property":"a","timestamp":"2026-03-01T12:00:00Z","value":1}
	END
}

@test "several files with the same dialect are announced once" {
	printf 'time,a\n2026-03-01 12:00:00,1\n' | tee one.csv two.csv >three.csv
	printf 'time;a\n2026-03-01 12:00:00;1\n' >four.csv
	run -0 --separate-stderr twin-ingest one.csv two.csv three.csv four.csv
	[[ ${#lines[@]} == 4 ]]
	[[ $stderr == "twin-ingest: one.csv: delimiter ',', header, time 'time' (iso, UTC), one twin per file, called like it
twin-ingest: four.csv: delimiter ';', header, time 'time' (iso, UTC), one twin per file, called like it" ]]
}

@test "two files whose twins would have one name are not mixed in silence" {
	mkdir a b
	printf 'time,x\n2026-03-01,1\n' | tee a/0.csv >b/0.csv
	run -2 --separate-stderr twin-ingest -q a/0.csv b/0.csv
	says "b/0.csv: its twin would be called '0' as that of a/0.csv is"
	[[ ${#lines[@]} == 1 ]]
	run -0 twin-ingest -q --no-origin --entity-id '{dir}/{stem}' a/0.csv b/0.csv
	same <<-'END'
		{"entity_id":"a/0","property":"x","timestamp":"2026-03-01T00:00:00Z","value":1}
		{"entity_id":"b/0","property":"x","timestamp":"2026-03-01T00:00:00Z","value":1}
	END
}

@test "a file that cannot be read does not keep the others from being read" {
	printf 'time,x\n2026-03-01,1\n' >a.csv
	printf 'x\n1\n' >no-time.csv
	run -2 --separate-stderr twin-ingest -q --no-origin missing.csv no-time.csv a.csv
	[[ $output == '{"entity_id":"a","property":"x","timestamp":"2026-03-01T00:00:00Z","value":1}' ]]
	says "twin-ingest: cannot open 'missing.csv': No such file or directory"
	says "twin-ingest: no-time.csv: has no column of times"
}

@test "a source without times is rejected with one message, and every line of it is kept" {
	printf 'a,b\n1,"x\ny"\n\n3,4\n' >no-time.csv
	printf '{"a":1}\n{"a":2}\n' >timeless.ndjson
	printf 'time,x\n2026-03-01,1\n' >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin --stats --rejects bad -e reading,rejected=r no-time.csv timeless.ndjson a.csv
	[[ $output == '{"entity_id":"a","property":"x","timestamp":"2026-03-01T00:00:00Z","value":1}' ]]
	[[ ${#stderr_lines[@]} == 3 && ${stderr_lines[2]} == *'"rejected":6}' ]]
	[[ ${stderr_lines[0]} == "twin-ingest: no-time.csv: has no column of times"*"; its 4 lines are rejected" ]]
	[[ ${stderr_lines[1]} == "twin-ingest: timeless.ndjson: has no column of times"*"; its 2 lines are rejected" ]]
	cat no-time.csv timeless.ndjson | cmp - bad
	[[ $(wc -l <r) == 6 && $(head -n 1 r) == *'"source":"no-time.csv","line":1,"input":"a,b"}' ]]
	run -2 --separate-stderr twin-ingest -q --strict --rejects bad no-time.csv a.csv
	[[ -z $output && $(<bad) == a,b ]]
	run -3 --separate-stderr twin-ingest -q --take a no-time.csv
	[[ ${#stderr_lines[@]} == 1 ]]
}

@test "a reading that another format may have written too is a question, not a guess" {
	reading='"entity_id":"p","property":"a","timestamp":"2026-03-01T00:00:00Z","value":1'
	message='"tst":1772366400,"topic":"x/y","payload":"1"'
	run -2 --separate-stderr twin-ingest <<<"{$reading,$message}"
	[[ -z $output ]]
	says 'can be read as JSON lines (ndjson) and as messages of mosquitto_sub (mosquitto): say which with -f'
	run -2 twin-ingest <<<"{\"type\":\"reading\",$reading,\"bn\":\"x\",\"v\":2}"
	says 'can be read as JSON lines (ndjson) and as SenML (senml): say which with -f'
	run -0 twin-ingest -f ndjson <<<"{$reading,$message}"
	same <<<"{$reading,$message}"
	run -0 twin-ingest -f mosquitto -q <<<"{$reading,$message}"
	says '"entity_id":"x","property":"y"'
	run -0 twin-ingest <<<"{$reading,\"topic\":\"x/y\"}"
	same <<<"{$reading,\"topic\":\"x/y\"}"
}

@test "records of any type pass as they are, and nothing among them ends the stream" {
	cat >in.ndjson <<-'END'
		{"type":"clock","timestamp":"2026-03-01T13:00:00Z"}
		{"type":"weird","x":1,"timestamp":5}
		{"type":"refused","reason":"stale","input":{"entity_id":"p"}}
		{"type":"rejected","reason":"invalid","message":"m","source":"s","line":1,"input":"x"}
		{"type":"state","entity_id":"p","properties":{}}
		{"type":"event","entity_id":"p","timestamp":"2026-03-01T13:00:00Z","event":"e"}
		{"entity_id":"p","property":"a","timestamp":"2026-03-01T00:00:00Z","value":1}
	END
	run -0 twin-ingest -q --no-origin in.ndjson
	same <in.ndjson
	run -0 twin-ingest -q in.ndjson
	same < <(sed '7s/}$/,"origin":"in.ndjson:7"}/' in.ndjson)
	run -0 twin-ingest in.ndjson
	says "objects with a type such as 'weird' are records"
	{
		cat in.ndjson
		echo '{"x":1}'
		echo '{"when":"2026-03-01","day":"2026-03-02","x":1}'
		cat in.ndjson
	} >mixed.ndjson
	run -3 --separate-stderr twin-ingest -q --no-origin --rejects bad mixed.ndjson
	same < <(cat in.ndjson in.ndjson)
	[[ ${#stderr_lines[@]} == 2 && ${stderr_lines[1]} == "twin-ingest: mixed.ndjson:9: members 'when' and 'day' can both be the time"* ]]
	sed -n 8,9p mixed.ndjson | cmp - bad
	run -0 twin-ingest -q --no-origin --entity-id '{machine}' <<<'{"type":"probe","machine":"m","time":"2026-03-01","v":1}'
	says '{"entity_id":"m","property":"v","timestamp":"2026-03-01T00:00:00Z","value":1}'
}

@test "JSON that is not one object a line is told for what it is" {
	printf '[\n{"time":"2026-03-01","a":1}\n]\n' | tee array.json >array
	printf '[{"time":"2026-03-01","a":1}]\n' >line.json
	printf '{\n  "time": "2026-03-01"\n}\n' >pretty.json
	for file in array.json array line.json; do
		run -3 --separate-stderr twin-ingest --rejects bad "$file"
		[[ -z $output && ${#stderr_lines[@]} == 1 ]]
		says "$file: is JSON, but not one object a line: use jq -c '.[]' $file; its "
		cmp bad "$file"
	done
	run -3 --separate-stderr twin-ingest pretty.json
	[[ $stderr == "twin-ingest: pretty.json: is JSON, but not one object a line: use jq -c '.' pretty.json; its 3 lines are rejected" ]]
	printf 'time [s],a\n2026-03-01,1\n' >a.csv
	printf '[x],time\n1,2026-03-01\n' >b.csv
	run -0 --separate-stderr twin-ingest -q a.csv b.csv
	[[ ${#lines[@]} == 2 ]]
}

@test "numbers with a decimal comma are read when somebody says so, and never taken for text in silence" {
	printf 'time;a;b\n2026-03-01;21,50;1.234,5\n2026-03-02;-3;1.000\n2026-03-03;+1.234.567,0;x\n2026-03-04;2.5;007,5\n' >de.csv
	run -2 --separate-stderr twin-ingest -q --no-origin de.csv
	[[ -z $output ]]
	says "de.csv: '21,50' in column 'a' can be text or a number with a decimal comma: say --decimal-comma, or --value-type 'a=string'"
	run -0 twin-ingest -q --no-origin --decimal-comma de.csv
	[[ $(grep -o '"value":[^,}]*' <<<"$output" | tr '\n' ' ') == '"value":21.50 "value":1234.5 "value":-3 "value":1000 "value":1234567.0 "value":"x" "value":"2.5" "value":"007.5" ' ]]
	run -0 twin-ingest -q --no-origin --value-type '*=string' de.csv
	says '"value":"1.234,5"'
	twin-ingest -q --decimal-comma de.csv >want
	twin-ingest -q --decimal-comma --print-map de.csv >map.json
	grep -q '"decimal": ","' map.json
	twin-ingest -q --map map.json de.csv | cmp - want
	# A column of numbers in which it turns up later, and one of text.
	printf 'time;a;b\n2026-03-01;21;x\n2026-03-02;21,5;1,5\n' >late.csv
	run -3 --separate-stderr twin-ingest -q --no-origin late.csv
	[[ ${#lines[@]} == 3 && ${lines[2]} == *'"value":"1,5"}' ]]
	says "late.csv:3: column 'a': '21,5' in column 'a' can be text or a number"
	printf 'time;a\n2026-03-01;1.000\n' >point.csv
	run -0 twin-ingest -q --no-origin point.csv
	[[ $output == *'"value":1.000}' ]]
}

@test "objects can be one reading each, with members that name property, value and unit" {
	cat >long.ndjson <<-'END'
		{"at":"2026-03-01","tag":{"n":"oil/temp"},"v":20.50,"u":"Cel"}
		{"at":"2026-03-02","tag":{"n":"speed"},"v":"x"}
		{"at":"2026-03-03","tag":{},"v":1}
		{"at":"2026-03-04","tag":{"n":"speed"}}
		{"at":"2026-03-05","tag":{"n":"speed"},"v":null}
		{"at":"2026-03-06","tag":{"n":7},"v":1}
	END
	run -3 --separate-stderr twin-ingest -q --no-origin --property-column /tag/n --value-column v --unit-column u --unit speed=1/min --rejects bad long.ndjson
	same <<-'END'
		{"entity_id":"long","property":"oil/temp","timestamp":"2026-03-01T00:00:00Z","value":20.50,"unit":"Cel"}
		{"entity_id":"long","property":"speed","timestamp":"2026-03-02T00:00:00Z","value":"x","unit":"1/min"}
	END
	same bad < <(sed -n '3,4p;6p' long.ndjson)
	[[ ${stderr_lines[0]} == "twin-ingest: long.ndjson:3: the property is missing (/tag/n)" ]]
	[[ ${stderr_lines[1]} == "twin-ingest: long.ndjson:4: the value is missing (v)" ]]
	run -3 --separate-stderr twin-ingest -q --no-origin --property-column /tag/n --value-column v -P 'oil/*' long.ndjson
	[[ ${#lines[@]} == 1 ]]
	run -3 --separate-stderr twin-ingest -q --no-origin --property-column /tag/n --value-column v --skip 'oil/*' --value-type 'speed=string' long.ndjson
	[[ $output == '{"entity_id":"long","property":"speed","timestamp":"2026-03-02T00:00:00Z","value":"x"}' ]]
}

@test "a time is found by its name when its format is said" {
	printf 'a,time\n1,5\n' >s.csv
	run -0 twin-ingest -q --no-origin --time-format s s.csv
	[[ $output == '{"entity_id":"s","property":"a","timestamp":"1970-01-01T00:00:05Z","value":1}' ]]
	printf 'Cycles,a\n7,1\n' >c.csv
	run -0 twin-ingest -q --no-origin --time-format cycle c.csv
	[[ $output == '{"entity_id":"c","property":"a","timestamp":"1970-01-01T00:00:07Z","value":1,"metadata":{"axis":{"unit":"cycle","value":7}}}' ]]
	echo '{"cycle":7,"a":1}' >c.ndjson
	run -0 twin-ingest -q --no-origin --time-format cycle c.ndjson
	[[ $output == '{"entity_id":"c","property":"a","timestamp":"1970-01-01T00:00:07Z","value":1,"metadata":{"axis":{"unit":"cycle","value":7}}}' ]]
	printf 'time,a\n-9223372036854775808,1\n' >least.csv
	run -0 twin-ingest -q --no-origin --time-format ns least.csv
	says '"timestamp":"1677-09-21T00:12:43.145224192Z"'
	printf 'time,a\n-9223372036854775809,1\n' >least.csv
	run -3 twin-ingest -q --no-origin --time-format ns --time time least.csv
	for pair in msec=ms unix=s millis=ms minutes=1-min seconds=s usec=us hours=1-h; do
		run -2 twin-ingest --time-format "${pair%=*}" s.csv
		says "--time-format: '${pair%=*}' is no time format: did you mean ${pair#*=}?"
	done
	run -0 twin-ingest -q --no-origin --time-format 2-minutes --time-start 2026-03-01 s.csv
	[[ $output == *'"timestamp":"2026-03-01T00:10:00Z"'* ]]
}

@test "a first object without a time costs itself alone when the next has one" {
	printf '{"device":"p","x":1}\n{"device":"p","x":2,"time":"2026-03-01"}\n{"device":"p","x":3,"time":"2026-03-02"}\n' >a.ndjson
	run -3 --separate-stderr twin-ingest -q --no-origin --rejects bad a.ndjson
	same <<-'END'
		{"entity_id":"p","property":"x","timestamp":"2026-03-01T00:00:00Z","value":2}
		{"entity_id":"p","property":"x","timestamp":"2026-03-02T00:00:00Z","value":3}
	END
	[[ $stderr == "twin-ingest: a.ndjson: begins with objects without a time that can be recognised; its 1 line is rejected" ]]
	head -n 1 a.ndjson | cmp - bad
}

@test "files and pipes that are compressed in other ways are told for what they are" {
	printf '\xfd7zXZ\0\0\4rest' >a.xz
	printf 'BZh91AY&SYrest' >a.bz2
	printf 'PK\3\4rest of it' >a.zip
	for pair in 'a.xz=xz with=xz -dc' 'a.bz2=bzip2 with=bzip2 -dc' 'a.zip=zip with=unzip -p'; do
		file=${pair%%=*} program=${pair##*=} kind=${pair#*=}
		run -2 --separate-stderr twin-ingest "$file"
		[[ $stderr == "twin-ingest: '$file' is compressed with ${kind%% *}, which is not read: use $program $file | ..." ]]
	done
	run -2 --separate-stderr twin-ingest < <(cat a.xz)
	[[ $stderr == "twin-ingest: standard input is compressed with xz, which is not read: use xz -dc | ..." ]]
	printf 'BZh9,time\n1,2026-03-01\n' >b.csv
	run -0 twin-ingest -q --no-origin b.csv
	[[ $output == *'"property":"BZh9"'* ]]
}

@test "a table with one column of metrics beside value is one reading a row, and says so" {
	printf 'time,metric,value\n2026-03-01,oil,1.50\n' >m.csv
	run -0 --separate-stderr twin-ingest --no-origin m.csv
	[[ $output == '{"entity_id":"m","property":"oil","timestamp":"2026-03-01T00:00:00Z","value":1.50}' ]]
	[[ $stderr == *"one reading a row (property by column 'metric')" ]]
	printf 'time,metric,tag,value\n2026-03-01,oil,x,1.50\n' >n.csv
	run -0 twin-ingest -q --no-origin n.csv
	[[ ${#lines[@]} == 3 ]]
}

@test "the summary counts rows that are rejected too" {
	printf 'time,a\n2026-03-01,NA\n2026-03-02\n2026-03-03,1\n' >a.csv
	run -3 --separate-stderr twin-ingest --no-origin a.csv
	[[ ${stderr_lines[-1]} == "twin-ingest: 1 reading of 3 rows, 1 missing value, 1 rejected line" ]]
}

@test "--explain tells the mapping, the zone and the clock in use, and reading goes on" {
	printf 'time,a\n2026-03-01,1\n' >a.csv
	echo '{"time":"2026-03-01","a":1}' >b.ndjson
	run -0 --separate-stderr twin-ingest -q --explain --zone Europe/Berlin --now 2026-03-02 a.csv
	[[ ${#lines[@]} == 1 ]]
	sed -n '/^{/,/^}/p' <<<"$stderr" >map.json
	twin-ingest --print-map --zone Europe/Berlin a.csv | cmp - <(twin-ingest --print-map --map map.json a.csv)
	says "zone of times without offset: Europe/Berlin"
	says "clock: 2026-03-02T00:00:00Z (--now)"
	run -0 --separate-stderr twin-ingest -q --explain b.ndjson
	[[ ${#lines[@]} == 1 ]]
	says 'b.ndjson: mapping:'
	says "zone of times without offset: UTC"
	says "clock: none"
}

@test "an empty file and a file of blank lines give nothing" {
	: >empty.csv
	printf '\n  \n\r\n' >blank.csv
	run -0 --separate-stderr twin-ingest empty.csv blank.csv
	[[ -z $output$stderr ]]
}

@test "the last line needs no newline" {
	printf 'time,x\n2026-03-01,1' >a.csv
	run -0 twin-ingest -q --no-origin a.csv
	[[ $output == '{"entity_id":"a","property":"x","timestamp":"2026-03-01T00:00:00Z","value":1}' ]]
	printf 'time,x\n2026-03-01,"1' >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin a.csv
	[[ -z $output && $stderr == "twin-ingest: a.csv:2: the quote that opens in this line is not closed" ]]
}

@test "UTF-16 and old line ends are told for what they are" {
	printf 'time,x\n2026-03-01,1\n' | iconv -t UTF-16 >utf16.csv
	run -2 --separate-stderr twin-ingest -q utf16.csv
	[[ $stderr == "twin-ingest: utf16.csv: is UTF-16: convert it first, with iconv -f UTF-16 -t UTF-8" ]]
	printf 'time,x\r2026-03-01,1\r' >mac.csv
	run -2 --separate-stderr twin-ingest -q mac.csv
	says "twin-ingest: mac.csv:1: a carriage return stands in the middle of the line"
	says "twin-ingest: mac.csv: the line with the names of the columns cannot be read"
}

@test "NUL bytes and bad UTF-8 are rejected with their line and kept byte for byte" {
	printf 'time,x\n2026-03-01,a\0b\n2026-03-02,\xff\n2026-03-03,ok\n' >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin --rejects bad a.csv
	[[ $output == '{"entity_id":"a","property":"x","timestamp":"2026-03-03T00:00:00Z","value":"ok"}' ]]
	[[ $stderr == "twin-ingest: a.csv:2: a NUL byte is in the line
twin-ingest: a.csv:3: byte 12 of the line is no UTF-8" ]]
	printf '2026-03-01,a\0b\n2026-03-02,\xff\n' | cmp - bad
	run -3 twin-ingest -q -e rejected a.csv
	[[ ${lines[2]} == *'"line":2,"input":"2026-03-01,a\u0000b"}' || ${lines[0]} == *'"line":2,"input":"2026-03-01,a\u0000b"}' ]]
	says '"line":3,"input":{"base64":"MjAyNi0wMy0wMiz/"}'
}

@test "a line that is too long costs itself alone" {
	{
		printf 'time,x\n2026-03-01,1\n2026-03-02,'
		head -c 5000 /dev/zero | tr '\0' x
		printf '\n2026-03-03,3\n'
	} >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin --max-line 1K a.csv
	[[ ${#lines[@]} == 2 ]]
	[[ $stderr == "twin-ingest: a.csv:3: the line is longer than 1024 bytes (--max-line)" ]]
}

@test "a line that is too long is kept byte for byte, wherever it stands and however it comes" {
	long=2026-03-02,$(head -c 1500000 /dev/zero | tr '\0' x)
	printf '%s\n' time,x 2026-03-01,1 "$long" 2026-03-03,3 '2026-03-04,"open' "$long" 2026-03-05,5 >a.csv
	printf '%s' "$long" >>a.csv
	printf '%s\n' "$long" '2026-03-04,"open' "$long" "$long" >want
	run -3 --separate-stderr twin-ingest -q --no-origin --entity-id a --max-line 1K --rejects bad a.csv
	[[ ${#lines[@]} == 3 && ${lines[2]} == *'"value":5}' ]]
	cmp bad want
	dd if=a.csv bs=1000 status=none | twin-ingest -q --entity-id a --max-line 1K --rejects bad 2>err >out || [[ $? == 3 ]]
	cmp bad want
	run -2 --separate-stderr twin-ingest -q --no-origin --max-line 1K --strict --rejects bad a.csv
	head -n 1 want | cmp bad -
	{
		printf '{"time":"2026-03-01","device":"p","x":1}\n{"time":"2026-03-02","device":"p","x":"%s"}\n' "$long"
		echo '{"time":"2026-03-03","device":"p","x":3}'
	} >a.ndjson
	run -3 --separate-stderr twin-ingest -q --no-origin --max-line 1K --rejects bad a.ndjson
	[[ ${#lines[@]} == 2 && $stderr == "twin-ingest: a.ndjson:2: the line is longer than 1024 bytes (--max-line)" ]]
	sed -n 2p a.ndjson | cmp bad -
}

@test "a line of just --max-line is read, one with a byte more is not" {
	printf 'time,x\n2026-03-01,%s\n2026-03-02,%s\n' "$(printf 'x%.0s' {1..21})" "$(printf 'x%.0s' {1..22})" >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin --max-line 32 --rejects bad a.csv
	[[ ${#lines[@]} == 1 && $output == *T00:00:00Z*xxx* ]]
	sed -n 3p a.csv | cmp bad -
	printf 'time,x\n2026-03-01,"%s\n%s"\n2026-03-02,"%s\n%s"\n' xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxxx >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin --max-line 32 a.csv
	[[ ${#lines[@]} == 1 && $output == *2026-03-01*xxx* ]]
}

@test "what is left of a line that is too long, when its file is cut off, is kept and told" {
	{
		printf 'time,x\n2026-03-01,'
		head -c 3000000 /dev/urandom | base64 -w 0
	} | gzip >a.csv.gz
	head -c 2000000 a.csv.gz >cut.csv.gz
	run -2 --separate-stderr twin-ingest -q --max-line 1K --rejects bad cut.csv.gz
	says "cut.csv.gz:2: the line is longer than 1024 bytes"
	says "cannot read 'cut.csv.gz'"
	[[ $(wc -l <bad) == 1 ]]
	cmp -n $(($(wc -c <bad) - 1)) bad <(zcat a.csv.gz | tail -n +2)
}

@test "after ten messages the others are counted" {
	{
		echo time,x
		for i in {1..12}; do echo "2026-03-01,$i,"; done
	} >a.csv
	run -3 --separate-stderr twin-ingest -q a.csv
	[[ ${#stderr_lines[@]} == 11 ]]
	[[ ${stderr_lines[10]} == "twin-ingest: 12 lines rejected, 2 not shown" ]]
}

@test "compressed files are read, and a truncated one is an error" {
	{
		echo time,x
		for i in {1..3000}; do echo "2026-03-01 00:00:00.$RANDOM,$i$RANDOM"; done
	} >a.csv
	gzip -k a.csv
	twin-ingest -q --no-origin a.csv >plain
	twin-ingest -q --no-origin a.csv.gz | cmp - plain
	head -c 5000 a.csv.gz >cut.csv.gz
	run -2 --separate-stderr twin-ingest -q cut.csv.gz
	says "cannot read 'cut.csv.gz'"
}

@test "a full disk is an error, in any of the outputs" {
	printf 'time,x\n2026-03-01,1\n2026-03-01\n' >a.csv
	run -2 --separate-stderr twin-ingest -q -o /dev/full a.csv
	says "cannot write '/dev/full': No space left on device"
	run -2 --separate-stderr twin-ingest -q --rejects /dev/full a.csv
	says "cannot write '/dev/full': No space left on device"
}

@test "the same bytes give the same readings through a file, a pipe and a trickle" {
	{
		printf '\xef\xbb\xbfdatetime;a b;note\r\n'
		for i in {10..59}; do printf '2026-03-01 12:00:%s;%s.5;"x\r\n;y"\r\n' "$i" "$i"; done
	} >run.csv
	twin-ingest --no-origin --entity-id run run.csv >file 2>file.err
	dd if=run.csv bs=10 status=none | twin-ingest --no-origin --entity-id run >pipe
	while IFS= read -r -n 7 -d '' piece || [[ -n $piece ]]; do printf '%s' "$piece"; done <run.csv | twin-ingest --no-origin --entity-id run >trickle
	cmp file pipe
	cmp file trickle
	[[ $(wc -l <file) == 100 ]]
}

@test "each row of a live pipe comes out at once" {
	mkfifo in out
	twin-ingest -q --entity-id p <in >out &
	exec {to}>in {from}<out
	printf 'time,x\n2026-03-01,1\n' >&"$to"
	read -r -t 10 line <&"$from"
	[[ $line == '{"entity_id":"p","property":"x","timestamp":"2026-03-01T00:00:00Z","value":1}' ]]
	printf '2026-03-02,2\n' >&"$to"
	read -r -t 10 line <&"$from"
	[[ $line == *'"value":2}' ]]
	exec {to}>&-
	wait $!
}

@test "--now live stamps when a row was learnt" {
	printf 'x\n1\n' >a.csv
	run -0 twin-ingest -q --now live a.csv
	[[ $output =~ \"timestamp\":\"(20[0-9T:.-]+Z)\",\"value\":1,\"received\":\"(20[0-9T:.-]+Z)\",\"origin\":\"a.csv:2\",\"metadata\":\{\"timestamp_source\":\"now\"\}\}$ ]]
	[[ ${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]
}

@test "a mapping that was printed gives the same readings" {
	{
		echo 'when;Torque [Nm];Speed;flag;a/b;Kind'
		for i in {10..30}; do echo "9.3.2020 10:$i;$i.50;NA;0;007;M"; done
	} >run.csv
	options=(--header-units --label flag --unit 'S*=rpm' --value-type 'a/b=number' --zone Europe/Berlin '--missing=NA,x' --entity-id '{Kind}-{row}')
	twin-ingest "${options[@]}" run.csv >first
	twin-ingest "${options[@]}" --print-map run.csv >map.json
	twin-ingest --map map.json run.csv >second
	cmp first second
	twin-ingest --map map.json --print-map run.csv | cmp - map.json
	[[ $(wc -l <first) == 63 ]]
}

@test "options go before the mapping file" {
	printf 'time,a,b\n2026-03-01,1,2\n' >run.csv
	echo '{"entity_id": "x", "values": [{"from": "a", "property": "p", "unit": "K"}], "labels": ["b"]}' >map.json
	run -0 twin-ingest -q --no-origin --map map.json --entity-id y --unit p=Cel --value-type a=string run.csv
	same <<-'END'
		{"entity_id":"y","property":"p","timestamp":"2026-03-01T00:00:00Z","value":"1","unit":"Cel"}
		{"type":"label","entity_id":"y","timestamp":"2026-03-01T00:00:00Z","label":{"b":2}}
	END
}

@test "usage errors name the option" {
	printf 'time,a\n2026-03-01,1\n' >a.csv
	echo '{"vlaues": []}' >map.json
	run -2 twin-ingest --map map.json a.csv
	says "mapping 'map.json': member 'vlaues' is not known"
	run -2 twin-ingest --map none.json a.csv
	says "cannot open 'none.json'"
	run -2 twin-ingest --time-format '%H:%M' a.csv
	says "--time-format: pattern '%H:%M' gives no date"
	run -2 twin-ingest --time row:0 a.csv
	says "--time: 'row:0'"
	run -2 twin-ingest --zone Mars a.csv
	says "--zone:"
	run -2 twin-ingest --delimiter ab a.csv
	says "--delimiter: 'ab' is no delimiter"
	run -2 twin-ingest --value-type a=float a.csv
	says "--value-type: 'float' is no value type"
	run -2 twin-ingest --unit K a.csv
	says "--unit: 'K' has no NAME=TEXT"
	run -2 twin-ingest --header --no-header a.csv
	says "--header and --no-header exclude each other"
	run -2 twin-ingest --property-column a a.csv
	says "--property-column and --value-column need each other"
	run -2 twin-ingest -e readings a.csv
	says "readings"
}

@test "an output that is also an input is refused before anything of it is lost" {
	printf 'time,a\n2026-03-01,1\n' >a.csv
	ln a.csv same.csv
	echo '{}' >map.json
	cp a.csv b.csv
	for options in '-o a.csv' '-o same.csv' '-e reading=same.csv' '--rejects same.csv' '-o map.json' '--rejects map.json'; do
		# shellcheck disable=SC2086 # two words
		run -2 twin-ingest --map map.json $options b.csv a.csv
		says "twin-ingest: '${options##*[ =]}' is an input: write to another file and rename it"
		cmp a.csv b.csv
		[[ $(<map.json) == '{}' ]]
	done
	run -2 twin-ingest --entity-id a -o same.csv <a.csv
	cmp a.csv b.csv
}

@test "labels and rejected records can go to files of their own" {
	printf 'time,a,bad\n2026-03-01,1,0\n2026-03-02,1\n' >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin --label bad -e reading,label=l.ndjson,rejected=r.ndjson a.csv
	[[ $output == '{"entity_id":"a","property":"a","timestamp":"2026-03-01T00:00:00Z","value":1}' ]]
	same l.ndjson <<-'END'
		{"type":"label","entity_id":"a","timestamp":"2026-03-01T00:00:00Z","label":{"bad":0}}
	END
	same r.ndjson <<-'END'
		{"type":"rejected","reason":"invalid","message":"2 columns, expected 3","source":"a.csv","line":3,"input":"2026-03-02,1"}
	END
}

@test "-E, -P, --from and --to select readings and labels, with half-open times" {
	{
		echo time,device,flow,flow/out,heat,bad
		for minute in {0..3}; do echo "2026-03-01 12:0$minute,p$((minute % 2)),1$minute,2$minute,3$minute,0"; done
	} >a.csv
	run -0 twin-ingest -q --no-origin --label bad -E 'p1*' -P 'flow*' -P none --from 2026-03-01T12:01:00Z --to 2026-03-01T12:03:00Z a.csv
	same <<-'END'
		{"entity_id":"p1","property":"flow","timestamp":"2026-03-01T12:01:00Z","value":11}
		{"entity_id":"p1","property":"flow~1out","timestamp":"2026-03-01T12:01:00Z","value":21}
		{"type":"label","entity_id":"p1","timestamp":"2026-03-01T12:01:00Z","label":{"bad":0}}
	END
	# Each option leaves just what a filter of all would leave.
	twin-ingest -q --skip bad a.csv >all
	twin-ingest -q --skip bad -E p0 a.csv | cmp - <(grep '"p0"' all)
	twin-ingest -q --skip bad -P '*~1*' -P heat a.csv | cmp - <(grep -e '~1' -e heat all)
	twin-ingest -q --skip bad --from 2026-03-01T12:02:00Z a.csv | cmp - <(grep -e 12:02 -e 12:03 all)
	twin-ingest -q --skip bad --to 2026-03-01T12:02:00Z a.csv | cmp - <(grep -e 12:00 -e 12:01 all)
	run -0 twin-ingest -q --skip bad -P none a.csv
	[[ -z $output ]]
	run -2 twin-ingest --from 2026-03-01 --to 2026-03-01 a.csv
	says "--from is not before --to"
}

@test "what -P leaves out is not looked at, a row that is no row is rejected all the same" {
	printf 'time,a,b\n2026-03-01,x,1\n2026-03-02,2,2\n2026-03-03,3\n' >a.csv
	run -3 --separate-stderr twin-ingest -q --no-origin --value-type a=number -P b --to 2026-03-02T00:00:00Z a.csv
	[[ $output == '{"entity_id":"a","property":"b","timestamp":"2026-03-01T00:00:00Z","value":1}' ]]
	[[ $stderr == "twin-ingest: a.csv:4: 2 columns, expected 3" ]]
	run -0 twin-ingest -P b --print-map a.csv
	[[ $output == *'"property": "b"'* && $output != *'"property": "a"'* ]]
}

@test "selection by properties goes by paths, also of mapping files, long tables and JSON" {
	printf 'time,t\n2026-03-01,1\n' >a.csv
	echo '{"values": [{"from": "t", "property": "oil/temp", "unit": "Cel"}]}' >map.json
	run -0 twin-ingest -q --no-origin --map map.json -P 'oil/*' a.csv
	[[ $output == *'"property":"oil/temp"'* ]]
	run -0 twin-ingest -q --no-origin --map map.json -P t a.csv
	[[ -z $output ]]
	printf 'time,what,how\n2026-03-01,oil/temp,1\n2026-03-01,flow,2\n2026-03-02,oil/temp,3\n' >long.csv
	run -0 twin-ingest -q --no-origin --property-column what --value-column how -P 'oil/*' --to 2026-03-02 long.csv
	same <<-'END'
		{"entity_id":"long","property":"oil/temp","timestamp":"2026-03-01T00:00:00Z","value":1}
	END
	printf '%s\n' '{"device":"p","time":"2026-03-01","oil":{"temp":1,"level":2},"x":3}' '{"device":"q","time":"2026-03-02","oil":{"temp":4}}' >a.ndjson
	run -0 twin-ingest -q --no-origin -P 'oil/t*' -E '?' --from 2026-03-02 a.ndjson
	same <<-'END'
		{"entity_id":"q","property":"oil/temp","timestamp":"2026-03-02T00:00:00Z","value":4}
	END
	run -0 twin-ingest -q --no-origin -P 'oil/*' -E p a.ndjson
	same <<-'END'
		{"entity_id":"p","property":"oil/temp","timestamp":"2026-03-01T00:00:00Z","value":1}
		{"entity_id":"p","property":"oil/level","timestamp":"2026-03-01T00:00:00Z","value":2}
	END
}

@test "records that pass are selected by what they have" {
	cat >in.ndjson <<-'END'
		{"entity_id":"p","property":"a","timestamp":"2026-03-01T00:00:00Z","value":1}
		{"entity_id":"p","property":"b","timestamp":"2026-03-02T00:00:00Z","value":2}
		{"entity_id":"q","property":"a","timestamp":"2026-03-02T00:00:00Z","value":3}
		{"type":"label","entity_id":"p","timestamp":"2026-03-02T00:00:00+01:00","label":{"x":1}}
		{"type":"label","entity_id":"p","begin":"2026-02-01T00:00:00Z","end":"2026-03-01T12:00:00Z","label":{"x":2}}
		{"type":"label","entity_id":"p","begin":"2026-03-02T00:00:00Z","end":"2026-03-03T00:00:00Z","label":{"x":3}}
	END
	run -0 twin-ingest -q --no-origin -E p -P a in.ndjson
	same < <(sed -n '1p;4,6p' in.ndjson)
	run -0 twin-ingest -q --no-origin --from 2026-03-01T12:00:00Z --to 2026-03-02T00:00:00Z in.ndjson
	same < <(sed -n '4,5p' in.ndjson)
	run -0 twin-ingest -q --no-origin --from 2026-03-02 in.ndjson
	same < <(sed -n '2,3p;6p' in.ndjson)
}

@test "columns can hold the unit, the quality and the sensor of readings" {
	cat >long.csv <<-'END'
		at,what,how,in,trust,by
		2026-03-01,temp,20.5,Cel,0.9,s1
		2026-03-02,temp,21,,,
		2026-03-03,temp,22,K,2,s1
	END
	run -3 --separate-stderr twin-ingest -q --no-origin --property-column what --value-column how --unit-column in --quality-column trust --sensor-column by --unit temp=degC long.csv
	same <<-'END'
		{"entity_id":"long","property":"temp","timestamp":"2026-03-01T00:00:00Z","value":20.5,"unit":"Cel","quality":0.9,"sensor_id":"s1"}
		{"entity_id":"long","property":"temp","timestamp":"2026-03-02T00:00:00Z","value":21,"unit":"degC"}
	END
	[[ $stderr == "twin-ingest: long.csv:4: "*quality* ]]
	printf 'time,a,q\n2026-03-01,1,0.5\n' >wide.csv
	run -0 twin-ingest -q --no-origin --quality-column q wide.csv
	[[ $output == '{"entity_id":"wide","property":"a","timestamp":"2026-03-01T00:00:00Z","value":1,"quality":0.5}' ]]
	run -2 --separate-stderr twin-ingest -q --unit-column q wide.csv
	says "wide.csv: column 'q' cannot be the unit of every reading"
	run -2 --separate-stderr twin-ingest -q --sensor-column x wide.csv
	says "wide.csv: there is no column 'x' among: time, a, q"
	echo '{"time":"2026-03-01","device":"p","q":0.5,"by":"s1","a":1}' >a.ndjson
	run -0 twin-ingest -q --no-origin --quality-column q --sensor-column by a.ndjson
	[[ $output == '{"entity_id":"p","property":"a","timestamp":"2026-03-01T00:00:00Z","value":1,"quality":0.5,"sensor_id":"s1"}' ]]
	run -2 --separate-stderr twin-ingest -q --unit-column q a.ndjson
	says "a.ndjson: member 'q' cannot be the unit of every reading"
}

@test "--stats counts" {
	printf 'time,a,b\n2026-03-01,1,NA\n2026-03-02\n' >a.csv
	run -3 --separate-stderr twin-ingest -q --stats a.csv
	[[ ${stderr_lines[-1]} == '{"rows":2,"readings":1,"labels":0,"missing":1,"rejected":1}' ]]
}

@test "readings of twin-ingest pass through it unchanged" {
	printf 'time,a\n2026-03-01,1.50\n' >a.csv
	twin-ingest -q a.csv >first
	twin-ingest -q first >second
	cmp first second
	twin-ingest -q -F csv a.csv >a2.csv
	twin-ingest -q --no-origin a2.csv >third
	twin-ingest -q --no-origin a.csv | cmp - third
}

# Rows of strings as csv-spectrum writes them down, from readings of strings.
rows_of() {
	jq -sc 'group_by(.timestamp) | map(map({(.property): .value}) | add)'
}

@test "csv-spectrum comes out as it says" {
	needs jq
	require_data vectors/csv-spectrum/csvs
	for csv in "$data"/*.csv; do
		name=$(basename "$csv" .csv)
		want=$(jq -c 'if type == "array" then . else [.] end' "${data%csvs}json/$name.json")
		status=0
		got=$(twin-ingest -q --no-origin -f csv --delimiter , --header --entity-id x --time row:1s --value-type '*=string' --missing=- "$csv" 2>err | rows_of) || status=$?
		echo "$name: $got"
		if [[ $name == location_coordinates ]]; then
			# Its JSON is not what its CSV holds, and the CSV has a quote within a cell.
			[[ $(<err) == *"a quote stands within a cell"* ]]
			continue
		fi
		[[ $(jq -cS . <<<"$want") == "$(jq -cS . <<<"$got")" ]]
	done
}

@test "all runs of the water rig in one call, labels apart" {
	require_data recorded/water-rig
	run -0 --separate-stderr twin-ingest --entity-id '{dir}/{stem}' --label anomaly,changepoint -e label=labels -o readings "$data"/*/*.csv
	[[ $stderr == *"delimiter ';', header, time 'datetime' (iso, UTC)" ]]
	rows=$(cat "$data"/*/*.csv | grep -vc datetime)
	[[ $(wc -l <readings) == 0 ]]
	[[ $(wc -l <labels) == $(cat "$data"/{valve1,valve2,other}/*.csv | grep -vc datetime) ]]
	twin-ingest -q --no-origin --entity-id '{dir}/{stem}' --label 'anomaly,change*' -e reading "$data"/*/*.csv >readings
	[[ $(wc -l <readings) == $((rows * 8)) ]]
	awk -F ';' '{ sub(/\r$/, "") } FNR > 1 { t = $1; sub(" ", "T", t); print t "Z " $5 }' "$data/valve1/0.csv" >want
	sed -n 's/{"entity_id":"valve1\/0","property":"Pressure","timestamp":"\(.*\)","value":\(.*\)}/\1 \2/p' readings | cmp - want
}

@test "turbofan: blanks between cells, no header, cycles instead of time" {
	require_data recorded/turbofan/train_FD001.txt.gz
	names=unit,cycle,s1,s2,s3,$(seq -s, -f m%g 1 21)
	twin-ingest -q --no-origin --columns "$names" --time cycle --time-format cycle --entity-id '{stem}/{unit}' "$data" >out
	[[ $(wc -l <out) == $(($(zcat "$data" | wc -l) * 24)) ]]
	want=$(zcat "$data" | awk '$1 == 3 { n++; s = $9 } END { print n " " s }')
	got=$(grep '"train_FD001/3","property":"m4"' out | sed 's/.*"value":\([^,]*\),.*"value":\([0-9]*\)}}}/\2 \1/' | tail -n 1)
	[[ $got == "$want" ]]
}

@test "nab, transformer and fleet: time and twin are found" {
	require_data recorded/nab recorded/transformer recorded/fleet-maintenance recorded
	run -0 --separate-stderr twin-ingest -o out "$data"/nab/data/*/*.csv
	[[ $(wc -l <out) == $(awk 'FNR > 1' "$data"/nab/data/*/*.csv | wc -l) ]]
	run -0 --separate-stderr twin-ingest -o out "$data/transformer/ETTh1.csv.gz"
	[[ $(wc -l <out) == $((17420 * 7)) ]]
	run -0 --separate-stderr twin-ingest -o out "$data/fleet-maintenance/PdM_errors.csv"
	says "twins by column 'machineID'"
	[[ $(wc -l <out) == $(tail -n +2 "$data/fleet-maintenance/PdM_errors.csv" | wc -l) ]]
	[[ $(head -n 1 out) == '{"entity_id":"1","property":"errorID","timestamp":"2020-01-03T07:00:00Z","value":"error1",'* ]]
}

@test "recordings without a time are rejected until somebody says what their rows are" {
	require_data recorded/gas-turbine recorded/milling recorded/battery recorded
	for file in gas-turbine/gt_2011.csv.gz milling/ai4i2020.csv battery/B0005.csv fleet-maintenance/PdM_machines.csv; do
		run -3 --separate-stderr twin-ingest --rejects bad "$data/$file"
		[[ -z $output && ${#stderr_lines[@]} == 1 ]]
		says "has no column of times that can be recognised"
		zcat -f "$data/$file" | cmp - bad
	done
	twin-ingest -q --no-origin --time row:1h --time-start 2011-01-01 "$data/gas-turbine/gt_2011.csv.gz" >out
	rows=$(($(zcat "$data/gas-turbine/gt_2011.csv.gz" | wc -l) - 1))
	[[ $(wc -l <out) == $((rows * 11)) ]]
	tail -n 1 out | grep -q "\"timestamp\":\"$(date -u -d "2011-01-01 + $((rows - 1)) hours" +%FT%TZ)\""
	twin-ingest -q --no-origin --header-units --time row:1m --entity-id '{Product ID}' --skip UDI "$data/milling/ai4i2020.csv" >out
	[[ $(sed -n 2p out) == '{"entity_id":"M14860","property":"Air temperature","timestamp":"1970-01-01T00:00:00Z","value":298.1,"unit":"K","metadata":{"timestamp_source":"row"}}' ]]
	twin-ingest -q --no-origin --time discharge --time-format cycle --take capacity "$data"/battery/B000[567].csv >out
	[[ $(head -n 1 out) == '{"entity_id":"B0005","property":"capacity","timestamp":"1970-01-01T00:00:01Z","value":1.8564874208181574,"metadata":{"axis":{"unit":"cycle","value":1}}}' ]]
}

@test "the chemical plant counts minutes from its start" {
	require_data recorded/chemical-plant/d01_te.csv.gz
	twin-ingest -q --no-origin --time t_min --time-format 1-min --time-start 2026-01-01 --take 'XMEAS1' "$data" >out
	[[ $(wc -l <out) == 960 ]]
	[[ $(tail -n 1 out) == '{"entity_id":"d01_te","property":"XMEAS1","timestamp":"2026-01-02T23:57:00Z",'* ]]
}

@test "a first row without a time is rejected by itself, and does not speak for the file" {
	printf 'time,a\nx,1\n2026-03-01T12:00:00Z,2\n2026-03-01T12:00:01Z,3\n' >rows.csv
	local asked
	for asked in "" "--time time"; do
		# shellcheck disable=SC2086 # no word, or two
		run -3 --separate-stderr twin-ingest $asked --no-origin --rejects kept rows.csv
		[[ ${#lines[@]} -eq 2 && ${lines[0]} == *'"timestamp":"2026-03-01T12:00:00Z","value":2}' ]]
		[[ $stderr == *'rows.csv:2: '* ]]
		[[ $(<kept) == x,1 ]]
	done
	printf '{"time":"x","a":1,"device":"d"}\n{"time":"2026-03-01T12:00:00Z","a":1,"device":"d"}\n' >rows.nd
	run -3 --separate-stderr twin-ingest --time time --rejects kept rows.nd
	[[ ${#lines[@]} -eq 1 && $(<kept) == *'"time":"x"'* ]]
}

@test "it is told when -E, -P, --from and --to leave out everything, and that -E names no twin" {
	printf 'time,t\n2026-03-01T12:00:00Z,1\n' >rtd.csv
	run -0 --separate-stderr twin-ingest -E pump rtd.csv
	[[ -z $output ]]
	says "-E, -P, --from and --to leave out all of the input (-E chooses among twins; --entity-id says what they are called)"
	run -0 --separate-stderr twin-ingest -E other --entity-id pump rtd.csv
	says "-E, -P, --from and --to leave out all of the input"
	[[ $stderr != *'chooses among twins'* ]]
	run -0 --separate-stderr twin-ingest -P u rtd.csv
	says "-E, -P, --from and --to leave out all of the input"
	echo '{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":1}' >a.nd
	run -0 --separate-stderr twin-ingest --from 2027-01-01 a.nd
	says "-E, -P, --from and --to leave out all of the input"
	run -0 --separate-stderr twin-ingest -q -E pump rtd.csv
	[[ -z $output && -z $stderr ]]
	run -0 --separate-stderr twin-ingest -E rtd -P t rtd.csv a.nd
	[[ -n $output && $stderr != *'leave out'* ]]
}

@test "a header without rows is told, which is what one line of plain text is taken for" {
	echo 'site/roof/temp 21.5' >m1
	run -0 --separate-stderr twin-ingest m1
	[[ -z $output && $stderr == 'twin-ingest: m1: a header (site/roof/temp 21.5) and no rows' ]]
	printf 'time,%s\r\n' "$(printf 'ab%.0s' {1..50})" >long.csv
	run -0 --separate-stderr twin-ingest long.csv
	[[ $stderr == "twin-ingest: long.csv: a header (time,$(printf 'ab%.0s' {1..27})a...) and no rows" ]]
	printf 'time,t\r\n' >crlf.csv
	run -0 --separate-stderr twin-ingest crlf.csv
	[[ $stderr == 'twin-ingest: crlf.csv: a header (time,t) and no rows' ]]
	: >empty
	run -0 --separate-stderr twin-ingest empty
	[[ -z $output && -z $stderr ]]
}

@test "--precision for a table names the option that is meant" {
	printf 'time,t\n2026-03-01T12:00:00Z,1\n' >a.csv
	run -2 --separate-stderr twin-ingest --precision ms a.csv
	[[ -z $output ]]
	says "a.csv: --precision has no meaning for CSV (csv): it is for line protocol, --time-format for others"
}
