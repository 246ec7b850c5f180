#!/usr/bin/env bats
# twin-sync: what becomes of records, and what comes out. (Random streams: property.bats. What all programs owe: meta.bats.)

# shellcheck disable=SC2016 # single quotes around what an inner shell expands

load helper

# reading TWIN PROPERTY SECOND VALUE [MEMBERS]: one line, SECOND seconds (or MM:SS) after noon.
reading() {
	local time=$3
	[[ $time != ? ]] || time=0$time
	[[ $time == *:* ]] || time=00:$time
	printf '{"entity_id":"%s","property":"%s","timestamp":"2026-03-01T12:%sZ","value":%s%s}\n' "$1" "$2" "$time" "$4" "${5:+,$5}"
}

# Calls "$@" with each order of the lines in the array `lines`, as a file.
each_order() {
	local order rest i
	permute() { # done rest...
		local done=$1 i
		shift
		if [[ $# -eq 0 ]]; then
			orders+=("$done")
			return
		fi
		for ((i = 1; i <= $#; i++)); do
			permute "$done ${!i}" "${@:1:i-1}" "${@:i+1}"
		done
	}
	local orders=()
	permute '' "${!lines[@]}"
	for order in "${orders[@]}"; do
		for i in $order; do printf '%s\n' "${lines[i]}"; done >ordered
		"$@" ordered || return 1
	done
}

# folds_to [OPTION...] 3<<'RECORDS' <<'STATE': the records fold to the state in every order, one of them twice, and as the join of the
# states of any two parts. (At most four records.)
folds_to() {
	cat >want
	mapfile -t lines <&3
	fold_one_order() {
		local file=${*: -1} options=("${@:1:$#-1}") half
		twin-sync -q "${options[@]}" "$file" >got || return 1
		diff -u want got || { echo "for this order:"; cat "$file"; return 1; }
		cat "$file" <(head -n 1 "$file") | twin-sync -q "${options[@]}" | cmp want - || return 1
		half=$((${#lines[@]} / 2))
		twin-sync -q "${options[@]}" <(head -n "$half" "$file") >part.1 || return 1
		twin-sync -q "${options[@]}" <(tail -n +$((half + 1)) "$file") >part.2 || return 1
		twin-sync -q "${options[@]}" part.2 part.1 >got || return 1
		diff -u --label whole want --label 'joined parts' got
	}
	each_order fold_one_order "$@"
}

# --- Which record wins, in every order ---

@test "the newest event time wins, not what comes last" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:01Z","value":1}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:03Z","value":3}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:02Z","value":2}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:03Z","properties":{"x":3},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:03Z"}}}
STATE
}

@test "times are compared as instants, to the nanosecond and whatever their offset" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T14:00:00.000000002+02:00","value":2}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00.000000001Z","value":1}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T11:00:00.000000003-01:00","value":3}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00.000000003Z","properties":{"x":3},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00.000000003Z"}}}
STATE
}

@test "of equal times the larger counter wins, before quality and sensor" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"counter":2,"quality":0.6}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":9,"counter":1,"sensor_id":"z"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"sync_status":"unknown","confidence_score":0.6,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z","counter":2,"quality":0.6}}}
STATE
}

@test "of equal times a value beats a delete, and the better quality the worse" {
	folds_to 3<<'RECORDS' <<'STATE'
{"type":"deleted","entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"quality":0.9}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":2,"quality":0.8,"sensor_id":"z"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"sync_status":"unknown","confidence_score":0.9,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z","quality":0.9}}}
STATE
}

@test "of equal times and quality the model's sensor priority decides, before the sensor's name" {
	echo '{"sensors":{"lab":{"priority":2},"meter":{"priority":1},"spare":{"priority":-1}}}' >model
	folds_to -m model 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":9,"sensor_id":"meter"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"sensor_id":"lab"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":8,"sensor_id":"zulu"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":7,"sensor_id":"spare"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z","sensor_id":"lab"}}}
STATE
}

@test "then the sensor's name as bytes, then seq" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"sensor_id":"b","seq":1}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":0,"sensor_id":"b","seq":2}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":9,"sensor_id":"a","seq":9}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":8,"sensor_id":"Z"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":0},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z","sensor_id":"b","seq":2}}}
STATE
}

@test "then the value in canonical form, then the unit, then the value as it is written" {
	# 2.5 is 25e-1 and 10 is 1e1: as bytes 25e-1 is the larger.
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":10}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":2.5}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":2.5},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z"}}}
STATE
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":2.50,"unit":"K"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":25e-1,"unit":"C"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":2.5,"unit":"K"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":2.50},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z","unit":"K"}}}
STATE
}

@test "objects are one value, whatever the order of their members" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":{"b": 1, "a": [1, 2]}}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":{"a":[1,2],"b":1}}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":{"b":1,"a":[1,2]}},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z"}}}
STATE
}

@test "of the same record from several places the smallest origin is kept, by file and then by line" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"origin":"b.csv:2"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"origin":"a.csv:10"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"origin":"a.csv:9"}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z","origin":"a.csv:9"}}}
STATE
}

@test "a reading of quality 0.5 is the last one, and the value before it stays" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"unit":"K","quality":0.50001}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:02Z","value":2,"quality":0.5}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:01Z","value":3,"quality":0}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":1},"sync_status":"error","confidence_score":0.50001,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z","quality":0.50001,"unit":"K","last":{"timestamp":"2026-03-01T12:00:02Z","quality":0.5,"value":2}}}}
STATE
}

@test "a property of which only bad readings came is known, and has no value" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1,"quality":0.2}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:01Z","value":null,"quality":0}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{},"sync_status":"error","confidence_score":0,"metadata":{"x":{"last":{"timestamp":"2026-03-01T12:00:01Z","quality":0,"value":null}}}}
STATE
}

@test "a deleted property is gone, and a newer reading brings it back" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
{"entity_id":"a","property":"y","timestamp":"2026-03-01T12:00:00Z","value":2}
{"type":"deleted","entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:01Z","sensor_id":"ops"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"y":2},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:01Z","sensor_id":"ops","deleted":true},"y":{"timestamp":"2026-03-01T12:00:00Z"}}}
STATE
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:02Z","value":3}
{"type":"deleted","entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:01Z"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":3},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:02Z"}}}
STATE
}

@test "a twin's delete hides all that is older, desires too, and newer records revive it with only what is newer" {
	folds_to 3<<'RECORDS' <<'STATE'
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":5}}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","counter":1,"origin":"ops:1"}
{"entity_id":"a","property":"y","timestamp":"2026-03-01T12:00:02Z","value":2}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","deleted":"2026-03-01T12:00:01Z","properties":{"y":2},"sync_status":"unknown","confidence_score":1,"metadata":{"/deleted":{"counter":1,"origin":"ops:1"},"y":{"timestamp":"2026-03-01T12:00:02Z"}}}
STATE
}

@test "what is as old as a twin's delete stays, unless its counter is smaller" {
	folds_to 3<<'RECORDS' <<'STATE'
{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","counter":1}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
{"entity_id":"a","property":"y","timestamp":"2026-03-01T12:00:00Z","value":2,"counter":1}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","deleted":"2026-03-01T12:00:00Z","properties":{"y":2},"sync_status":"unknown","confidence_score":1,"metadata":{"/deleted":{"counter":1},"y":{"timestamp":"2026-03-01T12:00:00Z","counter":1}}}
STATE
}

@test "a twin of which nothing is alive comes out as the records that made it so" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:01Z"}
{"type":"deleted","entity_id":"a","property":"y/z","timestamp":"2026-03-01T12:00:02Z"}
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:03Z","command_id":"c","properties":{"v":{"w":null}}}
RECORDS
{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:01Z"}
{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","property":"y/z"}
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:03Z","properties":{"v":{"w":null}},"command_id":"c"}
STATE
}

@test "where one property lies inside another the newer is shown, and the other is kept" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"b","timestamp":"2026-03-01T12:00:00Z","value":{"t":1,"w":2}}
{"entity_id":"a","property":"b/t","timestamp":"2026-03-01T12:00:01Z","value":3}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"b":{"t":3}},"sync_status":"unknown","confidence_score":1,"metadata":{"b":{"last":{"timestamp":"2026-03-01T12:00:00Z","value":{"t":1,"w":2}}},"b/t":{"timestamp":"2026-03-01T12:00:01Z"}}}
STATE
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"b","timestamp":"2026-03-01T12:00:01Z","value":{"t":1,"w":2}}
{"entity_id":"a","property":"b/t","timestamp":"2026-03-01T12:00:00Z","value":3}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"b":{"t":1,"w":2}},"sync_status":"unknown","confidence_score":1,"metadata":{"b":{"timestamp":"2026-03-01T12:00:01Z"},"b/t":{"last":{"timestamp":"2026-03-01T12:00:00Z","value":3}}}}
STATE
}

