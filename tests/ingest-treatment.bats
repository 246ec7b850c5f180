#!/usr/bin/env bats
# What twin-ingest does to readings on their way: calibration, units, checks. The numbers of the forms are in tests/unit/calibration_test.c.

load helper

# ingest ARGUMENT...: without origin and without words about guesses.
ingest() {
	twin-ingest -q --no-origin "$@"
}

@test "resistances of a Pt100 become temperatures, with the raw value beside" {
	echo '{"properties":{"t":{"unit":"degC","calibration":{"form":"pt100"}}}}' >m.json
	printf 'time,t\n2026-03-01T12:00:00Z,138.5055\n2026-03-01T12:00:10Z,100.0\n' >a.csv
	run -0 --separate-stderr ingest -m m.json --unit t=ohm a.csv
	same <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":100,"unit":"degC","metadata":{"raw":{"value":138.5055,"unit":"ohm"},"calibration":"pt100"}}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:10Z","value":0,"unit":"degC","metadata":{"raw":{"value":100.0,"unit":"ohm"},"calibration":"pt100"}}
END
	[[ -z $stderr ]]
}

@test "a raw reading in another unit is converted before it is calibrated, and what comes of it to the unit asked for" {
	echo '{"properties":{"t":{"unit":"degC","calibration":{"form":"pt100"}}}}' >m.json
	printf 'time,t\n2026-03-01T12:00:00Z,0.1385055\n' >a.csv
	run -0 --separate-stderr ingest -m m.json --unit t=kohm --to-unit t=K a.csv
	same <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":373.15,"unit":"K","metadata":{"raw":{"value":0.1385055,"unit":"kohm"},"calibration":"pt100"}}
END
	[[ -z $stderr ]]
}

@test "readings that say degrees are not calibrated as ohms" {
	echo '{"properties":{"t":{"unit":"degC","calibration":{"form":"pt100"}}}}' >m.json
	printf 'time,t\n2026-03-01T12:00:00Z,99.5\n2026-03-01T12:00:10Z,99.6\n' >a.csv
	run -0 --separate-stderr ingest -m m.json --unit t=degC a.csv
	[[ $output == *'"value":99.5,"unit":"degC"}'*'"value":99.6,"unit":"degC"}' ]]
	[[ $stderr == "twin-ingest: property 't': cannot convert 'degC' to 'ohm'"*'it is not calibrated' ]]
	[[ $(wc -l <<<"$stderr") == 1 ]]
}

@test "a calibration is that of the sensor and the property, else that of the property" {
	needs jq
	cat >m.json <<'END'
{"properties": {"t": {"calibration": {"form": "offset", "offset": 100}}},
 "sensors": {"s": {"calibration": [{"form": "offset", "offset": 1, "property": "t"}, {"form": "gain", "gain": 2, "property": "u"}]},
             "all": {"calibration": {"form": "offset", "offset": 10}}}}
END
	cat >a.csv <<'END'
time,property,value,sensor
2026-03-01T12:00:00Z,t,0.1,s
2026-03-01T12:00:00Z,u,0.1,s
2026-03-01T12:00:00Z,v,0.1,s
2026-03-01T12:00:00Z,v,0.1,all
2026-03-01T12:00:00Z,t,0.1,other
2026-03-01T12:00:00Z,t,0.1,
END
	ingest -m m.json --property-column property --value-column value --sensor-column sensor a.csv >out
	run -0 jq -c '[.property, .sensor_id, .value, .metadata.raw.value]' out
	same <<'END'
["t","s",1.1,0.1]
["u","s",0.2,0.1]
["v","s",0.1,null]
["v","all",10.1,0.1]
["t","other",100.1,0.1]
["t",null,100.1,0.1]
END
}

@test "a model that does not speak of a twin does nothing to its readings" {
	needs jq
	echo '{"applies_to":["pump-*"],"properties":{"t":{"unit":"K","range":[0,1],"calibration":{"form":"offset","offset":1}}}}' >m.json
	printf 'time,id,t\n2026-03-01T12:00:00Z,pump-1,5\n2026-03-01T12:00:00Z,fan-1,5\n' >a.csv
	ingest -m m.json --entity-id '{id}' --skip id a.csv >out
	run -0 jq -c '[.entity_id, .value, .quality]' out
	same <<'END'
["pump-1",6,0]
["fan-1",5,null]
END
}

