"""What the notices of the dog tax say, read back from the PDF."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from amtsweg.kit.notices import Letter, Sender, render
from amtsweg.kit.package import Edition, read_package, rehearse

FOLDER = Path(__file__).parents[2] / "services" / "hundesteuer"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_package(FOLDER).editions[-1]


def notice_of(edition: Edition, case: str) -> tuple[str, PdfReader]:
    """The notice of a golden case: its text with single blanks, and the document."""
    (result,) = rehearse(edition, None, case)
    language = next(c.language for t in edition.towns for c in t.cases if c.name == case)
    pdf = render(
        edition.notices[result.notice],
        result.facts,
        language=language,
        texts=edition.texts[language],
        title="",
        author=result.facts["authority"]["name"],
        timestamp=datetime(2025, 12, 1, tzinfo=UTC),
        letter=Letter(Sender(result.facts["authority"]["name"]), "HST-1", date(2025, 12, 1)),
    )
    reader = PdfReader(io.BytesIO(pdf))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return text, reader


def test_an_assessment_says_amounts_due_dates_account_and_remedy(edition: Edition) -> None:
    text, reader = notice_of(edition, "weinboehla-drei-hunde")
    assert reader.metadata is not None
    assert reader.metadata.title == "Bescheid über Hundesteuer"
    for said in (
        "Guten Tag Falk Hübner,",
        "zahlen Sie 63,00 €, danach jedes Jahr 126,00 €",
        "von der Steuer befreit",
        "2. Hund: 84,00 € im Jahr",
        "84,00 € × 6 von 12 Monaten",
        "jedes Jahr am 1. Juli fällig",
        "vom Konto … 0402",
        "innerhalb eines Monats nach Bekanntgabe Widerspruch",
        "bei der Gemeinde Weinböhla, Rathausplatz 2, 01689 Weinböhla",
        "§ 80 Absatz 2 Satz 1 Nummer 1",
    ):
        assert said in text, said
    assert "DE02100500000054540402" not in text


def test_several_due_dates_and_a_transfer_are_explained(edition: Edition) -> None:
    text, _ = notice_of(edition, "coswig-erster-hund")
    assert "in gleichen Teilen fällig am 15. Februar, 15. Mai, 15. August, 15. November" in text
    assert "Große Kreisstadt Coswig, IBAN DE02120300000000202051" in text


def test_an_exemption_asks_for_no_money(edition: Edition) -> None:
    text, _ = notice_of(edition, "dresden-blindenhund")
    assert "Sie müssen nichts zahlen." in text
    assert "befreit ab 1. Mai 2025" in text
    assert "Widerspruch erheben" in text
    for absent in ("€", "IBAN", "§ 80"):
        assert absent not in text


def test_a_refused_relief_gives_the_reason_and_the_full_tax(edition: Edition) -> None:
    text, _ = notice_of(edition, "weinboehla-ablehnung-mit-vier-augen")
    assert "Sie haben nicht nachgewiesen, dass Sie beruflich eine Herde halten." in text
    assert "Befreiung: Herdengebrauchshund" in text
    assert "zahlen Sie 14,00 €, danach jedes Jahr 42,00 €" in text
    assert "§ 80 Absatz 2" in text


def test_a_refused_registration_gives_the_reason_and_no_tax(edition: Edition) -> None:
    text, reader = notice_of(edition, "coswig-nicht-steuerpflichtig")
    assert reader.metadata is not None
    assert reader.metadata.title == "Ablehnung Ihrer Anmeldung zur Hundesteuer"
    assert "Der Hund wird im Haushalt in Niederau gehalten." in text
    assert "€" not in text


def test_an_english_notice_speaks_english_and_carries_its_facts(edition: Edition) -> None:
    text, reader = notice_of(edition, "radebeul-english")
    assert reader.root_object["/Lang"].startswith("en")
    assert "Dear Zoë Łucja Müller-O’Connor," in text
    assert "you pay €20.00, then €120.00 every year" in text
    assert "within one month after it was notified to you" in text
    (facts,) = reader.attachments["facts.json"]
    assert json.loads(facts)["results"]["outcome"]["first_year_cents"] == 2000


@pytest.mark.parametrize(
    ("case", "old", "new"),
    [
        ("radebeul-erster-hund", "am dritten Tag nach der Aufgabe zur Post", "am vierten Tag"),
        ("dresden-blindenhund", "am dritten Tag nach der Aufgabe zur Post", "am vierten Tag"),
        ("radebeul-english", "on the third day after posting", "on the fourth day after posting"),
    ],
)
def test_the_third_day_became_the_fourth_with_the_new_edition(
    case: str, old: str, new: str
) -> None:
    of_2024, of_2025 = (notice_of(one, case)[0] for one in read_package(FOLDER).editions)
    assert old in of_2024
    assert "31 December 2024" in of_2024 or "31. Dezember 2024 zur Post geben" in of_2024
    assert new in of_2025
    assert old not in of_2025
