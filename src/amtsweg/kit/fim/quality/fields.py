"""Fields: which kind goes with which type, which limits with which type; their code lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from amtsweg.kit.fim.model import CodeList, DataType, Field, FieldKind
from amtsweg.kit.fim.quality.checks import Checks, Kind
from amtsweg.kit.fim.quality.content import day

on_field: Checks[Field] = Checks()
on_list: Checks[CodeList] = Checks()

_TEXTS = frozenset({DataType.TEXT, DataType.TEXT_LATIN})
_NUMBERS = frozenset({DataType.NUM, DataType.NUM_INT, DataType.NUM_CURRENCY})
_TIMES = frozenset({DataType.DATE, DataType.TIME, DataType.DATETIME})
_THINGS = frozenset({DataType.FILE, DataType.OBJ})
# RFC 8141, section 2, in ASCII and without the optional components after "?" and "#".
_URN = re.compile(
    r"urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[a-z0-9._~!$&'()*+,;=:@/%-]+", re.IGNORECASE
)


def _has_length(field: Field) -> bool:
    return field.constraints.min_length is not None or field.constraints.max_length is not None


def _has_bounds(field: Field) -> bool:
    return field.constraints.min_value is not None or field.constraints.max_value is not None


@on_field(
    1011,
    Kind.CRITICAL,
    "Geben Sie dem Auswahlfeld den Datentyp Text.",
    "Give the select field the type text.",
)
def _selects_other_than_text(field: Field) -> bool:
    return field.kind is FieldKind.SELECT and field.type is not DataType.TEXT


@on_field(
    1012,
    Kind.METHODICAL,
    "Entfernen Sie die Feldlänge: Hier tippt niemand.",
    "Remove the lengths: nobody types here.",
)
def _limits_the_length_of_what_nobody_types(field: Field) -> bool:
    return field.kind in (FieldKind.SELECT, FieldKind.LABEL) and _has_length(field)


@on_field(
    1014,
    Kind.CRITICAL,
    "Machen Sie das Datenfeld harmonisiert oder rechtsnormgebunden; abstrakt sind nur Gruppen.",
    "Make the field harmonised or bound to a provision; only groups are abstract.",
)
def _is_abstract(field: Field) -> bool:
    return field.level == "ABS"


@on_field(
    1015,
    Kind.CRITICAL,
    "Entfernen Sie die Feldlänge; sie gilt nur für Text.",
    "Remove the lengths; they are for text only.",
)
def _limits_the_length_of_other_than_text(field: Field) -> bool:
    return field.type not in _TEXTS and _has_length(field)


@on_field(
    1016,
    Kind.CRITICAL,
    "Entfernen Sie den Wertebereich; er gilt nur für Zahlen und Zeitangaben.",
    "Remove the range; it is for numbers, dates and times only.",
)
def _limits_the_value_of_other_than_numbers_and_times(field: Field) -> bool:
    return field.type not in _NUMBERS | _TIMES and _has_bounds(field)


@on_field(
    1017,
    Kind.CRITICAL,
    "Machen Sie das Feld zum Auswahlfeld, oder entfernen Sie die Liste.",
    "Make it a select field, or remove its list.",
)
def _has_choices_without_being_a_select(field: Field) -> bool:
    return field.kind is not FieldKind.SELECT and bool(field.values or field.code_list)


@on_field(
    1044,
    Kind.METHODICAL,
    "Bieten Sie mindestens zwei Werte zur Auswahl an.",
    "Offer two choices or more.",
)
def _offers_one_choice(field: Field) -> bool:
    return len(field.values) == 1


@on_field(
    1093,
    Kind.WARNING,
    "Benennen Sie gleichnamige Werte so, dass man sie unterscheiden kann: {what}.",
    "Name the choices so that people can tell them apart: {what}.",
)
def _has_choices_of_one_name(field: Field) -> Iterator[str]:
    counted = Counter(value.label for value in field.values)
    return (f"„{label}“" for label, times in counted.items() if times > 1)


@on_field(
    1056,
    Kind.CRITICAL,
    "Entfernen Sie die Dateigröße, oder wählen Sie den Datentyp Anlage.",
    "Remove the file size, or choose the type file.",
)
def _limits_the_size_of_what_is_no_file(field: Field) -> bool:
    return field.type is not DataType.FILE and field.constraints.max_size is not None


@on_field(
    1057,
    Kind.CRITICAL,
    "Entfernen Sie die Dateiformate, oder wählen Sie den Datentyp Anlage.",
    "Remove the media types, or choose the type file.",
)
def _limits_the_format_of_what_is_no_file(field: Field) -> bool:
    return field.type is not DataType.FILE and bool(field.constraints.media_types)


@on_field(
    1060,
    Kind.CRITICAL,
    "Setzen Sie die größte Feldlänge auf mindestens 1.",
    "Set the greatest length to 1 or more.",
)
def _has_room_for_nothing(field: Field) -> bool:
    return field.constraints.max_length is not None and field.constraints.max_length < 1


@on_field(
    1061,
    Kind.CRITICAL,
    "Vertauschen Sie die Feldlängen: Die kleinste ist größer als die größte ({what}).",
    "Swap the lengths: the smallest is greater than the greatest ({what}).",
)
def _has_swapped_lengths(field: Field) -> Iterator[str]:
    low, high = field.constraints.min_length, field.constraints.max_length
    if low is not None and high is not None and low > high:
        yield f"{low} > {high}"


@on_field(
    1090,
    Kind.CRITICAL,
    "Geben Sie dem statischen Feld den Datentyp Text, String.Latin+ oder Statisches Objekt.",
    "Give the static field the type text, Latin text or static object.",
)
def _shows_other_than_text_or_object(field: Field) -> bool:
    return field.kind is FieldKind.LABEL and field.type not in {*_TEXTS, DataType.OBJ}


@on_field(
    1100,
    Kind.CRITICAL,
    "Entfernen Sie den Inhalt: Dateien und Objekte haben keinen Text.",
    "Remove the content: files and objects have no text.",
)
def _gives_a_file_or_object_content(field: Field) -> bool:
    return field.type in _THINGS and bool(field.content)


@on_field(
    1102,
    Kind.WARNING,
    "Geben Sie nach Möglichkeit die kleinste und die größte Feldlänge an.",
    "Give the smallest and the greatest length where you can.",
)
def _leaves_the_length_open(field: Field) -> bool:
    lengths = (field.constraints.min_length, field.constraints.max_length)
    return field.kind is FieldKind.INPUT and field.type in _TEXTS and None in lengths


@on_field(
    1103,
    Kind.WARNING,
    "Geben Sie nach Möglichkeit an, von wo bis wo der Wert liegen darf.",
    "Say from where to where the value may lie, where you can.",
)
def _leaves_the_range_open(field: Field) -> bool:
    return field.type in _NUMBERS | {DataType.DATE} and not _has_bounds(field)


@on_field(
    1109,
    Kind.WARNING,
    "Schreiben Sie in den Inhalt den Text, den das statische Feld zeigt.",
    "Write into the content the text that the static field shows.",
)
def _shows_nothing(field: Field) -> bool:
    return field.kind is FieldKind.LABEL and field.type in _TEXTS and not field.content


@on_field(
    1120,
    Kind.METHODICAL,
    "Entfernen Sie das Muster: Dateien und Objekte haben keinen Text.",
    "Remove the pattern: files and objects have no text.",
)
def _has_a_pattern_for_a_file_or_object(field: Field) -> bool:
    return field.type in _THINGS and field.constraints.pattern is not None


@on_list(
    1005,
    Kind.CRITICAL,
    "Beginnen Sie die Kennung der Codeliste mit „urn:“ statt {what}.",
    "Begin the id of the code list with “urn:”, not {what}.",
)
def _is_not_named_by_a_urn(code_list: CodeList) -> Iterator[str]:
    if code_list.urn and not code_list.urn.lower().startswith("urn:"):
        yield code_list.urn


@on_list(
    1048,
    Kind.METHODICAL,
    "Schreiben Sie die URN der Codeliste nach RFC 8141, ohne Umlaute und Leerzeichen: {what}.",
    "Write the URN of the code list as RFC 8141 has it, without umlauts and blanks: {what}.",
)
def _has_a_malformed_urn(code_list: CodeList) -> Iterator[str]:
    if code_list.urn.lower().startswith("urn:") and not _URN.fullmatch(code_list.urn):
        yield code_list.urn


@on_list(
    1105,
    Kind.WARNING,
    "Nennen Sie die Version der Codeliste als Datum wie 2025-01-31 statt {what}.",
    "Give the version of the code list as a date such as 2025-01-31, not {what}.",
)
def _has_a_version_that_is_no_date(code_list: CodeList) -> Iterator[str]:
    if code_list.version and day(code_list.version) is None:
        yield code_list.version
