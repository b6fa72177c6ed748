"""Everything that can be found wrong with a package before anybody relies on it.

Compiling finds what cannot run; the checks here find what runs and is still not right: a question
on no page, a word missing in one language, a norm that rests on nothing, a golden case that ends
otherwise. Each check is a function from an edition to findings, listed in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from amtsweg.kit import notices
from amtsweg.kit.fim.model import Field, walk
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.forms.rules import open_rules
from amtsweg.kit.forms.tree import below
from amtsweg.kit.package import words
from amtsweg.kit.package.archive import edition_files, edition_names, read_folder
from amtsweg.kit.package.compiling import compile_edition
from amtsweg.kit.package.documents import conforms, validator_for
from amtsweg.kit.package.domains import decision_tables
from amtsweg.kit.package.edition import Edition
from amtsweg.kit.package.findings import Findings, PackageError
from amtsweg.kit.package.languages import (
    every_language_has_texts,
    gaps_are_the_same_in_every_language,
)
from amtsweg.kit.package.operations import operations_are_named, operations_are_proved
from amtsweg.kit.package.questions import open_texts
from amtsweg.kit.package.rehearsal import CaseResult, rehearse

Check = Callable[[Edition], Iterable[Finding]]


def check(path: Path) -> list[Finding]:
    """All findings about the package in a folder, in the order of its editions; empty = all good."""
    try:
        files = read_folder(path)
    except PackageError as error:
        return list(error.findings)
    findings = Findings()
    names = edition_names(files)
    if not names:
        findings.error(
            "package.no-edition",
            "The package has no edition.",
            "Make a folder named by the day from which it is in force, such as 2025-01-01.",
        )
    for name in names:
        findings.extend(check_edition(edition_files(files, name)))
    # What concerns the package as a whole comes with each edition.
    return list(dict.fromkeys(findings))


def check_edition(files: Mapping[str, bytes]) -> Findings:
    """All findings about one edition, given the files that its archive would hold."""
    return Findings(found(files))


def found(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """The findings about one edition as they come up: what takes longest is looked at last."""
    edition, findings = compile_edition(files)
    yield from findings
    if edition is not None:
        for one in CHECKS:
            yield from one(edition)


def every_field_is_on_a_page(edition: Edition) -> Iterator[Finding]:
    """A question on no page is never asked. (On two pages it does not compile.)"""
    shown = {node.path for page in edition.form.pages for node in below(page.items)}
    for path, use in walk(edition.schema.uses):
        if isinstance(use.element, Field) and use.element.asks and path not in shown:
            yield _error(
                edition,
                "pages.missing",
                f"'{path}' is on no page.",
                "Add it, or a group that holds it, to the items of a page.",
                "pages.toml",
            )


def every_rule_has_a_form(edition: Edition) -> Iterator[Finding]:
    """A rule that is words only protects nobody: the assistant does not know it."""
    for placed in open_rules(edition.schema, edition.pages):
        rule = placed.rule
        which = f"{rule.id} of '{placed.path}'" if placed.path else rule.id
        words = " ".join((rule.name, rule.free_text)).split()
        yield _finding(
            edition,
            Severity.WARNING,
            "pages.open-rule",
            f"Nothing carries out the rule {which}: {' '.join(words)[:200]}",
            "Write it as a rule of that id, name it in the rules of a condition, or say under "
            "by_hand who sees to it.",
            "pages.toml",
        )


def every_word_in_every_language(edition: Edition) -> Iterator[Finding]:
    """A word that is missing would leave a gap on a page; one that nobody says misleads authors."""
    needed = words.needed(edition)
    said = {language: words.said(texts) for language, texts in edition.texts.items()}
    for language in edition.languages:
        for key in words.missing(needed, said, language):
            yield _error(
                edition,
                "texts.missing",
                f"There is no text '{key}'.",
                "Write it.",
                f"texts/{language}.toml",
            )
        for key in words.orphans(needed, said[language]):
            yield _finding(
                edition,
                Severity.WARNING,
                "texts.orphan",
                f"Nothing says the text '{key}'.",
                "Remove it, or correct its key.",
                f"texts/{language}.toml",
            )


def legal_basis_names_files(edition: Edition) -> Iterator[Finding]:
    """What rests on a norm must be there, or a change of the law would touch nothing."""
    for basis in edition.meta["legal_basis"]:
        for part in basis["parts"]:
            if part not in edition.file_names:
                yield _error(
                    edition,
                    "legal-basis.part",
                    f"'{part}', which rests on {basis['norm']}, is not in the edition.",
                    "Name a file of the edition.",
                    "edition.toml",
                )


def parameters_of_cases_fit(edition: Edition) -> Iterator[Finding]:
    """The towns of the golden cases show other towns what to fill in."""
    for town in edition.towns:
        yield from edition.check_parameters(town.parameters, town.file)


def suggested_parameters_fit(edition: Edition) -> Iterator[Finding]:
    """A default that the schema refuses would greet every town with an error."""
    root = edition.parameters_schema
    for name, described in _described(root, ""):
        if "default" not in described:
            continue
        findings = Findings()
        validator = validator_for({**described, "$defs": root.get("$defs", {})})
        file = f"{edition.name}/parameters.schema.json"
        conforms(described["default"], validator, "parameters.default", file, findings, under=name)
        yield from findings


def _described(schema: Mapping[str, Any], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, described in schema.get("properties", {}).items():
        path = f"{at}.{name}" if at else name
        yield path, described
        yield from _described(described, path)


def golden_cases_end_as_expected(edition: Edition) -> Iterator[Finding]:
    """Each golden case, and each notice once per decision and language with the facts of a case."""
    results = rehearse(edition)
    if not results:
        yield _error(
            edition,
            "cases.none",
            "The edition has no golden case.",
            "Write some, computed by hand: they say what the edition means.",
            "cases/",
        )
    for result in results:
        if result.question:
            yield Finding(
                "cases.question",
                Severity.WARNING,
                f"{result.name}: {' '.join(result.why)}",
                "Correct answers and expectations, and take the question away.",
                result.file,
            )
            continue
        for sentence in result.why:
            yield Finding(
                "cases.differs",
                Severity.ERROR,
                f"{result.name}: {sentence}",
                "Correct the edition, or the case if it was computed wrongly.",
                result.file,
            )
    yield from _notices_compile(edition, results)


def _notices_compile(edition: Edition, results: Iterable[CaseResult]) -> Iterator[Finding]:
    examples: dict[str, dict[str, CaseResult]] = {}
    for result in results:
        if result.notice:
            examples.setdefault(result.notice, {}).setdefault(result.facts["decision"], result)
    for name, template in edition.notices.items():
        file = f"notices/{name}.typ"
        for reason in notices.check_template(template):
            yield _error(edition, "notices.forbidden", reason, "Take it out.", file)
        if name not in examples:
            yield _finding(
                edition,
                Severity.WARNING,
                "notices.unproved",
                "No golden case ends with this notice.",
                "Write one that does.",
                file,
            )
            continue
        for example in examples[name].values():
            for language in edition.languages:
                yield from _renders(edition, name, example.facts, language)


def _renders(edition: Edition, name: str, facts: Any, language: str) -> Iterator[Finding]:
    try:
        notices.render(
            edition.notices[name],
            facts,
            language=language,
            texts=edition.texts[language],
            title=edition.package.name["de"],
            author=edition.package.maintainer["name"],
            timestamp=datetime(2025, 1, 1, tzinfo=UTC),
        )
    except notices.NoticeError as error:
        yield _error(
            edition,
            "notices.render",
            f"In {language}: {error}",
            "Correct the template or the texts that it says.",
            f"notices/{name}.typ",
            error.line,
        )


CHECKS: Final[tuple[Check, ...]] = (
    every_field_is_on_a_page,
    every_rule_has_a_form,
    every_word_in_every_language,
    legal_basis_names_files,
    every_language_has_texts,
    gaps_are_the_same_in_every_language,
    suggested_parameters_fit,
    parameters_of_cases_fit,
    decision_tables,
    open_texts,
    operations_are_named,
    operations_are_proved,
    golden_cases_end_as_expected,
)


def _error(
    edition: Edition, code: str, message: str, remedy: str, file: str, line: int | None = None
) -> Finding:
    return _finding(edition, Severity.ERROR, code, message, remedy, file, line)


def _finding(
    edition: Edition,
    severity: Severity,
    code: str,
    message: str,
    remedy: str,
    file: str,
    line: int | None = None,
) -> Finding:
    return Finding(code, severity, message, remedy, f"{edition.name}/{file}", line)