@test "a delete above hides what is below, and a delete below brings back what is above" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"b/t","timestamp":"2026-03-01T12:00:00Z","value":3}
{"type":"deleted","entity_id":"a","property":"b","timestamp":"2026-03-01T12:00:01Z"}
{"entity_id":"a","property":"c","timestamp":"2026-03-01T12:00:00Z","value":1}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"c":1},"sync_status":"unknown","confidence_score":1,"metadata":{"b":{"timestamp":"2026-03-01T12:00:01Z","deleted":true},"b/t":{"last":{"timestamp":"2026-03-01T12:00:00Z","value":3}},"c":{"timestamp":"2026-03-01T12:00:00Z"}}}
STATE
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"b","timestamp":"2026-03-01T12:00:00Z","value":{"t":1}}
{"entity_id":"a","property":"b/t","timestamp":"2026-03-01T12:00:01Z","value":3}
{"type":"deleted","entity_id":"a","property":"b/t","timestamp":"2026-03-01T12:00:02Z"}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"b":{"t":1}},"sync_status":"unknown","confidence_score":1,"metadata":{"b":{"timestamp":"2026-03-01T12:00:00Z"},"b/t":{"timestamp":"2026-03-01T12:00:02Z","deleted":true}}}
STATE
}

@test "a hidden value whose newest reading is bad keeps both" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"b","timestamp":"2026-03-01T12:00:00Z","value":[1]}
{"entity_id":"a","property":"b/t","timestamp":"2026-03-01T12:00:01Z","value":3}
{"entity_id":"a","property":"b","timestamp":"2026-03-01T12:00:02Z","value":[2],"quality":0.1}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"b":{"t":3}},"sync_status":"unknown","confidence_score":1,"metadata":{"b":{"timestamp":"2026-03-01T12:00:00Z","value":[1],"last":{"timestamp":"2026-03-01T12:00:02Z","quality":0.1,"value":[2]}},"b/t":{"timestamp":"2026-03-01T12:00:01Z"}}}
STATE
}

@test "a withdrawn desire is no more, and a newer one brings it back" {
	folds_to 3<<'RECORDS' <<'STATE'
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":5,"y":{"z":1,"e":{}}}}
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"x":null,"y":{"z":null}}}
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":6}}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":1},"desired":{"x":6,"y":{"e":{}}},"delta":{"x":6,"y":{"e":{}}},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z"}},"desired_metadata":{"x":{"timestamp":"2026-03-01T12:00:02Z"},"y/e":{"timestamp":"2026-03-01T12:00:00Z"},"y/z":{"timestamp":"2026-03-01T12:00:01Z","deleted":true}}}
STATE
}

@test "the newest prediction of each method and event of each kind and property are computed metrics" {
	folds_to 3<<'RECORDS' <<'STATE'
{"type":"prediction","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","method":"trend","remaining_useful_life":9,"unit":"h"}
{"type":"prediction","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","method":"trend","remaining_useful_life":8.50,"unit":"h"}
{"type":"event","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","event":"anomaly","property":"x","score":3}
{"type":"event","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","event":"anomaly","score":4}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{},"computed_metrics":{"predictions":{"trend":{"timestamp":"2026-03-01T12:00:01Z","method":"trend","remaining_useful_life":8.50,"unit":"h"}},"events":{"anomaly":{"":{"timestamp":"2026-03-01T12:00:02Z","event":"anomaly","score":4},"x":{"timestamp":"2026-03-01T12:00:00Z","event":"anomaly","property":"x","score":3}}}},"sync_status":"unknown","confidence_score":0}
STATE
}

@test "model and relationships of states are registers too" {
	folds_to 3<<'RECORDS' <<'STATE'
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","model":"pump","properties":{"x":1},"relationships":{"feeds":"b","part of":"rig"}}
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","model":"big pump","properties":{},"relationships":{"feeds":["b","c"]}}
RECORDS
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","model":"big pump","properties":{"x":1},"relationships":{"feeds":["b","c"],"part of":"rig"},"sync_status":"unknown","confidence_score":1,"metadata":{"/model":{"timestamp":"2026-03-01T12:00:01Z"},"/relationships/feeds":{"timestamp":"2026-03-01T12:00:01Z"},"/relationships/part of":{"timestamp":"2026-03-01T12:00:00Z"},"x":{"timestamp":"2026-03-01T12:00:00Z"}}}
STATE
}

# --- Input ---

# One of each, in three files.
mixed() {
	reading a x 00 1 >one
	reading a x 05 2 '"sensor_id":"s"' >>one
	cat >two <<'END'
{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","properties":{"x":3}}
{"type":"event","entity_id":"b","timestamp":"2026-03-01T12:00:03Z","event":"alert"}
{"type":"deleted","entity_id":"c","timestamp":"2026-03-01T12:00:02Z"}
END
	cat >three <<'END'
{"type":"state","entity_id":"b","timestamp":"2026-03-01T12:00:01Z","properties":{"y":"two"},"sync_status":"stale","confidence_score":0.2}
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:06Z","properties":{"z":[1]},"metadata":{"z":{"timestamp":"2026-03-01T12:00:06Z"}}}
{"type":"prediction","entity_id":"b","timestamp":"2026-03-01T12:00:03Z","method":"m","failure_probability":0.1}
END
}

@test "several files of mixed types give the same in any order, compressed or not, and from standard input" {
	mixed
	twin-sync -q one two three >want
	same want <<'END'
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:06Z","properties":{"x":2,"z":[1]},"desired":{"x":3},"delta":{"x":3},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:05Z","sensor_id":"s"},"z":{"timestamp":"2026-03-01T12:00:06Z"}},"desired_metadata":{"x":{"timestamp":"2026-03-01T12:00:04Z"}}}
{"type":"state","entity_id":"b","timestamp":"2026-03-01T12:00:03Z","properties":{"y":"two"},"computed_metrics":{"predictions":{"m":{"timestamp":"2026-03-01T12:00:03Z","method":"m","failure_probability":0.1}},"events":{"alert":{"":{"timestamp":"2026-03-01T12:00:03Z","event":"alert"}}}},"sync_status":"unknown","confidence_score":1,"metadata":{"y":{"timestamp":"2026-03-01T12:00:01Z"}}}
{"type":"deleted","entity_id":"c","timestamp":"2026-03-01T12:00:02Z"}
END
	for order in 'one three two' 'three two one' 'two one three'; do
		# shellcheck disable=SC2086 # three names
		twin-sync -q $order | cmp want -
	done
	gzip -k one
	zstd -q two
	twin-sync -q one.gz two.zst - <three | cmp want -
}

@test "what is read again adds nothing: the state of a state is the state" {
	mixed
	twin-sync -q one two three >want
	twin-sync -q want | cmp want -
	twin-sync -q want one want three two | cmp want -
}

@test "a state without metadata is as old as it says, and derived members are not believed" {
	run -0 twin-sync -q <<'END'
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","revision":7,"properties":{"b":{"t":1.50,"list":[1,{"x":2}]},"e":{}},"desired":{"b":{"t":1.5}},"delta":{"b":{"t":99}},"sync_status":"error","confidence_score":0}
END
	same <<'END'
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"b":{"list":[1,{"x":2}],"t":1.50},"e":{}},"desired":{"b":{"t":1.5}},"sync_status":"unknown","confidence_score":1,"metadata":{"b/list":{"timestamp":"2026-03-01T12:00:00Z"},"b/t":{"timestamp":"2026-03-01T12:00:00Z"},"e":{"timestamp":"2026-03-01T12:00:00Z"}},"desired_metadata":{"b/t":{"timestamp":"2026-03-01T12:00:00Z"}}}
END
}

