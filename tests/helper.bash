# Common ground of all tests: `load helper` at the top of a bats file. Every test starts in an empty scratch folder of its own.
#
#	TWIN_ROOT       the source tree
#	TWIN_BUILD      where the programs are (build/ unless the environment says otherwise); first in PATH
#	TWIN_TEST_DATA  folder of recorded data; ../shared/data beside the tree when the environment names none; may be empty

bats_require_minimum_version 1.5.0

TWIN_ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
TWIN_BUILD=$(cd "${TWIN_BUILD:-$TWIN_ROOT/build}" && pwd)
if [[ -z ${TWIN_TEST_DATA:-} && -d $TWIN_ROOT/../shared/data ]]; then
	TWIN_TEST_DATA=$(cd "$TWIN_ROOT/../shared/data" && pwd)
fi
export TWIN_ROOT TWIN_BUILD TWIN_TEST_DATA=${TWIN_TEST_DATA:-}

export PATH=$TWIN_BUILD:$PATH LC_ALL=C
unset TZ TWIN_STORE TWIN_MODEL_PATH TWIN_FORMAT NO_COLOR POSIXLY_CORRECT CDPATH

# A file with a setup of its own calls `scratch` in it.
scratch() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

setup() {
	scratch
}

# require_data PATH...: skips the test unless the recorded data has each PATH; the full path of the last one is in $data.
require_data() {
	local path
	for path; do
		[[ -n $TWIN_TEST_DATA ]] || skip "no recorded data: TWIN_TEST_DATA is not set"
		[[ -e $TWIN_TEST_DATA/$path ]] || skip "the recorded data has no $path"
		# shellcheck disable=SC2034 # for the test
		data=$TWIN_TEST_DATA/$path
	done
}

# same [FILE] <<'END': FILE (standard output of the last `run` without it) is byte for byte what comes on standard input.
same() {
	local got=${1:-$BATS_TEST_TMPDIR/.same.got} want=$BATS_TEST_TMPDIR/.same.want
	cat >"$want"
	# `run` has taken the final newlines away.
	[[ -n ${1:-} ]] || printf '%s' "${output:+$output$'\n'}" >"$got"
	diff -u --label expected "$want" --label 'what came' "$got"
}

# says TEXT: the last `run` printed TEXT somewhere, on standard error when that was kept apart.
says() {
	[[ ${output-}$'\n'${stderr-} == *"$1"* ]] || {
		printf 'expected to read: %s\nwhat came: %s\n%s\n' "$1" "${output-}" "${stderr-}"
		return 1
	}
}

# needs COMMAND...: skips the test where one is not installed.
needs() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip "$command is not installed"
	done
}
