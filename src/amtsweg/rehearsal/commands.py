"""`amtsweg rehearse`: golden cases through a running installation."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amtsweg.config import Config

if TYPE_CHECKING:
    from amtsweg.kit.package import CaseResult, Edition
    from amtsweg.rehearsal.run import Outcome


def rehearse(
    path: Annotated[
        Path, typer.Argument(help="The package's folder, such as services/hundesteuer.")
    ],
    town: Annotated[str, typer.Option(help="Only towns whose name contains this.")] = "",
    case: Annotated[str, typer.Option(help="Only cases whose name contains this.")] = "",
    base_url: Annotated[
        str, typer.Option(help="Address of the installation (what runs in this home).")
    ] = "",
    password: Annotated[
        str,
        typer.Option(
            envvar="AMTSWEG_REHEARSE_PASSWORD",
            help="Password of the staff who rehearse (the demo's).",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Send a package's golden cases through the running stack, from the first page to the sealed notice.

    An installation works under the edition in force; the cases of other editions are played without
    it and told apart. Ends with 0 only if every case passes. Staff sign in as clerk.TOWN, head.TOWN.
    """
    # The kit's engines take half a second to import; `--help` should not.
    from amtsweg.embedded.supervisor import read_state
    from amtsweg.rehearsal import run

    config = Config.load()
    secret = password or config.demo_password
    folder = config.home / "rehearsals"
    outcomes: list[Outcome] = []
    for outcome in run.rehearse(
        path,
        base_url or read_state(config).get("base_url") or config.base_url,
        _credentials(secret),
        town=town,
        case=case,
        folder=folder,
    ):
        outcomes.append(outcome)
        sys.stderr.write(_line(outcome))
    others = list(run.others(path, town=town, case=case))
    for edition, result in others:
        sys.stderr.write(_line_of_other(edition, result))
    played = [outcome for outcome in outcomes if not outcome.skipped]
    good = sum(outcome.passed for outcome in played)
    good_others = sum(result.passed for _, result in others)
    passed = bool(played) and (good, good_others) == (len(played), len(others))
    if as_json:
        report = {
            "passed": passed,
            "cases": [outcome.as_json() for outcome in played],
            "skipped": [outcome.name for outcome in outcomes if outcome.skipped],
            "other_editions": [
                {
                    "edition": edition.name,
                    "name": result.name,
                    "town": result.town,
                    "passed": result.passed,
                    "why": " ".join(result.why),
                }
                for edition, result in others
            ],
        }
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{good} of {len(played)} cases passed; notices lie in {folder}\n")
        if others:
            sys.stdout.write(
                f"{good_others} of {len(others)} cases of editions that are not in force passed; "
                "the kit played them, not this installation\n"
            )
    raise typer.Exit(0 if passed else 1)


def _credentials(password: str) -> Callable[[str, str], tuple[str, str]]:
    def known(town: str, role: str) -> tuple[str, str]:
        return f"{role}.{_plain(town)}", password

    return known


_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


def _plain(town: str) -> str:
    spelled = town.casefold().translate(_UMLAUTS)
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


def _line(outcome: Outcome) -> str:
    sign = "–" if outcome.skipped else "✓" if outcome.passed else "✗"
    why = f"\n    {outcome.why}" if outcome.why else ""
    return f"{sign} {outcome.town}: {outcome.name} ({outcome.seconds:.1f} s){why}\n"


def _line_of_other(edition: Edition, result: CaseResult) -> str:
    sign = "✓" if result.passed else "✗"
    why = f"\n    {' '.join(result.why)}" if result.why else ""
    return f"{sign} {result.town}: {result.name} (edition {edition.name}, in the kit){why}\n"
