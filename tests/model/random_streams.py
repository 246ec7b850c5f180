#!/usr/bin/env python3
"""random_streams - seeded streams of records that are dense in ties, and what a test does with them

    random_streams.py generate --streams N --seed S    a stream of each of N twins, mixed, as NDJSON
    random_streams.py model                            the model file whose rules the streams rub against
    random_streams.py shuffle --seed S [--repeat]      standard input in another order; with some lines given again
    random_streams.py dress --seed S                   standard input with metadata and members that no type has
    random_streams.py split --seed S --parts N PREFIX  standard input dealt at random to PREFIX.0, PREFIX.1 ...
    random_streams.py refusals EXPECTED                `refused` records on standard input against what fold_model.py --refused wrote
    random_streams.py explain EXPECTED ACTUAL INPUT    the first twin whose records differ, and the lines that it was made of

Every twin draws from few times, few sensors and few paths, so that most records meet another one of equal time, and values come in
several spellings of one value. Paths hold prefixes of each other. Nothing here knows any rule of the fold.
"""
import argparse
import json
import random
import re
import sys

# Equal times in several spellings; the first of each is the normal form.
TIMES = [
    ["2026-03-01T00:00:00Z", "2026-03-01T01:00:00+01:00", "2026-03-01 00:00:00.000Z"],
    ["2026-03-01T00:00:01Z", "2026-02-28t19:00:01.0-05:00", "2026-03-01T00:00:01.000000000z"],
    ["2026-03-01T00:00:01.000000001Z"],
    ["2026-03-01T00:00:02Z", "2026-03-01T05:30:02+05:30"],
    ["2026-03-01T00:00:07.5Z", "2026-03-01T00:00:07.50Z"],
    ["2026-02-28T23:59:59.999999999Z", "2026-02-28T23:59:60Z", "2026-02-28T23:59:60.25Z"],
]

VALUES = [
    ["1", "1.0", "10e-1", "0.1E+1"], ["0", "-0", "0.0", "0e9"], ["2.5", "25e-1", "2.50"], ["1000", "1e3", "1.000E3"], ["1.05"], ["-3"],
    ["9007199254740993", "9007199254740993.0"], ["9007199254740992"], ["0.1"], ["0.10000000000000001"], ["1e400"],
    ['"a"', '"\\u0061"'], ['"\\u00e9\\n"', '"é\\u000a"'], ['"\\/"', '"/"'], ['"𝄞"', '"\\ud834\\udd1e"'], ['"1"'], ['""'],
    ["true"], ["false"], ["null"], ["[]", "[ ]"], ["[1, 2]", "[1.0,2e0]", "[1,2]"], ["{}", "{ }"],
    ['{"b":1}', '{"b" : 1.0}', '{"\\u0062":1}'], ['{"b":{"d":1},"c":2}', '{"c":2,"b":{"d":1}}'], ['{"d":[{"x":1}]}'],
]
NUMBERS = VALUES[:6]

PATHS = ["t", "t", "p", "a", "a/b", "a/b/d", "a/c", "a~1b", "a~0", "é", "a\nb"]
SENSORS = [None, None, '"x"', '"y"', '"z"', '"\\u0079"']
QUALITIES = [None, None, None, "1", "1.0", "0.9", "0.5", "5e-1", "0.50000001", "0", "0.25"]
UNITS = [None, None, None, '"K"', '"\\u004b"', '"kPa"']
ORIGINS = [None, None, '"a.csv:9"', '"a.csv:10"', '"a.csv:1x"', '"b.csv:1"', '"A"', '"a!z"', '"a!b:1"', '"a:1"']
ACKS = [None, None, None, '{"command_id":"c1","code":200}', '{"command_id":"c1","code":400}', '{"command_id": "c2", "code": 503, "message":"no"}']
COMMANDS = [None, None, '"c1"', '"c2"', '"\\u00631"']


