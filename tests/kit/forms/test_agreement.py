"""The JSON Schema of a form and the form's own check come to the same verdict, in both directions."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kit.fim.strategies import fields, groups, uses_of

from amtsweg.kit import forms
from amtsweg.kit.fim import code_lists, xdf
from amtsweg.kit.fim.model import Schema
from amtsweg.kit.forms import Form
from amtsweg.kit.forms.defaults import default_pages, workable
from amtsweg.kit.package import archive, load_edition

from .strategies import (
    AnyFile,
    instances,
    some_answers,
    some_forms,
    spoiled,
)

ROOT = Path(__file__).parents[3]
REAL = [
    ROOT / "services/hundesteuer/2025-01-01/schema.xdf3.xml",
    *sorted((ROOT.parent / "shared/data/fim/schemas").glob("*/S*.xml")),
]
FILES = AnyFile()
EXAMPLES = int(os.environ.get("AMTSWEG_EXAMPLES") or 50)
thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """As ECMA 262 has it: Python lets a line feed follow ``$``."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError("pattern")


Second = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _pattern})


class Judges:
    """The verdicts of three validators."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.schema = form.json_schema()
        jsonschema_rs.meta.validate(self.schema)
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self._first = jsonschema_rs.Draft202012Validator(self.schema, validate_formats=True)
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        self._second = Second(self.schema, format_checker=checker)

    def agree(self, answers: dict[str, Any]) -> bool:
        """The verdict, which all share."""
        errors = self.form.validate(answers, files=FILES)
        ours = not errors
        try:
            first = self._first.is_valid(answers)
        except UnicodeEncodeError:
            first = False  # no JSON text in UTF-8 can hold this
        else:
            assert self._second.is_valid(answers) == first, answers
        assert ours == first, (errors, answers, _first_error(self._first, answers))
        return ours


def _first_error(validator: Any, answers: Any) -> str:
    try:
        return next((str(error) for error in validator.iter_errors(answers)), "")
    except UnicodeEncodeError:
        return "a lone surrogate"


@thorough
@given(st.data())
def test_answers_made_by_the_form_are_judged_alike(data: st.DataObject) -> None:
    form = data.draw(some_forms())
    judges = Judges(form)
    for _ in range(3):
        answers = data.draw(some_answers(form.root))
        judges.agree(copy.deepcopy(answers))
        judges.agree(data.draw(spoiled(answers)))


@thorough
@given(st.data())
def test_instances_made_by_the_schema_are_judged_alike(data: st.DataObject) -> None:
    judges = Judges(data.draw(some_forms()))
    for _ in range(3):
        answers = data.draw(instances(judges.schema, judges.schema))
        judges.agree(copy.deepcopy(answers))
        judges.agree(data.draw(spoiled(answers)))


@lru_cache
def real(path: Path) -> Judges:
    lists = code_lists.in_folder(path.parent)
    _, element = xdf.read_message(path.read_bytes(), file=path.name, lists=lists)
    built, _ = workable(element)
    return Judges(forms.compile(built, default_pages(built), {}))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.parent.name)
@settings(max_examples=EXAMPLES // 5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_real_schemas_are_judged_alike(path: Path, data: st.DataObject) -> None:
    judges = real(path)
    made = st.sampled_from(["form", "schema"])
    for _ in range(2):
        if data.draw(made) == "form":
            answers = data.draw(some_answers(judges.form.root))
        else:
            answers = data.draw(instances(judges.schema, judges.schema))
        judges.agree(copy.deepcopy(answers))
        judges.agree(data.draw(spoiled(answers)))


@thorough
@given(uses_of(fields() | groups()))
def test_whatever_a_schema_says_other_validators_take_what_is_exported(uses: Any) -> None:
    built, _ = workable(Schema(id="S1", name="Antrag", uses=uses))
    Judges(forms.compile(built, default_pages(built), {}))


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_form_with_conditions_accepts_its_schema_accepts(data: st.DataObject) -> None:
    edition = load_edition(archive(ROOT / "services/hundesteuer", "2025-01-01"))
    schema = edition.form.json_schema()
    cases = [case.complete_answers()[0] for town in edition.towns for case in town.cases]
    golden = data.draw(st.sampled_from(cases))
    assert jsonschema_rs.is_valid(schema, golden)
    for answers in (data.draw(spoiled(golden)), data.draw(some_answers(edition.form.root))):
        if not edition.form.validate(answers, files=FILES):
            assert jsonschema_rs.is_valid(schema, edition.form.clean(answers))
