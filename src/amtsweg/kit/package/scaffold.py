"""A package begun from a schema: every file is there and runs, and what nobody knows yet is asked.

The process is check, decide, notify, close; the pages follow the schema's groups; the golden case
has made-up answers and asks how it ends. Whatever the schema does not say stands there as an open
place (``questions``), so that the check can count what is left to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar
from xml.sax.saxutils import quoteattr

from amtsweg.kit import forms, toml
from amtsweg.kit.fim import conversion, xdf3
from amtsweg.kit.fim.code_lists import Lists, missing
from amtsweg.kit.fim.model import CodeList, Field, Group, Schema, Use, walk
from amtsweg.kit.fim.xdf import Standard
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.forms.defaults import default_pages, workable
from amtsweg.kit.forms.proposals import as_toml, propose
from amtsweg.kit.forms.rules import open_rules
from amtsweg.kit.messages import Language
from amtsweg.kit.package.examples import example
from amtsweg.kit.package.findings import Findings, PackageError
from amtsweg.kit.package.questions import OPEN

_TEMPLATE: Final = Path(__file__).parent / "template"
_LONGEST_NAME: Final = 290
_LONGEST_WORD: Final = 80
_NAMED: Final = re.compile(r"\b[FG]\d{8}\b")
SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ID: Final = re.compile(r"S\d{1,11}")
_TOWN: Final = "musterstadt"

Element = TypeVar("Element", bound=Schema | Group | Field)


@dataclass(frozen=True, slots=True)
class Begun:
    """The files of a new package by name, and what of the schema was changed or left aside."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]


def begin(
    slug: str,
    standard: Standard,
    element: Schema | Group | Field,
    lists: Lists,
    in_force_from: date,
    *,
    language: Language = "en",
) -> Begun:
    """The first files of a service over a schema, or over a group or field alone.

    ``lists`` gives the code lists beside the schema. Raises PackageError if there is nothing to
    ask, FimError if it cannot be said in XDatenfelder 3, ValueError for a name that is none.
    """
    if not SLUG.fullmatch(slug):
        raise ValueError(slug)
    report: list[Finding] = []
    if standard is Standard.XDF2:
        converted = conversion.to_xdf3(element, language)
        element = _naming(converted.element, _new_ids(element, converted.element))
        report += [one for one in converted.report if one.severity is Severity.WARNING]
    report += missing(element)
    schema, left_aside = workable(element)
    report += left_aside
    if not any(isinstance(use.element, Field) for _, use in walk(schema.uses)):
        raise _nothing_asked(schema)
    if not _ID.fullmatch(schema.id):
        named = "S" + "".join(sign for sign in schema.id if sign.isdigit())[:11].ljust(1, "0")
        report.append(_renamed(schema.id, named))
        schema = replace(schema, id=named)
    files = _Beginning(slug, schema, in_force_from.isoformat()).files(dict(_lists(schema, lists)))
    return Begun(files, tuple(dict.fromkeys(report)))


