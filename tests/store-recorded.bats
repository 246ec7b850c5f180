#!/usr/bin/env bats
# Recordings of real machines go into a store by mapping files and come out as the same distinct readings, in time order for each series,
# conflicts included.

load helper

setup() {
	scratch
	needs python3
	MAPPINGS="$BATS_TEST_DIRNAME/data/mappings"
}

# ingest MAPPING FILE...: adds the readings to `in`.
ingest() {
	twin-ingest -q -e reading --map "$@" >>in
}

# comes_back: what is in `in` goes into a store in two runs, the later half first, and is compared with what comes out. Says how much it was.
comes_back() {
	local lines
	lines=$(wc -l <in)
	tail -n +$((lines / 2 + 1)) in | twin-sync -q -o /dev/null -s s.twin --commit 20000
	head -n $((lines / 2)) in | twin-sync -q -o /dev/null -s s.twin
	twin-get -s s.twin --history >out
	run -0 python3 "$BATS_TEST_DIRNAME/model/same_readings.py" in out
	rm in out s.twin
}

@test "all runs of the water rig come out of a store as they went in" {
	require_data recorded/water-rig
	ingest "$TWIN_ROOT/examples/20-water-rig/map.json" "$data"/*/*.csv
	comes_back
	says ' 0 in conflict'
}

@test "the engines of the first of four sets, and how long all of them last, come out of a store as they went in" {
	require_data recorded/turbofan
	ingest "$TWIN_ROOT/examples/21-turbofan/map.json" "$data"/{train,test}_FD001.txt.gz
	ingest "$MAPPINGS/turbofan-life.json" "$data"/RUL_FD00?.txt
	comes_back
	says ' 0 in conflict'
}

@test "all series of servers, roads and messages come out of a store as they went in, with what clocks that were set back say twice" {
	require_data recorded/nab/data
	ingest "$TWIN_ROOT/examples/22-server-metrics/map.json" "$data"/*/*.csv
	twice=$(for file in "$data"/*/*.csv; do tail -n +2 "$file" | tr -d '\r' | sort -u | cut -d, -f1 | uniq -D; done | wc -l)
	comes_back
	says " $twice in conflict"
	[ "$twice" -gt 0 ]
}

@test "the chemical plant comes out of a store as it went in" {
	require_data recorded/chemical-plant
	ingest "$MAPPINGS/chemical-plant.json" "$data"/*.csv.gz
	comes_back
	says ' 0 in conflict'
}

@test "the gas turbine comes out of a store as it went in" {
	require_data recorded/gas-turbine
	ingest "$TWIN_ROOT/examples/23-gas-turbine/map.json" "$data"/*.csv.gz
	comes_back
	says ' 0 in conflict'
}

@test "the transformer, the batteries and the milling machine come out of a store as they went in" {
	require_data recorded/transformer recorded/battery recorded/milling recorded
	ingest "$MAPPINGS/transformer.json" "$data"/transformer/*.csv.gz
	ingest "$MAPPINGS/battery.json" "$data"/battery/B00??.csv "$data"/battery/*_discharge.csv
	ingest "$MAPPINGS/battery-charge.json" "$data"/battery/*_charge.csv
	ingest "$MAPPINGS/milling.json" "$data"/milling/*.csv
	comes_back
	says ' 0 in conflict'
}

@test "machines of a fleet that say several things at one time come out of a store with all of them" {
	require_data recorded/fleet-maintenance
	ingest "$MAPPINGS/fleet-events.json" "$data"/PdM_{errors,failures,maint}.csv
	ingest "$MAPPINGS/fleet-machines.json" "$data"/PdM_machines.csv
	several=$(for file in "$data"/PdM_{errors,failures,maint}.csv; do tail -n +2 "$file" | sort -u | cut -d, -f1,2 | uniq -D; done | wc -l)
	comes_back
	says " $several in conflict"
	[ "$several" -gt 0 ]
}
