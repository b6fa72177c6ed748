"""What holds for whatever has an id: schemas, groups, fields and rules; then for elements only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

from amtsweg.kit.fim.model import Field, Group, Rule, Schema
from amtsweg.kit.fim.quality.checks import Checks, Kind, Object
from amtsweg.kit.latin import first_not_latin

on_object: Checks[Object] = Checks()
on_element: Checks[Group | Field] = Checks()

_LETTERS = ((Schema, "S"), (Group, "G"), (Field, "F"), (Rule, "R"))
_RELATIONS = frozenset({"ABL", "ERS", "EQU", "VKN"})
_FIM_OFFICE = frozenset({"FIM-Baustein Datenfelder", "FIM Baustein Datenfelder"})
_FIM_RANGE = "60"
_RELEASED = frozenset("34567")


def number_range(id_: str) -> str:
    """The range of numbers from which an id was taken: 17 for F17000000001."""
    return id_[1:3]


def _texts(about: Object) -> Iterator[tuple[str, str]]:
    """Every text that people wrote about an object, under its name in the standard."""
    yield "name", about.name
    yield "beschreibung", about.record.description
    if isinstance(about, Rule):
        yield "freitextRegel", about.free_text
        yield "fachlicherErsteller", about.record.status_set_by
    else:
        yield "definition", about.record.definition
        yield "versionshinweis", about.record.version_note
        yield "statusGesetztDurch", about.record.status_set_by
    if isinstance(about, Schema):
        yield "bezeichnung", about.title
        yield "hilfetext", about.help
    elif not isinstance(about, Rule):
        yield "bezeichnungEingabe", about.label
        yield "bezeichnungAusgabe", about.label_output
        yield "hilfetextEingabe", about.help_input
        yield "hilfetextAusgabe", about.help_output
    for basis in about.legal_basis:
        yield "bezug", basis


def _links(about: Object) -> Iterator[tuple[str, str]]:
    yield from about.record.legal_links
    if isinstance(about, Schema | Group):
        yield from chain.from_iterable(use.legal_links for use in about.uses)


@on_object(1002, Kind.CRITICAL, "Geben Sie dem Objekt einen Namen.", "Give the object a name.")
def _has_no_name(about: Object) -> bool:
    return not about.name


@on_object(
    1039,
    Kind.CRITICAL,
    "Schreiben Sie die Kennung {what} als Buchstaben der Objektart mit elf Ziffern.",
    "Write the id {what} as the letter of its kind of object with eleven digits.",
)
def _has_a_malformed_id(about: Object) -> Iterator[str]:
    letter = next(letter for kind, letter in _LETTERS if isinstance(about, kind))
    if about.id and not re.fullmatch(letter + "[0-9]{11}", about.id):
        yield about.id
    document = about.document_id if isinstance(about, Schema) else ""
    if document and not re.fullmatch("D[0-9]{11}", document):
        yield document


@on_object(
    1117,
    Kind.HINT,
    "Nennen Sie, wer fachlich verantwortet, was eine Version hat oder veröffentlicht ist.",
    "Name who answers for the content of what has a version or is published.",
)
def _names_no_creator(about: Object) -> bool:
    published = not isinstance(about, Rule) and about.record.published_on
    return bool(about.version or published) and not about.record.status_set_by


@on_object(
    1131,
    Kind.CRITICAL,
    "Ersetzen Sie das Zeichen, das nicht zu den lateinischen Zeichen gehört: {what}.",
    "Replace the sign that is not of the Latin character set: {what}.",
)
def _has_signs_that_are_not_latin(about: Object) -> Iterator[str]:
    for name, text in _texts(about):
        if sign := first_not_latin(text.replace("\r\n", "\n")):
            yield f"{name} U+{ord(sign):04X}"


@on_object(
    1132,
    Kind.WARNING,
    "Geben Sie jede Handlungsgrundlage für sich an statt gemeinsam: {what}.",
    "Give each legal basis on its own, not together: {what}.",
)
def _joins_legal_bases(about: Object) -> Iterator[str]:
    bases = list(about.legal_basis)
    if isinstance(about, Schema | Group):
        bases += chain.from_iterable(use.legal_basis for use in about.uses)
    return (text for text in bases if text.count("§") > 1 or ";" in text or "\n" in text)


@on_object(
    1133,
    Kind.WARNING,
    "Berichtigen Sie die Adresse der Handlungsgrundlage: {what}.",
    "Correct the address of the legal basis: {what}.",
)
def _has_a_broken_legal_link(about: Object) -> Iterator[str]:
    return (link for _, link in _links(about) if not _is_web_address(link))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and "." in host and not re.search(r"\s", text)


@on_object(
    1140,
    Kind.METHODICAL,
    "Nennen Sie die eigene Redaktion: Der FIM-Baustein verantwortet nur den Nummernkreis 60.",
    "Name your own office: the FIM office answers for the number range 60 only.",
)
def _claims_the_fim_office(about: Object) -> bool:
    return not isinstance(about, Schema) and _is_wrongly_of_the_fim_office(about)


@on_object(
    1141,
    Kind.METHODICAL,
    "Nennen Sie die eigene Redaktion: Schemata des FIM-Bausteins tragen Nummern aus dem Kreis 60.",
    "Name your own office: schemas of the FIM office have numbers of the range 60.",
)
def _schema_claims_the_fim_office(about: Object) -> bool:
    return isinstance(about, Schema) and _is_wrongly_of_the_fim_office(about)


def _is_wrongly_of_the_fim_office(about: Object) -> bool:
    return about.record.status_set_by in _FIM_OFFICE and number_range(about.id) != _FIM_RANGE


@on_object(
    1142,
    Kind.CRITICAL,
    "Geben Sie an, wann das Element seinen Status erhielt (Status {what}).",
    "Say when the element got its status (status {what}).",
)
def _lacks_the_day_of_its_status(about: Object) -> Iterator[str]:
    if isinstance(about, Group | Field):
        yield from _undated_status(about)


@on_object(
    1143,
    Kind.CRITICAL,
    "Geben Sie an, wann das Datenschema seinen Status erhielt (Status {what}).",
    "Say when the schema got its status (status {what}).",
)
def _schema_lacks_the_day_of_its_status(about: Object) -> Iterator[str]:
    if isinstance(about, Schema):
        yield from _undated_status(about)


def _undated_status(about: Schema | Group | Field) -> Iterator[str]:
    if about.status in _RELEASED and not about.record.status_set_on:
        yield about.status


@on_object(
    1029,
    Kind.CRITICAL,
    "Wählen Sie als Art der Relation ABL, ERS, EQU oder VKN statt {what}.",
    "Choose ABL, ERS, EQU or VKN as the kind of relation, not {what}.",
)
def _has_an_unknown_relation(about: Object) -> Iterator[str]:
    if not isinstance(about, Rule):
        for relation in about.record.relations:
            if relation.predicate not in _RELATIONS:
                yield f"„{relation.predicate}“"


@on_object(
    1091,
    Kind.CRITICAL,
    "Geben Sie an, auf welches Objekt sich die Relation {what} richtet.",
    "Say to which object the relation {what} leads.",
)
def _has_a_relation_to_nothing(about: Object) -> Iterator[str]:
    if not isinstance(about, Rule):
        yield from (r.predicate for r in about.record.relations if not r.id)


@on_object(
    1098,
    Kind.METHODICAL,
    "Erklären Sie im Hilfetext mehr als die Bezeichnung, oder lassen Sie ihn weg.",
    "Let the help say more than the label, or leave it out.",
)
def _help_repeats_the_label(about: Object) -> bool:
    if isinstance(about, Rule):
        return False
    if isinstance(about, Schema):
        return _same(about.title, about.help)
    return _same(about.label, about.help_input) or _same(about.label_output, about.help_output)


@on_object(
    1099,
    Kind.METHODICAL,
    "Erklären Sie im Hilfetext mehr als den Namen, oder lassen Sie ihn weg.",
    "Let the help say more than the name, or leave it out.",
)
def _help_repeats_the_name(about: Object) -> bool:
    if isinstance(about, Rule):
        return False
    helps = (about.help,) if isinstance(about, Schema) else (about.help_input, about.help_output)
    return any(_same(about.name, text) for text in helps)


def _same(text: str, other: str) -> bool:
    return bool(text) and text == other


@on_element(
    1006,
    Kind.CRITICAL,
    "Nennen Sie die Vorschrift, an die das Element gebunden ist.",
    "Name the provision to which the element is bound.",
)
def _is_bound_to_no_provision(element: Group | Field) -> bool:
    return element.level == "RNG" and not element.legal_basis


@on_element(
    1101,
    Kind.WARNING,
    "Nennen Sie möglichst die Handlungsgrundlage des harmonisierten Elements.",
    "Name the legal basis of the harmonised element, if there is one.",
)
def _is_harmonised_without_legal_basis(element: Group | Field) -> bool:
    return element.level == "HAR" and not element.legal_basis


@on_element(
    1009,
    Kind.CRITICAL,
    "Füllen Sie „Bezeichnung Eingabe“ aus: Damit wird gefragt.",
    "Fill in the label for input: it asks the question.",
)
def _has_no_label_for_input(element: Group | Field) -> bool:
    return not element.label


@on_element(
    1010,
    Kind.CRITICAL,
    "Füllen Sie „Bezeichnung Ausgabe“ aus: Damit wird die Antwort gezeigt.",
    "Fill in the label for output: it stands before the answer.",
)
def _has_no_label_for_output(element: Group | Field) -> bool:
    return not element.label_output
