#!/usr/bin/env bats
# twin-ingest: InfluxDB line protocol to readings.

load helper

# quietly ARGUMENT...: readings alone, without their origins.
quietly() {
	twin-ingest -q --no-origin -f influx "$@"
}

@test "every case of the line-protocol corpus is accepted or refused as it says, with its values and times" {
	needs python3
	require_data vectors/line-protocol/decode.ndjson.gz
	mkdir cases
	run -0 python3 "$BATS_TEST_DIRNAME/model/line_protocol_vectors.py" "$data" cases
	says ' cases, 0 failed'
}

@test "each field of a line is a reading of the series, whose tags are in order" {
	run -0 twin-ingest -q -f influx - <<-'END'
		pump,site=north,id=7 flow=40.5,on=t 1772366400000000000
		weather temp=-3i 1772366400000000001
	END
	same <<-'END'
		{"entity_id":"pump,id=7,site=north","property":"flow","timestamp":"2026-03-01T12:00:00Z","value":40.5}
		{"entity_id":"pump,id=7,site=north","property":"on","timestamp":"2026-03-01T12:00:00Z","value":true}
		{"entity_id":"weather","property":"temp","timestamp":"2026-03-01T12:00:00.000000001Z","value":-3}
	END
}

@test "numbers keep their digits, whatever JSON says about how they are written" {
	values() {
		echo "m $1 1" | quietly - | jq -c --unbuffered -R 'capture("\"value\":(?<v>.*)}$").v'
	}
	run -0 values 'a=9223372036854775807i,b=-9223372036854775808i,c=18446744073709551615u,d=0.1000000000000000055511151231257827'
	same <<-'END'
		"9223372036854775807"
		"-9223372036854775808"
		"18446744073709551615"
		"0.1000000000000000055511151231257827"
	END
	run -0 values 'a=007i,b=1.,c=.5,d=-.5e3,e=00.50,f=1.e5,g=6.02E+23,h=-0,i=000,j=1e-400'
	same <<-'END'
		"7"
		"1"
		"0.5"
		"-0.5e3"
		"0.50"
		"1e5"
		"6.02E+23"
		"-0"
		"0"
		"1e-400"
	END
}

@test "what no kind of number holds is rejected, and so is what is no value" {
	for value in 9223372036854775808i -9223372036854775809i 18446744073709551616u -1u 1e309 NaN Inf +1 1.5i 0x1 . - 1e '"' tRUE; do
		run -3 quietly <<<"m f=$value 1"
		says ':1: column '
	done
}

@test "booleans have ten spellings" {
	run -0 quietly <<<'m a=t,b=T,c=true,d=True,e=TRUE,f=f,g=F,h=false,i=False,j=FALSE 1'
	[[ $(grep -c '"value":true}' <<<"$output") == 5 && $(grep -c '"value":false}' <<<"$output") == 5 ]]
}

@test "escapes are taken off names, and put on again where an id or a path needs them" {
	run -0 quietly <<'END'
my\ pump\,a=b,ta\=g\ 1=v\,a\=l\\ue f\ 1\=x\,y=1 1
m a/b=1,c~d=2,e\f=3 1
END
	same <<-'END'
		{"entity_id":"my pump\\,a=b,ta\\=g 1=v\\,a\\=l\\\\ue","property":"f 1=x,y","timestamp":"1970-01-01T00:00:00.000000001Z","value":1}
		{"entity_id":"m","property":"a~1b","timestamp":"1970-01-01T00:00:00.000000001Z","value":1}
		{"entity_id":"m","property":"c~0d","timestamp":"1970-01-01T00:00:00.000000001Z","value":2}
		{"entity_id":"m","property":"e\\f","timestamp":"1970-01-01T00:00:00.000000001Z","value":3}
	END
}

