#!/usr/bin/env bash
# run.sh [CONTEST]... - measures the programs beside other tools on the same work in one run, after comparing the answers; README.md here
# says which there are. Status: 0 done, 1 answers differ, 2 trouble. No figure makes it fail.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${TWIN_BUILD:-$(cd "$here/../.." && pwd)/build}
dir=${TWIN_BENCH_DIR:-/tmp/twin-bench}
readings=${TWIN_BENCH_READINGS:-5000000}
rows=${TWIN_BENCH_ROWS:-2000000}
twins=${TWIN_BENCH_TWINS:-1000000}
rounds=${TWIN_BENCH_ROUNDS:-3}
store_readings=${TWIN_BENCH_STORE_READINGS:-20000000}
bin=$build/bench
answers=$dir/answers
export TWIN_BENCH_PEERS=${TWIN_BENCH_PEERS:-$dir/peers}

# What the queries below were tried with; another version can be put into $TWIN_BENCH_PEERS by hand.
duckdb_package=@duckdb/node-api@1.5.6-r.1
clickhouse_package=chdb@3.4.0

differences=0
failures=0

die() {
	printf 'bench: %s\n' "$1" >&2
	exit 2
}

has() {
	[[ " ${available[*]} " == *" $1 "* ]]
}

# --- what is measured ---------------------------------------------------------------------------------------------

build_tools() {
	mkdir -p "$bin"
	local tool
	for tool in generate measure; do
		[[ $bin/$tool -nt $here/$tool.c ]] || "${CC:-cc}" -std=gnu17 -O2 -o "$bin/$tool" "$here/$tool.c"
	done
}

# make_file FILE COMMAND... - FILE holds what the command prints; made again only when the generator is newer.
make_file() {
	local file=$1
	shift
	[[ $file -nt $bin/generate ]] && return
	"$@" >"$file.new"
	mv "$file.new" "$file"
}

check_sum() {
	local sum expected=$3
	sum=$(sha256sum <"$2")
	printf '%s: %s bytes, sha256 %s\n' "$1" "$(stat -c %s "$2")" "${sum%% *}"
	[[ -z $expected || $expected == "${sum%% *}" ]] || die "$1: the recorded sum is $expected"
}

recorded_sum() {
	awk -v name="$1-$2" '$2 == name { print $1 }' "$here/sums.sha256"
}

prepare_data() {
	stream=$dir/readings-$readings.ndjson
	table=$dir/rows-$rows.csv
	tenth=$dir/readings-$readings-tenth.ndjson
	plain_tenth=$dir/readings-$readings-plain-tenth.ndjson
	fiftieth=$dir/readings-$readings-fiftieth.ndjson
	table_tenth=$dir/rows-$rows-tenth.csv
	table_start=$dir/rows-$rows-start.csv
	make_file "$stream" "$bin/generate" "$readings"
	make_file "$table" "$bin/generate" --csv "$rows"
	points=$dir/points-$rows.lp
	make_file "$points" "$bin/generate" --influx "$rows"
	packs=$dir/packs-$rows.ndjson
	make_file "$packs" "$bin/generate" --senml "$rows"
	make_file "$tenth" head -n $((readings / 10)) "$stream"
	make_file "$fiftieth" head -n $((readings / 50)) "$stream"
	make_file "$plain_tenth" grep -vF 'v\u0061lue' "$tenth"
	make_file "$table_tenth" head -n $((rows / 10 + 1)) "$table"
	make_file "$table_start" head -n $((rows / 100 + 1)) "$table"
	check_sum "stream of $readings readings" "$stream" "$(recorded_sum readings "$readings")"
	check_sum "table of $rows rows" "$table" "$(recorded_sum rows "$rows")"
	check_sum "line protocol of $rows points" "$points" "$(recorded_sum points "$rows")"
	check_sum "SenML of $rows rows" "$packs" "$(recorded_sum packs "$rows")"
	head -n 1 "$stream" >"$dir/one.ndjson"
	head -n 2 "$table" >"$dir/one.csv"
}

# --- who takes part -----------------------------------------------------------------------------------------------

install_peer() {
	[[ -d $TWIN_BENCH_PEERS/node_modules/${2%@*} ]] && return
	printf 'fetching %s into %s\n' "$2" "$TWIN_BENCH_PEERS"
	npm install --prefix "$TWIN_BENCH_PEERS" --no-audit --no-fund --loglevel=error "$2" >"$dir/npm-$1.log" 2>&1 ||
		printf '%s could not be fetched: %s\n' "$1" "$(grep -v '^npm warn' "$dir/npm-$1.log" | head -n 1)"
}

