"""The sentences that a form says about an answer, in German and English.

They name the field as the person sees it and say what to do. German uses „Sie" and stays short.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")

# code: (German, English); {field} is the label of the field.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "required": ("Geben Sie „{field}“ an.", "Enter “{field}”."),
    "required_question": (
        "Beantworten Sie die Frage „{field}“.",
        "Answer the question “{field}”.",
    ),
    "required_choice": (
        "Wählen Sie bei „{field}“ eine Antwort aus.",
        "Choose an answer for “{field}”.",
    ),
    "required_file": (
        "Laden Sie bei „{field}“ eine Datei hoch.",
        "Upload a file for “{field}”.",
    ),
    "type": (
        "Die Angabe bei „{field}“ passt nicht. Geben Sie sie neu ein.",
        "The answer to “{field}” does not fit. Enter it again.",
    ),
    "unknown": (
        "„{field}“ gehört nicht zu diesem Antrag. Lassen Sie die Angabe weg.",
        "“{field}” is not part of this application. Leave it out.",
    ),
    "control": (
        "„{field}“ enthält unsichtbare Steuerzeichen. Tippen Sie den Text neu ein.",
        "“{field}” contains invisible control characters. Type the text again.",
    ),
    "latin": (
        "„{field}“ darf nur lateinische Buchstaben und Ziffern enthalten. Ersetzen Sie „{sign}“.",
        "“{field}” may contain only Latin letters and digits. Replace “{sign}”.",
    ),
    "too_short": (
        "„{field}“ muss mindestens {limit} Zeichen lang sein. Ergänzen Sie die Angabe.",
        "“{field}” must have at least {limit} characters. Complete the answer.",
    ),
    "too_long": (
        "„{field}“ darf höchstens {limit} Zeichen lang sein, es sind {length}. Kürzen Sie den Text.",
        "“{field}” may have at most {limit} characters and has {length}. Shorten the text.",
    ),
    "pattern": (
        "„{field}“ hat nicht die erwartete Form. Prüfen Sie die Schreibweise.",
        "“{field}” does not have the expected form. Check the spelling.",
    ),
    "pattern_digits": (
        "„{field}“ besteht aus genau {limit} Ziffern. Prüfen Sie die Angabe.",
        "“{field}” consists of exactly {limit} digits. Check the answer.",
    ),
    "number": (
        "Geben Sie bei „{field}“ eine Zahl an, zum Beispiel 12,50.",
        "Enter a number for “{field}”, for example 12.50.",
    ),
    "whole_number": (
        "Geben Sie bei „{field}“ eine ganze Zahl an, zum Beispiel 3.",
        "Enter a whole number for “{field}”, for example 3.",
    ),
    "currency": (
        "Geben Sie bei „{field}“ einen Betrag in Euro an, zum Beispiel 1.234,56.",
        "Enter an amount in euros for “{field}”, for example 1,234.56.",
    ),
    "number_range": (
        "Die Zahl bei „{field}“ ist zu groß. Prüfen Sie die Angabe.",
        "The number for “{field}” is too large. Check the answer.",
    ),
    "too_low": (
        "„{field}“ muss mindestens {limit} sein. Ändern Sie die Angabe.",
        "“{field}” must be at least {limit}. Change the answer.",
    ),
    "too_high": (
        "„{field}“ darf höchstens {limit} sein. Ändern Sie die Angabe.",
        "“{field}” may be at most {limit}. Change the answer.",
    ),
    "too_early": (
        "Das Datum bei „{field}“ darf nicht vor dem {limit} liegen. Ändern Sie das Datum.",
        "The date for “{field}” may not be before {limit}. Change the date.",
    ),
    "too_late": (
        "Das Datum bei „{field}“ darf nicht nach dem {limit} liegen. Ändern Sie das Datum.",
        "The date for “{field}” may not be after {limit}. Change the date.",
    ),
    "date": (
        "Geben Sie bei „{field}“ Tag, Monat und Jahr als Zahlen an, zum Beispiel 27 3 2024.",
        "Enter day, month and year for “{field}” as numbers, for example 27 3 2024.",
    ),
    "date_part": (
        "Bei „{field}“ fehlt noch: {parts}. Ergänzen Sie das Datum.",
        "“{field}” still needs: {parts}. Complete the date.",
    ),
    "date_year": (
        "Geben Sie bei „{field}“ das Jahr mit vier Ziffern an, zum Beispiel 2024.",
        "Enter the year for “{field}” with four digits, for example 2024.",
    ),
    "date_impossible": (
        "Den {date} gibt es nicht. Prüfen Sie das Datum bei „{field}“.",
        "There is no {date}. Check the date for “{field}”.",
    ),
    "time": (
        "Geben Sie bei „{field}“ eine Uhrzeit an, zum Beispiel 14:30.",
        "Enter a time for “{field}”, for example 14:30.",
    ),
    "datetime": (
        "Geben Sie bei „{field}“ Datum und Uhrzeit an, zum Beispiel 27.3.2024 14:30.",
        "Enter date and time for “{field}”, for example 27.3.2024 14:30.",
    ),
    "choice": (
        "Wählen Sie bei „{field}“ eine der angebotenen Antworten aus.",
        "Choose one of the answers offered for “{field}”.",
    ),
    "search_choose": (
        "Wählen Sie bei „{field}“ einen der Einträge aus, die zu „{typed}“ passen.",
        "For “{field}”, choose one of the entries that match “{typed}”.",
    ),
    "search_none": (
        "Zu „{typed}“ gibt es bei „{field}“ keinen Eintrag. Versuchen Sie ein anderes Wort.",
        "There is no entry for “{typed}” in “{field}”. Try another word.",
    ),
    "email": (
        "Geben Sie bei „{field}“ eine E-Mail-Adresse an, zum Beispiel name@example.org.",
        "Enter an e-mail address for “{field}”, for example name@example.org.",
    ),
    "tel": (
        "Geben Sie bei „{field}“ eine Telefonnummer aus Ziffern an, zum Beispiel +49 351 123456.",
        "Enter a phone number of digits for “{field}”, for example +49 351 123456.",
    ),
    "iban": (
        "Die IBAN bei „{field}“ stimmt nicht. Vergleichen Sie sie mit Ihrer Bankkarte.",
        "The IBAN for “{field}” is not right. Compare it with your bank card.",
    ),
    "file_missing": (
        "Die Datei bei „{field}“ liegt nicht mehr vor. Laden Sie sie noch einmal hoch.",
        "The file for “{field}” is no longer there. Upload it again.",
    ),
    "file_type": (
        "„{name}“ hat ein anderes Format. Laden Sie bei „{field}“ eine dieser Dateien hoch: {types}.",
        "“{name}” has another format. Upload one of these for “{field}”: {types}.",
    ),
    "file_size": (
        "Die Datei „{name}“ bei „{field}“ ist größer als {limit} MB. Laden Sie eine kleinere hoch.",
        "The file “{name}” for “{field}” is larger than {limit} MB. Upload a smaller one.",
    ),
    "file_empty": (
        "Die Datei „{name}“ bei „{field}“ ist leer. Laden Sie sie noch einmal hoch.",
        "The file “{name}” for “{field}” is empty. Upload it again.",
    ),
    "none_given": (
        "Geben Sie bei „{field}“ mindestens einen Eintrag an.",
        "Give at least one entry for “{field}”.",
    ),
    "too_few": (
        "Geben Sie bei „{field}“ mindestens {limit} Einträge an.",
        "Give at least {limit} entries for “{field}”.",
    ),
    "too_many": (
        "Bei „{field}“ ist Platz für höchstens {limit}. Entfernen Sie die übrigen Einträge.",
        "“{field}” has room for at most {limit}. Remove the other entries.",
    ),
    "choose_one": (
        "Füllen Sie bei „{field}“ genau eine der Möglichkeiten aus.",
        "Fill in exactly one of the options for “{field}”.",
    ),
}

# Words that the kit itself shows: (German, English).
WORDS: Mapping[str, tuple[str, str]] = {
    "day": ("Tag", "day"),
    "month": ("Monat", "month"),
    "year": ("Jahr", "year"),
    "yes": ("Ja", "Yes"),
    "no": ("Nein", "No"),
    "and": (" und ", " and "),
    "not_given": ("keine Angabe", "not given"),
}


def say(code: str, language: Language, **values: object) -> str:
    """The sentence for a code, with its values filled in."""
    return SENTENCES[code][LANGUAGES.index(language)].format(**values)


def word(code: str, language: Language) -> str:
    """A word that the kit shows."""
    return WORDS[code][LANGUAGES.index(language)]
