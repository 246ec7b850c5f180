#!/usr/bin/env bats
# Random streams, dense in ties, folded by twin-sync and by a plain model that keeps every record and takes the maximum at the end.
# TWIN_PROPERTY_STREAMS raises the number of streams (7000 against the model, and twice as many others against themselves),
# TWIN_PROPERTY_SEED changes them. A twin that differs is shown with its input.

load helper

setup_file() {
	export MODEL="$BATS_TEST_DIRNAME/model" D="$BATS_FILE_TMPDIR"
	export STREAMS="${TWIN_PROPERTY_STREAMS:-7000}" SEED="${TWIN_PROPERTY_SEED:-1}"

	python3 "$MODEL/random_streams.py" model >"$D/model.json"
	python3 "$MODEL/random_streams.py" generate --streams "$STREAMS" --seed "$SEED" >"$D/in"
	python3 "$MODEL/random_streams.py" generate --streams $((STREAMS / 6)) --seed $((SEED + 1)) >"$D/few"
	python3 "$MODEL/random_streams.py" generate --streams $((STREAMS * 2)) --seed $((SEED + 2)) >"$D/many"
	for streams in in few many; do
		twin-sync -F ndjson -q "$D/$streams" >"$D/$streams.whole"
	done
}

streams() {
	python3 "$MODEL/random_streams.py" "$@"
}

plain_model() {
	python3 "$MODEL/fold_model.py" "$@"
}

fold() {
	twin-sync -F ndjson -q "$@"
}

# same_states EXPECTED ACTUAL [INPUT]: byte for byte, or the shortest of the twins that differ is shown.
same_states() {
	cmp -s "$1" "$2" || {
		streams explain "$1" "$2" "${3:-$D/in}"
		return 1
	}
}

@test "the state of random streams is the plain model's, byte for byte" {
	plain_model --refused "$D/refused.model" "$D/in" >"$D/in.model"
	[ "$(wc -l <"$D/in.model")" -ge "$STREAMS" ]
	same_states "$D/in.model" "$D/in.whole"
}

@test "what was refused, and why, is the plain model's list in the order of the input" {
	fold -e refused "$D/in" >"$D/refused"
	diff <(cut -d'"' -f4 "$D/refused.model" | sort | uniq -c) <(cut -d'"' -f8 "$D/refused" | sort | uniq -c)
	streams refusals "$D/refused.model" <"$D/refused"
}

@test "with a model's ranges, priorities, tolerances and intervals the state is the plain model's" {
	plain_model --model "$D/model.json" "$D/few" >"$D/few.model"
	fold -m "$D/model.json" "$D/few" >"$D/few.with"
	same_states "$D/few.model" "$D/few.with" "$D/few"
}

@test "with --stale-after and --now the status and confidence are the plain model's" {
	plain_model --stale-after 2s "$D/few" >"$D/few.model"
	fold --stale-after 2s "$D/few" >"$D/few.with"
	same_states "$D/few.model" "$D/few.with" "$D/few"
	plain_model --stale-after 3s --now 2026-03-01T00:00:05Z "$D/few" >"$D/few.model"
	fold --stale-after 3s --now 2026-03-01T00:00:05Z "$D/few" >"$D/few.with"
	same_states "$D/few.model" "$D/few.with" "$D/few"
}

@test "what --max-future, --enforce and --entities keep out is what the plain model keeps out" {
	grep -o '"entity_id":"[^"]*"' "$D/few.whole" | cut -d'"' -f4 | awk 'NR % 3' | grep -v '[\]' >"$D/entities"
	plain_model --model "$D/model.json" --enforce --max-future 1s --entities "$D/entities" --refused "$D/few.refused.model" "$D/few" >"$D/few.model"
	fold -m "$D/model.json" --enforce --max-future 1s --entities "$D/entities" "$D/few" >"$D/few.with"
	same_states "$D/few.model" "$D/few.with" "$D/few"
	for reason in future unknown-entity out-of-range wrong-type; do grep -q "\"$reason\"" "$D/few.refused.model"; done
	fold -m "$D/model.json" --enforce --max-future 1s --entities "$D/entities" -e refused "$D/few" >"$D/few.refused"
	streams refusals "$D/few.refused.model" <"$D/few.refused"
}

@test "records at the edge of what is valid are read, or rejected, as the plain model does" {
	run -3 --separate-stderr fold --stale-after 1s "$MODEL/edges.ndjson"
	printf '%s\n' "$output" >"$D/edges"
	run -3 plain_model --stale-after 1s "$MODEL/edges.ndjson"
	printf '%s\n' "$output" >"$D/edges.model"
	diff "$D/edges.model" "$D/edges"
}

