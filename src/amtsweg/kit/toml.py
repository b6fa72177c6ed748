"""Writing values as TOML, as far as the files of a package need it. The standard library reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def text(value: str) -> str:
    """A basic string, on one line."""
    # JSON escapes all that TOML wants escaped but DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def key(name: str) -> str:
    """A key, quoted where it must be."""
    return name if _BARE.fullmatch(name) else text(name)


def value(given: Any) -> str:
    """A plain value (text, truth value, number, list, mapping) on one line."""
    if isinstance(given, Mapping):
        inner = ", ".join(f"{key(name)} = {value(one)}" for name, one in given.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(given, list | tuple):
        return f"[{', '.join(value(one) for one in given)}]"
    if isinstance(given, str):
        return text(given)
    return json.dumps(given)


def lines(table: Mapping[str, Any]) -> str:
    """The entries of a table, each on its line."""
    return "".join(f"{key(name)} = {value(one)}\n" for name, one in table.items())


def section(path: Iterable[str], table: Mapping[str, Any], *, repeated: bool = False) -> str:
    """A table under its heading, with an empty line before it."""
    name = ".".join(key(part) for part in path)
    return f"\n{'[[' if repeated else '['}{name}{']]' if repeated else ']'}\n{lines(table)}"
