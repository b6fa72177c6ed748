"""What a quality check is: a small function, registered with its number, kind and sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from amtsweg.kit.fim.model import Field, Group, Rule, Schema, Use
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.messages import LANGUAGES, Language

Document: TypeAlias = Schema | Group | Field
Object: TypeAlias = Schema | Group | Field | Rule


class Kind(StrEnum):
    """How FIM ranks a message."""

    CRITICAL = "critical"
    METHODICAL = "methodical"
    WARNING = "warning"
    HINT = "hint"

    @property
    def severity(self) -> Severity:
        """Only what is critical is an error: all else leaves the schema usable."""
        return _SEVERITIES[self]


_SEVERITIES = {
    Kind.CRITICAL: Severity.ERROR,
    Kind.METHODICAL: Severity.WARNING,
    Kind.WARNING: Severity.WARNING,
    Kind.HINT: Severity.NOTE,
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the FIM list; ``sentences`` say in German and English what to do.

    ``{what}`` in a sentence stands for what exactly was found.
    """

    number: int
    kind: Kind
    sentences: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A field or group where it is used: in ``parent``, somewhere below ``root``."""

    root: Document
    parent: Schema | Group
    use: Use

    @property
    def element(self) -> Field | Group:
        """What is used."""
        return self.use.element


@dataclass(frozen=True, slots=True)
class RuleAt:
    """A rule with the element that carries it."""

    rule: Rule
    holder: Document


Found: TypeAlias = bool | Iterable[str]
"""Whether the message applies, or each thing to which it applies."""

_Subject = TypeVar("_Subject")
_Function: TypeAlias = Callable[[_Subject], Found]


class Checks(Generic[_Subject]):
    """The checks of one kind of subject; called, it registers one more."""

    def __init__(self) -> None:
        self._checks: list[tuple[Message, _Function[_Subject]]] = []

    def __call__(
        self, number: int, kind: Kind, de: str, en: str
    ) -> Callable[[_Function[_Subject]], _Function[_Subject]]:
        """Register the decorated function under the number of its message."""

        def register(function: _Function[_Subject]) -> _Function[_Subject]:
            self._checks.append((Message(number, kind, (de, en)), function))
            return function

        return register

    @property
    def messages(self) -> tuple[Message, ...]:
        """What these checks can say."""
        return tuple(message for message, _ in self._checks)

    def run(self, subject: _Subject) -> Iterator[tuple[Message, str]]:
        """Every message that applies to the subject, with what exactly was found."""
        for message, function in self._checks:
            found = function(subject)
            for what in ("",) * found if isinstance(found, bool) else found:
                yield message, what


@dataclass(frozen=True, slots=True)
class Remark:
    """One message about one object of a schema; ``path`` is empty for the schema itself."""

    message: Message
    id: str
    version: str
    name: str
    path: str
    what: str = ""

    @property
    def code(self) -> str:
        """The number as a code of this project: "fim.1009"."""
        return f"fim.{self.message.number}"

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.message.kind.severity

    def sentence(self, language: Language = "en") -> str:
        """What to do."""
        return self.message.sentences[LANGUAGES.index(language)].format(what=self.what)

    def finding(self, language: Language = "en", *, file: str = "") -> Finding:
        """The remark in the shape in which every check of the kit reports."""
        place = " ".join(part for part in (self.id, self.version, self.path) if part)
        message = f"FIM {self.message.number}, {self.name or '–'} ({place}):"
        return Finding(self.code, self.severity, message, self.sentence(language), file)
