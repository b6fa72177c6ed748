"""A form for a schema alone: pages by its groups, gaps left aside, long lists looked through."""

from __future__ import annotations

from typing import Any

import pytest

from amtsweg.kit import forms
from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    Group,
    Schema,
    Use,
    Value,
    keyed,
)
from amtsweg.kit.forms import Widget
from amtsweg.kit.forms.defaults import MOST_QUESTIONS, default_pages, workable


def text(name: str, **more: Any) -> Field:
    return Field(id="F1", name=name, **more)


def group(name: str, *uses: Use) -> Group:
    return Group(id="G1", name=name, uses=keyed(uses))


def schema(*uses: Use) -> Schema:
    return Schema(id="S1", name="Antrag", uses=keyed(uses))


def many(count: int, name: str = "Frage") -> list[Use]:
    return [Use(text(f"{name} {number}")) for number in range(count)]


def layout(of: Schema) -> list[list[str]]:
    return [page["items"] for page in default_pages(of)["page"]]


def test_each_group_at_the_top_is_a_page_and_the_fields_between_share_one() -> None:
    of = schema(
        Use(text("Anlass")),
        Use(text("Zweck")),
        Use(group("Person", *many(2))),
        Use(text("Bemerkung")),
    )
    assert layout(of) == [["anlass", "zweck"], ["person"], ["bemerkung"]]


def test_a_large_group_is_laid_out_over_several_pages() -> None:
    large = group("Betrieb", Use(group("Sitz", *many(8))), Use(group("Leitung", *many(8))))
    assert layout(schema(Use(large))) == [["betrieb.sitz"], ["betrieb.leitung"]]


def test_a_large_group_that_is_repeated_stays_whole() -> None:
    large = Use(group("Tätigkeit", *many(MOST_QUESTIONS + 1)), 1, None)
    assert layout(schema(large)) == [["taetigkeit"]]


def test_names_speak_for_controls_and_for_what_a_browser_fills_in() -> None:
    of = schema(Use(text("IBAN")), Use(text("E-Mail-Adresse")), Use(text("Familienname")))
    assert default_pages(of)["field"] == {
        "iban": {"widget": "iban"},
        "e_mail_adresse": {"widget": "email", "autocomplete": "email"},
        "familienname": {"autocomplete": "family-name"},
    }


def test_a_name_asked_of_two_people_is_not_filled_in() -> None:
    names = [Use(text("Familienname"))]
    of = schema(Use(group("Antragsteller", *names)), Use(group("Vertretung", *names)))
    assert default_pages(of)["field"] == {}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (text("Staat", kind=FieldKind.SELECT, code_list=CodeList("urn:x", "1", "x")), "form.list"),
        (text("Zeichen", constraints=Constraints(pattern="(?=a)")), "form.pattern"),
        (
            text("Tag", type=DataType.DATE, constraints=Constraints(min_value="bald")),
            "form.bound",
        ),
        (text("Kauf", type=DataType.BOOL, content="vielleicht"), "form.content"),
    ],
)
def test_what_cannot_be_used_is_left_aside_and_told(field: Field, code: str) -> None:
    asked, findings = workable(schema(Use(field), Use(group("Darin", Use(field)))))
    assert [finding.code for finding in findings] == [code]
    form = forms.compile(asked, default_pages(asked), {})
    assert len(form.page_ids({})) == 2


def test_a_truth_value_may_be_written_in_german() -> None:
    asked, findings = workable(schema(Use(text("Kauf", type=DataType.BOOL, content="nein"))))
    assert not findings
    form = forms.compile(asked, default_pages(asked), {})
    (widget,) = form.render("kauf", {})
    assert isinstance(widget, Widget)
    assert widget.value == "false"


def test_a_field_alone_becomes_a_form() -> None:
    asked, _ = workable(text("Anlass"))
    assert layout(asked) == [["anlass"]]


class TestOptionalGroupOverSeveralPages:
    """What need not be answered may lie on several pages; begun on one, it is asked on the others."""

    @pytest.fixture
    def form(self) -> forms.Form:
        parts = (Use(group("Sitz", *many(8, "Sitz"))), Use(group("Leitung", *many(8, "Leiter"))))
        of = schema(Use(group("Zweigstelle", *parts), 0, 1), Use(text("Anlass")))
        return forms.compile(of, default_pages(of), {})

    def test_left_out_it_is_not_missed(self, form: forms.Form) -> None:
        answers: dict[str, Any] = {}
        for page in ("sitz", "leitung"):
            reading = form.read(page, {}, answers)
            assert not reading.errors
            answers = reading.answers
        assert answers == {}
        assert form.validate({"anlass": "Umzug"}) == ()

    def test_begun_it_is_asked_for_on_each_page(self, form: forms.Form) -> None:
        answers = form.read("leitung", {"zweigstelle.leitung.leiter_0": ["Anna"]}, {}).answers
        assert form.first_incomplete(answers, {}) == "sitz"
        assert len(form.validate(answers | {"anlass": "Umzug"})) == 8 + 7

    def test_emptied_it_is_gone(self, form: forms.Form) -> None:
        begun = {"zweigstelle": {"leitung": {"leiter_0": "Anna"}}}
        assert form.read("leitung", {"zweigstelle.leitung.leiter_0": [""]}, begun).answers == {}

    def test_its_pages_say_so(self, form: forms.Form) -> None:
        assert [page.optional for page in form.pages] == [True, True, False]


