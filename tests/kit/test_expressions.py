"""The expression language: what compiles, what it gives, and what it refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.expressions import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    TEXT,
    Environment,
    EvaluationError,
    ExpressionError,
    ListOf,
    MapOf,
    Record,
    at_path,
    is_variable,
    shape_of_json_schema,
    shape_of_schema,
)
from amtsweg.kit.expressions import functions as dates
from amtsweg.kit.fim.model import (
    CodeList,
    DataType,
    Field,
    FieldKind,
    Group,
    Schema,
    Use,
    Value,
)

DOG = Record({"rasse": TEXT, "alter": INT, "gewicht": FLOAT, "befreit": BOOL})
ENVIRONMENT = Environment(
    {
        "answers": Record(
            {"name": TEXT, "hunde": ListOf(DOG), "halter": Record({"geburt": TEXT}), "frei": ANY}
        ),
        "parameters": Record({"rates": MapOf(INT), "rows": ListOf(ListOf(INT))}),
        "application": Record({"date": TEXT}),
        "fee": INT,
        "anything": ANY,
    }
)
DATA = {
    "answers": {
        "name": "Änne",
        "hunde": [{"rasse": "Dackel", "alter": 3, "gewicht": 7}, {"befreit": True}],
        "frei": {"a": [1, None]},
    },
    "parameters": {"rates": {"first": 10800}, "rows": [[1, 2]]},
    "application": {"date": "2024-02-29"},
    "anything": {"list": [1, 2]},
}


def value(text: str, data=DATA):
    return ENVIRONMENT.compile(text).evaluate(data)


def refusal(text: str, environment: Environment = ENVIRONMENT) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        environment.compile(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("answers.hunde[0].rasse", "Dackel"),
        ("answers.hunde[0].gewicht", 7.0),
        ("answers.hunde.exists(h, h.befreit)", True),
        ("answers.hunde.filter(h, !h.befreit).size()", 1),
        ("answers.hunde[1]", {"befreit": True}),
        ("answers.hunde.map(h, {'breed': h.rasse})", [{"breed": "Dackel"}, {"breed": ""}]),
        ("sum(answers.hunde.map(h, h.alter))", 3),
        ("has(answers.name)", True),
        ("has(answers.halter.geburt)", False),
        ("answers.halter.geburt == ''", True),
        ("parameters.rates['first'] * 2", 21600),
        ("parameters.rates", {"first": 10800}),
        ("answers.frei", {"a": [1.0, None]}),
        ("anything.list[1] + 1", 3),
        ("add_months(application.date, 12)", "2025-02-28"),
        ("answers.name.size()", 4),
    ],
)
def test_an_expression_gives_plain_data(text, expected):
    result = value(text)
    assert result == expected
    assert type(result) is type(expected)


def test_answers_with_a_key_that_the_schema_lacks_are_still_read():
    assert value("answers.name", {"answers": {"name": "A", "unknown": [1]}}) == "A"


def test_a_record_without_data_is_empty_and_not_an_error():
    assert value("has(answers.name) || answers.hunde.size() > 0", {}) is False


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("answers.hunde[0].rase == ''", 17, "no 'rase' in answers.hunde. Did you mean 'rasse'?"),
        ("answers.hunde[0].rasse == 1", 24, "'==' does not work with text and a whole number"),
        ("answers.hunde[0].gewicht > 2", 26, "Write whole numbers as 2.0"),
        ("answers.hunde.rasse == ''", 14, "for a list use [0], .exists(x, …)"),
        ("answrs.name == ''", 7, "'answrs.name' is not known here. Did you mean 'answers'?"),
        ("year(1) == 2", 5, "The function 'year' does not take a whole number"),
        ("fee ==", 7, "ends before it is complete"),
        ("fee = 1", 5, "compare with =="),
        ("fee == 1 and true", 10, "write &&"),
        ("fee == 'a", 8, "check quotation marks"),
        ("true ? 1 : 'a'", 6, "Both outcomes"),
        ("now() > 1", 4, "'now' is not known here"),
        ("__import__('os').system('true')", 11, "'__import__' is not known here"),
    ],
)
def test_a_wrong_expression_is_refused_in_one_sentence_with_its_place(text, column, sentence):
    error = refusal(text)
    assert sentence in error.message
    assert error.message.endswith((".", "?"))
    assert (error.line, error.column) == (1, column)


def test_the_place_of_an_error_counts_lines():
    error = refusal("true &&\n  fee == ''")
    assert (error.line, error.column) == (2, 7)


@pytest.mark.parametrize("text", ["null", "b'a'", "type(1)", "duration('1s')", "{1: 2}"])
def test_types_that_answers_cannot_hold_are_refused(text):
    assert "must give" in refusal(text).message


@pytest.mark.parametrize("text", ["", "  ", "// only a comment"])
def test_an_empty_expression_is_refused(text):
    assert refusal(text).message


def test_a_condition_must_be_yes_or_no():
    with pytest.raises(ExpressionError, match="must give yes or no; it gives text"):
        ENVIRONMENT.compile("answers.name", expect=BOOL)
    open_type = ENVIRONMENT.compile("anything", expect=BOOL)
    assert open_type.evaluate({"anything": True}) is True
    with pytest.raises(EvaluationError, match="must give yes or no"):
        open_type.evaluate({"anything": 1})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fee + 1 > 0", "'fee' is not known yet"),
        ("1 / (answers.hunde.size() - 2) > 0", "divides by zero"),
        ("answers.hunde[7].rasse", "no element at that place"),
        ("parameters.rates['second']", "no entry of that name"),
        ("year(answers.name) > 2000", "form YYYY-MM-DD"),
        ("9223372036854775807 + answers.hunde.size()", "too large"),
        ("int(answers.name)", "cannot be read as a number"),
        ("anything + 1 > 0", "different types"),
        ("answers.frei.a[1]", "gives nothing"),
    ],
)
def test_an_error_value_never_passes_as_a_value(text, sentence):
    with pytest.raises(EvaluationError, match=sentence):
        value(text)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"hunde": {"rasse": "x"}}, "answers.hunde is not a list"),
        ({"hunde": [{"alter": 1.5}]}, "answers.hunde.alter is not a whole number"),
        ({"hunde": [{"alter": True}]}, "answers.hunde.alter is not a whole number"),
        ({"hunde": [{"alter": 2**63}]}, "answers.hunde.alter is not a whole number"),
        ({"hunde": [{"befreit": "true"}]}, "answers.hunde.befreit is not yes or no"),
        ({"name": 3}, "answers.name is not text"),
        ({"name": "\ud800"}, "broken character"),
        ({"halter": "x"}, "answers.halter is not a record"),
        ({"frei": object()}, "answers.frei is not plain data"),
        ([], "answers is not a record"),
    ],
)
def test_data_of_another_shape_is_refused_without_repeating_it(answers, sentence):
    with pytest.raises(EvaluationError, match=sentence):
        value("answers.name == ''", {"answers": answers})


def test_evaluation_errors_do_not_repeat_personal_data():
    with pytest.raises(EvaluationError) as caught:
        value("int(answers.name)", {"answers": {"name": "geheim"}})
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "'" + "x" * 4_000 + "'",
        "(" * 25 + "1" + ")" * 25,
        "+".join("1" * 60),
        "['aa']" + ".map(a, a + a)" * 7,
        "['aa'].map(a, " + "+".join(["a"] * 9) + ").map(b, " + "+".join(["b"] * 9) + ")",
        "[1]" + ".all(a, [1]" * 4 + ".all(b, true)" + ")" * 4,
    ],
)
def test_an_expression_that_could_eat_time_or_memory_is_refused(text):
    assert refusal(text).message


def test_a_string_that_looks_like_a_loop_does_not_count_as_one():
    assert value("'" + ".map(a, a + a)" * 9 + "(" * 30 + "' == ''") is False


def test_loops_over_long_lists_stop():
    many = Environment({"n": ListOf(INT)})
    expression = many.compile("n.all(a, n.all(b, a + b >= 0))")
    with pytest.raises(EvaluationError, match="too many elements"):
        expression.evaluate({"n": list(range(1_000))})


@pytest.mark.parametrize("text", ["n.map(a, [n, n])", "n.map(a, {'b': n})", "[" + "n," * 60 + "n]"])
def test_a_list_that_repeats_another_does_not_fill_the_memory(text):
    many = Environment({"n": ListOf(INT)})
    expression = many.compile(text)
    begin = perf_counter()
    with pytest.raises(EvaluationError, match="too many elements"):
        expression.evaluate({"n": list(range(1_000))})
    assert perf_counter() - begin < 1
    few = expression.evaluate({"n": [1, 2]})
    assert isinstance(few, list)


def test_a_pattern_that_would_try_for_ever_is_matched_in_linear_time():
    begin = perf_counter()
    found = Environment({"s": TEXT}).compile("s.matches('(x+x+)+y')").evaluate({"s": "x" * 10_000})
    assert found is False
    assert perf_counter() - begin < 1


def test_a_binding_serves_many_expressions_and_grows_by_an_item():
    bound = ENVIRONMENT.bind(DATA)
    assert ENVIRONMENT.compile("answers.name").evaluate(bound) == "Änne"
    inner = ENVIRONMENT.extend({"item": at_path(ENVIRONMENT.variables["answers"], "hunde")})
    expression = inner.compile("item.alter == 3 && has(answers.name)")
    results = [
        expression.evaluate(bound.extend(inner, {"item": dog})) for dog in DATA["answers"]["hunde"]
    ]
    assert results == [True, False]
    assert "item" not in ENVIRONMENT.variables


def test_an_expression_knows_its_type_and_its_variables():
    expression = ENVIRONMENT.compile("answers.hunde.map(h, h.alter)")
    assert expression.type == ListOf(INT)
    assert expression.names == {"answers"}
    assert ENVIRONMENT.compile("answers.hunde[0]").type is DOG


def test_expressions_may_be_evaluated_in_threads():
    expression = ENVIRONMENT.compile("answers.hunde.exists(h, h.alter > 2) && answers.name != ''")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: expression.evaluate(DATA), range(500)))
    assert results == [True] * 500


# Functions of time


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: dates.add_days("2024-02-28", 2), "2024-03-01"),
        (lambda: dates.add_months("2024-01-31", 1), "2024-02-29"),
        (lambda: dates.add_months("2024-01-15", -1), "2023-12-15"),
        (lambda: dates.days_between("2024-12-31", "2024-01-01"), -365),
        (lambda: dates.months_between("2024-01-31", "2024-02-29"), 1),
        (lambda: dates.months_between("2024-01-15", "2024-03-14"), 1),
        (lambda: dates.months_between("2024-03-14", "2024-01-15"), -1),
        (lambda: dates.age_on("2008-02-29", "2024-02-28"), 15),
        (lambda: dates.age_on("2008-02-29", "2024-02-29"), 16),
        (lambda: dates.age_on("2008-02-29", "2025-02-28"), 16),
        (lambda: dates.age_on("2008-02-29", "2025-03-01"), 17),
        (lambda: dates.year("2024-03-09"), 2024),
        (lambda: dates.month("2024-03-09"), 3),
        (lambda: dates.day_of_month("2024-03-09"), 9),
        (lambda: dates.total([]), 0),
    ],
)
def test_legal_arithmetic_on_dates(call, expected):
    assert call() == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: dates.year("2024-02-30"),
        lambda: dates.year("20240201"),
        lambda: dates.year("2024-W05-3"),
        lambda: dates.add_days("2024-01-01", 10**15),
        lambda: dates.add_months("2024-01-01", 12 * 9_000),
        lambda: dates.age_on("2024-01-02", "2024-01-01"),
        lambda: dates.total([True]),
    ],
)
def test_dates_that_do_not_exist_are_refused(call):
    with pytest.raises(ValueError, match=r"date|sum"):
        call()


# Shapes


def field(name: str, type_: DataType = DataType.TEXT, **more) -> Field:
    return Field(id="F1", name=name, type=type_, **more)


def test_the_shape_of_a_schema_follows_the_canonical_answers():
    breeds = (Value("1", "Dackel"),)
    schema = Schema(
        id="S1",
        name="Hundesteuer",
        uses=(
            Use(field("Hinweis", kind=FieldKind.LABEL), key="hinweis"),
            Use(
                Group(
                    id="G1",
                    name="Hund",
                    uses=(
                        Use(field("Name"), key="name"),
                        Use(field("Alter", DataType.NUM_INT), key="alter"),
                        Use(field("Gewicht", DataType.NUM), key="gewicht"),
                        Use(field("Wert", DataType.NUM_CURRENCY), key="wert"),
                        Use(field("Kampf", DataType.BOOL), key="kampf"),
                        Use(field("Wurf", DataType.DATE), key="wurf"),
                        Use(
                            field("Rasse", kind=FieldKind.SELECT, values=breeds,
                                  code_list=CodeList("urn:x", "1", "Rassen", breeds)),
                            key="rasse",
                        ),
                        Use(field("Bild", DataType.FILE), maximum=None, key="bild"),
                    ),
                ),
                maximum=None,
                key="hund",
            ),
        ),
    )  # fmt: skip
    shape = shape_of_schema(schema)
    assert set(shape.fields) == {"hund"}
    dog = at_path(shape, "hund")
    assert isinstance(dog, Record)
    assert dict(dog.fields) == {
        "name": TEXT, "alter": INT, "gewicht": FLOAT, "wert": INT, "kampf": BOOL,
        "wurf": TEXT, "rasse": TEXT, "bild": ListOf(TEXT),
    }  # fmt: skip
    assert at_path(shape, "hund.wert") == INT
    with pytest.raises(KeyError):
        at_path(shape, "hund.name.x")


def test_the_shape_of_a_json_schema():
    shape = shape_of_json_schema(
        {
            "type": "object",
            "$defs": {"rate": {"type": "object", "properties": {"cents": {"type": "integer"}}}},
            "properties": {
                "rates": {"type": "array", "items": {"$ref": "#/$defs/rate"}},
                "by_breed": {"type": "object", "additionalProperties": {"type": "integer"}},
                "factor": {"type": "number"},
                "kind": {"enum": ["a", "b"]},
                "open": {},
            },
        }
    )
    environment = Environment({"parameters": shape})
    assert environment.compile("parameters.rates[0].cents").type == INT
    assert environment.compile("parameters.by_breed['x']").type == INT
    assert environment.compile("parameters.factor").type == FLOAT
    assert environment.compile("parameters.kind").type == TEXT
    assert environment.compile("parameters.open").type == ANY
    data = {"parameters": {"rates": [{"cents": 5}], "open": {"x": "y"}}}
    assert environment.compile("parameters.rates[0].cents").evaluate(data) == 5
    assert environment.compile("parameters.open.x").evaluate(data) == "y"


def test_a_json_schema_that_refers_to_itself_ends():
    shape = shape_of_json_schema({"$ref": "#"})
    assert shape == ANY


def test_a_name_that_no_expression_could_write_is_refused():
    with pytest.raises(ExpressionError, match="'rate-first' cannot be used"):
        shape_of_json_schema({"properties": {"rate-first": {"type": "integer"}}})


@pytest.mark.parametrize("name", ["type", "double", "package", "in", "2x", "a-b", ""])
def test_a_word_of_the_language_cannot_be_a_variable(name):
    assert not is_variable(name)
    with pytest.raises(ExpressionError, match="cannot be the name of a variable"):
        Environment({name: TEXT})


PIECES = (
    "answers .hunde .name .alter [0] ( ) { } ' \" == && || ! ? : + - * / % , 1 2.5 true null "
    ".map( .all( h h.rasse fee sum( size( has( in \\ // 0x '''"
)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(tuple(PIECES.split())), max_size=25).map("".join)
)
def test_whatever_is_written_either_has_a_value_or_is_refused(text):
    with suppress(ExpressionError, EvaluationError):
        assert ENVIRONMENT.compile(text).evaluate(DATA) is not None
