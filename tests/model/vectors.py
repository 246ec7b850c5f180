#!/usr/bin/env python3
"""vectors - turns the merge, delta and tolerance vectors into records and checks what a fold made of them

    vectors.py merge FILE FOLDER       writes FOLDER/N.ndjson and FOLDER/N.model.json, one pair for each set of sensor priorities
    vectors.py check-merge FILE STATES compares every case with the states (of all groups, in any order)
    vectors.py delta FILE readings|state            records on standard output
    vectors.py check-delta FILE RECORDS             the last delta of each twin, from `delta` or `state` records
    vectors.py tolerance FILE records|model         the stream or the model on standard output
    vectors.py check-tolerance FILE STATES
    vectors.py three-way FILE FOLDER COMMAND...     every case in every order of its replicas, through a program with twin-merge's options
"""
import itertools
import json
import os
import subprocess
import sys

QUALITY = {"good": 1, "uncertain": 0.5, "bad": 0}


def load(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def time_of(seconds):
    return f"1970-01-01T00:{seconds // 60:02d}:{seconds % 60:02d}Z"


def says_null(case):
    """A desired null cannot be said by a merge patch."""
    return any("want" in record and record["want"] is None for record in case["records"])


def native(case, record):
    out = {"entity_id": case["name"] + "/" + record["e"]}
    if "want" in record:
        out.update(type="desired", properties={record["p"]: record["want"]})
    elif record.get("del") and record.get("of") == "want":
        out.update(type="desired", properties={record["p"]: None})
    elif record.get("del"):
        out.update(type="deleted", **({"property": record["p"]} if "p" in record else {}))
    else:
        out.update(property=record["p"], value=record["v"], quality=QUALITY[record.get("q", "good")])
    out["timestamp"] = time_of(record["t"])
    for short, name in (("src", "sensor_id"), ("seq", "seq"), ("c", "counter")):
        if short in record:
            out[name] = record[short]
    if "rx" in record:
        out["received"] = time_of(record["rx"])
    return out


def write_merge(file, folder):
    groups = {}
    for case in load(file):
        if not says_null(case):
            groups.setdefault(json.dumps(case["prio"], sort_keys=True), []).append(case)
    for number, (priorities, cases) in enumerate(groups.items()):
        sensors = {name: {"priority": level} for name, level in json.loads(priorities).items()}
        with open(f"{folder}/{number}.model.json", "w", encoding="utf-8") as out:
            json.dump({"name": "vectors", "properties": {}, "sensors": sensors}, out)
        with open(f"{folder}/{number}.ndjson", "w", encoding="utf-8") as out:
            for case in cases:
                for record in case["records"]:
                    out.write(json.dumps(native(case, record)) + "\n")


def told(entry, value):
    names = {level: name for name, level in QUALITY.items()}
    seconds = int(entry["timestamp"][14:16]) * 60 + int(entry["timestamp"][17:19])
    return {"q": names[entry.get("quality", 1)], "src": entry.get("sensor_id", ""), "t": seconds, "v": value}


def cells(state):
    """last, good and want of every property of a state, in the words of the vectors."""
    found = {}
    for path, entry in state.get("metadata", {}).items():
        if path.startswith("/"):
            continue
        cell = found.setdefault(path, {})
        last = entry.get("last")
        if "timestamp" in entry and not entry.get("deleted"):
            cell["good"] = cell["last"] = told(entry, entry["value"] if "value" in entry else state["properties"][path])
        if last:
            cell["last"] = told(last, last["value"])
    for path, entry in state.get("desired_metadata", {}).items():
        if not entry.get("deleted"):
            found.setdefault(path, {})["want"] = told(entry, state["desired"][path])
    return {path: cell for path, cell in found.items() if cell}


def report(differences, count, least):
    for line in differences:
        print(line)
    print(f"{count} cases, {len(differences)} differ")
    return 1 if differences or count < least else 0


def same(a, b):
    """Equal with kinds: 1 is not true. (Numbers of the vectors are spelled one way.)"""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def check_merge(file, states):
    found = {}
    for state in load(states):
        case, _, entity = state["entity_id"].rpartition("/")
        if state["type"] == "state" and cells(state):
            found.setdefault(case, {})[entity] = cells(state)
    cases = [case for case in load(file) if not says_null(case)]
    differences = [
        f"{case['name']}: expected {case['expect']} got {found.get(case['name'], {})}"
        for case in cases if not same(case["expect"], found.get(case["name"], {}))
    ]
    return report(differences, len(cases), 90)


def write_delta(file, form):
    for case in load(file):
        name, moment = case["name"], time_of(5)
        if form == "state":
            print(json.dumps({"type": "state", "entity_id": name, "timestamp": moment,
                              "properties": case["reported"], "desired": case["desired"]}))
            continue
        for path, value in case["reported"].items():
            print(json.dumps({"entity_id": name, "property": path, "timestamp": moment, "value": value}))
        print(json.dumps({"type": "desired", "entity_id": name, "timestamp": moment, "properties": case["desired"]}))


def check_delta(file, records):
    found = {}
    for record in load(records):
        found[record["entity_id"]] = record.get("properties" if record["type"] == "delta" else "delta", {})
    cases = load(file)
    differences = [
        f"{case['name']}: expected {case['delta']} got {found.get(case['name'], {})}"
        for case in cases if not same(case["delta"], found.get(case["name"], {}))
    ]
    return report(differences, len(cases), 8)


def write_tolerance(file, form):
    cases = load(file)
    if form == "model":
        tolerances = {f"p{n}": {"tolerance": {"absolute": c["atol"], "relative": c["rtol"]}} for n, c in enumerate(cases)}
        print(json.dumps({"name": "tolerances", "properties": tolerances}))
        return
    for number, case in enumerate(cases):
        print(json.dumps({"entity_id": "e", "property": f"p{number}", "timestamp": time_of(5), "value": case["a"]}))
        print(json.dumps({"type": "desired", "entity_id": "e", "timestamp": time_of(5), "properties": {f"p{number}": case["b"]}}))


def check_tolerance(file, states):
    (state,) = load(states)
    cases = load(file)
    differences = [
        f"{case}: delta {state.get('delta', {})}"
        for number, case in enumerate(cases) if case["equal"] == (f"p{number}" in state.get("delta", {}))
    ]
    return report(differences, len(cases), 14)


def write_document(folder, name, document):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        json.dump(document, out, indent=1)
    return path


def three_way(file, folder, *command):
    cases, differences = load(file), []
    for case in cases:
        base = write_document(folder, "base", case["base"])
        sides = [write_document(folder, f"side{n}", side) for n, side in enumerate(case["replicas"])]
        conflicts = os.path.join(folder, "conflicts")
        expected = (case["merged"], case["conflicts"], 1 if case["conflicts"] else 0)
        answers = set()
        for order in itertools.permutations(sides):
            ran = subprocess.run(
                [*command, "-q", "--base", base, "-e", f"state,conflict={conflicts}", *order], stdout=subprocess.PIPE, check=False)
            told = load(conflicts)
            answers.add((ran.stdout, json.dumps(told)))
            if (json.loads(ran.stdout), [conflict["path"] for conflict in told], ran.returncode) != expected:
                differences.append(f"{case}: {ran.stdout} {told} {ran.returncode}")
        if len(answers) > 1:
            differences.append(f"{case}: the order of the replicas shows: {answers}")
    return report(differences, len(cases), 10)


COMMANDS = {
    "three-way": three_way,
    "merge": write_merge, "check-merge": check_merge, "delta": write_delta, "check-delta": check_delta,
    "tolerance": write_tolerance, "check-tolerance": check_tolerance,
}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
