"""The way of a person through an assistant, over HTTP, with the rights of the web's login."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlsplit
from uuid import UUID

import dog_tax
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amtsweg.kit import package
from amtsweg.platform.federation import codes, vault, wall
from amtsweg.platform.federation.models import FailedGuess
from amtsweg.platform.intake import actions, content
from amtsweg.platform.intake.models import Draft, DraftFile
from amtsweg.platform.transport.models import Submission, SubmissionAttachment

START = f"/antrag/hundesteuer/{dog_tax.DRESDEN}/"
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

PAGES = {
    "person": {
        "person.familienname": "Käßler-Öztürk",
        "person.vorname": "Anna",
        "person.anschrift.strasse": "Königsbrücker Straße",
        "person.anschrift.hausnummer": "12 a",
        "person.anschrift.postleitzahl": "01099",
        "person.anschrift.ort": "Dresden",
    },
    "haushalt": {"bereits_gehaltene_hunde": "0"},
    "hunde": {
        "hunde.0.name": "Bello",
        "hunde.0.rasse": "Mischling",
        "hunde.0.beginn_der_haltung.day": "1",
        "hunde.0.beginn_der_haltung.month": "2",
        "hunde.0.beginn_der_haltung.year": "2026",
        "hunde.0.gefaehrlicher_hund": "false",
        "hunde.0.abweichender_haltungsort": "false",
        "hunde.0.verguenstigung": "none",
    },
    "zahlung": {"zahlung.lastschrift": "false"},
    "erklaerung": {"erklaerung.datenverarbeitung": "true", "erklaerung.wahrheit": "true"},
}
GUIDE_DOG = {**PAGES["hunde"], "hunde.0.verguenstigung": "assistance"}


@pytest.fixture(autouse=True)
def _at_ten():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def offer(acting_as, town):
    with acting_as("worker"):
        return dog_tax.offer(town("Dresden"))


class Browser:
    """A browser without JavaScript: follows forms as they stand on the page, CSRF included."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.address = ""

    def get(self, address: str):
        self.response = self.client.get(address, follow=True)
        self.address = (self.response.redirect_chain or [(address, 0)])[-1][0]
        return self.response

    @property
    def text(self) -> str:
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html)))

    @property
    def html(self) -> str:
        return self.response.content.decode()

    def hidden(self) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.html)
        return {name: unescape(value) for name, value in found}

    def post(self, data: dict | None = None, address: str = ""):
        """Post the page's own form with these values; follow where it leads."""
        self.response = self.send(data, address)
        if self.response.status_code == 303:
            return self.get(self.response["Location"])
        return self.response

    def send(self, data: dict | None = None, address: str = ""):
        return self.client.post(address or self.address, {**self.hidden(), **(data or {})})

    def begin(self) -> Browser:
        self.get(START)
        self.post()
        return self

    def fill(self, *pages: str, **other: dict) -> Browser:
        for page in pages or PAGES:
            assert f"/{page}/" in self.address, (page, self.address, self.text)
            self.post(other.get(page, PAGES[page]))
            assert self.response.status_code == 200, self.text
        return self

    @property
    def draft_id(self) -> UUID:
        return UUID(self.address.split("/")[4])

    @property
    def root(self) -> str:
        return "/".join(self.address.split("/")[:5]) + "/"


@pytest.fixture
def browser(offer):
    return Browser().begin()


@contextmanager
def as_authority(offer):
    with wall.scope(authority=offer.authority.pk):
        yield


def stored(offer, draft_id: UUID) -> content.Content:
    with as_authority(offer):
        return content.unseal(Draft.objects.get(pk=draft_id))


def submissions(offer) -> list[Submission]:
    with as_authority(offer):
        return list(Submission.objects.all())


def test_start_page_says_what_is_needed_and_begins_a_draft(offer):
    visitor = Browser()
    assert visitor.get(START).status_code == 200
    assert "Hund zur Hundesteuer anmelden" in visitor.text
    assert "Heimtierausweis" in visitor.text
    visitor.post()
    assert visitor.address.endswith("/person/")
    assert "Schritt 1 von 6" in visitor.text
    assert "sessionid" not in visitor.client.cookies
    assert "amtsweg_session" not in visitor.client.cookies


