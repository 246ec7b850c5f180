#!/usr/bin/env python3
"""fold_model - a slow and plain model of how records become the state of a twin

The oracle of twin-sync's property tests. It keeps every admitted record of every register in a list and takes the maximum by the whole
key at the end; nothing is cleverer than that, and nothing is shared with the C code. Rules: twin-record(5).
"""
import argparse
import json
import math
import sys
from fractions import Fraction

sys.dont_write_bytecode = True  # no __pycache__ in the tree

from json_text import (  # noqa: E402
    Invalid, at_path, canonical, draw, draw_tree, escape_segment, exact, is_under, less, parse, parse_duration, parse_time, print_double,
    print_time, quote,
)
from twin_records import Model, Record, assignments_of, join_equals, read_string  # noqa: E402

BREAKS = ("no-tie-break", "drop-late", "drop-tombstones", "arrival-in-key")


# ---- the fold ------------------------------------------------------------------------------------------------------------------------


class Fold:
    def __init__(self, options):
        self.options, self.model = options, Model(options.model)
        self.registers = {}  # entity -> {(kind, path): [Record]}
        self.refused, self.rejected, self.arrivals, self.clock = [], 0, 0, options.now
        self.newest_seen = {}
        self.broken = options.breaks

    def key(self, record):
        if self.broken == "no-tie-break":
            return (record.time,)
        if self.broken == "arrival-in-key":
            return (record.time, record.counter, record.arrival)
        return record.key()

    def newest(self, records):
        """The record with the largest key, joined with those of equal keys; None of nothing."""
        if not records:
            return None
        top = max(records, key=self.key)
        return join_equals([r for r in records if r.key() == top.key()])

    def held(self, entity, kind, path):
        """The records of a register that no whole-twin delete hides."""
        registers = self.registers.get(entity, {})
        records = registers.get((kind, path), [])
        if kind == "tombstone":
            return records
        tombstone = self.newest(registers.get(("tombstone", ""), []))
        if tombstone is None:
            return records
        return [r for r in records if (r.time, r.counter) >= (tombstone.time, tombstone.counter)]

    def take_line(self, line):
        if not line.strip():
            return
        try:
            node = parse(line)
            if node.kind != "object":
                raise Invalid("no object")
            entity = read_string(node, "entity_id")
            kind = read_string(node, "type") or "reading"
            if kind not in ("reading", "deleted", "desired", "state", "change", "prediction", "event"):
                return
            if not entity:
                raise Invalid("no entity_id")
            assignments = list(assignments_of(node))
        except Invalid:
            self.rejected += 1
            return
        for register, path, record in assignments:
            self.take(entity, register, path, record, None if kind in ("state", "change", "desired") else node.text)

    def take(self, entity, kind, path, record, line):
        self.arrivals += 1
        record.arrival = self.arrivals
        record.priority = self.model.priority(entity, record.sensor)
        reason = self.admission(entity, kind, path, record)
        if not reason:
            if kind in ("reported", "tombstone") and self.options.now is None:
                self.clock = record.time if self.clock is None else max(self.clock, record.time)
            reason = self.loss(entity, kind, path, record)
            self.keep(entity, kind, path, record)
        if reason:
            self.refused.append({"reason": reason, "entity_id": entity, "register": kind, "path": path, "input": line})

    def admission(self, entity, kind, path, record):
        """Why a record may not even compete, or None."""
        options = self.options
        if options.entities is not None and entity not in options.entities:
            return "unknown-entity"
        reference = record.received if record.received is not None else options.now
        if options.max_future is not None and reference is not None and record.time - reference > options.max_future:
            return "future"
        if kind == "reported" and record.live:
            trouble = self.model.property(entity, path).refusal(record.value)
            if trouble and options.enforce:
                return trouble
            if trouble:
                record.quality = 0.0
        return None

    def loss(self, entity, kind, path, record):
        """Why a record does not become what its register holds now, or None."""
        tombstone = self.newest(self.registers.get(entity, {}).get(("tombstone", ""), []))
        if kind != "tombstone" and tombstone and (record.time, record.counter) < (tombstone.time, tombstone.counter):
            return "stale"
        rivals = self.held(entity, kind, path)
        if kind == "reported" and record.is_usable():
            rivals = [r for r in rivals if r.is_usable()]
        rival = self.newest(rivals)
        if rival is None or record.key() > rival.key():
            return None
        if record.key() == rival.key():
            return "duplicate"
        if record.time < rival.time:
            return "stale"
        same_source = (record.sensor, record.seq) == (rival.sensor, rival.seq)
        if record.live and rival.live and same_source and (record.canonical, record.unit) != (rival.canonical, rival.unit):
            return "conflict"
        return "outranked"

    def keep(self, entity, kind, path, record):
        records = self.registers.setdefault(entity, {}).setdefault((kind, path), [])
        if self.broken == "drop-late":
            newest = self.newest_seen.setdefault(entity, record.time)
            if record.time < newest:
                return
            self.newest_seen[entity] = record.time
        if self.broken == "drop-tombstones" and not record.live:
            for (other, _), others in self.registers[entity].items():
                if others is records or kind == "tombstone":
                    others[:] = [r for r in others if (r.time, r.counter) > (record.time, record.counter)]
            return
        records.append(record)

    # ---- drawing

    def entities(self):
        return sorted(self.registers, key=lambda entity: entity.encode())

    def paths(self, entity, kind):
        return sorted({p for k, p in self.registers[entity] if k == kind}, key=str.encode)

    def print_all(self, out):
        for entity in self.entities():
            for line in Twin(self, entity).lines():
                out.write(line + "\n")


