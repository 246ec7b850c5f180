#!/usr/bin/awk -f
# A pump station for half an hour, made up but always the same: awk -f examples/rig.awk > examples/rig.csv
#
# Two pumps draw from a tank. Pump-2's bearing begins to fail after ten minutes: first it shakes, then it warms. Some cells are missing, as
# they are in the field. All arithmetic is on whole numbers below 2^53, so every awk writes the same bytes.

# The minimal standard generator of Park and Miller (1988): 1 to 2147483646.
function random(limit)
{
	seed = (seed * 16807) % 2147483647
	return int(seed / 65536) % limit
}

# A value between -spread and spread, the middle likelier.
function noise(spread)
{
	return random(spread + 1) + random(spread + 1) - spread
}

# hundredths as a decimal
function decimal(hundredths)
{
	return sprintf("%s%d.%02d", hundredths < 0 ? "-" : "", int(abs(hundredths) / 100), abs(hundredths) % 100)
}

function abs(x)
{
	return x < 0 ? -x : x
}

# Now and then a sensor does not answer.
function cell(hundredths)
{
	return random(100) == 0 ? "" : decimal(hundredths)
}

function time(seconds)
{
	return sprintf("2026-03-01T%02d:%02d:%02dZ", 6 + int(seconds / 3600), int(seconds / 60) % 60, seconds % 60)
}

# One row. Each random number has a statement of its own: awk leaves the order of arguments open.
# wear: hundredths of a full failure; heat follows it slowly.
function pump(seconds, name, running, wear, nominal,    flow, pressure, temperature, vibration)
{
	heat[name] += int(((running ? 4150 + wear * 45 : 2100) - heat[name]) / 25)
	flow = running ? cell(nominal - wear * 2 + noise(60)) : "0.00"
	pressure = running ? cell(312 - int(wear / 4) + noise(6)) : cell(105 + noise(3))
	temperature = cell(heat[name] + noise(15))
	vibration = running ? cell(180 + wear * 7 + noise(25)) : cell(4 + noise(3))
	printf "%s,%s,%s,%s,%s,%s,%s,\n", time(seconds), name, flow, pressure, temperature, vibration, running ? "true" : "false"
}

BEGIN {
	seed = 20260301
	level = 24000
	first_runs = 1
	heat["pump-1"] = heat["pump-2"] = 4150
	print "time,entity_id,flow,pressure,bearing_temperature,vibration,running,level"
	for (step = 0; step < 180; step++) {
		seconds = step * 10
		wear = step < 60 ? 0 : int((step - 60) * (step - 60) / 200)
		if (level < 18000)
			first_runs = 0
		if (level > 23000)
			first_runs = 1
		level += 330 - (first_runs ? 410 : 0) - 180 + noise(20)
		pump(seconds, "pump-1", first_runs, 0, 4120)
		pump(seconds, "pump-2", 1, wear, 1800)
		if (step % 3 == 0)
			printf "%s,tank-1,,,,,,%s\n", time(seconds), decimal(int(level / 100))
	}
}
