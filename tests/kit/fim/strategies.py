"""Elements of the model as hypothesis draws them: whatever XDatenfelder 3 can say."""

from __future__ import annotations

from hypothesis import strategies as st

from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    Group,
    Keyword,
    Prefill,
    Record,
    Relation,
    Rule,
    RuleKind,
    Use,
    Value,
    keyed,
)

_SIGNS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"])
words = st.text(_SIGNS, min_size=1, max_size=12)
maybe = st.just("") | words
bases = st.lists(words, max_size=2, unique=True).map(tuple)


@st.composite
def records(draw: st.DrawFn) -> Record:
    return Record(
        description=draw(maybe),
        status=draw(st.sampled_from("12345678")),
        valid_from=draw(maybe),
        version_note=draw(maybe),
        keywords=tuple(draw(st.lists(st.builds(Keyword, words, maybe), max_size=2))),
        relations=tuple(
            draw(st.lists(st.builds(Relation, st.just("ABL"), st.just("G9"), maybe), max_size=1))
        ),
    )


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    return Rule(
        id="R1",
        version=draw(maybe),
        name=draw(maybe),
        kind=draw(st.sampled_from(RuleKind)),
        free_text=draw(maybe),
        script=draw(maybe),
        legal_basis=draw(bases),
    )


def common(draw: st.DrawFn, letter: str) -> dict[str, object]:
    number = draw(st.integers(1, 10**11 - 1))
    return {
        "id": f"{letter}{number}",
        "version": draw(maybe),
        "name": draw(words),
        "label": draw(words),
        "label_output": draw(maybe),
        "help_input": draw(maybe),
        "legal_basis": draw(bases),
        "level": draw(st.sampled_from(["ABS", "HAR", "RNG"])),
        "rules": tuple(draw(st.lists(rules(), max_size=1))),
        "record": draw(records()),
    }


@st.composite
def fields(draw: st.DrawFn) -> Field:
    kind = draw(st.sampled_from(FieldKind))
    inline = draw(
        st.lists(st.builds(Value, words, words, maybe), max_size=3, unique_by=lambda v: v.code)
    )
    code_list = draw(st.none() | st.builds(CodeList, words, maybe, st.just("")))
    if kind is FieldKind.SELECT and not inline and code_list is None:
        inline = [Value("a", "A")]
    size = st.none() | st.integers(0, 999)
    return Field(
        **common(draw, "F"),  # type: ignore[arg-type]
        kind=kind,
        type=draw(st.sampled_from(DataType)),
        constraints=Constraints(
            min_length=draw(size),
            max_length=draw(size),
            min_value=draw(st.none() | words),
            pattern=draw(st.none() | words),
            max_size=draw(size),
            media_types=draw(bases),
            note=draw(maybe),
        ),
        values=() if code_list else tuple(inline),
        code_list=code_list,
        content=draw(st.none() | words),
        prefill=draw(st.sampled_from(Prefill)),
    )  # fmt: skip


def uses_of(elements: st.SearchStrategy[Field | Group]) -> st.SearchStrategy[tuple[Use, ...]]:
    counts = st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9)).map(
        lambda c: (c[0], None if c[1] is None else max(1, c[0] + c[1]))
    )
    one = st.builds(lambda e, c, b: Use(e, c[0], c[1], legal_basis=b), elements, counts, bases)
    return st.lists(one, max_size=3).map(keyed)


@st.composite
def groups(draw: st.DrawFn, depth: int = 2) -> Group:
    inner: st.SearchStrategy[Field | Group] = fields()
    if depth:
        inner = inner | groups(depth - 1)
    return Group(**common(draw, "G"), uses=draw(uses_of(inner)))  # type: ignore[arg-type]


def ids(group: Group) -> list[str]:
    return [group.id] + [
        i for u in group.uses if isinstance(u.element, Group) for i in ids(u.element)
    ]
