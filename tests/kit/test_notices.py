from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest
from lxml import etree

from amtsweg.kit import notices
from amtsweg.kit.notices import Letter, NoticeError, Sender, Verification, render

TEMPLATE = """#import "/letter.typ": letter, facts, euro, date, say, facts-table, remedy
#show: letter.with(title: say("title"), recipient: facts.recipient)
#say("opening", name: facts.name)
== Festsetzung
#facts-table((("Hund", facts.dog), ("Betrag", euro(facts.fee_cents)), ("Ab", date(facts.since))))
#remedy[#say("remedy.text")]
"""
FACTS: dict[str, Any] = {
    "recipient": ["Änne Muster", "Am Ring 1", "01445 Radebeul"],
    "name": "Änne Muster",
    "dog": "Rex",
    "fee_cents": 123_456_7,
    "since": "2026-02-01",
}
TEXTS = {
    "title": "Hundesteuerbescheid",
    "opening": "Guten Tag {name},",
    "remedy": {"text": "Sie können Widerspruch einlegen."},
}
LETTER = Letter(
    Sender("Stadt Radebeul", "Steueramt", ("Ring 6", "01445 Radebeul"), (("Telefon", "0351 1"),)),
    reference="HS-2026-0001-K",
    date=date(2026, 11, 24),
    clerk="Klara Beispiel",
    verification=Verification("ABCD-EFGH", "https://amt.example/verify/ABCDEFGH/"),
)
WHEN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def make(template: str = TEMPLATE, facts: dict[str, Any] = FACTS, **changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "language": "de",
        "title": "Bescheid",
        "author": "Stadt Radebeul",
        "timestamp": WHEN,
        "texts": TEXTS,
        "letter": LETTER,
    }
    return render(template, facts, **{**arguments, **changes})


def open_pdf(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in open_pdf(pdf).pages).replace("\u00a0", " ")


def xmp(pdf: bytes) -> dict[str, str]:
    catalog: Any = open_pdf(pdf).trailer["/Root"]
    root = etree.fromstring(catalog["/Metadata"].get_object().get_data())
    found = {}
    for element in root.iter():
        if isinstance(element.tag, str) and (element.text or "").strip():
            found[etree.QName(element).localname] = str(element.text)
        for name, value in element.attrib.items():
            name_q = etree.QName(name)
            found[f"{name_q.namespace}{name_q.localname}"] = str(value)
        if isinstance(element.tag, str):
            found[element.tag.replace("{", "").replace("}", "")] = str(element.text or "")
    return found


def test_notice_declares_pdf_a_3a_and_pdf_ua_1() -> None:
    declared = xmp(make())
    assert declared["http://www.aiim.org/pdfa/ns/id/part"] == "3"
    assert declared["http://www.aiim.org/pdfa/ns/id/conformance"] == "A"
    assert declared["http://www.aiim.org/pdfua/ns/id/part"] == "1"


def test_notice_is_tagged_titled_and_has_a_language() -> None:
    reader = open_pdf(make())
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/Lang"] == "de-DE"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in catalog
    assert reader.metadata is not None
    assert reader.metadata.title == "Hundesteuerbescheid"
    assert reader.metadata.author == "Stadt Radebeul"
    assert open_pdf(make(language="en")).trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]


def test_structure_tells_headings_and_table_cells() -> None:
    kinds: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                kinds.append(node["/S"])
            if "/K" in node:
                walk(node["/K"])

    catalog: Any = open_pdf(make()).trailer["/Root"]
    walk(catalog["/StructTreeRoot"])
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 2
    assert kinds.count("/TH") == 2
    assert kinds.count("/TD") == 6


def test_facts_of_the_decision_are_attached_as_data() -> None:
    reader = open_pdf(make())
    catalog: Any = reader.trailer["/Root"]
    (attached,) = (item.get_object() for item in catalog["/AF"])
    assert attached["/AFRelationship"] == "/Data"
    assert attached["/UF"] == "facts.json"
    assert json.loads(attached["/EF"]["/F"].get_object().get_data()) == FACTS
    assert list(reader.attachments) == ["facts.json"]


