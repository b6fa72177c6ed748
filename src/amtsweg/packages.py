"""`amtsweg service`: what service authors do with a package, from its first file to publishing."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amtsweg.console import (
    AsJson,
    InLanguage,
    PlainError,
    say,
    show_findings,
    spoken,
    write_whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amtsweg.kit.package.findings import Findings, PackageError

app = typer.Typer(help="Packages: services as folders of files.", no_args_is_help=True)


PackageFolder = Annotated[
    Path, typer.Argument(help="The package's folder.", exists=True, file_okay=False)
]


@app.callback()
def service() -> None:
    """Packages: services as folders of files."""


@app.command()
def check(path: PackageFolder, language: InLanguage = None, as_json: AsJson = False) -> None:
    """Say file by file what is wrong with a package and how to mend it."""
    from amtsweg.kit import package

    said = spoken(language)
    good = say("No error found.", "Kein Fehler gefunden.", said)
    show_findings(package.check(path), good, as_json, language=said)


@app.command()
def diff(
    before: Annotated[
        Path,
        typer.Argument(help="An edition's folder, or a package's.", exists=True, file_okay=False),
    ],
    after: Annotated[
        Path | None,
        typer.Argument(
            help="The other edition (one of the same package).", exists=True, file_okay=False
        ),
    ] = None,
    from_: Annotated[
        str, typer.Option("--from", help="The day of the first edition, where a package is given.")
    ] = "",
    to: Annotated[
        str, typer.Option("--to", help="The day of the second edition (the newest).")
    ] = "",
    language: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Say in words what is different in another edition: for people, clerks and towns.

    Also which golden cases end otherwise. Of one package the two newest editions are compared
    unless you name others. Ends with 0 whether or not something changed.
    """
    from amtsweg.kit.package import diff as comparison
    from amtsweg.kit.package.findings import Findings, PackageError

    said_in = spoken(language)
    changes: tuple[comparison.Change, ...] = ()
    findings = Findings()
    try:
        changes = comparison.compare(*_two_editions(before, after, from_, to))
    except PackageError as error:
        findings = _findings_of(error)
    if as_json:
        said = [
            {
                "audience": change.audience,
                "code": change.code,
                "file": change.file,
                "place": change.place,
                "sentence": change.sentence(said_in),
            }
            for change in changes
        ]
        show_findings(findings, "", as_json, {"changes": said}, said_in)
    for audience in comparison.Audience:
        own = [change.sentence(said_in) for change in changes if change.audience is audience]
        if own:
            typer.echo(f"{audience.heading(said_in)}")
            typer.echo("".join(f"- {sentence}\n" for sentence in own))
    nothing = say("Nothing is different.", "Die Fassungen sind gleich.", said_in)
    show_findings(findings, "" if changes else nothing, as_json, language=said_in)


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(help="The service's name in addresses, such as `hundesteuer`.")
    ],
    schema: Annotated[
        Path,
        typer.Option(
            "--schema",
            help="A FIM schema in XDatenfelder 2 or 3; its code lists lie in the same folder.",
            exists=True,
            dir_okay=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help="The folder of services.", exists=True, file_okay=False),
    ] = Path("services"),
    in_force_from: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="From when the edition is in force (today)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Begin a package from a schema: it runs, and asks for what only its author knows.

    The check counts what is still open. The first golden case is a question to you: how does it
    end? Nothing is written if the package would not pass the check.
    """
    from amtsweg.kit.fim import code_lists, xdf
    from amtsweg.kit.fim.model import FimError
    from amtsweg.kit.package import scaffold
    from amtsweg.kit.package.checks import check_edition
    from amtsweg.kit.package.findings import Findings, PackageError

    if not scaffold.SLUG.fullmatch(name):
        raise typer.BadParameter(
            say(
                "The name begins with a letter and is made of small letters and digits, "
                "with - between words.",
                "Der Name beginnt mit einem Buchstaben und besteht aus Kleinbuchstaben und "
                "Ziffern, mit - zwischen den Wörtern.",
            )
        )
    folder = out / name
    if folder.exists():
        raise PlainError(
            f"{folder} is there already: choose another name, or remove it.",
            f"{folder} gibt es schon: Wählen Sie einen anderen Namen oder entfernen Sie den Ordner.",
        )
    lists = code_lists.in_folder(schema.parent)
    day = (in_force_from or datetime.now().astimezone()).date()
    findings = Findings()
    try:
        standard, element = xdf.read_message(schema.read_bytes(), file=schema.name, lists=lists)
        begun = scaffold.begin(name, standard, element, lists, day, language=spoken())
        findings.extend(begun.findings)
        findings.extend(check_edition(begun.files))
        if not findings.failed:
            _write_folder(folder, begun.files)
    except (FimError, PackageError) as error:
        findings.extend(error.findings)
    good = say(
        f"Written: {folder}. Answer the questions, then look at it with `amtsweg service check`.",
        f"Geschrieben: {folder}. Beantworten Sie die Fragen und prüfen Sie das Paket mit "
        "`amtsweg service check`.",
    )
    show_findings(findings, good, as_json)


@app.command()
def key(
    publisher: Annotated[str, typer.Argument(help="Your name as a publisher, such as `radebeul`.")],
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write to.", exists=True, file_okay=False)
    ],
) -> None:
    """Make the two keys of a publisher: one to sign with, one that others trust.

    Keep the file that ends in .key to yourself and give the one that ends in .pub to all who use
    your packages.
    """
    from amtsweg.kit.package import signing

    _publisher(publisher)
    try:
        private, public = signing.make_key(publisher, out)
    except FileExistsError as error:
        raise PlainError(
            f"{error.filename or error} is there already: choose another folder or another name.",
            f"{error.filename or error} gibt es schon: Wählen Sie einen anderen Ordner oder "
            "einen anderen Namen.",
        ) from None
    typer.echo(say(f"Keep to yourself: {private}", f"Nur für Sie: {private}"))
    typer.echo(say(f"For everybody: {public}", f"Für alle: {public}"))


@app.command()
def sign(
    path: PackageFolder,
    key_file: Annotated[
        Path, typer.Option("--key", help="Your private key.", exists=True, dir_okay=False)
    ],
    publisher: Annotated[str, typer.Option("--publisher", help="Your name as a publisher.")],
    out: Annotated[Path, typer.Option("--out", help="The archive to write, ending in .amtsweg.")],
    edition: Annotated[
        str, typer.Option("--edition", help="The day of the edition (the newest).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Pack one edition into an archive that says who published it, and sign it.

    An edition in which the check finds an error is not signed.
    """
    from amtsweg.kit.package import signing
    from amtsweg.kit.package.archive import choose_edition, edition_files
    from amtsweg.kit.package.checks import check_edition
    from amtsweg.kit.package.findings import PackageError

    _publisher(publisher)
    try:
        name, files = choose_edition(path, edition)
        findings = check_edition(edition_files(files, name))
        if not findings.failed:
            archive = signing.sign(
                edition_files(files, name), publisher, signing.read_key(key_file)
            )
            write_whole(out, archive)
    except PackageError as error:
        findings = _findings_of(error)
    show_findings(findings, say(f"Signed: {out}", f"Signiert: {out}"), as_json)