@test "outside its range a value is extrapolated, with half of its quality" {
	needs jq
	echo '{"properties":{"t":{"calibration":{"form":"linear","gain":2,"offset":0,"range":[0,10]}}}}' >m.json
	printf 'time,t,q\n2026-03-01T12:00:00Z,10,0.7\n2026-03-01T12:00:10Z,11,0.7\n2026-03-01T12:00:20Z,12,\n' >a.csv
	ingest -m m.json --quality-column q a.csv >out
	run -0 jq -c '[.value, .quality, .metadata.flags]' out
	same <<'END'
[20,0.7,null]
[22,0.35,["extrapolated"]]
[24,0.5,["extrapolated"]]
END
}

@test "what no value stands for is null, with quality 0, and does not become the state" {
	needs jq
	echo '{"properties":{"t":{"calibration":{"form":"thermocouple","type":"K"}}}}' >m.json
	printf 'time,t\n2026-03-01T12:00:00Z,4.096\n2026-03-01T12:00:10Z,1e9\n' >a.csv
	ingest -m m.json --unit t=mV a.csv >out
	run -0 sed -n 2p out
	same <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:10Z","value":null,"unit":"degC","quality":0,"metadata":{"raw":{"value":1e9,"unit":"mV"},"calibration":"thermocouple","flags":["no-value"]}}
END
	[[ $(twin-sync -q out | jq -c .properties) == '{"t":99.99'*'}' ]]
}

@test "degrees Fahrenheit become degrees Celsius, by option or by model" {
	printf 'time,t\n2026-03-01T12:00:00Z,212\n2026-03-01T12:00:10Z,-40\n' >a.csv
	ingest --unit t=degF --to-unit t=degC a.csv >out
	run -0 cat out
	same <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":100,"unit":"degC","metadata":{"raw":{"value":212,"unit":"degF"}}}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:10Z","value":-40,"unit":"degC","metadata":{"raw":{"value":-40,"unit":"degF"}}}
END
	echo '{"properties":{"t":{"unit":"degC"}}}' >m.json
	ingest --unit t=degF -m m.json a.csv | cmp - out
	ingest --unit t=degF --to-unit '*=kPa' --to-unit 't*=degC' a.csv | cmp - out
}

@test "an impossible conversion is an error before anything is read, whoever says the units" {
	printf 'time,t\n2026-03-01T12:00:00Z,21\n' >a.csv
	echo '{"properties":{"t":{"unit":"degC"}}}' >m.json
	echo '{"values":[{"from":"t","property":"x","unit":"kPa"}]}' >map.json
	run -2 --separate-stderr ingest --unit t=kPa --to-unit t=degC a.csv
	[[ -z $output && $stderr == "twin-ingest: property 't': cannot convert 'kPa' to 'degC'"* ]]
	run -2 --separate-stderr ingest --unit t=kPa -m m.json a.csv
	[[ -z $output ]] && says "cannot convert 'kPa' to 'degC'"
	run -2 --separate-stderr ingest --to-unit t=kPa -m m.json a.csv
	[[ -z $output ]] && says "cannot convert 'degC' to 'kPa'"
	run -2 --separate-stderr ingest --map map.json --to-unit x=degC a.csv
	[[ -z $output ]] && says "property 'x': cannot convert 'kPa' to 'degC'"
	echo '{"properties":{"t":{"unit":"kPa","calibration":{"form":"pt100"}}}}' >n.json
	run -2 --separate-stderr ingest -m n.json a.csv
	[[ -z $output ]] && says "cannot convert 'degC' to 'kPa'"
	echo '{"properties":{"t":{"unit":"kPa"}},"sensors":{"s":{"calibration":{"form":"pt100","property":"t"}}}}' >n.json
	run -2 --separate-stderr ingest -m n.json a.csv
	[[ -z $output ]] && says "cannot convert 'degC' to 'kPa'"
}

