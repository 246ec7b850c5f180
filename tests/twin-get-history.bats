#!/usr/bin/env bats
# twin-get --history, --events and --forecasts: what a store remembers comes out as it went in, in the order of time.

load helper

setup_file() {
	export MODEL="$BATS_TEST_DIRNAME/model" D="$BATS_FILE_TMPDIR"
	export STREAMS="${TWIN_PROPERTY_STREAMS:-300}" SEED="${TWIN_PROPERTY_SEED:-11}"
	# All that a store remembers of what it has taken.
	export EVERYTHING=reading,deleted,desired,state,prediction,event,forecast
}

setup() {
	scratch
}

into() {
	local store=$1
	shift
	twin-sync -q -o /dev/null -s "$store" "$@"
}

reading() {
	printf '{"entity_id":"%s","property":"%s","timestamp":"2026-03-01T00:00:%02dZ","value":%s}\n' "$@"
}

# these FILE N...: those lines of the file are what came.
these() {
	local file=$1 number
	shift
	for number; do
		sed -n "${number}p" "$file"
	done | diff - <(printf '%s' "${output:+$output$'\n'}")
}

ask() {
	sqlite3 -batch "$1" "$2"
}

states() {
	ask "$1" "SELECT entity_id, timestamp, state FROM twins WHERE state <> '' ORDER BY entity_id"
}

@test "readings come in the order of time, of twins, of properties and of what decides between them" {
	{
		reading b t 5 1
		reading a u 5 2
		reading a t/x 5 3
		reading a t 5 4
		reading B t 5 5
		reading a t 3 7
		reading a t 9 6
		reading a t 5 40
		echo '{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:05Z","value":4,"sensor_id":"s"}'
		echo '{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:05Z","value":9,"quality":0.3}'
		reading a t 5 4
	} >in
	into s.twin --commit 2 in
	run -0 --separate-stderr twin-get -s s.twin --history
	same <<'END'
{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:03Z","value":7}
{"entity_id":"B","property":"t","timestamp":"2026-03-01T00:00:05Z","value":5}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:05Z","value":9,"quality":0.3}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:05Z","value":4}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:05Z","value":40}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:05Z","value":4,"sensor_id":"s"}
{"entity_id":"a","property":"t/x","timestamp":"2026-03-01T00:00:05Z","value":3}
{"entity_id":"a","property":"u","timestamp":"2026-03-01T00:00:05Z","value":2}
{"entity_id":"b","property":"t","timestamp":"2026-03-01T00:00:05Z","value":1}
{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:09Z","value":6}
END
	[ "$stderr" = "" ]
	# Copies that have met in a merge are the same.
	cp s.twin c.twin
	into c.twin --compact </dev/null
	twin-get -s c.twin --history | cmp - <(printf '%s\n' "$output")
}

