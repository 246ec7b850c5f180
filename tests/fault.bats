#!/usr/bin/env bats
# What keeps state survives every system call that fails, and kill -9 at any of them: the file is the old one or the new one.

load helper

setup() {
	scratch
	mkdir d
	driver=$TWIN_BUILD/unit/atomic_file_test
	[ -x "$driver" ]
	[ -e "$TWIN_BUILD/fault.so" ]
	export ASAN_OPTIONS=verify_asan_link_order=0
	old=$(printf 'old%.0s' {1..1000})
	new=$(printf 'newer%.0s' {1..1000})
}

# replace FAULT STATUS: tries to replace the old contents by the new ones while FAULT strikes, which must come to pass.
replace() {
	printf %s "$old" >d/f
	rm -f log
	run -"$2" env TWIN_FAULT="$1" TWIN_FAULT_LOG="$PWD/log" LD_PRELOAD="$TWIN_BUILD/fault.so" "$driver" d/f "$new"
	[ -s log ]
}

no_temporary_is_left() {
	[ "$(ls -A d)" = f ]
}

@test "a replacement that fails before its end leaves the old file, nothing beside it, and says why" {
	for fault in write:1:ENOSPC write:1:EIO fsync:1:EIO close:1:ENOSPC rename:1:EACCES \
		write:1:short,write:2:ENOSPC; do
		replace "$fault" 2
		case $fault in
		*ENOSPC) why='No space left on device' ;;
		*EIO) why='Input/output error' ;;
		*EACCES) why='Permission denied' ;;
		esac
		[ "$output" = "atomic_file_test: cannot write 'd/f': $why" ]
		[ "$(cat d/f)" = "$old" ]
		no_temporary_is_left
	done
}

@test "a replacement whose directory cannot be synced is reported, with the new file in place" {
	replace fsync:2:EIO 2
	[ "$output" = "atomic_file_test: cannot write 'd/f': Input/output error" ]
	[ "$(cat d/f)" = "$new" ]
	no_temporary_is_left
}

@test "a file system that cannot sync directories is no failure" {
	replace fsync:2:EINVAL 0
	[ "$output" = "" ]
	[ "$(cat d/f)" = "$new" ]
}

@test "interrupted and short writes and syncs are made good" {
	for fault in write:1:EINTR write:1:EAGAIN write:1+:short fsync:1:EINTR fsync:2:EINTR; do
		replace "$fault" 0
		[ "$output" = "" ]
		[ "$(cat d/f)" = "$new" ]
		no_temporary_is_left
	done
}

@test "kill -9 before any of its calls leaves the old file until the rename and the new one after it" {
	for fault in write:1 write:1:short,write:2 fsync:1 close:1 rename:1; do
		replace "$fault:kill" 137
		[ "$(cat d/f)" = "$old" ]
		rm -f d/.twin-*.tmp
	done
	for fault in fsync:2 close:2; do
		replace "$fault:kill" 137
		[ "$(cat d/f)" = "$new" ]
		no_temporary_is_left
	done
}

@test "these are all calls there are: the next of each kind never comes" {
	for fault in write:2 fsync:3 rename:2 close:3; do
		printf %s "$old" >d/f
		run -0 env TWIN_FAULT="$fault:kill" LD_PRELOAD="$TWIN_BUILD/fault.so" "$driver" d/f "$new"
		[ "$(cat d/f)" = "$new" ]
	done
}

@test "a new file that cannot be written is not there afterwards" {
	for fault in write:1:ENOSPC fsync:1:EIO close:1:EIO rename:1:EXDEV; do
		run -2 env TWIN_FAULT="$fault" LD_PRELOAD="$TWIN_BUILD/fault.so" "$driver" d/f "$new"
		[ "$(ls -A d)" = "" ]
	done
}
