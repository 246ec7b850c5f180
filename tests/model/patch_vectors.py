#!/usr/bin/env python3
"""patch_vectors - public cases of JSON Patch, JSON Merge Patch and tolerances, through twin-patch and twin-diff

    patch_vectors.py patch FILE        cases {doc, patch, expected or error} of RFC 6902
    patch_vectors.py merge FILE        cases {doc, merge, expected} of RFC 7396
    patch_vectors.py pointers FILE     cases {doc, cases: [{pointer, value}]} of RFC 6901, as tests of a patch
    patch_vectors.py tolerance FILE    lines {a, b, atol, rtol, equal}
    patch_vectors.py rounds SEED       differences of random documents, applied and undone
    patch_vectors.py exchange SEED     patches of random documents, applied by python3-jsonpatch, and its patches applied by ours

Texts of numbers and repeated members are taken from the file as they are, so that nothing is lost between it and the programs.
"""
import json
import random
import subprocess
import sys


class Pairs(dict):
    """An object that remembers members that are repeated."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.pairs = pairs


class Number(str):
    """A number as it is written."""


def load(text):
    return json.loads(text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number)


def dump(value):
    if isinstance(value, Pairs):
        return "{" + ",".join(json.dumps(name) + ":" + dump(item) for name, item in value.pairs) + "}"
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(name) + ":" + dump(item) for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(item) for item in value) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value)


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def same(a, b):
    """Equal as JSON: numbers by value, and true is not 1."""
    write("want.json", a)
    write("got.json", b)
    return run("twin-diff", "-q", "-f", "document", "want.json", "got.json").returncode == 0


def judge(name, done, expected, has_error):
    if has_error:
        return done.returncode in (1, 2) or f"{name}: status {done.returncode}, expected a refusal"
    if done.returncode != 0:
        return f"{name}: status {done.returncode}: {done.stderr.strip()}"
    if expected is not None and not same(expected, done.stdout):
        return f"{name}: expected {expected}, got {done.stdout}"
    return True


def report(results):
    wrong = [result for result in results if result is not True]
    print(*wrong, f"{len(results) - len(wrong)} of {len(results)} cases", sep="\n")
    return 1 if wrong or not results else 0


def patch(options):
    results = []
    for number, case in enumerate(load(open(options[0], encoding="utf-8").read())):
        if "patch" not in case:
            continue
        write("doc.json", dump(case["doc"]))
        write("patch.json", dump(case["patch"]))
        done = run("twin-patch", "-f", "patch", "patch.json", "doc.json")
        expected = dump(case["expected"]) if "expected" in case else None
        results.append(judge(f"{number} {case.get('comment', '')}", done, expected, "error" in case))
    return report(results)


def merge(options):
    results = []
    for case in load(open(options[0], encoding="utf-8").read()):
        write("doc.json", dump(case["doc"]))
        write("patch.json", dump(case["merge"]))
        for form in ("merge", "auto"):
            done = run("twin-patch", "-f", form, "patch.json", "doc.json")
            results.append(judge(case.get("comment", ""), done, dump(case["expected"]), False))
    return report(results)


def pointers(options):
    results = []
    data = load(open(options[0], encoding="utf-8").read())
    write("doc.json", dump(data["doc"]))
    for case in data["cases"]:
        write("patch.json", dump([{"op": "test", "path": case["pointer"], "value": case["value"]}]))
        results.append(judge(case["pointer"], run("twin-patch", "patch.json", "doc.json"), dump(data["doc"]), False))
    return report(results)


def tolerance(options):
    results = []
    for line in open(options[0], encoding="utf-8"):
        case = load(line)
        write("a.json", dump(case["a"]))
        write("b.json", dump(case["b"]))
        done = run("twin-diff", "-q", "--large", "--atol", case["atol"], "--rtol", case["rtol"], "a.json", "b.json")
        results.append(done.returncode == (0 if case["equal"] else 1) or f"{line.strip()}: status {done.returncode} {done.stderr}")
    return report(results)


NAMES = ["a", "b", "", "a/b", "m~n", "é", "0", "1"]
SCALARS = [None, True, False, 0, 1, -2.5, 1000, "", "x", "é", "~1"]


def value(chance, depth=0):
    kind = chance.random()
    if depth < 4 and kind < 0.3:
        return [value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    if depth < 4 and (kind < 0.6 or depth == 0):
        return {name: value(chance, depth + 1) for name in chance.sample(NAMES, chance.randint(0, 5))}
    return chance.choice(SCALARS)


def changed(chance, item):
    """Much the same again."""
    if chance.random() < 0.15:
        return value(chance, 2)
    if isinstance(item, dict):
        kept = {name: changed(chance, part) for name, part in item.items() if chance.random() < 0.85}
        return kept | ({chance.choice(NAMES): value(chance, 3)} if chance.random() < 0.3 else {})
    if isinstance(item, list):
        kept = [changed(chance, part) for part in item if chance.random() < 0.85]
        return kept + ([value(chance, 3)] if chance.random() < 0.3 else [])
    return item


def exchange_one(chance, jsonpatch):
    a = value(chance)
    b = changed(chance, a)
    write("a.json", json.dumps(a))
    write("b.json", json.dumps(b))
    ours = run("twin-diff", "-F", "patch", "-f", "document", "a.json", "b.json").stdout
    if not same(json.dumps(jsonpatch.apply_patch(a, json.loads(ours))), json.dumps(b)):
        return f"ours: {json.dumps(a)} {json.dumps(b)} {ours}"
    theirs = jsonpatch.make_patch(a, b).patch
    write("patch.json", json.dumps(theirs))
    done = run("twin-patch", "-f", "patch", "patch.json", "a.json")
    # What it makes of it itself: its patches do not always lead to b where members are called like positions.
    return judge("theirs", done, json.dumps(jsonpatch.apply_patch(a, theirs)), False)


def exchange(options):
    import jsonpatch  # pylint: disable=import-outside-toplevel

    chance = random.Random(int(options[0]))
    return report([exchange_one(chance, jsonpatch) for _ in range(150)])


def round_one(chance):
    a = value(chance)
    b = changed(chance, a)
    write("a.json", json.dumps(a))
    write("b.json", json.dumps(b))
    done = run("twin-diff", "-f", "document", "a.json", "b.json")
    write("changes", done.stdout)
    there = run("twin-patch", "changes", "a.json")
    back = run("twin-patch", "--reverse", "changes", "b.json")
    if there.returncode or not same(json.dumps(b), there.stdout):
        return f"there: {json.dumps(a)} {json.dumps(b)} {there}"
    if back.returncode or not same(json.dumps(a), back.stdout):
        return f"back: {json.dumps(a)} {json.dumps(b)} {back}"
    return True


def rounds(options):
    chance = random.Random(int(options[0]))
    return report([round_one(chance) for _ in range(150)])


if __name__ == "__main__":
    tasks = {"patch": patch, "merge": merge, "pointers": pointers, "tolerance": tolerance, "exchange": exchange, "rounds": rounds}
    sys.exit(tasks[sys.argv[1]](sys.argv[2:]))
