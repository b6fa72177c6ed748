"""Stretches of way that several tests go: filling in pages, signing in, what others do meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Page, expect
from tests.stack import Stack

from amtsweg.kit.package import GoldenCase, Town, read_package
from amtsweg.rehearsal.people import A_DOCUMENT, Applicant, Receipt, Staff

PACKAGE = Path(__file__).parents[2] / "services/hundesteuer"
PROOF: FilePayload = {
    "name": "Schwerbehindertenausweis.pdf",
    "mimeType": "application/pdf",
    "buffer": A_DOCUMENT,
}


def press(page: Page, label: str) -> None:
    """Press the button or follow the link that says this."""
    page.get_by_role("button", name=label, exact=True).or_(
        page.get_by_role("link", name=label, exact=True)
    ).first.click()


def at(page: Page, title: str) -> None:
    """The page with this title is there."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def fill(page: Page, values: Mapping[str, str]) -> None:
    """Type answers by the names of their fields; "ja" and "nein" choose."""
    for name, value in values.items():
        if value in {"ja", "nein"}:
            choose(page, name, "true" if value == "ja" else "false")
        else:
            page.fill(f'[name="{name}"]', value)


def choose(page: Page, name: str, value: str) -> None:
    """Choose a radio button by clicking its words."""
    one = page.locator(f'input[name="{name}"][value="{value}"]')
    page.locator(f'label[for="{one.get_attribute("id")}"]').click()


def day(name: str, text: str) -> dict[str, str]:
    """The three parts of a date, as ``fill`` takes them."""
    return dict(zip((f"{name}.day", f"{name}.month", f"{name}.year"), text.split("."), strict=True))


def sign_in(page: Page, stack: Stack, username: str) -> None:
    """Fill in the sign-in of the identity provider on which the page stands."""
    page.fill("#username", username)
    page.fill("#password", stack.demo_password)
    page.locator("button[type=submit]").click()


def golden_case(name: str) -> tuple[Town, GoldenCase]:
    """A golden case of the dog tax and its town."""
    edition = read_package(PACKAGE).editions[-1]
    return next((t, c) for t in edition.towns for c in t.cases if c.name == name)


def apply(stack: Stack, case: str, **person: str) -> Receipt:
    """What a golden case's applicant sends, with some of the person's answers changed."""
    town, golden = golden_case(case)
    answers: dict[str, Any] = dict(golden.answers)
    answers["person"] = {**answers["person"], **person}
    applicant = Applicant(stack.base_url, "hundesteuer", town.ars)
    try:
        return applicant.apply(answers, golden.attachments)
    finally:
        applicant.close()


def work(stack: Stack, username: str, reference: str, *results: Mapping[str, Any]) -> None:
    """A member of staff finishes the case's next tasks with these results."""
    staff = Staff(stack.base_url, username, stack.demo_password)
    try:
        for result in results:
            staff.finish_task(reference, result)
    finally:
        staff.close()
