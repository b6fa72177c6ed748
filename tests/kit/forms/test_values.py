"""What each kind of answer takes, refuses and shows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.kit.fim.model import DataType
from amtsweg.kit.forms.numbers import DateKind, NumberKind
from amtsweg.kit.forms.text import is_email, is_iban, is_tel

from .builders import a_file, field, form_of, messages, read, select

languages = st.sampled_from(["de", "en"])


def value_of(element: Any, typed: str, *, language: Any = "de", widget: str = "") -> Any:
    """The answer that comes of typed text, or the first sentence."""
    fields = {"x": {"widget": widget}} if widget else {}
    form = form_of(element, fields=fields)
    result = read(form, {"x": typed}, language=language)
    assert form.validate(result.answers, language=language) == result.errors or result.errors
    return messages(result)[0] if result.errors else result.answers["x"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.234,56", 1234.56),
        ("12,50", 12.5),
        ("12.50", 12.5),
        ("1.234", 1234.0),
        ("1 234,5", 1234.5),
        ("-0,5", -0.5),
        ("−3", -3.0),
        ("1,234.56", 1234.56),
        ("1.234.567,8", 1234567.8),
    ],
)
def test_numbers_are_read_as_germans_write_them(typed: str, number: float) -> None:
    value = value_of(field("x", DataType.NUM), typed)
    assert value == number
    assert isinstance(value, float)


@pytest.mark.parametrize(
    ("typed", "number"), [("1,234.56", 1234.56), ("1,234", 1234.0), ("12,5", 12.5)]
)
def test_numbers_are_read_as_the_english_write_them(typed: str, number: float) -> None:
    assert value_of(field("x", DataType.NUM), typed, language="en") == number


@pytest.mark.parametrize(
    "typed", ["zwei", "1,2,3", "1.2.3", "1e5", "NaN", "½", "٣", "9" * 41, "--1"]
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    assert value_of(field("x", DataType.NUM), typed) == (
        "Geben Sie bei „x“ eine Zahl an, zum Beispiel 12,50."
    )


def test_whole_numbers_have_no_fraction() -> None:
    assert value_of(field("x", DataType.NUM_INT), "1.000") == 1000
    assert value_of(field("x", DataType.NUM_INT), "3,0") == 3
    assert "ganze Zahl" in value_of(field("x", DataType.NUM_INT), "3,5")


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12,50 €", 1250),
        ("12,5", 1250),
        ("1.234,56", 123456),
        ("7", 700),
        ("EUR 5", None),
        ("5 EUR", 500),
    ],
)
def test_money_is_kept_in_cents(typed: str, cents: int | None) -> None:
    value = value_of(field("x", DataType.NUM_CURRENCY), typed)
    assert value == cents if cents is not None else "Betrag in Euro" in value


def test_money_has_no_part_of_a_cent() -> None:
    assert "Betrag in Euro" in value_of(field("x", DataType.NUM_CURRENCY), "1,005")


def test_bounds_are_told_as_people_write_them() -> None:
    money = field("x", DataType.NUM_CURRENCY, max_value="1000.50")
    assert value_of(money, "1.000,50") == 100050
    assert value_of(money, "1.000,51") == (
        "„x“ darf höchstens 1.000,50 € sein. Ändern Sie die Angabe."
    )
    count = field("x", DataType.NUM_INT, min_value="1")
    assert value_of(count, "0") == "„x“ muss mindestens 1 sein. Ändern Sie die Angabe."
    assert value_of(count, "0", language="en") == "“x” must be at least 1. Change the answer."
    assert "zu groß" in value_of(field("x", DataType.NUM_INT), "9" * 20)


@given(st.integers(-(10**12), 10**12), languages, st.sampled_from(["currency", "whole_number"]))
def test_a_whole_number_in_its_control_is_read_back(number: int, language: Any, unit: Any) -> None:
    kind = NumberKind(unit)
    assert kind.parse(kind.edit(number, language), language) == number
    assert kind.parse(kind.show(number, language), language) == number


@given(st.floats(-(10**9), 10**9).map(lambda f: round(f, 4)), languages)
def test_a_number_in_its_control_is_read_back(number: float, language: Any) -> None:
    kind = NumberKind("number")
    assert kind.parse(kind.edit(number, language), language) == number


@pytest.mark.parametrize(
    ("day", "month", "year", "sentence"),
    [
        ("31", "2", "2024", "Den 31.2.2024 gibt es nicht. Prüfen Sie das Datum bei „x“."),
        ("29", "02", "2023", "Den 29.2.2023 gibt es nicht. Prüfen Sie das Datum bei „x“."),
        ("0", "1", "2024", "Den 0.1.2024 gibt es nicht. Prüfen Sie das Datum bei „x“."),
        ("1", "", "", "Bei „x“ fehlt noch: Monat und Jahr. Ergänzen Sie das Datum."),
        ("1", "1", "24", "Geben Sie bei „x“ das Jahr mit vier Ziffern an, zum Beispiel 2024."),
        ("1", "1", "0024", "Geben Sie bei „x“ das Jahr mit vier Ziffern an, zum Beispiel 2024."),
        ("1", "Mai", "2024", "Geben Sie bei „x“ Tag, Monat und Jahr als Zahlen an, zum Beispiel 27 3 2024."),
        ("٣", "1", "2024", "Geben Sie bei „x“ Tag, Monat und Jahr als Zahlen an, zum Beispiel 27 3 2024."),
        ("", "", "", "Geben Sie „x“ an."),
    ],
)  # fmt: skip
def test_impossible_dates_are_told_apart(day: str, month: str, year: str, sentence: str) -> None:
    form = form_of(field("x", DataType.DATE))
    result = read(form, {"x.day": day, "x.month": month, "x.year": year})
    assert messages(result) == [sentence]
    assert result.errors[0].path == "x"
    assert result.answers == {}
    assert result.raw == {"x.day": [day], "x.month": [month], "x.year": [year]}


def test_a_date_is_kept_as_iso_and_shown_as_in_offices() -> None:
    form = form_of(field("x", DataType.DATE))
    answers = read(form, {"x.day": "01", "x.month": "2", "x.year": "2024"}).answers
    assert answers == {"x": "2024-02-01"}
    assert form.summary(answers)[0].rows[0].value == "1.2.2024"


def test_bounds_of_dates_are_told() -> None:
    form = form_of(field("x", DataType.DATE, min_value="2020-01-01", max_value="2024-12-31"))
    early = read(form, {"x.day": "31", "x.month": "12", "x.year": "2019"})
    late = read(form, {"x.day": "1", "x.month": "1", "x.year": "2025"}, language="en")
    assert messages(early) == [
        "Das Datum bei „x“ darf nicht vor dem 1.1.2020 liegen. Ändern Sie das Datum."
    ]
    assert messages(late) == ["The date for “x” may not be after 31.12.2024. Change the date."]


@given(st.dates(date(1800, 1, 1), date(2200, 12, 31)))
def test_every_real_date_is_read(day: Any) -> None:
    kind = DateKind()
    value = kind.parse_parts(str(day.day), str(day.month), str(day.year))
    assert value == day.isoformat()
    assert kind.parse(kind.show(value, "de"), "de") == value
    assert kind.check(value, {}) is None


@pytest.mark.parametrize("typed", ["8:30", "08:30", "8.30 Uhr", "08:30 Uhr"])
def test_times_are_read_in_their_usual_forms(typed: str) -> None:
    assert value_of(field("x", DataType.TIME), typed) == "08:30"


@pytest.mark.parametrize("typed", ["24:00", "8", "8:60", "٨:30"])
def test_times_that_are_none_are_refused(typed: str) -> None:
    assert "Uhrzeit" in value_of(field("x", DataType.TIME), typed)


def test_a_point_in_time_is_read_in_one_piece() -> None:
    assert value_of(field("x", DataType.DATETIME), "27.3.2024 8:05") == "2024-03-27T08:05"
    assert "Datum und Uhrzeit" in value_of(field("x", DataType.DATETIME), "27.3.2024")
    assert "31.2.2024" in value_of(field("x", DataType.DATETIME), "31.2.2024 8:05")


def test_text_is_trimmed_and_brought_to_normal_form() -> None:
    assert value_of(field("x"), "  Mu\u0308ller\t") == "Müller"
    assert value_of(field("x"), "eine\r\nZeile") == "eine Zeile"
    assert value_of(field("x"), "zwei\r\nZeilen\n", widget="textarea") == "zwei\nZeilen"


def test_length_counts_characters_of_the_normal_form() -> None:
    short = field("x", max_length=3)
    assert value_of(short, "u\u0308u\u0308u\u0308") == "üüü"
    assert value_of(short, "😀😀😀") == "😀😀😀"
    assert value_of(short, "abcd") == (
        "„x“ darf höchstens 3 Zeichen lang sein, es sind 4. Kürzen Sie den Text."
    )
    assert "mindestens 3 Zeichen" in value_of(field("x", min_length=3), "ab")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u0007", "\x00", "\ud800", "\u2028", "\x85"])
def test_control_and_direction_signs_are_refused(sign: str) -> None:
    sentence = "„x“ enthält unsichtbare Steuerzeichen. Tippen Sie den Text neu ein."
    assert value_of(field("x"), f"a{sign}b") == sentence
    assert value_of(field("x"), f"a{sign}b", widget="textarea") == sentence


def test_emoji_are_text_but_not_latin_text() -> None:
    assert value_of(field("x"), "👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿") == "👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿"
    assert "Ersetzen Sie „😀“" in value_of(field("x", DataType.TEXT_LATIN), "Rex 😀")


@pytest.mark.parametrize(
    "name", ["Łódź", "Nguyễn", "Þórður", "Ğ. O’Neill-Šuß (jun.)", "M̂ǎ", "ŉ 12/3 §"]
)
def test_latin_text_takes_the_names_of_europe(name: str) -> None:
    assert value_of(field("x", DataType.TEXT_LATIN), name)[:2] != "„x"


@pytest.mark.parametrize("name", ["Иван", "Γιώργος", "李", "שלום"])
def test_latin_text_takes_no_other_script(name: str) -> None:
    assert "lateinische Buchstaben" in value_of(field("x", DataType.TEXT_LATIN), name)


def test_a_pattern_holds_for_the_whole_text() -> None:
    assert value_of(field("x", pattern="[0-9]{5}"), "01067") == "01067"
    assert value_of(field("x", pattern="[0-9]{5}"), "010670") == (
        "„x“ besteht aus genau 5 Ziffern. Prüfen Sie die Angabe."
    )
    assert "nicht die erwartete Form" in value_of(field("x", pattern="[A-Z]-[0-9]"), "A-1b")


@pytest.mark.parametrize(
    "iban", ["DE02 1203 0000 0000 2020 51", "de02120300000000202051", "AT48 3200 0000 1234 5864"]
)
def test_an_iban_is_kept_without_blanks(iban: str) -> None:
    value = value_of(field("x"), iban, widget="iban")
    assert value == iban.replace(" ", "").upper()


@pytest.mark.parametrize(
    "iban",
    [
        "DE02120300000000202052",
        "DE0212030000000020205",
        "XX",
        "DE00",
        "DE98 1203 0000 0000 2020 5ß",
    ],
)
def test_a_wrong_iban_is_refused(iban: str) -> None:
    assert "IBAN" in value_of(field("x"), iban, widget="iban")
    assert not is_iban(iban)


@given(st.integers(0, 21), st.integers(1, 9))
def test_one_wrong_digit_in_an_iban_is_found(place: int, shift: int) -> None:
    iban = "DE02120300000000202051"
    if iban[place].isdigit():
        wrong = iban[:place] + str((int(iban[place]) + shift) % 10) + iban[place + 1 :]
        assert not is_iban(wrong)


@pytest.mark.parametrize("mail", ["a@b.de", "anna.muster+hund@stadt.example.org", "änna@müller.de"])
def test_email_addresses_are_taken(mail: str) -> None:
    assert is_email(mail)


@pytest.mark.parametrize(
    "mail",
    ["a", "a@b", "a@b.", "@b.de", "a b@c.de", "a@@b.de", "a..b@c.de", ".a@b.de", "a@b..de", "a@b.de,c@d.de",
     "a" * 65 + "@b.de", "a@" + "b." * 150 + "de"],
)  # fmt: skip
def test_what_is_no_email_address_is_refused(mail: str) -> None:
    assert not is_email(mail)
    assert "E-Mail-Adresse" in value_of(field("x"), mail, widget="email")


def test_telephone_numbers_are_signs_and_digits() -> None:
    assert is_tel("+49 (351) 123-45/6")
    assert not is_tel("ruf mich an")
    assert "Telefonnummer" in value_of(field("x"), "n/a", widget="tel")


def test_a_choice_is_one_that_is_offered() -> None:
    assert value_of(select("x", "ja", "nein"), "ja") == "ja"
    assert value_of(select("x", "ja", "nein"), "vielleicht") == (
        "Wählen Sie bei „x“ eine der angebotenen Antworten aus."
    )
    assert value_of(select("x", "ja", "nein"), "") == ("Wählen Sie bei „x“ eine Antwort aus.")


def test_yes_and_no_are_two_buttons() -> None:
    assert value_of(field("x", DataType.BOOL), "false") is False
    assert "angebotenen" in value_of(field("x", DataType.BOOL), "ja")


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        ({}, None),
        ({"media_type": "image/png"}, "hoch: PDF, JPEG."),
        ({"size": 2_000_001}, "größer als 2 MB"),
        ({"size": 0}, "ist leer"),
    ],
)
def test_files_have_type_and_size(info: dict[str, Any], sentence: str | None) -> None:
    form = form_of(
        field("x", DataType.FILE, media_types=("application/pdf", "image/jpeg"), max_size=2)
    )
    result = read(form, {"x": "f1"}, files={"f1": a_file(**info)})
    if sentence is None:
        assert (result.errors, result.answers) == ((), {"x": "f1"})
    else:
        assert sentence in messages(result)[0]
        assert result.answers == {}


def test_a_file_stays_until_it_is_replaced_or_removed() -> None:
    form = form_of(field("x", DataType.FILE))
    files = {"f1": a_file("f1"), "f2": a_file("f2")}
    assert messages(read(form, {})) == ["Laden Sie bei „x“ eine Datei hoch."]
    assert read(form, {}, {"x": "f1"}, files=files).answers == {"x": "f1"}
    assert read(form, {"x": ""}, {"x": "f1"}, files=files).answers == {"x": "f1"}
    assert read(form, {"x": "f2"}, {"x": "f1"}, files=files).answers == {"x": "f2"}
    removed = read(form, {"_remove": "x"}, {"x": "f1"}, files=files)
    assert (removed.answers, removed.stay) == ({}, True)
    assert messages(read(form, {}, {"x": "weg"}, files=files)) == [
        "Die Datei bei „x“ liegt nicht mehr vor. Laden Sie sie noch einmal hoch."
    ]
