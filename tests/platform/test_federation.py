"""Areas from the shipped facts and the official register; authorities; the demo."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from amtsweg.embedded.idp.people import people
from amtsweg.platform import demo
from amtsweg.platform.federation import actions, queries, register, wall
from amtsweg.platform.federation.commands import app
from amtsweg.platform.federation.models import Area, AreaKind, AreaPostcode, Authority, Member
from amtsweg.platform.identity.models import Account
from amtsweg.platform.identity.provider import subject_of

pytestmark = pytest.mark.django_db

OFFICIAL = Path(__file__).parents[3] / "shared" / "data" / "regional"
GV100AD = OFFICIAL / "GV100AD_301123.txt"


@pytest.fixture(autouse=True)
def worker(acting_as):
    with acting_as("worker"):
        yield


def line(
    kind: str, key: str, name: str, code: str = "", people=0, postcode="", day="20231130"
) -> str:
    """One record of a GV100AD file."""
    text = f"{kind}{day}{key}".ljust(22) + name.ljust(50)
    text = text.ljust(122) + code.ljust(6) + f"{0:011d}{people:011d}{0:011d}".ljust(37) + postcode
    return text.ljust(220)


SMALL = [
    line("10", "99", "Musterland"),
    line("20", "991", "früher: Bezirk"),
    line("40", "99111", "Großstadt, Stadt", "41"),
    line("40", "99121", "Landkreis Nord", "44"),
    line("50", "99111   0000", "Großstadt, Stadt", "50"),
    line("50", "99121   0010", "Alleindorf", "50"),
    line("50", "99121   5101", "Verband Süd", "54"),
    line("60", "991110000000", "Großstadt, Stadt", "61", 500_000, "99001"),
    line("60", "991210100010", "Alleindorf", "64", 1_000, "99002"),
    line("60", "991210205101", "Bad Ort, Kurort, Stadt", "63", 2_000, "99003"),
    line("60", "991210305101", "Wald", "66", 0, ""),
]


@pytest.fixture
def file(tmp_path):
    def write(lines) -> Path:
        path = tmp_path / "register.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def test_saxony_has_418_municipalities_and_its_people():
    municipalities = Area.objects.filter(state=demo.SAXONY, kind=AreaKind.MUNICIPALITY)
    assert municipalities.count() == 418
    assert sum(municipalities.values_list("population", flat=True)) == 4_086_152
    assert municipalities.filter(population__lt=10_000).count() == 351
    assert Area.objects.get(ars=demo.SAXONY).population == 4_086_152


def test_pirna_has_its_keys_association_district_and_postcode():
    pirna = Area.objects.get(ars="146285229270")
    assert (pirna.ags, pirna.name, pirna.designation) == ("14628270", "Pirna", "Stadt")
    assert (pirna.association, pirna.district) == ("146285229000", "146280000000")
    assert list(pirna.postcodes.values_list("postcode", flat=True)) == ["01796"]


def test_every_municipality_has_a_postcode_and_a_district():
    municipalities = Area.objects.filter(state=demo.SAXONY, kind=AreaKind.MUNICIPALITY)
    assert not municipalities.filter(postcodes=None).exists()
    districts = set(municipalities.values_list("district", flat=True))
    assert districts <= set(Area.objects.values_list("ars", flat=True))
    assert len(districts) == 13


def test_loading_saxony_again_changes_nothing():
    report = actions.load_saxony()
    assert (report.new, report.changed, report.gone) == ([], [], [])
    assert report.unchanged == 500


def test_a_register_is_read_by_its_columns(file):
    areas = {area.ars: area for area in register.read_gv100ad(file(SMALL))}
    assert set(areas) == {
        "000000000000",
        "990000000000",
        "991110000000",
        "991210000000",
        "991215101000",
        "991210010010",
        "991215101020",
        "991215101030",
    }
    city, town = areas["991110000000"], areas["991215101020"]
    assert (city.kind, city.district, city.association) == (AreaKind.MUNICIPALITY, city.ars, "")
    assert (town.name, town.designation) == ("Bad Ort", "Kurort, Stadt")
    assert (town.ags, town.association, town.seat_postcode) == ("99121020", "991215101000", "99003")
    assert areas["991215101030"].kind == AreaKind.UNINCORPORATED
    assert areas["990000000000"].population == 503_000
    assert areas["991215101000"].population == 2_000


def test_the_report_says_what_is_new_changed_and_gone(file):
    first = actions.load_register(file(SMALL))
    assert len(first.new) == 7
    assert first.rows == 4
    later = [text.replace("20231130", "20241231") for text in SMALL if "Alleindorf" not in text]
    later = [text.replace("00000002000", "00000002100") for text in later]
    report = actions.load_register(file(later))
    assert report.new == []
    assert report.gone == ["991210010010"]
    facts = {change.ars: change.facts for change in report.changed}
    assert facts["991215101020"] == {"population": (2_000, 2_100)}
    assert Area.objects.get(ars="991210010010").gone
    again = actions.load_register(file(later))
    assert (again.new, again.changed, again.gone) == ([], [], [])


def test_an_older_register_does_not_undo_a_newer_one(file):
    actions.load_register(file([text.replace("20231130", "20241231") for text in SMALL]))
    older = [text.replace("00000002000", "00000001900") for text in SMALL]
    report = actions.load_register(file(older))
    assert (report.changed, report.gone) == ([], [])
    assert report.newer_known == 8
    assert Area.objects.get(ars="991215101020").population == 2_000


def test_a_register_of_one_state_leaves_the_others_alone(file):
    actions.load_register(file(SMALL))
    assert not Area.objects.filter(state=demo.SAXONY, gone=True).exists()


def test_an_area_that_comes_back_is_no_longer_gone(file):
    actions.load_register(file(SMALL))
    actions.load_register(file([text for text in SMALL if "Alleindorf" not in text]))
    report = actions.load_register(file(SMALL))
    assert [change.facts for change in report.changed if change.ars == "991210010010"] == [
        {"gone": (True, False)}
    ]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["something else"],
        [SMALL[0]],
        [SMALL[7].replace("99111", "99x11")],
        [SMALL[7][:140]],
        [SMALL[7].replace("20231130", "20231390")],
    ],
)
def test_what_is_no_register_is_refused_and_changes_nothing(file, lines):
    before = Area.objects.count()
    with pytest.raises(register.RegisterError):
        actions.load_register(file(lines))
    assert Area.objects.count() == before


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "register.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(register.RegisterError, match="UTF-8"):
        actions.load_register(path)


@pytest.mark.skipif(not GV100AD.exists(), reason="the official register is not here")
def test_all_of_germany_is_loaded_in_seconds():
    began = time.perf_counter()
    report = actions.load_register(GV100AD)
    assert time.perf_counter() - began < 5
    assert report.rows == 10_981
    assert report.changed == []
    again = actions.load_register(GV100AD)
    assert (again.new, again.changed, again.gone) == ([], [], [])


@pytest.mark.skipif(not GV100AD.exists(), reason="the official register is not here")
def test_germany_is_read_as_others_read_it():
    with (OFFICIAL / "municipalities_de_2023-11-30.csv").open(encoding="utf-8", newline="") as rows:
        expected = {row["ars"]: row for row in csv.DictReader(rows)}
    areas = {area.ars: area for area in register.read_gv100ad(GV100AD) if area.ags}
    assert set(areas) == set(expected)
    for ars, row in expected.items():
        area = areas[ars]
        full = f"{area.name}, {area.designation}" if area.designation else area.name
        assert (area.ags, full, area.population, area.seat_postcode) == (
            row["ags"],
            row["name"],
            int(row["population"]),
            row["seat_postcode"],
        )


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("01468", "Moritzburg"),
        ("Dresden", "Dresden"),
        ("dresd", "Dresden"),
        ("01445 Radebeul", "Radebeul"),
        ("  weinböhla ", "Weinböhla"),
        ("Zschaitz", "Jahnatal"),
    ],
)
def test_a_place_is_found_by_postcode_or_name(text, first, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.municipalities_at(text)
    assert found[0].name == first


def test_a_postcode_of_several_towns_gives_them_all():
    shared = "09573"
    names = {area.name for area in queries.municipalities_at(shared)}
    assert len(names) > 1
    assert names == set(
        AreaPostcode.objects.filter(postcode=shared).values_list("area__name", flat=True)
    )


@pytest.mark.parametrize("text", ["", "   ", "99999", "%", "'; DROP TABLE", "x" * 10_000, "\u202e"])
def test_what_is_no_place_finds_nothing(text):
    assert queries.municipalities_at(text) == []


def test_an_area_is_found_by_both_keys():
    assert queries.area("146120000000") == queries.area("14612000")
    assert queries.area("1") is None


def test_authorities_of_the_areas_around_are_found(town):
    names = {authority.name for authority in queries.authorities_for(town("Dresden").area)}
    assert names == {"Landeshauptstadt Dresden", "Freistaat Sachsen"}


def test_an_authority_is_set_up_once(town):
    area = town("Pirna").area
    first = actions.create_authority(area, "Bürgeramt Pirna", email="amt@pirna.example")
    assert actions.create_authority(area, "Bürgeramt Pirna") == first
    assert (first.kind, first.email) == ("municipality", "amt@pirna.example")


def test_the_demo_can_be_seeded_again(acting_as):
    demo.seed_authorities()
    before = Authority.objects.count()
    assert before == 419
    for _ in range(2):
        demo.seed_people()
        demo.seed_authorities()
    assert Authority.objects.count() == before
    clerk = people()["clerk.coswig"]
    subject = subject_of(clerk.sub)
    with wall.scope(code=subject):
        account = Account.objects.get(subject=subject)
    authority = Authority.objects.get(area_id=demo.TOWNS["coswig"])
    with wall.scope(authority=authority.id):
        member = Member.objects.get(account_id=account.id)
        assert member.name == f"{clerk.given_name} {clerk.family_name}"
        assert Member.objects.count() == 3


def test_a_demo_contact_is_nobodys(town):
    dresden = town("Dresden")
    assert dresden.demo
    assert dresden.email.endswith(".example")
    assert dresden.name == "Landeshauptstadt Dresden"
    assert town("Moritzburg").name == "Gemeinde Moritzburg"


def test_the_command_reports_in_json(file, transactional_db):
    result = CliRunner().invoke(app, ["load", str(file(SMALL)), "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["rows"], len(report["new"])) == (4, 7)


def test_the_command_refuses_a_missing_file_with_a_sentence(tmp_path):
    result = CliRunner().invoke(app, ["load", str(tmp_path / "no.txt")])
    assert result.exit_code == 1
    assert "no.txt" in result.stderr
