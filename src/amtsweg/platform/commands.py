"""`amtsweg jobs`: what the worker could not do."""

from __future__ import annotations

import os
import sys

import typer

app = typer.Typer(help="Background work.", no_args_is_help=True)


@app.callback()
def jobs() -> None:
    """Background work."""


@app.command()
def retry() -> None:
    """Give the worker what it gave up after many attempts, once the cause is mended."""
    os.environ["AMTSWEG_DB_ROLE"] = "worker"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amtsweg.platform.settings")

    # Django's models can only be imported after its setup.
    import django

    django.setup()

    from amtsweg.platform.jobs import retry_given_up

    sys.stdout.write(f"{retry_given_up()} jobs are tried again.\n")
