"""Compile an expression against typed variables, and evaluate it on data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from cel_expr_python import cel
from google.protobuf import descriptor_pool

from amtsweg.kit.expressions import bounds, errors, functions
from amtsweg.kit.expressions.errors import EvaluationError, ExpressionError
from amtsweg.kit.expressions.messages import RecordType, VariableType, add_struct, plain
from amtsweg.kit.expressions.shapes import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    TEXT,
    ListOf,
    MapOf,
    Scalar,
    Shape,
    is_variable,
)

Plain: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any]

_SCALARS: Mapping[str, Scalar] = {
    "BOOL": BOOL,
    "INT": INT,
    "UINT": INT,
    "DOUBLE": FLOAT,
    "STRING": TEXT,
    "DYN": ANY,
}
_MISSING = re.compile(r"No value with name \"?(\w+)")


class Environment:
    """The variables that expressions of one place may use, each with its shape."""

    def __init__(self, variables: Mapping[str, Shape]) -> None:
        self._types = {name: VariableType(name, shape) for name, shape in variables.items()}
        self._prepare()

    def _prepare(self) -> None:
        for name in self._types:
            if not is_variable(name):
                raise ExpressionError(f"'{name}' cannot be the name of a variable.")
        pool = descriptor_pool.DescriptorPool()
        add_struct(pool)
        for variable in self._types.values():
            variable.add_to(pool)
        self._env = cel.NewEnv(
            descriptor_pool=pool,
            variables={name: variable.cel_type for name, variable in self._types.items()},
            functions=functions.FUNCTIONS,
        )
        self._records: dict[str, RecordType] = {
            name: record
            for variable in self._types.values()
            for name, record in variable.records.items()
        }

    @property
    def variables(self) -> Mapping[str, Shape]:
        """The variables and their shapes."""
        return {name: variable.shape for name, variable in self._types.items()}

    def extend(self, variables: Mapping[str, Shape]) -> Environment:
        """This environment with more variables; a name that exists is replaced."""
        extended = Environment.__new__(Environment)
        extended._types = self._types | {
            name: VariableType(name, shape) for name, shape in variables.items()
        }
        extended._prepare()
        return extended

    def compile(self, text: str, *, expect: Shape | None = None) -> Expression:
        """Compile and type-check an expression.

        With `expect`, its type must be that scalar (a value of unknown type passes, and is tested
        when it is evaluated). Raises `ExpressionError` with a sentence, line and column.
        """
        bounds.check_length(text)
        parts = bounds.tokens(text)
        if not parts and not text.strip():
            raise ExpressionError("The expression is empty.")
        if not text.isascii() and not _is_unicode(text):
            raise ExpressionError("The expression holds a broken character.")
        bounds.check(text, parts)
        try:
            compiled = self._env.compile(text)
        except (RuntimeError, ValueError) as error:
            raise errors.compile_error(
                str(error),
                names=(*self._types, *functions.NAMES),
                fields={
                    name: (record.path, record.record.fields)
                    for name, record in self._records.items()
                },
            ) from None
        shape = self._shape(compiled.return_type().name())
        if shape is None:
            raise ExpressionError(
                "The expression must give yes or no, a number, text, a list or a record."
            )
        if expect is not None and shape not in (expect, ANY):
            raise ExpressionError(f"The expression must give {expect}; it gives {shape}.")
        names = frozenset(token.text for token in parts if token.is_name)
        return Expression(self, text, compiled, shape, names & self._types.keys(), expect)

    def bind(self, data: Mapping[str, Any]) -> Binding:
        """Data made ready once for many expressions of this environment.

        Raises `EvaluationError` where a value does not have its variable's shape.
        """
        return Binding(self, self._convert(data, self._types.keys()))

    def _convert(self, data: Mapping[str, Any], names: Any) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in names:
            variable = self._types[name]
            given = data.get(name)
            value = variable.empty if given is None else variable.convert(given)
            if value is not None:
                values[name] = value
        return values

    def _shape(self, name: str) -> Shape | None:
        """The shape for CEL's name of a type; None for types that packages do not use."""
        if name in self._records:
            return self._records[name].record
        if name.startswith("LIST<"):
            element = self._shape(name[5:-1])
            return None if element is None else ListOf(element)
        if name.startswith("MAP<"):
            key, _, value_name = name[4:-1].partition(", ")
            value = self._shape(value_name)
            return None if value is None or key not in ("STRING", "DYN") else MapOf(value)
        if name == "google.protobuf.Value":
            return ANY
        return _SCALARS.get(name)