engine() {
	node "$here/engine.js" "$@"
}

# find_peer NAME COMMAND... - takes part if the command prints its version.
find_peer() {
	local name=$1 version
	shift
	if version=$("$@" 2>/dev/null </dev/null | head -n 1) && [[ -n $version ]]; then
		available+=("$name")
		printf '  %-12s %s\n' "$name" "$version"
	else
		printf '  %-12s missing: left out\n' "$name"
	fi
}

find_peers() {
	available=()
	mkdir -p "$TWIN_BENCH_PEERS"
	if command -v npm >/dev/null && command -v node >/dev/null; then
		install_peer DuckDB "$duckdb_package"
		install_peer ClickHouse "$clickhouse_package"
	else
		printf 'no npm: DuckDB and ClickHouse cannot be fetched\n'
	fi
	printf 'programs:\n'
	find_peer twin-sync "$build/twin-sync" --version
	find_peer twin-ingest "$build/twin-ingest" --version
	find_peer twin-select "$build/twin-select" --version
	find_peer twin-check "$build/twin-check" --version
	find_peer twin-get "$build/twin-get" --version
	find_peer DuckDB engine duckdb version
	find_peer ClickHouse engine clickhouse version
	find_peer jq jq --version
	find_peer gojq gojq --version
	find_peer mlr mlr --version
	find_peer sqlite3 sqlite3 --version
	has jq || die "jq is needed to compare the answers: run 'make deps'"
}

print_machine() {
	local model memory
	model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
	memory=$(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)
	printf 'machine: %s cores, %s, %s GiB, Linux %s, load %s\n' "$(nproc)" "${model:-unknown processor}" "$memory" \
		"$(uname -r)" "$(cut -d ' ' -f 1 /proc/loadavg)"
}

# --- the same question in every language --------------------------------------------------------------------------
# The newest reading of every property whose quality, where one is given, is above 0.5. No two readings of a property
# have the same time unless they are copies, so that no tie is left to break.

duckdb_latest() {
	cat <<-SQL
		COPY (SELECT entity_id, property, max(timestamp), arg_max(value, timestamp)
			FROM read_ndjson('$1', columns = {entity_id: 'VARCHAR', property: 'VARCHAR', timestamp: 'TIMESTAMP',
				value: 'DOUBLE', quality: 'DOUBLE'})
			WHERE quality IS NULL OR quality > 0.5
			GROUP BY ALL) TO '/dev/stdout' (FORMAT csv, DELIMITER '\t', HEADER false)
	SQL
}

clickhouse_latest() {
	cat <<-SQL
		SELECT entity_id, property, max(timestamp), argMax(value, timestamp)
		FROM file('$1', JSONEachRow, 'entity_id String, property String, timestamp DateTime64(3), value Float64,
			quality Nullable(Float64)')
		WHERE coalesce(quality, 1) > 0.5
		GROUP BY entity_id, property
		FORMAT TSV SETTINGS date_time_input_format = 'best_effort'
	SQL
}

sqlite_latest() {
	cat <<-SQL
		.mode ascii
		.separator "\037" "\n"
		CREATE TABLE line(text);
		.import '$1' line
		.separator "\t" "\n"
		SELECT json_extract(text, '\$.entity_id') AS entity, json_extract(text, '\$.property') AS property,
			max(json_extract(text, '\$.timestamp')), json_extract(text, '\$.value')
		FROM line
		WHERE text IS NOT NULL AND coalesce(json_extract(text, '\$.quality'), 1) > 0.5
		GROUP BY entity, property;
	SQL
}

# A document per twin: one flat object of all series makes jq several times slower. gojq copies an object on every
# assignment, so that it has to sort instead.
# shellcheck disable=SC2016 # the dollar signs are jq's and Miller's
jq_latest='reduce (inputs | select(.quality == null or .quality > 0.5)) as $r ({};
	if .[$r.entity_id][$r.property].timestamp < $r.timestamp then .[$r.entity_id][$r.property] = $r else . end)
	| .[][] | [.entity_id, .property, .timestamp, (.value | tostring)] | join("\t")'
gojq_latest='[inputs | select(.quality == null or .quality > 0.5)] | group_by([.entity_id, .property])[]
	| max_by(.timestamp) | [.entity_id, .property, .timestamp, (.value | tostring)] | join("\t")'
