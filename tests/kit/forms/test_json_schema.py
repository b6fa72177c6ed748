from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from amtsweg.kit.fim.model import Constraints, DataType, Field, FieldKind, Group, Use, Value, keyed

from .builders import form_of


def exported(*parts: Any, **more: Any) -> dict[str, Any]:
    return form_of(*parts, **more).json_schema()


def one(**more: Any) -> Any:
    whole = exported(Field(id="F1", name="x", **more))
    return whole["properties"]["x"] | {"$defs": whole.get("$defs", {})}


def test_the_schema_names_itself_and_its_elements() -> None:
    schema = exported(Field(id="F7", name="Ort", label="Wohnort", help_input="Hilfe"))
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:de:fim:S1:1.0.0"
    assert (schema["title"], schema["x-fim-id"]) == ("Antrag", "S1")
    assert schema["properties"]["ort"] == {
        "title": "Wohnort",
        "description": "Hilfe",
        "x-fim-id": "F7",
        "type": "string",
        "minLength": 1,
        "maxLength": 20_000,
        "allOf": [{"$ref": "#/$defs/text"}],
    }
    assert schema["required"] == ["ort"]


def test_choices_are_codes_with_their_names_beside_them() -> None:
    values = (Value("a", "Ah"), Value("b", "Be"))
    schema = one(kind=FieldKind.SELECT, values=values)
    assert (schema["enum"], schema["x-fim-names"]) == (["a", "b"], {"a": "Ah", "b": "Be"})


def test_dates_have_their_format_and_their_bounds() -> None:
    schema = one(
        type=DataType.DATE, constraints=Constraints(min_value="2019-02-28", max_value="2020-12-31")
    )
    assert schema["$defs"]["date"]["format"] == "date"
    validator = jsonschema_rs.Draft202012Validator(schema)
    for day in ("2019-02-28", "2019-03-01", "2020-02-29", "2020-12-31"):
        assert validator.is_valid(day)
    for day in ("2019-02-27", "2018-12-31", "2019-02-29", "2021-01-01", "2020-2-29"):
        assert not validator.is_valid(day)


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
    schema = exported((Field(id="F1", name="x"), 2, 5), (Field(id="F2", name="y"), 0, None))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid({"x": ["a", "b"]})
    assert not validator.is_valid({"x": ["a"]})
    assert not validator.is_valid({"x": ["a"] * 6})
    assert not validator.is_valid({"x": "a"})


def test_nothing_but_what_is_asked_may_be_given() -> None:
    label = Field(id="F1", name="Hinweis", kind=FieldKind.LABEL)
    schema = exported(label, (Field(id="F2", name="y"), 0))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid({})
    assert not validator.is_valid({"hinweis": "x"})


def test_a_choice_group_takes_exactly_one_part() -> None:
    parts = keyed([Use(Field(id=f"F{n}", name=f"x{n}"), 0) for n in (1, 2)])
    schema = exported(Group(id="G1", name="g", choice=True, uses=parts))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid({"g": {"x1": "a"}})
    assert not validator.is_valid({"g": {}})
    assert not validator.is_valid({"g": {"x1": "a", "x2": "b"}})


def test_pages_may_loosen_and_demand() -> None:
    schema = exported(
        Field(id="F1", name="x", type=DataType.BOOL), Field(id="F2", name="y"),
        (Field(id="F3", name="z"), 0),
        fields={"y": {"when": "answers.x"}, "z": {"required": True}},
    )  # fmt: skip
    assert schema["required"] == ["x", "z"]
