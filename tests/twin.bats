#!/usr/bin/env bats
# The front end. The folder beside it is a made-up one, so that these tests hold whichever programs there are.

load helper

setup() {
	scratch
	mkdir -p bin elsewhere
	cp "$TWIN_BUILD/twin" bin/
	program bin/twin-echo 'say back what was given'
	program bin/twin-fail 'end with status 3'
	program elsewhere/twin-mine 'a program of my own'
	PATH=$PWD/elsewhere:$PATH
}

# program PATH SUMMARY: prints its name and arguments, one to a line.
program() {
	cat >"$1" <<-END
		#!/bin/sh
		if [ "\$1" = --dump-options ]; then printf '%s\t%s\t-\n' '${1##*/}' '$2'; exit; fi
		printf '<%s>\n' "\${0##*/}" "\$@"
		case \$0 in *fail) exit 3 ;; esac
	END
	chmod +x "$1"
}

@test "twin NAME runs the program beside it with the arguments as they are" {
	run -0 bin/twin echo 'a b' '' --help -V --
	same <<'END'
<twin-echo>
<a b>
<>
<--help>
<-V>
<-->
END
}

@test "the status is that of the program" {
	run -3 bin/twin fail
}

@test "standard input and output are the program's" {
	printf '#!/bin/sh\nexec tr a-z A-Z\n' >bin/twin-shout
	chmod +x bin/twin-shout
	run -0 bin/twin shout <<<"quiet"
	[[ $output == QUIET ]]
}

@test "the twin- in front of a name may be written" {
	run -0 bin/twin twin-echo x
	[[ $output == "<twin-echo>"$'\n'"<x>" ]]
}

@test "what lies beside goes before what is found along PATH, which comes next" {
	program elsewhere/twin-echo 'the wrong one'
	run -0 bin/twin echo
	rm bin/twin-echo
	run -0 bin/twin mine
	[[ $output == "<twin-mine>" ]]
}

@test "a symbolic link to the front end finds the programs of the real one" {
	ln -s "$PWD/bin/twin" elsewhere/twin
	run -0 elsewhere/twin echo here
	[[ $output == "<twin-echo>"$'\n'"<here>" ]]
}

@test "without a name the programs beside it are listed with what they do, in order" {
	program bin/twin-liar 'claims another name'
	sed -i "s/'twin-liar'/'twin-other'/" bin/twin-liar
	touch bin/twin-data bin/twin-Odd bin/twin-echo~
	chmod +x bin/twin-Odd bin/twin-echo~
	for command in "" help; do
		# shellcheck disable=SC2086 # none or one word
		run -0 --separate-stderr bin/twin $command
		[[ -z $stderr ]]
		grep '^  ' <<<"$output" >listed
		same listed <<'END'
  echo       say back what was given
  fail       end with status 3
END
	done
}

@test "control characters in what a program says of itself do not reach the terminal" {
	printf '#!/bin/sh\nprintf "twin-odd\\\\ta\\\\033[2Jb\\\\t-\\\\n"\n' >bin/twin-odd
	chmod +x bin/twin-odd
	run -0 bin/twin
	says '  odd        a?[2Jb'
}

@test "names with slashes, blanks, capitals or nothing in them are no programs" {
	mkdir sub
	program sub/twin-x 'not to be reached'
	for name in ../sub/twin-x ./bin/twin-echo sub/x 'echo x' Echo '' 'a;b' "$(printf 'a%.0s' {1..200})"; do
		run -2 --separate-stderr bin/twin "$name"
		[[ ${stderr_lines[0]} == "twin: no program '"* ]]
		[[ ${stderr_lines[1]} == "Try 'twin --help'." ]]
		[[ -z $output ]]
	done
}

@test "a program that does not exist is trouble that names a near one" {
	run -2 bin/twin ecoh
	[[ $output == "twin: no program 'ecoh': did you mean 'echo'?"$'\n'"Try 'twin --help'." ]]
	run -2 bin/twin zebra
	[[ ${lines[0]} == "twin: no program 'zebra'" ]]
}

@test "a program that cannot be run is trouble that says why" {
	printf 'no program' >bin/twin-text
	printf '#!/no/such/shell\n' >bin/twin-stray
	chmod +x bin/twin-text
	run -2 bin/twin text
	says "twin: cannot run 'twin-text': Exec format error"
}

@test "help NAME opens the page that belongs to this front end, else the one that man finds" {
	printf '#!/bin/sh\nprintf "<%%s>" man "$@"\n' >elsewhere/man
	chmod +x elsewhere/man
	run -0 bin/twin help echo
	[[ $output == "<man><twin-echo>" ]]
	mkdir -p share/man/man1 share/man/man5
	touch share/man/man1/twin-echo.1 share/man/man1/twin.1 share/man/man5/twin-record.5
	run -0 bin/twin help echo
	[[ $output == "<man><-l><$PWD/bin/../share/man/man1/twin-echo.1>" ]]
	run -0 bin/twin help twin
	[[ $output == "<man><-l><$PWD/bin/../share/man/man1/twin.1>" ]]
	run -0 bin/twin help record
	[[ $output == "<man><-l><$PWD/bin/../share/man/man5/twin-record.5>" ]]
	run -2 bin/twin help ../../etc/passwd
	[[ ${lines[0]} == "twin: no page '../../etc/passwd'" ]]
	run -2 bin/twin help echo fail
	[[ ${lines[0]} == "twin: help takes one name" ]]
}

@test "help of a page that does not exist is trouble that names a near one, whatever man would say" {
	printf '#!/bin/sh\necho "No manual entry for it" >&2\nexit 16\n' >elsewhere/man
	chmod +x elsewhere/man
	mkdir -p share/man/man1 share/man/man5 man
	touch share/man/man1/twin-echo.1.gz share/man/man1/twin.1 share/man/man1/else.1 share/man/man5/twin-record.5 man/twin-source.7
	for typed in 'ecoh echo' 'recrod record' 'sourec source' 'twni twin' 'twin-ecoh echo'; do
		run -2 --separate-stderr bin/twin help "${typed% *}"
		near=${typed#* } name=${typed% *}
		[[ $stderr == "twin: no page '${name#twin-}': did you mean '$near'?"$'\n'"Try 'twin --help'." ]]
		[[ -z $output ]]
	done
	for name in zebra esle fail; do
		run -2 --separate-stderr bin/twin help "$name"
		[[ $stderr == "twin: no page '$name'"$'\n'"Try 'twin --help'." ]]
		[[ -z $output ]]
	done
	rm elsewhere/man
	run -2 --separate-stderr env PATH="$PWD/elsewhere" bin/twin help zebra
	[[ $stderr == "twin: cannot run man: No such file or directory" ]]
}

@test "a page that only man finds is opened by man" {
	printf '#!/bin/sh\n[ "$*" = "-w twin-far" ] || [ "$*" = twin-far ] || exit 16\necho "<$*>"\n' >elsewhere/man
	chmod +x elsewhere/man
	run -0 bin/twin help far
	[[ $output == "<twin-far>" ]]
	run -2 bin/twin help near
}
