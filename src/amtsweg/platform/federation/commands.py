"""`amtsweg federation`: facts about areas from official files."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Areas and authorities.", no_args_is_help=True)


@app.callback()
def federation() -> None:
    """Areas and authorities."""


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="The official register, a GV100AD text file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Read the official register of municipalities in and report what changed."""
    os.environ["AMTSWEG_DB_ROLE"] = "worker"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amtsweg.platform.settings")

    # Django's models can only be imported after its setup.
    import django

    django.setup()

    from amtsweg.platform.federation import actions, register

    try:
        report = actions.load_register(file)
    except (OSError, register.RegisterError) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    if as_json:
        sys.stdout.write(json.dumps(asdict(report), ensure_ascii=False) + "\n")
        return
    sys.stdout.write(
        f"{report.rows} municipalities and unincorporated areas read: {len(report.new)} areas new, "
        f"{len(report.changed)} changed, {report.unchanged} unchanged, {len(report.gone)} gone.\n"
    )
    for change in report.changed:
        differences = ", ".join(
            f"{name}: {before} → {after}" for name, (before, after) in change.facts.items()
        )
        sys.stdout.write(f"{change.ars} {change.name}: {differences}\n")