@test "any order and any repetition of the lines gives the same bytes" {
	for seed in 1 2 3 4; do
		streams shuffle --seed $seed --repeat <"$D/many" >"$D/shuffled"
		fold "$D/shuffled" >"$D/again"
		same_states "$D/many.whole" "$D/again" "$D/many"
	done
}

@test "order does not matter under a model either" {
	fold -m "$D/model.json" --stale-after 2s "$D/few" >"$D/with"
	for seed in 5 6; do
		streams shuffle --seed $seed --repeat <"$D/few" >"$D/shuffled"
		fold -m "$D/model.json" --stale-after 2s "$D/shuffled" >"$D/again"
		same_states "$D/with" "$D/again" "$D/few"
	done
}

@test "the printed states of parts join to the state of the whole" {
	for parts in 2 5; do
		streams split --seed $parts --parts $parts "$D/part" <"$D/many"
		for ((part = 0; part < parts; part++)); do
			fold "$D/part.$part" >"$D/state.$part"
			rm "$D/part.$part"
		done
		fold "$D"/state.? >"$D/joined"
		rm "$D"/state.?
		same_states "$D/many.whole" "$D/joined" "$D/many"
	done
}

@test "joining states is associative, commutative and idempotent" {
	streams split --seed 9 --parts 3 "$D/part" <"$D/many"
	for part in 0 1 2; do fold "$D/part.$part" >"$D/s$part"; done
	fold "$D/s0" "$D/s1" | fold - "$D/s2" >"$D/left"
	fold "$D/s1" "$D/s2" | fold "$D/s0" - >"$D/right"
	fold "$D/s2" "$D/s0" "$D/s1" "$D/s0" >"$D/turned"
	fold "$D/many.whole" "$D/many.whole" >"$D/twice"
	for joined in left right turned twice; do same_states "$D/many.whole" "$D/$joined" "$D/many"; done
}

@test "a state joins with the records that it is made of, and with others" {
	streams split --seed 11 --parts 2 "$D/part" <"$D/many"
	fold "$D/part.0" >"$D/s0"
	fold "$D/s0" "$D/part.1" >"$D/joined"
	same_states "$D/many.whole" "$D/joined" "$D/many"
	fold "$D/part.1" "$D/s0" "$D/part.0" >"$D/joined"
	same_states "$D/many.whole" "$D/joined" "$D/many"
}

@test "the changes on the way fold to the same state" {
	fold -e change "$D/many" >"$D/changes"
	[ "$(wc -l <"$D/changes")" -gt "$STREAMS" ]
	fold "$D/changes" >"$D/again"
	same_states "$D/many.whole" "$D/again" "$D/many"
	streams shuffle --seed 3 <"$D/changes" | fold >"$D/again"
	same_states "$D/many.whole" "$D/again" "$D/many"
}

@test "one thread and two give the same states, changes, deltas and refusals" {
	fold -j 1 -e state,change,delta,refused "$D/many" >"$D/one"
	fold -j 2 -e state,change,delta,refused "$D/many" >"$D/two"
	cmp "$D/one" "$D/two"
	fold -j 2 -e state,change,delta,refused <"$D/many" >"$D/two"
	cmp "$D/one" "$D/two"
}

# The streams are good enough to notice a broken rule: many twins of the broken model differ from twin-sync's, and many change with
# the order of the lines. (Shares of the twins, in percent; each is several times smaller than what the generator reaches.)
notices() {
	local rule=$1 differ turned
	plain_model --break "$rule" "$D/few" >"$D/broken"
	streams shuffle --seed 1 <"$D/few" | plain_model --break "$rule" >"$D/broken.turned"
	differ=$(streams explain --most 0 "$D/few.whole" "$D/broken" "$D/few" | cut -d' ' -f1)
	turned=$(streams explain --most 0 "$D/broken" "$D/broken.turned" "$D/few" | cut -d' ' -f1)
	echo "$rule: $differ twins differ, $turned depend on the order"
	[ "$differ" -gt $((STREAMS / 6 / 10)) ]
	[ "$turned" -gt $((STREAMS / 6 / 10)) ]
}

@test "the streams notice a fold that lets the first of two equal times win" {
	notices no-tie-break
}

@test "the streams notice a fold that drops late records" {
	notices drop-late
}

@test "the streams notice a fold that forgets its deletes" {
	notices drop-tombstones
}

@test "the streams notice a fold that has the time of arrival in its key" {
	notices arrival-in-key
}
