"""The one expression language of a package: CEL, compiled and type-checked when it is loaded.

An `Environment` knows the variables and their shapes; `compile` turns text into an `Expression`;
`evaluate` runs it on plain data. Source: Common Expression Language, language definition.
"""

from amtsweg.kit.expressions.environment import Binding, Environment, Expression
from amtsweg.kit.expressions.errors import EvaluationError, ExpressionError
from amtsweg.kit.expressions.shapes import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    TEXT,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Shape,
    at_path,
    is_variable,
    shape_of_json_schema,
    shape_of_schema,
)

__all__ = [
    "ANY",
    "BOOL",
    "FLOAT",
    "INT",
    "TEXT",
    "Binding",
    "Environment",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "ListOf",
    "MapOf",
    "Record",
    "Scalar",
    "Shape",
    "at_path",
    "is_variable",
    "shape_of_json_schema",
    "shape_of_schema",
]