@app.command()
def verify(
    archive: Annotated[Path, typer.Argument(help="A signed archive.", exists=True, dir_okay=False)],
    trusted: Annotated[
        Path,
        typer.Option(
            "--trusted", help="A publisher's public key, or a folder of them.", exists=True
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Say whether an archive is as a publisher whom you trust has signed it."""
    from amtsweg.kit.package import signing
    from amtsweg.kit.package.findings import Findings, PackageError

    good = ""
    findings = Findings()
    try:
        found = signing.verify(signing.read_archive(archive), signing.trusted_publishers(trusted))
        good = say(
            f"{found.service}, edition of {found.edition}, signed by {found.publisher}.",
            f"{found.service}, Fassung vom {found.edition}, signiert von {found.publisher}.",
        )
    except PackageError as error:
        findings = _findings_of(error)
    show_findings(findings, good, as_json)


def _two_editions(
    before: Path, after: Path | None, first: str, second: str
) -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """The files of the editions that are meant by folders of editions or packages, and days."""
    from amtsweg.kit.package.archive import (
        choose_edition,
        edition_files,
        edition_names,
        read_folder,
    )

    if after is None and not first:
        earlier = [day for day in edition_names(read_folder(before)) if not second or day < second]
        earlier = earlier if second else earlier[:-1]
        if not earlier:
            raise PlainError(
                "There is no earlier edition to compare with: name the other one.",
                "Es gibt keine frühere Fassung zum Vergleich: Nennen Sie die andere.",
            )
        first = earlier[-1]
    found = []
    for path, day in ((before, first), (after or before, second)):
        folder = path.resolve()
        meant = (folder.parent, folder.name) if _is_edition(folder) else (folder, day)
        name, files = choose_edition(*meant)
        found.append(edition_files(files, name))
    return found[0], found[1]


def _is_edition(folder: Path) -> bool:
    from amtsweg.kit.package.archive import EDITION_NAME, PACKAGE_FILE

    return bool(EDITION_NAME.fullmatch(folder.name)) and (folder.parent / PACKAGE_FILE).is_file()


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """All of a package or nothing: what was begun is removed if it cannot be finished."""
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        for name, content in files.items():
            file = draft / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _publisher(name: str) -> None:
    from amtsweg.kit.package.signing import PUBLISHER

    if not PUBLISHER.fullmatch(name):
        raise typer.BadParameter(
            say(
                "A publisher's name is made of small letters and digits, with - between words.",
                "Der Name besteht aus Kleinbuchstaben und Ziffern, mit - zwischen den Wörtern.",
            )
        )


def _findings_of(error: PackageError) -> Findings:
    from amtsweg.kit.package.findings import Findings

    return Findings(error.findings)
