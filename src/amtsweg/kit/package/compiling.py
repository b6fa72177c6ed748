"""From the files of an edition to the edition: everything compiled, every mistake found at once."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from amtsweg.kit import forms, process
from amtsweg.kit.expressions import (
    INT,
    TEXT,
    Environment,
    Expression,
    ExpressionError,
    Record,
    Scalar,
    shape_of_json_schema,
    shape_of_schema,
)
from amtsweg.kit.fim import xdf, xzufi
from amtsweg.kit.fim.model import FimError, Schema
from amtsweg.kit.fim.xzufi_model import ServiceDescription
from amtsweg.kit.package.archive import PACKAGE_FILE, edition_names, hash_of, pack, unpack
from amtsweg.kit.package.cases import read_towns
from amtsweg.kit.package.documents import read_json, read_text, read_toml, validator_for
from amtsweg.kit.package.edition import (
    SCHEMA_LANGUAGE,
    Edition,
    NoticeRules,
    Operation,
    PackageMeta,
)
from amtsweg.kit.package.findings import Findings, PackageError

SCHEMA_FILES: Final = ("schema.xdf3.xml", "schema.xdf2.xml")
DESCRIPTION_FILE: Final = "description.xzufi.xml"
APPLICATION: Final = Record({"operation": TEXT, "date": TEXT, "number_of_attachments": INT})
"""What expressions know of the application beside its answers."""
_APPLYING: Final = Record({"operation": TEXT})
"""What of that is known while a person applies."""
_COMPARED: Final = re.compile(r"""application\.operation\s*[!=]=\s*['"]([^'"]*)['"]""")


def load_edition(archive: bytes) -> Edition:
    """The edition in a canonical archive; compiled once per content and kept.

    Raises PackageError with every finding if it cannot be used.
    """
    return _load(bytes(archive))


@lru_cache(maxsize=64)
def _load(archive: bytes) -> Edition:
    files = unpack(archive)
    if PACKAGE_FILE not in files or len(edition_names(files)) != 1:
        findings = Findings()
        findings.error(
            "archive.content",
            f"The archive does not hold {PACKAGE_FILE} and one edition.",
            "Pack one edition of a package.",
        )
        raise PackageError(findings)
    edition, findings = compile_edition(files)
    if edition is None:
        raise PackageError(findings)
    return edition


def compile_edition(files: Mapping[str, bytes]) -> tuple[Edition | None, Findings]:
    """Compile the files of one archive; None if an error is among the findings."""
    findings = Findings()
    folder = edition_names(files)[0]
    reader = _Reader(files, folder, findings)
    package = read_package_meta(files, findings)
    meta = reader.meta()
    schema = reader.schema()
    description = reader.description()
    pages = reader.pages()
    drawing = reader.drawing()
    parameters_schema, validator = reader.parameters_schema()
    texts = reader.texts()
    notices = reader.notices()
    towns = read_towns(files, reader.under("cases"), findings)
    if package is not None:
        reader.operations(package)
    if schema is None:
        return None, findings
    environment = Environment(
        {
            "answers": shape_of_schema(schema),
            "parameters": shape_of_json_schema(parameters_schema),
            "application": APPLICATION,
        }
    )
    applying = environment.extend({"application": _APPLYING})
    form = reader.form(schema, pages, texts, applying) if pages is not None else None
    running = reader.running(drawing, environment) if drawing is not None else None
    rules = reader.notice_rules(meta, running) if meta is not None and running is not None else None
    if (
        findings.failed
        or package is None
        or meta is None
        or pages is None
        or validator is None
        or form is None
        or running is None
        or rules is None
    ):
        return None, findings
    answers_schema = form.json_schema()
    edition = Edition(
        hash=hash_of(pack(files)),
        package=package,
        name=folder,
        in_force_from=date.fromisoformat(meta["in_force_from"]),
        meta=meta,
        schema=schema,
        json_schema=answers_schema,
        pages=pages,
        form=form,
        process=running,
        drawings=reader.drawings(),
        notice_rules=rules,
        parameters_schema=parameters_schema,
        texts=texts,
        notices=notices,
        towns=towns,
        description=description,
        file_names=frozenset(name.removeprefix(f"{folder}/") for name in files),
        _parameters=validator,
        _answers=validator_for(answers_schema),
    )
    return edition, findings


def read_package_meta(files: Mapping[str, bytes], findings: Findings) -> PackageMeta | None:
    """What package.toml says; None if it cannot be used."""
    document = read_toml(files, PACKAGE_FILE, findings, schema="package")
    if document is None:
        return None
    operations = tuple(Operation(**one) for one in document.pop("operation", ()))
    document["leika_keys"] = tuple(
        document.get("leika_keys") or dict.fromkeys(one.leika_key for one in operations)
    )
    document["search"] = {key: tuple(words) for key, words in document["search"].items()}
    return PackageMeta(**document, operations=operations)


class _Reader:
    """Reads an edition's files one by one; what is wrong with one does not hide the others."""

    def __init__(self, files: Mapping[str, bytes], folder: str, findings: Findings) -> None:
        self._files, self._folder, self._findings = files, folder, findings

    def path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def under(self, folder: str) -> list[str]:
        return sorted(name for name in self._files if name.startswith(self.path(folder) + "/"))

    def stems(self, folder: str) -> dict[str, str]:
        return {name.rpartition("/")[2].partition(".")[0]: name for name in self.under(folder)}

    def operations(self, package: PackageMeta) -> None:
        """A misspelt operation would make a condition false for ever."""
        known = {one.id for one in package.operations}
        for file in (self.path("pages.toml"), self.path("process.bpmn"), *self.under("decisions")):
            text = html.unescape(self._files.get(file, b"").decode("utf-8", "replace"))
            for number, line in enumerate(text.splitlines(), start=1):
                for named in _COMPARED.findall(line):
                    if named not in known:
                        self._findings.error(
                            "operation.unknown",
                            f"package.toml names no operation '{named}'.",
                            f"Use one of: {', '.join(sorted(known)) or 'none is named'}.",
                            file,
                            number,
                        )

    def meta(self) -> dict[str, Any] | None:
        file = self.path("edition.toml")
        meta = read_toml(self._files, file, self._findings, schema="edition")
        if meta is not None and meta["in_force_from"] != self._folder:
            self._findings.error(
                "edition.date",
                f"in_force_from is {meta['in_force_from']}, the folder is {self._folder}.",
                "Name the folder by the day from which the edition is in force.",
                file,
            )
        return meta

    def schema(self) -> Schema | None:
        """The data schema, in whichever standard it is written."""
        found = [file for name in SCHEMA_FILES if (file := self.path(name)) in self._files]
        if len(found) != 1:
            self._findings.error(
                "file.missing" if not found else "schema.two",
                f"There are {len(found)} data schemas.",
                f"Keep one: {' or '.join(SCHEMA_FILES)}.",
                self.path(SCHEMA_FILES[0]),
            )
            return None
        try:
            read = xdf.read_message(self._files[found[0]], file=found[0], lists=self._code_list)[1]
        except FimError as error:
            self._findings.extend(error.findings)
            return None
        if not isinstance(read, Schema):
            self._findings.error(
                "schema.part",
                "The file holds a group or a field alone.",
                "Give the whole data schema.",
                found[0],
            )
            return None
        return read

    def description(self) -> ServiceDescription | None:
        """What the state's editors say about the service, if the edition brings it."""
        file = self.path(DESCRIPTION_FILE)
        if file not in self._files:
            return None
        try:
            return xzufi.read(self._files[file], file=file)
        except FimError as error:
            self._findings.extend(error.findings)
            return None

    def _code_list(self, urn: str) -> bytes | None:
        name = "".join(sign if sign.isalnum() or sign in ".-" else "_" for sign in urn)
        return self._files.get(self.path(f"lists/{name}.xml"))

    def parameters_schema(
        self,
    ) -> tuple[dict[str, Any], jsonschema_rs.Draft202012Validator | None]:
        file = self.path("parameters.schema.json")
        document = read_json(self._files, file, self._findings)
        if document is None:
            return {}, None
        try:
            shape_of_json_schema(document)
            return document, validator_for(document)
        except ExpressionError as error:
            remedy = "Give the parameter another name: expressions speak of it."
            self._findings.error("parameters.name", str(error), remedy, file)
            return {}, None
        except ValueError as error:
            said = str(error).partition("\n")[0].rstrip(".")
            remedy = "Write it as JSON Schema 2020-12, with all that it refers to in the same file."
            self._findings.error("parameters.schema", f"{said}.", remedy, file)
            return document, None

    def texts(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for language, file in self.stems("texts").items():
            document = read_toml(self._files, file, self._findings, schema="texts")
            if document is not None:
                found[language] = document
        if SCHEMA_LANGUAGE not in found:
            self._findings.error(
                "texts.german",
                "There are no German texts.",
                "Write them.",
                self.path("texts/de.toml"),
            )
        return found

    def notices(self) -> dict[str, str]:
        found = {}
        for name, file in self.stems("notices").items():
            source = read_text(self._files, file, self._findings)
            if source is not None:
                found[name] = source
        return found

    def pages(self) -> dict[str, Any] | None:
        return read_toml(self._files, self.path("pages.toml"), self._findings, schema="pages")

    def form(
        self,
        schema: Schema,
        pages: Mapping[str, Any],
        texts: Mapping[str, Mapping[str, Any]],
        environment: Environment,
    ) -> forms.Form | None:
        try:
            return forms.compile(schema, pages, texts, environment, file=self.path("pages.toml"))
        except forms.FormError as error:
            self._findings.extend(error.findings)
            return None

    def drawing(self) -> bytes | None:
        file = self.path("process.bpmn")
        if file not in self._files:
            self._findings.error("file.missing", "The file is missing.", "Draw it.", file)
        return self._files.get(file)

    def drawings(self) -> dict[str, bytes]:
        """Process and decisions, by their names in the edition."""
        files = (self.path("process.bpmn"), *self.under("decisions"))
        return {file.removeprefix(f"{self._folder}/"): self._files[file] for file in files}

    def running(self, drawing: bytes, environment: Environment) -> process.Process | None:
        file = self.path("process.bpmn")
        decisions = {name: self._files[name] for name in self.under("decisions")}
        try:
            loaded = process.load(drawing, decisions, environment=environment, file=file)
        except process.ProcessFault as error:
            self._findings.extend(error.findings)
            return None
        self._findings.extend(loaded.findings)
        return loaded

    def notice_rules(self, meta: Mapping[str, Any], running: process.Process) -> NoticeRules | None:
        rules = meta["notice"]
        compiled = [
            self._expression(running.environment, text, shape, name)
            for name, text, shape in (
                ("decision", rules["decision"], TEXT),
                ("fee_cents", rules["fee_cents"], INT),
                *((f"recipient.{n}", text, TEXT) for n, text in enumerate(rules["recipient"])),
            )
        ]
        good = [expression for expression in compiled if expression is not None]
        if len(good) < len(compiled):
            return None
        return NoticeRules(decision=good[0], fee_cents=good[1], recipient=tuple(good[2:]))

    def _expression(
        self, environment: Environment, text: str, shape: Scalar, name: str
    ) -> Expression | None:
        try:
            return environment.compile(text, expect=shape)
        except ExpressionError as error:
            self._findings.error(
                "notice.expression",
                f"notice.{name}: {error.message}",
                "Mend the expression.",
                self.path("edition.toml"),
            )
            return None