def test_the_drafts_cookie_is_for_its_pages_only_and_out_of_scripts_reach(browser):
    cookie = browser.client.cookies["amtsweg_draft_de"]
    assert cookie["path"] == browser.root
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == cookie["expires"] == ""
    assert browser.client.cookies["amtsweg_draft_en"]["path"] == f"/en{browser.root}"


def test_a_person_fills_all_pages_checks_them_and_sends_once(browser, offer):
    browser.fill()
    assert browser.address.endswith("/pruefen/")
    assert "Käßler-Öztürk" in browser.text
    browser.post(address=browser.root + "senden/")
    assert browser.address.endswith("/gesendet/")
    (sent,) = submissions(offer)
    assert sent.reference in browser.text
    assert stored(offer, browser.draft_id).code in browser.text
    assert sent.edition_id == offer.edition_hash
    with wall.scope(code=vault.blind(stored(offer, browser.draft_id).code)):
        assert Submission.objects.count() == 1


def test_a_second_click_leads_to_the_same_receipt(browser, offer):
    browser.fill()
    hidden, send = browser.hidden(), browser.root + "senden/"
    browser.post(address=send)
    first = browser.text
    again = browser.client.post(send, hidden, follow=True)
    assert again.status_code == 200
    assert len(submissions(offer)) == 1
    (sent,) = submissions(offer)
    assert sent.reference in first
    assert sent.reference in again.content.decode()


def test_after_sending_the_draft_holds_nothing_but_the_code(browser, offer):
    browser.fill("person", "haushalt")
    browser.post(_with_file())
    browser.fill("zahlung", "erklaerung").post(address=browser.root + "senden/")
    kept = stored(offer, browser.draft_id)
    assert kept.answers == {}
    assert kept.files == {}
    with as_authority(offer):
        assert DraftFile.objects.count() == 0
        assert SubmissionAttachment.objects.count() == 1


def test_pages_of_a_sent_draft_lead_to_the_receipt_and_after_an_hour_to_a_sentence(browser):
    browser.fill().post(address=browser.root + "senden/")
    browser.get(browser.root + "person/")
    assert browser.address.endswith("/gesendet/")
    with time_machine.travel(NOW + timedelta(hours=1, minutes=1)):
        browser.get(browser.root + "gesendet/")
        assert browser.response.status_code == 410
        assert "Stand mit Ihrem Code" in browser.text


def test_an_error_is_told_at_the_field_and_above_and_what_was_typed_is_kept(browser, offer):
    typed = {**PAGES["person"], "person.anschrift.postleitzahl": "0109", "person.vorname": ""}
    browser.post(typed)
    assert browser.response.status_code == 422
    assert 'href="#person.anschrift.postleitzahl"' in browser.html
    assert 'value="0109"' in browser.html
    assert 'value="Käßler-Öztürk"' in browser.html
    browser.get(browser.root)
    assert 'value="0109"' in browser.html
    assert stored(offer, browser.draft_id).answers["person"]["familienname"] == "Käßler-Öztürk"


@pytest.mark.parametrize(
    ("page", "name", "value"),
    [
        ("person", "person.familienname", "Anna\u202eetteB"),
        ("person", "person.familienname", "A\x00B"),
        ("person", "person.familienname", "😀" * 3),
        ("person", "person.familienname", "x" * 100_000),
        ("haushalt", "bereits_gehaltene_hunde", "zwei"),
        ("haushalt", "bereits_gehaltene_hunde", "-1"),
        ("hunde", "hunde.0.beginn_der_haltung.day", "31"),
        ("hunde", "hunde.0.beginn_der_haltung.year", "2027"),
        ("hunde", "hunde.0.verguenstigung", "king"),
        ("hunde", "hunde.0.gefaehrlicher_hund", ""),
    ],
)
def test_bad_input_gets_a_sentence_and_422(browser, page, name, value):
    order = list(PAGES)
    browser.fill(*order[: order.index(page)]) if page != order[0] else None
    browser.post({**PAGES[page], name: value})
    assert browser.response.status_code == 422
    assert "Bitte korrigieren Sie" in browser.text
    assert "Traceback" not in browser.html
    browser.get(browser.root)
    assert f"/{page}/" in browser.address


