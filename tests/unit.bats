#!/usr/bin/env bats
# The unit tests in C. Each prints its own TAP, of which what failed is shown.

load helper

@test "the unit tests of the modules pass" {
	count=0 failed=
	for source in "$TWIN_ROOT"/tests/unit/*_test.c; do
		name=$(basename "$source" .c)
		count=$((count + 1))
		if (cd "$TWIN_ROOT" && "$TWIN_BUILD/unit/$name") >"$name.out" 2>&1; then
			grep -q '^1\.\.[1-9]' "$name.out" || failed+=" $name (no plan)"
		else
			failed+=" $name"
			grep -v '^ok' "$name.out"
		fi
	done
	echo "failed:${failed:- none}, of $count"
	[[ -z $failed ]]
	((count > 0))
}
