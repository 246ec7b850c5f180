#!/usr/bin/env bats
# A real broker on a free port of loopback, mosquitto_sub, twin-ingest and twin-sync in one live pipe.

load helper

setup() {
	scratch
	needs mosquitto mosquitto_sub mosquitto_pub python3
	# Between here and the broker somebody else may take the port.
	for _ in 1 2 3; do
		start_broker && return
	done
	cat broker.log
	return 1
}

teardown() {
	if [[ -n ${broker-} ]]; then
		kill "$broker"
		wait "$broker" || [[ $? -lt 128 || $? == 143 ]]
	fi
}

start_broker() {
	local port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >broker.conf <<-END
		listener $port 127.0.0.1
		allow_anonymous true
		persistence false
		set_tcp_nodelay true
		max_queued_messages 0
		max_inflight_messages 0
		log_dest stderr
		log_type error
		log_type information
		log_type subscribe
	END
	mosquitto -c broker.conf 2>broker.log 3>&- &
	broker=$!
	at=(-h 127.0.0.1 -p "$port")
	await ' running$' || return 1
}

# await PATTERN: until the broker's log has it; fails when the broker ends before, or after 10 s.
await() {
	local deadline=$((SECONDS + 10))
	until grep -q "$1" broker.log; do
		kill -0 "$broker" 2>/dev/null && ((SECONDS < deadline)) || return 1
		sleep 0.01 # between two looks
	done
}

# numbers COUNT: payloads with a time of their own and a number.
numbers() {
	awk -v count="$1" 'BEGIN { for (i = 1; i <= count; i++) printf "{\"ts\":%.0f,\"n\":%d}\n", 1772366400000 + i, i }'
}

@test "each message is seen in the state within 100 ms" {
	run -0 python3 "$TWIN_ROOT/tests/mqtt_latency.py" 1000 broker.log ' live 1 site/#' \
		"mosquitto_pub ${at[*]} -q 1 -t site/p1/x -l" \
		"mosquitto_sub ${at[*]} -i live -q 1 -t 'site/#' -F %j -C 1001 |
			twin-ingest -q --topic 'site/+entity/+property' | twin-sync -q --now live -e change"
	echo "# $output" >&3
}

@test "of 50000 messages none is lost, in %j and in %J" {
	for form in j J; do
		mosquitto_sub "${at[@]}" -W 60 -i "live-$form" -q 1 -t 'site/#' -F "%$form" -C 50000 3>&- |
			twin-ingest --stats --topic 'site/+entity/+property' 2>"stats-$form" 3>&- |
			twin-sync -q --now live -e "change=changes-$form,state=state-$form" 3>&- &
		pipes+=($!)
		await " live-$form 1 site/#"
	done
	numbers 50000 | mosquitto_pub "${at[@]}" -q 1 -t site/p1/x -l
	wait "${pipes[@]}"
	for form in j J; do
		run -0 jq -c '[.entity_id, .timestamp, .properties.x.n]' "state-$form"
		same <<<'["p1","2026-03-01T12:00:50Z",50000]'
		run -0 jq -s 'map(.properties.x.n) == [range(1; 50001)]' "changes-$form"
		[[ $output == true ]]
		run -0 tail -n 1 "stats-$form"
		same <<<'{"rows":50000,"readings":50000,"labels":0,"missing":0,"rejected":0}'
	done
}

@test "what the broker kept is told apart from what comes live" {
	mosquitto_pub "${at[@]}" -q 1 -r -t site/p1/mode -m auto
	mosquitto_pub "${at[@]}" -q 1 -r -t site/p1/temp -m '{"time":"2026-03-01T12:00:00Z","c":20.5}'
	mosquitto_sub "${at[@]}" -W 60 -i live -q 1 -t 'site/#' -F %j -C 5 >messages 3>&- &
	subscriber=$!
	await ' live 1 site/#'
	mosquitto_pub "${at[@]}" -q 1 -t site/p1/mode -m manual
	mosquitto_pub "${at[@]}" -q 1 -r -t site/p1/temp -n
	printf 'a\0b' | mosquitto_pub "${at[@]}" -q 1 -t site/p1/raw -s
	wait "$subscriber"
	run -3 --separate-stderr twin-ingest --no-origin --topic 'site/+entity/+property' messages
	says "a retained message without a time of its own"
	says "only 1 of 3 bytes of the payload are in the line"
	says "2 readings of 5 rows, 1 missing value, 2 rejected lines"
	run -0 jq -c '[.property, .value, .metadata.timestamp_source, .metadata.mqtt.retain, .metadata.mqtt.qos]' <<<"$output"
	same <<-'END'
		["temp/c",20.5,null,1,1]
		["mode","manual","received",null,1]
	END
}

@test "properties of MQTT 5 arrive, one that comes twice too" {
	mosquitto_sub "${at[@]}" -W 60 -V mqttv5 -i live -q 1 -t 'site/#' -F %j -C 1 >messages 3>&- &
	subscriber=$!
	await ' live 1 site/#'
	mosquitto_pub "${at[@]}" -V mqttv5 -q 1 -t site/p1/x -m 7 -D publish user-property rig a -D publish user-property rig b \
		-D publish content-type text/plain
	wait "$subscriber"
	run -0 twin-ingest -q messages
	run -0 jq -c '.metadata.mqtt.properties' <<<"$output"
	same <<<'{"user-properties":[["rig","a"],["rig","b"]],"content-type":"text/plain"}'
}

@test "an offset of the local zone is that of tst" {
	TZ=Asia/Kolkata mosquitto_sub "${at[@]}" -W 60 -i live -q 1 -t 'site/#' -F %j -C 1 >messages 3>&- &
	subscriber=$!
	await ' live 1 site/#'
	before=$(date +%s)
	mosquitto_pub "${at[@]}" -q 1 -t site/p1/x -m 7
	wait "$subscriber"
	grep -q '+0530"' messages
	run -0 twin-ingest -q messages
	run -0 jq -r '.received | sub("[.][0-9]+"; "") | fromdate' <<<"$output"
	((output >= before && output <= $(date +%s)))
}
