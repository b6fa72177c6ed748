"""What a person enters to finish a task: declared in the process, checked before it is taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from amtsweg.kit.expressions import BOOL, INT, TEXT, EvaluationError, Expression, Record, Shape

MAX_TEXT = 10_000
"""Characters of one text that a person enters in a task."""


class InputType(StrEnum):
    """How one input of a task is entered and kept."""

    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"
    INT = "int"
    BOOL = "bool"
    CENTS = "cents"


SHAPES: Mapping[InputType, Shape] = {
    InputType.CHOICE: TEXT,
    InputType.TEXT: TEXT,
    InputType.DATE: TEXT,
    InputType.INT: INT,
    InputType.BOOL: BOOL,
    InputType.CENTS: INT,
}


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to enter. `values` are the choices; `required_when` asks the other inputs.

    `offered` takes the choices from the authority's parameters: a list of {code, name}. `names` are
    theirs by value, once `under` has looked them up; other choices are named in the texts.
    """

    name: str
    type: InputType
    values: tuple[str, ...] = ()
    required: bool = True
    required_when: Expression | None = None
    offered: Expression | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def under(self, parameters: Mapping[str, Any]) -> Input:
        """This input with the choices that an authority with these parameters offers."""
        if self.offered is None:
            return self
        rows: Any = self.offered.evaluate({"parameters": parameters})
        names = {row["code"]: row["name"] for row in rows}
        return replace(self, values=tuple(names), names=names)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one input was not taken. `code` is stable: unknown, missing, type, choice, long."""

    input: str
    code: Literal["unknown", "missing", "type", "choice", "long"]

    def sentence(self, language: str = "de") -> str:
        """What to do, for the person who entered it."""
        return _SENTENCES[self.code]["en" if language == "en" else "de"]


_SENTENCES = {
    "unknown": {
        "de": "Diese Angabe gehört nicht zur Aufgabe. Bitte lassen Sie sie weg.",
        "en": "This entry does not belong to the task. Please leave it out.",
    },
    "missing": {
        "de": "Bitte füllen Sie dieses Feld aus.",
        "en": "Please fill in this field.",
    },
    "type": {
        "de": "Diese Angabe passt nicht zum Feld. Bitte prüfen Sie sie.",
        "en": "This entry does not fit the field. Please check it.",
    },
    "choice": {
        "de": "Bitte wählen Sie eine der angebotenen Möglichkeiten.",
        "en": "Please choose one of the options.",
    },
    "long": {
        "de": "Dieser Text ist zu lang. Bitte kürzen Sie ihn auf 10.000 Zeichen.",
        "en": "This text is too long. Please shorten it to 10,000 characters.",
    },
}


class TaskError(ValueError):
    """A step that the process cannot take now; `problems` name the inputs at fault, if any."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


def record_of(inputs: Iterable[Input]) -> Record:
    """The shape of a task's result."""
    return Record({one.name: SHAPES[one.type] for one in inputs})


def accept(inputs: Iterable[Input], result: Mapping[str, Any]) -> dict[str, Any]:
    """The result in its clean form: texts trimmed and normalised (NFC), empty ones left out.

    Raises `TaskError` with a problem for each input that is missing, unknown or does not fit.
    """
    known = {one.name: one for one in inputs}
    problems = [Problem(name, "unknown") for name in result if name not in known]
    cleaned: dict[str, Any] = {}
    for one in known.values():
        value = _clean(result.get(one.name))
        if value is None:
            continue
        if code := _misfit(one, value):
            problems.append(Problem(one.name, code))
        else:
            cleaned[one.name] = value
    faulty = {problem.input for problem in problems}
    problems += [
        Problem(one.name, "missing")
        for one in known.values()
        if one.name not in cleaned and one.name not in faulty and _is_required(one, cleaned)
    ]
    if problems:
        listed = ", ".join(f"{problem.input} ({problem.code})" for problem in problems)
        raise TaskError(f"The task cannot be finished with these entries: {listed}.", problems)
    return cleaned


def _is_required(one: Input, cleaned: Mapping[str, Any]) -> bool:
    if one.required_when is None:
        return one.required
    try:
        return bool(one.required_when.evaluate(_with_empty(one.required_when, cleaned)))
    except EvaluationError:
        # What decides whether this is needed is itself still to be entered and is reported.
        return False


def _with_empty(condition: Expression, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    empty: Mapping[Shape, Any] = {TEXT: "", INT: 0, BOOL: False}
    variables = condition.variables
    return {name: cleaned.get(name, empty.get(variables[name])) for name in condition.names}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip() or None
    return value


def _misfit(one: Input, value: Any) -> Literal["type", "choice", "long"] | None:
    match one.type:
        case InputType.CHOICE:
            return None if value in one.values else "choice"
        case InputType.BOOL:
            fits = isinstance(value, bool)
        case InputType.INT | InputType.CENTS:
            fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
            fits = fits and (one.type is InputType.INT or value >= 0)
        case InputType.DATE:
            fits = isinstance(value, str) and _is_date(value)
        case InputType.TEXT:
            if isinstance(value, str) and len(value) > MAX_TEXT:
                return "long"
            fits = _is_text(value)
    return None if fits else "type"


def _is_text(value: Any) -> bool:
    # Cc: control characters, Cs: lone surrogates; bidirectional overrides hide what is written
    return isinstance(value, str) and not any(
        sign in _OVERRIDES or (unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t")
        for sign in value
    )


_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _is_date(value: str) -> bool:
    try:
        return len(value) == 10 and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
