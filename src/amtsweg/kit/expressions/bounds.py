"""Bounds on what one expression may cost, checked on its text before it is compiled.

The runtime itself stops after 10,000 rounds of all loops together. What it does not stop is
growth: `[x].map(a, a + a)` doubles a text, and a chain of them fills the memory. So the growth of
all `map` together is bounded here, and with it the size of every value; a result's elements are counted
before it becomes plain data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from amtsweg.kit.expressions.errors import TOO_DEEP, ExpressionError

MAX_LENGTH = 4_000
"""Characters of one expression."""
MAX_NESTING = 24
"""Open brackets at once."""
MAX_LOOP_NESTING = 3
"""Loops (all, exists, exists_one, filter, map) inside one another."""
MAX_GROWTH = 64
"""How often `map` may repeat its element: the product over all `map` of an expression."""
MAX_ELEMENTS = 50_000
"""Elements of a result, those of lists in lists counted too."""

_LOOPS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)
      | (?P<string>[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}))
      | (?P<raw>[bB]?[rR][bB]?(?:"[^"\n]*"|'[^'\n]*'))
      | (?P<quoted>[bB]?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>[^\s])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A name or a sign of an expression; strings and comments are left out."""

    text: str
    start: int
    is_name: bool


def tokens(text: str) -> list[Token]:
    """The names and signs of an expression, in order."""
    return [
        Token(found[0], found.start(), found.lastgroup == "name")
        for found in _TOKEN.finditer(text)
        if found.lastgroup in ("name", "sign")
    ]


def check_length(text: str) -> None:
    """Raise `ExpressionError` if the expression is too long to be looked at."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"The expression is longer than {MAX_LENGTH} characters; split it into two decisions."
        )


def check(text: str, parts: list[Token]) -> None:
    """Raise `ExpressionError` if the expression is too deep or could grow too much."""
    open_brackets: list[bool] = []
    growth = 1
    for index, token in enumerate(parts):
        if token.text in "([{":
            is_loop = _is_loop(parts, index)
            open_brackets.append(is_loop)
            if len(open_brackets) > MAX_NESTING:
                raise _at(text, token, TOO_DEEP)
            if sum(open_brackets) > MAX_LOOP_NESTING:
                raise _at(
                    text, token, f"More than {MAX_LOOP_NESTING} loops are nested in one another."
                )
            if is_loop and parts[index - 1].text == "map":
                growth *= max(1, _repetitions(parts, index))
                if growth > MAX_GROWTH:
                    raise _at(text, token, "The loops repeat their elements too often; use fewer.")
        elif token.text in ")]}" and open_brackets:
            open_brackets.pop()


def _is_loop(parts: list[Token], bracket: int) -> bool:
    return (
        parts[bracket].text == "("
        and bracket >= 2
        and parts[bracket - 1].text in _LOOPS
        and parts[bracket - 2].text == "."
    )


def _repetitions(parts: list[Token], bracket: int) -> int:
    """How often the loop's variable, the first name after the bracket, is used in its body."""
    if bracket + 1 >= len(parts):
        return 0
    variable, depth, count = parts[bracket + 1].text, 0, 0
    for index in range(bracket, len(parts)):
        token = parts[index]
        depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0:
            break
        if index > bracket + 1 and token.text == variable and parts[index - 1].text != ".":
            count += 1
    return count


def _at(text: str, token: Token, message: str) -> ExpressionError:
    line = text.count("\n", 0, token.start) + 1
    return ExpressionError(message, token.start - text.rfind("\n", 0, token.start), line)
