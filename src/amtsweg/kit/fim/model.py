"""A FIM data schema as values: schema, group, field, rule, code list (XDatenfelder 2 and 3.0.0).

The model keeps everything that a document says, so that reading and writing lose nothing. It speaks
the words of XDatenfelder 3; what only one of the two standards knows says so.
It adds one thing that FIM does not have: the *key*, under which an answer stands in its parent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from amtsweg.kit.findings import Finding

UNKNOWN_TIME = "1970-01-01T00:00:00Z"


class FimError(Exception):
    """A document is not a FIM data schema that can be used; ``findings`` say why and where."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class DataType(StrEnum):
    """What a field holds (code list xdatenfelder.datentyp 2.0)."""

    TEXT = "text"
    TEXT_LATIN = "text_latin"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    BOOL = "bool"
    NUM = "num"
    NUM_INT = "num_int"
    NUM_CURRENCY = "num_currency"
    FILE = "file"
    OBJ = "obj"


class FieldKind(StrEnum):
    """How a field takes part in a form (code list xdatenfelder.feldart 2.0)."""

    INPUT = "input"
    SELECT = "select"
    LABEL = "label"
    HIDDEN = "hidden"
    LOCKED = "locked"


class Prefill(StrEnum):
    """Whether a register may or must fill a field (xdatenfelder.vorbefuellung 1.0)."""

    NONE = "keine"
    OPTIONAL = "optional"
    REQUIRED = "verpflichtend"


class RuleKind(StrEnum):
    """What a rule governs (xdatenfelder.regeltyp 1.0)."""

    COMPLEX = "K"
    MULTIPLICITY = "M"
    VALIDATION = "V"
    CALCULATION = "B"


@dataclass(frozen=True, slots=True)
class Value:
    """One choice of a code list."""

    code: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list in one version. ``values`` is empty where the list itself was not at hand.

    The columns are XDatenfelder 3, the list's own ``id`` and ``id_version`` XDatenfelder 2.
    """

    urn: str
    version: str
    name: str
    values: tuple[Value, ...] = ()
    version_urn: str = ""
    code_column: str = ""
    name_column: str = ""
    help_column: str = ""
    id: str = ""
    id_version: str = ""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What narrows a field's type.

    Lengths count characters. ``min_value`` and ``max_value`` stand as written: a decimal number
    for numbers, euros for currency, an ISO date for dates. ``pattern`` is an XML Schema regular
    expression for the whole value. ``max_size`` is in megabytes, ``media_types`` are MIME types.
    ``note`` narrows in words; ``other`` are further names and values of an XDatenfelder 2 precision.
    """

    min_length: int | None = None
    max_length: int | None = None
    min_value: str | None = None
    max_value: str | None = None
    pattern: str | None = None
    max_size: int | None = None
    media_types: tuple[str, ...] = ()
    note: str = ""
    other: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word under which an element is found, with the vocabulary it comes from."""

    text: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """``predicate``: ABL derived from, ERS replaces, EQU equals, VKN linked with another object."""

    predicate: str
    id: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What the register keeps about an element besides its content.

    ``status`` is a code of urn:xoev-de:xprozess:codeliste:status, 1 to 8 (6 = gold);
    ``status_set_on`` and ``status_set_by`` are the release date and the author of XDatenfelder 2.
    ``changed_at`` is there the time of the message, and known of its outermost element only.
    Dates are ISO strings as written. ``legal_links`` pairs a legal basis with its link.
    """

    description: str = ""
    definition: str = ""
    status: str = "2"
    status_set_on: str = ""
    status_set_by: str = ""
    valid_from: str = ""
    valid_until: str = ""
    version_note: str = ""
    published_on: str = ""
    changed_at: str = UNKNOWN_TIME
    keywords: tuple[Keyword, ...] = ()
    relations: tuple[Relation, ...] = ()
    legal_links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule in words; ``script`` is what a register may keep with it, never executed here.

    Of the record, XDatenfelder 3 knows description, author (``status_set_by``), ``changed_at``,
    keywords and links; the other dates, the status and the labels are XDatenfelder 2.
    ``other`` are further elements of XDatenfelder 3 (param, ziel, fehler) as canonical XML.
    """

    id: str
    version: str = ""
    name: str = ""
    label: str = ""
    label_output: str = ""
    kind: RuleKind = RuleKind.COMPLEX
    free_text: str = ""
    script: str = ""
    legal_basis: tuple[str, ...] = ()
    record: Record = field(default_factory=Record)
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What fields and groups have in common. ``label`` is asked with, ``label_output`` shown with.

    ``level`` is the kind of element: ABS abstract, HAR harmonised, RNG bound to a provision.
    """

    id: str
    version: str = ""
    name: str
    label: str = ""
    label_output: str = ""
    help_input: str = ""
    help_output: str = ""
    legal_basis: tuple[str, ...] = ()
    level: str = "RNG"
    rules: tuple[Rule, ...] = ()
    record: Record = field(default_factory=Record)

    @property
    def status(self) -> str:
        """The release status, 1 to 8."""
        return self.record.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Element):
    """One question or one piece of shown text.

    ``values`` are the choices, from the code list or written in the schema; empty if none.
    ``content`` is the text of a label, the value of a locked or hidden field, or the default.
    """

    kind: FieldKind = FieldKind.INPUT
    type: DataType = DataType.TEXT
    constraints: Constraints = Constraints()
    values: tuple[Value, ...] = ()
    code_list: CodeList | None = None
    content: str | None = None
    prefill: Prefill = Prefill.NONE

    @property
    def asks(self) -> bool:
        """Whether a person answers this field."""
        return self.kind in (FieldKind.INPUT, FieldKind.SELECT) and self.type is not DataType.OBJ

    @property
    def holds_answer(self) -> bool:
        """Whether answers can have a value for this field."""
        return self.kind is not FieldKind.LABEL and self.type is not DataType.OBJ


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Element):
    """Fields and groups under one heading. ``choice``: exactly one of the parts is answered."""

    uses: tuple[Use, ...] = ()
    choice: bool = False

    @property
    def holds_answer(self) -> bool:
        """Whether answers can have a value for anything in this group."""
        return any(use.element.holds_answer for use in self.uses)


