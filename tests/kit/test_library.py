"""The kit alone: what it needs, and the script of its documentation."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTED = ROOT / "docs" / "reference" / "kit.md"
IMPORT_ALL = """
import importlib, json, pkgutil, sys
import amtsweg.kit
for module in pkgutil.walk_packages(amtsweg.kit.__path__, "amtsweg.kit."):
    importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
print(json.dumps(sorted(name for name in sys.modules if name.startswith("amtsweg."))))
"""


def python(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def names_of(requirements: list[str] | None) -> set[str]:
    """The packages that a plain installation of these brings, by their normal names."""
    plain = [one for one in requirements or [] if "extra ==" not in one]
    return {
        re.sub(r"[-_.]+", "-", found[0]).lower()
        for one in plain
        if (found := re.match(r"[\w.-]+", one))
    }


def needed() -> set[str]:
    known: set[str] = set()
    left = names_of(requires("amtsweg"))
    while left:
        name = left.pop()
        if name in known:
            continue
        known.add(name)
        try:
            left |= names_of(requires(name))
        except ModuleNotFoundError:
            continue  # for another system
    return known


def test_the_script_of_the_documentation_runs() -> None:
    (script,) = re.findall(r"```python\n(.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)
    assert len(script.splitlines()) <= 20
    said = python(script)
    assert "JSON Schema asks for ['person'," in said
    assert "person.vorname: " in said
    assert said.count(" passed ") >= 3
    assert len([line for line in said.splitlines() if "radebeul-" in line]) == said.count(
        " passed "
    )


def test_the_kit_needs_nothing_but_what_a_plain_installation_brings() -> None:
    loaded, own = map(json.loads, python(IMPORT_ALL).splitlines())
    modules = packages_distributions()
    brought = {
        re.sub(r"[-_.]+", "-", one).lower()
        for name in loaded
        if name not in sys.stdlib_module_names and name != "amtsweg"
        for one in modules.get(name, [])
    }
    assert "lxml" in brought
    assert brought <= needed()
    assert not [name for name in own if not name.startswith("amtsweg.kit")]
    assert not {"django", "psycopg", "httpx", "typer"} & needed()