@test "what turns out to be impossible, unknown or without a unit is told once, and stays as it is" {
	cat >a.ndjson <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":1.50,"unit":"kPa"}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:01Z","value":1.50,"unit":"kPa"}
{"entity_id":"b","property":"t","timestamp":"2026-03-01T12:00:02Z","value":1.50,"unit":"smurf"}
{"entity_id":"c","property":"t","timestamp":"2026-03-01T12:00:03Z","value":1.50,"unit":"smurf"}
{"entity_id":"c","property":"t","timestamp":"2026-03-01T12:00:04Z","value":1.50}
{"entity_id":"c","property":"t","timestamp":"2026-03-01T12:00:05Z","value":1.50}
END
	run -0 --separate-stderr ingest --to-unit t=degC a.ndjson
	same <a.ndjson
	[[ $(wc -l <<<"$stderr") == 3 ]]
	says "cannot convert 'kPa' to 'degC'"
	says "'smurf'"
	says 'do not say their unit'
}

@test "an option that fits no property is told in the end" {
	printf 'time,t\n2026-03-01T12:00:00Z,212\n' >a.csv
	run -2 --separate-stderr ingest --unit t=degF --to-unit t=degC --to-unit temp=K a.csv
	[[ $output == *'"value":100,'* ]]
	[[ $stderr == "twin-ingest: no property matches 'temp' of --to-unit" ]]
	run -2 --separate-stderr ingest --unit 'te*=degF' a.csv
	[[ -n $output && $stderr == "twin-ingest: no property matches 'te*' of --unit" ]]
	run -2 --separate-stderr ingest --range a=0..1 --range t=0..300 --max-rate b=1/s --stuck c=1h --spike d=1 --interval e=10s a.csv
	[[ -n $output ]]
	printf "%s\n" "$stderr" >told
	same told <<'END'
twin-ingest: no property matches 'a' of --range
twin-ingest: no property matches 'b' of --max-rate
twin-ingest: no property matches 'c' of --stuck
twin-ingest: no property matches 'd' of --spike
twin-ingest: no property matches 'e' of --interval
END
	run -0 --separate-stderr ingest --range '*=0..300' --interval '[st]=10s' a.csv
	[[ -z $stderr ]]
	run -0 --separate-stderr ingest --to-unit temp=K </dev/null
	[[ -z $output$stderr ]]
}

@test "limits are in the model's unit, whatever the output is in" {
	needs jq
	echo '{"properties":{"t":{"unit":"degC","range":[0,100]}}}' >m.json
	printf 'time,t\n2026-03-01T12:00:00Z,212\n2026-03-01T12:00:10Z,213\n' >a.csv
	ingest --unit t=degF --to-unit t=K -m m.json a.csv >out
	run -0 jq -c '[.value, .unit, .quality, .metadata.checks]' out
	same <<'END'
[373.15,"K",null,null]
[373.7056,"K",0,{"range":4}]
END
}

@test "a reading in a unit that the limits cannot be compared with is not checked" {
	echo '{"properties":{"t":{"unit":"degC","range":[0,100]}}}' >m.json
	echo '{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":500,"unit":"smurf"}' >a.ndjson
	run -0 --separate-stderr ingest -m m.json a.ndjson
	same <a.ndjson
	says smurf
}

@test "a reading is calibrated, then converted, then checked" {
	needs jq
	cat >m.json <<'END'
{"properties":{"t":{"unit":"degF","range":[0,212],"calibration":{"form":"offset","offset":0.5,"unit":"degC","range":[0,200]}}}}
END
	printf 'time,t\n2026-03-01T12:00:00Z,99.5\n2026-03-01T12:00:10Z,99.6\n2026-03-01T12:00:20Z,-1\n' >a.csv
	ingest -m m.json a.csv >out
	run -0 jq -c '[.value, .unit, .quality, .metadata]' out
	same <<'END'
[212,"degF",null,{"raw":{"value":99.5},"calibration":"offset"}]
[212.18,"degF",0,{"raw":{"value":99.6},"calibration":"offset","checks":{"range":4}}]
[31.1,"degF",0.5,{"raw":{"value":-1},"calibration":"offset","flags":["extrapolated"]}]
END
}

