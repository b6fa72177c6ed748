"""The facts of a notice: what a decision rests on, as one JSON object, for people and machines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from amtsweg.kit.forms.widgets import Language, Section
from amtsweg.kit.package.edition import Edition

INPUTS: Final = frozenset({"answers", "parameters", "application"})
"""Names in a process's context that were there before anybody did anything."""


def notice_facts(
    edition: Edition,
    template: str,
    context: Mapping[str, Any],
    *,
    language: str = "de",
    reference: str = "",
    date: dt.date | None = None,
) -> dict[str, Any]:
    """The facts that a notice's template gets and that lie in the PDF as ``facts.json``.

    ``context`` is the finished process's context: answers, parameters, application, and the result
    of each task and decision by its name. The keys: ``service`` (name), ``operation`` (name,
    "" if the package names none), ``leika_key``, ``edition``
    {in_force_from, hash}, ``template``, ``reference``, ``date`` (ISO, absent for a draft),
    ``recipient`` (address lines), ``decision``, ``fee_cents``, ``authority``, ``parameters``,
    ``application``, ``answers`` (as sent), ``summary`` (answers as people read them: sections of
    title, rows of label and value, inner sections) and ``results``.
    Raises the expressions' EvaluationError if the case is not finished enough for a notice.
    """
    rules = edition.notice_rules
    lines = [str(line.evaluate(context)).strip() for line in rules.recipient]
    parameters = context["parameters"]
    package, application = edition.package, context["application"]
    operation = package.operation(application["operation"])
    form = edition.form_for(application["operation"], parameters)
    facts: dict[str, Any] = {
        "service": _in_language(package.name, language),
        "operation": _in_language(operation.name, language) if operation else "",
        "leika_key": operation.leika_key if operation else package.leika_keys[0],
        "edition": {"in_force_from": edition.in_force_from.isoformat(), "hash": edition.hash},
        "template": template,
        "reference": reference,
        "recipient": [line for line in lines if line],
        "decision": rules.decision.evaluate(context),
        "fee_cents": rules.fee_cents.evaluate(context),
        "authority": parameters.get("authority", {}),
        "parameters": parameters,
        "application": application,
        "answers": context["answers"],
        "summary": _sections(
            form.summary(context["answers"], language=_spoken(language), files={})
        ),
        "results": {name: value for name, value in context.items() if name not in INPUTS},
    }
    if date is not None:
        facts["date"] = date.isoformat()
    return facts


def _in_language(words: Mapping[str, str], language: str) -> str:
    return words.get(language, words["de"])


def _spoken(language: str) -> Language:
    return "en" if language == "en" else "de"


def _sections(sections: Iterable[Section]) -> list[dict[str, Any]]:
    return [
        {
            "title": section.title,
            "rows": [{"label": row.label, "value": row.value} for row in section.rows],
            "sections": _sections(section.sections),
        }
        for section in sections
    ]