def hider_of(path, registers):
    """A path above with a larger key, or a live one below with a larger or equal key."""
    key = registers[path].key()
    for other, record in registers.items():
        if is_under(path, other) and record.key() > key:
            return other
        if is_under(other, path) and record.live and record.key() >= key:
            return other
    return None


def members(*pairs):
    return "{" + ",".join(quote(name) + ":" + text for name, text in pairs if text is not None) + "}"


def described(record, kind):
    """The members that describe a record inside metadata, in their order."""
    quality = print_double(record.quality) if record.live and record.quality != 1.0 else None
    pairs = [
        ("timestamp", quote(print_time(record.time))),
        ("counter", str(record.counter) if record.counter else None),
        ("quality", quality),
        ("unit", quote(record.unit) if record.unit else None),
        ("sensor_id", quote(record.sensor) if record.sensor else None),
        ("seq", str(record.seq) if record.seq else None),
        ("origin", quote(record.origin) if record.origin is not None else None),
    ]
    if kind == "desired":
        pairs.append(("command_id", quote(record.command) if record.command else None))
        pairs.append(("deadline", quote(print_time(record.deadline)) if record.deadline is not None else None))
    else:
        pairs.append(("ack", record.ack.text if record.ack is not None else None))
    return pairs


class Twin:
    """One twin at the end of input: what its registers hold, and how that is printed."""

    def __init__(self, fold, entity):
        self.fold, self.entity = fold, entity
        self.tombstone = fold.newest(fold.held(entity, "tombstone", ""))
        self.last, self.usable = {}, {}
        for path in fold.paths(entity, "reported"):
            records = fold.held(entity, "reported", path)
            if records:
                self.last[path] = fold.newest(records)
                self.usable[path] = fold.newest([r for r in records if r.is_usable()])
        self.desired = self.others("desired")
        self.models = self.others("model")
        self.relationships = self.others("relationship")
        self.predictions = self.others("prediction")
        self.events = self.others("event")
        self.shown = self.visible({path: r for path, r in self.usable.items() if r is not None})
        self.wanted = self.visible(self.desired)

    def others(self, kind):
        found = {}
        for register, path in self.fold.registers[self.entity]:
            if register == kind:
                record = self.fold.newest(self.fold.held(self.entity, kind, path))
                if record is not None:
                    found[path] = record
        return found

    @staticmethod
    def visible(registers):
        """Live registers that neither an ancestor nor a descendant hides."""
        return {path: record for path, record in registers.items() if record.live and hider_of(path, registers) is None}

    def is_alive(self):
        reported = any(r.live for r in self.last.values()) or any(r.live for r in self.usable.values() if r)
        desired = any(r.live for r in self.desired.values())
        return bool(reported or desired or self.models or self.relationships or self.predictions or self.events)

    def lines(self):
        return [self.state()] if self.is_alive() else self.deletes()

    # ---- a twin that is gone

    def deletes(self):
        lines = []
        if self.tombstone:
            lines.append(self.delete_line(self.tombstone, None))
        for path in sorted(self.usable, key=str.encode):
            lines.append(self.delete_line(self.usable[path], path))
        for path in sorted(self.desired, key=str.encode):
            record = self.desired[path]
            lines.append(members(
                ("type", '"desired"'), ("entity_id", quote(self.entity)), ("timestamp", quote(print_time(record.time))),
                ("properties", draw({path: "null"})), *self.common(record), ("command_id", quote(record.command) if record.command else None),
                ("deadline", quote(print_time(record.deadline)) if record.deadline is not None else None),
            ))
        return lines

    def delete_line(self, record, path):
        return members(
            ("type", '"deleted"'), ("entity_id", quote(self.entity)), ("timestamp", quote(print_time(record.time))),
            ("property", quote(path) if path is not None else None), *self.common(record),
        )

    @staticmethod
    def common(record):
        return [
            ("sensor_id", quote(record.sensor) if record.sensor else None), ("seq", str(record.seq) if record.seq else None),
            ("counter", str(record.counter) if record.counter else None),
            ("origin", quote(record.origin) if record.origin is not None else None),
        ]

    # ---- a twin that is there

    def state(self):
        delta = self.delta()
        status, confidence = self.status()
        one_model = self.models.get("")
        return members(
            ("type", '"state"'), ("entity_id", quote(self.entity)), ("timestamp", quote(print_time(self.timestamp()))),
            ("deleted", quote(print_time(self.tombstone.time)) if self.tombstone else None),
            ("model", one_model.text if one_model else None),
            ("properties", draw({path: r.text for path, r in self.shown.items()})),
            ("desired", draw({path: r.text for path, r in self.wanted.items()}) if self.wanted else None),
            ("delta", draw({path: r.text for path, r in delta.items()}) if delta else None),
            ("computed_metrics", self.metrics()),
            ("relationships", draw_tree({name: r.text for name, r in self.relationships.items()}) if self.relationships else None),
            ("sync_status", quote(status)), ("confidence_score", print_double(confidence)),
            ("metadata", self.metadata()), ("desired_metadata", self.desired_metadata()),
        )

    def timestamp(self):
        registers = [self.last, self.usable, self.desired, self.models, self.relationships, self.predictions, self.events]
        held = [r for register in registers for r in register.values() if r is not None]
        return max(r.time for r in held + ([self.tombstone] if self.tombstone else []))

    def metrics(self):
        events = {}
        for (event, path), record in self.events.items():
            events.setdefault(event, {})[path] = record.text
        tree = {}
        if self.predictions:
            tree["predictions"] = {method: r.text for method, r in self.predictions.items()}
        if events:
            tree["events"] = events
        ordered = [(name, draw_tree(tree[name])) for name in ("predictions", "events") if name in tree]
        return members(*ordered) if ordered else None

    def metadata(self):
        entries = {path: self.entry(path) for path in self.last}
        if self.tombstone:
            pairs = [pair for pair in described(self.tombstone, "tombstone") if pair[0] != "timestamp" and pair[1] is not None]
            if pairs:
                entries["/deleted"] = members(*pairs)
        if self.models:
            entries["/model"] = members(*described(self.models[""], "model"))
        for name, record in self.relationships.items():
            entries["/relationships/" + escape_segment(name)] = members(*described(record, "relationship"))
        return draw_tree(entries) if entries else None

    def entry(self, path):
        last, usable = self.last[path], self.usable[path]
        newer = usable is None or last.key() != usable.key()
        hidden = usable is not None and usable.live and path not in self.shown
        inside = members(*described(last, "reported"), ("value", last.text))
        if usable is None or (hidden and not newer):
            return members(("last", inside))
        return members(
            *described(usable, "reported"), ("deleted", None if usable.live else "true"), ("value", usable.text if hidden else None),
            ("last", inside if newer else None),
        )

    def desired_metadata(self):
        entries = {}
        for path, record in self.desired.items():
            hidden = record.live and path not in self.wanted
            entries[path] = members(
                *described(record, "desired"), ("deleted", None if record.live else "true"), ("value", record.text if hidden else None),
            )
        return draw_tree(entries) if entries else None

    # ---- what is computed

    def delta(self):
        return {path: want for path, want in self.wanted.items() if not self.is_met(path, want)}

    def is_met(self, path, want):
        for above, record in self.shown.items():
            if above == path or is_under(path, above):
                value = record.value if above == path else at_path(record.value, path[len(above) + 1:])
                return value is not None and self.meets(path, want, value) and self.confirms(record, want)
        below = [record for p, record in self.shown.items() if is_under(p, path)]
        if want.text == "{}" and below:
            return self.confirms(max(below, key=Record.key), want)
        return False

    def meets(self, path, want, value):
        if want.text == "{}":
            return value.kind == "object"
        kind = self.fold.model.property(self.entity, path)
        return equal(want.value, value, kind.absolute, kind.relative)

    @staticmethod
    def confirms(record, want):
        if record.time < want.time:
            return False
        if record.ack is None or record.ack.kind != "object":
            return True
        command, code = record.ack.member("command_id"), record.ack.member("code")
        about = command is not None and command.kind == "string" and command.string == want.command and want.command != ""
        return not (about and code is not None and code.kind == "number" and not less(code.text, "400"))

    def status(self):
        fold = self.fold
        required = fold.model.required(self.entity)
        present = [path for path in self.last if self.is_property(path)]
        known, stale, confidences = fold.options.stale_after is not None, False, []
        for path in present + required:
            period, limit = self.periods(fold.model.property(self.entity, path))
            known = known or limit is not None
            if path in self.shown:
                stale = stale or (limit is not None and fold.clock - self.shown[path].time > limit)
        required = required or present
        for path in required:
            period, _ = self.periods(fold.model.property(self.entity, path))
            confidences.append(self.confidence(self.shown.get(path), period))
        confidence = min(confidences, default=0.0)
        if any(self.is_spoilt(path) for path in required if path in present):
            return "error", confidence
        if any(path not in self.shown for path in required):
            return "initializing", confidence
        if not known:
            return "unknown", confidence
        return ("stale" if stale else "synchronized"), confidence

    def confidence(self, usable, period):
        if usable is None:
            return 0.0
        age = float(self.fold.clock - usable.time)
        if period is None or age <= period:
            return usable.quality
        return usable.quality * math.exp2(-(age - period) / (2.0 * period))

    def is_property(self, path):
        """What is deleted, or hidden by another path, is none; unless a newer reading came that is worse."""
        hidden = self.usable[path] is not None and self.is_hidden(path)
        return path in self.shown or (self.is_spoilt(path) and not hidden)

    def is_hidden(self, path):
        registers = {p: r for p, r in self.usable.items() if r is not None}
        return hider_of(path, registers) is not None

    def is_spoilt(self, path):
        """The newest reading is not usable."""
        return path in self.last and not self.last[path].is_usable()

    def periods(self, kind):
        """The interval and stale_after of a property: the model's, one following from the other; --stale-after goes before both."""
        period, limit = kind.interval, kind.stale_after
        if limit is None and period is not None:
            limit = 4 * period
        if self.fold.options.stale_after is not None:
            period = kind.interval if kind.interval is not None else kind.stale_after // 4 if kind.stale_after is not None else None
            limit = self.fold.options.stale_after
        if period is None and limit is not None:
            period = limit // 4
        return period, limit