@test "a record comes out with all that it said, byte for byte where it is a value" {
	printf '%s\n' \
		'{"entity_id":"a","property":"é/~1","timestamp":"2026-03-01T00:00:01.25Z","value":{"b":[1.50,1e400,"\u0061\/"],"a":-0},"unit":"°C","quality":0.75,"sensor_id":"s\"1","received":"2026-03-01T00:00:02Z","seq":9007199254740993,"counter":2,"origin":"f.csv:7","ack":{"command_id":"c","code":200},"metadata":{"axis":{"unit":"cycle","value":7},"x":{}},"note":"by hand","n":null}' \
		'{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T00:00:02Z","property":"t","sensor_id":"s","metadata":{"why":1}}' \
		'{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T00:00:03Z","received":"2026-03-01T00:00:09Z"}' \
		'{"type":"desired","entity_id":"a","timestamp":"2026-03-01T00:00:04Z","properties":{"x":{"y":1.0}},"command_id":"c1","deadline":"2026-03-01T01:00:00Z"}' \
		'{"type":"desired","entity_id":"a","timestamp":"2026-03-01T00:00:04Z","properties":{"x":{"z":null}},"command_id":"c1","deadline":"2026-03-01T01:00:00Z"}' \
		'{"type":"event","entity_id":"a","timestamp":"2026-03-01T00:00:05Z","event":"alert","property":"t","severity":"high","score":2.50}' \
		'{"type":"prediction","entity_id":"a","timestamp":"2026-03-01T00:00:06Z","horizon":"7d","failure_probability":0.10,"method":"m"}' \
		'{"type":"forecast","entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:07Z","value":1.0,"lower":0,"upper":2,"level":0.9,"issued":"2026-03-01T00:00:00Z","method":"m"}' \
		'{"type":"state","entity_id":"a","timestamp":"2026-03-01T00:00:08Z","model":"pump"}' >in
	# Both leaves of a desire stand in one record, in another order, and blanks go.
	sed -e '5d' -e '4s/{"y":1.0}/{ "z":null, "y":1.0}/' in >asked
	into s.twin asked
	twin-get -s s.twin --history -e "$EVERYTHING" | diff in -
	# Each type by itself.
	twin-get -s s.twin --history | diff <(sed -n '1,3p' in) -
	twin-get -s s.twin --events | diff <(sed -n '6p' in) -
	twin-get -s s.twin --forecasts | diff <(sed -n '8p' in) -
	twin-get -s s.twin --events --forecasts | diff <(sed -n '6p;8p' in) -
	twin-get -s s.twin --history -e desired,prediction=p,state=s,event=p | diff <(sed -n '4,5p' in) -
	diff <(sed -n '6,7p' in) p
	diff <(sed -n '9p' in) s
	# What is about a property, and the delete of all.
	twin-get -s s.twin --history -e "$EVERYTHING" -P t | diff <(sed -n '2,3p;6p;8p' in) -
}