def test_every_font_is_embedded() -> None:
    for page in open_pdf(make()).pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            (descendant,) = font.get_object()["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_letter_shows_sender_recipient_reference_and_verification() -> None:
    text = text_of(make())
    for shown in (
        "Stadt Radebeul",
        "Steueramt",
        "Änne Muster",
        "HS-2026-0001-K",
        "24. November 2026",
        "12.345,67 €",
        "1. Februar 2026",
        "Rechtsbehelfsbelehrung",
        "ABCD-EFGH",
        "https://amt.example/verify/ABCDEFGH/",
        "Klara Beispiel",
    ):
        assert shown in text
    assert "Entwurf" not in text


def test_letter_speaks_english() -> None:
    text = text_of(make(language="en"))
    assert "€12,345.67" in text
    assert "1 February 2026" in text
    assert "Your right to object" in text


def test_without_verification_it_is_a_draft() -> None:
    assert "Entwurf" in text_of(make(letter=replace(LETTER, verification=None)))
    assert "Entwurf" in text_of(make(letter=None))


def test_same_arguments_give_the_same_bytes() -> None:
    assert make() == make()


def test_one_notice_leaves_nothing_in_the_next() -> None:
    first = make()
    other = text_of(make(facts={**FACTS, "name": "Zoltan", "recipient": ["Zoltan Z."]}))
    assert "Änne" not in other
    assert make() == first


@pytest.mark.parametrize("name", ['"\\"', "#panic()", "$x$ *b* _i_", "\u202eabc", "<a@b>"])
def test_facts_are_text_and_never_markup(name: str) -> None:
    facts = {**FACTS, "name": name}
    attached = open_pdf(make(facts=facts)).attachments["facts.json"][0]
    assert json.loads(attached)["name"] == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë 😀 Ђурђа", "Zoë � Ђурђа"),
        ("王小明", "���"),
        ("Rex \u0378", "Rex �"),  # not a character, though among Greek ones
        ("Đặng Ŷ", "Đặng Ŷ"),
    ],
)
def test_what_no_font_shows_does_not_stop_a_notice(name: str, shown: str) -> None:
    pdf = make(facts={**FACTS, "name": name})
    assert shown in text_of(pdf)
    assert json.loads(open_pdf(pdf).attachments["facts.json"][0])["name"] == name


def test_text_of_the_author_that_no_font_shows_is_told() -> None:
    with pytest.raises(NoticeError, match="could not be displayed"):
        make(TEMPLATE + "😀")


@pytest.mark.parametrize(
    "line",
    [
        '#import "@preview/cetz:0.3.0": canvas',
        '#import("@preview/" + "cetz:0.3.0")',
        '#import "/letter.typ".replace("/letter.typ", "@preview/x:1.0.0"): y',
        '#include "/etc/passwd"',
        '#eval("1 + 1")',
        '#dictionary(std).at("ev" + "al")("1 + 1")',
    ],
)
def test_template_may_import_the_letter_only(line: str) -> None:
    source = TEMPLATE + line + "\n"
    assert notices.check_template(source)[0].startswith("Line 7:")
    with pytest.raises(NoticeError, match=r"^Line 7: a template may"):
        make(source)


@pytest.mark.parametrize("path", ["/../notices.py", "../notices.py", "/etc/passwd", "/notices.py"])
def test_template_reads_no_file_beyond_its_frame(path: str) -> None:
    with pytest.raises(NoticeError, match=r"Line 7: (path .* escape|file not found)"):
        make(f'{TEMPLATE}#read("{path}")\n')


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (TEMPLATE.replace("facts.dog", "facts.cat"), "Line 5: .*cat"),
        (TEMPLATE.replace('say("title")', 'say("nothing")'), 'no text "nothing" in de'),
        (TEMPLATE.replace(", name: facts.name", ""), "no value for {name}"),
        (TEMPLATE.replace("facts.fee_cents", '"12"'), "integer cents"),
        (TEMPLATE + "#(", "Line 7"),
        ('#import "/letter.typ": facts\nNo letter', "PDF/UA-1 error: missing document title"),
        (TEMPLATE + "==== Too deep", "PDF/UA-1 error"),
    ],
)
def test_broken_template_is_told_with_its_line(template: str, reason: str) -> None:
    with pytest.raises(NoticeError, match=reason):
        make(template)


def test_facts_that_are_not_json_are_refused() -> None:
    with pytest.raises(NoticeError, match="not plain JSON"):
        make(facts={**FACTS, "since": date(2026, 2, 1)})
    with pytest.raises(NoticeError, match="not plain JSON"):
        make(facts={**FACTS, "name": "\ud800"})
