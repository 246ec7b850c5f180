#!/usr/bin/env bats
# twin-ingest: messages of MQTT as `mosquitto_sub -F %j` and `-F %J` write them. What is here was written by mosquitto_sub 2.0.11 and 1.5;
# mosquitto.bats has a broker.

load helper

# message TOPIC PAYLOAD [MEMBER...]: a live one of %j at 12:00:00Z; PAYLOAD is a JSON string that holds no escapes.
message() {
	local topic=$1 payload=$2
	shift 2
	printf '{"tst":"2026-03-01T12:00:00.000000Z+0000","topic":"%s","qos":0,"retain":0,"payloadlen":%d%s,"payload":"%s"}\n' \
		"$topic" ${#payload} "${*:+,$*}" "$payload"
}

# ingest [OPTION...]: only twin, property, time and value of what standard input gives; with the status of twin-ingest.
ingest() (
	set -o pipefail
	twin-ingest -q -f mosquitto "$@" | jq -c '[.entity_id, .property, .timestamp, .value]'
)

@test "the last level of a topic is the property, what is before it the twin" {
	{
		message site/p1/temp 21.50
		message one 7
		message /lead//x 8
		message 'a b/t~/c"'"'"'d' 9
	} | sed "s/c\"'d/c\\\\\"d/" >in
	run -0 twin-ingest -q --no-origin in
	same <<-'END'
		{"entity_id":"site/p1","property":"temp","timestamp":"2026-03-01T12:00:00Z","value":21.50,"received":"2026-03-01T12:00:00Z","metadata":{"timestamp_source":"received"}}
		{"entity_id":"one","property":"value","timestamp":"2026-03-01T12:00:00Z","value":7,"received":"2026-03-01T12:00:00Z","metadata":{"timestamp_source":"received","mqtt":{"topic":"one"}}}
		{"entity_id":"/lead/","property":"x","timestamp":"2026-03-01T12:00:00Z","value":8,"received":"2026-03-01T12:00:00Z","metadata":{"timestamp_source":"received"}}
		{"entity_id":"a b/t~","property":"c\"d","timestamp":"2026-03-01T12:00:00Z","value":9,"received":"2026-03-01T12:00:00Z","metadata":{"timestamp_source":"received"}}
	END
}

@test "tst is read as whole seconds, with an offset without colon, with a Z before it, and as RFC 3339 has it" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"1"}
		{"tst":"2026-03-01T13:00:00.250000+0100","topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"2"}
		{"tst":"2026-03-01T08:30:00.5Z-0330","topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"3"}
		{"tst":"2026-03-01T13:00:01+01:00","topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"4"}
		{"tst":"2026-03-01T12:00:02Z","topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"5"}
		{"tst":"2026-03-01T13:00:00.250000Z+0100x","topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"6"}
		{"tst":"2026-03-01T13:00:00","topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"6"}
		{"tst":"2026-02-30T13:00:00Z","topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"6"}
		{"tst":true,"topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"6"}
	END
	run -3 --separate-stderr twin-ingest --no-origin in
	[[ ${#lines[@]} == 5 ]]
	run -0 jq -rs 'map(.timestamp == .received) | all' <<<"$output"
	[[ $output == true ]]
	run -3 --separate-stderr ingest <in
	same <<-'END'
		["a","b","2026-03-01T12:00:00Z",1]
		["a","b","2026-03-01T12:00:00.25Z",2]
		["a","b","2026-03-01T12:00:00.5Z",3]
		["a","b","2026-03-01T12:00:01Z",4]
		["a","b","2026-03-01T12:00:02Z",5]
	END
}

@test "a payload of %j is parsed again: objects, arrays, scalars, and text as a cell of a table" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"p/o","qos":0,"retain":0,"payloadlen":49,"payload":"{\"t\":1,\"o\":{\"a\":[1, 2]},\"b\":12345678901234567890}"}
		{"tst":1772366400,"topic":"p/a","qos":0,"retain":0,"payloadlen":5,"payload":"[1,2]"}
		{"tst":1772366400,"topic":"p/n","qos":0,"retain":0,"payloadlen":21,"payload":"0.1000000000000000055"}
		{"tst":1772366400,"topic":"p/n","qos":0,"retain":0,"payloadlen":6,"payload":" 21.5\n"}
		{"tst":1772366400,"topic":"p/n","qos":0,"retain":0,"payloadlen":2,"payload":"+5"}
		{"tst":1772366400,"topic":"p/b","qos":0,"retain":0,"payloadlen":4,"payload":"True"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":3,"payload":"007"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":7,"payload":"\"a\\nb\\\""}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":6,"payload":"\"a\\nb\""}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":4,"payload":"\"é\""}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":6,"payload":"[INFO]"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":3,"payload":"a\u0000b"}
		{"tst":1772366400,"topic":"p/e","qos":0,"retain":0,"payloadlen":2,"payload":"{}"}
	END
	run -0 bash -c "twin-ingest -q in | sed 's/\"entity_id\":\(.*\),\"property\":\(.*\),\"timestamp\":\(.*\),\"value\":\(.*\),\"received.*/[\1,\2,\3,\4]/; s/^{//'"
	same <<-'END'
		["p","o/t","2026-03-01T12:00:00Z",1]
		["p","o/o/a","2026-03-01T12:00:00Z",[1,2]]
		["p","o/b","2026-03-01T12:00:00Z",12345678901234567890]
		["p","a","2026-03-01T12:00:00Z",[1,2]]
		["p","n","2026-03-01T12:00:00Z",0.1000000000000000055]
		["p","n","2026-03-01T12:00:00Z",21.5]
		["p","n","2026-03-01T12:00:00Z",5]
		["p","b","2026-03-01T12:00:00Z",true]
		["p","s","2026-03-01T12:00:00Z","007"]
		["p","s","2026-03-01T12:00:00Z","\"a\\nb\\\""]
		["p","s","2026-03-01T12:00:00Z","a\nb"]
		["p","s","2026-03-01T12:00:00Z","é"]
		["p","s","2026-03-01T12:00:00Z","[INFO]"]
		["p","s","2026-03-01T12:00:00Z","a\u0000b"]
		["p","e","2026-03-01T12:00:00Z",{}]
	END
}

@test "a payload of %J is the JSON that it is, and a string in it is not parsed again" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":6,"payload":"21.5"}
		{"tst":1772366400,"topic":"p/o","qos":0,"retain":0,"payloadlen":9,"payload":{"a":"1"}}
		{"tst":1772366400,"topic":"p/n","qos":0,"retain":0,"payloadlen":4,"payload":21.5}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":14,"payload":"on"}
		{"tst":1772366400,"topic":"p/z","qos":0,"retain":0,"payloadlen":4,"payload":null}
	END
	run -0 ingest <in
	same <<-'END'
		["p","s","2026-03-01T12:00:00Z","21.5"]
		["p","o/a","2026-03-01T12:00:00Z","1"]
		["p","n","2026-03-01T12:00:00Z",21.5]
		["p","s","2026-03-01T12:00:00Z","on"]
	END
	run -0 --separate-stderr twin-ingest --no-origin in
	says "4 readings of 5 rows, 1 missing value"
}

@test "a payload that is not all there is rejected, whatever is before it" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":11,"payload":"nul"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":4,"payload":""}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":2,"payload":"on"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":5,"payload":"nul"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":1,"payload":"on"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":0,"payload":"on"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":1}
	END
	run -3 --separate-stderr twin-ingest -q --no-origin --rejects rejected in
	[[ ${#lines[@]} == 1 ]]
	says "in:1: only 3 of 11 bytes of the payload are in the line"
	says "in:2: only 0 of 4 bytes"
	says "in:4: only 3 of 5 bytes"
	says "in:5: the payload has 2 bytes, but payloadlen says 1"
	says "in:6: payload and payloadlen do not belong together"
	says "in:7: payload and payloadlen do not belong together"
	sed 3d in | diff - rejected
}

@test "bytes that are no UTF-8 are rejected and kept as they are" {
	printf '{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":9,"payload":"\xff\xfe"}\n' >in
	run -3 --separate-stderr twin-ingest -q --rejects rejected in
	says "in:1: bad UTF-8 at byte 78"
	cmp in rejected
	run -3 --separate-stderr twin-ingest -q -f mosquitto -e rejected in
	run -0 jq -r '.input.base64 | @base64d | length > 0' <<<"$output"
	[[ $output == true ]]
}

@test "what begins like JSON but is none is no value" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":7,"payload":"{\"a\":1,"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":13,"payload":"{\"a\":1,\"a\":2}"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":9,"payload":"[{\"a\":1},"}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":13,"payload":{"a":1,"a":2}}
	END
	run -3 --separate-stderr twin-ingest -q in
	[[ -z $output ]]
	says "in:1: the payload is no JSON, but begins so"
	says 'in:2: the payload is no JSON, but begins so: the member "a" stands twice'
	says "in:3: the payload is no JSON"
	says "in:4: the payload is no JSON"
}

@test "an empty payload is a missing value in both forms, deletes nothing and is counted" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":0,"payload":null}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":0,"payload":""}
		{"tst":1772366400,"topic":"p/s","qos":0,"retain":0,"payloadlen":0}
	END
	run -0 --separate-stderr twin-ingest in
	[[ -z $output ]]
	says "0 readings of 3 rows, 3 missing values"
	message p/s nan >in
	run -0 --separate-stderr twin-ingest in
	[[ -z $output ]]
	says "1 missing value"
	run -0 ingest --missing off <in
	same <<<'["p","s","2026-03-01T12:00:00Z","nan"]'
}

@test "the time of the payload is that of its readings, and each message has its own" {
	cat >in <<-'END'
		{"tst":1772366401,"topic":"p/a","qos":0,"retain":0,"payloadlen":1,"payload":{"ts":1772366400123,"v":1}}
		{"tst":1772366401,"topic":"p/b","qos":0,"retain":0,"payloadlen":1,"payload":{"time":"2026-03-01 11:00:00","v":1}}
		{"tst":1772366401,"topic":"p/c","qos":0,"retain":0,"payloadlen":1,"payload":{"installed":"2019-01-01","v":1}}
		{"tst":1772366401,"topic":"p/d","qos":0,"retain":1,"payloadlen":1,"payload":{"timestamp":1772366400,"v":1}}
		{"tst":1772366401,"topic":"p/e","qos":0,"retain":0,"payloadlen":1,"payload":{"ts":1772366400,"time":"2026-03-01 11:00:00","v":1}}
		{"tst":1772366401,"topic":"p/f","qos":0,"retain":0,"payloadlen":1,"payload":{"time":"03/04/2026 11:00","v":1}}
	END
	run -3 --separate-stderr twin-ingest --no-origin in
	says "in:5: members 'ts' and 'time' can both be the time: say which with --time"
	says "in:6: '03/04/2026 11:00' is a time by two formats"
	says "messages with time 'ts' (ms)"
	says "messages with time 'time' (iso, UTC)"
	run -0 jq -c '[.property, .timestamp, .received, .metadata.timestamp_source]' <<<"$output"
	same <<-'END'
		["a/v","2026-03-01T12:00:00.123Z","2026-03-01T12:00:01Z",null]
		["b/v","2026-03-01T11:00:00Z","2026-03-01T12:00:01Z",null]
		["c/installed","2026-03-01T12:00:01Z","2026-03-01T12:00:01Z","received"]
		["c/v","2026-03-01T12:00:01Z","2026-03-01T12:00:01Z","received"]
		["d/v","2026-03-01T12:00:00Z","2026-03-01T12:00:01Z",null]
	END
}

@test "--time, --time-format and --received are about the payload; a message without the time is of when it was received" {
	cat >in <<-'END'
		{"tst":1772366401,"topic":"p/a","qos":0,"retain":0,"payloadlen":1,"payload":{"meta":{"at":"1.3.2026 12:00","got":1772366402},"v":1}}
		{"tst":1772366401,"topic":"p/b","qos":0,"retain":0,"payloadlen":1,"payload":{"v":1}}
		{"tst":1772366401,"topic":"p/b","qos":0,"retain":1,"payloadlen":1,"payload":{"v":1}}
		{"tst":1772366401,"topic":"p/b","qos":0,"retain":0,"payloadlen":1,"payload":{"meta":{"at":"noon"},"v":1}}
	END
	run -3 --separate-stderr twin-ingest --no-origin --time /meta/at --time-format '%d.%m.%Y %H:%M' --received /meta/got in
	says "in:3: a retained message without a time of its own"
	says "in:4: "
	same <<-'END'
		{"entity_id":"p","property":"a/v","timestamp":"2026-03-01T12:00:00Z","value":1,"received":"2026-03-01T12:00:02Z","metadata":{"mqtt":{"topic":"p/a","tst":"2026-03-01T12:00:01Z"}}}
		{"entity_id":"p","property":"b/v","timestamp":"2026-03-01T12:00:01Z","value":1,"received":"2026-03-01T12:00:01Z","metadata":{"timestamp_source":"received","mqtt":{"topic":"p/b"}}}
	END
}

@test "a retained message has no time but its own, or that of --now" {
	message p/s 1 | sed 's/"retain":0/"retain":1/' >in
	run -3 --separate-stderr twin-ingest -q in
	[[ -z $output ]]
	says "in:1: a retained message without a time of its own: when it was published is not known (give such messages a time with --now T"
	run -0 twin-ingest -q --no-origin --now 2026-03-02 in
	same <<-'END'
		{"entity_id":"p","property":"s","timestamp":"2026-03-02T00:00:00Z","value":1,"received":"2026-03-01T12:00:00Z","metadata":{"timestamp_source":"now","mqtt":{"retain":1}}}
	END
	before=$(date +%s)
	run -0 twin-ingest -q --no-origin --now live in
	run -0 jq -r '.timestamp | sub("[.][0-9]+"; "") | fromdate' <<<"$output"
	((output >= before && output <= $(date +%s)))
	run -0 ingest --time row:1s --time-start 2026-01-01 <in
	same <<<'["p","s","2026-01-01T00:00:00Z",1]'
}

@test "--now changes nothing about messages that came live" {
	message p/s 1 >in
	run -0 ingest --now 2027-01-01 <in
	same <<<'["p","s","2026-03-01T12:00:00Z",1]'
}

@test "topic templates say what is what; the first that matches is taken" {
	{
		message site/p1/temp 1
		message site/l2/p1/temp 2
		message tele/p2/SENSOR/a/b 3
		message plain/p3 4
		message tele/p2 5
		message other 6
	} >in
	run -3 --separate-stderr ingest --topic 'site/+entity/+property' --topic 'site/+line/+entity/+property' \
		--topic 'tele/+entity/#property' --topic 'plain/+entity' <in
	same <<-'END'
		["p1","temp","2026-03-01T12:00:00Z",1]
		["p1","temp","2026-03-01T12:00:00Z",2]
		["p2","SENSOR/a/b","2026-03-01T12:00:00Z",3]
		["p3","value","2026-03-01T12:00:00Z",4]
		["p2","value","2026-03-01T12:00:00Z",5]
	END
	says "standard input:6: topic 'other' matches no --topic"
}

@test "levels of one kind are joined; names and the whole topic stand in --entity-id" {
	message a/b/c/d 1 >in
	run -0 ingest --topic '+entity/+entity/+/+property' <in
	same <<<'["a/b","d","2026-03-01T12:00:00Z",1]'
	run -0 ingest --topic '+line/+/#property' --entity-id '{line}:{topic}' <in
	same <<<'["a:a/b/c/d","c/d","2026-03-01T12:00:00Z",1]'
	run -0 ingest --topic '+property/#entity' <in
	same <<<'["b/c/d","a","2026-03-01T12:00:00Z",1]'
	run -0 ingest --entity-id 'plant/{entity}' <in
	same <<<'["plant/a/b/c","d","2026-03-01T12:00:00Z",1]'
	printf '{"tst":1772366400,"topic":"a/b","payloadlen":9,"payload":{"id":7,"v":1}}\n' >in
	run -0 ingest --topic '+/+' --entity-id 'dev-{id}' <in
	same <<<'["dev-7","v","2026-03-01T12:00:00Z",1]'
}

@test "a template that cannot be is a usage error" {
	message a/b 1 >in
	run -2 twin-ingest --topic 'a/#x/+entity' in
	says "--topic: '#x' stands for all levels that are left: it is the last one"
	run -2 twin-ingest --topic 'a+/+entity' in
	says "--topic: 'a+': + and # stand only where a level begins"
	run -2 twin-ingest --topic '+entity/+x/+x' in
	says "--topic: two levels are called 'x'"
	run -2 twin-ingest --topic 'a/+property' in
	says "--topic: 'a/+property' has no +entity: say what twins are called with --entity-id"
	run -2 twin-ingest --topic '' in
	says "--topic: the topic template is empty"
}

@test "--topic of what has no topics is an error" {
	printf '{"time":"2026-03-01T12:00:00Z","x":1}\n' >other.ndjson
	run -2 --separate-stderr twin-ingest --topic +entity other.ndjson
	[[ -z $output ]]
	says "other.ndjson: --topic has no meaning for JSON lines (ndjson)"
}

@test "the topics of the broker itself need a template that says so" {
	# shellcheck disable=SC2016 # no variable is meant
	message '$SYS/broker/uptime' 1 >in
	run -3 --separate-stderr ingest <in
	says "is the broker's own"
	run -3 --separate-stderr ingest --topic '+entity/#property' <in
	says "matches no --topic"
	# shellcheck disable=SC2016
	run -0 ingest --topic '$SYS/+entity/#property' <in
	same <<<'["broker","uptime","2026-03-01T12:00:00Z",1]'
}

@test "a topic that gives no property or no twin is rejected, and so is one that cannot be" {
	{
		message a/b/ 1
		message /x 1
		message a/+/b 1
		message '' 1
		message "a/$(printf '%01025d' 0)" '{}'
		message "$(printf '%065536d' 0)/b" 1
	} >in
	run -3 --separate-stderr twin-ingest -q in
	says "in:1: topic 'a/b/' has an empty level where the property stands"
	says "in:2: the name of the twin is missing (entity)"
	says "in:3: 'a/+/b' is no topic that can be published to"
	says "in:4: the topic is empty"
	says "in:5: a property must not be longer than 1024 bytes"
	says "in:6: the topic is longer than 65535 bytes"
}

@test "--take, --skip, --unit, --value-type and a mapping work on payloads" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"p/m","qos":0,"retain":0,"payloadlen":9,"payload":{"rpm":"1480","on":1,"battery":90}}
		{"tst":1772366400,"topic":"p/temp","qos":0,"retain":0,"payloadlen":9,"payload":21}
	END
	run -0 twin-ingest -q --skip '*/battery' --unit 'm/rpm=1/min' --unit temp=Cel --value-type m/rpm=number --value-type '*/on=boolean' in
	run -0 jq -c '[.property, .value, .unit]' <<<"$output"
	same <<-'END'
		["m/rpm",1480,"1/min"]
		["m/on",true,null]
		["temp",21,"Cel"]
	END
	run -0 ingest --take temp <in
	same <<<'["p","temp","2026-03-01T12:00:00Z",21]'
	cat >map.json <<-'END'
		{"topics": ["+entity/m"], "values": [{"from": "/rpm", "property": "motor/speed", "unit": "1/min"}]}
	END
	run -3 --separate-stderr ingest --map map.json <in
	says "topic 'p/temp' matches no --topic"
	same <<<'["p","motor/speed","2026-03-01T12:00:00Z","1480"]'
	printf '{"tst":1772366400,"topic":"p/w","payloadlen":9,"payload":{"ts":1772366400,"wave":[1,2]}}\n' >in
	echo '{"explode": {"from": "/wave", "step": "500us"}}' >map.json
	run -0 ingest --map map.json <in
	same <<-'END'
		["p","w/wave","2026-03-01T12:00:00Z",1]
		["p","w/wave","2026-03-01T12:00:00.0005Z",2]
	END
	printf '{"tst":1772366400,"topic":"p/w","payloadlen":9,"payload":{"name":"x","v":3}}\n' >in
	run -0 ingest --property-column name --value-column v <in
	same <<<'["p","w/x","2026-03-01T12:00:00Z",3]'
}

@test "what a reading cannot say stays in metadata.mqtt, properties that come twice too" {
	cat >in <<-'END'
		{"tst":1772366400,"topic":"a/b","qos":1,"retain":0,"payloadlen":1,"mid":3,"properties":{"user-properties":{"k":"v","k":"v2"},"content-type":"text/plain","subscription-identifier":1, "subscription-identifier":2},"payload":"1"}
		{"tst":1772366400,"topic":"a/b","qos":2,"retain":0,"payloadlen":1,"mid":4,"properties":{"user-properties":{"k":"v"}},"payload":"1","new":[1, {"x":2}]}
		{"tst":1772366400,"topic":"a/b","qos":0,"retain":0,"payloadlen":1,"payload":"1","new":{"a":{"b":{"x":1,"x":2}}}}
		{"tst":1772366400,"topic":"a/b","qos":0,"qos":1,"retain":0,"payloadlen":1,"payload":"1"}
		{"tst":1772366400,"topic":"a/b","qos":3,"retain":0,"payloadlen":1,"payload":"1"}
		{"tst":1772366400,"topic":"a/b","qos":0,"retain":"no","payloadlen":1,"payload":"1"}
	END
	run -3 --separate-stderr twin-ingest -q --no-origin in
	says 'in:3: the member "x" stands twice'
	says 'in:4: the member "qos" stands twice'
	says "in:5: qos is not valid: 3"
	says 'in:6: retain is not valid: "no"'
	run -0 jq -c .metadata.mqtt <<<"$output"
	same <<-'END'
		{"qos":1,"mid":3,"properties":[["user-properties",[["k","v"],["k","v2"]]],["content-type","text/plain"],["subscription-identifier",1],["subscription-identifier",2]]}
		{"qos":2,"mid":4,"properties":{"user-properties":{"k":"v"}},"new":[1,{"x":2}]}
	END
}

@test "readings of messages are records that the other programs take" {
	{
		message site/p1/temp 21.5
		message site/p1/temp 22.5 | sed s/12:00:00/12:00:01/
		message site/p2/on true '"mid":7'
	} >in
	run -0 bash -c 'twin-ingest -q --topic site/+entity/+property in | twin-sync -q --strict | jq -c "[.entity_id, .properties]"'
	same <<-'END'
		["p1",{"temp":22.5}]
		["p2",{"on":true}]
	END
}

@test "messages are recognised by their own marks, told, and other JSON is not taken for them" {
	message site/p1/temp 21.5 >in
	run -0 --separate-stderr twin-ingest in
	[[ $stderr == "twin-ingest: in: read as messages of mosquitto_sub (mosquitto)
twin-ingest: in: the last level of a topic is the property, what is before it the twin" ]]
	printf '{"time":"2026-03-01T12:00:00Z","topic":"x","payload":1}\n' >other.ndjson
	run -0 --separate-stderr twin-ingest other.ndjson
	says "time '/time' (iso, UTC)"
	run -3 --separate-stderr twin-ingest -f mosquitto other.ndjson
	says "other.ndjson:1: the object is no message: tst, topic or payload is missing"
}

@test "a line that is cut or is no message costs itself alone" {
	{
		message site/p1/temp 21.5
		message site/p1/temp 22.5 | head -c 40
		echo
		echo
		echo '[1]'
		message site/p1/temp 23.5 | sed s/12:00:00/12:00:01/
	} >in
	run -3 --separate-stderr twin-ingest -q in
	[[ ${#lines[@]} == 2 ]]
	says "in:2: "
	says "in:4: no message of mosquitto_sub -F %j: the line is no JSON object"
	echo 'site/roof/temp 21.5' >plain
	run -3 --separate-stderr twin-ingest -q -f mosquitto plain
	[[ $stderr == "twin-ingest: plain:1: no message of mosquitto_sub -F %j: the line is no JSON object" ]]
}

@test "--print-map gives a mapping with the same readings" {
	{
		message site/p1/temp 21.5
		message site/p1/m 1
	} >in
	run -0 bash -c 'twin-ingest --print-map in >map.json'
	run -0 jq -c '[.format, .entity_id, .topics]' map.json
	same <<<'["mosquitto","{entity}",null]'
	twin-ingest -q in >want
	run -0 twin-ingest -q --map map.json in
	same <want
	run -0 bash -c 'twin-ingest --topic "+/+entity/+property" --topic "#entity" --print-map in >map.json'
	run -0 jq -c .topics map.json
	same <<<'["+/+entity/+property","#entity"]'
	twin-ingest -q --topic '+/+entity/+property' --topic '#entity' in >want
	run -0 twin-ingest -q --map map.json in
	same <want
	echo '{"topics": ["a/#b/c"]}' >map.json
	run -2 --separate-stderr twin-ingest --map map.json in
	says "'topics': '#b' stands for all levels"
}