class Stream:
    """The records of one twin."""

    def __init__(self, number, chance):
        self.chance = chance
        self.times = chance.sample(TIMES, chance.randint(1, 4))
        self.paths = chance.sample(PATHS, chance.randint(1, 5))
        self.values = chance.sample(VALUES, chance.randint(1, 5)) + chance.sample(NUMBERS, 1)
        self.sensors = chance.sample(SENSORS, chance.randint(1, 3))
        self.entity = self.name(number)
        reading, rest = chance.choice([(6, 1), (1, 1), (2, 1)])
        self.kinds = {
            self.reading: 4 * reading, self.delete: 2 * rest, self.desired: 3 * rest, self.whole_delete: rest,
            self.prediction: rest, self.event: rest, self.state: rest,
        }

    def name(self, number):
        """Spellings of one entity_id that decode to the same."""
        tail = self.chance.choice(["", "é", "/a", "\n", "\U0001d11e", "~"])
        plain = json.dumps(f"s{number}{tail}", ensure_ascii=False)
        escaped = json.dumps(f"s{number}{tail}")
        first = '"\\u0073' + plain[2:]
        return [plain, plain, escaped, first]

    def records(self):
        kinds, weights = list(self.kinds), list(self.kinds.values())
        records = []
        for kind in self.chance.choices(kinds, weights, k=self.chance.randint(2, 16)):
            records.append(self.echo(records) if records and self.chance.random() < 0.2 else (kind, kind()))
        return [self.written(members) for _, members in records]

    def echo(self, records):
        """An earlier record again, but for one member: what decides between the two is deep in the key, or outside it."""
        kind, members = self.chance.choice(records)
        other, at = kind(), self.chance.randrange(len(members))
        return kind, members[:at] + [other[at]] + members[at + 1:]

    def written(self, members):
        """One line; members in any order and sometimes with blanks."""
        present = [(name, text) for name, text in members if text is not None]
        if self.chance.random() < 0.1:
            self.chance.shuffle(present)
        blank = " " if self.chance.random() < 0.2 else ""
        return "{" + ("," + blank).join(f'"{name}":{blank}{text}' for name, text in present) + "}"

    # ---- members

    def pick(self, choices):
        return self.chance.choice(choices)

    def time(self):
        return '"' + self.pick(self.pick(self.times)) + '"'

    def value(self):
        return self.pick(self.pick(self.values))

    def path(self):
        return json.dumps(self.pick(self.paths), ensure_ascii=self.chance.random() < 0.5)

    def count(self, odds, most):
        return str(self.chance.randint(0, most)) if self.chance.random() < odds else None

    def received(self):
        return self.time() if self.chance.random() < 0.2 else None

    def key_members(self):
        return [
            ("sensor_id", self.pick(self.sensors)), ("received", self.received()), ("seq", self.count(0.2, 2)),
            ("counter", self.count(0.2, 1)), ("origin", self.pick(ORIGINS)),
        ]

    # ---- records

    def reading(self):
        return [
            ("type", self.pick([None, None, None, '"reading"'])), ("entity_id", self.pick(self.entity)), ("property", self.path()),
            ("timestamp", self.time()), ("value", self.value()), ("unit", self.pick(UNITS)), ("quality", self.pick(QUALITIES)),
            *self.key_members(), ("ack", self.pick(ACKS)),
        ]

    def delete(self):
        return [
            ("type", '"deleted"'), ("entity_id", self.pick(self.entity)), ("timestamp", self.time()), ("property", self.path()),
            *self.key_members(), ("note", self.pick([None, '"by hand"'])),
        ]

    def whole_delete(self):
        return [("type", '"deleted"'), ("entity_id", self.pick(self.entity)), ("timestamp", self.time()), *self.key_members()]

    def desired(self):
        return [
            ("type", '"desired"'), ("entity_id", self.pick(self.entity)), ("timestamp", self.time()), ("properties", self.patch()),
            ("command_id", self.pick(COMMANDS)), ("deadline", self.time() if self.chance.random() < 0.3 else None), *self.key_members(),
        ]

    def patch(self):
        """A merge patch of one or two paths; the second gives way where it would contradict the first."""
        tree = {}
        for path in self.chance.sample(self.paths, min(len(self.paths), self.chance.randint(1, 2))):
            *above, name = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]
            place = tree
            for segment in above:
                place = place.setdefault(segment, {}) if isinstance(place, dict) else place
            if isinstance(place, dict) and name not in place:
                place[name] = "null" if self.chance.random() < 0.3 else self.value()
        return self.nested(tree)

    def nested(self, tree):
        if isinstance(tree, str):
            return tree
        return "{" + ",".join(json.dumps(name) + ":" + self.nested(item) for name, item in tree.items()) + "}"

    def prediction(self):
        return [
            ("type", '"prediction"'), ("entity_id", self.pick(self.entity)), ("timestamp", '"' + self.pick(self.times)[0] + '"'),
            ("failure_probability", self.pick(["0.5", "5e-1", "0.25"])), ("sensor_id", self.pick(self.sensors)),
            ("method", self.pick(['"m1"', '"m\\u0031"', '"m2"'])),
        ]

    def event(self):
        return [
            ("type", '"event"'), ("id", self.pick([None, '"1"', '"2"'])), ("entity_id", self.pick(self.entity)),
            ("timestamp", '"' + self.pick(self.times)[0] + '"'), ("event", self.pick(['"alert"', '"anomaly"'])),
            ("property", self.pick([None, self.path()])), ("score", self.pick([None, "1", "1.0"])),
        ]

    def state(self):
        """A state as people write it, without metadata."""
        values = {path: self.value() for path in self.chance.sample(["t", "p", "é"], self.chance.randint(0, 2))}
        return [
            ("type", self.pick(['"state"', '"change"'])), ("entity_id", self.pick(self.entity)), ("timestamp", self.time()),
            ("deleted", self.time() if self.chance.random() < 0.1 else None), ("model", self.pick([None, '"pump"', '"\\u0070ump"', '"rig"'])),
            ("properties", self.nested(values)), ("desired", self.pick([None, self.patch_without_null()])),
            ("delta", self.pick([None, '{"t":99}'])),
            ("relationships", self.pick([None, '{"part/of":"plant"}', '{"part/of":["plant"],"feeds":"tank"}'])),
            ("sync_status", self.pick([None, '"stale"'])), ("confidence_score", self.pick([None, "0.5"])),
        ]

    def patch_without_null(self):
        value = self.value()
        return self.nested({self.pick(["t", "p"]): "1" if value == "null" else value})


