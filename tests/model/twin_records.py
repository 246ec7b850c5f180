"""What records and model files say, one register at a time, for fold_model.py."""
import copy
import fnmatch
import re

from json_text import (
    Invalid, Node, at_path, canonical, check_path, escape_segment, is_under, leaves, less, number_parts, parse, parse_duration,
    parse_time, quote, whole_number,
)

# ---- records of registers ------------------------------------------------------------------------------------------------------------


NOTHING = Node("object", "{}")


class Record:
    """What one record says about one register."""

    def __init__(self, time, counter=0, live=True, quality=1.0, sensor="", seq=0, value=None, unit="", command=""):
        self.time, self.counter, self.live, self.quality, self.sensor, self.seq = time, counter, live, quality, sensor, seq
        self.value, self.unit, self.command = value, unit, command
        self.canonical = canonical(value).encode() if value is not None else b""
        self.text = value.text if value is not None else ""
        self.priority = 0
        self.origin = self.received = self.deadline = self.ack = None
        self.arrival = 0
        self.known_key = None

    def key(self):
        """Asked for only when quality and priority are settled."""
        if self.known_key is None:
            self.known_key = (
                self.time, self.counter, self.live, self.quality, self.priority, self.sensor.encode(), self.seq,
                self.canonical, self.unit.encode(), self.command.encode(), self.text.encode(),
            )
        return self.known_key

    def is_usable(self):
        return not self.live or self.quality > 0.5


def origin_order(origin):
    name, colon, line = origin.rpartition(":")
    if colon and re.fullmatch(r"[0-9]+", line):
        return name.encode(), int(line), origin.encode()
    return origin.encode(), -1, origin.encode()


def join_equals(records):
    """Records of equal keys are one: what the key does not hold is chosen here. Absent says nothing."""
    one = copy.copy(records[0])
    one.origin = min((r.origin for r in records if r.origin is not None), key=origin_order, default=None)
    one.received = min((r.received for r in records if r.received is not None), default=None)
    one.deadline = min((r.deadline for r in records if r.deadline is not None), default=None)
    one.ack = max((r.ack for r in records if r.ack is not None), key=lambda ack: ack.text.encode(), default=None)
    return one


# ---- the model file ------------------------------------------------------------------------------------------------------------------


class Property:
    def __init__(self, node):
        text = {name: item for name, item in node.items}
        self.type = text["type"].string if "type" in text else None
        self.range = [None if bound.kind == "null" else bound.text for bound in text["range"].items] if "range" in text else [None, None]
        self.interval = parse_duration(text["interval"].string) if "interval" in text else None
        self.stale_after = parse_duration(text["stale_after"].string) if "stale_after" in text else None
        self.required = "required" in text and text["required"].kind == "true"
        self.absolute = self.relative = 0.0
        tolerance = text.get("tolerance")
        if tolerance is not None and tolerance.kind == "number":
            self.absolute = float(tolerance.text)
        elif tolerance is not None:
            self.absolute = float(tolerance.member("absolute").text) if tolerance.member("absolute") else 0.0
            self.relative = float(tolerance.member("relative").text) if tolerance.member("relative") else 0.0

    def refusal(self, value):
        """None, wrong-type or out-of-range."""
        if self.type and not self.has_type(value):
            return "wrong-type"
        low, high = self.range
        if value.kind == "number":
            if (low is not None and less(value.text, low)) or (high is not None and less(high, value.text)):
                return "out-of-range"
        return None

    def has_type(self, value):
        if self.type == "boolean":
            return value.kind in ("true", "false")
        if self.type == "integer":
            return value.kind == "number" and number_parts(value.text)[2] >= 0
        return value.kind == self.type


NO_PROPERTY = Property(NOTHING)


class Model:
    def __init__(self, file=None):
        root = parse(open(file, encoding="utf-8").read()) if file else NOTHING
        globs = root.member("applies_to")
        self.globs = [glob.string for glob in globs.items] if globs else ["*"]
        properties, sensors = root.member("properties"), root.member("sensors")
        self.properties = {name: Property(node) for name, node in properties.items} if properties else {}
        self.priorities = {}
        for name, node in sensors.items if sensors else ():
            self.priorities[name] = int(node.member("priority").text) if node.member("priority") else 0

    def applies(self, entity):
        return any(fnmatch.fnmatchcase(entity, glob) for glob in self.globs)

    def property(self, entity, path):
        return self.properties.get(path, NO_PROPERTY) if self.applies(entity) else NO_PROPERTY

    def priority(self, entity, sensor):
        return self.priorities.get(sensor, 0) if self.applies(entity) else 0

    def required(self, entity):
        return [path for path, p in self.properties.items() if p.required] if self.applies(entity) else []


# ---- reading of records --------------------------------------------------------------------------------------------------------------


def optional(node, name):
    member = node.member(name)
    return None if member is None or member.kind == "null" else member


def read_string(node, name):
    member = optional(node, name)
    if member is None:
        return None
    if member.kind != "string":
        raise Invalid(f"{name} is no string")
    return member.string


def read_time(node, name):
    string = read_string(node, name)
    return None if string is None else parse_time(string)


def read_count(node, name):
    member = optional(node, name)
    if member is None:
        return 0
    count = whole_number(member)
    if count is None or count < 0:
        raise Invalid(f"{name} is no whole number")
    return count


def read_quality(node):
    member = optional(node, "quality")
    if member is None:
        return 1.0
    if member.kind != "number" or less(member.text, "0") or less("1", member.text):
        raise Invalid("quality is outside 0 to 1")
    return float(member.text)


