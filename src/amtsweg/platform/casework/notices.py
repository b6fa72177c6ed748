"""The case's notice as a letter: its facts and its frame. Drafts are drawn here; delivery seals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from amtsweg.kit.forms import Language
from amtsweg.kit.notices import Letter, Sender, Verification, render
from amtsweg.kit.package import notice_facts
from amtsweg.platform.casework import running
from amtsweg.platform.casework.models import Case


def draw(
    case: Case,
    template: str,
    context: Mapping[str, Any],
    *,
    language: Language,
    clerk: str,
    verification: Verification | None = None,
) -> bytes:
    """The PDF of a notice by a template of the case's edition; without verification it is a draft.

    ``context`` is the process's context with all results. Raises the kit's NoticeError.
    """
    edition = running.edition_of(case)
    now = timezone.localtime()
    facts = notice_facts(
        edition, template, context, language=language, reference=case.reference, date=now.date()
    )
    return render(
        edition.notices[template],
        facts,
        language=language,
        texts=edition.texts[language],
        title=f"{facts['service']} {case.reference}",
        author=facts["authority"]["name"],
        timestamp=now,
        letter=Letter(
            sender=_sender(facts["authority"]),
            reference=case.reference,
            date=now.date(),
            clerk=clerk,
            verification=verification,
        ),
    )


def _sender(authority: Mapping[str, str]) -> Sender:
    contact = ((_("Telefon"), "phone"), (_("E-Mail"), "email"))
    return Sender(
        name=authority["name"],
        unit=authority.get("unit", ""),
        address=(authority["street"], f"{authority['postcode']} {authority['place']}"),
        contact=tuple((label, authority[key]) for label, key in contact if authority.get(key)),
    )
