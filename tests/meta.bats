#!/usr/bin/env bats
# What every program owes, with no effort of its author. Programs are found in the build folder; `filters` are those whose
# operands are files.
#
# tests/meta/NAME.in is an input that the program answers, tests/meta/NAME.args the arguments (one a line) with which it does so
# before the input ends. Without them a few readings and no arguments are taken.

# shellcheck disable=SC2016 # single quotes around what an inner shell expands

load helper

setup_file() {
	local path
	filters=
	programs=twin
	for path in "$TWIN_BUILD"/twin-*; do
		[[ -x $path && ! -d $path ]] || continue
		programs+=" ${path##*/}"
		if [[ $("$path" --help | head -n 1) == *"[FILE ...]" ]]; then filters+=" ${path##*/}"; fi
	done
	[[ -n $filters ]]
	export filters programs
}

# Sets sample (a file) and args for a program.
sample_of() {
	sample=$TWIN_ROOT/tests/meta/$1.in
	[[ -e $sample ]] || sample=$TWIN_ROOT/tests/meta/default.in
	args=()
	if [[ -e $TWIN_ROOT/tests/meta/$1.args ]]; then
		mapfile -t args <"$TWIN_ROOT/tests/meta/$1.args"
	fi
	echo "# $1"
}

# The section of a page, without its heading.
section() { # page name
	awk -v name="$2" '/^\.Sh / { inside = substr($0, 5) == name; next } inside' "$1"
}

@test "--help says how to use the program, within 80 columns and one printed page" {
	for program in $programs; do
		run -0 --separate-stderr "$program" --help
		[[ ${lines[0]} == "usage: $program "* ]]
		[[ -z $stderr ]]
		echo "$output"
		awk 'length > 80 { print "too wide: " $0; bad = 1 } END { if (NR > 66) { print "too long: " NR " lines"; bad = 1 }; exit bad }' <<<"$output"
		[[ $output != *$'\t'* ]]
	done
}

@test "--version names the program and the version of the release" {
	version=$(sed -n 's/^VERSION := //p' "$TWIN_ROOT/Makefile")
	for program in $programs; do
		run -0 "$program" --version
		[[ $output == "$program (twinutils) $version" ]]
		run -0 "$program" -V
		[[ $output == "$program (twinutils) $version" ]]
	done
}

@test "an unknown option is a usage error that names a near one and points to --help" {
	for program in $programs; do
		run -2 --separate-stderr "$program" --hlep
		[[ $stderr == "$program: unknown option '--hlep': did you mean '--help'?"$'\n'"Try '$program --help'." ]]
		[[ -z $output ]]
		run -2 --separate-stderr "$program" --quite-unheard-of-here
		[[ ${stderr_lines[0]} == "$program: unknown option '--quite-unheard-of-here'" ]]
		[[ -z $output ]]
	done
}

@test "empty input gives no output and is no error" {
	for program in $filters; do
		sample_of "$program"
		run -0 --separate-stderr "$program" "${args[@]}" </dev/null
		[[ -z $output ]]
		: >empty
		run -0 --separate-stderr "$program" "${args[@]}" empty
		[[ -z $output ]]
	done
}

@test "the sample is answered, from standard input, from a file, and through a pipe" {
	for program in $filters; do
		sample_of "$program"
		"$program" "${args[@]}" <"$sample" >from-stdin
		"$program" "${args[@]}" - <"$sample" >from-dash
		# shellcheck disable=SC2002 # a pipe is meant
		cat "$sample" | "$program" "${args[@]}" >from-pipe
		[[ -s from-stdin ]]
		cmp from-stdin from-dash
		cmp from-stdin from-pipe
	done
}

@test "a missing final newline changes nothing" {
	for program in $filters; do
		sample_of "$program"
		"$program" "${args[@]}" <"$sample" >want
		printf '%s' "$(<"$sample")" >unfinished
		"$program" "${args[@]}" <unfinished >got
		[[ -s want ]]
		# What checks files counts it.
		sed -i 's/"unfinished":1/"unfinished":0/' got
		cmp want got
	done
}

