"""What can be wrong with an expression, and the plain sentence for each."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping


class ExpressionError(ValueError):
    """An expression that cannot be compiled.

    `message` is one plain sentence, `line` and `column` count from 1.
    """

    def __init__(self, message: str, column: int = 1, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.line = line


class EvaluationError(ValueError):
    """A compiled expression that has no value for the data at hand.

    The sentence never repeats the data: it may be personal.
    """


_POSITION = re.compile(r"<input>:(-?\d+):(-?\d+): (.*)")
_FIELD = re.compile(r"undefined field '([^']*)' not found in struct '([^']*)'")
_NAME = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"no matching overload for '([^']*)' applied to '(.*)'")
_SELECT = re.compile(r"expression of type '(.*)' cannot be the operand of a select")
_UNEXPECTED = re.compile(r"(?:mismatched|extraneous|no viable alternative at) input '(.*?)'")
_UNREADABLE = re.compile(r"token recognition error at: '(.*)'")
_RECURSION = re.compile(r"recursion (?:limit|depth)", re.IGNORECASE)

_WORDS = {
    "bool": "yes or no",
    "int": "a whole number",
    "uint": "a whole number",
    "double": "a decimal number",
    "string": "text",
    "bytes": "bytes",
    "dyn": "a value of unknown type",
    "null_type": "nothing",
    "null": "nothing",
}

_OTHER_LANGUAGES = {"and": "&&", "or": "||", "not": "!", "&": "&&", "|": "||"}

TOO_DEEP = (
    "The expression is nested too deeply or too long to be followed; split it into two decisions."
)


def compile_error(
    raw: str, *, names: Iterable[str], fields: Mapping[str, tuple[str, Iterable[str]]]
) -> ExpressionError:
    """Turn the compiler's message into an `ExpressionError`.

    `names` are the variables and functions that exist; `fields` maps the compiler's name of a
    record to its path for people and the names of its fields.
    """
    if _RECURSION.search(raw):
        return ExpressionError(TOO_DEEP)
    found = _POSITION.search(raw)
    if found is None:
        return ExpressionError(f"The expression cannot be read: {raw.splitlines()[0][:200]}")
    line, column, text = int(found[1]), int(found[2]), found[3]
    return ExpressionError(_sentence(text, names, fields), max(column, 1), max(line, 1))


def _sentence(
    text: str, names: Iterable[str], fields: Mapping[str, tuple[str, Iterable[str]]]
) -> str:
    def kind(name: str) -> str:
        return _kind(name, lambda record: fields[record][0] if record in fields else record)

    if found := _FIELD.search(text):
        path, known = fields.get(found[2], (found[2], ()))
        return f"There is no '{found[1]}' in {path}." + _guess(found[1], known)
    if found := _NAME.search(text):
        guess = _guess(found[1].split(".")[0], names)
        return f"The name '{found[1]}' is not known here." + guess
    if found := _OVERLOAD.search(text):
        return _clash(found[1], [kind(part) for part in _split(found[2][1:-1])])
    if found := _SELECT.search(text):
        return (
            f"There is nothing to select with '.' in {kind(found[1])}; "
            "for a list use [0], .exists(x, …), .all(x, …) or .map(x, …)."
        )
    return _syntax(text)


def _syntax(text: str) -> str:
    if found := _UNEXPECTED.search(text):
        if found[1] == "<EOF>":
            return "The expression ends before it is complete."
        if found[1] in _OTHER_LANGUAGES:
            return f"'{found[1]}' does not fit here; write {_OTHER_LANGUAGES[found[1]]}."
        return f"'{found[1]}' does not fit here."
    if found := _UNREADABLE.search(text):
        if found[1].startswith("="):
            return "'=' does not fit here; compare with ==."
        return f"'{found[1][:40]}' cannot be read; check quotation marks and signs."
    return text.removeprefix("Syntax error: ").removesuffix(" [INVALID_ARGUMENT]")


def _clash(function: str, kinds: list[str]) -> str:
    listed = " and ".join(kinds) or "nothing"
    hint = ""
    if "a decimal number" in kinds and "a whole number" in kinds:
        hint = " Write whole numbers as 2.0 beside decimal numbers."
    if function == "_?_:_":
        return f"Both outcomes of '? :' must be of one type: here {listed}." + hint
    function = function.removeprefix("@")
    if "_" in function and not function.replace("_", "").isalnum():
        sign = function.strip("_").replace("_", " ").strip() or function
        return f"'{sign}' does not work with {listed}." + hint
    return f"The function '{function}' does not take {listed}." + hint


def _guess(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()] if text.strip() else []


def _kind(name: str, path_of: Callable[[str], str]) -> str:
    if name.startswith("list("):
        return f"a list ({_kind(name[5:-1], path_of)} each)"
    if name.startswith("map("):
        return "a map"
    return _WORDS.get(name) or f"the record {path_of(name)}"
