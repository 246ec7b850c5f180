#!/usr/bin/env bash
# What a compiler does not say: form, shell, pages, layers, and functions that are not used here. Run by `make lint`.
set -uo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 2
shopt -s nullglob
failed=0

fail() {
	printf 'lint: %s\n' "$*"
	failed=1
}

sources=({cmd,libcommon/*,tests/*,examples/*}/*.[ch])
library_and_programs=({cmd,libcommon/*}/*.[ch])
headers=(libcommon/*/*.h)

check_form() {
	clang-format --dry-run -Werror "${sources[@]}" || fail "run clang-format -i on these"
}

check_shell() {
	local scripts=(.ci/run {tests,tests/*,completions,examples,examples/*}/*.{sh,bash})
	shellcheck -x -P SCRIPTDIR "${scripts[@]}" || fail "shellcheck, see above"
	# SC2030, SC2031: each test is a subshell, and meant to be one. SC2154: `run` sets output, status and the rest.
	shellcheck -s bats -x -P SCRIPTDIR -e SC2030,SC2031,SC2154 tests/*.bats || fail "shellcheck, see above"
}

check_pages() {
	local pages=(man/*.[1-9])
	mandoc -T lint -W warning "${pages[@]}" || fail "mandoc, see above"
}

check_headers_alone() {
	local header
	for header in "${headers[@]}"; do
		"${CC:-cc}" -std=gnu17 -Wall -Wextra -Werror -Ilibcommon -fsyntax-only -x c "$header" || fail "$header does not compile alone"
	done
}

# What a run leaves behind is easily committed: the top level holds what belongs there, and nothing in the tree is large.
check_tree() {
	git rev-parse -q --git-dir >/dev/null 2>&1 || return 0
	local file
	while read -r file; do
		case $file in
		.ci | .clang-format | .gitignore | CONTRIBUTING.md | LICENSE | Makefile | NEWS.md | README.md | cmd | completions | examples | libcommon | man | tests) ;;
		*) fail "$file does not belong into the top level" ;;
		esac
	done < <(git ls-files | cut -d / -f 1 | sort -u)
	while IFS= read -r -d '' file; do
		[[ ! -f $file || $(stat -c %s "$file") -lt 1000000 ]] || fail "$file is too large for the tree"
	done < <(git ls-files -z)
}

# Rooms from the ground up: what is included must not lie above.
check_layers() {
	local rooms=(base io record format twin analysis)
	local -A height
	local i file room other
	for i in "${!rooms[@]}"; do height[${rooms[i]}]=$i; done
	for file in libcommon/*/*.[ch]; do
		room=${file#libcommon/} room=${room%%/*}
		[[ -n ${height[$room]-} ]] || { fail "$file: libcommon has no room '$room'"; continue; }
		while read -r other; do
			((${height[$other]-99} <= ${height[$room]})) || fail "$file includes $other/, which does not lie below $room/"
		done < <(sed -n 's,^#include "\([a-z]*\)/.*,\1,p' "$file")
		! grep -n '^#include "[^/]*"$' "$file" || fail "$file: an include without its room"
	done
}

# Each has a safe way here: base/buffer.h, base/slice.h, io/line_reader.h, io/option.h, the numbers and times of base/.
check_banned() {
	local banned='strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|strtok_r|gets|fgets|atoi|atol|atoll|atof|scanf|sscanf|fscanf|alloca|gmtime|localtime|mktime|setjmp|longjmp|system|popen|tmpnam|mktemp'
	local hits
	hits=$(grep -nE "(^|[^[:alnum:]_\"])($banned)[[:space:]]*\(" "${library_and_programs[@]}" | grep -vE ':[0-9]+:[[:space:]]*//')
	[[ -z $hits ]] || fail "functions that are not used here:"$'\n'"$hits"
}

# The clock of the machine is read in one place, so that same bytes in give same bytes out.
check_clock() {
	local hits
	hits=$(grep -nE '(^|[^[:alnum:]_])(clock_gettime|gettimeofday|time)[[:space:]]*\((CLOCK_REALTIME|NULL|&)' "${library_and_programs[@]}" |
		grep -v '^libcommon/base/time_option\.c:' | grep -v CLOCK_MONOTONIC)
	[[ -z $hits ]] || fail "the machine's clock is read outside base/time_option.c:"$'\n'"$hits"
}

check_marks() {
	local hits
	hits=$(grep -nE '(^|[^[:alnum:]])(TODO|FIXME|HACK)([^[:alnum:]]|$)' "${library_and_programs[@]}")
	[[ -z $hits ]] || fail "unfinished:"$'\n'"$hits"
}

check_form
check_shell
check_pages
check_headers_alone
check_tree
check_layers
check_banned
check_clock
check_marks
((failed)) || echo "lint: nothing to say about ${#sources[@]} C files"
exit "$failed"
