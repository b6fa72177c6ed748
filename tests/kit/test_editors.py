"""What bpmn-js and dmn-js save loads unchanged: their own readers and writers are run on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from drawings import DOG_TAX, ENVIRONMENT, FEES, START, bpmn, flows, timer, user
from drawings import END as END_EVENT
from drawings import subprocess as part

from amtsweg.kit.process import bpmn as bpmn_reading
from amtsweg.kit.process import dmn_reading, load
from amtsweg.kit.process.report import Report

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DESCRIPTOR = ROOT / "docs/editors/amtsweg.moddle.json"
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*/*/process.bpmn", "*/*/decisions/*.dmn")
    for path in (ROOT / "services").glob(pattern)
)


@pytest.fixture(scope="module")
def node() -> str:
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        pytest.skip("NO NODE.JS: what the editors save was not read (make setup brings it).")
    return found


def saved(node: str, name: str, document: bytes, *, descriptor: bool = True) -> bytes:
    """The document as the editor writes it, read with or without our words for it."""
    more = [str(DESCRIPTOR)] if descriptor and name.endswith(".bpmn") else []
    done = subprocess.run(
        [node, str(HERE / "save.mjs"), name, *more],
        input=document,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def read(name: str, document: bytes) -> Any:
    """What the kit understands of a file, without the lines on which it stands."""
    report = Report(name)
    reader = bpmn_reading.read if name.endswith(".bpmn") else dmn_reading.read
    found = reader(document, report)
    assert not report.findings
    return _without_lines(found)


def _without_lines(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, {
            one.name: _without_lines(getattr(value, one.name))
            for one in fields(value)
            if one.name != "line"
        }
    if isinstance(value, dict):
        return {key: _without_lines(one) for key, one in value.items()}
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        # Arguments are (name, text, line).
        return [_without_lines(one) for one in value if not isinstance(one, int | None)]
    return value


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_is_the_same_after_the_editor_saved_it(node: str, name: str) -> None:
    document = (ROOT / name).read_bytes()
    again = saved(node, name, document)
    assert again != document
    assert read(name, again) == read(name, document)


@pytest.mark.parametrize("descriptor", [True, False])
def test_no_word_of_ours_is_lost_even_if_the_editor_does_not_know_it(
    node: str, descriptor: bool
) -> None:
    for name, document in (("tax.bpmn", DOG_TAX), ("fees.dmn", FEES)):
        again = saved(node, name, document, descriptor=descriptor)
        assert read(name, again) == read(name, document)
    assert load(saved(node, "tax.bpmn", DOG_TAX), {"fees.dmn": FEES}, environment=ENVIRONMENT)


def test_a_subprocess_with_its_border_is_saved_whole(node: str) -> None:
    document = bpmn(
        START, END_EVENT,
        part("part", '<bpmn:startEvent id="b"/><bpmn:endEvent id="e"/>', user("a", "ok bool"),
             flows("b a", "a e")),
        timer("late", "part", "P14D"), timer("slow", "part", "P7D", interrupting=False),
        '<bpmn:endEvent id="e2"/><bpmn:endEvent id="e3"/>',
        flows("start part", "part end", "late e2", "slow e3"),
    )  # fmt: skip
    again = saved(node, "process.bpmn", document)
    assert read("process.bpmn", again) == read("process.bpmn", document)
    assert load(again, {}, environment=ENVIRONMENT).findings == ()