@test "gzip and zstd input are read as what they hold" {
	for program in $filters; do
		sample_of "$program"
		"$program" "${args[@]}" <"$sample" >want
		gzip -c "$sample" | "$program" "${args[@]}" >got
		cmp want got
		zstd -qc "$sample" | "$program" "${args[@]}" >got
		cmp want got
	done
}

@test "a missing file, a folder, and closed standard input are trouble that is named" {
	for program in $filters; do
		sample_of "$program"
		run -2 --separate-stderr "$program" "${args[@]}" no-such-file
		[[ $stderr == *"$program: cannot open 'no-such-file': No such file or directory"* ]]
		mkdir -p folder
		run -2 --separate-stderr "$program" "${args[@]}" folder
		[[ $stderr == *"$program: "*"'folder'"*directory* ]]
		run -2 bash -c '"$@" 2>message <&-' - "$program" "${args[@]}"
		grep -q "^$program: " message
	done
}

@test "what cannot be written is trouble, for answers and for --help" {
	for program in $programs; do
		run -2 bash -c '"$1" --help 2>message >/dev/full' - "$program"
		grep -qx "$program: cannot write .*: No space left on device" message
	done
	for program in $filters; do
		sample_of "$program"
		run -2 bash -c '"$@" 2>message >/dev/full' - "$program" "${args[@]}" "$sample"
		grep -qx "$program: cannot write .*: No space left on device" message
		run -2 bash -c '"$@" 2>message >&-' - "$program" "${args[@]}" "$sample"
		grep -q "^$program: cannot write" message
	done
}

@test "rejected input does not go to the file of the records, however that is named" {
	for program in $filters; do
		sample_of "$program"
		says_so="$program: '.*both' is an output for records: name another file for --rejects"
		run -2 "$program" --rejects both -o both "${args[@]}" "$sample"
		[[ $output =~ $says_so ]]
		run -2 "$program" --rejects both -o "$PWD/both" "${args[@]}" "$sample"
		[[ $output =~ $says_so ]]
		run -2 "$program" --rejects both -e rejected=./both "${args[@]}" "$sample"
		[[ $output =~ $says_so ]]
		run -2 bash -c '"$@" 2>message >both' - "$program" --rejects both "${args[@]}" "$sample"
		[[ $(<message) =~ $says_so && ! -s both ]]
	done
}

# Runs a command with standard output on a pipe whose reader has gone for certain.
without_reader() {
	local pipe
	exec {pipe}> >(:)
	wait $!
	("$@" >&"$pipe") 2>message
}

@test "a reader that is gone ends a program quietly, by SIGPIPE" {
	for program in $filters; do
		sample_of "$program"
		run -141 without_reader "$program" "${args[@]}" "$sample"
		[[ ! -s message ]]
	done
}

@test "a parent that ignores SIGPIPE does not change that" {
	for program in $filters; do
		sample_of "$program"
		run -141 without_reader env --ignore-signal=PIPE "$program" "${args[@]}" "$sample"
		[[ ! -s message ]]
		run -141 without_reader env --block-signal=PIPE "$program" "${args[@]}" "$sample"
		[[ ! -s message ]]
	done
}

@test "the first answer comes before the input ends" {
	for program in $filters; do
		sample_of "$program"
		rm -f in out
		mkfifo in out
		timeout 20 "$program" "${args[@]}" <in >out 3>&- &
		exec {to}>in {from}<out
		cat "$sample" >&"$to"
		# Times out, and fails, when the program holds its answer back.
		IFS= read -r -t 10 line <&"$from"
		[[ -n $line ]]
		exec {to}>&-
		cat <&"$from" >/dev/null
		exec {from}<&-
		wait $!
	done
}

@test "input is read again from where it was after a stop" {
	for program in $filters; do
		sample_of "$program"
		"$program" "${args[@]}" <"$sample" >want
		rm -f in
		mkfifo in
		"$program" "${args[@]}" <in >got 3>&- &
		pid=$!
		exec {to}>in
		head -c 20 "$sample" >&"$to"
		kill -STOP "$pid"
		tail -c +21 "$sample" >&"$to"
		kill -CONT "$pid"
		exec {to}>&-
		wait "$pid"
		cmp want got
	done
}