@test "types that say nothing of a twin are ignored and counted, and do not change the status" {
	reading a x 0 1 >in
	echo '{"type":"label","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","label":"leak"}' >>in
	echo '{"type":"quite new"}' >>in
	run -0 --separate-stderr twin-sync in
	[[ ${#lines[@]} -eq 1 ]]
	[[ $stderr == 'twin-sync: 1 reading, 2 records of other types ignored' ]]
}

@test "values keep their bytes" {
	cat >in <<'END'
{"entity_id":"a","property":"big","timestamp":"2026-03-01T12:00:00Z","value":18446744073709551615}
{"entity_id":"a","property":"cent","timestamp":"2026-03-01T12:00:00.123456789Z","value":0.10}
{"entity_id":"a","property":"exponent","timestamp":"2026-03-01T12:00:00Z","value":1e400}
{"entity_id":"a","property":"long","timestamp":"2026-03-01T12:00:00Z","value":3.14159265358979323846264338327950288}
{"entity_id":"a","property":"negative","timestamp":"2026-03-01T12:00:00Z","value":-0.0}
{"entity_id":"a","property":"text","timestamp":"2026-03-01T12:00:00Z","value":"\u00e9\/ \ud83d\ude00"}
{"entity_id":"a","property":"tree","timestamp":"2026-03-01T12:00:00Z","value":{ "z" : [ 1.0 , 2.00 ] , "a" : -9223372036854775808 }}
END
	run -0 twin-sync -q in
	same <<'END'
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00.123456789Z","properties":{"big":18446744073709551615,"cent":0.10,"exponent":1e400,"long":3.14159265358979323846264338327950288,"negative":-0.0,"text":"\u00e9\/ \ud83d\ude00","tree":{"z":[1.0,2.00],"a":-9223372036854775808}},"sync_status":"unknown","confidence_score":1,"metadata":{"big":{"timestamp":"2026-03-01T12:00:00Z"},"cent":{"timestamp":"2026-03-01T12:00:00.123456789Z"},"exponent":{"timestamp":"2026-03-01T12:00:00Z"},"long":{"timestamp":"2026-03-01T12:00:00Z"},"negative":{"timestamp":"2026-03-01T12:00:00Z"},"text":{"timestamp":"2026-03-01T12:00:00Z"},"tree":{"timestamp":"2026-03-01T12:00:00Z"}}}
END
	twin-sync -q in | twin-sync -q | cmp - <(twin-sync -q in)
}

@test "names and texts count as decoded, however they are escaped and ordered" {
	run -0 twin-sync -q <<'END'
{"value":1,"prop\u0065rty":"a~1b\/c","timestamp":"2026-03-01T12:00:00Z","entity\u005fid":"\u0070ump \"7\""}
{"entity_id":"pump \"7\"","property":"a~1b/c","timestamp":"2026-03-01T12:00:01Z","value":2,"unit":"\u00b0C"}
END
	same <<'END'
{"type":"state","entity_id":"pump \"7\"","timestamp":"2026-03-01T12:00:01Z","properties":{"a/b":{"c":2}},"sync_status":"unknown","confidence_score":1,"metadata":{"a~1b/c":{"timestamp":"2026-03-01T12:00:01Z","unit":"°C"}}}
END
}

@test "twins come sorted by the bytes of their ids" {
	for id in b B é a 'a b' aa 10 9; do reading "$id" x 0 1; done >in
	run -0 bash -c 'twin-sync in | cut -d\" -f8'
	same <<'END'
10
9
B
a
a b
aa
b
é
END
}

@test "a bad line is told with file and line, and the others count" {
	reading a x 0 1 >in
	printf '%s\n' 'no record' '{"entity_id":"a","property":"x","value":2}' '{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"metadata":{"x":{"timestamp":"noon"}}}' >>in
	reading a x 1 2 >>in
	run -3 --separate-stderr twin-sync -q --rejects kept in
	same <<'END'
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"x":2},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:01Z"}}}
END
	[[ ${stderr_lines[0]} == 'twin-sync: in:2: '* ]]
	[[ ${stderr_lines[1]} == 'twin-sync: in:3: timestamp is missing' ]]
	[[ ${stderr_lines[2]} == "twin-sync: in:4: metadata of 'x': timestamp is not valid" ]]
	[[ ${#stderr_lines[@]} -eq 3 ]]
	sed -n 2,4p in | cmp kept -
}

@test "after ten bad lines the rest is counted" {
	for ((i = 0; i < 25; i++)); do echo "bad $i"; done >in
	run -3 --separate-stderr twin-sync --rejects kept in
	[[ ${#stderr_lines[@]} -eq 12 ]]
	[[ ${stderr_lines[11]} == *15* ]]
	cmp in kept
}

@test "--strict stops at the first bad line with status 2 and no states" {
	reading a x 0 1 >in
	echo bad >>in
	echo worse >>in
	run -2 --separate-stderr twin-sync --strict --rejects kept -e state,change in
	same <<'END'
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z"}}}
END
	[[ ${#stderr_lines[@]} -eq 1 && $stderr == 'twin-sync: in:2: '* ]]
	[[ $(<kept) == bad ]]
	echo '{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","deleted":"noon","properties":{}}' >in
	run -2 --separate-stderr twin-sync --strict in
	[[ -z $output && $stderr == 'twin-sync: in:1: '* ]]
}

@test "lines beyond --max-line are rejected, whole and byte for byte" {
	reading a x 0 1 >in
	reading a x 1 "\"$(printf '%0200000d' 0)\"" >>in
	reading a y 2 2 >>in
	run -3 --separate-stderr twin-sync --max-line 100K --rejects kept in
	[[ $output == *'"properties":{"x":1,"y":2}'* ]]
	[[ $stderr == 'twin-sync: in:2: line is longer than 102400 bytes (--max-line)' ]]
	sed -n 2p in | cmp kept -
}

@test "a file that cannot be read is trouble, and no states are written" {
	reading a x 0 1 >in
	run -2 --separate-stderr twin-sync in missing
	[[ -z $output ]]
	[[ $stderr == "twin-sync: cannot open 'missing': No such file or directory" ]]
}

@test "what no state could show is rejected: values that are too deep, names that are too long" {
	nested() { # levels
		printf '%*s' "$1" '' | tr ' ' '['
		printf '%*s' "$1" '' | tr ' ' ']'
	}
	reading a x 0 "$(nested 503)" >in
	reading a "$(printf 'p/%.0s' {1..31})p" 0 "$(nested 470)" >>in
	run -0 --separate-stderr twin-sync in
	[[ -n $output && -z $stderr ]]
	twin-sync in | twin-sync | cmp - <(twin-sync in)
	{
		reading a x 0 "$(nested 505)"
		reading a "$(printf 'p/%.0s' {1..600})p" 0 1
		reading a "$(printf '%01025d' 0)" 0 1
		reading "$(printf '%01025d' 0)" x 0 1
	} >in
	run -3 --separate-stderr twin-sync in
	[[ -z $output && ${#stderr_lines[@]} -eq 5 ]]
}

# --- What is refused ---

@test "stale, outranked, duplicate and conflict are told apart, and counted in one line" {
	{
		reading a x 05 5
		reading a x 04 4
		reading a x 05 3
		reading a x 05 5.0 '"sensor_id":""'
		reading a x 05 9 '"sensor_id":"z","quality":0.9'
		reading a y 05 1 '"sensor_id":"s"'
		reading a y 05 1 '"sensor_id":"r"'
		echo '{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:03Z"}'
		reading a z 02 1
		reading a x 03 0 '"quality":0.2'
	} >in
	run -0 --separate-stderr twin-sync -e refused in
	same <<'END'
{"type":"refused","reason":"stale","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:04Z","value":4}}
{"type":"refused","reason":"conflict","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:05Z","value":3}}
{"type":"refused","reason":"outranked","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:05Z","value":9,"sensor_id":"z","quality":0.9}}
{"type":"refused","reason":"outranked","input":{"entity_id":"a","property":"y","timestamp":"2026-03-01T12:00:05Z","value":1,"sensor_id":"r"}}
{"type":"refused","reason":"stale","input":{"entity_id":"a","property":"z","timestamp":"2026-03-01T12:00:02Z","value":1}}
{"type":"refused","reason":"stale","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:03Z","value":0,"quality":0.2}}
END
	[[ $stderr == 'twin-sync: 9 readings, 1 deleted, 6 refused (3 stale, 2 outranked, 1 conflict)' ]]
	run -0 --separate-stderr twin-sync in
	[[ $stderr == *'(3 stale, 2 outranked, 1 conflict); -e refused shows them' ]]
	run -0 --separate-stderr twin-sync -q in
	[[ -z $stderr ]]
}

@test "the same record again is a duplicate, spelled otherwise too" {
	{
		reading a x 05 1.5 '"quality":1.0'
		reading a x 05 1.5 '"seq":0,"sensor_id":null'
		reading a x 05 1.5 '"received":"2026-03-01T12:00:09Z","origin":"f:1"'
	} >in
	run -0 --separate-stderr twin-sync in
	[[ $output == *'"metadata":{"x":{"timestamp":"2026-03-01T12:00:05Z","origin":"f:1"}}}' ]]
	[[ $stderr == 'twin-sync: 3 readings, 2 refused (2 duplicate); -e refused shows them' ]]
}

@test "a bad reading is accepted and not refused, and a worse one of the same time is" {
	{
		reading a x 05 1
		reading a x 06 2 '"quality":0.2'
		reading a x 06 3 '"quality":0.1'
	} >in
	run -0 --separate-stderr twin-sync -e refused in
	[[ $output == '{"type":"refused","reason":"conflict","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:06Z","value":3,"quality":0.1}}' ]]
}

@test "of a record with several registers the part that lost is refused, each on its own" {
	{
		reading a x 05 1
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:05Z","properties":{"x":1,"y":2}}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","command_id":"c","properties":{"x":0,"y":{"z":3}}}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","properties":{"y":1}}'
		echo '{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:05Z","properties":{"x":0,"w":1}}'
	} >in
	run -0 twin-sync -q -e refused in
	same <<'END'
{"type":"refused","reason":"stale","input":{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","properties":{"x":0},"command_id":"c"}}
{"type":"refused","reason":"stale","input":{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","properties":{"y":1}}}
{"type":"refused","reason":"conflict","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:05Z","value":0}}
END
}

@test "--max-future judges by the record's own received, or by --now, and by nothing when there is neither" {
	{
		reading a x 10 1 '"received":"2026-03-01T12:00:05Z"'
		reading a x 10.000000001 2 '"received":"2026-03-01T12:00:05Z"'
		reading a x 59 3
	} >in
	run -0 --separate-stderr twin-sync --max-future 5s -e refused,state=state in
	[[ $output == '{"type":"refused","reason":"future","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:10.000000001Z","value":2,"received":"2026-03-01T12:00:05Z"}}' ]]
	[[ $(<state) == *'"properties":{"x":3}'* ]]
	run -0 --separate-stderr twin-sync --max-future 5s --now 2026-03-01T12:00:53Z in
	[[ $output == *'"properties":{"x":1}'* ]]
	[[ $stderr == *'2 refused (2 future)'* ]]
	# A reading that is refused does not say what time it is.
	run -0 twin-sync -q --max-future 5s --stale-after 10s --now 2026-03-01T12:00:53Z -e event in
	[[ $output == *'"event":"stale"'* && $output == *'"timestamp":"2026-03-01T12:00:20Z"'* ]]
}

@test "--entities takes ids and records, and refuses all other twins" {
	printf 'a\n{"type":"state","entity_id":"b c","timestamp":"2026-03-01T12:00:00Z","properties":{}}\r\n\nd' >known
	for id in a b 'b c' d; do reading "$id" x 0 1; done >in
	run -0 --separate-stderr twin-sync --entities known -e state=state,refused in
	[[ $output == '{"type":"refused","reason":"unknown-entity","input":{"entity_id":"b","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}}' ]]
	[[ $stderr == 'twin-sync: 4 readings, 1 refused (1 unknown-entity)' ]]
	[[ $(cut -d\" -f8 state) == $'a\nb c\nd' ]]
	: >known
	run -0 --separate-stderr twin-sync --entities known in
	[[ -z $output && $stderr == *'4 refused (4 unknown-entity)'* ]]
	echo '{"no":"id"}' >known
	run -2 --separate-stderr twin-sync --entities known in
	[[ $stderr == 'twin-sync: known:1: a record without an entity_id' ]]
}

# --- With a model ---

@test "what the model does not allow becomes a reading of quality 0, and with --enforce is refused" {
	cat >model <<'END'
{"properties":{"n":{"type":"number","range":[0,10]},"i":{"type":"integer"},"s":{"type":"string"},"o":{"type":"object","range":[1,2]}}}
END
	{
		reading a n 0 10
		reading a n 1 10.0000001
		reading a n 2 '"5"'
		reading a n 3 1e400
		reading a i 0 18446744073709551616.0
		reading a i 1 2.5
		reading a s 0 '"x"'
		reading a s 1 null
		reading a o 0 '{}'
		reading a other 0 -1
	} >in
	run -0 --separate-stderr twin-sync -m model in
	same <<'END'
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:03Z","properties":{"i":18446744073709551616.0,"n":10,"o":{},"other":-1,"s":"x"},"sync_status":"error","confidence_score":1,"metadata":{"i":{"timestamp":"2026-03-01T12:00:00Z","last":{"timestamp":"2026-03-01T12:00:01Z","quality":0,"value":2.5}},"n":{"timestamp":"2026-03-01T12:00:00Z","last":{"timestamp":"2026-03-01T12:00:03Z","quality":0,"value":1e400}},"o":{"timestamp":"2026-03-01T12:00:00Z"},"other":{"timestamp":"2026-03-01T12:00:00Z"},"s":{"timestamp":"2026-03-01T12:00:00Z","last":{"timestamp":"2026-03-01T12:00:01Z","quality":0,"value":null}}}}
END
	[[ -z $stderr ]]
	run -0 --separate-stderr twin-sync -m model --enforce -e refused,state=state in
	same <<'END'
{"type":"refused","reason":"out-of-range","input":{"entity_id":"a","property":"n","timestamp":"2026-03-01T12:00:01Z","value":10.0000001}}
{"type":"refused","reason":"wrong-type","input":{"entity_id":"a","property":"n","timestamp":"2026-03-01T12:00:02Z","value":"5"}}
{"type":"refused","reason":"out-of-range","input":{"entity_id":"a","property":"n","timestamp":"2026-03-01T12:00:03Z","value":1e400}}
{"type":"refused","reason":"wrong-type","input":{"entity_id":"a","property":"i","timestamp":"2026-03-01T12:00:01Z","value":2.5}}
{"type":"refused","reason":"wrong-type","input":{"entity_id":"a","property":"s","timestamp":"2026-03-01T12:00:01Z","value":null}}
END
	[[ $stderr == 'twin-sync: 10 readings, 5 refused (3 wrong-type, 2 out-of-range)' ]]
	[[ $(<state) != *'"last"'* ]]
}

@test "a model speaks only about the twins it applies to, and --enforce needs one" {
	echo '{"applies_to":["pump-*"],"properties":{"x":{"range":[0,1]}}}' >model
	{
		reading pump-1 x 0 5
		reading tank-1 x 0 5
	} >in
	run -0 bash -c 'twin-sync -q -m model in | cut -d, -f4'
	same <<'END'
"properties":{}
"properties":{"x":5}
END
	run -2 --separate-stderr twin-sync --enforce in
	[[ ${stderr_lines[0]} == 'twin-sync: --enforce needs a --model' ]]
	run -2 --separate-stderr twin-sync -m missing in
	[[ $stderr == "twin-sync: "*"'missing'"* ]]
}

# status OPTION...: the sync_status and confidence_score of the one twin in the file `in`.
status() {
	twin-sync -q "$@" in | sed -n 's/.*"sync_status":"\([a-z]*\)","confidence_score":\([^,}]*\)[,}].*/\1 \2/p'
}

@test "confidence is whole for one interval, halves with every two more, and above stale_after it is stale" {
	echo '{"properties":{"x":{"interval":"10s"}}}' >model
	reading a x 0 1 '"quality":0.8' >in
	[[ $(status -m model --now 2026-03-01T12:00:10Z) == 'synchronized 0.8' ]]
	[[ $(status -m model --now 2026-03-01T12:00:30Z) == 'synchronized 0.4' ]]
	[[ $(status -m model --now 2026-03-01T12:00:40Z) == 'synchronized 0.28284271247461906' ]]
	[[ $(status -m model --now 2026-03-01T12:00:40.000000001Z) == 'stale '* ]]
	[[ $(status -m model --now 2026-03-01T12:00:50Z) == 'stale 0.2' ]]
	# --stale-after alone: the interval is a quarter of it.
	[[ $(status --stale-after 40s --now 2026-03-01T12:00:30Z) == 'synchronized 0.4' ]]
	[[ $(status --stale-after 20s --now 2026-03-01T12:00:25Z) == 'stale 0.2' ]]
	# With both: the model's interval.
	[[ $(status -m model --stale-after 29s --now 2026-03-01T12:00:30Z) == 'stale 0.4' ]]
	# A clock that is behind makes nothing younger than new.
	[[ $(status -m model --now 2026-03-01T11:00:00Z) == 'synchronized 0.8' ]]
}

@test "without --now the clock is the newest reading or delete of any twin that is admitted" {
	reading a x 0 1 >in
	reading b x 50 1 >>in
	[[ $(status --stale-after 40s | head -n 1) == stale* ]]
	[[ $(status --stale-after 50s | head -n 1) == synchronized* ]]
	# What is left out does not say what time it is, and neither does a wish.
	[[ $(status --stale-after 40s -E a) == 'synchronized 1' ]]
	reading a x 0 1 >in
	echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:50Z","properties":{"y":1}}' >>in
	[[ $(status --stale-after 40s) == 'synchronized 1' ]]
	echo '{"type":"deleted","entity_id":"b","timestamp":"2026-03-01T12:00:50Z"}' >>in
	[[ $(status --stale-after 40s | head -n 1) == 'stale '* ]]
}

@test "error goes before initializing, that before unknown, and that before stale" {
	echo '{"properties":{"x":{"required":true},"y":{"required":true}}}' >model
	echo '{"properties":{"x":{"required":true},"y":{"required":true},"z":{"stale_after":"10s"}}}' >timed
	reading a x 0 1 >in
	[[ $(status -m model) == 'initializing 0' ]]
	reading a y 1 1 '"quality":0.3' >>in
	[[ $(status -m model) == 'error 0' ]]
	reading a y 2 1 '"quality":0.7' >>in
	[[ $(status -m model) == 'unknown 0.7' ]]
	# Of what there is, nobody knows how old it may be.
	[[ $(status -m timed) == 'unknown 0.7' ]]
	reading a z 2 1 >>in
	[[ $(status -m timed) == 'synchronized 0.7' ]]
	[[ $(status -m timed --now 2026-03-01T12:01:00Z) == 'stale 0.7' ]]
	# What is not required harms neither: a bad reading of another property, a delete of it.
	reading a z 50 1 '"quality":0' >>in
	[[ $(status -m timed --now 2026-03-01T12:00:05Z) == 'synchronized 0.7' ]]
	echo '{"type":"deleted","entity_id":"a","property":"y","timestamp":"2026-03-01T12:00:51Z"}' >>in
	[[ $(status -m timed --now 2026-03-01T12:00:05Z) == 'initializing 0' ]]
}

@test "without required properties all that there are count, deleted ones not" {
	reading a x 0 1 '"quality":0.9' >in
	reading a y 20 1 >>in
	[[ $(status --stale-after 40s) == 'synchronized 0.6363961030678928' ]]
	echo '{"type":"deleted","entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:20Z"}' >>in
	[[ $(status --stale-after 40s) == 'synchronized 1' ]]
}

# --- Delta ---

@test "a delta is written whenever it becomes another, and empty when the last desire is met" {
	{
		reading a x 0 1
		reading a y 0 true
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"x":1,"y":false,"q":null}}'
		reading a z 2 1
		reading a x 3 1.0
		reading a y 3 false '"quality":0.5'
		reading a y 4 false
		reading a y 5 true
	} >in
	run -0 twin-sync -q -e delta in
	same <<'END'
{"type":"delta","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"x":1,"y":false},"since":"2026-03-01T12:00:01Z","metadata":{"x":{"timestamp":"2026-03-01T12:00:01Z"},"y":{"timestamp":"2026-03-01T12:00:01Z"}}}
{"type":"delta","entity_id":"a","timestamp":"2026-03-01T12:00:03Z","properties":{"y":false},"since":"2026-03-01T12:00:01Z","metadata":{"y":{"timestamp":"2026-03-01T12:00:01Z"}}}
{"type":"delta","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","properties":{}}
{"type":"delta","entity_id":"a","timestamp":"2026-03-01T12:00:05Z","properties":{"y":false},"since":"2026-03-01T12:00:01Z","metadata":{"y":{"timestamp":"2026-03-01T12:00:01Z"}}}
END
}

# delta DESIRED REPORTED [OPTION...]: the delta that is left of properties desired, when those of a state of the same time are reported.
delta() {
	printf '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":%s}\n' "$1" >in
	printf '{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":%s}\n' "$2" >>in
	twin-sync -q "${@:3}" in | jq -c '.delta // {}'
}

@test "delta is over what is desired only, nested, arrays as a whole, numbers by value" {
	needs jq
	[[ $(delta '{"x":1}' '{"x":1,"y":2}') == '{}' ]]
	[[ $(delta '{"x":{"y":1,"z":2}}' '{"x":{"y":1,"z":3}}') == '{"x":{"z":2}}' ]]
	[[ $(delta '{"x":[1,2]}' '{"x":[1,2,3]}') == '{"x":[1,2]}' ]]
	[[ $(delta '{"x":[1,{"a":2,"b":3}]}' '{"x":[1.0,{"b":3,"a":20e-1}]}') == '{}' ]]
	[[ $(delta '{"x":"a"}' '{"x":"\u0061"}') == '{}' ]]
	[[ $(delta '{"x":1}' '{"x":"1"}') == '{"x":1}' ]]
	[[ $(delta '{"x":{"y":1}}' '{"x":5}') == '{"x":{"y":1}}' ]]
	[[ $(delta '{"x":5}' '{"x":{"y":1}}') == '{"x":5}' ]]
}

@test "an empty object is met by any object, and by no other value" {
	needs jq
	[[ $(delta '{"x":{}}' '{"x":{}}') == '{}' ]]
	[[ $(delta '{"x":{}}' '{"x":{"y":{"z":1}}}') == '{}' ]]
	[[ $(delta '{"x":{}}' '{"x":[]}') == '{"x":{}}' ]]
	[[ $(delta '{"x":{}}' '{}') == '{"x":{}}' ]]
}

@test "the model's tolerance decides, at the bound and beyond it" {
	needs jq
	echo '{"properties":{"x":{"tolerance":0.5},"r":{"tolerance":{"relative":0.1}}}}' >model
	[[ $(delta '{"x":40,"r":100}' '{"x":40.5,"r":90}' -m model) == '{}' ]]
	[[ $(delta '{"x":40,"r":100}' '{"x":40.51,"r":89}' -m model) == '{"r":100,"x":40}' ]]
	[[ $(delta '{"x":[40]}' '{"x":[39.5]}' -m model) == '{}' ]]
	[[ $(delta '{"x":40}' '{"x":40.5}') == '{"x":40}' ]]
}

@test "a reading that is older than the desire does not meet it, one inside a newer object does" {
	{
		reading a x 0 1
		reading a o 2 '{"y":1,"z":[{"w":7}]}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"x":1,"o":{"y":1,"z":[{"w":7}]}}}'
	} >in
	run -0 twin-sync -q -e delta in
	[[ $output == '{"type":"delta","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":1},"since":"2026-03-01T12:00:01Z","metadata":{"x":{"timestamp":"2026-03-01T12:00:01Z"}}}' ]]
}

@test "a reading whose ack refuses the command does not meet its desire, another command's does" {
	{
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","command_id":"c1","properties":{"x":1}}'
		reading a x 1 1 '"ack":{"command_id":"c1","code":400}'
	} >in
	run -0 bash -c 'twin-sync -q -e delta in | wc -l'
	[[ $output -eq 1 ]]
	sed 's/"code":400/"code":399/' in >other
	run -0 bash -c 'twin-sync -q -e delta other | tail -n 1'
	[[ $output == *'"properties":{}}' ]]
	sed 's/{"command_id":"c1"/{"command_id":"c2"/' in >other
	run -0 bash -c 'twin-sync -q -e delta other | tail -n 1'
	[[ $output == *'"properties":{}}' ]]
}

# --- Changes ---

@test "a change holds what the record changed, and nothing is written where it changed nothing" {
	{
		reading a x 1 1
		reading a x 0 0
		reading a x 2 2 '"quality":0.1'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:03Z","properties":{"x":5,"y":{"z":6}}}'
		echo '{"type":"deleted","entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:04Z"}'
		echo '{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T12:00:05Z"}'
		echo '{"type":"prediction","entity_id":"b","timestamp":"2026-03-01T12:00:05Z","method":"m"}'
	} >in
	run -0 twin-sync -q -e change in
	same <<'END'
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","properties":{"x":1},"metadata":{"x":{"timestamp":"2026-03-01T12:00:01Z"}}}
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":1},"metadata":{"x":{"timestamp":"2026-03-01T12:00:01Z","last":{"timestamp":"2026-03-01T12:00:02Z","quality":0.1,"value":2}}}}
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:03Z","properties":{},"desired":{"x":5,"y":{"z":6}},"desired_metadata":{"x":{"timestamp":"2026-03-01T12:00:03Z"},"y/z":{"timestamp":"2026-03-01T12:00:03Z"}}}
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","properties":{},"metadata":{"x":{"timestamp":"2026-03-01T12:00:04Z","deleted":true}}}
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:05Z","deleted":"2026-03-01T12:00:05Z","properties":{}}
{"type":"change","entity_id":"b","timestamp":"2026-03-01T12:00:05Z","properties":{},"computed_metrics":{"predictions":{"m":{"timestamp":"2026-03-01T12:00:05Z","method":"m"}}}}
END
	twin-sync -q -e change in | shuf --random-source=in | twin-sync -q | cmp - <(twin-sync -q in)
}

# --- Events ---

# short: of events on standard input only what a test wants to compare.
short() {
	jq -r '[.timestamp[14:-1], .entity_id, .property, .event, .message // empty, .begin // empty] | join(" ")'
}

@test "a property is stale from the moment its reading is too old, and recovers with the next" {
	needs jq
	{
		reading a x 0 1
		reading b x 10 1
		reading a x 10.5 1
		reading a x 20 1
		reading b x 59 1
	} >in
	run -0 twin-sync -q -e event --stale-after 10s in
	short <<<"$output" >got
	same got <<'END'
00:10 a x stale no reading since 2026-03-01T12:00:00Z, stale after 10s
00:10.5 a x recovered 2026-03-01T12:00:10Z
00:20 b x stale no reading since 2026-03-01T12:00:10Z, stale after 10s
00:30 a x stale no reading since 2026-03-01T12:00:20Z, stale after 10s
00:59 b x recovered 2026-03-01T12:00:20Z
END
	[[ ${lines[1]} == '{"type":"event","id":"'????????????????'","entity_id":"a","timestamp":"2026-03-01T12:00:10.5Z","begin":"2026-03-01T12:00:10Z","end":"2026-03-01T12:00:10.5Z","event":"recovered","severity":"info","property":"x"}' ]]
}

@test "late readings, bad ones and deleted properties make nothing recover or stale" {
	needs jq
	{
		reading a x 00 1
		reading b y 15 1
		reading a x 01 2
		reading a x 16 3 '"quality":0.2'
		reading c x 16 1
		echo '{"type":"deleted","entity_id":"c","property":"x","timestamp":"2026-03-01T12:00:17Z"}'
		reading b y 20 1
		reading b y 29 1
		reading b y 38 1
	} >in
	run -0 twin-sync -q -e event --stale-after 10s in
	short <<<"$output" >got
	same got <<'END'
00:10 a x stale no reading since 2026-03-01T12:00:00Z, stale after 10s
END
}

@test "stale times come from the model, property by property" {
	needs jq
	echo '{"applies_to":["a"],"properties":{"x":{"interval":"1s"},"y":{"stale_after":"7s"}}}' >model
	{
		for p in x y z; do
			reading a $p 0 1
			reading b $p 0 1
		done
		reading a z 50 1
	} >in
	run -0 twin-sync -q -m model -e event in
	short <<<"$output" >got
	same got <<'END'
00:04 a x stale no reading since 2026-03-01T12:00:00Z, stale after 4s
00:07 a y stale no reading since 2026-03-01T12:00:00Z, stale after 7s
END
}

@test "with --now all that is due by then comes at the end, in the order of its time" {
	needs jq
	{
		reading b x 5 1
		reading a x 0 1
		reading a y 0 1
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","deadline":"2026-03-01T12:00:12Z","properties":{"v":1}}'
		reading c x 30 1
	} >in
	run -0 twin-sync -q -e event --stale-after 10s --now 2026-03-01T12:00:20Z in
	short <<<"$output" >got
	same got <<'END'
00:10 a x stale no reading since 2026-03-01T12:00:00Z, stale after 10s
00:10 a y stale no reading since 2026-03-01T12:00:00Z, stale after 10s
00:12 a v desired-overdue
00:15 b x stale no reading since 2026-03-01T12:00:05Z, stale after 10s
END
	run -0 twin-sync -q -e event --stale-after 10s --now 2026-03-01T12:00:10Z in
	[[ -z $output ]]
}

@test "a desire is met, overdue or refused once, and met again after it was not" {
	needs jq
	{
		reading a x 0 0
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","deadline":"2026-03-01T12:00:05Z","command_id":"c","properties":{"x":1,"y":{"z":2}}}'
		reading a x 2 1
		reading a x 3 1
		reading a x 4 0
		reading a x 6 1
		reading a y/z 7 0 '"ack":{"command_id":"c","code":503,"message":"too \"hot\""}'
		reading a y/z 8 0 '"ack":{"command_id":"c","code":503}'
		reading a y/z 9 2
	} >in
	run -0 twin-sync -q -e event in
	short <<<"$output" >got
	same got <<'END'
00:02 a x desired-met
00:05 a x desired-overdue
00:05 a y/z desired-overdue
00:06 a x desired-met
00:07 a y/z desired-refused too "hot"
00:09 a y/z desired-met
END
}

@test "a desire is overdue by the deadline that holds, also when a newer one is earlier" {
	needs jq
	{
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","deadline":"2026-03-01T12:00:30Z","properties":{"x":1}}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","deadline":"2026-03-01T12:00:05Z","properties":{"x":2}}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","deadline":"2026-03-01T12:00:03Z","properties":{"y":1}}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:01Z","deadline":"2026-03-01T12:00:20Z","properties":{"y":1}}'
		reading b x 10 1
		reading b x 40 1
	} >in
	run -0 twin-sync -q -p -e event in
	tail -n 4 <<<"$output" | jq -r '[.entity_id, .property, .event // "", .timestamp[14:-1]] | join(" ")' >got
	same got <<'END'
b x  00:10
a x desired-overdue 00:05
b x  00:40
a y desired-overdue 00:20
END
}

@test "desires that were met before they were known are met at once, and withdrawn ones never" {
	needs jq
	{
		reading a x 5 1
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","properties":{"x":1}}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:04Z","deadline":"2026-03-01T12:00:08Z","properties":{"y":1}}'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:06Z","properties":{"y":null}}'
		reading a y 20 1
	} >in
	run -0 twin-sync -q -e event in
	short <<<"$output" >got
	same got <<'END'
00:04 a x desired-met
END
}

@test "the same record once more brings no event once more" {
	echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"origin":"b:1"}' >in
	reading a x 1 1 '"origin":"b:2"' >>in
	sed 's/"b:/"a:/' in >again
	run -0 bash -c 'twin-sync -q -e event in again in | cut -d, -f5'
	[[ $output == '"event":"desired-met"' ]]
}

# --- Where it is written ---

@test "-e sends each type to its file, several to one, and the rest to the output" {
	{
		reading a x 0 1
		reading a x 0 1
		echo bad
	} >in
	run -3 --separate-stderr twin-sync -e state=s.gz,refused=both -e rejected=both,change in
	[[ $output == '{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z"}}}' ]]
	same both <<'END'
{"type":"refused","reason":"duplicate","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}}
{"type":"rejected","reason":"invalid","message":"expected a JSON object at byte 1","source":"in","line":3,"input":"bad"}
END
	gzip -dc s.gz | grep -q '^{"type":"state","entity_id":"a",'
}

@test "a file that is the output and a type's too is written once, and so is standard output" {
	reading a x 0 1 >in
	twin-sync -e state,change in >want
	twin-sync -o both -e state,change=both in
	cmp want both
	twin-sync -e state,change=- in | cmp want -
}

@test "a file that is read is not written" {
	reading a x 0 1 >in
	cp in want
	ln -s in link
	run -2 --separate-stderr twin-sync -o in in
	[[ $stderr == "twin-sync: 'in' is an input: write to another file and rename it" ]]
	run -2 twin-sync -q -e state,change=./link in
	run -2 twin-sync -q --rejects in - in
	cmp want in
}

@test "unknown types and missing names of -e are errors that say what there is" {
	run -2 --separate-stderr twin-sync -e state,stat
	[[ $stderr == "twin-sync: --emit: 'stat' is none of state, change, delta, event, refused, rejected; did you mean 'state'?" ]]
	run -2 --separate-stderr twin-sync -e state=
	[[ $stderr == "twin-sync: --emit: 'state=' names no file" ]]
}

@test "rejected lines come in order with the products of the others" {
	{
		reading a x 0 1
		printf 'caf\351\n'
		reading a x 1 2
	} >in
	run -3 --separate-stderr twin-sync -e change,rejected in
	[[ ${lines[0]} == '{"type":"change"'*'"x":1'* ]]
	[[ ${lines[1]} == '{"type":"rejected","reason":"invalid","message":'*'"source":"in","line":2,"input":{"base64":"Y2Fm6Q=="}}' ]]
	[[ ${lines[2]} == '{"type":"change"'*'"x":2'* ]]
}

@test "-p passes the input line by line, each product behind what caused it, and no bad line" {
	{
		reading a x 0 1
		echo '{"type":"label","entity_id":"a",  "any":"thing"}'
		echo bad
		echo '{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"metadata":{"x":{"timestamp":"noon"}}}'
		printf ' %s\r\n' "$(reading a x 0 0)"
		reading a x 2 2 '"more":[1, 2]'
	} >in
	run -3 --separate-stderr twin-sync -p -e change,refused,state in
	same <<END
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"x":1},"metadata":{"x":{"timestamp":"2026-03-01T12:00:00Z"}}}
{"type":"label","entity_id":"a",  "any":"thing"}
 {"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":0}$(printf '\r')
{"type":"refused","reason":"conflict","input":{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":0}}
{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:02Z","value":2,"more":[1, 2]}
{"type":"change","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":2},"metadata":{"x":{"timestamp":"2026-03-01T12:00:02Z"}}}
{"type":"state","entity_id":"a","timestamp":"2026-03-01T12:00:02Z","properties":{"x":2},"sync_status":"unknown","confidence_score":1,"metadata":{"x":{"timestamp":"2026-03-01T12:00:02Z"}}}
END
	[[ ${stderr_lines[2]} == 'twin-sync: 3 readings, 1 refused (1 conflict)' ]]
}

@test "--every writes the states whenever event time passes a multiple, as they were before" {
	needs jq
	{
		reading a x 01 1
		reading b x 09 1
		reading a x 10 2
		reading a x 08 0
		reading a x 35 3
	} >in
	run -0 bash -c 'twin-sync -q --every 10s in | jq -r "[.entity_id, .properties.x, .timestamp[17:19]] | @tsv"'
	same <<'END'
a	1	01
b	1	09
a	2	10
b	1	09
a	3	35
b	1	09
END
}

@test "-E, -P, --from and --to choose what counts" {
	needs jq
	{
		reading a/1 x 0 1
		reading a/1 y/z 1 2
		reading b x 2 3
		reading c x 3 4
		echo '{"type":"deleted","entity_id":"c","timestamp":"2026-03-01T12:00:05Z"}'
		echo '{"type":"desired","entity_id":"b","timestamp":"2026-03-01T12:00:04Z","properties":{"x":1,"y":{"w":2}}}'
	} >in
	# what OPTION...: twin, property, desired property of what is left
	what() {
		twin-sync -q "$@" in | jq -r '"\(.type) \(.entity_id) \(.properties // {} | [paths(scalars) | join("/")] | join(",")) \(.desired // {} | [paths(scalars) | join("/")] | join(","))"'
	}
	what -E 'a*' >got
	same got <<'END'
state a/1 x,y/z 
END
	what -E '?' -P 'y*' >got
	same got <<'END'
state b  y/w
deleted c  
END
	what -P x -P 'y/?' --from 2026-03-01T12:00:01Z --to 2026-03-01T12:00:05Z >got
	same got <<'END'
state a/1 y/z 
state b x x,y/w
state c x 
END
	run -2 --separate-stderr twin-sync --from 2026-03-02 --to 2026-03-01 in
	[[ ${stderr_lines[0]} == *'--from is not before --to'* ]]
}

@test "the same bytes come out for one, two and four threads, from a file and from a pipe" {
	awk 'BEGIN {
		srand(7)
		for (i = 0; i < 60000; i++) {
			if (i % 5000 == 4999) { print "broken " i; continue }
			if (i % 500 == 0) { printf "{\"type\":\"desired\",\"entity_id\":\"t%d\",\"timestamp\":\"2026-03-01T12:%02d:%02dZ\",\"properties\":{\"p1\":%d}}\n", rand() * 40, i / 1000, i / 17 % 60, rand() * 5; continue }
			printf "{\"entity_id\":\"t%d\",\"property\":\"p%d\",\"timestamp\":\"2026-03-01T12:%02d:%02d.%dZ\",\"value\":%d}\n", rand() * 40, rand() * 4, i / 1000, rand() * 60, rand() * 10, rand() * 5
		}
	}' >in
	run -3 --separate-stderr twin-sync -j 1 --stale-after 1m -e state=s1,change=c1,delta=d1,event=e1,refused=f1,rejected=r1 in
	want=$stderr
	for j in 2 4; do
		run -3 --separate-stderr twin-sync -j $j --stale-after 1m -e state=s2,change=c2,delta=d2,event=e2,refused=f2,rejected=r2 in
		[[ $stderr == "$want" ]]
		for type in s c d e f r; do
			[[ -s ${type}1 ]]
			cmp ${type}1 ${type}2
		done
	done
	run -3 --separate-stderr bash -c 'cat in | twin-sync -q -j 2 --stale-after 1m | cmp s1 -; exit ${PIPESTATUS[1]}'
	[[ -z $output ]]
}

# --- While it runs ---

# start OPTION...: twin-sync in the background, its input on descriptor $to and its output on $from.
start() {
	mkfifo in out
	timeout 60 twin-sync -q "$@" <in >out 2>err 3>&- &
	runs=$!
	exec {to}>in {from}<out
}

# next: reads one line of output into $line.
next() {
	IFS= read -r -t 30 line <&"$from" || { echo "no line came: $(cat err)"; return 1; }
}

finish() {
	exec {to}>&-
	cat <&"$from" >rest
	wait "$runs"
}

@test "an answer comes as soon as its input, before the input ends" {
	start -e change,delta,refused,rejected
	reading a x 0 1 >&"$to"
	next
	[[ $line == '{"type":"change"'* ]]
	reading a x 0 1 >&"$to"
	next
	[[ $line == '{"type":"refused","reason":"duplicate"'* ]]
	echo bad >&"$to"
	next
	[[ $line == '{"type":"rejected"'* ]]
	status=0
	finish || status=$?
	[[ $status -eq 3 ]]
	[[ ! -s rest ]]
}

@test "what a file gives is there before a silent input behind it, or half a line, is waited for" {
	reading b y 0 1 >first
	start -e change,state first -
	next
	[[ $line == '{"type":"change","entity_id":"b"'* ]]
	printf '{"entity_id":"a",' >&"$to"
	kill -USR1 "$(pgrep -P "$runs")"
	next
	[[ $line == '{"type":"state","entity_id":"b"'* ]]
	echo '"property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}' >&"$to"
	next
	[[ $line == '{"type":"change","entity_id":"a"'* ]]
	finish
	[[ $(wc -l <rest) -eq 2 ]]
}

@test "SIGUSR1 brings the states while the input is silent, with one thread and with more" {
	for threads in 1 2; do
		rm -f in out
		start -j $threads -e state,change
		awk 'BEGIN { for (i = 0; i < 40000; i++) printf "{\"entity_id\":\"a\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:00.%06dZ\",\"value\":%d}\n", i, i }' >many
		cat many >&"$to" &
		for ((i = 0; i < 40000; i++)); do next; done
		[[ $line == '{"type":"change"'*'"x":39999'* ]]
		kill -USR1 "$(pgrep -P "$runs")"
		next
		[[ $line == '{"type":"state"'*'"x":39999'* ]]
		finish
		[[ $(wc -l <rest) -eq 1 ]]
	done
}

@test "--now live lets what becomes stale and overdue come out while the input is silent" {
	start --now live --stale-after 300ms -e event
	now=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
	soon=$(date -u -d '+1 second' +%Y-%m-%dT%H:%M:%S.%NZ)
	printf '{"entity_id":"a","property":"x","timestamp":"%s","value":1}\n' "$now" >&"$to"
	printf '{"type":"desired","entity_id":"a","timestamp":"%s","deadline":"%s","properties":{"v":1}}\n' "$now" "$soon" >&"$to"
	next
	[[ $line == *'"event":"stale"'*'"property":"x"'* ]]
	next
	[[ $line == *'"event":"desired-overdue"'*'"property":"v"'* ]]
	printf '{"entity_id":"a","property":"x","timestamp":"%s","value":2}\n' "$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)" >&"$to"
	next
	[[ $line == *'"event":"recovered"'* ]]
	next
	[[ $line == *'"event":"stale"'* ]]
	finish
	[[ ! -s rest ]]
}

@test "--now live judges --max-future by the machine's clock" {
	printf '{"entity_id":"a","property":"x","timestamp":"%s","value":1}\n' "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" >in
	reading a x 0 0 >>in
	sed -i 's/2026-03-01/2020-03-01/' in
	run -0 twin-sync -q --now live --max-future 1m -e refused,state=s in
	[[ $output == '{"type":"refused","reason":"future"'* ]]
	grep -q '"x":0' s
}

@test "rejected lines are in their file before the program waits" {
	start --rejects kept -e change
	echo bad >&"$to"
	reading a x 0 1 >&"$to"
	next
	[[ $(<kept) == bad ]]
	status=0
	finish || status=$?
	[[ $status -eq 3 ]]
}

# --- Writing fails ---

@test "a full disk is trouble, for the output and for each file of -e" {
	reading a x 0 1 >in
	run -2 bash -c 'twin-sync -q in 2>message >/dev/full'
	grep -qx 'twin-sync: cannot write standard output: No space left on device' message
	for type in state change; do
		run -2 bash -c "twin-sync -q -e $type=/dev/full in 2>message"
		grep -qx "twin-sync: cannot write '/dev/full': No space left on device" message
	done
	echo bad >>in
	run -2 bash -c 'twin-sync -q --rejects /dev/full in 2>message >answer'
	grep -q 'No space left on device' message
}

@test "a reader that has seen enough ends it, also in the middle of a long input" {
	awk 'BEGIN { for (i = 0; i < 200000; i++) printf "{\"entity_id\":\"a\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:00.%06dZ\",\"value\":%d}\n", i, i }' >in
	run -0 bash -c 'twin-sync -q -e change in | head -n 1 | cut -c 1-16; echo "${PIPESTATUS[0]}"'
	same <<'END'
{"type":"change"
141
END
}

# --- For people ---

@test "a terminal gets a table, and everything else NDJSON" {
	needs script
	reading pump temperature 0 21.50 '"unit":"C"' >in
	reading pump speed 5 1480 >>in
	twin-sync -q -F table in >want
	same want <<'END'
pump  unknown  confidence 1  2026-03-01T12:00:05Z
  speed         1480     2026-03-01T12:00:05Z
  temperature  21.50  C  2026-03-01T12:00:00Z
END
	NO_COLOR=1 script -qec 'twin-sync -q in' /dev/null </dev/null | tr -d '\r' | cmp want -
	NO_COLOR=1 TWIN_FORMAT=ndjson script -qec 'twin-sync -q in' /dev/null </dev/null | tr -d '\r' | cmp <(twin-sync -q in) -
	NO_COLOR=1 script -qec 'twin-sync -q -F table -o file in' /dev/null </dev/null
	cmp want file
}

@test "the answer and the status are the same for every format" {
	reading a x 0 1 >in
	echo bad >>in
	for format in auto table ndjson csv; do
		run -3 --separate-stderr twin-sync -F $format in
		[[ -n $output && ${#stderr_lines[@]} -eq 1 ]]
	done
}

@test "CSV has a row for each property" {
	{
		reading a x 0 1.50 '"unit":"m, s"'
		reading a y 1 '"say \"so\""'
	} >in
	run -0 twin-sync -q -F csv in
	[[ ${#lines[@]} -eq 3 ]]
	[[ $output == *'"m, s"'* && $output == *1.50* && $output == *'say ""so""'* ]]
}

@test "CSV is one table, whatever becomes of the twins" {
	{
		reading a x 0 1
		reading a bad 0 7 '"quality":0'
		echo '{"type":"desired","entity_id":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"level":5}}'
		reading b x 0 1
		echo '{"type":"deleted","entity_id":"b","timestamp":"2026-03-01T12:00:30Z"}'
		echo '{"type":"desired","entity_id":"b","timestamp":"2026-03-01T12:00:31Z","properties":{"level":null}}'
		reading c x 0 1
	} >in
	twin-sync -q -F csv in | cut -d, -f 1-11 >got
	same got <<'END'
type,entity_id,property,value,timestamp,unit,quality,sensor_id,desired,delta,deleted
state,a,bad,7,2026-03-01T12:00:00Z,,0,,,,
state,a,level,,,,,,5,5,
state,a,x,1,2026-03-01T12:00:00Z,,,,,,
deleted,b,,,2026-03-01T12:00:30Z,,,,,,true
desired,b,level,,2026-03-01T12:00:31Z,,,,null,,
state,c,x,1,2026-03-01T12:00:00Z,,,,,,
END
	twin-sync -q -p -e change,delta -F csv in >all
	twin-ingest -q -F csv --no-origin in >readings
	python3 -c 'import csv
rows = list(csv.reader(open("all")))
assert {len(row) for row in rows} == {len(rows[0])} and rows[0] == next(csv.reader(open("readings")))
assert sorted({row[0] for row in rows[1:]}) == ["change", "deleted", "delta", "desired", "reading"]
assert [row[10] for row in rows if row[:3] == ["change", "b", ""]] == ["true"]'
}

@test "a table that goes into a file is as wide as it needs to be, one on a terminal is not" {
	needs script
	reading pump-of-the-station temperature 0 "\"$(printf '%090d' 0)\"" '"unit":"C"' >in
	unset COLUMNS
	twin-sync -q -e change -F table in >whole
	grep -q '  "\?0\{90\}"\?  C$' whole
	NO_COLOR=1 script -qec 'twin-sync -q -e change in' /dev/null </dev/null | grep -q '0…'
	COLUMNS=80 twin-sync -q -e change -F table in | grep -q '0…'
}

# --- Said on standard error ---

@test "--stats counts records, refusals, twins and registers as JSON" {
	mixed
	reading a x 5 2 '"sensor_id":"s"' >>three
	echo '{"type":"score"}' >>three
	run -0 --separate-stderr twin-sync -q --stats one two three
	[[ $stderr == '{"readings":3,"desired":1,"deleted":1,"states":1,"changes":1,"predictions":1,"events":1,"ignored":1,"skipped":0,"refused":{"stale":0,"outranked":0,"duplicate":1,"conflict":0,"future":0,"unknown-entity":0,"wrong-type":0,"out-of-range":0},"twins":3,"registers":6,"rejected":0}' ]]
}

@test "what selection leaves out is counted, and told when it is everything" {
	mixed
	reading a x 5 2 >>four
	run -0 --separate-stderr twin-sync --stats -E 'nosuch*' four
	[[ -z $output && $stderr == *'leave out all of the input'*'"skipped":1,'* ]]
	run -0 --separate-stderr twin-sync -q -E 'nosuch*' four
	[[ -z $output && -z $stderr ]]
}

@test "input without a single record points to twin-ingest" {
	printf 'time,flow\n2026-03-01T12:00:00Z,3\n' >rows.csv
	run -3 --separate-stderr twin-sync rows.csv
	[[ -z $output && $stderr == *'rows.csv:1: '*'twin-ingest makes them of other formats' ]]
}

@test "a type of -e that is nearly right is asked back" {
	run -2 --separate-stderr twin-sync -e changes </dev/null
	[[ $stderr == *"did you mean 'change'?"* ]]
}

cycle() { # N VALUE: a reading of the Nth cycle
	printf '{"entity_id":"e","property":"p","timestamp":"1970-01-01T00:%02d:%02dZ","value":%s,"metadata":{"axis":{"unit":"cycle","value":%d}}}\n' $(($1 / 60)) $(($1 % 60)) "$2" "$1"
}

@test "a recording that counts cycles keeps its counts, and lengths of time may count too" {
	{ cycle 3 30 && cycle 1 10 && cycle 70 7; } >cycles
	echo '{"axis":{"unit":"cycle"},"properties":{"p":{"interval":"1cycle"}}}' >model
	run -0 twin-sync -q -m model --stale-after 30cycle --now 1970-01-01T00:01:45Z cycles
	[[ $output == *'"sync_status":"stale"'*'"metadata":{"p":{"timestamp":"1970-01-01T00:01:10Z","axis":{"unit":"cycle","value":70}}}}' ]]
	run -0 twin-sync -q -m model --stale-after 40cycle --now 1970-01-01T00:01:45Z cycles
	[[ $output == *'"sync_status":"synchronized"'* ]]
	twin-sync -q cycles >state
	twin-sync -q state | cmp - state
	run -0 twin-sync -q -F table cycles
	[[ $output == *'70 cycle'* && $output != *1970* ]]
	run -2 --separate-stderr twin-sync --stale-after 30cycle cycles
	[[ $stderr == *"option '--stale-after'"*'30cycle'* ]]
}

@test "a signal is not lost between two waits" {
	mkfifo in out
	twin-sync -F ndjson -e change,state <in >out &
	local sync=$! to from line
	exec {to}>in {from}<out
	reading a x 1 1 >&"$to"
	read -r -t 10 line <&"$from"
	for _ in 1 2 3 4 5 6 7 8; do
		kill -USR1 "$sync"
		read -r -t 10 line <&"$from"
		[[ $line == *'"type":"state"'* ]]
	done
	exec {to}>&-
	wait "$sync"
}

@test "--explain says which model, zone and clock are in use" {
	echo '{}' >model
	run -0 --separate-stderr twin-sync --explain </dev/null
	[[ $stderr == $'twin-sync: model: none\ntwin-sync: zone of times in options: UTC\ntwin-sync: clock: the newest reading' ]]
	run -0 --separate-stderr twin-sync --explain -m model --now '2026-03-01 12:00' --tz Europe/Berlin </dev/null
	[[ $stderr == $'twin-sync: model: model\ntwin-sync: zone of times in options: Europe/Berlin\ntwin-sync: clock: 2026-03-01T11:00:00Z (--now)' ]]
}

@test "memory grows with the twins, not with the lines" {
	needs /usr/bin/time
	if grep -q __asan_init "$(command -v twin-sync)"; then skip "a sanitizer keeps what is freed"; fi
	awk -v lines=20000 'BEGIN { for (i = 0; i < lines; i++) printf "{\"entity_id\":\"t%d\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:%09.6fZ\",\"value\":%d}\n", i % 50, i / 20000, i }' >few
	for ((i = 0; i < 20; i++)); do sed "s/12:00:/12:$((i + 10)):/" few; done >many
	for options in '-j 1' '-j 1 --stale-after 100us -e event=/dev/null' '-j 1 -e change,delta,refused'; do
		# shellcheck disable=SC2086 # words are meant
		/usr/bin/time -f %M -o small twin-sync -q $options few >/dev/null
		# shellcheck disable=SC2086
		/usr/bin/time -f %M -o large twin-sync -q $options many >/dev/null
		echo "$options: $(<small) KiB, $(<large) KiB"
		(($(<large) < $(<small) + 2000))
	done
}

@test "a large value is compared with many small ones of its time in no time" {
	{
		reading a x 0 "{$(for ((i = 0; i < 20000; i++)); do printf '"k%d":%d,' "$i" "$i"; done)\"z\":0}"
		for ((i = 0; i < 3000; i++)); do reading a x 0 "{\"a\":$i}"; done
	} >in
	run -0 timeout 20 twin-sync --stats -q -o out in
	[[ $output == *'"conflict":3000,'* ]]
}

@test "a twin of many properties does not slow down every reading" {
	awk 'BEGIN {
		print "{\"type\":\"desired\",\"entity_id\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"properties\":{\"wish\":1}}"
		for (i = 0; i < 30000; i++) printf "{\"entity_id\":\"a\",\"property\":\"p%d\",\"timestamp\":\"2026-03-01T12:00:%02d.%dZ\",\"value\":1}\n", i, i / 1000, i % 1000
	}' >in
	timeout 20 twin-sync -q -e event,delta in >out
	[[ $(wc -l <out) -eq 1 ]]
}

@test "what an option names is not written over" {
	echo '{"properties":{}}' >m.json
	echo a >list
	echo '{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}' >in
	run -2 twin-sync -m m.json -o m.json in
	says m.json
	[[ $(<m.json) == '{"properties":{}}' ]]
	run -2 twin-sync --entities list -o list in
	says list
	[[ $(<list) == a ]]
}

@test "a member of a model that is nearly a known one is told" {
	echo '{"properties":{"x":{"rnage":[0,1]}}}' >m.json
	echo '{"entity_id":"a","property":"x","timestamp":"2026-03-01T12:00:00Z","value":1}' >in
	run -0 twin-sync -m m.json -o out in
	says "'rnage'"
	run -0 twin-sync -q -m m.json -o out in
	[[ -z $output ]]
}
