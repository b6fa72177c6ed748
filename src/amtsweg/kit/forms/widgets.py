"""What a form hands to templates, and what it hands back after reading: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

FormData: TypeAlias = Mapping[str, list[str]]
Answers: TypeAlias = dict[str, Any]
Language: TypeAlias = Literal["de", "en"]
WidgetKind: TypeAlias = Literal[
    "text",
    "textarea",
    "email",
    "tel",
    "number",
    "currency",
    "date",
    "time",
    "bool",
    "radio",
    "select",
    "search",
    "checkboxes",
    "file",
    "iban",
    "label",
]


@dataclass(frozen=True, slots=True)
class FileInfo:
    """An uploaded file. ``size`` in bytes, ``sha512`` hexadecimal."""

    id: str
    filename: str
    media_type: str
    size: int
    sha512: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """A sentence about one field. ``path`` is the field's HTML id and name ("hunde.0.name")."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a radio group or a select."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Widget:
    """One control. ``path`` is its HTML name and id.

    A date has three controls: ``PATH.day``, ``PATH.month``, ``PATH.year``.
    ``value`` is what stands in the control: text as the person types it, for a date a dict with
    day, month and year. ``legal_basis`` says why the question is asked. A label has its text in
    ``value`` and no control. A search is a text, for which a browser may show ``suggestions``, and
    where it fits several, radio buttons of the same name (``options``). Of checkboxes, ``value``
    holds the codes chosen.
    """

    kind: WidgetKind
    path: str
    label: str
    help: str = ""
    legal_basis: tuple[str, ...] = ()
    required: bool = False
    value: str | Mapping[str, str] | tuple[str, ...] = ""
    options: tuple[Option, ...] = ()
    suggestions: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    autocomplete: str = ""
    inputmode: str = ""
    max_length: int | None = None
    accept: str = ""
    file: FileInfo | None = None


@dataclass(frozen=True, slots=True)
class Fieldset:
    """Items under one legend. ``index`` counts instances from 0; None where it is no instance.

    ``optional``: what it asks is needed only where it applies.
    """

    path: str
    label: str
    help: str = ""
    items: tuple[Item, ...] = ()
    index: int | None = None
    removable: bool = False
    errors: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Repeater:
    """A group or field that may be given several times.

    The buttons are ``name="_add" value=PATH`` and ``name="_remove" value="PATH.INDEX"``.
    ``item_label`` names one instance ("Hund"); ``add_label`` is the button where the texts have one.
    """

    path: str
    label: str
    help: str = ""
    instances: tuple[Fieldset, ...] = ()
    minimum: int = 0
    maximum: int | None = None
    can_add: bool = True
    errors: tuple[str, ...] = ()
    item_label: str = ""
    add_label: str = ""


Item: TypeAlias = Widget | Fieldset | Repeater


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as people read it."""

    label: str
    value: str
    path: str


@dataclass(frozen=True, slots=True)
class Section:
    """Answers of a page or group; ``page_id`` is where they can be changed."""

    title: str
    page_id: str
    rows: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one posted page.

    ``answers``: the whole draft with this page merged in and hidden answers dropped.
    ``errors``: sentences by field. ``raw``: what was typed, to show it again.
    ``stay``: the page is to be shown again without complaint, because an instance was added or
    removed, or an answer has opened further questions on it.
    """

    answers: Answers
    errors: tuple[FieldError, ...] = ()
    raw: FormData = field(default_factory=dict)
    stay: bool = False
