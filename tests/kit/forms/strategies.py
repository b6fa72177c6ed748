"""Forms and answers as hypothesis draws them: usual ones, and what hostile senders would try."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st

from amtsweg.kit import forms
from amtsweg.kit.fim.model import DataType, Field, FieldKind, Group, Use, keyed
from amtsweg.kit.forms import FileInfo, Form, FormError
from amtsweg.kit.forms.kinds import ChoiceKind, FileKind, TextKind
from amtsweg.kit.forms.numbers import DateKind, DateTimeKind, NumberKind, TimeKind
from amtsweg.kit.forms.tree import FieldNode, Node

from .builders import a_file, field, group, schema, select

IBANS = ["DE02120300000000202051", "AT611904300234573201", "MT84MALT011000012345MTLCAST001S"]
PATTERNS = [
    "[0-9]{5}", r"\d{3}", "[A-ZÄÖÜ][a-zäöüß]+", r"\p{L}+", r"[\w\-]+", r"\w\W?", "a|b", r"\i\c*",
    ".{2,4}", r"[^\s@]+", r"\S\s?\S", r"^[a-z~&\-]*$", r"\D+", r"[+\d]{1,4}",
]  # fmt: skip
NUMBERS = ["0", "-1.5", "0.1", "9.999", "9.995", "1e3", "99999999999999999999", "1e999999", "3"]
DAYS = ["2019-02-28", "2020-02-29", "0001-01-01", "9999-12-31", "2025-1-1"]
COUNTS = [(1, 1), (0, 1), (0, None), (1, None), (1, 3), (2, 4), (0, 2)]
ODD: list[Any] = [
    None, True, False, 0, -1, 3.0, 1.5, 0.1, 999, 1000, -100, float("nan"), float("inf"), 10**17,
    1e17, 10**18, 10**400, "", " ", "a", "b", "true", "x" * 20_001, "Ł", "д", "é", "e\u0301",
    "\ud800", "a\u202eb", "\x00", "\ufffe", "😀😀", "٣", "٣٣٣", "123", "01067", "01067\n",
    "2025-02-30", "2024-02-29", "1900-02-29", "0000-01-01", "20240101", "2019-02-27", "2020-03-01",
    "08:30", "24:00", "08:30\n", "8:30", "2024-02-29T08:30", "2023-02-29T08:30", "2024-01-01T08:30Z",
    *IBANS, "DE0212030000000020205", "de02120300000000202051", "AT61190430023457320", "a@b", "a@b.de",
    "a..b@c.de", ".a@b.de", "ü@bä.de", "a@b.de”", f"{'x' * 65}@b.de", "112", "12", "+49 351/12-3",
    [], {}, [[]], [{}], {"x": 1}, {"": {}}, ["a", "b"], [None],
]  # fmt: skip


class AnyFile(dict[str, FileInfo]):
    """Every id has a file."""

    def get(self, key: Any, default: Any = None) -> Any:
        return a_file(key) if key else default


@st.composite
def a_field(draw: st.DrawFn) -> Field:
    type_ = draw(st.sampled_from(DataType))
    name = draw(st.sampled_from(["Name", "Ort", "Zahl", "Straße", "a b"]))
    kind = draw(st.sampled_from([FieldKind.INPUT] * 6 + list(FieldKind)))
    if kind is FieldKind.SELECT:
        return select(name, *draw(st.lists(st.sampled_from(["a", "b", "ä"]), min_size=1)))
    more: dict[str, Any] = {}
    if type_ in (DataType.TEXT, DataType.TEXT_LATIN):
        more = {
            "min_length": draw(st.none() | st.integers(0, 3)),
            "max_length": draw(st.none() | st.integers(0, 9)),
            "pattern": draw(st.none() | st.sampled_from(PATTERNS)),
        }
    elif type_ is DataType.DATE:
        more = {key: draw(st.none() | st.sampled_from(DAYS)) for key in ("min_value", "max_value")}
    elif type_ in (DataType.NUM, DataType.NUM_INT, DataType.NUM_CURRENCY):
        more = {
            key: draw(st.none() | st.sampled_from(NUMBERS)) for key in ("min_value", "max_value")
        }
    return field(name, type_, kind=kind, **more)


@st.composite
def some_uses(draw: st.DrawFn, depth: int = 2) -> tuple[Use, ...]:
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        element: Field | Group
        if depth and draw(st.booleans()):
            inner = draw(some_uses(depth - 1))
            name = draw(st.sampled_from(["Person", "Hunde"]))
            element = group(name, choice=draw(st.integers(0, 4)) == 0)
            element = Group(id=element.id, name=name, label=name, uses=inner, choice=element.choice)
        else:
            element = draw(a_field())
        parts.append(Use(element, *draw(st.sampled_from(COUNTS))))
    return keyed(parts)


@st.composite
def some_forms(draw: st.DrawFn) -> Form:
    """A form without conditions and rules; not all of the schema need stand on its pages."""
    built = schema()
    built = type(built)(id="S1", name="Antrag", uses=draw(some_uses()))
    items = list(_items(draw, built.uses, ""))
    settings: dict[str, Any] = {}
    pages = [{"id": f"p{at}", "items": [item]} for at, item in enumerate(items)]
    for path, use in _walk(built.uses, ""):
        found: dict[str, Any] = {}
        if draw(st.integers(0, 9)) == 0:
            found["required"] = True
        text = isinstance(use.element, Field) and use.element.type in ("text", "text_latin")
        if text and not use.element.values and draw(st.booleans()):
            found["widget"] = draw(st.sampled_from(["email", "tel", "iban", "textarea"]))
        settings[path] = found
    while True:
        try:
            return forms.compile(built, {"page": pages, "field": settings}, {})
        except FormError as error:
            # What is required must be asked; what then still does not fit is no form.
            if {finding.code for finding in error.findings} != {"form.missing"}:
                raise
            pages = [{"id": "all", "items": [use.key for use in built.uses]}]


def _items(draw: st.DrawFn, uses: tuple[Use, ...], under: str) -> Iterator[str]:
    for use in uses:
        path = under + use.key
        splits = isinstance(use.element, Group) and not use.repeated
        how = draw(st.integers(0, 5))
        if splits and how < 2:
            yield from _items(draw, use.element.uses, path + ".")  # type: ignore[union-attr]
        elif how < 5:
            yield path


def _walk(uses: tuple[Use, ...], under: str) -> Iterator[tuple[str, Use]]:
    for use in uses:
        yield under + use.key, use
        if isinstance(use.element, Group):
            yield from _walk(use.element.uses, f"{under}{use.key}.")


# Answers from the form


def likely(node: Node) -> st.SearchStrategy[Any]:
    """Mostly right answers of a node."""
    one = _of_field(node) if isinstance(node, FieldNode) else some_answers(node.children)
    if node.repeated:
        return st.lists(one, min_size=min(node.minimum, 2), max_size=4)
    return one


def _of_field(node: FieldNode) -> st.SearchStrategy[Any]:
    kind = node.kind
    if isinstance(kind, ChoiceKind):
        return st.sampled_from(list(kind.labels["de"]))
    if isinstance(kind, NumberKind):
        bounds = [bound for bound in (kind.lowest, kind.highest) if bound is not None]
        near = [bound + step for bound in bounds for step in (-1, 0, 1, 0.5)]
        return st.sampled_from([*near, 3]) | st.integers() | st.floats()
    if isinstance(kind, DateKind):
        return st.dates().map(str) | st.sampled_from([kind.earliest or "2020-01-01"])
    if isinstance(kind, TimeKind):
        return st.just("08:30")
    if isinstance(kind, DateTimeKind):
        return st.dates().map(lambda day: f"{day}T23:59")
    if isinstance(kind, FileKind):
        return st.just("f1")
    if isinstance(kind, TextKind):
        samples = {"iban": IBANS, "email": ["a@b.de"], "tel": ["0351 12"]}.get(kind.widget)
        if samples:
            return st.sampled_from(samples)
        return st.from_regex(r"\A[A-Za-z0-9äß -]{1,9}\Z") | st.text(max_size=9)
    return st.booleans()


@st.composite
def some_answers(draw: st.DrawFn, nodes: tuple[Node, ...]) -> dict[str, Any]:
    answers = {}
    for node in nodes:
        if node.holds_answer and draw(st.integers(0, 9)) >= (0 if node.required else 4):
            answers[node.key] = draw(likely(node))
    return answers


# Answers from the exported schema


def instances(part: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly valid instances of a schema, by nothing but the schema."""
    part = _merged(part, whole)
    if "enum" in part:
        return st.sampled_from(part["enum"])
    kind = part.get("type")
    if kind == "object":
        return _objects(part, whole)
    if kind == "array":
        least = part.get("minItems", 0)
        most = min(least + 2, part["maxItems"])
        return st.lists(instances(part["items"], whole), min_size=least, max_size=max(least, most))
    if kind in ("integer", "number"):
        return _numbers(part)
    return st.booleans() if kind == "boolean" else _texts(part)


