"""The schema that is looked at: read again whenever its file or a list beside it has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from amtsweg.kit import forms
from amtsweg.kit.fim import code_lists, conversion, quality, xdf
from amtsweg.kit.fim.model import Field, Group, Schema, walk
from amtsweg.kit.findings import Finding
from amtsweg.kit.forms import Form
from amtsweg.kit.forms.defaults import default_pages, workable
from amtsweg.kit.forms.proposals import Proposal, propose
from amtsweg.kit.forms.rules import PlacedRule, rules_of
from amtsweg.kit.forms.tree import below
from amtsweg.kit.messages import Language


class OpenRule(NamedTuple):
    """A rule in words, and the first page on which what it speaks about is asked ("" for none).

    ``understood``: there is a proposal how to carry it out.
    """

    placed: PlacedRule
    page_id: str
    understood: bool


@dataclass(frozen=True)
class Source:
    """A schema with its form, and ``ruled``: its form with the rules that could be understood.

    ``left_aside`` says what of the schema could not be asked as it stands.
    """

    file: str
    standard: xdf.Standard
    element: Schema | Group | Field
    schema: Schema
    form: Form
    ruled: Form
    proposal: Proposal
    left_aside: tuple[Finding, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many fields, groups and rules there are, each counted once however often used."""
        elements = [use.element for _, use in walk(self.schema.uses)]
        return {
            "fields": len({one.id for one in elements if isinstance(one, Field)}),
            "groups": len({one.id for one in elements if isinstance(one, Group)}),
            "rules": len(self.open_rules),
        }

    @cached_property
    def open_rules(self) -> tuple[OpenRule, ...]:
        """All rules: nobody has made an expression of one yet."""
        pages = {node.path: page.id for page in self.form.pages for node in below(page.items)}
        return tuple(
            OpenRule(
                placed, _page_of(placed.path, pages), placed.rule.id in self.proposal.understood
            )
            for placed in rules_of(self.schema).values()
        )

    def remarks(self, language: Language) -> list[Finding]:
        """What FIM's quality messages say about it."""
        element = self.element
        if self.standard is xdf.Standard.XDF2:
            element = conversion.to_xdf3(element).element
        return [remark.finding(language, file=self.file) for remark in quality.check(element)]


def _page_of(path: str, pages: Mapping[str, str]) -> str:
    if not path:
        return ""
    return next((pages[at] for at in pages if at == path or at.startswith(path + ".")), "")


def read(file: Path) -> Source:
    """Read a schema and lay it out; raises FimError with what is wrong."""
    lists = code_lists.in_folder(file.parent)
    standard, element = xdf.read_message(file.read_bytes(), file=file.name, lists=lists)
    schema, left_aside = workable(element)
    pages = default_pages(schema)
    proposal = propose(schema, pages)
    return Source(
        file=file.name,
        standard=standard,
        element=element,
        schema=schema,
        form=forms.compile(schema, pages, {}),
        ruled=forms.compile(schema, proposal.pages, proposal.texts),
        proposal=proposal,
        left_aside=left_aside,
    )


class Watched:
    """A file that is read again when it or anything beside it changed."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = Lock()
        self._seen: Any = None
        self._source: Source | None = None

    def source(self) -> Source:
        """The schema as it is now; raises FimError, OSError."""
        with self._lock:
            state = self._state()
            if self._source is None or state != self._seen:
                self._source, self._seen = None, state
                self._source = read(self.file)
            return self._source

    def _state(self) -> list[tuple[str, int, int]]:
        files = {self.file, *self.file.parent.glob("*.xml")}
        stats = [(str(file), file.stat()) for file in sorted(files)]
        return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]
