"""Impatience: buttons pressed many times at once, and the same draft in several windows."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from tests.running.visitor import DOG, PAGES, PERSON, Visitor
from tests.stack import Stack

from amtsweg.config import Config
from amtsweg.embedded import roles
from amtsweg.rehearsal.people import REFERENCE

AT_ONCE = 8


def at_once(acts: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(act) for act in acts]]


def posting(visitor: Visitor, path: str, data: dict[str, str]) -> Callable[[], httpx.Response]:
    """A press of a button in a window of its own, with the same cookies."""
    fields = {**visitor.hidden(), **data}
    cookies = dict(visitor.client.cookies)
    matching = {
        cookie.name: cookie.value
        for cookie in visitor.client.cookies.jar
        if path.startswith(cookie.path) and cookie.value is not None
    }

    def press() -> httpx.Response:
        with httpx.Client(base_url=visitor.base_url, timeout=60, follow_redirects=True) as window:
            for name, value in {**cookies, **matching}.items():
                window.cookies.set(name, value)
            return window.post(path, data=fields)

    return press


def test_eight_clicks_on_send_at_once_are_one_application(stack: Stack, visitor: Visitor):
    visitor.begin(*PAGES)
    send = visitor.root + "senden/"
    answers = at_once([posting(visitor, send, {}) for _ in range(AT_ONCE)])
    assert {answer.status_code for answer in answers} == {200}
    references = {re.search(REFERENCE, answer.text)[0] for answer in answers}  # type: ignore[index]
    assert len(references) == 1
    with roles.connect(Config.load(stack.environment), "admin") as admin:
        (draft,) = re.findall(r"[0-9a-f-]{36}", visitor.root)
        found = admin.execute(
            "SELECT count(*) FROM transport_submission AS s WHERE s.code_hash ="
            " (SELECT code_hash FROM intake_draft WHERE id = %s)",
            [draft],
        ).fetchone()
    assert found == (1,)


def test_windows_that_save_at_once_lose_nothing_of_each_other(visitor: Visitor):
    visitor.begin("person", "haushalt", "hunde")
    root = visitor.root
    answers = at_once(
        [
            posting(visitor, f"{root}person/", {**PERSON, "person.vorname": "Brunhilde"}),
            posting(visitor, f"{root}hunde/", {**DOG, "hunde.0.name": "Waldi"}),
            posting(visitor, f"{root}zahlung/", dict(PAGES["zahlung"])),
        ]
        * 2
    )
    assert {answer.status_code for answer in answers} == {200}
    visitor.get(f"{root}person/")
    assert 'value="Brunhilde"' in visitor.page.text
    visitor.get(f"{root}hunde/")
    assert 'value="Waldi"' in visitor.page.text
    visitor.get(root)
    assert "/erklaerung/" in visitor.path, "the payment's page was saved too"
