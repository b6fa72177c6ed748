"""The command `amtsweg`.

Exit code 0: done; 1: looked at and found wanting, with one plain sentence; 2: wrong use. With
`--json` standard output holds exactly one JSON document; messages go to standard error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from amtsweg.authoring import app as form
from amtsweg.config import Config
from amtsweg.console import AsJson, PlainError, print_json, say, show_findings
from amtsweg.packages import app as service
from amtsweg.platform.casework.commands import app as journal
from amtsweg.platform.commands import app as jobs
from amtsweg.platform.federation.commands import app as federation
from amtsweg.rehearsal.commands import rehearse

app = typer.Typer(
    help="Digital public services in a federation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(federation, name="federation")
app.add_typer(form, name="form")
app.add_typer(journal, name="journal")
app.add_typer(jobs, name="jobs")
app.command()(rehearse)
app.add_typer(service, name="service")

_WITH_DATABASE = {"federation", "jobs", "journal"}


@app.callback()
def before(context: typer.Context) -> None:
    """Digital public services in a federation."""
    if context.invoked_subcommand in _WITH_DATABASE and "--help" not in sys.argv:
        from amtsweg.embedded import postgres

        # Works beside a running installation and without one.
        context.with_resource(postgres.running(Config.load()))


@app.command()
def run() -> None:
    """Set up what is missing, start everything, print addresses and demo sign-ins."""
    from amtsweg.embedded import supervisor

    supervisor.run(Config.load())


@app.command()
def migrate() -> None:
    """Bring the database to this version: logins, database, tables."""
    from amtsweg.embedded import postgres, preparation

    config = Config.load()
    with postgres.running(config):
        preparation.migrate(config)


@app.command(name="seed-demo")
def seed_demo() -> None:
    """Fill in the demo's towns, people and services; safe to repeat."""
    from amtsweg.embedded import postgres, preparation

    with postgres.running(Config.load()):
        preparation.seed_demo()


@app.command(hidden=True)
def prepare() -> None:
    """Tables, static files and demo in one go, as `run` needs them."""
    from amtsweg.embedded import postgres, preparation

    config = Config.load()
    with postgres.running(config):
        preparation.prepare(config)


@app.command()
def worker() -> None:
    """Work through jobs until stopped: open cases, seal notices, send mail."""
    from amtsweg.embedded import preparation

    preparation.set_up_django("worker")
    from amtsweg.memory import keep_loaded
    from amtsweg.platform.catalogue.queries import compile_newest
    from amtsweg.platform.delivery import issuing
    from amtsweg.platform.jobs import run_worker

    # Before it reports for work: the installation is ready when nobody has to wait for this.
    issuing.warm_up()
    compile_newest()
    keep_loaded()
    run_worker(patience_seconds=2)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at this installation: home, key, disk, database, walls, jobs, running parts."""
    from amtsweg.embedded import doctor as examination

    good = say("This installation is well.", "Dieser Installation geht es gut.")
    show_findings(examination.examine(Config.load()), good, as_json)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    with_keys: Annotated[
        bool,
        typer.Option(
            "--with-keys",
            help="Put master key and seal in too: whoever has the file can do everything.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the database and this home's keys and files into one file, while it runs or not."""
    from amtsweg.embedded import backups

    _report(backups.backup(Config.load(), file, with_keys=with_keys), as_json=as_json)


@app.command()
def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `backup` wrote.", exists=True, dir_okay=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Bring a backup back; the database of before is kept under another name."""
    from amtsweg.embedded import backups

    _report(backups.restore(Config.load(), file), as_json=as_json)


def main() -> None:
    """Entry of the command: errors that a person can mend are one sentence, without a traceback."""
    try:
        app()
    except PlainError as error:
        _fail(str(error))
    except OSError as error:
        from amtsweg.embedded import home, processes

        if not processes.disk_is_full(error):
            raise
        _fail(str(home.full_disk(Config.load().home)))
    except Exception as error:
        # The drivers' and Django's classes share this name; neither is worth importing for it.
        if type(error).__name__ != "OperationalError":
            raise
        _fail(
            say(
                "The database does not answer: start Amtsweg with `make run`, "
                "or check DATABASE_URL.",
                "Die Datenbank antwortet nicht: Starten Sie Amtsweg mit `make run` oder prüfen "
                "Sie DATABASE_URL.",
            )
        )


def _report(counts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(counts)
    else:
        for name, value in counts.items():
            typer.echo(f"{name}: {value}")


def _fail(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    main()