@test "readings that are records go through too, and all their members stay" {
	echo '{"properties":{"t":{"calibration":{"form":"offset","offset":0.1,"range":[0,1]}}}}' >m.json
	cat >a.ndjson <<'END'
{"x":{"y": 1},"value":21.50, "type":"reading","metadata":{ "raw":"theirs", "flags":["odd"],"k":[1] },"entity_id":"caf\u00e9","property":"t","seq":7,"timestamp":"2026-03-01T13:00:00+01:00","ack":null,"quality":0.9,"sensor_id":"s","z":null}
END
	run -0 --separate-stderr twin-ingest -m m.json a.ndjson
	same <<'END'
{"type":"reading","entity_id":"caf\u00e9","property":"t","timestamp":"2026-03-01T13:00:00+01:00","value":21.6,"quality":0.45,"sensor_id":"s","seq":7,"origin":"a.ndjson:1","metadata":{"k":[1],"raw":{"value":21.50,"raw":"theirs"},"calibration":"offset","flags":["odd","extrapolated"]},"x":{"y": 1},"z":null}
END
}

@test "readings of SenML, line protocol and JSON go through the same steps, and what their formats say stays" {
	needs jq
	echo '{"properties":{"t":{"unit":"degC","range":[0,50],"calibration":{"form":"offset","offset":0.1,"unit":"K","raw_unit":"K"}}}}' >m.json
	echo '[{"bn":"a/","n":"t","u":"Cel","t":1772366400,"v":21.5},{"n":"t","u":"Cel","t":1772366401,"v":60}]' >a.senml
	echo 'x,h=a t=21.5,u=1 1772366400000000000' >a.influx
	echo '{"time":"2026-03-01T12:00:00Z","t":294.65,"u":1}' >a.ndjson
	ingest -f senml -m m.json a.senml >out
	ingest -f influx --entity-id '{h}' --unit t=Cel -m m.json a.influx >>out
	ingest --unit t=K -m m.json a.ndjson >>out
	run -0 jq -c '[.property, .value, .unit, .quality, .metadata]' out
	same <<'END'
["t",21.6,"degC",null,{"raw":{"value":21.5,"unit":"Cel"},"calibration":"offset"}]
["t",60.1,"degC",0,{"raw":{"value":60,"unit":"Cel"},"calibration":"offset","checks":{"range":4}}]
["t",21.6,"degC",null,{"measurement":"x","raw":{"value":21.5,"unit":"Cel"},"calibration":"offset"}]
["u",1,null,null,{"measurement":"x"}]
["t",21.6,"degC",null,{"raw":{"value":294.65,"unit":"K"},"calibration":"offset"}]
["u",1,null,null,null]
END
}

@test "what nothing is done to keeps its bytes, and other records pass" {
	echo '{"properties":{"t":{"unit":"degC","range":[0,100],"calibration":{"form":"gain","gain":2}},"u":{"unit":"K"}}}' >m.json
	cat >a.ndjson <<'END'
{"value" : "on", "entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z"}
{"value" : [1, 2], "entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:01Z","metadata":{"k" : 1}}
{"value" : 1e400, "entity_id":"a","property":"u","timestamp":"2026-03-01T12:00:01Z","unit":"K"}
{"value" : 5.00, "entity_id":"a","property":"v","timestamp":"2026-03-01T12:00:01Z","x":1}
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"t":5}}
{"type":"event","t":1}
END
	run -0 --separate-stderr ingest -m m.json a.ndjson
	same <a.ndjson
}

@test "what has been through comes out the same a second time" {
	cat >m.json <<'END'
{"properties":{"t":{"unit":"degF","range":[0,212],"calibration":{"form":"linear","gain":0.5,"offset":3,"unit":"degC","range":[0,200]}}}}
END
	printf 'time,t\n2026-03-01T12:00:00Z,99.5\n2026-03-01T12:00:10Z,199.6\n2026-03-01T12:00:20Z,300\n2026-03-01T12:00:30Z,x\n' >a.csv
	ingest -m m.json a.csv >once
	[[ $(wc -l <once) == 4 ]]
	grep -q extrapolated once
	grep -q checks once
	ingest -m m.json once | cmp - once
}

@test "a spike is known by what follows it: a reading is written with the next of its series, the last at the end" {
	needs jq
	printf 'time,a,b\n%s,1,1\n%s,9,1\n%s,1,1\n' 2026-03-01T12:00:0{0,1,2}Z >a.csv
	ingest --spike 'a=2' a.csv >out
	run -0 jq -c '[.property, .timestamp[17:19], .value, .quality, .metadata.checks]' out
	same <<'END'
["a","00",1,null,null]
["b","00",1,null,null]
["b","01",1,null,null]
["a","01",9,0,{"spike":4}]
["b","02",1,null,null]
["a","02",1,null,null]
END
}