def read_record(node, live, value=None, time=None, reading=False, desired=False):
    """The members that the records of all registers share."""
    moment = read_time(node, "timestamp") if time is None else time
    if moment is None:
        raise Invalid("no timestamp")
    record = Record(
        moment, read_count(node, "counter"), live, read_quality(node) if reading else 1.0, read_string(node, "sensor_id") or "",
        read_count(node, "seq"), value if live else None, (read_string(node, "unit") or "") if reading else "",
        (read_string(node, "command_id") or "") if desired else "",
    )
    record.origin, record.received = read_string(node, "origin") or None, read_time(node, "received")
    record.ack = optional(node, "ack") if reading else None
    if record.ack is not None and record.ack.kind != "object":
        raise Invalid("ack is no object")
    record.deadline = read_time(node, "deadline") if desired else None
    return record


def check_members(node):
    """Members that have a meaning somewhere are of their kind everywhere."""
    for name in ("unit", "command_id", "sensor_id", "origin"):
        read_string(node, name)
    for name in ("received", "deadline"):
        read_time(node, name)
    read_quality(node)


def required_member(node, name):
    member = node.member(name)
    if member is None:
        raise Invalid(f"no {name}")
    return member


def assignments_of(node):
    """Yields (kind, path, Record) of every register that a record speaks of."""
    kind = read_string(node, "type") or "reading"
    check_members(node)
    if kind == "reading":
        path = read_string(node, "property")
        check_path(path)
        yield "reported", path, read_record(node, True, required_member(node, "value"), reading=True)
    elif kind == "deleted":
        path = read_string(node, "property")
        if path is not None:
            check_path(path)
        record = read_record(node, False)
        yield ("tombstone", "", record) if path is None else ("reported", path, record)
    elif kind == "desired":
        patch = required_member(node, "properties")
        if patch.kind != "object":
            raise Invalid("properties is no object")
        for path, value in leaves(patch):
            yield "desired", path, read_record(node, value.kind != "null", value, desired=True)
    elif kind in ("state", "change"):
        yield from assignments_of_state(node)
    elif kind == "prediction":
        yield "prediction", read_string(node, "method") or "", metric_record(node)
    elif kind == "event":
        if read_string(node, "event") is None:
            raise Invalid("no event")
        yield "event", (read_string(node, "event"), read_string(node, "property") or ""), metric_record(node)


def metric_record(node):
    items = [(name, item) for name, item in node.items if name not in ("type", "entity_id")]
    value = Node("object", "{" + ",".join(quote(name) + ":" + item.text for name, item in items) + "}", items)
    return read_record(node, True, value)


def assignments_of_state(node):
    moment = read_time(node, "timestamp")
    if moment is None:
        raise Invalid("no timestamp")
    metadata, desired_metadata = optional(node, "metadata"), optional(node, "desired_metadata")
    entries = dict(metadata.items) if metadata else {}
    yield from assignments_of_document("reported", optional(node, "properties"), entries, moment)
    yield from assignments_of_state_itself(node, entries, moment)
    metrics = optional(node, "computed_metrics") or NOTHING
    for method, value in (optional(metrics, "predictions") or NOTHING).items:
        yield "prediction", method, metric_record(value)
    for event, by_property in (optional(metrics, "events") or NOTHING).items:
        for path, value in by_property.items:
            yield "event", (event, path), metric_record(value)
    yield from assignments_of_document("desired", optional(node, "desired"), dict(desired_metadata.items) if desired_metadata else {}, moment)


def assignments_of_state_itself(node, entries, moment):
    deleted = read_time(node, "deleted")
    if deleted is not None:
        yield "tombstone", "", read_record(entries.get("/deleted", NOTHING), False, time=deleted)
    name = optional(node, "model")
    if name:
        name = Node("string", quote(name.string), string=name.string) if name.kind == "string" else name
        entry = entries.get("/model")
        yield "model", "", read_record(entry or NOTHING, True, name, time=None if entry else moment)
    for name, value in (optional(node, "relationships") or NOTHING).items:
        if name == "":
            raise Invalid("empty name")
        entry = entries.get("/relationships/" + escape_segment(name))
        yield "relationship", name, read_record(entry or NOTHING, True, value, time=None if entry else moment)


def assignments_of_document(kind, document, entries, moment):
    document = document or NOTHING
    for path, entry in entries.items():
        if not path.startswith("/"):
            yield from assignments_of_entry(kind, path, entry, document)
    for path, value in leaves(document):
        if not covered(path, entries):
            yield kind, path, read_record(NOTHING, kind == "reported" or value.kind != "null", value, time=moment)


def covered(path, entries):
    """Whether an entry describes what the document shows at the path or above it."""
    describing = [p for p, e in entries.items() if e.member("timestamp") and not e.member("deleted") and not e.member("value")]
    return any(entry == path or is_under(path, entry) for entry in describing)


def assignments_of_entry(kind, path, entry, document):
    check_path(path)
    flags = {"reading": kind == "reported", "desired": kind == "desired"}
    last = entry.member("last")
    if last is not None:
        yield kind, path, read_record(last, True, required_member(last, "value"), **flags)
    if last is None and entry.member("timestamp") is None:
        raise Invalid("metadata of nothing")
    if entry.member("timestamp") is not None:
        if optional(entry, "deleted"):
            yield kind, path, read_record(entry, False, **({"desired": True} if kind == "desired" else {}))
        else:
            value = entry.member("value") or at_path(document, path)
            if value is None:
                raise Invalid("metadata of no value")
            yield kind, path, read_record(entry, True, value, **flags)