@dataclass(frozen=True, slots=True)
class Use:
    """An element at one place, from ``minimum`` to ``maximum`` times (None = without end).

    ``key`` names the answer inside the parent; see ``keyed``.
    """

    element: Field | Group
    minimum: int = 1
    maximum: int | None = 1
    key: str = ""
    legal_basis: tuple[str, ...] = ()
    legal_links: tuple[tuple[str, str], ...] = ()

    @property
    def repeated(self) -> bool:
        """Whether the answer is an array."""
        return self.maximum != 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The data of one service. ``title`` is the heading that people see.

    ``title_output`` is XDatenfelder 2; the document (Dokumentsteckbrief) is XDatenfelder 3.
    """

    id: str
    version: str = ""
    name: str
    title: str = ""
    title_output: str = ""
    help: str = ""
    legal_basis: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    rules: tuple[Rule, ...] = ()
    structure_changes: str = "0"
    representation_changes: str = "0"
    document_id: str = ""
    document_version: str = ""
    record: Record = field(default_factory=Record)

    @property
    def status(self) -> str:
        """The release status, 1 to 8."""
        return self.record.status


_LETTERS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "ø": "oe",
        "å": "aa",
        "đ": "d",
        "ł": "l",
    }
)
# Words that a CEL identifier may not be (CEL language definition, "Syntax").
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in"}
    | {"let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while"}
)


def answer_key(name: str) -> str:
    """The key of an element by its name: "Straße (privat)" becomes "strasse_privat".

    Lower-case ASCII words joined by underscores, an identifier in every expression: a leading
    digit is preceded by "n", a word that CEL reserves is followed by "_".
    """
    lowered = unicodedata.normalize("NFC", name).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "element"
    if key[0].isdigit():
        key = "n" + key
    return key + "_" if key in _RESERVED else key


def keyed(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Give every use its key: by the element's name, `_2`, `_3` … where a name comes again."""
    taken: set[str] = set()
    result = []
    for use in uses:
        base = key = answer_key(use.element.name)
        number = 1
        while key in taken:
            number += 1
            key = f"{base}_{number}"
        taken.add(key)
        result.append(replace(use, key=key))
    return tuple(result)


def walk(uses: Iterable[Use], under: str = "") -> Iterator[tuple[str, Use]]:
    """Every use below with its path ("person.name"), a group before its parts."""
    for use in uses:
        path = f"{under}.{use.key}" if under else use.key
        yield path, use
        if isinstance(use.element, Group):
            yield from walk(use.element.uses, path)
