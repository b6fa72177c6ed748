"""What changes for towns that use the service: what they fill in, and what they must answer first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from amtsweg.kit.package.diff.changes import Audience, Change, Name, renamed
from amtsweg.kit.package.edition import Edition

_FILE: Final = "parameters.schema.json"
_WORDS: Final = ("title", "description", "x-labels", "x-unit", "default", "properties", "required")


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One value that towns fill in; ``needed``: there is no default to take."""

    name: Name
    described: Mapping[str, Any]
    needed: bool


def changes(before: Edition, after: Edition) -> Iterator[Change]:
    """All that towns notice."""
    old, new = dict(_parameters(before)), dict(_parameters(after))
    for path, one in old.items():
        if path not in new:
            name = one.name.quoted
            yield _change(
                "parameter.removed",
                path,
                f"Die Angabe {name.de} entfällt.",
                f"The value {name.en} is no longer needed.",
            )
    for path, one in new.items():
        if path not in old:
            yield _added(path, one)
        else:
            yield from _altered(path, old[path], one)


def _added(path: str, one: _Parameter) -> Change:
    name = one.name.quoted
    if one.needed:
        de, en = (
            "Ohne sie kann die Gemeinde die Fassung nicht übernehmen.",
            "Without it the edition cannot be adopted.",
        )
    elif "default" in one.described:
        value = _written(one.described["default"])
        de, en = f"Vorgeschlagen ist {value}.", f"The suggestion is {value}."
    else:
        de, en = "Sie ist freiwillig.", "It is optional."
    return _change(
        "parameter.added", path, f"Neue Angabe: {name.de}. {de}", f"New value: {name.en}. {en}"
    )


def _altered(path: str, was: _Parameter, now: _Parameter) -> Iterator[Change]:
    name = now.name.quoted
    if was.name != now.name:
        said = renamed("Die Angabe", "value", was.name, now.name)
        yield _change("parameter.title", path, *said)
    if was.described.get("default") != now.described.get("default"):
        value, before = (_written(one.described.get("default")) for one in (now, was))
        yield _change(
            "parameter.default",
            path,
            f"Vorgeschlagen ist bei {name.de} jetzt {value}, bisher {before}.",
            f"The suggestion for {name.en} is now {value}, before {before}.",
        )
    if now.needed and not was.needed:
        yield _change(
            "parameter.needed",
            path,
            f"{name.de} muss die Gemeinde jetzt angeben, bevor sie die Fassung übernimmt.",
            f"{name.en} must now be given before the edition can be adopted.",
        )
    earlier, later = (
        {key: one.described[key] for key in one.described if key not in _WORDS}
        for one in (was, now)
    )
    for key in {**earlier, **later}:
        if earlier.get(key) != later.get(key):
            value, before = _written(later.get(key)), _written(earlier.get(key))
            yield _change(
                "parameter.limits",
                path,
                f"Bei {name.de} gilt jetzt {key} {value}, bisher {before}.",
                f"For {name.en}, {key} is now {value}, before {before}.",
            )


def _parameters(edition: Edition) -> Iterator[tuple[str, _Parameter]]:
    yield from _leaves(edition, edition.parameters_schema, "", (), needed=True)


def _leaves(
    edition: Edition,
    schema: Mapping[str, Any],
    under: str,
    above: tuple[Name, ...],
    *,
    needed: bool,
) -> Iterator[tuple[str, _Parameter]]:
    for key, described in schema.get("properties", {}).items():
        path = f"{under}.{key}" if under else key
        title = described.get("title", key)
        english = edition.text("en", f"parameter.{path}.title", default=title)
        names = (*above, Name(title, english))
        asked = needed and key in schema.get("required", ()) and "default" not in described
        if described.get("properties"):
            yield from _leaves(edition, described, path, names, needed=asked)
        else:
            whole = Name(*(": ".join(parts) for parts in zip(*names, strict=True)))
            yield path, _Parameter(whole, described, asked)


def _written(value: Any) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False)


def _change(code: str, place: str, de: str, en: str) -> Change:
    return Change(Audience.TOWNS, code, _FILE, place, de, en)
