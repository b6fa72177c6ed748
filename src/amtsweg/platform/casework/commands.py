"""`amtsweg journal`: whether the journals hold."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import typer

app = typer.Typer(help="The journals of cases.", no_args_is_help=True)


@app.callback()
def journal() -> None:
    """The journals of cases."""


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Walk every journal of every authority; ends with 1 if a line was changed or is missing."""
    os.environ["AMTSWEG_DB_ROLE"] = "worker"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amtsweg.platform.settings")

    # Django's models can only be imported after its setup.
    import django

    django.setup()

    from amtsweg.platform.casework import queries
    from amtsweg.platform.federation import wall
    from amtsweg.platform.federation.models import Authority

    cases, lines, breaks = 0, 0, []
    # Whom to ask must not depend on a table behind the wall: nobody is seen there from outside.
    for authority in Authority.objects.values_list("pk", flat=True):
        with wall.scope(authority=authority):
            for case, found in queries.verify_journals():
                cases, lines = cases + 1, lines + case.journal_length
                breaks += [
                    {"case": str(one.case_id), "line": one.number, "reason": one.reason}
                    for one in found
                ]
    if as_json:
        report = {"cases": cases, "lines": lines, "breaks": breaks}
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        for one in breaks:
            sys.stdout.write(f"case {one['case']}, line {one['line']}: {one['reason']}\n")
        sys.stdout.write(f"{cases} journals with {lines} lines walked, {len(breaks)} breaks.\n")
    raise typer.Exit(1 if breaks else 0)
