#!/usr/bin/env bats
# Merge, delta and tolerance vectors, turned into records, through twin-sync.

load helper

setup() {
	scratch
	require_data vectors/derived
	# shellcheck disable=SC2154 # require_data sets it
	VECTORS=$data D=$PWD
}

vectors() {
	python3 "$BATS_TEST_DIRNAME/model/vectors.py" "$@"
}

# merge_with COMMAND...: every group of cases has its own sensor priorities.
merge_with() {
	vectors merge "$VECTORS/merge.ndjson" "$D"
	for records in "$D"/*.ndjson; do
		"$@" "${records%.ndjson}.model.json" "$records"
	done >"$D/states"
	vectors check-merge "$VECTORS/merge.ndjson" "$D/states"
}

@test "every merge vector gives the expected last, usable and desired value" {
	merge_with twin-sync -q -F ndjson -m
}

@test "the plain model of the property tests passes the merge vectors as well" {
	merge_with python3 "$BATS_TEST_DIRNAME/model/fold_model.py" --model
}

@test "every delta vector gives the expected delta, from readings of equal time" {
	vectors delta "$VECTORS/delta.ndjson" readings >"$D/records"
	twin-sync -q -F ndjson -e delta "$D/records" >"$D/deltas"
	vectors check-delta "$VECTORS/delta.ndjson" "$D/deltas"
	twin-sync -q -F ndjson "$D/records" >"$D/states"
	vectors check-delta "$VECTORS/delta.ndjson" "$D/states"
}

@test "every delta vector gives the expected delta, from a state without metadata" {
	vectors delta "$VECTORS/delta.ndjson" state >"$D/records"
	twin-sync -q -F ndjson -e delta "$D/records" >"$D/deltas"
	vectors check-delta "$VECTORS/delta.ndjson" "$D/deltas"
	twin-sync -q -F ndjson "$D/records" >"$D/states"
	vectors check-delta "$VECTORS/delta.ndjson" "$D/states"
}

@test "every tolerance vector decides whether a desired value is met" {
	vectors tolerance "$VECTORS/tolerance.ndjson" model >"$D/model.json"
	vectors tolerance "$VECTORS/tolerance.ndjson" records >"$D/records"
	twin-sync -q -F ndjson -m "$D/model.json" "$D/records" >"$D/states"
	vectors check-tolerance "$VECTORS/tolerance.ndjson" "$D/states"
}

@test "every three-way vector gives the merged document and the conflicts, whatever the order of the replicas" {
	vectors three-way "$VECTORS/three-way.ndjson" "$D" twin-merge
}