@test "a history that is taken out and stored again gives the same history and the same states" {
	needs sqlite3
	for seed in "$SEED" $((SEED + 1)) $((SEED + 2)); do
		rm -f ./*.twin
		python3 "$MODEL/random_streams.py" generate --streams "$STREAMS" --seed "$seed" |
			python3 "$MODEL/random_streams.py" dress --seed "$seed" >in
		for time in 1 2 3; do
			printf '{"type":"forecast","entity_id":"f%d","property":"t","timestamp":"2026-03-01T00:00:0%dZ","value":%d}\n' $((time % 2)) "$time" "$seed"
		done >>in
		into a.twin --commit 200 in
		twin-get -s a.twin --history -e "$EVERYTHING" >a
		[ "$(wc -l <a)" -gt "$STREAMS" ]
		into b.twin a
		twin-get -s b.twin --history -e "$EVERYTHING" | diff a - | head
		states a.twin >want
		states b.twin | diff want - | head
		# In another order, in several runs.
		python3 "$MODEL/random_streams.py" shuffle --seed "$seed" --repeat <a |
			python3 "$MODEL/random_streams.py" split --seed "$seed" --parts 3 part
		for part in part.*; do
			into c.twin "$part"
		done
		into c.twin --compact --verify </dev/null
		twin-get -s c.twin --history -e "$EVERYTHING" | cmp a -
		states c.twin | cmp want -
	done
}

@test "times are half-open" {
	for second in 1 2 3 4; do
		reading a t "$second" "$second"
	done >in
	into s.twin in
	run -0 twin-get -s s.twin --history --from 2026-03-01T00:00:02Z --to 2026-03-01T00:00:04Z
	these in 2 3
	run -0 twin-get -s s.twin --history --to 2026-03-01T00:00:02
	these in 1
	run -0 twin-get -s s.twin --history --from 2026-03-01T00:00:04.000000001Z
	[ "$output" = "" ]
}

@test "--last N gives the newest of each property, after --from and --to" {
	for second in 1 2 3 4 5; do
		reading a t "$second" "$second"
		reading a u "$second" "$second"
	done >in
	reading b t 1 1 >>in
	into s.twin --commit 3 in
	run -0 twin-get -s s.twin --history --last 2
	these in 11 7 8 9 10
	run -0 twin-get -s s.twin --history --last 1 --from 2026-03-01T00:00:02 --to 2026-03-01T00:00:04
	these in 5 6
	run -0 twin-get -s s.twin --history --last 3 a -P t
	these in 5 7 9
	run -0 twin-get -s s.twin --history --last 100
	these in 1 2 11 3 4 5 6 7 8 9 10
	# Of those that are asked for: deletes count only where they come.
	echo '{"type":"deleted","entity_id":"a","timestamp":"2026-03-01T00:00:06Z","property":"t"}' >>in
	into s.twin in
	run -0 twin-get -s s.twin --history -e reading --last 1 a -P t
	[[ $output == *'"value":5}' ]]
	run -0 twin-get -s s.twin --history --last 1 a -P t
	[[ $output == '{"type":"deleted",'* ]]
	# Several of one time: those with the larger keys (12e0 and 1e1 come behind 11e0).
	for value in 10 11 12; do
		reading c t 9 "$value"
	done >ties
	into s.twin ties
	run -0 twin-get -s s.twin --history --last 2 c
	these ties 3 1
}

@test "--last DUR counts back from --to, from --now, or from the newest time in the store" {
	for second in 1 2 3 4 5; do
		reading a t "$second" "$second"
		reading b t "$second" "$second"
	done >in
	into s.twin in
	run -0 twin-get -s s.twin --history --last 1s a
	these in 7 9
	run -0 twin-get -s s.twin --history --last 3s a --now 2026-03-01T00:00:07
	these in 7 9
	run -0 twin-get -s s.twin --history --last 2s a --to 2026-03-01T00:00:04
	these in 3 5
	run -0 twin-get -s s.twin --history --last 36500d a
	[ "${#lines[@]}" = 5 ]
}

@test "what was refused comes only when it is asked for, with the reason" {
	reading a t 5 5 >in
	reading b t 6 6 >>in
	echo a >ids
	into s.twin --entities ids in
	run -0 twin-get -s s.twin --history -e "$EVERYTHING"
	these in 1
	run -0 twin-get -s s.twin --history -e refused
	[ "$output" = "{\"type\":\"refused\",\"reason\":\"unknown-entity\",\"input\":$(sed -n '2p' in)}" ]
}

@test "what was known and what was stored at a time is what came by then" {
	printf '%s\n' \
		'{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:01Z","value":1,"received":"2026-03-01T00:00:05Z"}' \
		'{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:02Z","value":2}' \
		'{"entity_id":"a","property":"t","timestamp":"2026-03-01T00:00:03Z","value":3,"received":"2026-03-01T00:00:03Z"}' >in
	into s.twin in
	run -0 --separate-stderr twin-get -s s.twin --history --known-at 2026-03-01T00:00:04
	these in 2 3
	[ "$stderr" = 'twin-get: 1 records do not say when they were received: they count as known from the start' ]
	run -0 --separate-stderr twin-get -q -s s.twin --history --known-at 2026-03-01T00:00:05 --last 2
	these in 2 3
	[ "$stderr" = "" ]
	run -0 twin-get -s s.twin --history --revision 2
	these in 1 2
}

@test "thousands of properties come in the order of time, whole, in part and the newest only" {
	python3 - <<'END'
import random
chance = random.Random(5)
names = [(f"{chance.randrange(16**3):x}", f"p{chance.randrange(40)}") for _ in range(3000)]
def line(second, name):
    return '{"entity_id":"%s","property":"%s","timestamp":"2026-03-01T%02d:%02d:%02dZ","value":1}' % (*name, second // 3600, second // 60 % 60, second % 60)
records = sorted({(chance.randrange(40000), chance.choice(names)) for _ in range(30000)})
def write(file, records):
    open(file, "w").writelines(line(*record) + "\n" for record in records)
write("all", records)
write("part", [record for record in records if 7200 <= record[0] < 7260])
newest = {}
for record in records:
    newest.setdefault(record[1], []).append(record)
write("last", sorted(record for mine in newest.values() for record in mine[-2:]))
chance.shuffle(records)
write("in", records)
END
	into s.twin --commit 7000 in
	twin-get -s s.twin --history | cmp all -
	twin-get -s s.twin --history --from 2026-03-01T02:00:00 --to 2026-03-01T02:01:00 | cmp part -
	twin-get -s s.twin --history --last 2 | cmp last -
	# Few of them, which are merged while they have much.
	id=$(sed -n '1s/{"entity_id":"\([^"]*\)".*/\1/p' in)
	twin-get -s s.twin --history "$id" | cmp <(grep "^{\"entity_id\":\"$id\"" all) -
	twin-get -s s.twin --history "${id:0:1}*" --last 2 | cmp <(grep "^{\"entity_id\":\"${id:0:1}" last) -
}

