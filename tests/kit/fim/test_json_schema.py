from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from amtsweg.kit.fim import json_schema
from amtsweg.kit.fim.model import (
    Constraints,
    DataType,
    Field,
    FieldKind,
    Group,
    Schema,
    Use,
    Value,
    keyed,
)


def exported(*uses: Use, **more: Any) -> dict[str, Any]:
    schema = Schema(id="S1", version="1.0", name="Antrag", title="Antrag", uses=keyed(uses))
    return json_schema.export(schema, **more)


def one(**more: Any) -> Any:
    return exported(Use(Field(id="F1", name="x", **more)))["properties"]["x"]


def test_the_schema_names_itself_and_its_elements() -> None:
    schema = exported(Use(Field(id="F7", name="Ort", label="Wohnort", help_input="Hilfe")))
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"] == "urn:de:fim:S1:1.0"
    assert schema["properties"]["ort"] == {
        "title": "Wohnort",
        "description": "Hilfe",
        "x-fim-id": "F7",
        "type": "string",
        "minLength": 1,
    }
    assert schema["required"] == ["ort"]


@pytest.mark.parametrize(
    ("more", "good", "bad"),
    [
        ({"type": DataType.NUM_CURRENCY, "constraints": Constraints(max_value="9.99")}, 999, 1000),
        ({"type": DataType.NUM_INT}, 3, 3.5),
        ({"type": DataType.NUM, "constraints": Constraints(min_value="0.5")}, 0.5, 0.4),
        ({"type": DataType.BOOL}, True, "true"),
        ({"type": DataType.TIME}, "08:30", "24:00"),
        ({"type": DataType.DATETIME}, "2024-02-01T08:30", "2024-02-01"),
        ({"kind": FieldKind.SELECT, "values": (Value("a", "A"),)}, "a", "A"),
        ({"constraints": Constraints(pattern="[0-9]{5}")}, "01067", "010670"),
        ({"constraints": Constraints(max_length=2)}, "😀😀", "abc"),
    ],
)
def test_types_have_their_canonical_form(more: dict[str, Any], good: Any, bad: Any) -> None:
    validator = jsonschema_rs.Draft202012Validator(one(**more))
    assert validator.is_valid(good)
    assert not validator.is_valid(bad)


def test_repetition_is_an_array_with_bounds() -> None:
    schema = exported(Use(Field(id="F1", name="x"), 2, 5), Use(Field(id="F2", name="y"), 0, None))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid({"x": ["a", "b"]})
    assert not validator.is_valid({"x": ["a"]})
    assert not validator.is_valid({"x": ["a"] * 6})
    assert not validator.is_valid({"x": "a"})


def test_nothing_but_what_is_asked_may_be_given() -> None:
    label = Field(id="F1", name="Hinweis", kind=FieldKind.LABEL)
    schema = exported(Use(label), Use(Field(id="F2", name="y"), 0))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid({})
    assert not validator.is_valid({"hinweis": "x"})


def test_a_choice_group_takes_exactly_one_part() -> None:
    parts = keyed([Use(Field(id=f"F{n}", name=f"x{n}"), 0) for n in (1, 2)])
    schema = exported(Use(Group(id="G1", name="g", choice=True, uses=parts)))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid({"g": {"x1": "a"}})
    assert not validator.is_valid({"g": {}})
    assert not validator.is_valid({"g": {"x1": "a", "x2": "b"}})


def test_a_form_may_loosen_and_demand() -> None:
    schema = exported(
        Use(Field(id="F1", name="x")), Use(Field(id="F2", name="y"), 0),
        optional={"x"}, required={"y"},
    )  # fmt: skip
    assert schema["required"] == ["y"]
