# What is measured of the store: sourced by run.sh, whose functions and variables are used here.
# shellcheck shell=bash disable=SC2154

# A table clustered by series and time, filled in transactions of 100,000 rows as is fastest for it: each is sorted first, on large pages
# with a large cache, and the series are numbers already. So are times.
plain_table() {
	cat <<-SQL
		PRAGMA page_size = 8192;
		PRAGMA journal_mode = WAL;
		PRAGMA synchronous = NORMAL;
		PRAGMA cache_size = -262144;
		PRAGMA temp_store = MEMORY;
		CREATE TABLE reading(entity INTEGER, property INTEGER, time INTEGER, value REAL, quality REAL, sensor TEXT,
			PRIMARY KEY (entity, property, time) ON CONFLICT IGNORE) WITHOUT ROWID;
		CREATE TEMP TABLE part AS SELECT * FROM reading;
		.mode ascii
		.separator "\t" "\n"
	SQL
	local part
	for part in "$dir"/store-rows/*; do
		cat <<-SQL
			.import '$part' part
			BEGIN;
			INSERT INTO reading SELECT * FROM part ORDER BY entity, property, time;
			COMMIT;
			DELETE FROM part;
		SQL
	done
}

# prepare_rows COUNT - the rows of so many readings, in files of 100,000.
prepare_rows() {
	rm -rf "$dir/store-rows"
	mkdir "$dir/store-rows"
	"$bin/generate" --tsv "$1" | split -l 100000 -a 4 - "$dir/store-rows/"
	plain_table >"$dir/plain.sql"
}

# Runs a command that makes a file anew: fresh FILE COMMAND...
# shellcheck disable=SC2016 # for the inner shell
fresh=(bash -c 'rm -f "$0" "$0"-*; exec "$@"')
store=$dir/store.twin
plain=$dir/plain.db
fill_store=("${fresh[@]}" "$store" "$build/twin-sync" -q --commit 100000 -s "$store")
fill_plain=("${fresh[@]}" "$plain" sqlite3 "$plain" ".read $dir/plain.sql")

# How many there are, and the newest of each series that can be believed. Copies of a record may stand in the history more than once until
# they meet.
store_rows() {
	"$build/twin-sync" -q -s "$store" --compact
	sqlite3 -separator $'\t' "$store" "SELECT 'all', 'readings', '', sum(items) FROM history"
	sqlite3 "$store" 'SELECT state FROM twins' | states_to_rows
}

plain_rows() {
	sqlite3 -separator $'\t' "$plain" <<-SQL
		SELECT 'all', 'readings', '', count(*) FROM reading;
		SELECT printf('station-%05d', entity), CASE property WHEN 0 THEN 'outlet/flow' WHEN 1 THEN 'outlet/pressure'
			WHEN 2 THEN 'motor/speed' WHEN 3 THEN 'bearing/temperature' ELSE 'bearing/vibration' END,
			strftime('%Y-%m-%dT%H:%M:%f', max(time) / 1000.0, 'unixepoch'), value
		FROM reading WHERE quality = '' OR quality > 0.5 GROUP BY entity, property;
	SQL
}

answers_to_store() {
	rm -f "$answers"/stored*
	prepare_rows $((readings / 10))
	if has twin-sync; then
		"${fill_store[@]}" "$tenth" >/dev/null
		answer stored twin-sync store_rows
	fi
	if has sqlite3; then
		"${fill_plain[@]}" >/dev/null
		answer stored sqlite3 plain_rows
	fi
	printf '\n'
}

# print_bytes NAME FILE READINGS
print_bytes() {
	[[ -e $2 ]] || return 0
	awk -v name="$1" -v bytes="$(stat -c %s "$2")" -v readings="$3" 'BEGIN {
		printf "  %s: %.1f bytes a reading on disk\n", name, bytes / readings }'
}

contest_store() {
	has sqlite3 || return 0
	printf '\n== store: %s readings folded and remembered, in transactions of 100,000: answers for a tenth\n' "$readings"
	answers_to_store
	prepare_rows "$readings"
	start_contest '== store: time'
	has twin-sync && entry 'twin-sync -s, synchronous FULL' 1 feed_nothing 1 "${fill_store[@]}" "$stream"
	entry 'sqlite3, clustered, synchronous NORMAL' 1 feed_nothing 1 "${fill_plain[@]}"
	run_contest "$rounds"
	print_contest seconds
	has twin-sync || return 0
	awk -v readings="$readings" -v seconds="$(median 0)" 'BEGIN {
		if (seconds > 0) printf "  twin-sync stores %.2f million readings a second\n", readings / seconds / 1e6 }'
	print_bytes twin-sync "$store" "$readings"
	print_bytes sqlite3 "$plain" "$readings"
	rm -rf "$dir/store-rows" "$plain" "$store"
}

# The store is left for what reads it.
flat_store=$dir/flat.twin

# Ten runs, each with the next tenth of one stream, into one store.
contest_store-flat() {
	has twin-sync || return 0
	printf '\n== store-flat: %s readings in ten runs into one store\n' "$store_readings"
	rm -f "$flat_store" "$flat_store"-* "$dir/flat-times"
	export PART=$dir/flat-part.ndjson STORE=$flat_store TIMES=$dir/flat-times BIN=$bin BUILD=$build
	# shellcheck disable=SC2016 # for the shell that split starts
	"$bin/generate" "$store_readings" | split -l $((store_readings / 10)) --filter='cat >"$PART"
		"$BIN/measure" -o "$TIMES" "$BUILD/twin-sync" -q --commit 100000 -s "$STORE" "$PART" >/dev/null'
	rm -f "$PART"
	awk -v readings=$((store_readings / 10)) '{
		rate = readings / $1 / 1e6
		first = NR == 1 ? rate : first
		peak = $2 > peak ? $2 : peak
		printf "%s%.2f", NR == 1 ? "  million readings a second: " : " ", rate
	} END { printf "\n  the last tenth at %.2f of the rate of the first, peak %.1f MiB\n", rate / first, peak / 1024 }' "$dir/flat-times"
	print_bytes twin-sync "$flat_store" "$store_readings"
}

# One reading a day of each of 10,000 twins, for two years.
two_years() {
	awk 'BEGIN {
		srand(1)
		for (day = 0; day < 730; day++) {
			date = strftime("%Y-%m-%d", 1704067200 + day * 86400, 1)
			for (twin = 0; twin < 10000; twin++)
				printf "{\"entity_id\":\"twin-%05d\",\"property\":\"temperature\",\"timestamp\":\"%sT%02d:%02d:00Z\",\"value\":%.2f}\n",
					twin, date, twin % 24, twin * 7 % 60, 20 + 5 * rand()
		}
	}'
}

# The long store is the one that store-flat has left, if it was measured before.
contest_store-read() {
	has twin-get || return 0
	local years=$dir/years.twin long=$flat_store
	printf '\n== store-read: questions to a store\n'
	if [[ ! -e $long ]]; then
		"$build/twin-sync" -q -s "$long" "$stream" >/dev/null
	fi
	rm -f "$years" "$years"-*
	two_years | "$build/twin-sync" -q -s "$years" >/dev/null
	printf '  the long store: %s\n' "$("$build/twin-get" -s "$long" --info)"
	printf '  two years: %s\n' "$("$build/twin-get" -s "$years" --info)"
	start_contest '== store-read: time from the start of the process'
	entry 'twin-get: state of one twin' 1 feed_nothing 50 "$build/twin-get" -q -s "$long" station-00645
	entry 'a property of one twin, one day' 1 feed_nothing 50 "$build/twin-get" -q -s "$long" --history \
		-P motor/speed --from 2025-01-01 --to 2025-01-02 station-00645
	entry 'why a property is what it is' 1 feed_nothing 50 "$build/twin-get" -q -s "$long" --why -P motor/speed station-00645
	entry '10,000 twins a year ago' 1 feed_nothing 1 "$build/twin-get" -q -s "$years" --at 2025-01-01
	entry 'all twins of the long store, at noon' 1 feed_nothing 1 "$build/twin-get" -q -s "$long" --at 2025-01-01T12:00
	run_contest "$rounds"
	print_contest ms
	rm -f "$years"
}