class Binding:
    """Data bound to an environment; evaluating with it costs a third of evaluating with data."""

    def __init__(self, environment: Environment, values: Mapping[str, Any]) -> None:
        self._values = values
        self.environment = environment
        self.activation = environment._env.Activation(dict(values))

    def extend(self, environment: Environment, data: Mapping[str, Any]) -> Binding:
        """The same data with more variables, for an environment made by `Environment.extend`."""
        return Binding(environment, {**self._values, **environment._convert(data, data.keys())})


class Expression:
    """A compiled expression; immutable, and safe to share between threads."""

    def __init__(
        self,
        environment: Environment,
        text: str,
        compiled: Any,
        shape: Shape,
        names: frozenset[str],
        expect: Shape | None,
    ) -> None:
        self._environment = environment
        self._compiled = compiled
        self._check = expect if shape == ANY else None
        self.text = text
        self.type = shape
        self.names = names
        """The variables that the expression mentions."""

    @property
    def variables(self) -> Mapping[str, Shape]:
        """The shapes of the variables that it could mention."""
        return self._environment.variables

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, data: Mapping[str, Any] | Binding) -> Plain:
        """The value for this data: variables by name, or a `Binding`.

        Raises `EvaluationError` if the data has no such value, does not have the declared shape,
        or the evaluation would take too long.
        """
        try:
            if isinstance(data, Binding):
                value = self._compiled.eval(data.activation)
            else:
                value = self._compiled.eval(data=self._environment._convert(data, self.names))
            result = value.value()
        except RuntimeError as error:
            raise EvaluationError(_evaluation_sentence(str(error))) from None
        if value.type() == cel.Type.ERROR:
            raise EvaluationError(_evaluation_sentence(str(result)))
        if not isinstance(result, bool | int | float | str):
            _measure(result, 0)
            result = plain(value.plain_value())
            if result is None:
                raise EvaluationError("The expression gives nothing.")
        if self._check is not None and not _is(result, self._check):
            raise EvaluationError(f"The expression must give {self._check}.")
        return result


def _is_unicode(text: str) -> bool:
    """Whether UTF-8 can hold a text: one without lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _measure(result: Any, before: int) -> int:
    """How many elements a list or a map has, with those counted before.

    CEL shares a list that stands in many places; as plain data it would be copied to each.
    Raises `EvaluationError` beyond `bounds.MAX_ELEMENTS`.
    """
    if not isinstance(result, list | dict):
        return before
    count = before + len(result)
    if count > bounds.MAX_ELEMENTS:
        raise EvaluationError(_SENTENCES["budget"])
    for part in result.values() if isinstance(result, dict) else result:
        count = _measure(part.value() if hasattr(part, "plain_value") else part, count)
    return count


def _is(value: Plain, expected: Shape) -> bool:
    kinds = {BOOL: bool, INT: int, FLOAT: float, TEXT: str}
    return not isinstance(expected, Scalar) or type(value) is kinds.get(expected, type(value))


_SENTENCES = {
    "budget": "The expression runs through too many elements.",
    "Key not found": "A map has no entry of that name.",
    "Index error": "A list has no element at that place.",
    "out of bounds": "A list has no element at that place.",
    "divide by zero": "The expression divides by zero.",
    "modulus by zero": "The expression divides by zero.",
    "overflow": "A number is too large.",
    "cannot convert": "A text cannot be read as a number.",
    "No matching overloads": "Values of different types meet.",
    "regular expression": "A pattern for matches() cannot be read.",
    **{sentence: sentence for sentence in functions.SENTENCES},
}


def _evaluation_sentence(raw: str) -> str:
    """The sentence for the runtime's message, which may repeat data and is not passed on."""
    if found := _MISSING.search(raw):
        return f"The value of '{found[1]}' is not known yet."
    for part, sentence in _SENTENCES.items():
        if part in raw:
            return sentence
    return "The expression has no value for this data."