# shellcheck disable=SC2016
mlr_latest='if (is_absent($quality) || $quality > 0.5) {
		if (is_absent(@time[$entity_id][$property]) || $timestamp > @time[$entity_id][$property]) {
			@time[$entity_id][$property] = $timestamp;
			@value[$entity_id][$property] = $value
		}
	}
	end { emit (@time, @value), "entity_id", "property" }'

# Readings above a value, in one unit: about one in seven.
select_where="value > 20 and unit == 'degC'"
jq_where='select(.value > 20 and .unit == "degC")'
# shellcheck disable=SC2016
mlr_where='$value > 20 && $unit == "degC"'

# How many readings each series has, and its longest time without one.
duckdb_check() {
	cat <<-SQL
		COPY (SELECT entity_id, property, count(*), coalesce(max(gap), 0)
			FROM (SELECT entity_id, property, (epoch_ms(timestamp) - lag(epoch_ms(timestamp)) OVER
				(PARTITION BY entity_id, property ORDER BY timestamp)) / 1000 AS gap
				FROM read_ndjson('$1', columns = {entity_id: 'VARCHAR', property: 'VARCHAR', timestamp: 'TIMESTAMP'}))
			GROUP BY ALL) TO '/dev/stdout' (FORMAT csv, DELIMITER '\t', HEADER false)
	SQL
}

