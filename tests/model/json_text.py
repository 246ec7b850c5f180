"""JSON with the text of every value kept, exact numbers, times and property paths, for fold_model.py."""
import json
import re
from datetime import date

NANOSECOND = 10**9
INT64_MAX = 2**63 - 1


class Invalid(Exception):
    """The line is no record: it is rejected."""


# ---- JSON, with the text of every value kept -----------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"[ \t\r\n]*(?:"
    r"([{}\[\]:,])"
    r'|("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")'
    r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(true|false|null))"
)


class Node:
    """kind: object, array, string, number, true, false, null. items: (name, Node) of an object, Node of an array. text: compact."""

    __slots__ = ("kind", "items", "text", "string")

    def __init__(self, kind, text, items=(), string=None):
        self.kind, self.text, self.items, self.string = kind, text, items, string

    def member(self, name):
        for key, node in self.items:
            if key == name:
                return node
        return None


def tokens_of(text):
    position, tokens = 0, []
    end = len(text.rstrip(" \t\r\n"))
    while position < end:
        match = TOKEN.match(text, position)
        if not match:
            raise Invalid(f"no JSON at character {position}")
        tokens.append((match.lastindex, match.group(match.lastindex)))
        position = match.end()
    return tokens


def decode_string(token):
    if "\\" not in token:
        return token[1:-1]
    string = json.loads(token)
    try:
        string.encode()
    except UnicodeEncodeError:
        raise Invalid("unpaired surrogate") from None
    return string


def parse_object(tokens, at):
    items, names, parts = [], set(), []
    if tokens[at][1] == "}":
        return Node("object", "{}"), at + 1
    while True:
        if tokens[at][0] != 2 or tokens[at + 1][1] != ":":
            raise Invalid("no member name")
        name = decode_string(tokens[at][1])
        if name in names:
            raise Invalid("a member twice")
        names.add(name)
        node, after = parse_tokens(tokens, at + 2)
        items.append((name, node))
        parts.append(tokens[at][1] + ":" + node.text)
        if tokens[after][1] == "}":
            return Node("object", "{" + ",".join(parts) + "}", items), after + 1
        if tokens[after][1] != ",":
            raise Invalid("no comma")
        at = after + 1


def parse_array(tokens, at):
    items = []
    if tokens[at][1] == "]":
        return Node("array", "[]"), at + 1
    while True:
        node, at = parse_tokens(tokens, at)
        items.append(node)
        if tokens[at][1] == "]":
            return Node("array", "[" + ",".join(item.text for item in items) + "]", items), at + 1
        if tokens[at][1] != ",":
            raise Invalid("no comma")
        at += 1


def parse_tokens(tokens, at):
    group, token = tokens[at]
    if token == "{":
        return parse_object(tokens, at + 1)
    if token == "[":
        return parse_array(tokens, at + 1)
    if group == 2:
        return Node("string", token, string=decode_string(token)), at + 1
    if group == 3:
        return Node("number", token), at + 1
    if group == 4:
        return Node(token, token), at + 1
    raise Invalid("no value")


def parse(text):
    tokens = tokens_of(text)
    try:
        node, after = parse_tokens(tokens, 0)
    except IndexError:
        raise Invalid("ends too early") from None
    if after != len(tokens):
        raise Invalid("goes on after its end")
    return node


TO_ESCAPE = re.compile(r'["\\\x00-\x1f]')
SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(string):
    if not TO_ESCAPE.search(string):
        return '"' + string + '"'
    out = []
    for character in string:
        if character in SHORT_ESCAPES:
            out.append(SHORT_ESCAPES[character])
        elif character < " ":
            out.append(f"\\u{ord(character):04x}")
        else:
            out.append(character)
    return '"' + "".join(out) + '"'


# ---- numbers -------------------------------------------------------------------------------------------------------------------------


def number_parts(text):
    """(negative, whole number, power of ten), without trailing zeros; zero is (False, 0, 0)."""
    mantissa, _, exponent = text.lower().partition("e")
    negative = mantissa.startswith("-")
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits, power = (whole + fraction).lstrip("0"), int(exponent or 0) - len(fraction)
    if not digits:
        return False, 0, 0
    stripped = digits.rstrip("0")
    return negative, int(stripped), power + len(digits) - len(stripped)


def canonical_number(text):
    negative, digits, power = number_parts(text)
    if digits == 0:
        return "0"
    return f"{'-' if negative else ''}{digits}e{power}"