def generate(options):
    lines = []
    for number in range(options.streams):
        # A stream depends on the seed and its own number alone: any of them can be made again.
        lines += Stream(number, random.Random(f"{options.seed}/{number}")).records()
    random.Random(options.seed).shuffle(lines)
    sys.stdout.writelines(line + "\n" for line in lines)


MODEL = {
    "name": "random",
    "properties": {
        "t": {"type": "number", "range": [-5, 100], "interval": "1s", "required": True, "tolerance": 0.1},
        "p": {"range": [None, 1000], "stale_after": "5s", "tolerance": {"absolute": 0.001, "relative": 0.01}},
    },
    "sensors": {"x": {"priority": 2}, "z": {"priority": -1}},
}


def write_model(_):
    print(json.dumps(MODEL))


def shuffle(options):
    lines, chance = sys.stdin.readlines(), random.Random(options.seed)
    if options.repeat:
        lines += chance.choices(lines, k=len(lines) // 4)
    chance.shuffle(lines)
    sys.stdout.writelines(lines)


def split(options):
    chance = random.Random(options.seed)
    parts = [open(f"{options.prefix}.{number}", "w", encoding="utf-8", newline="") for number in range(options.parts)]
    for line in sys.stdin:
        chance.choice(parts).write(line)
    for part in parts:
        part.close()


METADATA = ['{"axis":{"unit":"cycle","value":7}}', '{"axis": {"unit":"cycle","value":10}, "a":1}', '{"b":[1, 2]}', '{"axis":3}']
OTHERS = [[], [], ['"site":"x"'], ['"site":"y"', '"n": 1.50'], ['"\\u0073ite":null'], ['"method":"m"', '"refused":"future"']]


def dress(options):
    """Lines of types that have members of their own get some that are nobody's."""
    chance = random.Random(options.seed)
    for line in sys.stdin:
        record = json.loads(line)
        if record.get("type", "reading") in ("reading", "desired", "deleted"):
            more = chance.choice(OTHERS) + (['"metadata":' + chance.choice(METADATA)] if chance.random() < 0.5 else [])
            line = line.rstrip()[:-1] + "".join("," + member for member in more) + "}\n"
        sys.stdout.write(line)


def paths_of(patch, prefix=""):
    for name, item in patch.items():
        path = (prefix + "/" if prefix else "") + name.replace("~", "~0").replace("/", "~1")
        if isinstance(item, dict) and item:
            yield from paths_of(item, path)
        else:
            yield path


def register_of(record):
    """(register, path) of the record inside `refused`, which speaks of one register."""
    kind = record.get("type") or "reading"
    if kind == "reading":
        return "reported", record["property"]
    if kind == "deleted":
        return ("reported", record["property"]) if "property" in record else ("tombstone", "")
    if kind == "desired":
        return "desired", ",".join(paths_of(record["properties"]))
    if kind == "prediction":
        return "prediction", record.get("method", "")
    if kind == "event":
        return "event", [record.get("event", ""), record.get("property", "")]
    if "model" in record:
        return "model", ""
    if record.get("relationships"):
        return "relationship", ",".join(record["relationships"])
    return "state", ""


def compact(text):
    """Without the white space between tokens."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', lambda match: match[1] or "", text)


def told(line):
    """A `refused` record in the words of the model."""
    refused = json.loads(line)
    record = refused["input"]
    register, path = register_of(record)
    text = compact(line[line.index('"input":') + 8:].rstrip()[:-1])
    return {"reason": refused["reason"], "entity_id": record["entity_id"], "register": register, "path": path, "input": text}


def refusals(options):
    """Where the model has no input, the record was cut out of a larger one: its register says enough."""
    with open(options.expected, encoding="utf-8") as lines:
        expected = [json.loads(line) for line in lines]
    actual = [told(line) for line in sys.stdin]
    for number, (want, got) in enumerate(zip(expected, actual)):
        if want["input"] is None:
            got["input"] = None
        if want != got:
            print(f"refusal {number + 1}:", f"expected {want}", f"actual   {got}", sep="\n")
            return 1
    print(f"expected {len(expected)} refusals, there are {len(actual)}")
    return 0 if len(expected) == len(actual) > 0 else 1


def by_twin(file):
    twins = {}
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            twins.setdefault(json.loads(line)["entity_id"], []).append(line)
    return twins


def explain(options):
    expected, actual, source = by_twin(options.expected), by_twin(options.actual), by_twin(options.input)
    different = [name for name in {**expected, **actual} if expected.get(name) != actual.get(name)]
    print(f"{len(different)} of {len(expected)} twins differ")
    for name in sorted(different, key=lambda name: len(source.get(name, [])))[:options.most]:
        print("input:", *source.get(name, []), "expected:", *expected.get(name, []), "actual:", *actual.get(name, []), sep="\n")
    return 1 if different else 0


def parse_args():
    parser = argparse.ArgumentParser(description="random streams that are dense in ties")
    commands = parser.add_subparsers(required=True)
    for name, function in (("generate", generate), ("shuffle", shuffle), ("dress", dress), ("split", split)):
        command = commands.add_parser(name)
        command.set_defaults(run=function)
        command.add_argument("--seed", type=int, default=1)
        if function is generate:
            command.add_argument("--streams", type=int, default=1000)
        if function is shuffle:
            command.add_argument("--repeat", action="store_true")
        if function is split:
            command.add_argument("--parts", type=int, default=3)
            command.add_argument("prefix")
    commands.add_parser("model").set_defaults(run=write_model)
    command = commands.add_parser("refusals")
    command.set_defaults(run=refusals)
    command.add_argument("expected")
    command = commands.add_parser("explain")
    command.set_defaults(run=explain)
    command.add_argument("--most", type=int, default=1)
    for name in ("expected", "actual", "input"):
        command.add_argument(name)
    return parser.parse_args()


if __name__ == "__main__":
    arguments = parse_args()
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", newline="\n")
    sys.exit(arguments.run(arguments))
