"""Which golden cases end otherwise: the same application under both editions, on the same day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from amtsweg.kit.messages import Language
from amtsweg.kit.package.cases import GoldenCase, Town
from amtsweg.kit.package.diff.changes import Audience, Change
from amtsweg.kit.package.edition import Edition
from amtsweg.kit.package.rehearsal import CaseResult, play, sent_on


def changes(before: Edition, after: Edition) -> Iterator[Change]:
    """The cases of the first edition played on both; and those that the second tells otherwise."""
    towns = {town.name: town for town in after.towns}
    for town in before.towns:
        theirs = towns.get(town.name)
        moved = replace(town, parameters=_completed(town, theirs, after))
        retold = {case.name: case for case in theirs.cases} if theirs else {}
        for case in town.cases:
            found = _differences(before, after, town, moved, case)
            if found is not None:
                yield _change(moved, case, *found)
            other = retold.get(case.name)
            if theirs is None or other is None or _same(town, case, theirs, other):
                continue
            back = replace(theirs, parameters=_completed(theirs, town, before))
            again = _differences(before, after, back, theirs, other)
            if again is not None and again != found:
                de, en = "mit den Angaben der neuen Fassung", "as the new edition tells it"
                yield _change(theirs, other, f"{de}: {again[0]}", f"{en}: {again[1]}")


def _change(town: Town, case: GoldenCase, de: str, en: str) -> Change:
    name = f"{case.name} ({town.name})"
    return Change(
        Audience.CASES,
        "case.differs",
        town.file.partition("/")[2],
        case.name,
        f"{name}: {de}",
        f"{name}: {en}",
    )


def _differences(
    before: Edition, after: Edition, here: Town, there: Town, case: GoldenCase
) -> tuple[str, str] | None:
    """In what a case ends otherwise, in German and English; None if in nothing."""
    day = max(sent_on(before, case), sent_on(after, case))
    was, now = play(before, here, case, day), play(after, there, case, day)
    if was.facts and now.facts:
        pairs = list(_parts(was, now))
        if not pairs:
            return None
        de, en = ("; ".join(sentences) for sentences in zip(*pairs, strict=True))
        return f"{de}.", f"{en}."
    if was.facts:
        why = " ".join(now.why)
        return f"Der Fall kommt nicht mehr zum Ende. {why}", f"The case no longer ends. {why}"
    if now.facts:
        return "Der Fall kommt erst jetzt zum Ende.", "The case ends only now."
    return None


def _parts(was: CaseResult, now: CaseResult) -> Iterator[tuple[str, str]]:
    if was.fee_cents != now.fee_cents:
        yield (
            f"kostet jetzt {_euros(now, 'de')}, bisher {_euros(was, 'de')}",
            f"now costs {_euros(now, 'en')}, before {_euros(was, 'en')}",
        )
    for key, de, en in (("decision", "Ergebnis", "decision"), ("template", "Bescheid", "notice")):
        once, then = was.facts.get(key), now.facts.get(key)
        if once != then:
            yield f"{de} jetzt „{then}“, bisher „{once}“", f"{en} now “{then}”, before “{once}”"
    if was.deadline_days != now.deadline_days:
        days = f"{now.deadline_days}", f"{was.deadline_days}"
        yield (
            "Frist jetzt {} Tage, bisher {}".format(*days),
            "deadline now {} days, before {}".format(*days),
        )


def _same(town: Town, case: GoldenCase, theirs: Town, other: GoldenCase) -> bool:
    return (town.parameters, case.answers, case.steps, case.attachments) == (
        theirs.parameters,
        other.answers,
        other.steps,
        other.attachments,
    )


def _completed(town: Town, theirs: Town | None, edition: Edition) -> Mapping[str, Any]:
    """A town's parameters as the other edition wants them.

    What that edition does not know is left out; what is missing is what the town says there, else
    the default.
    """
    return _merged(edition.parameters_schema, town.parameters, theirs.parameters if theirs else {})


def _merged(
    schema: Mapping[str, Any], own: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, described in schema.get("properties", {}).items():
        if described.get("properties"):
            inner = _merged(described, own.get(name, {}), other.get(name, {}))
            if inner or name in own or name in other:
                result[name] = inner
        elif name in own or name in other or "default" in described:
            result[name] = own.get(name, other.get(name, described.get("default")))
    return result


def _euros(result: CaseResult, language: Language) -> str:
    cents = result.fee_cents or 0
    amount = f"{cents / 100:,.2f}"
    if language == "en":
        return f"€{amount}"
    return amount.translate(str.maketrans(",.", ".,")) + " €"
