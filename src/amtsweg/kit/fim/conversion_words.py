"""What a conversion has to say, in German and English: what is lost or assumed, what to do.

The part of a key before the stroke is the code of the finding: ``convert.id`` for ``id/letter``.
"""

from __future__ import annotations

from typing import NamedTuple

from amtsweg.kit.findings import Severity
from amtsweg.kit.messages import Language


class Words(NamedTuple):
    """How bad a loss is; message and remedy in each language, with places to fill in."""

    severity: Severity
    de: tuple[str, str]
    en: tuple[str, str]

    def said(self, language: Language) -> tuple[str, str]:
        """Message and remedy."""
        return self.de if language == "de" else self.en


def _error(de: tuple[str, str], en: tuple[str, str]) -> Words:
    return Words(Severity.ERROR, de, en)


def _loss(de: tuple[str, str], en: tuple[str, str]) -> Words:
    return Words(Severity.WARNING, de, en)


def _note(de: tuple[str, str], en: tuple[str, str]) -> Words:
    return Words(Severity.NOTE, de, en)


_NOTHING_DE, _NOTHING_EN = "Es ist nichts zu tun.", "Nothing is to be done."

TO_XDF3 = {
    "time/assumed": _note(
        (
            "XDatenfelder 2 sagt nicht, wann ein Element zuletzt geändert wurde; {time} ist angenommen.",
            "Tragen Sie die Zeit der letzten Änderung ein, wo sie bekannt ist.",
        ),
        (
            "XDatenfelder 2 does not say when an element was last changed; {time} is assumed.",
            "Enter the time of the last change where it is known.",
        ),
    ),
    "status/assumed": _note(
        (
            "XDatenfelder 2 kennt nur in Vorbereitung, aktiv und inaktiv; daraus wurden 2, 6 und 7.",
            "Setzen Sie den Freigabestatus, den jedes Element in seinem Register hat.",
        ),
        (
            "XDatenfelder 2 knows only in preparation, active and inactive; they became 2, 6 and 7.",
            "Set the release status that each element has in its register.",
        ),
    ),
    "id/letter": _error(
        ("In XDatenfelder 3 beginnt diese Id mit {letter}.", "Geben Sie dem Element eine neue Id."),
        ("XDatenfelder 3 begins this id with {letter}.", "Give the element a new id."),
    ),
    "id/digits": _loss(
        (
            "Die Id hat nicht acht Ziffern und bleibt, wie sie ist.",
            "Geben Sie dem Element eine Id mit elf Ziffern.",
        ),
        (
            "The id has not eight digits and stays as it is.",
            "Give the element an id of eleven digits.",
        ),
    ),
    "version/form": _loss(
        (
            "Die Version {version} hat nicht die Form 1.0 und bleibt, wie sie ist.",
            "Geben Sie eine Version der Form 1.0.0 an.",
        ),
        (
            "The version {version} is not of the form 1.0 and stays as it is.",
            "Give it a version of the form 1.0.0.",
        ),
    ),
    "title/output": _loss(
        (
            "Ein Schema hat eine Bezeichnung; die zur Ausgabe, „{title}“, entfällt.",
            "Entscheiden Sie sich für eine Bezeichnung.",
        ),
        (
            "A schema has one title; the one for output, '{title}', is left out.",
            "Choose one title.",
        ),
    ),
    "rule/part": _loss(
        (
            "Eine Regel hat in XDatenfelder 3 kein „{name}“; „{value}“ entfällt.",
            "Schreiben Sie es in die Beschreibung, wenn es wichtig ist.",
        ),
        (
            "A rule has no '{name}' in XDatenfelder 3; '{value}' is left out.",
            "Write it into the description if it matters.",
        ),
    ),
    "rule-kind/assumed": _note(
        (
            "XDatenfelder 2 sagt nicht, welcher Art eine Regel ist; K (komplex) ist angenommen.",
            "Wählen Sie für jede Regel K, M (Multiplizität), V (Validierung) oder B (Berechnung).",
        ),
        (
            "XDatenfelder 2 does not say of what kind a rule is; K (complex) is assumed.",
            "Choose K, M (multiplicity), V (validation) or B (calculation) for each rule.",
        ),
    ),
    "rule-text/ids": _note(
        (
            "Die Regel nennt Elemente mit ihren Ids aus acht Ziffern: {ids}.",
            "Schreiben Sie die Ids mit elf Ziffern.",
        ),
        (
            "The rule names elements by their ids of eight digits: {ids}.",
            "Write the ids of eleven digits.",
        ),
    ),
    "precision/other": _loss(
        (
            "Die Präzisierung hat in XDatenfelder 3 kein „{name}“; „{value}“ entfällt.",
            "Schreiben Sie es in den Hilfetext oder in eine Regel.",
        ),
        (
            "The precision has no '{name}' in XDatenfelder 3; '{value}' is left out.",
            "Write it into the help text or into a rule.",
        ),
    ),
    "list/id": _note(
        (
            "Eine Codeliste hat in XDatenfelder 3 keine Id; {id} entfällt, {urn} bleibt.",
            _NOTHING_DE,
        ),
        ("A code list has no id in XDatenfelder 3; {id} is left out, {urn} remains.", _NOTHING_EN),
    ),
}

