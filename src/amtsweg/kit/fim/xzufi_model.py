"""A service description as values (XZuFi 2.2.0, class Leistung).

The model types what the catalogue and the editors work with; everything else that a document says
is kept as ``Node`` in ``other``, so that reading and writing lose nothing. Names are those of the
standard, in English; its own name stands behind each. Dates are ISO strings as written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

NAMESPACE = "http://xoev.de/schemata/xzufi/2_2_0"

TRUST_LEVELS = frozenset({"00", "10", "15", "20", "30", "40"})
"""Codes of urn:xoev-de:fim:codeliste:vertrauensniveau."""


class TextKind(StrEnum):
    """What a text module says (urn:de:xzufi:codeliste:leistungstextmodulleika, 20240216)."""

    NAME = "02"
    NAME_FOR_PEOPLE = "03"
    SHORT = "05"
    FULL = "06"
    LEGAL_BASIS = "07"
    DOCUMENTS = "08"
    CONDITIONS = "09"
    PROCEDURE = "11"
    FORMS = "14"
    MORE = "15"
    NOTES = "16"
    AUTHOR = "18"
    COMPETENT_BODY = "22"
    CONTACT = "23"
    TEASER = "24"
    REMEDY = "25"


TEXT_LIST = ("urn:de:xzufi:codeliste:leistungstextmodulleika", "20240216")
"""The code list of the text modules, in the version that ``TextKind`` holds."""


class TimeUnit(StrEnum):
    """The unit of a duration (Zeiteinheit); WORKDAY is Werktag, WORKING_DAY Arbeitstag."""

    YEAR = "JAHR"
    MONTH = "MONAT"
    WEEK = "WOCHE"
    DAY = "TAG"
    WORKDAY = "WERKTAG"
    WORKING_DAY = "ARBEITSTAG"
    HOUR = "STUNDE"
    MINUTE = "MINUTE"
    SECOND = "SEKUNDE"


@dataclass(frozen=True, slots=True)
class Node:
    """An element that the model has no place for, kept as it stands.

    Names are ``{namespace}local``, so are the values of ``xsi:type``; attributes are sorted.
    """

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""
    children: tuple[Node, ...] = ()
    tail: str = ""


@dataclass(frozen=True, slots=True)
class LocalText:
    """A text in one language (String.Localized); ``language`` is a tag as ``de`` or ``de-AT``.

    In contents and descriptions the text is HTML from elsewhere: never show it as it is.
    """

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier with the scheme that gives it meaning (Identifikator)."""

    value: str
    agency: str = ""
    agency_name: str = ""
    data_uri: str = ""
    scheme: str = ""
    scheme_name: str = ""
    scheme_uri: str = ""
    scheme_version: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a list; ``unlisted`` is the word where an open list has no code for it."""

    code: str
    list_uri: str = ""
    list_version: str = ""
    name: str = ""
    unlisted: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """When something is valid (Zeitraum); an open end is empty."""

    start: str = ""
    end: str = ""
    note: tuple[LocalText, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link to further reading (HyperlinkErweitert). The address comes from elsewhere."""

    uri: str
    title: str = ""
    description: str = ""
    language: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What every module of a description has besides its content."""

    position: int | None = None
    id: Identifier | None = None
    other_ids: tuple[Identifier, ...] = ()
    validity: tuple[Period, ...] = ()
    links: tuple[Link, ...] = ()
    other: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class TextModule:
    """One text of the description in its languages (modulText); ``code`` says which."""

    code: Code
    content: tuple[LocalText, ...]
    title: tuple[LocalText, ...] = ()
    frame: Frame = Frame()

    @property
    def kind(self) -> TextKind:
        """What the text is about."""
        return TextKind(self.code.code)


@dataclass(frozen=True, slots=True)
class Duration:
    """So long, or from so long to so long (FristDauer); the units are codes of ``TimeUnit``."""

    amount: int
    unit: Code
    amount_to: int | None = None
    unit_to: Code | None = None


@dataclass(frozen=True, slots=True)
class KeyDates:
    """From and until a day: a date, ``--MM-DD`` for every year, or words (FristStichtag)."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline (FristMitTyp) or, without ``kind``, a time of processing (FristOhneTyp)."""

    span: Duration | KeyDates
    kind: Code | None = None
    description: tuple[LocalText, ...] = ()
    position: int | None = None
    validity: tuple[Period, ...] = ()
    other: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadlineModule:
    """Deadlines for the applicant (modulFrist) or how long it takes (modulBearbeitungsdauer)."""

    deadlines: tuple[Deadline, ...] = ()
    description: tuple[LocalText, ...] = ()
    frame: Frame = Frame()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency of ISO 4217."""

    amount: Decimal
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class FixedCost:
    """It costs so much (KostenFix)."""

    amount: Money


@dataclass(frozen=True, slots=True)
class VariableCost:
    """It costs between two amounts, either of which may be open (KostenVariabel)."""

    minimum: Money | None = None
    maximum: Money | None = None
    why: tuple[LocalText, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeOfCharge:
    """It costs nothing (KostenFrei)."""

    why: tuple[LocalText, ...] = ()


Price: TypeAlias = FixedCost | VariableCost | FreeOfCharge


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost of the service; ``prepaid`` says whether it is due before the service (Vorkasse)."""

    price: Price
    kind: Code | None = None
    description: tuple[LocalText, ...] = ()
    prepaid: bool | None = None
    link: str = ""
    position: int | None = None
    validity: tuple[Period, ...] = ()
    other: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class CostModule:
    """What the service costs (modulKosten)."""

    costs: tuple[Cost, ...] = ()
    description: tuple[LocalText, ...] = ()
    frame: Frame = Frame()


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is handed in or issued (Dokument)."""

    name: tuple[LocalText, ...]
    kind: Code | None = None
    description: tuple[LocalText, ...] = ()
    forms: tuple[Identifier, ...] = ()
    signature: Code | None = None
    other: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentModule:
    """The documents that come in and go out (modulDokument)."""

    incoming: tuple[Document, ...] = ()
    outgoing: tuple[Document, ...] = ()
    description: tuple[LocalText, ...] = ()
    frame: Frame = Frame()


@dataclass(frozen=True, slots=True)
class Structure:
    """Of what the service is an operation (struktur).

    ``kind`` is the standard's type: LeistungsstrukturObjekt, …ObjektMitVerrichtung or
    …ObjektMitVerrichtungUndDetail.
    """

    kind: str
    object: Identifier | None = None
    operation: Code | None = None
    detail: tuple[LocalText, ...] = ()
    other: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Who made and changed something, and when (Versionsinformation)."""

    created_at: str = ""
    created_by: str = ""
    changed_at: str = ""
    changed_by: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class LanguageVersion:
    """A language in which the description exists (Sprachversion)."""

    language: str
    german_name: str = ""
    native_name: str = ""
    history: History = History()


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """What editors say about a public service (Leistung).

    ``leika_keys`` are codes of urn:de:fim:leika:leistung (14 digits), ``areas`` the areas in which
    the description applies (gueltigkeitGebietID).
    """

    id: Identifier
    other_ids: tuple[Identifier, ...] = ()
    structure: Structure | None = None
    leika_keys: tuple[Code, ...] = ()
    texts: tuple[TextModule, ...] = ()
    deadlines: DeadlineModule | None = None
    costs: CostModule | None = None
    processing_time: DeadlineModule | None = None
    documents: DocumentModule | None = None
    types: tuple[Code, ...] = ()
    trust_level: Code | None = None
    areas: tuple[Identifier, ...] = ()
    history: History | None = None
    languages: tuple[LanguageVersion, ...] = ()
    validity: tuple[Period, ...] = ()
    other: tuple[Node, ...] = ()


