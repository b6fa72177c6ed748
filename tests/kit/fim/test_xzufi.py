"""Service descriptions in XZuFi 2.2.0: what is read, kept, written, refused and shown."""

from __future__ import annotations

import time
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.fim import xzufi
from amtsweg.kit.fim.model import FimError
from amtsweg.kit.fim.xzufi_model import (
    NAMESPACE,
    TEXT_LIST,
    Code,
    Cost,
    CostModule,
    Deadline,
    DeadlineModule,
    Duration,
    FixedCost,
    Frame,
    FreeOfCharge,
    History,
    Identifier,
    KeyDates,
    LanguageVersion,
    Link,
    LocalText,
    Money,
    Node,
    Period,
    ServiceDescription,
    TextKind,
    TextModule,
    VariableCost,
)

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<xzufi:leistung xmlns:xzufi="http://xoev.de/schemata/xzufi/2_2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <xzufi:id schemeAgencyID="L100009" schemeID="leistung">4711</xzufi:id>
  <xzufi:struktur xsi:type="xzufi:LeistungsstrukturObjektMitVerrichtung">
    <xzufi:leistungsobjektID schemeID="99102013">99102013</xzufi:leistungsobjektID>
    <xzufi:verrichtung><xzufi:verrichtungLeiKa listURI="urn:x-verrichtung" listVersionID="1"><code>002</code><name>Anmeldung</name></xzufi:verrichtungLeiKa></xzufi:verrichtung>
  </xzufi:struktur>
  <xzufi:referenzLeiKa listURI="urn:de:fim:leika:leistung" listVersionID="20240101"><code>99102013002000</code></xzufi:referenzLeiKa>
  <xzufi:modulText>
    <xzufi:positionDarstellung>1</xzufi:positionDarstellung>
    <xzufi:leikaTextmodul listURI="urn:de:xzufi:codeliste:leistungstextmodulleika" listVersionID="20240216"><code>02</code></xzufi:leikaTextmodul>
    <xzufi:inhalt languageCode="de">Hundesteuer Anmeldung</xzufi:inhalt>
  </xzufi:modulText>
  <xzufi:modulText>
    <xzufi:leikaTextmodul><code>03</code></xzufi:leikaTextmodul>
    <xzufi:inhalt languageCode="de">Hund anmelden &amp;amp; Steuer zahlen</xzufi:inhalt>
    <xzufi:inhalt languageCode="en">Register a dog</xzufi:inhalt>
  </xzufi:modulText>
  <xzufi:modulText>
    <xzufi:leikaTextmodul><code>05</code></xzufi:leikaTextmodul>
    <xzufi:inhalt languageCode="de">&lt;p&gt;Wer einen Hund hält,&lt;br/&gt;meldet ihn an.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</xzufi:inhalt>
    <xzufi:weiterfuehrenderLink languageCode="de">
      <xzufi:uri>https://example.org/hundesteuer</xzufi:uri>
      <xzufi:titel>Satzung</xzufi:titel>
    </xzufi:weiterfuehrenderLink>
  </xzufi:modulText>
  <xzufi:modulText>
    <xzufi:leikaTextmodul><code>08</code></xzufi:leikaTextmodul>
    <xzufi:inhalt languageCode="de"><![CDATA[<p>Bitte bereithalten:</p><ul><li>Heimtierausweis</li><li>Nachweis der Ermäßigung</li></ul>]]></xzufi:inhalt>
  </xzufi:modulText>
  <xzufi:modulFrist>
    <xzufi:frist>
      <xzufi:typ><xzufi:code listURI="urn:x-fristtyp" listVersionID="1"><code>001</code></xzufi:code></xzufi:typ>
      <xzufi:fristauswahl><xzufi:dauer>
        <xzufi:dauer>2</xzufi:dauer><xzufi:einheit><code>WOCHE</code></xzufi:einheit>
      </xzufi:dauer></xzufi:fristauswahl>
      <xzufi:beschreibung languageCode="de">&lt;p&gt;nach der Aufnahme des Hundes&lt;/p&gt;</xzufi:beschreibung>
    </xzufi:frist>
  </xzufi:modulFrist>
  <xzufi:modulKosten>
    <xzufi:kosten>
      <xzufi:typ><xzufi:nichtGelisteterWert>Steuer</xzufi:nichtGelisteterWert></xzufi:typ>
      <xzufi:kostenauswahl><xzufi:variabel>
        <xzufi:betragUntergrenze currencyCode="EUR">42.00</xzufi:betragUntergrenze>
        <xzufi:betragObergrenze currencyCode="EUR">1108.50</xzufi:betragObergrenze>
      </xzufi:variabel></xzufi:kostenauswahl>
      <xzufi:vorkasse>false</xzufi:vorkasse>
    </xzufi:kosten>
    <xzufi:kosten>
      <xzufi:kostenauswahl><xzufi:frei>
        <xzufi:beschreibungKostenfreiheit languageCode="de">Assistenzhunde</xzufi:beschreibungKostenfreiheit>
      </xzufi:frei></xzufi:kostenauswahl>
    </xzufi:kosten>
    <xzufi:beschreibung languageCode="de">Die Gemeinde setzt die Steuer fest.</xzufi:beschreibung>
  </xzufi:modulKosten>
  <xzufi:modulBearbeitungsdauer>
    <xzufi:bearbeitungsdauer>
      <xzufi:fristauswahl><xzufi:dauer>
        <xzufi:dauer>1</xzufi:dauer><xzufi:einheit><code>TAG</code></xzufi:einheit>
        <xzufi:dauerBis>1</xzufi:dauerBis><xzufi:einheitBis><code>MONAT</code></xzufi:einheitBis>
      </xzufi:dauer></xzufi:fristauswahl>
    </xzufi:bearbeitungsdauer>
  </xzufi:modulBearbeitungsdauer>
  <xzufi:modulFachlicheFreigabe>
    <xzufi:fachlichFreigegebenAm>2025-01-15</xzufi:fachlichFreigegebenAm>
    <xzufi:fachlichFreigegebenDurch languageCode="de">Ministerium</xzufi:fachlichFreigegebenDurch>
  </xzufi:modulFachlicheFreigabe>
  <xzufi:modulDokument>
    <xzufi:dokumentEingehend>
      <xzufi:typ><xzufi:code><code>003</code></xzufi:code></xzufi:typ>
      <xzufi:bezeichnung languageCode="en">Pet passport</xzufi:bezeichnung>
    </xzufi:dokumentEingehend>
  </xzufi:modulDokument>
  <xzufi:typisierung><code>5</code></xzufi:typisierung>
  <xzufi:vertrauensniveau><code>20</code></xzufi:vertrauensniveau>
  <xzufi:kategorie xsi:type="xzufi:Leistungskategorie">
    <xzufi:id schemeAgencyID="L100009">steuern</xzufi:id>
  </xzufi:kategorie>
  <xzufi:gueltigkeitGebietID schemeID="urn:de:bund:destatis:ars">146285229270</xzufi:gueltigkeitGebietID>
  <xzufi:versionsinformation>
    <xzufi:geaendertDatumZeit>2025-01-20T08:15:00+01:00</xzufi:geaendertDatumZeit>
    <xzufi:version>3</xzufi:version>
  </xzufi:versionsinformation>
  <xzufi:sprachversion><xzufi:languageCode>de</xzufi:languageCode></xzufi:sprachversion>
  <xzufi:gueltigkeit><xzufi:beginn>2025-01-01T00:00:00</xzufi:beginn></xzufi:gueltigkeit>