def test_no_dog_is_not_an_application(browser):
    browser.fill("person", "haushalt")
    browser.post({})
    assert browser.response.status_code == 422


def test_ten_thousand_fields_get_a_sentence(browser):
    browser.post({f"f{number}": "x" for number in range(10_050)})
    assert browser.response.status_code in {400, 422}
    assert "Formular" in browser.text
    assert "Traceback" not in browser.html


def test_without_csrf_token_nothing_is_saved(browser, offer):
    response = browser.client.post(browser.address, PAGES["person"])
    assert response.status_code == 403
    assert stored(offer, browser.draft_id).answers == {}
    assert browser.client.post(browser.root + "senden/").status_code == 403
    assert browser.client.post(START).status_code == 403


def test_going_back_keeps_answers_and_a_change_returns_to_the_review(browser):
    browser.fill()
    browser.get(browser.root + "person/?aendern=1")
    assert 'value="Käßler-Öztürk"' in browser.html
    browser.post({**PAGES["person"], "person.vorname": "Berta"}, browser.root + "person/?aendern=1")
    assert browser.address.endswith("/pruefen/")
    assert "Berta" in browser.text


@pytest.mark.parametrize("page", ["zahlung/", "pruefen/"])
def test_a_page_out_of_order_leads_to_the_first_open_one_with_a_sentence(browser, page):
    browser.fill("person")
    browser.get(browser.root + page)
    assert "/haushalt/" in browser.address
    assert re.search(r"fehl(en|t) noch", browser.text)


def test_sending_unfinished_leads_to_the_open_page(browser, offer):
    browser.fill("person")
    browser.post(address=browser.root + "senden/")
    assert "/haushalt/" in browser.address
    assert submissions(offer) == []


def test_an_unknown_page_leads_to_the_open_one(browser):
    browser.get(browser.root + "gibtsnicht/")
    assert browser.address.split("?")[0].endswith("/person/")


def test_in_two_windows_the_later_entry_of_a_page_counts_and_the_rest_is_kept(browser, offer):
    old = browser.hidden()
    browser.fill("person")
    page = browser.root + "person/"
    late = {**old, **PAGES["person"], "person.vorname": "Clara"}
    answer = browser.client.post(page, late, follow=True)
    assert "in einem anderen Fenster" in answer.content.decode()
    browser.fill("haushalt")
    answers = stored(offer, browser.draft_id).answers
    assert answers["person"]["vorname"] == "Clara"
    assert answers["bereits_gehaltene_hunde"] == 0


def test_a_dog_is_added_and_removed_without_complaint(browser, offer):
    browser.fill("person", "haushalt")
    browser.post({**PAGES["hunde"], "hunde.0.name": "", "_add": "hunde"})
    assert browser.response.status_code == 200
    assert 'name="hunde.1.name"' in browser.html
    assert 'value="Mischling"' in browser.html
    browser.post({**PAGES["hunde"], "hunde.1.name": "Zweiter", "_remove": "hunde.0"})
    assert 'value="Zweiter"' in browser.html
    assert 'name="hunde.1.name"' not in browser.html


def _with_file(content_: bytes = dog_tax.PDF, name: str = "Nachweis.pdf") -> dict:
    return {**GUIDE_DOG, "hunde.0.nachweis": dog_tax.upload(content_, name)}


