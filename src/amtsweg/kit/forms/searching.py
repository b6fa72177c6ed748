"""Choices from long lists: a person types a part of a name, and chooses where it fits several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final

from amtsweg.kit.forms import text as texts
from amtsweg.kit.forms.kinds import Problem, Refused, enumerated
from amtsweg.kit.forms.widgets import FileInfo, Language, Option, WidgetKind

MOST_MATCHES: Final = 15
_LONGEST_SHOWN: Final = 60
_MOST_COMPARED, _MOST_CLOSE, _CLOSE = 5_000, 5, 0.75


@dataclass(frozen=True, eq=False)
class SearchKind:
    """One code of a long list; ``labels`` gives its name per language, in the list's order.

    What is typed is a name, a code, or words of a name. Capital letters do not matter.
    """

    labels: Mapping[Language, Mapping[str, str]]
    widget: WidgetKind = field(default="search", init=False)
    missing: str = field(default="required", init=False)

    def parse(self, raw: str, language: Language) -> str:
        """The code of that name, or the code itself; refuses what is only a part of a name.

        Even where one name alone holds what was typed, the person says that it is the right one.
        """
        typed = raw.strip()
        if typed in self.labels["de"]:
            return typed
        found = self._named[language].get(_folded(typed), ())
        if len(found) == 1:
            return found[0]
        code = "search_choose" if self.matches(typed, language) else "search_none"
        raise Refused(code, typed=typed[:_LONGEST_SHOWN])

    def chosen(self, values: Sequence[str], language: Language) -> str:
        """What counts of a text and the radio button below it: the button, while it fits the text."""
        typed, *buttons = values or [""]
        pressed = buttons[-1] if buttons else ""
        fits = any(option.value == pressed for option in self.matches(typed, language))
        return pressed if fits else typed

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """Only a code of the list."""
        known = isinstance(value, str) and value in self.labels["de"]
        return None if known else Problem("choice")

    def edit(self, value: Any, language: Language) -> str:
        """The name; with its code where others have the same name."""
        code = str(value)
        name = self.labels[language].get(code, code)
        shared = len(self._named[language].get(_folded(name), ())) > 1
        return code if shared else name

    def show(self, value: Any, language: Language) -> str:
        """The name of the choice; a code that is no longer offered stands for itself."""
        return self.labels[language].get(str(value), str(value))

    def json_schema(self) -> dict[str, Any]:
        """The codes, and beside them their names."""
        return enumerated(self.labels["de"])

    def matches(self, typed: str, language: Language) -> tuple[Option, ...]:
        """The first choices whose names hold all the words, those that begin with them first.

        Where none does, names that differ in a few letters.
        """
        wanted = _folded(typed)
        if not wanted:
            return ()
        found = list(self._holding(wanted.split(), language))
        labels = self.labels[language]
        found.sort(key=lambda code: not _folded(labels[code]).startswith(wanted))
        names = self._named[language]
        if not found and len(names) <= _MOST_COMPARED:
            close = get_close_matches(wanted, names, n=_MOST_CLOSE, cutoff=_CLOSE)
            found = [code for name in close for code in names[name]]
        return tuple(Option(code, labels[code]) for code in found[:MOST_MATCHES])

    def _holding(self, words: list[str], language: Language) -> Iterator[str]:
        for name, codes in self._named[language].items():
            if all(word in name for word in words):
                yield from codes

    @cached_property
    def _named(self) -> Mapping[Language, Mapping[str, list[str]]]:
        """Codes by their names in small letters."""
        named: dict[Language, dict[str, list[str]]] = {}
        for language, labels in self.labels.items():
            by_name = named[language] = {}
            for code, label in labels.items():
                by_name.setdefault(_folded(label), []).append(code)
        return named


def _folded(name: str) -> str:
    return " ".join(texts.normal(name).casefold().split())
