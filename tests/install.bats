#!/usr/bin/env bats
# What `make install`, `make uninstall` and `make dist` leave behind.

load helper

make_here() {
	make -s -C "$TWIN_ROOT" "$@"
}

@test "what is installed runs, has its pages and completions, and goes again without a trace" {
	make_here install DESTDIR="$PWD/root" PREFIX=/opt/twin
	local name
	for name in "$TWIN_BUILD"/twin "$TWIN_BUILD"/twin-*; do
		[[ -x $name && -f $name ]] || continue
		name=${name##*/}
		[[ -x root/opt/twin/bin/$name ]]
		[[ -s root/opt/twin/share/man/man1/$name.1 ]]
		[[ -s root/opt/twin/share/bash-completion/completions/$name ]]
		[[ $("root/opt/twin/bin/$name" --version) == "$name "* ]]
	done
	[[ -s root/opt/twin/share/man/man5/twin-record.5 ]]
	make_here uninstall DESTDIR="$PWD/root" PREFIX=/opt/twin
	run -0 find root -type f
	[[ -z $output ]]
}

@test "a release holds the sources and builds no objects in" {
	git -C "$TWIN_ROOT" rev-parse -q --verify HEAD >/dev/null || skip "not a git checkout"
	git clone -q "$TWIN_ROOT" clone
	make -s -C clone dist
	run -0 tar -tzf clone/twinutils-*.tar.gz
	[[ $output == *'/Makefile'* && $output == *'/cmd/twin-sync.c'* && $output == *'/man/twin-record.5'* ]]
	[[ $output != *'.o'$'\n'* && $output != *'/build/'* ]]
}

@test "neither TZ nor the locale changes what is written" {
	printf 'time;a\n2026-03-29 02:30:00;1,5\n2026-07-01 00:00:00;2\n' >rows
	run -0 twin-ingest -q --delimiter ';' --value-type a=string --entity-id e rows
	local plain=$output
	run -0 env TZ=America/New_York LC_ALL=de_DE.UTF-8 twin-ingest -q --delimiter ';' --value-type a=string --entity-id e rows
	[[ $output == "$plain" ]]
	twin-ingest -q --delimiter ';' --value-type a=string --entity-id e rows >readings
	TZ=Asia/Kolkata LC_ALL=C.UTF-8 twin-sync -q readings >there
	twin-sync -q readings | cmp - there
}
