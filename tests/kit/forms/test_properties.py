"""What holds for every form and every post."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amtsweg.kit.fim.model import DataType
from amtsweg.kit.forms import FieldError, Fieldset, Form, Repeater, Widget

from .builders import a_file, field, form_of, group, select

FILES = {"f1": a_file("f1"), "f2": a_file("f2", media_type="image/png")}

FORM = form_of(
    group(
        "Person",
        field("Name", DataType.TEXT_LATIN, min_length=2, max_length=8),
        (field("Mail"), 0),
        (field("Geboren", DataType.DATE, max_value="2025-01-01"), 0),
        (group("Anschrift", field("PLZ", pattern="[0-9]{5}"), field("Ort")), 0),
    ),
    (
        group(
            "Hunde",
            field("Name", max_length=5),
            select("Art", "keine", "blind"),
            field("Nachweis", DataType.FILE, media_types=("application/pdf",)),
            (group("Chips", (field("Nr", DataType.NUM_INT, min_value="1"), 0)), 0, 2),
        ),
        1,
        3,
    ),
    (field("Marke"), 0, 2),
    field("Betrag", DataType.NUM_CURRENCY, min_value="0", max_value="999.99"),
    (field("Quote", DataType.NUM), 0),
    field("Debit", DataType.BOOL),
    field("IBAN", max_length=22),
    (group("Kontakt", (field("a"), 0), (field("b"), 0), choice=True), 0),
    (field("Zeit", DataType.TIME), 0),
    (field("Wann", DataType.DATETIME), 0),
    fields={
        "person.mail": {"widget": "email"},
        "hunde.nachweis": {"when": "item.art == 'blind' || answers.debit"},
        "iban": {"when": "answers.debit && answers.betrag > 100", "widget": "iban"},
        "kontakt": {"when": "!has(answers.iban)"},
    },
)
PAGE = "alles"
SCHEMA = FORM.json_schema()

ODD = ["hunde.²", "hunde.-1", "hunde.٣", "hunde.99999999999", "marke.x", "hunde..0", "hunde.0."]
NAMES = [
    "person.name", "person.mail", "person.geboren.day", "person.geboren.month",
    "person.geboren.year", "person.anschrift.plz", "person.anschrift.ort",
    *(f"hunde.{n}.{k}" for n in (0, 1, 2, 7) for k in ("name", "art", "nachweis", "chips.0.nr")),
    "marke.0", "marke.1", "betrag", "quote", "debit", "iban", "kontakt.a", "kontakt.b", "zeit",
    "wann", "_add", "_remove",
]  # fmt: skip
LIKELY = [
    "", " ", "Anna", "Łódź", "01067", "3", "0", "1.234,56", "12,50", "true", "false", "keine",
    "blind", "f1", "f2", "DE02120300000000202051", "a@b.de", "1", "2", "2024", "31", "8:30",
    "1.2.2024 8:30", "hunde", "hunde.0", "hunde.1", "marke", "marke.0", "person", "hunde.0.chips",
]  # fmt: skip
typed = st.sampled_from(LIKELY + ODD) | st.text(max_size=12) | st.text(
    st.characters(categories=["Cc", "Cf", "Cs", "Mn", "Nd", "So"]), max_size=4
)  # fmt: skip
posts = st.dictionaries(
    st.sampled_from(NAMES + ODD) | st.text(max_size=8), st.lists(typed, max_size=2), max_size=30
)
likely_posts = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(LIKELY).map(lambda t: [t]) for name in NAMES[:-2]}
)


def draft(form: Form, data: dict[str, list[str]]) -> Any:
    return form.read(PAGE, data, {}, files=FILES).answers


@settings(max_examples=70, deadline=None)
@given(posts, likely_posts, st.sampled_from(["de", "en"]))
def test_no_post_can_make_reading_fail(
    data: dict[str, list[str]], before: dict[str, list[str]], language: Any
) -> None:
    answers = draft(FORM, before)
    result = FORM.read(PAGE, data, answers, files=FILES, language=language)
    again = FORM.read(PAGE, data, result.answers, files=FILES, language=language)
    assert isinstance(again.answers, dict)
    for error in result.errors:
        assert error.message.endswith((".", "?"))
        assert "{" not in error.message.replace("„{", "").replace("“{", "")
    FORM.render(PAGE, result.answers, raw=result.raw, errors=result.errors, files=FILES)
    FORM.summary(result.answers, files=FILES, language=language)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(likely_posts | posts)
def test_accepted_answers_are_valid_json(data: dict[str, list[str]]) -> None:
    result = FORM.read(PAGE, data, {}, files=FILES)
    errors = FORM.validate(result.answers, files=FILES)
    if not result.errors and not result.stay:
        assert errors == ()
    if not errors:
        jsonschema_rs.validate(SCHEMA, result.answers)


COMPLETE = {
    "person.name": ["Anna"], "hunde.0.name": ["Rex"], "hunde.0.art": ["keine"],
    "hunde.0.nachweis": ["f1"], "betrag": ["200"], "debit": ["true"],
    "iban": ["DE02120300000000202051"],
}  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(NAMES[:-2]), st.sampled_from(LIKELY).map(lambda t: [t]), max_size=4
    )
)
def test_complete_answers_are_valid_whatever_else_is_said(data: dict[str, list[str]]) -> None:
    result = FORM.read(PAGE, COMPLETE | data, {}, files=FILES)
    assert not FORM.read(PAGE, COMPLETE, {}, files=FILES).errors
    if result.errors or result.stay:
        return
    assert FORM.validate(result.answers, files=FILES) == ()
    jsonschema_rs.validate(SCHEMA, result.answers)
    assert FORM.clean(result.answers) == result.answers
    assert FORM.first_incomplete(result.answers, FILES) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = [
    "person",
    "hunde",
    "marke",
    "betrag",
    "quote",
    "debit",
    "iban",
    "kontakt",
    "zeit",
    "wann",
    "x",
]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=6))
def test_answers_of_any_shape_are_judged(answers: dict[str, Any]) -> None:
    errors = FORM.validate(answers, files=FILES)
    assert errors
    assert all(isinstance(error, FieldError) and error.message for error in errors)


@settings(max_examples=70, deadline=None)
@given(likely_posts)
def test_what_a_page_shows_is_read_back_the_same(data: dict[str, list[str]]) -> None:
    result = FORM.read(PAGE, data, {}, files=FILES)
    if result.errors or result.stay:
        return
    posted: dict[str, list[str]] = {}
    collect(FORM.render(PAGE, result.answers, files=FILES), posted)
    assert FORM.read(PAGE, posted, result.answers, files=FILES).answers == result.answers


def collect(items: Any, posted: dict[str, list[str]]) -> None:
    """Post the controls as a browser would."""
    for item in items:
        if isinstance(item, Widget):
            if isinstance(item.value, str):
                if item.kind not in ("file", "label") and (
                    item.value or item.kind not in ("radio", "bool")
                ):
                    posted[item.path] = [item.value]
            else:
                posted |= {f"{item.path}.{part}": [text] for part, text in item.value.items()}
        elif isinstance(item, Fieldset):
            collect(item.items, posted)
        elif isinstance(item, Repeater):
            collect(item.instances, posted)
