"""A drawing in words: every step once, in an order in which one can follow it."""

from __future__ import annotations

import pytest
from drawings import (
    DOG_TAX,
    END,
    ENVIRONMENT,
    FEES,
    START,
    bpmn,
    flows,
    gateway,
    subprocess,
    timer,
    user,
)

from amtsweg.kit.process import load, outline
from amtsweg.kit.process.model import Kind


def told(document: bytes, **decisions: bytes) -> dict[str, list[tuple[str, ...]]]:
    files = {f"{name}.dmn": content for name, content in decisions.items()}
    drawing = load(document, files, environment=ENVIRONMENT).drawing
    return {step.node.id: [way.to for way in step.ways] for step in outline.steps(drawing)}


def test_each_step_comes_once_and_after_those_that_lead_to_it_but_for_loops() -> None:
    steps = told(DOG_TAX, fees=FEES)
    order = list(steps)
    drawing = load(DOG_TAX, {"fees.dmn": FEES}, environment=ENVIRONMENT).drawing
    silent = {node.id for node in drawing.of_kind(Kind.START, Kind.END)} | {"joined"}
    assert sorted(order) == sorted(drawing.nodes.keys() - silent)
    assert order[:4] == ["assess", "total", "check", "decided"]
    assert order.index("request") < order.index("documents") < order.index("late")
    assert order[-1] == "close"


def test_where_not_simply_the_next_step_follows_the_ways_are_told() -> None:
    steps = told(DOG_TAX, fees=FEES)
    assert steps["check"] == []
    assert steps["decided"] == [("request",), ("second",), ("issue",)]
    assert steps["documents"] == [("check",)]
    assert steps["late"] == [("check",)]
    # Over the gateway that only joins.
    assert sorted([steps["issue"], steps["refuse"]]) == [[], [("close",)]]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_subprocess_is_followed_by_what_is_inside(depth: int) -> None:
    inside = user("a", "ok bool") + flows("b1 a", "a e1")
    for level in range(1, depth + 1):
        start, end = f'<bpmn:startEvent id="b{level}"/>', f'<bpmn:endEvent id="e{level}"/>'
        inside = subprocess(f"p{level}", start, end, inside) + (
            flows(f"b{level + 1} p{level}", f"p{level} e{level + 1}") if level < depth else ""
        )
    outer = f"p{depth}"
    document = bpmn(
        START, inside, timer("late", outer, "P1D"), user("c", "ok bool"), gateway("j"), END,
        flows(f"start {outer}", f"{outer} j", "late c", "c j", "j end"),
    )  # fmt: skip
    drawing = load(document, {}, environment=ENVIRONMENT).drawing
    steps = [(step.node.id, step.depth) for step in outline.steps(drawing)]
    inner = [(f"p{level}", depth - level) for level in range(depth, 0, -1)]
    assert [one for one in steps if one[0] not in ("late", "c")] == [*inner, ("a", depth)]
    assert steps.index(("late", 0)) + 1 == steps.index(("c", 0))
