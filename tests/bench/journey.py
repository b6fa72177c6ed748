"""The applicant of the bench: the dog tax, from the service page to the receipt, request by request."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.client import Answer, Client, hidden

PACKAGE = Path(__file__).parents[2] / "services" / "hundesteuer"
EDITION = PACKAGE / "2025-01-01"


@dataclass(frozen=True)
class Plan:
    """A town and what is typed on each page, in order."""

    ars: str
    pages: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def service_page(self) -> str:
        """Where the journey begins."""
        return f"/leistung/hundesteuer/{self.ars}/"

    @property
    def start(self) -> str:
        """Where the draft begins."""
        return f"/antrag/hundesteuer/{self.ars}/"


def plan(town: str = "radebeul") -> Plan:
    """The first golden case of a town without attachments, as typed text."""
    cases = tomllib.loads((EDITION / "cases" / f"{town}.toml").read_text(encoding="utf-8"))
    pages = tomllib.loads((EDITION / "pages.toml").read_text(encoding="utf-8"))["page"]
    typed = dict(_typed(cases["case"][0]["answers"]))
    return Plan(
        cases["town"]["ars"],
        tuple(
            (page["id"], {name: text for name, text in typed.items() if _on(page["items"], name)})
            for page in pages
        ),
    )


def _on(items: list[str], name: str) -> bool:
    return any(name == item or name.startswith(f"{item}.") for item in items)


def _typed(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _typed(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _typed(inner, f"{path}.{index}")
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    elif isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        for part, text in zip(("year", "month", "day"), value.split("-"), strict=True):
            yield f"{path}.{part}", text
    else:
        yield path, str(value)


def begin(client: Client, wanted: Plan) -> str:
    """Service page, start page, start; returns the address of the first page."""
    expect(client.get(wanted.service_page, "service page"), 200)
    page = expect(client.get(wanted.start, "start page"), 200)
    started = expect(client.post(wanted.start, hidden(page.body), "start"), 303, 302)
    return started.location.partition("?")[0]


def fill(client: Client, wanted: Plan, first: str) -> Answer:
    """All pages of the assistant from the first on; returns the review page."""
    where = first
    for page_id, typed in wanted.pages:
        if f"/{page_id}/" not in where:
            raise AssertionError(f"expected page {page_id}, was sent to {where}")
        page = expect(client.get(where, "page GET"), 200)
        send = client.multipart if b"multipart/form-data" in page.body else client.post
        sent = expect(send(where, {**hidden(page.body), **typed}, "page POST"), 303, 302)
        where = sent.location.partition("?")[0]
    return expect(client.get(where, "review"), 200)


def sending(first: str) -> str:
    """Where the application of a draft is sent to, by its first page."""
    return first.rstrip("/").rpartition("/")[0] + "/senden/"


def submit(client: Client, review: Answer, first: str) -> None:
    """Send and read the receipt."""
    sent = expect(client.post(sending(first), hidden(review.body), "submit"), 303, 302)
    expect(client.get(sent.location, "receipt"), 200)


def apply(client: Client, wanted: Plan) -> None:
    """The whole journey."""
    first = begin(client, wanted)
    submit(client, fill(client, wanted, first), first)


def expect(answer: Answer, *status: int) -> Answer:
    """The answer, if it has one of these status codes."""
    if answer.status not in status:
        raise AssertionError(f"{answer.path}: {answer.status} {answer.body[:500]!r}")
    return answer