@test "every program has a page that mandoc finds no fault with" {
	needs mandoc
	for program in $programs; do
		echo "# $program"
		mandoc -T lint -W warning "$TWIN_ROOT/man/$program.1"
	done
}

@test "the page's name and one-line description are the program's own" {
	for program in $programs; do
		IFS=$'\t' read -r name summary operands < <("$program" --dump-options)
		page=$TWIN_ROOT/man/$program.1
		[[ $name == "$program" ]]
		echo "$name: $summary"
		[[ $(section "$page" NAME) == ".Nm $name"$'\n'".Nd $summary" ]]
		for word in $(tr -d '[].|' <<<"$operands"); do
			section "$page" SYNOPSIS | grep -qw "Ar $word" || {
				echo "$page: SYNOPSIS lacks the operand $word"
				return 1
			}
		done
	done
}

# Each option that an .It line of the page explains, as "short TAB long".
page_options() {
	awk '/^\.It Fl/ {
		short = "-"
		for (i = 2; i <= NF; i++) {
			if ($i == "Fl" && $(i + 1) ~ /^-./) { print short "\t" substr($(i + 1), 2); short = "-" }
			else if ($i == "Fl") short = $(i + 1)
		}
	}' "$1"
}

@test "the page explains the options of the program, all of them and no others" {
	for program in $programs; do
		page_options "$TWIN_ROOT/man/$program.1" | sort >page
		"$program" --dump-options | tail -n +2 | cut -f 1,2 | sort >table
		diff -u --label "options of $program" table --label "its page" page
	done
}

@test "the SYNOPSIS names no option that the program lacks" {
	for program in $programs; do
		"$program" --dump-options | tail -n +2 | awk -F '\t' '{ print $1; print "-" $2 }' >table
		section "$TWIN_ROOT/man/$program.1" SYNOPSIS | awk '{
			for (i = 1; i < NF; i++) if ($i == "Fl") print $(i + 1)
		}' >used
		awk -v program="$program" 'NR == FNR { known[$0]; next } !($0 in known) && !/^[[:alnum:]]+$/ { print program ": -" $0; bad = 1 }
			END { exit bad }' table used
		# Letters may stand together: .Op Fl pq
		grep -v '^-' used | fold -w 1 | while read -r letter; do grep -qxF -- "$letter" table; done
	done
}

@test "choices of an option are named in the page" {
	for program in $programs; do
		"$program" --dump-options | awk -F '\t' '$5 != "-" && NF == 6 { gsub(",", "\n", $5); print $5 }' | while read -r choice; do
			grep -qE "(^|[^[:alnum:]])$choice([^[:alnum:]]|$)" "$TWIN_ROOT/man/$program.1" || {
				echo "man/$program.1 does not name the choice $choice"
				exit 1
			}
		done
	done
}