class TestUploads:
    @pytest.fixture
    def dogs(self, browser):
        browser.fill("person", "haushalt")
        # Asking for a relief opens the question for its proof.
        browser.post(GUIDE_DOG)
        return browser

    def test_a_file_is_kept_sealed_and_sent(self, dogs, offer):
        dogs.post(_with_file())
        dogs.fill("zahlung", "erklaerung")
        assert "Nachweis.pdf" in dogs.text
        with as_authority(offer):
            row = DraftFile.objects.get()
        assert dog_tax.PDF not in bytes(row.content)
        assert row.size == len(dog_tax.PDF)
        (info,) = stored(offer, dogs.draft_id).files.values()
        assert info.media_type == "application/pdf"
        assert stored(offer, dogs.draft_id).unscanned == [info.id]
        dogs.post(address=dogs.root + "senden/")
        with as_authority(offer):
            attachment = SubmissionAttachment.objects.get()
        assert str(attachment.pk) == info.id

    def test_a_file_survives_an_error_elsewhere_on_the_page(self, dogs, offer):
        dogs.post({**_with_file(), "hunde.0.name": ""})
        assert dogs.response.status_code == 422
        assert "Nachweis.pdf" in dogs.text
        dogs.post(GUIDE_DOG)
        assert "/zahlung/" in dogs.address

    def test_another_file_replaces_it_and_the_old_one_is_gone(self, dogs, offer):
        dogs.post(_with_file())
        dogs.get(dogs.root + "hunde/")
        dogs.post(_with_file(dog_tax.PNG, "neu.png"))
        with as_authority(offer):
            assert DraftFile.objects.count() == 1
        (info,) = stored(offer, dogs.draft_id).files.values()
        assert info.filename == "neu.png"

    def test_a_file_is_removed(self, dogs, offer):
        dogs.post(_with_file())
        dogs.get(dogs.root + "hunde/")
        dogs.post({**GUIDE_DOG, "_remove": "hunde.0.nachweis"})
        assert dogs.response.status_code == 200
        assert stored(offer, dogs.draft_id).files == {}
        with as_authority(offer):
            assert DraftFile.objects.count() == 0

    @pytest.mark.parametrize(
        ("body", "name"),
        [
            (b"MZ\x90\0" + bytes(200), "bescheid.pdf"),
            (b"#!/bin/sh\nrm -rf /", "bescheid.pdf"),
            (b"<html><script>alert(1)</script>", "bild.png"),
            (b"PK\x03\x04" + bytes(50), "text.docx"),
        ],
    )
    def test_what_only_says_it_is_a_pdf_is_refused_with_a_sentence(self, dogs, offer, body, name):
        dogs.post(_with_file(body, name))
        assert dogs.response.status_code == 422
        assert "Entscheidend ist der Inhalt" in dogs.text
        assert stored(offer, dogs.draft_id).files == {}

    def test_an_empty_file_is_refused(self, dogs):
        dogs.post(_with_file(b""))
        assert dogs.response.status_code == 422

    def test_too_large_a_file_is_refused_and_the_rest_of_the_page_is_kept(self, dogs, offer):
        dogs.post({**_with_file(b"%PDF-1.7" + bytes(11_000_000)), "hunde.0.name": "Waldi"})
        assert dogs.response.status_code == 413
        assert "zu groß" in dogs.text
        assert 'value="Waldi"' in dogs.html
        assert stored(offer, dogs.draft_id).answers["hunde"][0]["name"] == "Waldi"
        assert stored(offer, dogs.draft_id).files == {}

    def test_a_file_in_a_field_that_takes_none_is_dropped_while_streaming(self, dogs, offer):
        dogs.post(
            {**GUIDE_DOG, "hunde.0.name": "Waldi", "quatsch": dog_tax.upload(dog_tax.PDF, "x.pdf")}
        )
        assert stored(offer, dogs.draft_id).files == {}

    def test_a_name_with_a_path_and_control_signs_is_cleaned(self, dogs, offer):
        dogs.post(_with_file(name="..\\..\\a\u202e/b<c>\x07.exe"))
        (info,) = stored(offer, dogs.draft_id).files.values()
        assert info.filename == "b_c_.exe.pdf"