@test "two series never have one id" {
	cat >in.lp <<'END'
m,a=b,c=d f=1 1
m,a=b\,c\=d f=1 1
m\,a\=b,c=d f=1 1
m,a\,c=b,d=d f=1 1
m,a=b\\,c\=d f=1 1
m,a=b\=c f=1 1
m,a\=b=c f=1 1
m\ a f=1 1
m\\ a f=1 1
END
	run -0 quietly in.lp
	[[ $(jq -r .entity_id <<<"$output" | sort -u | wc -l) == 9 ]]
}

@test "the same series is one twin, however its tags are ordered and written" {
	run -0 quietly <<'END'
m,a=1,b=\x\y f=1 1
m,b=\x\y,a=1 f=1 2
  m,a=1,b=\x\y f=1 3
END
	[[ $(jq -r .entity_id <<<"$output" | sort -u) == 'm,a=1,b=\x\y' ]]
}

@test "strings have quotes, backslashes and line ends, and the next record has its own line number" {
	printf 'm s="a \\"b\\" \\\\ \\n, =",t="two\nlines\r\nand\n" 1\nm u=1 2\n' >in.lp
	run -0 twin-ingest -q in.lp
	same <<-'END'
		{"entity_id":"m","property":"s","timestamp":"1970-01-01T00:00:00.000000001Z","value":"a \"b\" \\ \\n, =","origin":"in.lp:1"}
		{"entity_id":"m","property":"t","timestamp":"1970-01-01T00:00:00.000000001Z","value":"two\nlines\r\nand\n","origin":"in.lp:1"}
		{"entity_id":"m","property":"u","timestamp":"1970-01-01T00:00:00.000000002Z","value":1,"origin":"in.lp:5"}
	END
}

@test "a text that is not closed costs the lines it began in and no other" {
	printf 'm a=1 1\nm b="open\nm c=3 3\nm d="x\ny",e="z\nm f="ok" 6\nm g="end\n' >in.lp
	run -3 --separate-stderr quietly --rejects bad in.lp
	[[ $(jq -r .property <<<"$output" | tr '\n' ' ') == 'a c f ' ]]
	[[ ${stderr_lines[0]} == "twin-ingest: in.lp:2: column 5: the text that opens here ends in a later line, and no value ends so" ]]
	[[ ${stderr_lines[1]} == "twin-ingest: in.lp:4: line 5, column 6: the text that opens here ends in a later line, and no value ends so" ]]
	[[ ${stderr_lines[2]} == "twin-ingest: in.lp:7: column 5: the text that opens here is not closed" ]]
	sed -n '2p;4,5p;7p' in.lp | cmp - bad
}

@test "a record of several lines that is wrong elsewhere is rejected as a whole" {
	printf 'm a="x\nm b=1 1\n",c=1ii 2\nm d=1 3\n' >in.lp
	run -3 --separate-stderr quietly --rejects bad in.lp
	[[ $(jq -r .property <<<"$output") == d ]]
	[[ $stderr == "twin-ingest: in.lp:1: line 3, column 5: '1ii' is no value of field 'c'"* ]]
	head -n 3 in.lp | cmp - bad
}