</xzufi:leistung>
"""


def described() -> ServiceDescription:
    return xzufi.read(DOCUMENT.encode())


def findings(document: str | bytes) -> list[tuple[str, int | None]]:
    data = document.encode() if isinstance(document, str) else document
    with pytest.raises(FimError) as caught:
        xzufi.read(data, file="leistung.xml")
    assert all(f.file == "leistung.xml" and f.message and f.remedy for f in caught.value.findings)
    return [(finding.code, finding.line) for finding in caught.value.findings]


# Reading


def test_a_description_says_what_the_service_is() -> None:
    service = described()
    assert service.id == Identifier("4711", agency="L100009", scheme="leistung")
    assert [key.code for key in service.leika_keys] == ["99102013002000"]
    assert service.structure is not None
    assert service.structure.kind == "LeistungsstrukturObjektMitVerrichtung"
    assert service.structure.operation == Code("002", "urn:x-verrichtung", "1", "Anmeldung")
    assert (service.trust_level, service.types) == (Code("20"), (Code("5"),))
    assert service.areas[0].value == "146285229270"
    assert service.history == History(changed_at="2025-01-20T08:15:00+01:00", version="3")
    assert service.languages == (LanguageVersion("de"),)
    assert service.validity == (Period("2025-01-01T00:00:00"),)


def test_texts_stand_by_module_and_language() -> None:
    name, for_people, short, _ = described().texts
    assert name.code == Code("02", *TEXT_LIST)
    assert name.frame.position == 1
    assert for_people.kind is TextKind.NAME_FOR_PEOPLE
    assert [text.language for text in for_people.content] == ["de", "en"]
    assert short.frame.links == (Link("https://example.org/hundesteuer", "Satzung", language="de"),)


def test_costs_are_fixed_variable_or_free() -> None:
    costs = described().costs
    assert costs is not None
    tax, free = costs.costs
    assert tax.price == VariableCost(Money(Decimal("42.00")), Money(Decimal("1108.50")))
    assert tax.kind == Code("", unlisted="Steuer")
    assert tax.prepaid is False
    assert free.price == FreeOfCharge((LocalText("de", "Assistenzhunde"),))


def test_deadlines_are_durations_or_key_dates() -> None:
    service = described()
    assert service.deadlines is not None
    assert service.processing_time is not None
    deadline = service.deadlines.deadlines[0]
    assert deadline.span == Duration(2, Code("WOCHE"))
    assert deadline.kind == Code("001", "urn:x-fristtyp", "1")
    time = service.processing_time.deadlines[0]
    assert time.span == Duration(1, Code("TAG"), 1, Code("MONAT"))
    assert time.kind is None


@pytest.mark.parametrize(
    ("choice", "price"),
    [
        ('<xzufi:fix><xzufi:betrag currencyCode="EUR">15</xzufi:betrag></xzufi:fix>', FixedCost(Money(Decimal(15)))),
        ('<xzufi:kostenFix><xzufi:betrag currencyCode="CHF">0.5</xzufi:betrag></xzufi:kostenFix>', FixedCost(Money(Decimal("0.5"), "CHF"))),
        ('<xzufi:betrag currencyCode="EUR">15</xzufi:betrag>', FixedCost(Money(Decimal(15)))),
        ("<xzufi:frei/>", FreeOfCharge()),
        ("<xzufi:variabel/>", VariableCost()),
        ('<xzufi:variabel><xzufi:betragUntergrenze currencyCode="EUR">5</xzufi:betragUntergrenze></xzufi:variabel>', VariableCost(Money(Decimal(5)))),
    ],
)  # fmt: skip
def test_a_price_is_known_by_its_name_or_its_amounts(choice: str, price: object) -> None:
    start = DOCUMENT.index("<xzufi:frei>")
    end = DOCUMENT.index("</xzufi:frei>") + len("</xzufi:frei>")
    service = xzufi.read((DOCUMENT[:start] + choice + DOCUMENT[end:]).encode())
    assert service.costs is not None
    assert service.costs.costs[1].price == price
    assert xzufi.read(xzufi.write(service)) == service


def test_a_price_is_known_by_its_type() -> None:
    document = DOCUMENT.replace(
        "<xzufi:kostenauswahl><xzufi:frei>", '<xzufi:kostenauswahl xsi:type="xzufi:KostenFrei">'
    ).replace("</xzufi:frei>", "")
    assert xzufi.read(document.encode()) == described()


def test_key_dates_are_read() -> None:
    start = DOCUMENT.index("<xzufi:dauer>\n")
    end = DOCUMENT.index("</xzufi:dauer></xzufi:fristauswahl>") + len("</xzufi:dauer>")
    dates = "<xzufi:stichtag><xzufi:bis>--07-01</xzufi:bis></xzufi:stichtag>"
    service = xzufi.read((DOCUMENT[:start] + dates + DOCUMENT[end:]).encode())
    assert service.deadlines is not None
    assert service.deadlines.deadlines[0].span == KeyDates(end="--07-01")
    assert xzufi.read(xzufi.write(service)) == service
    assert "bis 1. Juli" in str(xzufi.page_texts(service)["de"]["when"])


def test_a_transfer_message_is_read_service_by_service() -> None:
    leistung = DOCUMENT.partition("?>")[2]
    message = (
        f'<xzufi:transfer xmlns:xzufi="{NAMESPACE}" xzufiVersion="2.2.0"><xzufi:nachrichtenkopf/>'
        f"<xzufi:schreibe>{leistung}</xzufi:schreibe><xzufi:schreibe>{leistung}</xzufi:schreibe>"
        "</xzufi:transfer>"
    )
    assert xzufi.read_all(message.encode()) == (described(), described())
    assert [code for code, _ in findings(message)] == ["xzufi.many"]


# Round trip


def test_what_is_written_reads_the_same() -> None:
    service = described()
    written = xzufi.write(service)
    assert xzufi.read(written) == service
    assert xzufi.write(xzufi.read(written)) == written


def test_prefixes_do_not_matter() -> None:
    other = DOCUMENT.replace("xmlns:xzufi", "xmlns:z").replace("xzufi:", "z:")
    other = other.replace("urn:de:z:", "urn:de:xzufi:")
    assert xzufi.read(other.encode()) == described()


def test_elements_stand_in_the_order_of_the_standard() -> None:
    written = xzufi.write(described()).decode()
    order = ["id", "modulText", "modulFrist", "modulKosten", "modulFachlicheFreigabe"]
    order += [
        "modulDokument",
        "vertrauensniveau",
        "kategorie",
        "gueltigkeitGebietID",
        "sprachversion",
    ]
    places = [written.index(f"<xzufi:{name}") for name in order]
    assert places == sorted(places)


def test_what_the_model_does_not_type_is_kept() -> None:
    foreign = (
        '<a:zusatz xmlns:a="urn:x" a:art="1" xsi:type="a:Art"><a:wert>  2 </a:wert>Rest</a:zusatz>'
        "<xzufi:kennzeichenEA>true</xzufi:kennzeichenEA>"
    )
    document = DOCUMENT.replace("</xzufi:leistung>", foreign + "</xzufi:leistung>").replace(
        "<xzufi:vorkasse>", "<xzufi:neu>ja</xzufi:neu><xzufi:vorkasse>"
    )
    service = xzufi.read(document.encode())
    kept = {node.name.partition("}")[2]: node for node in service.other}
    assert list(kept) == ["modulFachlicheFreigabe", "kategorie", "kennzeichenEA", "zusatz"]
    assert ("{http://www.w3.org/2001/XMLSchema-instance}type", "{urn:x}Art") in kept[
        "zusatz"
    ].attributes
    assert kept["zusatz"].children == (Node("{urn:x}wert", text="2", tail="Rest"),)
    assert service.costs is not None
    assert [node.text for node in service.costs.costs[0].other] == ["ja"]
    assert xzufi.read(xzufi.write(service)) == service


words = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
    ),
    max_size=20,
).map(str.strip)
filled = words.filter(bool)
texts = st.lists(
    st.builds(LocalText, st.sampled_from(["de", "en", "de-AT"]), words), max_size=3
).map(tuple)
codes = st.builds(Code, filled, st.just("urn:x"), words, words) | st.builds(
    Code, st.just(""), unlisted=filled
)
units = st.sampled_from(["TAG", "MONAT"]).map(Code)
spans = st.builds(Duration, st.integers(0, 999), units) | st.builds(KeyDates, words, words)
money = st.builds(Money, st.decimals(0, 10**6, places=2), st.sampled_from(["EUR", "CHF"]))
prices = (
    st.builds(FixedCost, money)
    | st.builds(VariableCost, st.none(), money, texts)
    | st.builds(FreeOfCharge, texts)
)
periods = st.lists(st.builds(Period, st.dates().map(str), st.just(""), texts), max_size=2).map(
    tuple
)
nodes = st.lists(
    st.builds(
        Node, st.sampled_from([f"{{{NAMESPACE}}}neu", "{urn:x}a", "ohne"]), st.just(()), words
    ),
    max_size=3,
).map(tuple)
frames = st.builds(
    Frame,
    st.none() | st.integers(0, 9),
    st.none(),
    st.just(()),
    periods,
    st.lists(st.builds(Link, filled, words), max_size=1).map(tuple),
    nodes,
)
descriptions = st.builds(
    ServiceDescription,
    id=st.builds(Identifier, filled, words, words),
    leika_keys=st.just((Code("99102013002000"),)),
    texts=st.lists(st.builds(TextModule, st.sampled_from(list(TextKind)).map(lambda kind: Code(kind, *TEXT_LIST)), texts, texts, frames), max_size=3).map(tuple),
    deadlines=st.none() | st.builds(DeadlineModule, st.lists(st.builds(Deadline, spans, codes, texts), max_size=2).map(tuple), texts, frames),
    costs=st.none() | st.builds(CostModule, st.lists(st.builds(Cost, prices, codes, texts, st.none() | st.booleans(), words), max_size=2).map(tuple), texts, frames),
    other=nodes,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(descriptions)
def test_any_description_reads_as_it_was_written(service: ServiceDescription) -> None:
    assert xzufi.read(xzufi.write(service)) == service
    xzufi.page_texts(service)


# Broken and hostile documents


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("xzufi/2_2_0", "xzufi/2_1_0", "xzufi.namespace", 2),
        ('<xzufi:id schemeAgencyID="L100009" schemeID="leistung">4711</xzufi:id>', "", "xzufi.missing", 2),
        (">4711<", "><", "xzufi.missing", 3),
        ("xzufi:LeistungsstrukturObjektMitVerrichtung", "xzufi:Sonstwas", "xzufi.structure", 4),
        ("<code>99102013002000</code>", "<code>9910201300200</code>", "xzufi.leika", 8),
        ("<xzufi:positionDarstellung>1<", "<xzufi:positionDarstellung>-1<", "xzufi.number", 10),
        ("<code>02</code>", "<code>99</code>", "xzufi.code", 11),
        ("<code>02</code>", "", "xzufi.missing", 11),
        (' languageCode="de">Hundesteuer A', ">Hundesteuer A", "xzufi.language", 12),
        ("Hundesteuer Anmeldung", "<b>Hundesteuer</b>", "xzufi.markup", 12),
        ("<xzufi:uri>https://example.org/hundesteuer</xzufi:uri>", "", "xzufi.missing", 22),
        ("<code>WOCHE</code>", "<code>DEKADE</code>", "xzufi.code", 35),
        ("<xzufi:dauer>2</xzufi:dauer>", "", "xzufi.missing", 34),
        ("<xzufi:dauer>2<", "<xzufi:dauer>zwei<", "xzufi.number", 35),
        ("42.00", "42,00", "xzufi.amount", 44),
        ("42.00", "1e9", "xzufi.amount", 44),
        ("42.00", "4200.00", "xzufi.amount", 43),
        ('currencyCode="EUR">42', ">42", "xzufi.currency", 44),
        ("<xzufi:frei>", "<xzufi:geschenkt>", "xzufi.cost", 50),
        ("<xzufi:vorkasse>false", "<xzufi:vorkasse>nein", "xzufi.flag", 47),
        ("<xzufi:titel>", "<xzufi:bild/><xzufi:titel>", "xzufi.unexpected", 24),
        ("</xzufi:variabel>", "<xzufi:neu/></xzufi:variabel>", "xzufi.unexpected", 46),
        ("<code>20</code>", "<code>25</code>", "xzufi.code", 75),
        ("2025-01-20T08:15:00+01:00", "20.1.2025", "xzufi.date", 81),
        ("2025-01-20T08:15:00+01:00", "2025-02-30T08:15:00", "xzufi.date", 81),
        ("</xzufi:beginn>", "</xzufi:beginn><xzufi:ende>2024-01-01</xzufi:ende>", "xzufi.period", 85),
        ("<xzufi:version>", "<xzufi:version>2</xzufi:version><xzufi:version>", "xzufi.duplicate", 82),
    ],
)  # fmt: skip
def test_each_mistake_is_a_finding_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in DOCUMENT
    broken = DOCUMENT.replace(old, new, 1)
    if old == "<xzufi:frei>":
        broken = broken.replace("</xzufi:frei>", "</xzufi:geschenkt>").replace(
            "beschreibungKostenfreiheit", "grund"
        )
    assert (code, line) in findings(broken)


def test_all_mistakes_are_found_at_once() -> None:
    broken = DOCUMENT.replace("<code>20</code>", "<code>25</code>").replace("42.00", "viel")
    assert [code for code, _ in findings(broken)] == ["xzufi.amount", "xzufi.code"]


def test_another_message_is_no_service() -> None:
    document = f'<z:organisationseinheit xmlns:z="{NAMESPACE}"/>'
    assert findings(document) == [("xzufi.message", 1)]


@pytest.mark.parametrize(
    "prologue",
    ['<!DOCTYPE a [<!ENTITY x "y">]>', '<!DOCTYPE a SYSTEM "file:///etc/passwd">'],
)
def test_document_types_and_entities_are_refused(prologue: str) -> None:
    document = DOCUMENT.replace("?>\n", "?>\n" + prologue + "\n", 1)
    assert [code for code, _ in findings(document)] == ["xml.doctype"]


def test_deep_and_broken_xml_are_findings() -> None:
    deep = DOCUMENT.replace("Ministerium", "<a>" * 220 + "</a>" * 220)
    assert findings(deep)[0][0] in ("xml.depth", "xml.syntax")
    assert findings("<a>")[0][0] == "xml.syntax"
    assert findings(b"")[0][0] == "xml.syntax"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DOCUMENT)), st.integers(0, 40), st.text('<>/&"=:axzufi0-', max_size=12))
def test_a_damaged_document_is_read_or_refused_with_findings(at: int, cut: int, put: str) -> None:
    damaged = DOCUMENT[:at] + put + DOCUMENT[at + cut :]
    try:
        service = xzufi.read(damaged.encode())
    except FimError:
        assert findings(damaged)
    else:
        assert xzufi.read(xzufi.write(service)) == service
        xzufi.page_texts(service)


def test_a_hundred_thousand_texts_are_read_in_seconds() -> None:
    text = '<xzufi:inhalt languageCode="de">x</xzufi:inhalt>'
    document = DOCUMENT.replace("</xzufi:modulText>", text * 100_000 + "</xzufi:modulText>", 1)
    started = time.perf_counter()
    service = xzufi.read(document.encode())
    assert len(service.texts[0].content) == 100_001
    assert time.perf_counter() - started < 10


# The texts of a page


def test_a_page_says_what_the_description_says() -> None:
    page = xzufi.page_texts(described())["de"]
    assert page == {
        "name": "Hund anmelden & Steuer zahlen",
        "summary": "Wer einen Hund hält,\n\nmeldet ihn an.",
        "documents": ["Heimtierausweis", "Nachweis der Ermäßigung"],
        "when": "2 Wochen: nach der Aufnahme des Hundes",
        "time": "1 Tag bis 1 Monat",
        "cost": "- 42,00 Euro bis 1.108,50 Euro\n- kostenlos: Assistenzhunde\n\nDie Gemeinde setzt die Steuer fest.",
    }


def test_each_language_speaks_for_itself() -> None:
    assert xzufi.page_texts(described())["en"] == {
        "name": "Register a dog",
        "documents": ["Pet passport"],
        "when": "2 weeks",
        "time": "1 day to 1 month",
        "cost": "- 42.00 euros to 1,108.50 euros\n- free of charge",
    }


def test_the_language_of_a_country_speaks_where_the_language_is_silent() -> None:
    def named(*content: LocalText) -> dict[str, xzufi.PageTexts]:
        module = TextModule(Code("02"), content)
        return xzufi.page_texts(ServiceDescription(Identifier("1"), texts=(module,)))

    austrian, german = LocalText("de-AT", "Hund melden"), LocalText("de", "Hund anmelden")
    assert named(austrian) == {"de": {"name": "Hund melden"}}
    assert named(austrian, german) == {"de": {"name": "Hund anmelden"}}


def test_plain_language_is_a_language_of_its_own() -> None:
    content = (LocalText("de", "Hund anmelden"), LocalText("de-x-leicht", "Ihr Hund"))
    service = ServiceDescription(Identifier("1"), texts=(TextModule(Code("02"), content),))
    assert set(xzufi.page_texts(service)) == {"de", "de-x-leicht"}


def test_a_language_without_words_here_shows_the_editors_own() -> None:
    costs = CostModule((Cost(FreeOfCharge()),), (LocalText("pl", "Bezpłatnie"),))
    service = ServiceDescription(Identifier("1"), costs=costs)
    assert xzufi.page_texts(service) == {"pl": {"cost": "Bezpłatnie"}}


TEXTS: dict[str, xzufi.PageTexts] = {
    "de": {
        "name": "Hund zur Hundesteuer anmelden",
        "summary": "Wer einen Hund hält, meldet ihn an.",
        "who": "Alle, die einen Hund halten & im Ort wohnen.",
        "when": "Innerhalb von zwei Wochen.",
        "documents": ["Heimtierausweis", "Nachweis <bei Ermäßigung>"],
        "cost": "Die Anmeldung kostet nichts.",
        "time": "In der Regel 30 Tage.",
        "legal_basis": "§§ 2, 7 SächsKAG\n\n§ 4 SächsGemO",
        "remedy": "Widerspruch innerhalb eines Monats.",
    },
    "en": {"name": "Register a dog", "documents": ["Pet passport"]},
}


def test_a_description_made_from_a_page_says_the_same() -> None:
    service = xzufi.description_of(TEXTS, id=Identifier("1", "L1"), leika_keys=["99102013002000"])
    assert xzufi.page_texts(service) == TEXTS
    assert xzufi.read(xzufi.write(service)) == service
    assert service.leika_keys == (Code("99102013002000", "urn:de:fim:leika:leistung"),)
    assert [version.language for version in service.languages] == ["de", "en"]


def test_the_shipped_dog_tax_goes_out_and_comes_back() -> None:
    editions = Path(__file__).parents[3] / "services" / "hundesteuer"
    files = {f.stem: f for f in sorted(editions.glob("*/texts/*.toml"))}
    shipped = {lang: tomllib.loads(file.read_text())["service"] for lang, file in files.items()}
    assert set(shipped) >= {"de", "en"}
    service = xzufi.description_of(shipped, id=Identifier("hundesteuer"))
    assert xzufi.page_texts(xzufi.read(xzufi.write(service))) == shipped


def test_an_edited_description_keeps_what_was_not_edited() -> None:
    service = replace(described(), trust_level=Code("40"))
    again = xzufi.read(xzufi.write(service))
    assert again.trust_level == Code("40")
    assert again.other == described().other