@test "a reading that waits for the next keeps what was done to it, also when the next is extrapolated" {
	needs jq
	echo '{"properties":{"a":{"calibration":{"form":"offset","offset":0.1,"range":[0,5]}}}}' >m.json
	printf 'time,a\n%s,1\n%s,9\n%s,6\n%s,1\n' 2026-03-01T12:00:0{0,1,2,3}Z >a.csv
	ingest -m m.json --spike 'a=suspect=2' a.csv >out
	run -0 jq -c '[.value, .quality, .metadata]' out
	same <<'END'
[1.1,null,{"raw":{"value":1},"calibration":"offset"}]
[9.1,0.3,{"raw":{"value":9},"calibration":"offset","flags":["extrapolated"],"checks":{"spike":3}}]
[6.1,0.5,{"raw":{"value":6},"calibration":"offset","flags":["extrapolated"]}]
[1.1,null,{"raw":{"value":1},"calibration":"offset"}]
END
}

@test "with --strict what came before the bad row is written, what waited too" {
	printf 'time,a\n%s,1\n%s,2\nnever,3\n' 2026-03-01T12:00:0{0,1}Z >a.csv
	run -2 --separate-stderr ingest --strict --spike 'a=2' a.csv
	same <<'END'
{"entity_id":"a","property":"a","timestamp":"2026-03-01T12:00:00Z","value":1}
{"entity_id":"a","property":"a","timestamp":"2026-03-01T12:00:01Z","value":2}
END
}

same_with_model() {
	twin-ingest -q "$@" >plain
	[[ -s plain ]]
	twin-ingest -q -m m.json "$@" | cmp - plain
}

@test "an empty model changes no byte of any kind of source" {
	echo '{}' >m.json
	cat >a.csv <<'END'
time,"a ""quoted""",s,q,l
2026-03-01T12:00:00Z,1.50,"\",0.5,x
2026-03-01T12:00:10Z,"t\x",k,1,y
END
	same_with_model a.csv
	same_with_model --sensor-column s --quality-column q --label l a.csv
	same_with_model --unit '*="\x' a.csv
	same_with_model --time row:1s --take q a.csv
	same_with_model --received time a.csv
	printf '%s\n' '{"at":"2026-03-01T12:00:00Z","v":[1,{"a":2}],"w":{"x":null,"y\n":"\\"}}' >a.ndjson
	same_with_model a.ndjson
}

@test "mistakes in a model, an option or a calibration are told by their place" {
	echo '{"sensors":{"s":{"calibration":{"form":"table","table":[[0,1],[1,3],[2,2]]}}}}' >m.json
	run -2 --separate-stderr ingest -m m.json </dev/null
	[[ $stderr == "twin-ingest: model 'm.json': s.calibration: table[2]: the second numbers rise and fall" ]]
	run -2 --separate-stderr ingest --to-unit t </dev/null
	says "--to-unit: 't' is not PROPERTY=UNIT"
	run -2 --separate-stderr ingest --range t=5..1 </dev/null
	says --range
	run -2 --separate-stderr ingest -m missing.json </dev/null
	says missing.json
}

@test "a model is not written over by what is made with it" {
	echo '{}' >m.json
	run -2 --separate-stderr ingest -m m.json -o m.json </dev/null
	says m.json
	[[ $(<m.json) == '{}' ]]
}

@test "the certified line of Norris corrects a raw 500 to its reference" {
	needs jq
	require_data reference/estimate-calibrate-norris/expected.json
	jq '{properties: {o: {calibration: {form: "polynomial", gives: "raw", coefficients}}}}' "$data" >m.json
	printf 'time,o\n2026-03-01T12:00:00Z,500\n' >a.csv
	ingest -m m.json a.csv >out
	# shellcheck disable=SC2016 # the variables are jq's
	run -0 jq -n --slurpfile want "$data" --slurpfile got out '($got[0].value / $want[0].inverse_at_raw_500 - 1) | fabs < 1e-10'
	[[ $output == true ]]
}