class TestResuming:
    def code(self, browser) -> str:
        browser.get(browser.root + "code/")
        (found,) = re.findall(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", browser.text)
        return found

    def test_the_code_opens_the_draft_in_another_browser(self, browser):
        browser.fill("person")
        other = Browser()
        other.get("/fortsetzen/")
        other.post({"code": self.code(browser).lower().replace("-", " ")})
        assert "/haushalt/" in other.address
        other.get(browser.root + "person/")
        assert 'value="Käßler-Öztürk"' in other.html

    def test_a_wrong_code_is_counted_and_after_ten_nobody_listens(self, offer):
        other = Browser()
        other.get("/fortsetzen/")
        for _ in range(10):
            other.post({"code": codes.new_code()}, "/fortsetzen/")
            assert other.response.status_code == 422
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM federation_failedguess")
            assert cursor.fetchone() == (10,)
        other.post({"code": codes.new_code()}, "/fortsetzen/")
        assert other.response.status_code == 429
        with time_machine.travel(NOW + timedelta(minutes=20)):
            assert other.send({"code": "x"}, "/fortsetzen/").status_code in {403, 422}

    def test_no_network_address_is_stored_in_clear(self, offer):
        other = Browser()
        other.get("/fortsetzen/")
        other.post({"code": "falsch"})
        assert b"127.0.0.1" not in bytes(FailedGuess.objects.get().source)

    def test_a_sent_applications_code_leads_to_its_status(self, browser):
        code = self.code(browser)
        browser.get(browser.root)
        browser.fill().post(address=browser.root + "senden/")
        other = Browser()
        other.get("/fortsetzen/")
        other.post({"code": code})
        assert "schon abgesendet" in other.text

    def test_without_cookie_a_drafts_address_opens_nothing(self, browser):
        browser.fill("person")
        other = Browser()
        for page in ("", "person/", "pruefen/", "code/", "gesendet/"):
            other.get(browser.root + page)
            assert other.response.status_code == 403
            assert "Käßler" not in other.text

    def test_the_cookie_of_one_draft_opens_no_other(self, browser, offer):
        victim = Browser().begin().fill("person")
        value = browser.client.cookies["amtsweg_draft_de"].value
        thief = Client()
        thief.cookies["amtsweg_draft_de"] = value
        response = thief.get(victim.root + "person/")
        assert response.status_code == 403
        assert "Käßler" not in response.content.decode()

    def test_a_draft_is_found_only_at_its_own_towns_address(self, browser):
        elsewhere = browser.root.replace(dog_tax.DRESDEN, "146270210210")
        browser.client.cookies["amtsweg_draft_de"]["path"] = "/"
        assert browser.client.get(elsewhere + "person/").status_code == 404

    def test_an_expired_draft_gets_a_sentence_and_410(self, browser):
        browser.fill("person")
        with time_machine.travel(NOW + timedelta(days=31)):
            browser.get(browser.root + "person/")
            assert browser.response.status_code == 410
            assert "abgelaufen" in browser.text
            assert browser.send(PAGES["person"], browser.root + "person/").status_code in {403, 410}

    def test_every_saved_page_gives_thirty_more_days(self, browser, offer):
        with time_machine.travel(NOW + timedelta(days=20)):
            browser.get(browser.root)
            browser.fill("person")
        with time_machine.travel(NOW + timedelta(days=45)):
            assert browser.get(browser.root + "haushalt/").status_code == 200


class TestChangedEdition:
    @pytest.fixture
    def publish_another(self, offer, acting_as, tmp_path):
        def publish() -> str:
            folder = tmp_path / "hundesteuer"
            shutil.copytree(dog_tax.FOLDER, folder)
            edition = dog_tax.read()
            texts = folder / edition.name / "texts" / "de.toml"
            texts.write_text(texts.read_text().replace("Ihre Angaben", "Wer sind Sie?", 1))
            changed = package.read_package(folder).editions[-1]
            with acting_as("worker"):
                dog_tax.publish(
                    offer.service,
                    changed.hash,
                    package.archive(folder, changed.name),
                    changed.in_force_from,
                )
            return changed.hash

        return publish

    def test_the_person_is_told_and_the_answers_are_carried_over(
        self, browser, offer, publish_another
    ):
        browser.fill("person")
        changed = publish_another()
        browser.get(browser.root + "haushalt/")
        assert "hat sich das Formular geändert" in browser.text
        browser.get(browser.root + "person/")
        assert "Wer sind Sie?" in browser.text
        assert 'value="Käßler-Öztürk"' in browser.html
        with as_authority(offer):
            assert Draft.objects.get().edition_id == changed

    def test_a_page_posted_from_the_old_edition_is_not_lost(self, browser, offer, publish_another):
        browser.fill("person")
        publish_another()
        browser.post(PAGES["haushalt"])
        assert "hat sich das Formular geändert" in browser.text
        assert stored(offer, browser.draft_id).answers["bereits_gehaltene_hunde"] == 0

    def test_sending_waits_until_the_person_has_seen_the_change(
        self, browser, offer, publish_another
    ):
        browser.fill()
        changed = publish_another()
        browser.post(address=browser.root + "senden/")
        assert submissions(offer) == []
        assert browser.address.split("?")[0].endswith("/pruefen/")
        assert "hat sich das Formular geändert" in browser.text
        browser.post(address=browser.root + "senden/")
        (sent,) = submissions(offer)
        assert sent.edition_id == changed


def test_english_pages_have_their_own_address_and_cookie(browser):
    browser.get("/en" + browser.root)
    assert browser.address.startswith("/en/antrag/")
    assert 'lang="en"' in browser.html
    browser.post(PAGES["person"])
    assert browser.address.startswith("/en/antrag/")


def test_a_town_that_does_not_take_part_gets_a_sentence(offer):
    visitor = Browser()
    visitor.get("/antrag/hundesteuer/146270210210/")
    assert visitor.response.status_code == 404
    assert "nicht online" in visitor.text
    assert visitor.get("/antrag/gibtsnicht/146120000000/").status_code == 404


def test_an_edition_that_is_not_in_force_yet_gets_a_sentence(offer):
    visitor = Browser()
    visitor.get(START)
    with time_machine.travel(datetime(2024, 12, 30, tzinfo=UTC)):
        visitor.post()
    assert visitor.response.status_code == 404
    assert "nicht online" in visitor.text


def test_a_service_that_asks_for_sign_in_begins_nothing_without_it(offer, acting_as):
    with acting_as("worker"):
        offer.service.trust_level = 1
        offer.service.save()
    visitor = Browser()
    visitor.get(START)
    assert "müssen Sie sich anmelden" in visitor.text
    visitor.client.post(START, visitor.hidden())
    with as_authority(offer):
        assert Draft.objects.count() == 0


def test_a_draft_of_a_service_that_now_asks_for_sign_in_leads_there(browser, offer, acting_as):
    with acting_as("worker"):
        offer.service.trust_level = 1
        offer.service.save()
    response = browser.client.get(browser.address)
    assert response.status_code == 302
    assert urlsplit(response["Location"]).path == "/anmelden/"


def _of_the_test(sql: str) -> bool:
    """Savepoints stand for a real request's transaction; their end closes the scope for the test."""
    return sql.startswith(("SAVEPOINT", "RELEASE")) or sql.count("''") == 3


class TestBudgets:
    """Queries per request, scope included; savepoints are the test's own transaction."""

    @contextmanager
    def at_most(self, limit: int):
        with CaptureQueriesContext(connection) as captured:
            yield
        sql = [query["sql"] for query in captured if not _of_the_test(query["sql"])]
        assert len(sql) <= limit, "\n".join(text[:160] for text in sql)

    def test_a_page_takes_two_queries(self, browser):
        with self.at_most(2):
            browser.client.get(browser.address)

    def test_saving_a_page_takes_three_queries(self, browser):
        data = {**browser.hidden(), **PAGES["person"]}
        with self.at_most(3):
            assert browser.client.post(browser.address, data).status_code == 303

    def test_the_review_takes_two_queries(self, browser):
        browser.fill()
        with self.at_most(2):
            browser.client.get(browser.address)

    def test_sending_takes_nine_queries(self, browser):
        browser.fill()
        hidden = browser.hidden()
        with self.at_most(9):
            assert browser.client.post(browser.root + "senden/", hidden).status_code == 303

    def test_the_receipt_takes_two_queries(self, browser):
        browser.fill().post(address=browser.root + "senden/")
        with self.at_most(2):
            assert browser.client.get(browser.address).status_code == 200


def test_the_e_mail_address_that_was_given_is_where_the_person_is_told():
    answers = dog_tax.answers()
    answers["person"]["e_mail"] = "anna@example.org"
    form = dog_tax.read().form
    kept = content.Content("", answers=answers)
    assert actions._reply_channel(form, kept) == {
        "replyChannel": {"eMail": {"address": "anna@example.org"}}
    }
    del answers["person"]["e_mail"]
    assert actions._reply_channel(form, kept) == {}