# The order of the children, by class of the standard. One table serves all modules, because what
# they have in common stands in the same order in each.
SERVICE = (
    *("id", "idSekundaer", "struktur", "referenzLeiKa", "modulText", "modulTextIndividuell"),
    *("modulFrist", "modulKosten", "modulBearbeitungsdauer", "modulBegriffImKontext"),
    *("modulFachlicheFreigabe", "modulAuskunftshinweis", "modulDokument", "modulUrsprungsportal"),
    *("typisierung", "vertrauensniveau", "leistungsadressat", "kennzeichenSchriftformerfordernis"),
    *("kategorie", "klassifizierung", "informationsbereichSDG", "idLeistungImKontext"),
    *("idProzess", "herausgeber", "gueltigkeitGebietID", "kennzeichenEA"),
    *("relevantFuerWirtschaftszweig", "relevantFuerRechtsform"),
    *("relevantFuerStaatsangehoerigkeit", "versionsinformation", "sprachversion", "gueltigkeit"),
)
MODULE = (
    *("positionDarstellung", "id", "idSekundaer", "gueltigkeit", "leikaTextmodul"),
    *("leikaTextmodulAbweichendeBezeichnung", "frist", "kosten", "bearbeitungsdauer"),
    *("dokumentEingehend", "dokumentAusgehend", "inhalt", "beschreibung", "weiterfuehrenderLink"),
)
COST = (
    *("typ", "kostenauswahl", "beschreibung", "vorkasse", "linkKostenbildung"),
    *("positionDarstellung", "gueltigkeit"),
)
DEADLINE = ("typ", "fristauswahl", "beschreibung", "positionDarstellung", "gueltigkeit")
DOCUMENT = ("typ", "bezeichnung", "beschreibung", "referenzFormularID", "angabeSignatur")
STRUCTURE = ("leistungsgruppierung", "leistungsobjektID", "verrichtung", "verrichtungsdetail")


def place(name: str, order: tuple[str, ...]) -> int:
    """Where an element ``{namespace}local`` stands among its siblings; strangers come last."""
    namespace, _, local = name.removeprefix("{").partition("}")
    return order.index(local) if namespace == NAMESPACE and local in order else len(order)


def in_order(nodes: Iterable[Node], order: tuple[str, ...]) -> tuple[Node, ...]:
    """Nodes as they stand once written."""
    return tuple(sorted(nodes, key=lambda node: place(node.name, order)))


def in_language(texts: tuple[LocalText, ...], language: str) -> str:
    """The text in a language, else in the language of a country, else nothing."""
    exact = (text.text for text in texts if text.language.lower() == language)
    near = (text.text for text in texts if language_of(text.language) == language)
    return next(filter(None, (*exact, *near)), "")


def language_of(tag: str) -> str:
    """``de`` of ``de-AT``; other varieties, such as plain language, are languages of their own."""
    language, _, country = tag.lower().partition("-")
    return language if len(country) == len("at") else tag.lower()
