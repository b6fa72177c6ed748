"""A form for a schema of which nothing but the schema is known: its pages, and what to make of gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from amtsweg.kit.fim.model import DataType, Field, FieldKind, Group, Schema, Use, keyed, walk
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.forms.fields import FieldMistake, constant_of, kind_of, options_of
from amtsweg.kit.messages import LANGUAGES

MOST_QUESTIONS: Final = 12
"""Questions on one page, beyond which a group is laid out over several."""
_LONGEST_ID: Final = 40
_NO_TEXTS: Final = {language: dict[str, Any]() for language in LANGUAGES}

_WIDGETS: Final = (
    ("iban", re.compile(r"\bIBAN\b")),
    ("email", re.compile(r"\bE-?Mail", re.IGNORECASE)),
    ("tel", re.compile(r"\b(Telefon|Telefax|Fax|Mobil)(nummer|funk)?", re.IGNORECASE)),
)
_AUTOFILL: Final = {
    "vornamen": "given-name",
    "vorname": "given-name",
    "familienname": "family-name",
    "nachname": "family-name",
    "geburtsdatum": "bday",
    "postleitzahl": "postal-code",
    "ort": "address-level2",
    "email": "email",
    "telefon": "tel",
}
"""What browsers may fill in, by key (WCAG 1.3.5), where the field is not asked for several people."""


def default_pages(schema: Schema) -> dict[str, Any]:
    """What pages.toml would say: a page for each group at the top, and one for the fields between.

    A group with more than ``MOST_QUESTIONS`` questions becomes several pages, unless it is
    repeated or a choice: these are filled in as a whole.
    """
    taken: set[str] = set()
    pages = [{"id": _page_id(items[0], taken), "items": items} for items in _pages(schema.uses, "")]
    settings = {path: found for path, use in walk(schema.uses) if (found := _settings(use))}
    autofill = [found.get("autocomplete") for found in settings.values()]
    for found in settings.values():
        # Asked twice, it is asked about two people, and a browser knows only one of them.
        if "autocomplete" in found and autofill.count(found["autocomplete"]) > 1:
            del found["autocomplete"]
    return {"page": pages, "field": {path: found for path, found in settings.items() if found}}


def workable(element: Schema | Group | Field) -> tuple[Schema, tuple[Finding, ...]]:
    """A schema that can be asked, and a warning for everything that was left aside for that.

    A field whose code list is not at hand is asked as text; a pattern, a bound or a content that
    cannot be used does not narrow the answer. A group or a field alone becomes a schema of its own.
    """
    if not isinstance(element, Schema):
        element = Schema(id=element.id, name=element.name, uses=keyed((Use(element),)))
    findings: dict[Finding, None] = {}
    uses = tuple(_workable(use, findings) for use in element.uses)
    return replace(element, uses=uses), tuple(findings)


def _pages(uses: tuple[Use, ...], under: str) -> Iterator[list[str]]:
    """Paths that stand together on a page."""
    gathered: list[str] = []
    count = 0
    for use in uses:
        path = f"{under}.{use.key}" if under else use.key
        questions = _questions(use)
        group = use.element if isinstance(use.element, Group) else None
        whole = group is None or use.repeated or group.choice
        splits = not whole and questions > MOST_QUESTIONS
        alone = group is not None and not under
        if gathered and (splits or alone or count + questions > MOST_QUESTIONS):
            yield gathered
            gathered, count = [], 0
        if splits and group is not None:
            yield from _pages(group.uses, path)
        elif alone:
            yield [path]
        else:
            gathered.append(path)
            count += questions
    if gathered:
        yield gathered


def _questions(use: Use) -> int:
    if isinstance(use.element, Field):
        return 1
    return sum(_questions(inner) for inner in use.element.uses)


def _page_id(path: str, taken: set[str]) -> str:
    stem = path.rpartition(".")[2][:_LONGEST_ID].strip("_")
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name)
    return name


def _settings(use: Use) -> dict[str, Any]:
    """The control that a text's name speaks for, and what a browser may fill in."""
    field = use.element
    if not isinstance(field, Field) or not field.asks:
        return {}
    settings: dict[str, Any] = {}
    is_text = field.type in (DataType.TEXT, DataType.TEXT_LATIN)
    if is_text and field.kind is FieldKind.INPUT and not field.values:
        for widget, name in _WIDGETS:
            if name.search(field.label or field.name):
                settings["widget"] = widget
                break
    autofill = _AUTOFILL.get(settings.get("widget", "") or use.key) or _AUTOFILL.get(use.key)
    return settings | ({"autocomplete": autofill} if autofill and not use.repeated else {})


def _workable(use: Use, findings: dict[Finding, None]) -> Use:
    element = use.element
    if isinstance(element, Group):
        inner = tuple(_workable(part, findings) for part in element.uses)
        return replace(use, element=replace(element, uses=inner))
    return replace(use, element=_workable_field(element, findings))


def _workable_field(field: Field, findings: dict[Finding, None]) -> Field:
    """Without what cannot be used. Each mistake takes one thing away, so this comes to an end."""
    while True:
        try:
            constant_of(field, kind_of(field, "", options_of(field, _NO_TEXTS)))
        except FieldMistake as mistake:
            message = f"{field.id} ({field.name}): {mistake}"
            found = Finding(mistake.code, Severity.WARNING, message, mistake.remedy)
            findings.setdefault(found)
            field = _without(field, mistake.code)
        else:
            return field


def _without(field: Field, mistake: str) -> Field:
    if mistake == "form.list":
        plain = replace(field, kind=FieldKind.INPUT, type=DataType.TEXT, code_list=None)
        return replace(plain, values=())
    if mistake == "form.pattern":
        return replace(field, constraints=replace(field.constraints, pattern=None))
    if mistake == "form.bound":
        return replace(
            field, constraints=replace(field.constraints, min_value=None, max_value=None)
        )
    return replace(field, content=None)