class TestLongList:
    """A list of more than thirty entries is looked through by name."""

    @pytest.fixture
    def form(self) -> forms.Form:
        names = ["Deutschland", "Dänemark", "Guinea", "Äquatorialguinea", "Guinea-Bissau"]
        names += [f"Land {number}" for number in range(60)]
        values = tuple(Value(f"{100 + place}", name) for place, name in enumerate(names))
        of = schema(Use(text("Staat", kind=FieldKind.SELECT, values=values)))
        return forms.compile(of, default_pages(of), {})

    def test_a_name_or_a_code_is_an_answer(self, form: forms.Form) -> None:
        for typed in ("Guinea", "  guinea ", "102"):
            reading = form.read("staat", {"staat": [typed]}, {})
            assert (reading.answers, reading.errors) == ({"staat": "102"}, ())

    def test_a_part_of_a_name_shows_what_fits(self, form: forms.Form) -> None:
        reading = form.read("staat", {"staat": ["guine"]}, {})
        assert reading.answers == {}
        assert "die zu „guine“ passen" in reading.errors[0].message
        (widget,) = form.render("staat", {}, raw=reading.raw, errors=reading.errors)
        assert isinstance(widget, Widget)
        assert widget.value == "guine"
        found = [option.label for option in widget.options]
        assert found == ["Guinea", "Guinea-Bissau", "Äquatorialguinea"]

    def test_one_that_is_chosen_counts(self, form: forms.Form) -> None:
        reading = form.read("staat", {"staat": ["guine", "104"]}, {})
        assert (reading.answers, reading.errors) == ({"staat": "104"}, ())

    def test_a_text_that_was_changed_counts_more_than_an_old_choice(self, form: forms.Form) -> None:
        reading = form.read("staat", {"staat": ["Dänemark", "104"]}, {})
        assert reading.answers == {"staat": "101"}

    def test_a_slip_of_the_pen_shows_what_is_close(self, form: forms.Form) -> None:
        reading = form.read("staat", {"staat": ["Deutschlnad"]}, {})
        (widget,) = form.render("staat", {}, raw=reading.raw, errors=reading.errors)
        assert isinstance(widget, Widget)
        assert [option.value for option in widget.options] == ["100"]

    def test_nothing_that_fits_is_told(self, form: forms.Form) -> None:
        reading = form.read("staat", {"staat": ["Atlantis"]}, {}, language="en")
        assert reading.errors[0].message.startswith("There is no entry for “Atlantis”")

    def test_the_answer_is_shown_by_its_name(self, form: forms.Form) -> None:
        (widget,) = form.render("staat", {"staat": "101"})
        assert isinstance(widget, Widget)
        assert widget.value == "Dänemark"
        assert widget.suggestions[1] == "Dänemark"
        assert form.summary({"staat": "101"})[0].rows[0].value == "Dänemark"


class TestSeveralChoices:
    """A choice that may be made several times is a list of checkboxes, not a list of lists."""

    @pytest.fixture
    def form(self) -> forms.Form:
        values = (Value("01", "innen"), Value("02", "außen"), Value("03", "Dach"))
        field = text("Ort", kind=FieldKind.SELECT, values=values)
        return forms.compile(of := schema(Use(field, 1, 2)), default_pages(of), {})

    def test_they_are_one_control(self, form: forms.Form) -> None:
        (widget,) = form.render("ort", {"ort": ["02"]})
        assert isinstance(widget, Widget)
        assert (widget.kind, widget.path, widget.value) == ("checkboxes", "ort", ("02",))

    def test_what_was_ticked_is_the_answer_in_the_order_of_the_list(self, form: forms.Form) -> None:
        reading = form.read("ort", {"ort": ["02", "01"]}, {"ort": ["03"]})
        assert (reading.answers, reading.errors) == ({"ort": ["01", "02"]}, ())

    @pytest.mark.parametrize(
        ("ticked", "sentence"),
        [
            ([], "Wählen Sie bei „Ort“ eine Antwort aus."),
            (["01", "02", "03"], "höchstens 2"),
            (["04"], "eine der angebotenen Antworten"),
        ],
    )
    def test_too_few_too_many_and_unknown_ones_are_told(
        self, form: forms.Form, ticked: list[str], sentence: str
    ) -> None:
        (error,) = form.read("ort", {"ort": ticked}, {}).errors
        assert error.path == "ort"
        assert sentence in error.message