TO_XDF2 = {
    "time/lost": _note(
        (
            "XDatenfelder 2 sagt nur von der Nachricht, wann sie entstand, nicht von ihren Elementen.",
            _NOTHING_DE,
        ),
        (
            "XDatenfelder 2 says of the message only when it was made, not of its elements.",
            _NOTHING_EN,
        ),
    ),
    "status/coarse": _loss(
        (
            "XDatenfelder 2 hat keinen Freigabestatus {status}; daraus wurde „{word}“.",
            "Bewahren Sie den Freigabestatus im Register.",
        ),
        (
            "XDatenfelder 2 has no release status {status}; it became '{word}'.",
            "Keep the release status in the register.",
        ),
    ),
    "id/digits": _loss(
        (
            "Für die Id gibt es keine Form mit acht Ziffern; sie bleibt, wie sie ist.",
            "Geben Sie dem Element eine Id mit acht Ziffern.",
        ),
        (
            "The id has no form of eight digits and stays as it is.",
            "Give the element an id of eight digits.",
        ),
    ),
    "version/form": _loss(
        (
            "Für die Version {version} gibt es keine Form mit zwei Teilen; sie bleibt, wie sie ist.",
            "Geben Sie eine Version der Form 1.0 an.",
        ),
        (
            "The version {version} has no form of two parts and stays as it is.",
            "Give it a version of the form 1.0.",
        ),
    ),
    "keywords/lost": _note(
        ("XDatenfelder 2 hat keine Stichwörter; es entfällt: {words}.", _NOTHING_DE),
        ("XDatenfelder 2 has no keywords; left out: {words}.", _NOTHING_EN),
    ),
    "relation/lost": _loss(
        (
            "XDatenfelder 2 hat keine Relationen; {predicate} {id} entfällt.",
            "Schreiben Sie es in die Beschreibung, wenn es wichtig ist.",
        ),
        (
            "XDatenfelder 2 has no relations; {predicate} {id} is left out.",
            "Write it into the description if it matters.",
        ),
    ),
    "link/lost": _loss(
        (
            "XDatenfelder 2 hat keine Links zu Rechtsgrundlagen; {link} entfällt.",
            "Schreiben Sie ihn in die Beschreibung, wenn er wichtig ist.",
        ),
        (
            "XDatenfelder 2 has no links of legal bases; {link} is left out.",
            "Write it into the description if it matters.",
        ),
    ),
    "legal-basis/joined": _note(
        ("XDatenfelder 2 hat einen Bezug je Element; aus mehreren wurde einer.", _NOTHING_DE),
        ("XDatenfelder 2 has one legal basis per element; they became one text.", _NOTHING_EN),
    ),
    "document/lost": _loss(
        (
            "XDatenfelder 2 nennt keinen Dokumentsteckbrief; {id} entfällt.",
            "Bewahren Sie ihn im Register.",
        ),
        ("XDatenfelder 2 names no document; {id} is left out.", "Keep it in the register."),
    ),
    "rule-kind/lost": _loss(
        (
            "XDatenfelder 2 kennt keine Arten von Regeln; {kind} entfällt.",
            "Sagen Sie es im Text der Regel.",
        ),
        ("XDatenfelder 2 has no kinds of rules; {kind} is left out.", "Say it in the rule's text."),
    ),
    "rule/other": _loss(
        (
            "XDatenfelder 2 kennt bei Regeln keine Parameter, Ziele und Fehler; sie entfallen.",
            "Sagen Sie es im Text der Regel.",
        ),
        (
            "XDatenfelder 2 has no parameters, targets and errors of rules; they are left out.",
            "Say it in the rule's text.",
        ),
    ),
    "choice/lost": _loss(
        (
            "XDatenfelder 2 kennt keine Auswahlgruppen; alle Teile sind freiwillig.",
            "Fügen Sie eine Regel hinzu: Genau ein Teil wird ausgefüllt.",
        ),
        (
            "XDatenfelder 2 has no choice groups; all parts are optional.",
            "Add a rule: exactly one part is filled in.",
        ),
    ),
    "kind/lost": _loss(
        (
            "XDatenfelder 2 kennt keine Feldart „{kind}“; daraus wurde „input“.",
            "Entscheiden Sie, ob Menschen das Feld sehen sollen.",
        ),
        (
            "XDatenfelder 2 has no field of kind '{kind}'; it became 'input'.",
            "Decide whether people shall see the field.",
        ),
    ),
    "type/lost": _loss(
        (
            "XDatenfelder 2 kennt keinen Datentyp „{type}“; daraus wurde „text“.",
            "Sagen Sie im Hilfetext, was einzugeben ist.",
        ),
        (
            "XDatenfelder 2 has no type '{type}'; it became 'text'.",
            "Say in the help text what is to be entered.",
        ),
    ),
    "prefill/lost": _note(
        (
            "XDatenfelder 2 kennt keine Vorbefüllung; „{prefill}“ entfällt.",
            "Sagen Sie es in der Beschreibung.",
        ),
        (
            "XDatenfelder 2 knows no prefilling; '{prefill}' is left out.",
            "Say it in the description.",
        ),
    ),
    "file/lost": _loss(
        (
            "XDatenfelder 2 kennt keine Größe und keine Arten von Dateien; sie entfallen.",
            "Sagen Sie es im Hilfetext.",
        ),
        (
            "XDatenfelder 2 has no size and media types of files; they are left out.",
            "Say it in the help text.",
        ),
    ),
    "values/list": _loss(
        (
            "XDatenfelder 2 hat keine Werte im Schema; daraus wurde die Codeliste {urn}.",
            "Veröffentlichen Sie die Liste und tragen Sie ihren Namen ein.",
        ),
        (
            "XDatenfelder 2 has no values in a schema; they became the code list {urn}.",
            "Publish the list and write its name.",
        ),
    ),
    "list/columns": _loss(
        (
            "XDatenfelder 2 nennt keine Spalten; es entfällt: {columns}.",
            "Sorgen Sie dafür, dass die Liste diese Spalten empfiehlt.",
        ),
        (
            "XDatenfelder 2 names no columns; left out: {columns}.",
            "See that the list recommends these columns.",
        ),
    ),
    "list-id/missing": _loss(
        (
            "Die Codeliste {urn} hat keine Id, wie XDatenfelder 2 sie verlangt.",
            "Geben Sie der Liste eine Id (C und acht Ziffern).",
        ),
        (
            "The code list {urn} has no id, which XDatenfelder 2 asks for.",
            "Give the list an id (C and eight digits).",
        ),
    ),
}
