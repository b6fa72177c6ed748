"""Any schema as an assistant: filled in by a robot that knows the schema alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema_rs
import pytest
from playwright.sync_api import Browser, expect
from tests.browser.inspection import Inspection
from tests.robot import Robot

from amtsweg.kit.fim import xdf3
from amtsweg.kit.fim.model import Field, FieldKind, Rule, Schema, Use, Value, keyed
from amtsweg.preview.source import read

ROOT = Path(__file__).parents[2]
OWN = ROOT / "services/hundesteuer/2025-01-01/schema.xdf3.xml"
REAL = ROOT / "../shared/data/fim/schemas"
SCHEMAS = {
    "hundesteuer": OWN,
    "S00000094": REAL / "S00000094V1.0_xdf2/S00000094V1.0_xdf2.xml",
    "S00000186": REAL / "S00000186v1.0_xdf2/S00000186v1.0_xdf2.xml",
}


@contextmanager
def previewed(file: Path) -> Iterator[str]:
    """The command at work; gives the address that it prints."""
    command = [sys.executable, "-m", "amtsweg.cli", "form", "preview", str(file), "--port", "0"]
    environment = {**os.environ, "LANG": "de_DE.UTF-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield next(word for word in line.split() if word.startswith("http"))
        finally:
            process.terminate()


@pytest.mark.parametrize("thorough", [False, True], ids=["least", "thorough"])
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_alone_is_filled_in_and_what_comes_out_obeys_its_json_schema(
    browser: Browser, inspect: Inspection, name: str, *, thorough: bool
) -> None:
    file = SCHEMAS[name]
    if not file.exists():
        pytest.skip(f"{file.name} is not at hand: ../shared is absent")
    with previewed(file) as address:
        context = browser.new_context(base_url=address, locale="de-DE", java_script_enabled=True)
        page = context.new_page()
        page.goto("/")
        if thorough:
            inspect(page, f"preview-{name}")
        page.get_by_role("button", name="Assistent öffnen").click()
        seen: set[str] = set()
        for number, url in enumerate(Robot(page, read(file).form, thorough=thorough).fill()):
            if thorough and url not in seen:
                inspect(page, f"preview-{name}-{number:02}")
                seen.add(url)
        if thorough:
            inspect(page, f"preview-{name}-review")
        expect(page.get_by_text("passen zum JSON-Schema")).to_be_visible()
        answers = json.loads(page.request.get("/antworten.json").body())
        schema = json.loads(page.request.get("/schema.json").body())
        context.close()
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(answers)
    assert answers
    if thorough:
        asked = {key for key, part in schema["properties"].items()}
        assert asked == answers.keys()


def test_what_is_wrong_with_a_file_is_told_and_gone_once_it_is_mended(
    browser: Browser, inspect: Inspection, tmp_path: Path
) -> None:
    file = tmp_path / "schema.xml"
    whole = OWN.read_text(encoding="utf-8")
    file.write_text(whole.replace("</xdf:name>", "</xdf:nome>", 1), encoding="utf-8")
    with previewed(file) as address:
        page = browser.new_page(base_url=address, locale="de-DE")
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Das Schema lässt sich nicht lesen"
        )
        expect(page.get_by_role("listitem").filter(has_text="Zeile")).to_be_visible()
        inspect(page, "preview-unreadable")
        file.write_text(whole, encoding="utf-8")
        page.reload()
        expect(page.get_by_role("button", name="Assistent öffnen")).to_be_visible()
        page.close()


def test_proposed_rules_can_be_tried_out_and_taken_along(
    browser: Browser, inspect: Inspection, tmp_path: Path
) -> None:
    file = tmp_path / "schema.xml"
    values = (Value("01", "neu"), Value("02", "geändert"))
    rule = (
        'Wenn das Feld F14000000001 "Art" = 02 "geändert", dann muss das Feld F14000000002 befüllt '
        "sein. Wenn das Feld F14000000001 <> 02, dann darf das Feld F14000000002 nicht befüllt sein."
    )
    schema = Schema(
        id="S14000000001",
        version="1.0.0",
        name="Anzeige",
        rules=(Rule(id="R14000000001", version="1.0.0", name="Grund", free_text=rule),),
        uses=keyed(
            [
                Use(Field(id="F14000000001", version="1.0.0", name="Art", label="Art",
                          kind=FieldKind.SELECT, values=values)),
                Use(Field(id="F14000000002", version="1.0.0", name="Grund", label="Grund"), 0, 1),
            ]
        ),
    )  # fmt: skip
    file.write_bytes(xdf3.write(schema))
    with previewed(file) as address:
        page = browser.new_page(base_url=address, locale="de-DE")
        page.goto("/")
        inspect(page, "preview-rules")
        page.get_by_role("link", name="Vorschlag für die pages.toml ansehen").click()
        proposed = tomllib.loads(page.inner_text("pre"))
        assert proposed["field"]["grund"] == {
            "when": "answers.art == '02'", "rules": ["R14000000001"], "required": True,
        }  # fmt: skip
        page.go_back()
        page.get_by_role("button", name="Mit vorgeschlagenen Regeln öffnen").click()
        expect(page.get_by_label("Grund")).to_have_count(0)
        page.get_by_text("geändert", exact=True).click()
        page.get_by_role("button", name="Weiter", exact=True).last.click()
        page.get_by_role("button", name="Weiter", exact=True).last.click()
        expect(page.get_by_role("link", name="Geben Sie „Grund“ an.")).to_be_visible()
        page.get_by_label("Grund").fill("Umzug")
        page.get_by_role("button", name="Weiter", exact=True).last.click()
        answers = json.loads(page.request.get("/antworten.json").body())
        assert answers == {"art": "02", "grund": "Umzug"}
        page.close()