@test "a text over more than --max-line is rejected, and reading goes on behind its first line" {
	{
		printf 'm a="'
		head -c 3000 /dev/zero | tr '\0' '\n'
		printf '" 1\nm b=1 2\n'
	} >in.lp
	run -3 --separate-stderr quietly --max-line 2000 in.lp
	[[ $(jq -r .property <<<"$output") == b ]]
	[[ ${stderr_lines[0]} == "twin-ingest: in.lp:1: column 5: the text that opens here is not closed" ]]
	run -0 quietly --max-line 4000 in.lp
	[[ ${#lines[@]} == 2 ]]
}

@test "comments and blank lines are nothing, and lines may end in CRLF" {
	printf '# a comment\r\n\r\n   \nm f=1 1\r\n  # another, of \xc3\xa9\nm f=2 2\r' >in.lp
	run -0 --separate-stderr twin-ingest --no-origin --stats in.lp
	[[ ${#lines[@]} == 2 ]]
	[[ ${stderr_lines[-1]} == '{"rows":2,"readings":2,'*'"rejected":0}' ]]
}

@test "bad lines are told with file, line, column and reason, kept byte for byte, and cost themselves alone" {
	cat >in.lp <<'END'
m,host=a f=1 1
m
,a=b f=1 1
m,a f=1 1
m,a= f=1 1
m,a=1,a=2 f=1 1
m,é=1 x 1
m f=1 1x
m f=1 99999999999999999999
m f=1 1 2
m f=1,
m =1
m\ f=1 1
m f=true1 1
m f="x"y 1
m,host=a f=2 2
END
	printf 'm f=1 \0 1\nm f\x01=1\nm,\xff=1 f=1\n' >>in.lp
	run -3 --separate-stderr quietly --rejects bad -e rejected in.lp
	same <(jq -r '"\(.line): \(.message)"' <<<"$output") <<-'END'
		2: column 2: fields are missing: a blank and KEY=VALUE are expected
		3: column 1: the measurement is missing
		4: column 3: tag 'a' has no '='
		5: column 5: tag 'a' has no value
		6: column 2: tag 'a' is there twice
		7: column 7: field 'x' has no '='
		8: column 7: '1x' is no time: a whole number is expected
		9: column 7: the time is beyond what an integer of 64 bits holds
		10: column 9: nothing is expected behind the time
		11: column 7: a field (KEY=VALUE) is expected
		12: column 3: a field (KEY=VALUE) is expected
		13: column 8: field '1' has no '='
		14: column 5: 'true1' is no value of field 'f': a number such as 1.5, 2i or 2u, true, false or "text" is expected
		15: column 8: a comma, a blank or the end of the line is expected behind the closing quote
		17: a NUL byte is in the line
		18: column 4: a control character is in the key of a field
		19: byte 3 of the line is no UTF-8
	END
	sed '1d;16d' in.lp | cmp - bad
	[[ ${#stderr_lines[@]} == 11 ]]
	run -2 quietly --strict in.lp
	[[ ${#lines[@]} == 2 ]]
}

@test "--precision says what times count, from before 1970 to 2262 and no further" {
	for precision in ns:1772366400250000000 us:1772366400250000 ms:1772366400250; do
		run -0 quietly --precision "${precision%:*}" <<<"m f=1 ${precision#*:}"
		same <<<'{"entity_id":"m","property":"f","timestamp":"2026-03-01T12:00:00.25Z","value":1}'
	done
	run -0 quietly --precision s <<<$'m f=1 1772366400\nm f=1 -1'
	[[ $(jq -r .timestamp <<<"$output" | tr '\n' ' ') == '2026-03-01T12:00:00Z 1969-12-31T23:59:59Z ' ]]
	run -0 quietly <<<$'m f=1 9223372036854775807\nm f=1 -9223372036854775808'
	[[ $(jq -r .timestamp <<<"$output" | tr '\n' ' ') == '2262-04-11T23:47:16.854775807Z 1677-09-21T00:12:43.145224192Z ' ]]
	run -3 --separate-stderr quietly --precision s <<<$'m f=1 9223372037\nm f=1 -9223372037'
	[[ ${stderr_lines[0]} == 'twin-ingest: standard input:1: time 9223372037 in s is beyond 2262-04-11' ]]
	[[ ${stderr_lines[1]} == 'twin-ingest: standard input:2: time -9223372037 in s is before 1677-09-21' ]]
}

@test "times that are read as nanoseconds and hardly are any are told" {
	run -0 --separate-stderr twin-ingest -f influx <<<'m f=1 1772366400'
	[[ $stderr == "twin-ingest: standard input: times are read as nanoseconds, and are of early 1970 then: --precision us, ms or s says otherwise" ]]
	for given in '--precision ns' '-q'; do
		# shellcheck disable=SC2086 # two words
		run -0 --separate-stderr twin-ingest -f influx $given <<<'m f=1 1772366400'
		[[ -z $stderr ]]
	done
}

@test "a line without a time takes --now, and tells it, or is rejected" {
	run -3 --separate-stderr quietly <<<$'m f=1\nm f=2 2'
	[[ ${#lines[@]} == 1 && $stderr == 'twin-ingest: standard input:1: the line has no time: --now T or --received NAME gives it one' ]]
	run -0 quietly --now 2026-03-01T12:00:00.75Z <<<$'m f=1\nm f=2 2'
	same <<-'END'
		{"entity_id":"m","property":"f","timestamp":"2026-03-01T12:00:00.75Z","value":1,"metadata":{"timestamp_source":"now"}}
		{"entity_id":"m","property":"f","timestamp":"1970-01-01T00:00:00.000000002Z","value":2}
	END
	run -0 quietly --precision s --now 2026-03-01T12:00:00.75Z <<<'m f=1'
	says '"timestamp":"2026-03-01T12:00:00Z"'
	run -0 quietly --now live <<<$'m f=1\nm f=2 2'
	[[ $(jq -r 'select(.received) | .property' <<<"$output" | wc -l) == 2 ]]
	[[ $(jq -r 'select(.received == .timestamp) | .value' <<<"$output") == 1 ]]
}

@test "--entity-id makes names of tags and the measurement, and what it leaves out stays in metadata" {
	run -0 quietly --entity-id '{site}/{measurement}' <<<'pump,site=north,rack=2,id=7 flow=1 1'
	same <<-'END'
		{"entity_id":"north/pump","property":"flow","timestamp":"1970-01-01T00:00:00.000000001Z","value":1,"metadata":{"tags":{"id":"7","rack":"2"}}}
	END
	run -0 quietly --entity-id '{id}' --now 2026-03-01 <<<'pump,id=7 flow=1'
	same <<-'END'
		{"entity_id":"7","property":"flow","timestamp":"2026-03-01T00:00:00Z","value":1,"metadata":{"timestamp_source":"now","measurement":"pump"}}
	END
	run -0 quietly --entity-id '{=measurement}.{=row}.{row}' <<<$'\nm,measurement=a,row=b f=1 1\nm,measurement=a,row=b f=1 2'
	[[ $(jq -r .entity_id <<<"$output" | tr '\n' ' ') == 'a.b.1 a.b.2 ' ]]
	run -3 quietly --entity-id '{id}' <<<'pump,site=north flow=1 1'
	says "standard input:1: the name of the twin is missing (tag 'id')"
	run -2 quietly --entity-id '{stem}' <<<'pump flow=1 1'
	says 'standard input: has no name to call the twin by'
}

@test "a template that makes one twin of several series is told once" {
	printf 'cpu,host=a f=1 1\ncpu,host=b f=1 1\ncpu,host=a f=2 2\nmem,host=a f=3 3\nmem,host=b f=4 4\n' >in.lp
	run -0 --separate-stderr twin-ingest -f influx --precision ns --entity-id '{host}' in.lp
	[[ $stderr == "twin-ingest: in.lp: twins are made of several series each, such as 'a' of 'cpu,host=a' and 'mem,host=a': fields of one name become one property" ]]
	run -0 --separate-stderr twin-ingest -f influx --precision ns --entity-id '{host}/{measurement}' in.lp
	[[ -z $stderr ]]
}

@test "--take, --skip, --label and --unit go by fields and properties" {
	line='m,t=1 a=1,b=2,ab=3,fault=t 1'
	run -0 quietly --take 'a*' --skip ab <<<"$line"
	[[ $(jq -r .property <<<"$output") == a ]]
	run -0 quietly --label fault --take a --unit a=bar <<<"$line"
	same <<-'END'
		{"entity_id":"m,t=1","property":"a","timestamp":"1970-01-01T00:00:00.000000001Z","value":1,"unit":"bar"}
		{"type":"label","entity_id":"m,t=1","timestamp":"1970-01-01T00:00:00.000000001Z","label":{"fault":true}}
	END
	run -2 --separate-stderr quietly --take a,none <<<"$line"
	says "no source has what --take 'none' asks for"
	[[ ${#lines[@]} == 1 ]]
}

@test "a mapping file gives fields a path and a unit, and one that was printed gives the same readings" {
	cat >map.json <<-'END'
		{"format": "influx", "precision": "s", "entity_id": "{id}",
		 "values": [{"from": "a/b", "property": "a/b", "unit": "bar"}, "c*"], "members": {"seq": "n"}}
	END
	printf 'm,id=7,n=3 a/b=1,c1=2,d=3 1\n' >in.lp
	run -0 twin-ingest -q --no-origin --map map.json in.lp
	same <<-'END'
		{"entity_id":"7","property":"a/b","timestamp":"1970-01-01T00:00:01Z","value":1,"unit":"bar","seq":3,"metadata":{"measurement":"m"}}
		{"entity_id":"7","property":"c1","timestamp":"1970-01-01T00:00:01Z","value":2,"seq":3,"metadata":{"measurement":"m"}}
	END
	cp .same.want want
	twin-ingest --print-map --map map.json in.lp >printed.json
	run -0 twin-ingest -q --no-origin --map printed.json in.lp
	same <want
	run -0 twin-ingest --print-map in.lp
	same <<-'END'
		{
		  "format": "influx",
		  "precision": "ns"
		}
	END
}

@test "tags can hold quality, unit and sensor, and are no part of the twin then" {
	run -0 quietly --quality-column q --unit-column u --sensor-column s --unit f=bar <<<$'m,a=1,q=0.25,u=kPa,s=x f=1 1\nm,a=1 f=2 2'
	same <<-'END'
		{"entity_id":"m,a=1","property":"f","timestamp":"1970-01-01T00:00:00.000000001Z","value":1,"unit":"kPa","quality":0.25,"sensor_id":"x"}
		{"entity_id":"m,a=1","property":"f","timestamp":"1970-01-01T00:00:00.000000002Z","value":2,"unit":"bar"}
	END
	run -3 quietly --quality-column q <<<$'m,q=good f=1 1\nm,q=2 f=1 1\nm,q=1 f=1 1'
	[[ ${lines[0]} == "twin-ingest: standard input:1: tag 'q': quality good is no number" ]]
	[[ ${lines[1]} == "twin-ingest: standard input:2: tag 'q': quality 2 is no number from 0 to 1" ]]
	run -2 quietly --quality-column nosuch <<<'m f=1 1'
	says "standard input: no line has the tag 'nosuch' that --quality-column names"
}

@test "--received is a field or a tag, and is the event time of lines that have none" {
	run -0 quietly --received r <<<$'m,a=1 f=1,r="2026-03-01T12:00:05Z" 1\nm,a=1 f=2,r="2026-03-01T12:00:06Z"'
	same <<-'END'
		{"entity_id":"m,a=1","property":"f","timestamp":"1970-01-01T00:00:00.000000001Z","value":1,"received":"2026-03-01T12:00:05Z"}
		{"entity_id":"m,a=1","property":"f","timestamp":"2026-03-01T12:00:06Z","value":2,"received":"2026-03-01T12:00:06Z","metadata":{"timestamp_source":"received"}}
	END
	run -0 quietly --received r <<<'m,a=1,r=1772366405 f=1 1'
	same <<<'{"entity_id":"m,a=1","property":"f","timestamp":"1970-01-01T00:00:00.000000001Z","value":1,"received":"2026-03-01T12:00:05Z"}'
	run -3 quietly --received r <<<$'m,r=1772366405 f=1 1\nm,r=noon f=1 1'
	says 'standard input:2: '
}

@test "-E, -P, --from and --to select, and what is not selected is checked all the same" {
	printf 'm,a=1 f=1,g=2 1000000000\nm,a=2 f=3,g=4 2000000000\nm,a=1 f=5,g=6 3000000000\nm,a=2 f=7,g=\n' >in.lp
	run -3 --separate-stderr quietly -E '*a=1' -P f --to 1970-01-01T00:00:03Z in.lp
	[[ $(jq -r .value <<<"$output") == 1 ]]
	[[ $stderr == "twin-ingest: in.lp:4: column 13: field 'g' has no value" ]]
	run -3 quietly --from 1970-01-01T00:00:02Z -P g in.lp
	[[ $(grep -o '"value":.' <<<"$output" | tr '\n' ' ') == '"value":4 "value":6 ' ]]
}

@test "two lines of one series and time are two readings, and so are two fields of one name" {
	run -0 quietly <<<$'m f=1 1\nm f=2 1\nm g=1,g=2 1'
	[[ $(jq -r .value <<<"$output" | tr '\n' ' ') == '1 2 1 2 ' ]]
}

@test "options without a meaning for line protocol are errors that name them, and other files are read" {
	echo 'm f=1 1' >in.lp
	printf 'time,a\n2026-03-01,1\n' >a.csv
	for options in '--delimiter ;' --header --no-header '--columns a,b' --header-units --decimal-comma '--time f' '--time row:1s' \
		'--time-format s' '--time-start 2026-01-01' '--zone Europe/Berlin' '--value-type f=string' '--missing NA' \
		'--property-column a --value-column b'; do
		# shellcheck disable=SC2086 # words
		run -2 twin-ingest -f influx $options in.lp
		option=${options%% *}
		[[ ${lines[0]} == "twin-ingest: in.lp: $option has no meaning for line protocol" && ${#lines[@]} == 1 ]]
	done
	run -2 --separate-stderr twin-ingest -q --no-origin --time-format iso in.lp a.csv
	[[ ${#lines[@]} == 1 && $output == '{"entity_id":"a",'* ]]
}

@test "--precision is an error for formats whose times say themselves what they are" {
	printf 'time,a\n2026-03-01,1\n' >a.csv
	run -2 --separate-stderr twin-ingest --precision ms a.csv
	[[ -z $output && $stderr == 'twin-ingest: a.csv: --precision has no meaning for CSV (csv): it is for line protocol, --time-format for others' ]]
	run -2 --separate-stderr twin-ingest --precision ms -f ndjson <<<'{"time":"2026-03-01","a":1}'
	says '--precision has no meaning for JSON lines (ndjson)'
	run -2 twin-ingest --precision min <<<'m f=1 1'
	says "'min'"
}

@test "line protocol is recognised by its first record, and that is told" {
	printf '# exported by nobody\n\nm,host=a f=1 1\nbad\n' >a.lp
	gzip -k a.lp
	for file in a.lp a.lp.gz; do
		run -3 --separate-stderr twin-ingest --no-origin "$file"
		[[ ${#lines[@]} == 1 && ${stderr_lines[0]} == "twin-ingest: $file: read as line protocol (influx)" ]]
		run -3 --separate-stderr twin-ingest -q "$file"
		[[ $stderr == "twin-ingest: $file:4: column 4: fields are missing"* ]]
	done
	run -0 --separate-stderr twin-ingest <<<$'m s="over\nlines" 1'
	[[ ${#lines[@]} == 1 && $stderr == "twin-ingest: standard input: read as line protocol (influx)"* ]]
	run -3 --separate-stderr twin-ingest -f influx a.lp
	[[ ${#lines[@]} == 1 && ${#stderr_lines[@]} == 2 ]]
	cp a.lp b.lp
	run -3 --separate-stderr twin-ingest a.lp b.lp
	[[ $(grep -c 'read as line' <<<"$stderr") == 1 ]]
}

@test "what can be something else is not taken for line protocol" {
	# Each is valid line protocol or nearly so.
	for text in 'time,a' 'a b=c' 'druck;kanal p=1' 'level=info n=1' '"a x=1' '<x y=1' '# time,a' 'a|b c=1'; do
		run twin-ingest --entity-id x <<<"$text"
		[[ $output != *'line protocol'* ]]
	done
	run -0 twin-ingest --entity-id x <<<'{"time":"2026-03-01","s":"m f=1 1"}'
	[[ $output == *'"value":"m f=1 1"'* && $output != *'line protocol'* ]]
}

@test "nothing, blank lines and comments alone are no readings and no error" {
	: >empty
	printf '\n \r\n' >blank
	printf '# only\n# comments\n' >comments
	for file in empty blank comments; do
		run -0 --separate-stderr twin-ingest -f influx "$file"
		[[ -z $output && -z $stderr ]]
	done
	run -0 --separate-stderr twin-ingest empty blank
	[[ -z $output && -z $stderr ]]
}

@test "a format that was named wrongly is told line by line, and keeps every line" {
	printf 'time,a\n2026-03-01 12:00:00,1\n' >a.csv
	run -3 --separate-stderr twin-ingest -f influx --rejects bad a.csv
	[[ -z $output && ${#stderr_lines[@]} == 2 ]]
	cmp a.csv bad
	printf '\xef\xbb\xbfno field\nm f=1 1\n' >marked.lp
	run -3 twin-ingest -q -f influx --rejects bad marked.lp
	head -n 1 marked.lp | cmp - bad
	echo 'm f=1 1' >a.lp
	run -3 --separate-stderr twin-ingest -f ndjson a.lp
	[[ -z $output ]]
	run -2 twin-ingest -f line a.lp
	says "line"
}

@test "each line of a live pipe comes out at once, and a file and a trickle give the same" {
	mkfifo in out
	twin-ingest -q -f influx <in >out &
	exec {to}>in {from}<out
	printf 'm f=1 1\n# half a line: m f' >&"$to"
	read -r -t 10 line <&"$from"
	[[ $line == *'"value":1}' ]]
	printf '\nm f="over\nlines" 2\n' >&"$to"
	read -r -t 10 line <&"$from"
	[[ $line == *'"value":"over\nlines"}' ]]
	exec {to}>&-
	wait $!
	printf 'm,a=1 f=1,s="x\ny" 1\nbad\nm,a=1 f="\nm f=2 2\n' >in.lp
	run -3 --separate-stderr quietly in.lp
	printf '%s\n' "$output" >want
	run -3 --separate-stderr quietly - < <(while IFS= read -rn1 -d '' byte; do printf '%s' "$byte"; done <in.lp)
	printf '%s\n' "$output" | cmp - want
}

@test "any number of series and keys is read in bounded memory" {
	if grep -q __asan_init "$(command -v twin-ingest)"; then skip "a sanitizer needs all addresses"; fi
	awk 'BEGIN { for (i = 0; i < 300000; i++) printf "m,request=%d f%d=%d %d\n", i, i, i, i + 1 }' >in.lp
	run -0 bash -c 'ulimit -v 300000 && twin-ingest -q -f influx in.lp | tail -n 1'
	same <<<'{"entity_id":"m,request=299999","property":"f299999","timestamp":"1970-01-01T00:00:00.0003Z","value":299999,"origin":"in.lp:300000"}'
	run -0 bash -c "ulimit -v 300000 && twin-ingest -q -f influx --entity-id '{request}' in.lp | wc -l"
	[[ $output == 300000 ]]
}

@test "open quotes and long records cost time in proportion" {
	awk 'BEGIN { for (i = 0; i < 200000; i++) print "m f=\"" i "x" }' >quotes.lp
	awk 'BEGIN { printf "m "; for (i = 0; i < 200000; i++) printf "f%d=\"\n\",", i; print "g=1 1" }' >strings.lp
	awk 'BEGIN { printf "m"; for (i = 0; i < 200000; i++) printf ",t%d=1", i; print " g=1 1" }' >tags.lp
	awk 'BEGIN { printf "m f=\""; for (i = 0; i < 300000; i++) print "m g=1 1" }' >open.lp
	run -3 timeout 60 twin-ingest -q -f influx -o out quotes.lp
	run -0 timeout 60 twin-ingest -q -f influx -o out strings.lp
	[[ $(wc -l <out) == 200001 ]]
	run -3 timeout 60 twin-ingest -q -f influx -o out tags.lp
	says 'the name of the twin is longer than 1024 bytes'
	run -3 timeout 60 twin-ingest -q -f influx -o out open.lp
	[[ $(wc -l <out) == 299999 ]]
}