clickhouse_check() {
	cat <<-SQL
		SELECT entity_id, property, count(), max(if(before = toDateTime64(0, 3), 0, toFloat64(timestamp - before)))
		FROM (SELECT entity_id, property, timestamp,
			lagInFrame(timestamp) OVER (PARTITION BY entity_id, property ORDER BY timestamp
				ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before
			FROM file('$1', JSONEachRow, 'entity_id String, property String, timestamp DateTime64(3)'))
		GROUP BY entity_id, property
		FORMAT TSV SETTINGS date_time_input_format = 'best_effort'
	SQL
}

# shellcheck disable=SC2016
jq_check='def seconds: (.[:19] + "Z" | fromdate) + ("0" + .[19:-1] | tonumber);
	[inputs | [.entity_id, .property, (.timestamp | seconds)]] | group_by(.[:2])[]
	| [.[0][0], .[0][1], length, ([.[][2]] | sort as $t | [range(1; $t | length) | $t[.] - $t[. - 1]] | max // 0)]
	| map(tostring) | join("\t")'

columns=(flow pressure motor_speed bearing_temperature vibration)
join_columns() {
	local IFS=,
	printf '%s' "${columns[*]}"
}

duckdb_unpivot() {
	cat <<-SQL
		$2 COPY (SELECT entity AS entity_id, property, time AS timestamp, value
			FROM (UNPIVOT (SELECT * FROM read_csv('$1', header = true, columns = {time: 'VARCHAR', entity: 'VARCHAR'
				$(printf ", %s: 'DOUBLE'" "${columns[@]}")}))
			ON $(join_columns) INTO NAME property VALUE value)) TO '$3' (FORMAT json)
	SQL
}

clickhouse_unpivot() {
	local cells
	cells=$(for column in "${columns[@]}"; do printf "('%s', %s), " "$column" "$column"; done)
	cat <<-SQL
		$2 SELECT entity AS entity_id, cell.1 AS property, time AS timestamp, cell.2 AS value
		FROM file('$1', CSVWithNames, 'time String, entity String$(printf ', %s Float64' "${columns[@]}")')
		ARRAY JOIN [${cells%, }] AS cell $3
	SQL
}

# --- answers ------------------------------------------------------------------------------------------------------

# Times without Z and without zeros at the end, values with four decimals: more the stream never has.
canonical() {
	awk -F '\t' '{
		sub(/Z$/, "", $3); sub(/ /, "T", $3)
		if ($3 ~ /\./) { sub(/0+$/, "", $3); sub(/\.$/, "", $3) }
		printf "%s\t%s\t%s\t%.4f\n", $1, $2, $3, $4
	}' | sort
}

# shellcheck disable=SC2016
states_to_rows() {
	jq -r 'select(.type == "state") | .entity_id as $entity | .properties as $properties | .metadata | to_entries[]
		| select(.value | has("timestamp")) | .key as $path
		| [$entity, $path, .value.timestamp, ($properties | getpath($path / "/") | tostring)] | join("\t")'
}

readings_to_rows() {
	jq -r '[.entity_id, .property, .timestamp, (.value | tostring)] | join("\t")'
}

# answer QUESTION NAME COMMAND... - keeps the canonical answer and compares it with the first one to the question.
answer() {
	local question=$1 name=$2 file=$answers/$1-$2.tsv
	shift 2
	if ! "$@" </dev/null 2>"$dir/errors" | canonical >"$file"; then
		printf '\n  %s: %s failed: %s\n' "$question" "$name" "$(head -n 1 "$dir/errors")"
		failures=$((failures + 1))
		return
	fi
	local first=$answers/$question.tsv
	if [[ ! -e $first ]]; then
		ln "$file" "$first"
		printf '  %s: %s rows, sha256 %s by %s' "$question" "$(wc -l <"$file")" \
			"$(sha256sum <"$file" | cut -c 1-16)" "$name"
		[[ -s $file ]] || die "$question: $name gives no answer"
	elif cmp -s "$first" "$file"; then
		printf ', %s' "$name"
	else
		printf '\n  %s: %s DIFFERS:\n' "$question" "$name"
		diff "$first" "$file" | head -n 6 || :
		differences=$((differences + 1))
	fi
}

sync_rows() { "$build/twin-sync" -q "$@" | states_to_rows; }
ingest_rows() { "$build/twin-ingest" -q "${ingest_flags[@]}" "$@" | readings_to_rows; }
ingest_rows_of_points() { "$build/twin-ingest" -q -f influx --entity-id '{entity}' "$@" | readings_to_rows; }
ingest_rows_of_packs() { "$build/twin-ingest" -q -f senml "$@" | readings_to_rows; }
check_rows() {
	"$build/twin-check" -q "$1" | jq -r 'select(.property)
		| [.entity_id, .property, (.measures | .readings, (.gap_largest // 0) | tostring)] | join("\t")'
}
sqlite_rows() { sqlite3 :memory: <<<"$(sqlite_latest "$1")"; }
duckdb_rows() { engine duckdb "$(duckdb_unpivot "$1" '' /dev/stdout)" | readings_to_rows; }
clickhouse_rows() { engine clickhouse "$(clickhouse_unpivot "$1" '' 'FORMAT JSONEachRow')" | readings_to_rows; }
select_rows() { "$build/twin-select" -q --where "$select_where" "$1" | readings_to_rows; }
jq_select_rows() { jq -c "$jq_where" "$1" | readings_to_rows; }
gojq_select_rows() { gojq -c "$jq_where" "$1" | readings_to_rows; }
mlr_select_rows() { mlr --ijsonl --ojsonl filter "$mlr_where" "$1" | readings_to_rows; }
mlr_rows() { "${mlr_reshape[@]}" "$1" | readings_to_rows; }

mlr_fold=(mlr --ijsonl --onidx --ofs tab put -q "$mlr_latest")
mlr_reshape=(mlr --icsv --ojsonl reshape -i "$(join_columns)" -o 'property,value'
	'then' rename 'time,timestamp,entity,entity_id')
ingest_flags=(--time time --entity-id '{entity}')

# answers_of_fast QUESTION FILE - those that can read the whole stream; what the first of them says the others are
# compared with.
answers_of_fast() {
	has twin-sync && answer "$1" twin-sync sync_rows "$2"
	has DuckDB && answer "$1" DuckDB engine duckdb "$(duckdb_latest "$2")"
	has ClickHouse && answer "$1" ClickHouse engine clickhouse "$(clickhouse_latest "$2")"
	return 0
}

# SQLite 3.40 does not find a member whose name is written with escapes, so that it is asked without those lines.
answers_to_fold() {
	rm -f "$answers"/latest*
	answers_of_fast latest "$stream"
	printf '\n'
	answers_of_fast latest-of-tenth "$tenth"
	answer latest-of-tenth jq jq -nr "$jq_latest" "$tenth"
	has mlr && answer latest-of-tenth mlr "${mlr_fold[@]}" "$tenth"
	printf '\n'
	answers_of_fast latest-of-plain-tenth "$plain_tenth"
	has sqlite3 && answer latest-of-plain-tenth sqlite3 sqlite_rows "$plain_tenth"
	printf '\n'
	answers_of_fast latest-of-fiftieth "$fiftieth"
	has gojq && answer latest-of-fiftieth gojq gojq -nr "$gojq_latest" "$fiftieth"
	printf '\n'
	has twin-sync && answers_of_ours
	return 0
}

# Whatever way the stream comes and however many threads read it, the bytes are the same.
answers_of_ours() {
	local sums
	sums=$({
		"$build/twin-sync" -q "$stream" | sha256sum
		"$build/twin-sync" -q -j 1 "$stream" | sha256sum
		feed_stream | "$build/twin-sync" -q | sha256sum
	} | sort -u)
	if [[ $(wc -l <<<"$sums") -eq 1 ]]; then
		printf '  state: the same bytes from the file, with -j 1 and from a pipe\n'
	else
		printf '  state: the bytes from the file, with -j 1 and from a pipe DIFFER\n'
		differences=$((differences + 1))
	fi
}

answers_to_check() {
	rm -f "$answers"/check*
	has twin-check && answer check twin-check check_rows "$stream"
	has DuckDB && answer check DuckDB engine duckdb "$(duckdb_check "$stream")"
	has ClickHouse && answer check ClickHouse engine clickhouse "$(clickhouse_check "$stream")"
	printf '\n'
	has twin-check && answer check-of-fiftieth twin-check check_rows "$fiftieth"
	answer check-of-fiftieth jq jq -nr "$jq_check" "$fiftieth"
	printf '\n'
}

answers_to_csv() {
	rm -f "$answers"/readings*
	has twin-ingest && answer readings twin-ingest ingest_rows "$table_start"
	has DuckDB && answer readings DuckDB duckdb_rows "$table_start"
	has ClickHouse && answer readings ClickHouse clickhouse_rows "$table_start"
	has mlr && answer readings mlr mlr_rows "$table_start"
	printf '\n'
	has twin-ingest || return 0
	local lines
	lines=$("$build/twin-ingest" -q --no-origin "${ingest_flags[@]}" "$table" | wc -l)
	printf '  twin-ingest makes %s readings of the whole table\n' "$lines"
	[[ $lines -eq $((${#columns[@]} * rows)) ]] || differences=$((differences + 1))
}

answers_to_select() {
	rm -f "$answers"/selected*
	has twin-select && answer selected-of-tenth twin-select select_rows "$tenth"
	answer selected-of-tenth jq jq_select_rows "$tenth"
	has mlr && answer selected-of-tenth mlr mlr_select_rows "$tenth"
	printf '\n'
	has twin-select && answer selected-of-fiftieth twin-select select_rows "$fiftieth"
	has gojq && answer selected-of-fiftieth gojq gojq_select_rows "$fiftieth"
	printf '\n'
}

# --- measuring ----------------------------------------------------------------------------------------------------

feed_nothing() { :; }
feed_stream() { cat "$stream"; }
feed_tenfold() { "$bin/generate" $((10 * readings)); }

start_contest() {
	labels=() factors=() feeds=() runs=()
	printf '\n%s\n' "$1"
}

# entry LABEL FACTOR FEED RUNS COMMAND... - the figure is multiplied by FACTOR, for a part that stands for the whole.
entry() {
	local -n new_command=command_${#labels[@]}
	labels+=("$1")
	factors+=("$2")
	feeds+=("$3")
	runs+=("$4")
	shift 4
	# shellcheck disable=SC2034 # read through its other name
	new_command=("$@")
}

# The time of an engine in Node is that of its statement alone, except where the start is the question.
run_entry() {
	local i=$1
	local -n command=command_$i
	local result=$dir/times/$i inside=$dir/times/inside
	rm -f "$inside" "$result.new"
	if ! "${feeds[i]}" | TWIN_BENCH_INSIDE=$inside "$bin/measure" -n "${runs[i]}" -o "$result.new" "${command[@]}" \
		>/dev/null 2>"$dir/errors"; then
		printf '  %s failed: %s\n' "${labels[i]}" "$(head -n 1 "$dir/errors")"
		failures=$((failures + 1))
		return
	fi
	if [[ -s $inside && ${runs[i]} -eq 1 ]]; then
		printf '%s %s\n' "$(<"$inside")" "$(cut -d ' ' -f 2 "$result.new")" >>"$result"
	else
		cat "$result.new" >>"$result"
	fi
}

run_contest() {
	local round i count=$1
	rm -rf "$dir/times"
	mkdir -p "$dir/times"
	for ((round = 0; round < count; round++)); do
		for i in "${!labels[@]}"; do
			run_entry "$i"
		done
	done
}

# median ENTRY - its seconds, or nothing if it never ran.
median() {
	[[ -e $dir/times/$1 ]] || return 0
	sort -n "$dir/times/$1" | awk -v factor="${factors[$1]}" '{ time[NR] = $1 }
		END { printf "%.6f", factor * (time[int((NR + 1) / 2)] + time[int(NR / 2) + 1]) / 2 }'
}

peak() {
	awk '$2 > peak { peak = $2 } END { printf "%.1f", peak / 1024 }' "$dir/times/$1"
}

# print_contest UNIT - ratios are to the first entry, which is ours when it takes part.
print_contest() {
	local i seconds first=
	printf '  %-40s %10s %7s %10s\n' program "$1" ratio 'peak MiB'
	[[ ${labels[0]:-} == twin-* ]] && first=$(median 0)
	for i in "${!labels[@]}"; do
		seconds=$(median "$i")
		[[ -n $seconds ]] || continue
		awk -v label="${labels[i]}" -v seconds="$seconds" -v first="$first" -v unit="$1" -v peak="$(peak "$i")" \
			-v factor="${factors[i]}" 'BEGIN {
			time = unit == "ms" ? sprintf("%.2f", 1000 * seconds) : sprintf("%.3f", seconds)
			ratio = first > 0 ? sprintf("%.2f", seconds / first) : "-"
			note = factor > 1 ? sprintf("  1/%d of the input, time x %d", factor, factor) : ""
			printf "  %-40s %10s %7s %10s%s\n", label, time, ratio, peak, note
		}'
	done
}

contest_fold() {
	printf '\n== fold: the latest state of %s readings from a file: answers\n' "$readings"
	answers_to_fold
	start_contest '== fold: time'
	if has twin-sync; then
		entry 'twin-sync FILE' 1 feed_nothing 1 "$build/twin-sync" -q "$stream"
		entry 'twin-sync -j 1 FILE' 1 feed_nothing 1 "$build/twin-sync" -q -j 1 "$stream"
	fi
	has DuckDB && entry 'DuckDB arg_max, read_ndjson' 1 feed_nothing 1 \
		node "$here/engine.js" duckdb "$(duckdb_latest "$stream")"
	has ClickHouse && entry 'ClickHouse argMax, JSONEachRow' 1 feed_nothing 1 \
		node "$here/engine.js" clickhouse "$(clickhouse_latest "$stream")"
	has mlr && entry 'mlr --ijsonl put -q' 10 feed_nothing 1 "${mlr_fold[@]}" "$tenth"
	has jq && entry 'jq reduce inputs' 10 feed_nothing 1 jq -nr "$jq_latest" "$tenth"
	has gojq && entry 'gojq group_by, max_by' 50 feed_nothing 1 gojq -nr "$gojq_latest" "$fiftieth"
	if has sqlite3; then
		sqlite_latest "$tenth" >"$dir/latest.sql"
		entry 'sqlite3 .import, json_extract' 10 feed_nothing 1 sqlite3 :memory: ".read $dir/latest.sql"
	fi
	run_contest "$rounds"
	print_contest seconds
}

contest_pipe() {
	start_contest '== pipe: the same from cat FILE |'
	if has twin-sync; then
		entry 'twin-sync' 1 feed_stream 1 "$build/twin-sync" -q
		entry 'twin-sync FILE' 1 feed_nothing 1 "$build/twin-sync" -q "$stream"
	fi
	has DuckDB && entry 'DuckDB arg_max, read_ndjson' 1 feed_stream 1 \
		node "$here/engine.js" duckdb "$(duckdb_latest /dev/stdin)"
	has ClickHouse && entry 'ClickHouse argMax, JSONEachRow' 1 feed_stream 1 \
		node "$here/engine.js" clickhouse "$(clickhouse_latest /dev/stdin)"
	run_contest "$rounds"
	print_contest seconds
	has twin-sync || return 0
	awk -v pipe="$(median 0)" -v file="$(median 1)" 'BEGIN {
		if (pipe > 0) printf "  twin-sync reads a pipe at %.2f of the rate of the file\n", file / pipe }'
}

contest_csv() {
	printf '\n== csv: a wide table of %s rows x %s to readings: answers for the first hundredth\n' \
		"$rows" "${#columns[@]}"
	answers_to_csv
	start_contest '== csv: time'
	if has twin-ingest; then
		entry 'twin-ingest --no-origin FILE' 1 feed_nothing 1 \
			"$build/twin-ingest" -q --no-origin "${ingest_flags[@]}" "$table"
		entry 'twin-ingest FILE (with origin)' 1 feed_nothing 1 \
			"$build/twin-ingest" -q "${ingest_flags[@]}" "$table"
	fi
	if has DuckDB; then
		entry 'DuckDB UNPIVOT, COPY TO json' 1 feed_nothing 1 \
			node "$here/engine.js" duckdb "$(duckdb_unpivot "$table" '' /dev/null)"
		entry 'DuckDB the same, rows in any order' 1 feed_nothing 1 \
			node "$here/engine.js" duckdb "$(duckdb_unpivot "$table" 'SET preserve_insertion_order = false;' /dev/null)"
	fi
	has ClickHouse && entry 'ClickHouse ARRAY JOIN, in any order' 1 feed_nothing 1 node "$here/engine.js" clickhouse \
		"$(clickhouse_unpivot "$table" "INSERT INTO FUNCTION file('/dev/null', JSONEachRow)" '')"
	has mlr && entry 'mlr --icsv --ojsonl reshape' 10 feed_nothing 1 "${mlr_reshape[@]}" "$table_tenth"
	run_contest "$rounds"
	print_contest seconds
}

# No other program here reads line protocol: the table of the same rows is what its readings are compared with.
contest_influx() {
	has twin-ingest || return 0
	printf '\n== influx: %s points x %s of line protocol to readings: answers\n' "$rows" "${#columns[@]}"
	rm -f "$answers"/points*
	head -n $((rows / 100)) "$points" >"$dir/points-start.lp"
	answer points table ingest_rows "$table_start"
	answer points 'line protocol' ingest_rows_of_points "$dir/points-start.lp"
	printf '\n'
	start_contest '== influx: time'
	entry 'twin-ingest -f influx --no-origin FILE' 1 feed_nothing 1 \
		"$build/twin-ingest" -q --no-origin -f influx "$points"
	entry 'twin-ingest -f influx FILE (with origin)' 1 feed_nothing 1 "$build/twin-ingest" -q -f influx "$points"
	run_contest "$rounds"
	print_contest seconds
	awk -v seconds="$(median 0)" -v values=$((${#columns[@]} * rows)) 'BEGIN {
		if (seconds > 0) printf "  %.2f million values/s\n", values / seconds / 1e6 }'
}

# jq does what these packs need: bn before n, bt before t, a line for each value.
# shellcheck disable=SC2016
jq_packs='foreach .[] as $r ({}; {bn: ($r.bn // .bn), bt: ($r.bt // .bt), r: $r};
	{entity_id: (.bn | rtrimstr("/")), property: .r.n, timestamp: (.bt + (.r.t // 0)), value: .r.v, unit: .r.u})'

contest_senml() {
	has twin-ingest || return 0
	printf '\n== senml: %s rows x %s as SenML packs to readings: answers\n' "$rows" "${#columns[@]}"
	rm -f "$answers"/packs*
	head -n $((rows / 500)) "$packs" >"$dir/packs-start.ndjson"
	head -n $((rows / 50)) "$packs" >"$dir/packs-tenth.ndjson"
	answer packs table ingest_rows "$table_start"
	answer packs SenML ingest_rows_of_packs "$dir/packs-start.ndjson"
	printf '\n'
	start_contest '== senml: time'
	entry 'twin-ingest -f senml --no-origin FILE' 1 feed_nothing 1 \
		"$build/twin-ingest" -q --no-origin -f senml "$packs"
	entry 'twin-ingest -f senml FILE (with origin)' 1 feed_nothing 1 "$build/twin-ingest" -q -f senml "$packs"
	entry 'jq foreach, times left as numbers' 10 feed_nothing 1 jq -c "$jq_packs" "$dir/packs-tenth.ndjson"
	run_contest "$rounds"
	print_contest seconds
	awk -v seconds="$(median 0)" -v values=$((${#columns[@]} * rows)) 'BEGIN {
		if (seconds > 0) printf "  %.2f million values/s\n", values / seconds / 1e6 }'
}

contest_select() {
	printf '\n== select: the readings of %s where %s: answers\n' "$readings" "$select_where"
	answers_to_select
	start_contest '== select: time'
	if has twin-select; then
		entry 'twin-select --where FILE' 1 feed_nothing 1 "$build/twin-select" -q --where "$select_where" "$stream"
		entry 'twin-select --where, convert()' 1 feed_nothing 1 \
			"$build/twin-select" -q --where "convert(value, unit, 'K') > 293.15" "$stream"
	fi
	has mlr && entry 'mlr --ijsonl --ojsonl filter' 10 feed_nothing 1 \
		mlr --ijsonl --ojsonl filter "$mlr_where" "$tenth"
	has jq && entry 'jq -c select' 10 feed_nothing 1 jq -c "$jq_where" "$tenth"
	has gojq && entry 'gojq -c select' 50 feed_nothing 1 gojq -c "$jq_where" "$fiftieth"
	run_contest "$rounds"
	print_contest seconds
}

contest_check() {
	printf '\n== check: readings and longest gap of each series (twin-check: all its measures): answers\n'
	answers_to_check
	start_contest '== check: time'
	if has twin-check; then
		entry 'twin-check FILE' 1 feed_nothing 1 "$build/twin-check" -q "$stream"
		entry 'twin-check -j 1 FILE' 1 feed_nothing 1 "$build/twin-check" -q -j 1 "$stream"
	fi
	has DuckDB && entry 'DuckDB lag() over, count, max' 1 feed_nothing 1 \
		node "$here/engine.js" duckdb "$(duckdb_check "$stream")"
	has ClickHouse && entry 'ClickHouse lagInFrame, count, max' 1 feed_nothing 1 \
		node "$here/engine.js" clickhouse "$(clickhouse_check "$stream")"
	has jq && entry 'jq group_by' 50 feed_nothing 1 jq -nr "$jq_check" "$fiftieth"
	run_contest "$rounds"
	print_contest seconds
	has twin-check || return 0
	awk -v readings="$readings" -v seconds="$(median 0)" 'BEGIN {
		printf "  twin-check reads %.2f million readings a second\n", readings / seconds / 1e6 }'
}

contest_start() {
	start_contest '== start: one line in, one answer out'
	has twin-sync && entry 'twin-sync FILE' 1 feed_nothing 100 "$build/twin-sync" -q "$dir/one.ndjson"
	has twin-ingest && entry 'twin-ingest FILE' 1 feed_nothing 100 \
		"$build/twin-ingest" -q "${ingest_flags[@]}" "$dir/one.csv"
	entry '/bin/true' 1 feed_nothing 100 /bin/true
	has jq && entry 'jq . FILE' 1 feed_nothing 50 jq . "$dir/one.ndjson"
	has gojq && entry 'gojq . FILE' 1 feed_nothing 50 gojq . "$dir/one.ndjson"
	has mlr && entry 'mlr --ijsonl --ojsonl cat FILE' 1 feed_nothing 50 mlr --ijsonl --ojsonl cat "$dir/one.ndjson"
	has sqlite3 && entry 'sqlite3 :memory:' 1 feed_nothing 50 sqlite3 :memory: 'SELECT 1'
	if has DuckDB || has ClickHouse; then
		entry 'node alone' 1 feed_nothing 5 node -e 0
	fi
	has DuckDB && entry 'DuckDB in node' 1 feed_nothing 5 \
		node "$here/engine.js" duckdb "$(duckdb_latest "$dir/one.ndjson")"
	has ClickHouse && entry 'ClickHouse in node' 1 feed_nothing 5 \
		node "$here/engine.js" clickhouse "$(clickhouse_latest "$dir/one.ndjson")"
	run_contest 5
	print_contest ms
	has twin-sync || return 0
	local i
	for i in "${!labels[@]}"; do
		[[ ${labels[i]} != /bin/true ]] || awk -v ours="$(median 0)" -v least="$(median "$i")" 'BEGIN {
			printf "  twin-sync takes %.2f ms more than /bin/true\n", 1000 * (ours - least) }'
	done
}

contest_memory() {
	has twin-sync || return 0
	start_contest '== memory: the same twins, ten times the lines'
	entry "twin-sync, $readings lines piped" 1 feed_stream 1 "$build/twin-sync" -q
	entry "twin-sync, ten times the lines piped" 1 feed_tenfold 1 "$build/twin-sync" -q
	entry "twin-sync FILE" 1 feed_nothing 1 "$build/twin-sync" -q "$stream"
	run_contest 1
	print_contest seconds
}

# shellcheck source=tests/bench/store.sh
source "$here/store.sh"
# shellcheck source=tests/bench/merge.sh
source "$here/merge.sh"

main() {
	local contest contests=(fold pipe csv influx senml select check merge store store-flat store-read start memory)
	for contest in "$@"; do
		declare -F "contest_$contest" >/dev/null || die "no contest '$contest': one of ${contests[*]}"
	done
	mkdir -p "$dir" "$answers"
	print_machine
	build_tools
	find_peers
	prepare_data
	[[ $# -gt 0 ]] || set -- "${contests[@]}"
	for contest in "$@"; do
		"contest_$contest"
	done
	printf '\nmedian of %s runs taken in turns, files in the page cache' "$rounds"
	printf '; DuckDB and ClickHouse without the start of node\n'
	[[ $failures -eq 0 ]] || die "$failures commands failed"
	[[ $differences -eq 0 ]] || exit 1
}

main "$@"
