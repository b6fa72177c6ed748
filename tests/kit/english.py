"""The English that the kit writes into findings, read from its source.

A template is a text of the source whose holes are numbered: ``f"The flow '{flow.id}' …"`` is
``The flow '{0}' …``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import amtsweg.kit

KIT = Path(amtsweg.kit.__file__).parent

# These speak both languages themselves, or no finding repeats what they say.
_OTHERS = (
    "messages.py",
    "fim/conversion",
    "fim/quality/",
    "fim/rule_words.py",
    "fim/xzufi_words.py",
    "forms/proposals.py",
    "package/diff/",
    "process/activities.py",
)
# What others say, by which they are understood.
_FOREIGN_CALLS = ("compile", "removeprefix", "removesuffix")
_FOREIGN = frozenset({"could not be displayed", "Postleitzahl und Ort"})
_PROSE = re.compile(
    r"[A-Za-z]{2,}'?[,;:]? (?:\S+ )?[a-z]{2,}|^(?=.*[A-Za-z])[A-Z'{].* .*\.$", re.DOTALL
)


class Template(NamedTuple):
    """A text of the source, and where it stands."""

    text: str
    place: str

    @property
    def is_prose(self) -> bool:
        """Whether it is words that a person reads (else it may be: "items", "none", ", ")."""
        written_to_a_file = self.text.startswith("#")
        return bool(_PROSE.search(self.text)) and not written_to_a_file


def templates() -> Iterator[Template]:
    """Every text in the source of the kit that may become part of a finding."""
    for file in sorted(KIT.rglob("*.py")):
        name = file.relative_to(KIT).as_posix()
        if not name.startswith(_OTHERS):
            for node in _texts(ast.parse(file.read_text("utf-8"))):
                text = _template(node).strip()
                if text and text not in _FOREIGN:
                    yield Template(text, f"src/amtsweg/kit/{name}:{node.lineno}")


def _texts(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield node
    if not _speaks_for_others(node):
        for child in _inside(node):
            yield from _texts(child)


def _speaks_for_others(node: ast.AST) -> bool:
    """Documentation, both languages side by side, or what a library says."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Dict(keys=keys):
            return any(isinstance(key, ast.Constant) and key.value == "de" for key in keys)
        case ast.Call(func=ast.Attribute(attr=called)):
            return called in _FOREIGN_CALLS
    return False


def _inside(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.JoinedStr(values=parts):
            return [part.value for part in parts if isinstance(part, ast.FormattedValue)]
        case ast.Dict(values=values):
            # Its keys name things, or are what a library says.
            return values
    return ast.iter_child_nodes(node)


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts, holes = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{holes}}}")
            holes += 1
    return "".join(parts)
