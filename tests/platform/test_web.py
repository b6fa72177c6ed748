"""The frame: drawn forms, error pages, languages, formats, speed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from lxml import etree, html

from amtsweg.kit.forms.widgets import FieldError, Fieldset, FileInfo, Option, Repeater, Widget
from amtsweg.platform.web import errors, formats
from amtsweg.platform.web.frame import in_language
from amtsweg.platform.web.middleware import FrameMiddleware
from amtsweg.platform.web.operator import Operator
from amtsweg.platform.web.shortcuts import render

FORM = """
{% extends "web/base.html" %}{% import "web/components.html" as ui %}
{% import "web/form.html" as form %}{% block title %}Hunde{% endblock %}
{% block content %}{{ ui.error_summary(errors) }}{{ form.items(items) }}{% endblock %}
"""


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with translation.override("de"):
        yield


@pytest.fixture
def draw(settings: Any, tmp_path: Any) -> Any:
    """`draw(items, errors)`: the page as a parsed document."""
    (tmp_path / "drawn.html").write_text(FORM)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    def drawn(items: Any, found: Any = ()) -> etree._Element:
        request = RequestFactory().get("/")
        page = render(request, "drawn.html", {"items": items, "errors": found}, anonymous=True)
        return html.fromstring(page.content)

    return drawn


def one(document: Any, path: str) -> Any:
    found = document.xpath(path)
    assert len(found) == 1, f"{len(found)} elements for {path}"
    return found[0]


# --- forms ----------------------------------------------------------------------------------


def test_a_field_is_tied_to_its_label_hint_and_error(draw: Any) -> None:
    field = Widget(
        "text", "person.name", "Name", help="Wie im Ausweis.", errors=("Fehlt.",), required=True
    )
    document = draw((field,))
    control = one(document, "//input[@name='person.name']")
    assert control.get("id") == "person.name"
    assert one(document, "//label[@for='person.name']").text_content() == "Name"
    told = [one(document, f"//*[@id='{id_}']") for id_ in control.get("aria-describedby").split()]
    assert [element.text_content().strip() for element in told] == [
        "Wie im Ausweis.",
        "Fehler: Fehlt.",
    ]
    assert control.get("aria-invalid") == "true"


def test_only_optional_fields_are_marked(draw: Any) -> None:
    document = draw((Widget("text", "a", "A"), Widget("text", "b", "B", required=True)))
    assert one(document, "//label[@for='a']").text_content() == "A (freiwillig)"
    assert one(document, "//label[@for='b']").text_content() == "B"


def test_a_date_has_three_fields_and_the_day_carries_the_id(draw: Any) -> None:
    value = {"day": "31", "month": "2", "year": "1980"}
    document = draw((Widget("date", "geburt", "Geburtsdatum", value=value, autocomplete="bday"),))
    inputs = document.xpath("//fieldset//input")
    assert [(item.get("name"), item.get("value")) for item in inputs] == [
        ("geburt.day", "31"),
        ("geburt.month", "2"),
        ("geburt.year", "1980"),
    ]
    assert inputs[0].get("id") == "geburt"
    assert [item.get("autocomplete") for item in inputs] == ["bday-day", "bday-month", "bday-year"]


def test_yes_and_no_are_radio_buttons(draw: Any) -> None:
    document = draw((Widget("bool", "ok", "Einverstanden?", value="false"),))
    choices = document.xpath("//input[@type='radio'][@name='ok']")
    assert [(item.get("value"), item.get("checked") is not None) for item in choices] == [
        ("true", False),
        ("false", True),
    ]


def test_a_select_starts_with_no_choice(draw: Any) -> None:
    options = (Option("1", "Dackel"), Option("2", "Pudel"))
    document = draw((Widget("select", "rasse", "Rasse", options=options, value="2"),))
    found = document.xpath("//select/option")
    assert [option.get("value") for option in found] == ["", "1", "2"]
    assert found[2].get("selected") is not None


def test_a_present_file_is_shown(draw: Any) -> None:
    file = FileInfo("1", "nachweis.pdf", "application/pdf", 1_500_000)
    document = draw((Widget("file", "beleg", "Nachweis", file=file),))
    assert "nachweis.pdf" in document.text_content()
    assert "1,5\u00a0MB" in document.text_content()


def test_the_law_that_asks_is_folded_away(draw: Any) -> None:
    document = draw((Widget("text", "a", "A", legal_basis=("§ 2 SächsKAG", "§ 7 SächsKAG")),))
    details = one(document, "//details")
    assert "Warum wird das gefragt?" in details.text_content()
    assert "§ 2 SächsKAG; § 7 SächsKAG" in details.text_content()


def test_a_group_can_be_repeated_and_enter_goes_on(draw: Any) -> None:
    dogs = tuple(Fieldset(f"hunde.{n}", f"Hund {n + 1}", index=n, removable=True) for n in range(2))
    document = draw((Repeater("hunde", "Hunde", instances=dogs, item_label="Hund"),))
    main = one(document, "//main")
    buttons = [(b.get("name"), b.get("value")) for b in main.xpath(".//button")]
    assert buttons[0] == (None, None), "the first button is the one that Enter presses"
    assert buttons[1:] == [("_remove", "hunde.0"), ("_remove", "hunde.1"), ("_add", "hunde")]
    assert all(b.get("formnovalidate") is not None for b in main.xpath(".//button[@name]"))


def test_every_link_of_the_error_summary_has_its_field(draw: Any) -> None:
    items = (
        Widget("text", "a.name", "Name"),
        Widget("date", "a.tag", "Tag"),
        Widget("radio", "a.wahl", "Wahl", options=(Option("x", "X"),)),
        Widget("select", "a.liste", "Liste"),
        Widget("file", "a.datei", "Datei"),
        Widget("bool", "a.ja", "Ja?"),
        Widget("textarea", "a.text", "Text"),
        Fieldset("gruppe", "Gruppe", errors=("Falsch.",)),
        Repeater("liste", "Liste", errors=("Zu wenige.",)),
    )
    found = tuple(FieldError(item.path, f"Fehler in {item.label}") for item in items)
    document = draw(items, found)
    summary = one(document, "//*[@id='fehler']")
    assert summary.get("autofocus") is not None
    assert summary.get("tabindex") == "-1"
    links = [link.get("href") for link in summary.xpath(".//a")]
    assert links == [f"#{item.path}" for item in items]
    for item in items:
        target = one(document, f"//*[@id='{item.path}']")
        assert target.tag in {"input", "select", "textarea"} or target.get("tabindex") == "-1"
    assert document.xpath("//title")[0].text.startswith("Fehler: ")


def test_what_people_typed_is_shown_escaped(draw: Any) -> None:
    document = draw((Widget("text", "a", "A", value='"><script>x</script>'),))
    assert not document.xpath("//main//script")
    assert one(document, "//input[@name='a']").get("value") == '"><script>x</script>'


def test_ids_are_unique_and_nothing_is_inline(draw: Any) -> None:
    document = draw(twenty_widgets())
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert not document.xpath("//script[not(@src)] | //style | //@style | //@onclick")


def twenty_widgets() -> tuple[Any, ...]:
    kinds: tuple[Any, ...] = (
        *("text", "date", "radio", "bool", "select"),
        *("file", "textarea", "currency", "iban", "email"),
    )
    options = tuple(Option(str(n), f"Wahl {n}") for n in range(4))
    return tuple(
        Widget(
            kind,
            f"gruppe.{n}.{kind}",
            f"Angabe {n}",
            help="Ein Hinweis dazu.",
            legal_basis=("§ 1",),
            options=options if kind in {"radio", "select"} else (),
        )
        for n in range(2)
        for kind in kinds
    )


@pytest.mark.usefixtures("draw")
def test_a_page_of_twenty_fields_is_drawn_in_a_few_milliseconds() -> None:
    request = RequestFactory().get("/")
    items = twenty_widgets()

    def seconds() -> float:
        begin = time.thread_time()
        render(request, "drawn.html", {"items": items}, anonymous=True)
        return time.thread_time() - begin

    seconds()
    assert min(seconds() for _ in range(60)) < 0.006


# --- errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(errors.EXPLANATIONS))
def test_every_error_has_a_page_in_both_languages(status: int) -> None:
    request = RequestFactory().get("/irgendwo/")
    german = errors.page(request, status)
    with translation.override("en"):
        english = errors.page(request, status)
    assert german.status_code == english.status_code == status
    assert errors.EXPLANATIONS[status].title in german.content.decode()
    assert errors.EXPLANATIONS[status].title not in english.content.decode()


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        (RequestDataTooBig(), 413),
        (TooManyFieldsSent(), 422),
        (SuspiciousOperation(), 400),
    ],
)
def test_too_much_is_told_from_nonsense(exception: Exception, status: int) -> None:
    assert errors.bad_request(RequestFactory().post("/"), exception).status_code == status


def test_an_error_of_ours_is_admitted_without_a_traceback() -> None:
    page = errors.server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "Bei uns ist ein Fehler aufgetreten" in page.content.decode()
    assert "Traceback" not in page.content.decode()


def test_a_database_that_is_away_is_no_error_of_ours() -> None:
    try:
        raise OperationalError("no connection")
    except OperationalError:
        page = errors.server_error(RequestFactory().get("/"))
    assert page.status_code == 503
    assert "in einigen Minuten" in page.content.decode()
    assert "connection" not in page.content.decode()


def test_below_api_errors_are_problem_details() -> None:
    answer = errors.permission_denied(RequestFactory().get("/api/v1/x"), PermissionDenied())
    assert answer["Content-Type"] == "application/problem+json"


def test_an_answer_without_content_gets_its_page() -> None:
    dressed = FrameMiddleware(lambda _request: HttpResponseNotAllowed(["POST"]))
    page = dressed(RequestFactory().get("/"))
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert isinstance(page, HttpResponse)
    assert "So lässt sich diese Seite nicht aufrufen" in page.content.decode()


def test_a_form_without_its_token_is_refused_with_a_sentence() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/impressum/", {"a": "b"})
    assert answer.status_code == 403
    assert "Ihre Sitzung ist abgelaufen" in answer.content.decode()


# --- frame and pages ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "german", "english"),
    [
        ("/", "/", "/en/"),
        ("/en/", "/", "/en/"),
        ("/en/suche/?q=a", "/suche/?q=a", "/en/suche/?q=a"),
        ("/enten/", "/enten/", "/en/enten/"),
    ],
)
def test_a_page_keeps_its_address_in_the_other_language(
    path: str, german: str, english: str
) -> None:
    assert in_language(path, "de") == german
    assert in_language(path, "en") == english


@pytest.mark.parametrize("path", ["impressum", "datenschutz", "barrierefreiheit"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_pages_that_the_law_asks_for(client: Client, path: str, language: str) -> None:
    answer = client.get(f"{language}/{path}/")
    assert answer.status_code == 200
    assert f'<html lang="{language.strip("/") or "de"}">' in answer.content.decode()


def test_the_imprint_names_the_operator() -> None:
    operator = Operator.load(
        {"AMTSWEG_OPERATOR_NAME": "Zweckverband Muster", "AMTSWEG_OPERATOR_EMAIL": "post@z.example"}
    )
    assert operator.security_email == "post@z.example"
    request = RequestFactory().get("/")
    page = render(request, "web/imprint.html", {"operator": operator}, anonymous=True)
    assert "Zweckverband Muster" in page.content.decode()


def test_weaknesses_can_be_reported(client: Client) -> None:
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields["Contact"].startswith(("mailto:", "http"))
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert 100 < left.days < 366


def test_only_own_scripts_run(client: Client) -> None:
    policy = client.get("/impressum/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


# --- formats and components -----------------------------------------------------------------


def test_amounts_and_dates_read_as_people_write_them() -> None:
    assert formats.cents(1_234_50) == "1.234,50\u00a0€"
    assert formats.cents(-5) == "−0,05\u00a0€"
    assert formats.date_text("2025-01-31") == "31.\u00a0Januar 2025"
    assert formats.date_text(date(2025, 3, 1)) == "1.\u00a0März 2025"
    summer = datetime(2025, 7, 1, 22, 30, tzinfo=UTC)
    assert formats.datetime_text(summer) == "2.\u00a0Juli 2025, 00:30\u00a0Uhr"
    assert formats.file_size(100) == "1\u00a0KB"
    assert formats.file_size(1_440_000) == "1,4\u00a0MB"
    assert formats.file_size(10_000_000) == "10\u00a0MB"
    with translation.override("en"):
        assert formats.cents(1_234_50) == "€1,234.50"
        assert formats.date_text(date(2025, 3, 1)) == "1\u00a0March 2025"


def test_a_name_that_the_view_forgot_is_an_error(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "wrong.html").write_text("{{ forgotten }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    with pytest.raises(Exception, match="forgotten"):
        render_to_string("wrong.html")


@pytest.mark.parametrize(
    ("duration", "german", "english"),
    [
        ("P14D", "14 Tage", "14 days"),
        ("P1M", "1 Monat", "1 month"),
        ("PT36H", "36 Stunden", "36 hours"),
        ("P1Y2W", "1 Jahr, 2 Wochen", "1 year, 2 weeks"),
        ("PT1M30S", "1 Minute, 30 Sekunden", "1 minute, 30 seconds"),
    ],
)
def test_durations_are_told_in_words(duration: str, german: str, english: str) -> None:
    with translation.override("de"):
        assert formats.duration_text(duration) == german
    with translation.override("en"):
        assert formats.duration_text(duration) == english