class _Beginning:
    def __init__(self, slug: str, schema: Schema, folder: str) -> None:
        self.slug, self.schema, self.folder = slug, schema, folder
        self.title = _line(schema.title or schema.name)[:_LONGEST_NAME]
        self.proposal = propose(schema, default_pages(schema))
        self.pages = self.proposal.pages

    def files(self, lists: Mapping[str, bytes]) -> dict[str, bytes]:
        """All files of the package."""
        schema_file, lists = self.schema_and_lists(lists)
        values = self.values()
        texts = {
            name: self.fill(f"texts/{name}.toml", values) + "".join(self.words(name))
            for name in ("de", "en")
        }
        written = {
            "edition.toml": self.fill("edition.toml", values),
            "pages.toml": self.pages_toml(),
            "process.bpmn": self.fill("process.bpmn", values),
            "parameters.schema.json": self.fill("parameters.schema.json", values),
            "decisions/outcome.dmn": self.fill("decisions/outcome.dmn", values),
            "notices/decision.typ": self.fill("notices/decision.typ", values),
            **{f"texts/{name}.toml": text for name, text in texts.items()},
            f"cases/{_TOWN}.toml": self.fill(f"cases/{_TOWN}.toml", values | self.case()),
        }
        return {
            "package.toml": self.fill("package.toml", values).encode(),
            f"{self.folder}/schema.xdf3.xml": schema_file,
            **{f"{self.folder}/lists/{name}.xml": content for name, content in lists.items()},
            **{f"{self.folder}/{name}": text.encode() for name, text in written.items()},
        }

    def schema_and_lists(self, lists: Mapping[str, bytes]) -> tuple[bytes, Mapping[str, bytes]]:
        """The schema as written, and the lists that it needs.

        A list that says something else to XDatenfelder 3 is written into the schema instead.
        """
        document = xdf3.write(self.schema)
        if _values(xdf3.read(document, lists=_finder(lists))) == _values(self.schema):
            return document, lists
        plain = replace(self.schema, uses=tuple(_with_own_values(use) for use in self.schema.uses))
        return xdf3.write(plain), {}

    def values(self) -> dict[str, str]:
        """What the templates are filled with."""
        basis = [f"# {line}" for text in self.schema.legal_basis for line in _lines(text)]
        if basis:
            basis.insert(0, "# The schema says:")
        return {
            "slug": toml.text(self.slug),
            "name": toml.text(self.title),
            "english": toml.text(OPEN + self.title),
            "word": toml.text(self.title[:_LONGEST_WORD].strip()),
            "date": self.folder,
            "basis": "".join(f"\n{line}" for line in basis),
            "recipient": "\n".join(f"    {toml.text(line)}," for line in self.recipient()),
            "title": quoteattr(self.title)[1:-1],
        }

    def fill(self, name: str, values: Mapping[str, str]) -> str:
        """A template with its gaps filled."""
        text = (_TEMPLATE / name).read_text("utf-8")
        bare = {"slug": self.slug} if not name.endswith(".toml") else {}
        for gap, value in {**values, **bare}.items():
            text = text.replace(f"{{{{{gap}}}}}", value)
        return text

    def recipient(self) -> Iterator[str]:
        """Three lines of an address, as CEL over answers that look like one."""
        paths = list(self._single(self.schema.uses, ""))
        for keys, asked in (
            (("vornamen?", "familienname|nachname|name"), "Name"),
            (("strasse", "hausnummer"), "Straße und Hausnummer"),
            (("postleitzahl", "ort"), "Postleitzahl und Ort"),
        ):
            parts = [f"answers.{path}" for path in _together(paths, keys)]
            yield " + ' ' + ".join(parts) if parts else f"'{OPEN}{asked}'"

    def _single(self, uses: Iterable[Use], under: str) -> Iterator[str]:
        """The paths of texts that everybody answers, once."""
        for use in uses:
            path = f"{under}.{use.key}" if under else use.key
            element = use.element
            if use.repeated or not use.minimum:
                continue
            if isinstance(element, Group):
                if not element.choice:
                    yield from self._single(element.uses, path)
            elif element.asks and element.type.startswith("text") and not element.values:
                yield path

    def pages_toml(self) -> str:
        """The pages with the rules that could be understood, and the others as work to do."""
        out = ["# The pages on which a person applies, in order.\n\n", as_toml(self.pages)]
        left = open_rules(self.schema, self.pages)
        if left:
            out.append(
                "\n# Rules of the schema, still to be written as [[rule]] under their ids.\n"
            )
        for placed in left:
            at = f" at {placed.path}" if placed.path else ""
            out.append(f"\n# {placed.rule.id}{at}: {_line(placed.rule.name)}\n")
            out += [f"#   {line}\n" for line in _lines(placed.rule.free_text)]
        return "".join(out)

    def words(self, language: str) -> Iterator[str]:
        """The texts of pages and fields."""
        of_path = {path: use.element for path, use in walk(self.schema.uses)}
        mark = OPEN if language == "en" else ""
        for page in self.pages["page"]:
            title = self._page_title(page["items"], of_path)
            yield toml.section(["page", page["id"]], {"title": mark + title})
        for path, use in walk(self.schema.uses):
            words = _translations(use.element) if language == "en" else {}
            if use.repeated:
                label = _label(use.element)
                add = f"{label} hinzufügen" if language == "de" else f"{OPEN}Add: {label}"
                words |= {"item": mark + label, "add": add}
            if words:
                yield toml.section(["field", path], words)
        if sentences := self.proposal.texts[language]["rule"]:
            yield toml.section(["rule"], sentences)

    def _page_title(self, items: list[str], of_path: Mapping[str, Field | Group]) -> str:
        if len(items) == 1 and isinstance(of_path[items[0]], Group):
            return _label(of_path[items[0]])
        above = items[0].rpartition(".")[0]
        return _label(of_path[above]) if above else "Ihre Angaben"

    def case(self) -> dict[str, str]:
        """The made-up answers of the golden case."""
        made = example(forms.compile(self.schema, self.pages, self.proposal.texts))
        attachments = f"attachments = {toml.value(made.attachments)}\n" if made.attachments else ""
        return {"attachments": attachments, "answers": toml.lines(made.answers)}