@test "--where, --limit, --count and --sort choose among the records" {
	for second in 1 2 3 4; do
		reading a t "$second" $((second * 10))
	done >in
	into s.twin in
	run -0 twin-get -s s.twin --history --where 'value > 15' --limit 2
	these in 2 3
	run -0 twin-get -s s.twin --history --count --where 'value > 15'
	[ "$output" = '{"type":"summary","measures":{"count":3}}' ]
	run -0 twin-get -s s.twin --history --sort -value --limit 1
	these in 4
	run -0 twin-get -s s.twin --history -F csv --last 1
	[[ $output == *'entity_id'*$'\n'*'a'*'40'* ]]
}

@test "a question that begins before what is remembered ends with 2, and one without a beginning says what is missing" {
	for second in 1 2 3 4 5; do
		reading a t "$second" "$second"
		reading a u "$second" "$second"
	done >in
	into s.twin in
	into s.twin --retain t=2s --retain 3s </dev/null
	run -2 --separate-stderr twin-get -s s.twin --history --from 2026-03-01T00:00:02
	[ "$output" = "" ]
	[ "$stderr" = "twin-get: store 's.twin' has forgotten the history before 2026-03-01T00:00:03Z (--retain) of 't'" ]
	run -0 --separate-stderr twin-get -s s.twin --history --from 2026-03-01T00:00:02 -P u
	these in 4 6 8 10
	run -2 --separate-stderr twin-get -s s.twin --history --last 3s -P t
	says 'has forgotten the history before 2026-03-01T00:00:03Z'
	run -0 --separate-stderr twin-get -s s.twin --history -P t
	these in 3 5 7 9
	[ "$stderr" = "twin-get: history before 2026-03-01T00:00:03Z has been forgotten (--retain), but for what still counted then" ]
	# Nobody misses anything.
	run -0 --separate-stderr twin-get -s s.twin --history -P t --last 2
	[ "$stderr" = "" ]
	run -0 --separate-stderr twin-get -q -s s.twin --history
	[ "$stderr" = "" ]
}

@test "an empty store has no history, one without says so, and a file of records is none" {
	into e.twin /dev/null
	run -0 --separate-stderr twin-get -s e.twin --history
	[ "$output$stderr" = "" ]
	run -0 --separate-stderr twin-get -s e.twin --history --last 5
	[ "$output$stderr" = "" ]
	run -0 --separate-stderr twin-get -s e.twin --history --last 5d
	[ "$output$stderr" = "" ]
	reading a t 1 1 >in
	into n.twin --no-history in
	run -2 --separate-stderr twin-get -s n.twin --history
	[ "$stderr" = "twin-get: store 'n.twin' keeps no history" ]
	run -2 --separate-stderr twin-get -s in --history
	says "'in' is no store"
	into s.twin in
	run -0 --separate-stderr twin-get -s s.twin --history b
	[ "$output" = "" ]
	says "no twin is called 'b'"
	run -0 --separate-stderr twin-get -s s.twin --history a -P u
	[ "$output$stderr" = "" ]
}

@test "options of histories are told apart from those of states" {
	reading a t 1 1 >in
	into s.twin in
	for options in '--from 2026-03-01' '--last 5' '--history --at 2026-03-01' '--history --list' '--events --follow' \
		'--history --from 2026-03-02 --to 2026-03-01' '--history --stale --now live'; do
		# shellcheck disable=SC2086 # they are several
		run -2 --separate-stderr twin-get -s s.twin $options
		[ "$output" = "" ]
	done
	for last in 0 x 5x '' 99999999999999999999 -1; do
		run -2 --separate-stderr twin-get -s s.twin --history --last "$last"
		says "option '--last'"
	done
}
