"""An edition compiled: everything that an installation needs to run a service, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import jsonschema_rs

from amtsweg.kit.expressions import Expression
from amtsweg.kit.fim import xzufi
from amtsweg.kit.fim.model import Schema
from amtsweg.kit.fim.xzufi_model import ServiceDescription
from amtsweg.kit.forms import Form
from amtsweg.kit.package.cases import Town
from amtsweg.kit.package.documents import conforms
from amtsweg.kit.package.findings import Findings
from amtsweg.kit.process import Process

SCHEMA_LANGUAGE: Final = "de"
"""FIM schemas speak German; other languages come from the texts."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be done about a service (LeiKa: Verrichtung), such as issue or renewal.

    Expressions know it by its id, other systems by its LeiKa key; ``name`` is by language.
    """

    id: str
    leika_key: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PackageMeta:
    """What package.toml says. Words are by language; ``search`` holds everyday words.

    ``operations`` are empty where there is only one thing to do: then it has no name of its own.
    Else ``leika_keys`` are theirs.
    """

    name: Mapping[str, str]
    slug: str
    leika_keys: tuple[str, ...]
    level: str
    trust_level: str
    maintainer: Mapping[str, str]
    licence: str
    search: Mapping[str, tuple[str, ...]]
    ozg_bundle: str = ""
    operations: tuple[Operation, ...] = ()

    def operation(self, id_or_key: str) -> Operation | None:
        """The operation of this id or LeiKa key. None if the package names none.

        What is not known, an operation that another edition had, is taken for the first.
        """
        named = (one for one in self.operations if id_or_key in (one.id, one.leika_key))
        return next(named, self.operations[0] if self.operations else None)


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """What every notice says, as expressions over the finished case."""

    recipient: tuple[Expression, ...]
    decision: Expression
    fee_cents: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One edition of a service. ``hash`` names its canonical archive and so its whole content.

    ``meta`` and ``pages`` are edition.toml and pages.toml with dates as ISO strings, ``texts`` are
    by language, ``notices`` are Typst templates by name, ``json_schema`` describes the answers.
    ``drawings`` are the files of process and decisions as the editors saved them, by name.
    ``description`` is what the state's editors say about the service (XZuFi), None if nothing.
    """

    hash: str
    package: PackageMeta
    name: str
    in_force_from: date
    meta: Mapping[str, Any]
    schema: Schema
    json_schema: Mapping[str, Any]
    pages: Mapping[str, Any]
    form: Form
    process: Process
    drawings: Mapping[str, bytes]
    notice_rules: NoticeRules
    parameters_schema: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, Any]]
    notices: Mapping[str, str]
    towns: tuple[Town, ...]
    description: ServiceDescription | None
    file_names: frozenset[str]
    _parameters: jsonschema_rs.Draft202012Validator
    _answers: jsonschema_rs.Draft202012Validator

    def form_for(self, operation: str, parameters: Mapping[str, Any]) -> Form:
        """The form of one operation (by its id) at an authority with these parameters."""
        return self.form.knowing(application={"operation": operation}, parameters=parameters)

    @property
    def decision_days(self) -> int:
        """How many days the authority has to decide."""
        return int(self.meta["decision"]["period_days"])

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the edition speaks, German first."""
        return tuple(sorted(self.texts, key=lambda language: (language != "de", language)))

    def text(self, language: str, key: str, *, default: str | None = None) -> str:
        """What the edition says under a dotted key; in German where the language has no word.

        Raises KeyError if there is no such text and no default.
        """
        for spoken in (language, SCHEMA_LANGUAGE):
            found: Any = self.texts.get(spoken, {})
            for part in key.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            if isinstance(found, str):
                return found
        if default is None:
            raise KeyError(key)
        return default

    def service_texts(self) -> dict[str, dict[str, Any]]:
        """What is said about the service, by language: the editors' description, and over it the texts."""
        described = xzufi.page_texts(self.description) if self.description else {}
        said = {language: texts.get("service", {}) for language, texts in self.texts.items()}
        return {
            language: {**described.get(language, {}), **said.get(language, {})}
            for language in {**described, **said}
        }

    def check_parameters(self, parameters: Mapping[str, Any], file: str = "") -> Findings:
        """What is wrong with an authority's parameters; nothing if they can be used."""
        findings = Findings()
        conforms(parameters, self._parameters, "parameters.value", file, findings)
        return findings

    def check_answers(self, answers: Mapping[str, Any], file: str = "") -> Findings:
        """In what answers break ``json_schema``."""
        findings = Findings()
        conforms(answers, self._answers, "answers.schema", file, findings, under="answers")
        return findings
