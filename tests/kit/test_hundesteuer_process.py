"""The way of a dog tax case through its process, step by step, kept and restored between steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amtsweg.kit.package import Edition, GoldenCase, Town, read_package
from amtsweg.kit.process import Effect, Instance, TaskError

FOLDER = Path(__file__).parents[2] / "services" / "hundesteuer"
NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_package(FOLDER).editions[-1]


class Desk:
    """A case as an authority works on it: after every step it is kept and taken up again."""

    def __init__(self, edition: Edition, name: str) -> None:
        town, case = find(edition, name)
        answers, files = case.complete_answers()
        self.context: dict[str, Any] = {
            "answers": answers,
            "parameters": town.parameters,
            "application": {"date": "2025-12-01", "number_of_attachments": len(files)},
        }
        self.process = edition.process
        self.effects: list[Effect] = []
        self.instance = self._kept(self.process.start(self.context, now=NOW))

    def _kept(self, instance: Instance) -> Instance:
        self.effects += instance.effects()
        return self.process.restore(instance.dump(), self.context)

    def do(self, task: str, **result: str) -> None:
        (opened,) = self.instance.tasks()
        assert opened.name == task
        self.instance.complete(opened.id, result, now=NOW)
        self.instance = self._kept(self.instance)

    def receive(self) -> None:
        self.instance.receive("documents_received", {}, now=NOW)
        self.instance = self._kept(self.instance)

    @property
    def waits(self) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
        tasks = [(task.name, task.role) for task in self.instance.tasks()]
        return tasks, self.instance.waiting_for()


def find(edition: Edition, name: str) -> tuple[Town, GoldenCase]:
    return next((t, c) for t in edition.towns for c in t.cases if c.name == name)


def test_an_assessment_issues_its_notice_records_the_mandate_and_closes(edition: Edition) -> None:
    desk = Desk(edition, "radebeul-erster-hund")
    assert desk.waits == ([("check", "clerk")], ())
    desk.do("check", decision="complete")
    assert desk.waits == ([("decide", "clerk")], ())
    desk.do("decide", decision="assess")
    assert desk.instance.finished
    assert [(one.activity, dict(one.arguments)) for one in desk.effects] == [
        ("issue_notice", {"template": "assessment"}),
        ("record_mandate", {"iban": "DE89370400440532013000", "holder": "Ben Beispiel"}),
        ("close", {"outcome": "assessed"}),
    ]


def test_without_a_mandate_none_is_recorded(edition: Edition) -> None:
    desk = Desk(edition, "dresden-erster-hund")
    desk.do("check", decision="complete")
    desk.do("decide", decision="assess")
    assert [one.activity for one in desk.effects] == ["issue_notice", "close"]


def test_where_nothing_is_owed_no_mandate_is_recorded(edition: Edition) -> None:
    desk = Desk(edition, "coswig-nicht-steuerpflichtig")
    assert desk.context["answers"]["zahlung"]["lastschrift"] is True
    desk.do("check", decision="complete")
    desk.do("decide", decision="refuse", reason="Der Hund lebt in Niederau.")
    desk.do("approve", decision="approve")
    assert [one.activity for one in desk.effects] == ["issue_notice", "close"]


def test_documents_are_asked_for_until_the_clerk_has_them(edition: Edition) -> None:
    desk = Desk(edition, "radebeul-nachweis-nachgereicht")
    for wanted in ("Ausweis", "Rückseite des Ausweises"):
        desk.do("check", decision="request_documents", documents=wanted)
        assert desk.waits == ([], ("documents_received",))
        desk.receive()
    desk.do("check", decision="complete")
    asked = [dict(e.arguments) for e in desk.effects if e.activity == "request_documents"]
    assert asked == [
        {"documents": "Ausweis", "days": 14},
        {"documents": "Rückseite des Ausweises", "days": 14},
    ]


def test_a_case_comes_back_to_the_clerk_when_nobody_answers(edition: Edition) -> None:
    desk = Desk(edition, "radebeul-nachweis-nachgereicht")
    desk.do("check", decision="request_documents", documents="Ausweis")
    assert not desk.instance.refresh(NOW + timedelta(days=89))
    assert desk.instance.refresh(NOW + timedelta(days=90, minutes=1))
    assert desk.waits == ([("check", "clerk")], ())


def test_a_refusal_waits_for_the_head_and_can_come_back(edition: Edition) -> None:
    desk = Desk(edition, "weinboehla-ablehnung-zurueckgegeben")
    desk.do("check", decision="complete")
    desk.do("decide", decision="refuse", reason="Zu alt.")
    (task,) = desk.instance.tasks()
    assert (task.name, task.role, task.different_from) == ("approve", "head", "decide")
    assert desk.effects == []
    desk.do("approve", decision="return", remark="Bitte gewähren.")
    assert desk.waits == ([("decide", "clerk")], ())
    desk.do("decide", decision="assess")
    assert desk.instance.data["outcome"]["decision"] == "assessed"


@pytest.mark.parametrize(
    ("before", "task", "result"),
    [
        ([], "check", {"decision": "request_documents"}),
        ([("check", {"decision": "complete"})], "decide", {"decision": "refuse"}),
        ([("check", {"decision": "complete"})], "decide", {"decision": "grant"}),
        ([("check", {"decision": "complete"})], "decide", {}),
    ],
    ids=["no documents named", "no reason", "no such decision", "nothing"],
)
def test_a_step_without_what_it_needs_is_not_taken(
    edition: Edition,
    before: list[tuple[str, dict[str, str]]],
    task: str,
    result: dict[str, str],
) -> None:
    desk = Desk(edition, "radebeul-erster-hund")
    for name, given in before:
        desk.do(name, **given)
    with pytest.raises(TaskError):
        desk.do(task, **result)
    assert [name for name, _role in desk.waits[0]] == [task]
