#!/bin/sh
# machine.sh - records the machine it runs on: machine.sh [SECONDS] > machine.csv
#
# One sample a second of load, memory, temperatures, disk and network counters, from /proc and /sys with awk, cat and date. Each line
# is one reading: time,entity_id,property,value,unit.
set -eu
export LC_ALL=C

sample() {
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	# shellcheck disable=SC2046 # a list of files
	awk -v now="$now" -v host="$(uname -n)" '
		function reading(property, value, unit) { printf "%s,%s,%s,%s,%s\n", now, host, property, value, unit }
		function bytes(sectors) { return sprintf("%.0f", sectors * 512) }
		function segment(name) { gsub(/[^A-Za-z0-9_.-]/, "_", name); return name }
		FILENAME == "/proc/loadavg" { reading("load/1m", $1, ""); reading("load/5m", $2, ""); reading("processes", substr($4, index($4, "/") + 1), "") }
		FILENAME == "/proc/uptime" { reading("uptime", $1, "s") }
		FILENAME == "/proc/meminfo" && $1 == "MemTotal:" { reading("memory/total", $2, "KiB") }
		FILENAME == "/proc/meminfo" && $1 == "MemAvailable:" { reading("memory/available", $2, "KiB") }
		# Whole disks that have been read: name, then sectors of 512 bytes read and written.
		FILENAME == "/proc/diskstats" && $3 ~ /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme[0-9]+n[0-9]+|mmcblk[0-9]+)$/ && $6 > 0 && ++disks <= 4 {
			reading("disk/" segment($3) "/read", bytes($6), "B"); reading("disk/" segment($3) "/written", bytes($10), "B")
		}
		FILENAME == "/proc/net/dev" && /:/ {
			sub(/:/, " ")
			if ($2 + $10 > 0 && ++interfaces <= 4) {
				reading("network/" segment($1) "/received", $2, "B"); reading("network/" segment($1) "/sent", $10, "B")
			}
		}
		FILENAME ~ /^\/sys/ && /^[0-9]+$/ { reading("temperature/" ++sensors, sprintf("%.1f", $1 / 1000), "degC") }
	' $(readable /proc/loadavg /proc/uptime /proc/meminfo /proc/diskstats /proc/net/dev \
		/sys/class/thermal/thermal_zone*/temp /sys/class/hwmon/hwmon*/temp*_input) /dev/null
}

# A sensor may be listed and yet not answer.
readable() {
	for file; do
		if cat "$file" >/dev/null 2>&1; then
			echo "$file"
		fi
	done
}

seconds=${1:-5}
echo time,entity_id,property,value,unit
while :; do
	sample
	seconds=$((seconds - 1))
	[ "$seconds" -gt 0 ] || break
	sleep 1
done