def _translations(element: Field | Group) -> dict[str, Any]:
    """What the schema says in German, marked as to be translated."""
    words: dict[str, Any] = {"label": OPEN + _label(element)}
    if element.help_input:
        words["help"] = OPEN + _line(element.help_input)
    values = element.values if isinstance(element, Field) else ()
    if values:
        words["values"] = {value.code: OPEN + _line(value.label) for value in values}
        helps = {value.code: OPEN + _line(value.help) for value in values if value.help}
        words |= {"value_help": helps} if helps else {}
    return words


def _new_ids(before: Schema | Group | Field, after: Schema | Group | Field) -> dict[str, str]:
    """What the conversion made of each element's id."""
    if isinstance(before, Field) or isinstance(after, Field):
        return {before.id: after.id}
    pairs = zip(walk(before.uses), walk(after.uses), strict=True)
    return {old.element.id: new.element.id for (_, old), (_, new) in pairs}


def _naming(element: Element, ids: Mapping[str, str]) -> Element:
    """The same with rules that name other elements by their new ids."""
    rules = tuple(
        replace(
            rule, free_text=_NAMED.sub(lambda found: ids.get(found[0], found[0]), rule.free_text)
        )
        for rule in element.rules
    )
    if isinstance(element, Field):
        return replace(element, rules=rules)
    uses = tuple(replace(use, element=_naming(use.element, ids)) for use in element.uses)
    return replace(element, rules=rules, uses=uses)


def _lists(schema: Schema, lists: Lists) -> Iterator[tuple[str, bytes]]:
    """The code lists that are at hand, by the name of their file."""
    for _, use in walk(schema.uses):
        if isinstance(use.element, Field) and use.element.code_list is not None:
            for name in _names(use.element.code_list):
                document = lists(name)
                if document is not None:
                    yield _file_name(name), document
                    break


def _names(code_list: CodeList) -> Iterator[str]:
    if code_list.version_urn:
        yield code_list.version_urn
    if code_list.urn:
        yield f"{code_list.urn}_{code_list.version}"
        yield code_list.urn


def _file_name(urn: str) -> str:
    return "".join(sign if sign.isalnum() or sign in ".-" else "_" for sign in urn)


def _finder(lists: Mapping[str, bytes]) -> Lists:
    return lambda urn: lists.get(_file_name(urn))


def _values(schema: Schema) -> list[tuple[str, tuple[Any, ...]]]:
    return [
        (path, tuple((value.code, value.label, value.help) for value in use.element.values))
        for path, use in walk(schema.uses)
        if isinstance(use.element, Field)
    ]


def _with_own_values(use: Use) -> Use:
    element = use.element
    if isinstance(element, Group):
        inner = tuple(_with_own_values(part) for part in element.uses)
        return replace(use, element=replace(element, uses=inner))
    return replace(use, element=replace(element, code_list=None))


def _together(paths: Iterable[str], keys: tuple[str, ...]) -> list[str]:
    """The first paths in one group of which each has one of the keys; empty if there are none."""
    groups: dict[str, dict[str, str]] = {}
    for path in paths:
        group, _, own = path.rpartition(".")
        for key in keys:
            if re.fullmatch(key, own):
                groups.setdefault(group, {}).setdefault(key, path)
    whole = next((found for found in groups.values() if len(found) == len(keys)), {})
    return [whole[key] for key in keys if whole]


def _label(element: Field | Group) -> str:
    return _line(element.label or element.name)


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _renamed(id_: str, named: str) -> Finding:
    return Finding(
        "scaffold.id",
        Severity.WARNING,
        f"XDatenfelder 3 has no schema {id_}; here it is {named}.",
        "Give the schema its own id in the FIM editor.",
    )


def _nothing_asked(schema: Schema) -> PackageError:
    findings = Findings()
    findings.error(
        "scaffold.nothing-asked",
        f"The schema {schema.id} has no field: there is nothing to ask.",
        "Give a schema with at least one field.",
    )
    return PackageError(findings)