def equal(a, b, absolute, relative):
    if a.kind != b.kind:
        return False
    if a.kind == "number":
        if canonical(a) == canonical(b):
            return True
        if not absolute and not relative:
            return False
        x, y = Fraction(*exact(a.text)), Fraction(*exact(b.text))
        return abs(x - y) <= max(Fraction(absolute), Fraction(relative) * max(abs(x), abs(y)))
    if a.kind == "array":
        return len(a.items) == len(b.items) and all(equal(x, y, absolute, relative) for x, y in zip(a.items, b.items))
    if a.kind == "object":
        other = dict(b.items)
        if len(a.items) != len(other):
            return False
        return all(name in other and equal(item, other[name], absolute, relative) for name, item in a.items)
    return canonical(a) == canonical(b)


def parse_args():
    parser = argparse.ArgumentParser(description="plain model of twin-sync")
    parser.add_argument("--model", help="model file: ranges, intervals, priorities, required properties, tolerances")
    parser.add_argument("--stale-after", type=parse_duration)
    parser.add_argument("--now", type=parse_time)
    parser.add_argument("--max-future", type=parse_duration)
    parser.add_argument("--entities", type=lambda file: set(open(file, encoding="utf-8").read().split("\n")) - {""})
    parser.add_argument("--enforce", action="store_true")
    parser.add_argument("--refused", metavar="FILE", help="write what was refused there, in input order")
    parser.add_argument("--break", dest="breaks", choices=BREAKS, help="break one rule on purpose")
    parser.add_argument("files", nargs="*", default=["-"])
    return parser.parse_args()


def main():
    options = parse_args()
    fold = Fold(options)
    for file in options.files:
        stream = sys.stdin.buffer if file == "-" else open(file, "rb")
        for line in stream:
            try:
                fold.take_line(line.decode())
            except UnicodeDecodeError:
                fold.rejected += 1
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    fold.print_all(sys.stdout)
    if options.refused:
        with open(options.refused, "w", encoding="utf-8") as out:
            for refusal in fold.refused:
                out.write(json.dumps(refusal, ensure_ascii=False) + "\n")
    return 3 if fold.rejected else 0


if __name__ == "__main__":
    sys.exit(main())