@test "the examples of the pages print what the pages say" {
	for page in "$TWIN_ROOT"/man/*.[1-9]; do
		rm -rf scratch
		mkdir scratch
		cp -r "$TWIN_ROOT/examples/." scratch/
		(cd scratch && bash "$TWIN_ROOT/tests/page-examples.sh" "$page")
	done
}

@test "every page has sections in the usual order, and every program's page an EXIT STATUS and EXAMPLES" {
	for program in $programs; do
		for name in NAME SYNOPSIS DESCRIPTION "EXIT STATUS" EXAMPLES "SEE ALSO"; do
			grep -qx "\.Sh $name" "$TWIN_ROOT/man/$program.1" || {
				echo "man/$program.1 has no section $name"
				return 1
			}
		done
	done
}

@test "every program has tests of its own" {
	for program in $programs; do
		echo "# $program"
		[[ -s $TWIN_ROOT/tests/$program.bats ]]
	done
}

@test "the completions in the tree are those of the option tables" {
	bash "$TWIN_ROOT/completions/generate.sh" "$TWIN_BUILD" generated
	for shell in bash zsh fish; do
		diff -ru "$TWIN_ROOT/completions/$shell" "generated/$shell"
	done
}

@test "bash completes options, choices and program names" {
	run -0 bash --norc -c '. "$1"; COMP_WORDS=(twin --he); COMP_CWORD=1; _twin; echo "${COMPREPLY[@]}"' - "$TWIN_ROOT/completions/bash/twin"
	[[ $output == --help ]]
	for program in $filters; do
		run -0 bash --norc -c '. "$1"; COMP_WORDS=(twin "$2"); COMP_CWORD=1; _twin; echo "${COMPREPLY[@]}"' - \
			"$TWIN_ROOT/completions/bash/twin" "${program#twin-}"
		[[ " $output " == *" ${program#twin-} "* ]]
		run -0 bash --norc -c '. "$1"; COMP_WORDS=(twin "$2" --vers); COMP_CWORD=2; _twin; echo "${COMPREPLY[@]}"' - \
			"$TWIN_ROOT/completions/bash/twin" "${program#twin-}"
		[[ $output == --version ]]
		"$program" --dump-options | awk -F '\t' '$4 == "choice" { print $2, $5 }' | while read -r option choices; do
			run -0 bash --norc -c '. "$1"; COMP_WORDS=(x "--$3" = ""); COMP_CWORD=3; "_${2//-/_}"; echo "${COMPREPLY[@]}"' - \
				"$TWIN_ROOT/completions/bash/$program" "$program" "$option"
			[[ $output == "${choices//,/ }" ]]
			run -0 bash --norc -c '. "$1"; COMP_WORDS=(x "--$3=$4"); COMP_CWORD=1; "_${2//-/_}"; echo "${COMPREPLY[@]}"' - \
				"$TWIN_ROOT/completions/bash/$program" "$program" "$option" "${choices##*,}"
			[[ $output == "--$option=${choices##*,}" ]]
		done
		"$program" --dump-options | awk -F '\t' '$4 == "list" && $5 != "-" { print $2, $5 }' | while read -r option choices; do
			run -0 bash --norc -c '. "$1"; COMP_WORDS=(x "--$3" "any,$4"); COMP_CWORD=2; "_${2//-/_}"; echo "${COMPREPLY[@]}"' - \
				"$TWIN_ROOT/completions/bash/$program" "$program" "$option" "${choices##*,}"
			[[ $output == "any,${choices##*,}" ]]
		done
	done
	twin-ingest --dump-options | awk -F '\t' '$2 == "emit" { print $5 }' | grep -qx 'reading,label,rejected'
	twin-select --dump-options | awk -F '\t' '$2 == "type" { print $5 }' | grep -q '^reading,.*event'
	twin-ingest --dump-options | awk -F '\t' '$2 == "check" { print $5 }' | grep -q '^all,none,range'
}

@test "completions of the front end know every page" {
	for page in record model expr units ingest twin; do
		run -0 bash --norc -c '. "$1"; COMP_WORDS=(twin help "$2"); COMP_CWORD=2; _twin; echo "${COMPREPLY[@]}"' - \
			"$TWIN_ROOT/completions/bash/twin" "$page"
		[[ $output == "$page" ]]
		grep -qE "seen_subcommand_from help' -a $page\$" "$TWIN_ROOT/completions/fish/twin.fish"
		grep -qE "_values page .*\b$page\b" "$TWIN_ROOT/completions/zsh/_twin"
	done
}

@test "fish gives no word of an option the option's own description" {
	needs fish
	run -0 fish --no-config -c 'source $argv[1]; complete -C "twin-ingest -f c"' "$TWIN_ROOT/completions/fish/twin-ingest.fish"
	[[ ${output%%$'\t'*} == csv && $output != *format* ]]
}

@test "programs need no library beyond the agreed ones" {
	allowed='libjansson|libcsv|libz|libzstd|libsqlite3|libudunits2|libc|libm|libpthread|ld-linux-x86-64|ld-linux-aarch64'
	if [[ $TWIN_BUILD == *sanitize* ]]; then allowed+='|libasan|libubsan|libgcc_s'; fi
	for program in $programs; do
		readelf -d "$TWIN_BUILD/$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >needed
		[[ -s needed ]]
		echo "# $program: $(paste -sd ' ' needed)"
		run -1 grep -vE "^($allowed)\.so(\.[0-9]+)*$" needed
	done
}