def canonical(node):
    if node.kind == "number":
        return canonical_number(node.text)
    if node.kind == "string":
        return quote(node.string)
    if node.kind == "array":
        return "[" + ",".join(canonical(item) for item in node.items) + "]"
    if node.kind == "object":
        members = sorted(node.items, key=lambda item: item[0].encode())
        return "{" + ",".join(quote(name) + ":" + canonical(item) for name, item in members) + "}"
    return node.text


def exact(text):
    """A number of moderate exponent as a pair (numerator, denominator) in lowest powers of ten."""
    negative, digits, power = number_parts(text)
    digits = -digits if negative else digits
    return (digits * 10**power, 1) if power >= 0 else (digits, 10**-power)


def less(a, b):
    return exact(a)[0] * exact(b)[1] < exact(b)[0] * exact(a)[1]


def whole_number(node):
    """A whole number of 64 bits by value (5, 5.0 and 5e0 are), else None."""
    if node.kind != "number":
        return None
    negative, digits, power = number_parts(node.text)
    if power < 0 or power > 20:
        return None
    value = digits * 10**power * (-1 if negative else 1)
    return value if -(2**63) <= value <= INT64_MAX else None


def print_double(value):
    """Shortest digits that read back as the same double, in the shape of decimal_append_double."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value!r}".lower().partition("e")
    negative, digits, power = number_parts(mantissa + ("e" + exponent if exponent else ""))
    sign, digits = "-" if negative else "", str(digits)
    point = len(digits) + power  # digits before the decimal point
    if 0 < point <= 15:
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits))
        return sign + digits[:point] + "." + digits[point:]
    if -4 < point <= 0:
        return sign + "0." + "0" * -point + digits
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1}"


# ---- times and durations -------------------------------------------------------------------------------------------------------------

TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def parse_time(text):
    match = TIME.fullmatch(text)
    if not match:
        raise Invalid("no time")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        days = date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        raise Invalid("no such day") from None
    if hour > 23 or minute > 59 or second > 60:
        raise Invalid("no such time of day")
    nanoseconds = int((match[7] or "0").ljust(9, "0"))
    if second == 60:
        second, nanoseconds = 59, NANOSECOND - 1
    offset = 0
    if match[8]:
        if int(match[9]) > 23 or int(match[10]) > 59:
            raise Invalid("no such offset")
        offset = int(match[9]) * 60 + int(match[10])
        offset = -offset if match[8] == "-" else offset
    total = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
    total = total * NANOSECOND + nanoseconds
    if not -(2**63) <= total <= INT64_MAX:
        raise Invalid("outside the range of times")
    return total


def print_time(nanoseconds):
    seconds, fraction = divmod(nanoseconds, NANOSECOND)
    days, rest = divmod(seconds, 86400)
    day = date.fromordinal(days + date(1970, 1, 1).toordinal())
    text = f"{day.year:04d}-{day.month:02d}-{day.day:02d}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    if fraction:
        text += "." + f"{fraction:09d}".rstrip("0")
    return text + "Z"


def parse_duration(text):
    match = re.fullmatch(r"([0-9]+)(ns|us|ms|s|m|h|d|w)", text)
    if not match:
        raise SystemExit(f"fold_model: no duration: {text}")
    units = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9, "w": 604800 * 10**9}
    return int(match[1]) * units[match[2]]


# ---- paths ---------------------------------------------------------------------------------------------------------------------------


def segments(path):
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path.split("/"))


def escape_segment(segment):
    return segment.replace("~", "~0").replace("/", "~1")


def check_path(path):
    if not path or any(part == "" or re.search(r"~(?![01])", part) for part in path.split("/")):
        raise Invalid("no property path")


def is_under(path, ancestor):
    return path.startswith(ancestor + "/")


def leaves(node, prefix=""):
    """(path, Node) of every leaf that is no object, and of every empty object, under an object."""
    for name, item in node.items:
        if name == "":
            raise Invalid("empty segment")
        path = (prefix + "/" if prefix else "") + escape_segment(name)
        if item.kind == "object" and item.items:
            yield from leaves(item, path)
        else:
            yield path, item


def at_path(node, path):
    for name in segments(path):
        node = node.member(name) if node is not None and node.kind == "object" else None
    return node


def draw(assignments):
    """One document, members sorted by their UTF-8 bytes, of {path: text}."""
    tree = {}
    for path, text in assignments.items():
        *above, name = segments(path)
        place = tree
        for segment in above:
            place = place.setdefault(segment, {})
        place[name] = text
    return draw_tree(tree)


def draw_tree(tree):
    if isinstance(tree, str):
        return tree
    names = sorted(tree, key=lambda name: name.encode())
    return "{" + ",".join(quote(name) + ":" + draw_tree(tree[name]) for name in names) + "}"
