"""`amtsweg form`: what service authors do with a FIM data schema before a service stands on it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amtsweg.console import AsJson, InLanguage, say, show_findings, spoken, write_whole

if TYPE_CHECKING:
    from amtsweg.kit.fim.model import Field, Group, Schema
    from amtsweg.kit.fim.xdf import Standard
    from amtsweg.kit.findings import Finding

app = typer.Typer(help="FIM data schemas.", no_args_is_help=True)


class Target(StrEnum):
    """What a schema is converted to."""

    XDF2 = "xdf2"
    XDF3 = "xdf3"
    JSON_SCHEMA = "json-schema"


SchemaFile = Annotated[
    Path,
    typer.Argument(
        help="A schema in XDatenfelder 2 or 3; its code lists lie in the same folder.",
        exists=True,
        dir_okay=False,
    ),
]


@app.callback()
def form() -> None:
    """FIM data schemas."""


@app.command()
def check(file: SchemaFile, language: InLanguage = None, as_json: AsJson = False) -> None:
    """Say what FIM's editors would refuse in a schema, and which code lists are not at hand."""
    from amtsweg.kit.fim import code_lists, conversion, quality, xdf
    from amtsweg.kit.fim.model import FimError

    said_in = spoken(language)
    try:
        standard, element = _read(file)
    except FimError as error:
        unread = {"file": file.name, "format": None, "schema": None}
        nothing = {"fields": 0, "groups": 0, "rules": 0}
        show_findings(error.findings, "", as_json, unread | nothing, said_in)
    facts = {"file": file.name, "format": standard.value, **_facts(element)}
    if standard is xdf.Standard.XDF2:
        # The messages are made for XDatenfelder 3, where ids are longer and states have dates.
        element = conversion.to_xdf3(element).element
    remarks = (remark.finding(said_in, file=file.name) for remark in quality.check(element))
    good = say("The schema can be used.", "Das Schema ist verwendbar.", said_in)
    show_findings([*code_lists.missing(element), *remarks], good, as_json, facts, said_in)


@app.command()
def convert(
    file: SchemaFile,
    to: Annotated[Target, typer.Option("--to", help="What it becomes.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write (standard output).")
    ] = None,
) -> None:
    """Write a schema in another standard, and say what has no counterpart there.

    The code lists that the result refers to are written beside it. Nothing is written if the
    result would be refused there; then it ends with 1.
    """
    from amtsweg.kit.fim.model import FimError
    from amtsweg.kit.findings import Finding, Severity
    from amtsweg.kit.forms import FormError
    from amtsweg.kit.translation import all_in_language

    document, report, lists = b"", tuple[Finding, ...](), dict[str, bytes]()
    try:
        standard, element = _read(file)
        if to is Target.JSON_SCHEMA:
            document, report = _as_json_schema(element)
        else:
            document, report, lists = _as_xdf(standard, element, to)
    except (FimError, FormError) as error:
        report = error.findings
    for finding in all_in_language(report, spoken()):
        typer.echo(f"{finding.severity}: {finding}", err=True)
    if any(finding.severity is Severity.ERROR for finding in report):
        raise typer.Exit(1)
    if out is None:
        typer.echo(document, nl=False)
        for name in lists:
            typer.echo(
                say(
                    f"The result refers to the code list {name}: write it with --out.",
                    f"Das Ergebnis verweist auf die Codeliste {name}: Schreiben Sie sie mit --out.",
                ),
                err=True,
            )
        return
    for name, content in lists.items():
        write_whole(out.with_name(name), content)
    write_whole(out, document)


@app.command()
def preview(
    file: SchemaFile,
    port: Annotated[int, typer.Option(help="The port on this machine; 0 takes any.")] = 8010,
) -> None:
    """Fill in any schema as an assistant in the browser, on this machine, until Ctrl-C.

    A page is laid out for each group at the top; what you change in the file is there when you
    load the page again.
    """
    from amtsweg.preview.serving import serve

    def ready(address: str) -> None:
        typer.echo(say(f"Preview: {address} (stop: Ctrl-C)", f"Vorschau: {address} (Ende: Strg-C)"))

    serve(file, port, ready=ready)


def _facts(element: Schema | Group | Field) -> dict[str, Any]:
    """Whom the file is about, and how many different fields, groups and rules it holds."""
    from amtsweg.kit.fim.model import Field, Group, Schema, Use, walk

    uses = element.uses if isinstance(element, Schema) else (Use(element),)
    elements = [use.element for _, use in walk(uses)]
    ruled = [*elements, element]
    return {
        "schema": {"id": element.id, "version": element.version, "name": element.name},
        "fields": len({one.id for one in elements if isinstance(one, Field)}),
        "groups": len({one.id for one in elements if isinstance(one, Group)}),
        "rules": len({rule.id for one in ruled for rule in one.rules}),
    }


def _read(file: Path) -> tuple[Standard, Schema | Group | Field]:
    from amtsweg.kit.fim import code_lists, xdf, xml

    document = xml.read_file(file)
    lists = code_lists.in_folder(file.parent)
    return xdf.read_message(document, file=file.name, lists=lists)


def _as_xdf(
    standard: Standard, element: Schema | Group | Field, to: Target
) -> tuple[bytes, tuple[Finding, ...], dict[str, bytes]]:
    from amtsweg.kit.fim import code_lists, conversion, genericode, xdf

    wanted = xdf.Standard(to)
    report: tuple[Finding, ...] = ()
    if standard is not wanted:
        convert_to = conversion.to_xdf2 if to is Target.XDF2 else conversion.to_xdf3
        converted = convert_to(element, spoken())
        element, report = converted.element, converted.report
    lists = {code_lists.file_name(one): genericode.write(one) for one in code_lists.of(element)}
    return xdf.CODECS[wanted].write(element), (*report, *code_lists.missing(element)), lists


def _as_json_schema(element: Schema | Group | Field) -> tuple[bytes, tuple[Finding, ...]]:
    """The answers to a form that asks the whole schema and narrows nothing beyond it."""
    from amtsweg.kit import forms
    from amtsweg.kit.forms.defaults import default_pages, workable

    schema, left_aside = workable(element)
    form = forms.compile(schema, {"page": default_pages(schema)["page"]}, {})
    exported = json.dumps(form.json_schema(), ensure_ascii=False, indent=2)
    return (exported + "\n").encode(), left_aside
