"""How a conversion goes through an element, and how it reports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from amtsweg.kit.fim.conversion_words import Words
from amtsweg.kit.fim.model import Field, Group, Record, Rule, Schema, Use, keyed
from amtsweg.kit.findings import Finding
from amtsweg.kit.messages import Language

Message = TypeVar("Message", bound=Schema | Group | Field)


class Conversion(ABC):
    """Walks an element; a direction says what becomes of its parts.

    An element that stands in several places is reported once.
    """

    WORDS: ClassVar[Mapping[str, Words]]

    def __init__(self, language: Language) -> None:
        self.report: list[Finding] = []
        self._language = language
        self._said: set[tuple[str, str, str]] = set()

    def say(self, key: str, about: str, **values: str) -> None:
        """Report a loss of the element with this id, once; the values fill in the words."""
        words = self.WORDS[key]
        sentence, remedy = words.said(self._language)
        message = sentence.format(**values)
        if (key, about, message) not in self._said:
            self._said.add((key, about, message))
            message = f"{about}: {message}" if about else message
            code = f"convert.{key.partition('/')[0]}"
            self.report.append(Finding(code, words.severity, message, remedy))

    def element(self, element: Message) -> Message:
        """The element with all that it holds."""
        changes: dict[str, Any] = {
            "id": self.id(element),
            "version": self.version(element),
            "record": self.record(element.id, element.record),
            "legal_basis": self.legal_basis(element.id, element.legal_basis),
            "rules": tuple(self.rule(rule, element.record.status) for rule in element.rules),
        }
        if isinstance(element, Schema):
            changes |= self.schema(element)
        elif isinstance(element, Group):
            changes |= self.group(element)
        else:
            changes |= self.field(element)
        if not isinstance(element, Field):
            changes["uses"] = keyed(self.use(use, element.id) for use in element.uses)
        return replace(element, **changes)

    def use(self, use: Use, parent: str) -> Use:
        """The element at one place."""
        about = f"{parent} > {use.element.id}"
        return replace(
            use,
            element=self.element(use.element),
            legal_basis=self.legal_basis(about, use.legal_basis),
            legal_links=self.legal_links(about, use.legal_links),
        )

    # What a direction says; by default a part stays.

    @abstractmethod
    def id(self, element: Schema | Group | Field | Rule) -> str:
        """The id."""

    @abstractmethod
    def version(self, element: Schema | Group | Field | Rule) -> str:
        """The version."""

    @abstractmethod
    def record(self, about: str, record: Record) -> Record:
        """What the register keeps."""

    @abstractmethod
    def rule(self, rule: Rule, status: str) -> Rule:
        """A rule in an element of this status."""

    @abstractmethod
    def schema(self, schema: Schema) -> dict[str, Any]:
        """What changes of a schema only."""

    def group(self, group: Group) -> dict[str, Any]:
        """What changes of a group only."""
        return {}

    @abstractmethod
    def field(self, field: Field) -> dict[str, Any]:
        """What changes of a field only."""

    def legal_basis(self, about: str, basis: tuple[str, ...]) -> tuple[str, ...]:
        """The legal bases."""
        return basis

    def legal_links(
        self, about: str, links: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, str], ...]:
        """Their links."""
        return links