@st.composite
def _objects(draw: st.DrawFn, part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    keys = list(part.get("required", []))
    least = part.get("minProperties", 0)
    most = part.get("maxProperties", len(part["properties"]))
    for key in part["properties"]:
        if key not in keys and len(keys) < most and (len(keys) < least or draw(st.booleans())):
            keys.append(key)
    return {key: draw(instances(part["properties"][key], whole)) for key in keys}


def _numbers(part: dict[str, Any]) -> st.SearchStrategy[float]:
    low, high = part["minimum"], part["maximum"]
    if part["type"] == "integer":
        low, high = ceil(low), floor(high)
    if low > high:
        return st.just(low)
    between = st.integers(low, high) if part["type"] == "integer" else st.floats(low, high)
    return between | st.sampled_from([low, high])


def _texts(part: dict[str, Any]) -> st.SearchStrategy[str]:
    if part["iban"]:
        return st.sampled_from(IBANS)
    narrow = max(part["patterns"], key=len, default="^")
    for pattern in part["patterns"]:
        # What every text keeps to says least.
        if not pattern.startswith("^[^\\x00") and not pattern.startswith("^[\\t"):
            narrow = pattern
    if len(narrow) > 2_000:
        return st.sampled_from(["Äö", "a-b", "x1", "a b"])
    least = part.get("minLength", 0)
    if narrow == "^" or narrow.startswith(("^[^\\x00", "^[\\t")):
        return st.text(min_size=least, max_size=least + 5)
    return st.from_regex(narrow.replace("$", r"\Z"))


def _merged(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A schema with its references and conjunctions in one place."""
    merged: dict[str, Any] = {"patterns": [], "iban": False}
    left = [part]
    while left:
        one = left.pop(0)
        if "$ref" in one:
            merged["iban"] |= one["$ref"].endswith("/iban")
            left.append(whole["$defs"][one["$ref"].rpartition("/")[2]])
        left += one.get("allOf", [])
        if "pattern" in one:
            merged["patterns"].append(one["pattern"])
        merged = {**one, **merged}
    return merged


@st.composite
def spoiled(draw: st.DrawFn, answers: Any) -> Any:
    """Answers with up to two things changed for something odd, taken away or put in."""
    for _ in range(draw(st.integers(0, 2))):
        holder, key = answers, None
        while isinstance(holder, dict | list) and holder:
            places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = draw(st.sampled_from(places))
            if not isinstance(holder[key], dict | list) or draw(st.integers(0, 3)) == 0:
                break
            if not holder[key]:
                break
            holder = holder[key]
        if key is None:
            return answers
        how = draw(st.integers(0, 5))
        if how == 0:
            del holder[key]
        elif how == 1 and isinstance(holder, dict):
            holder[draw(st.sampled_from(["x", "", "name"]))] = deepcopy(draw(st.sampled_from(ODD)))
        elif how == 2 and isinstance(holder, list):
            holder += [holder[key]] * draw(st.sampled_from([1, 3, 250]))
        else:
            holder[key] = deepcopy(draw(st.sampled_from(ODD)))
    return answers