@test "GUM H.3: a thermometer that reads 30 degC is corrected by -0.1494" {
	needs jq
	require_data reference/estimate-calibrate-gum-h3/expected.json
	jq '{sensors: {h3: {calibration: {form: "polynomial", gives: "correction", x0: 20, coefficients: [.computed.y1, .computed.y2]}}}}' \
		"$data" >m.json
	echo '{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":30,"sensor_id":"h3"}' >a.ndjson
	ingest -m m.json a.ndjson >out
	# shellcheck disable=SC2016 # the variables are jq's
	run -0 jq -n --slurpfile want "$data" --slurpfile got out '($got[0].value - 30 - $want[0].computed.correction_at_30) | fabs < 1e-9'
	[[ $output == true ]]
}

@test "a unit to convert to that is not known is an error before anything is read" {
	echo '{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":1.50,"unit":"kPa"}' >a.ndjson
	run -2 --separate-stderr ingest --to-unit t=smurf a.ndjson
	[[ -z $output && $stderr == "twin-ingest: --to-unit 't=smurf': "*smurf* ]]
	run -2 --separate-stderr ingest --to-unit t=Pa --to-unit 'u=' a.ndjson
	[[ -z $output && $stderr == "twin-ingest: --to-unit: 'u=' is not PROPERTY=UNIT"* ]]
}

@test "--unit is also for records that do not say their unit, and leaves the others byte for byte" {
	cat >a.ndjson <<'END'
{"property":"t","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","value":273.150,"x":[1, 2],"quality":0.5}
{"entity_id":"a", "property":"t","timestamp":"2026-03-01T12:00:01Z","value":1.50,"unit":"degC"}
{"entity_id":"a", "property":"u","timestamp":"2026-03-01T12:00:01Z","value":1.50}
{"type":"event","entity_id":"a", "property":"t","timestamp":"2026-03-01T12:00:01Z"}
END
	run -0 --separate-stderr ingest --unit t=K a.ndjson
	same <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":273.150,"unit":"K","quality":0.5,"x":[1, 2]}
{"entity_id":"a", "property":"t","timestamp":"2026-03-01T12:00:01Z","value":1.50,"unit":"degC"}
{"entity_id":"a", "property":"u","timestamp":"2026-03-01T12:00:01Z","value":1.50}
{"type":"event","entity_id":"a", "property":"t","timestamp":"2026-03-01T12:00:01Z"}
END
	[[ -z $stderr ]]
	run -0 --separate-stderr ingest --unit t=K --to-unit t=degC <(head -n 1 a.ndjson)
	same <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T12:00:00Z","value":0,"unit":"degC","quality":0.5,"metadata":{"raw":{"value":273.150,"unit":"K"}},"x":[1, 2]}
END
	[[ -z $stderr ]]
	run -2 --separate-stderr ingest --unit nosuch=K a.ndjson
	[[ $stderr == "twin-ingest: no property matches 'nosuch' of --unit" ]]
}

@test "a misspelled member of a model is told once and is no error" {
	printf 'time,t\n2026-03-01T12:00:00Z,1\n' >a.csv
	echo '{"properties":{"t":{"rnage":[0,1]},"u":{"rnage":[0,1]}},"relationships":[]}' >m.json
	run -0 --separate-stderr twin-ingest -m m.json a.csv
	[[ -n $output ]]
	says "twin-ingest: model 'm.json': t: the member 'rnage' is not known: did you mean 'range'?"
	[[ $(grep -c rnage <<<"$stderr") == 1 ]]
	run -0 --separate-stderr twin-ingest -q -m m.json a.csv
	[[ -n $output && -z $stderr ]]
}

@test "a model that is not found tells the folders where it was looked for" {
	mkdir one two
	TWIN_MODEL_PATH=one:two run -2 --separate-stderr ingest -m pmup /dev/null
	[[ $stderr == "twin-ingest: cannot open 'pmup': No such file or directory; nor is 'pmup' or 'pmup.json' in TWIN_MODEL_PATH (one:two)" ]]
	TWIN_MODEL_PATH=one:two run -2 --separate-stderr ingest -m ./pmup /dev/null
	[[ $stderr == "twin-ingest: cannot open './pmup': No such file or directory" ]]
	run -2 --separate-stderr ingest -m pmup /dev/null
	[[ $stderr == "twin-ingest: cannot open 'pmup': No such file or directory" ]]
	echo '{"extend":"base"}' >m.json
	TWIN_MODEL_PATH=two run -2 --separate-stderr ingest -m m.json /dev/null
	says "nor is 'base' or 'base.json' in TWIN_MODEL_PATH (two)"
}
