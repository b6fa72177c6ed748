"""Rehearse a package against a running installation: the smoke test of every installation.

Each golden case goes the whole way, applicant → clerk → sealed notice, by pages and forms alone; then
the notice's own facts are compared with what the case expects. An installation takes applications
under the edition in force only; the cases of the others are played in the kit.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pyhanko.pdf_utils.reader import PdfFileReader

from amtsweg.kit.package import CaseResult, Edition, GoldenCase, Package, Town, read_package
from amtsweg.kit.package import rehearse as play
from amtsweg.kit.package.rehearsal import differences
from amtsweg.rehearsal.browser import PageError
from amtsweg.rehearsal.people import Applicant, Receipt, Staff

_GERMANY = ZoneInfo("Europe/Berlin")

Credentials = Callable[[str, str], tuple[str, str]]
"""From a town's name and a role ("clerk", "clerk2", "head") to user name and password."""


@dataclass
class Outcome:
    """How one case went. ``steps`` are seconds by step, in order.

    ``skipped``: it was not played, because it needs another day than today.
    """

    name: str
    town: str
    passed: bool = False
    skipped: bool = False
    seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    fee_cents: int | None = None
    expected_fee_cents: int | None = None
    notice: str = ""
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """The case as the command prints it."""
        told = {name: value for name, value in vars(self).items() if name != "skipped"}
        return {
            **told,
            "seconds": round(self.seconds, 3),
            "steps": {name: round(took, 3) for name, took in self.steps.items()},
        }


def rehearse(
    path: Path,
    base_url: str,
    credentials: Credentials,
    *,
    town: str = "",
    case: str = "",
    folder: Path,
) -> Iterator[Outcome]:
    """Send the golden cases of the edition in force through the stack; yields each outcome as known.

    ``town`` and ``case`` choose by name (a part of it is enough); notices are kept in ``folder``.
    Nothing if the package has no edition for today.
    """
    edition = in_force(read_package(path))
    if edition is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    staff = _Office(base_url, credentials)
    try:
        for place, golden in _chosen(edition, town, case):
            yield _rehearse(edition, place, golden, base_url, staff, folder)
    finally:
        staff.close()


def in_force(package: Package) -> Edition | None:
    """The edition that an installation uses today: the newest whose day has come in Germany."""
    today = datetime.now(_GERMANY).date()
    come = [edition for edition in package.editions if edition.in_force_from <= today]
    return come[-1] if come else None


def others(path: Path, *, town: str = "", case: str = "") -> Iterator[tuple[Edition, CaseResult]]:
    """The golden cases of the editions that are not in force, played in the kit alone."""
    package = read_package(path)
    current = in_force(package)
    for edition in package.editions:
        if edition is current:
            continue
        for place, golden in _chosen(edition, town, case):
            for result in play(edition, place.name, golden.name):
                yield edition, result


def _chosen(edition: Edition, town: str, case: str) -> Iterator[tuple[Town, GoldenCase]]:
    for place in edition.towns:
        if town.casefold() not in place.name.casefold():
            continue
        for golden in place.cases:
            if case.casefold() in golden.name.casefold():
                yield place, golden


def _rehearse(
    edition: Edition,
    town: Town,
    golden: GoldenCase,
    base_url: str,
    staff: _Office,
    folder: Path,
) -> Outcome:
    outcome = Outcome(golden.name, town.name, expected_fee_cents=golden.expected.fee_cents)
    if golden.needs_a_clock:
        outcome.skipped, outcome.why = True, "It needs another day than today; the kit plays it."
        return outcome
    applicant = Applicant(base_url, edition.package.slug, town.ars, language=golden.language)
    begin = time.perf_counter()
    try:
        _go(edition, applicant, town, golden, staff, outcome, folder)
    except PageError as stuck:
        outcome.why = str(stuck)
    finally:
        applicant.close()
    outcome.seconds = time.perf_counter() - begin
    outcome.passed = not outcome.why
    return outcome


def _go(
    edition: Edition,
    applicant: Applicant,
    town: Town,
    golden: GoldenCase,
    staff: _Office,
    outcome: Outcome,
    folder: Path,
) -> None:
    with _timed(outcome, "apply"):
        receipt = applicant.apply(golden.answers, golden.attachments, golden.operation)
    with _timed(outcome, "decide"):
        _work(edition, applicant, receipt, town, golden, staff)
    with _timed(outcome, "notice"):
        pdf = applicant.notice(receipt)
    file = folder / f"{receipt.reference}.pdf"
    file.write_bytes(pdf)
    outcome.notice = str(file)
    with _timed(outcome, "verify"):
        genuine = applicant.verify(pdf).told("success")
    facts = notice_facts(pdf)
    outcome.fee_cents = facts.get("fee_cents")
    why = list(differences(golden, facts))
    if not genuine:
        why.append("The verification page does not call the notice genuine.")
    outcome.why = " ".join(why)


def _work(
    edition: Edition,
    applicant: Applicant,
    receipt: Receipt,
    town: Town,
    golden: GoldenCase,
    staff: _Office,
) -> None:
    for step in golden.steps:
        if step.message == "payment_received":
            applicant.pay(receipt)
        elif step.message:
            applicant.answer_request(receipt, step.attachments, step.text)
        else:
            member = staff.member(town.name, edition.process.role(step.task))
            member.finish_task(receipt.reference, step.result)


def notice_facts(pdf: bytes) -> dict[str, Any]:
    """The facts that a notice carries as ``facts.json``; empty if it carries none."""
    root = PdfFileReader(io.BytesIO(pdf)).root
    names = root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    entries = [names[index] for index in range(len(names))]
    for name, spec in zip(entries[::2], entries[1::2], strict=True):
        if str(name) == "facts.json":
            found: dict[str, Any] = json.loads(spec["/EF"]["/F"].data)
            return found
    return {}


class _Office:
    """The members of staff of all towns, each signed in once."""

    def __init__(self, base_url: str, credentials: Credentials) -> None:
        self._base_url, self._credentials = base_url, credentials
        self._members: dict[tuple[str, str], Staff] = {}

    def member(self, town: str, role: str) -> Staff:
        """The town's member with this role, at the desk."""
        if (town, role) not in self._members:
            self._members[town, role] = Staff(self._base_url, *self._credentials(town, role))
        return self._members[town, role]

    def close(self) -> None:
        """Everybody leaves."""
        for member in self._members.values():
            member.close()


@contextmanager
def _timed(outcome: Outcome, step: str) -> Iterator[None]:
    begin = time.perf_counter()
    try:
        yield
    finally:
        outcome.steps[step] = time.perf_counter() - begin
