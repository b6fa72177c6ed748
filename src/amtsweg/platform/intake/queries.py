"""Reads: drafts as their owners see them, receipts, and where an application can begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.catalogue.models import Adoption, AdoptionState
from amtsweg.platform.federation import queries as federation
from amtsweg.platform.federation import wall
from amtsweg.platform.intake import assistants, content, rows
from amtsweg.platform.intake.access import Access
from amtsweg.platform.intake.content import Content
from amtsweg.platform.intake.errors import (
    AlreadySent,
    DraftExpired,
    EditionChanged,
    NotOffered,
    NotYourDraft,
    SignInNeeded,
)
from amtsweg.platform.intake.models import Draft
from amtsweg.platform.intake.uploads import LARGEST_TOTAL, Limits, rule_of


@dataclass(frozen=True)
class Receipt:
    """What a person keeps of a sent application: where it went, its number and the status code."""

    draft: Draft
    reference: str
    code: str
    sent_at: datetime


def offer(slug: str, ars: str) -> Adoption:
    """The live adoption of a service at a place; raises NotOffered.

    One query where the place's own authority offers it, five where another one is competent.
    """
    found = rows.offer(slug, ars)
    if found is not None:
        return found
    service, area = catalogue.service(slug), federation.area(ars)
    if service is None or area is None:
        raise NotOffered
    competent = catalogue.competence(service, area)
    if competent.authority is None or not competent.online:
        raise NotOffered
    return _offers().get(service=service, authority=competent.authority)


def draft(access: Access, draft_id: UUID) -> tuple[Draft, Content]:
    """A draft that can be worked on. Two queries.

    Raises NotYourDraft, SignInNeeded, DraftExpired, AlreadySent; EditionChanged if the answers must
    be carried over first.
    """
    with access.scope():
        row = rows.read(draft_id)
        found = permit(access, row.draft if row else None)
        require_open(found)
        if row and row.in_force not in {None, found.edition_id}:
            raise EditionChanged
        return found, content.unseal(found)


def receipt(access: Access, draft_id: UUID) -> Receipt:
    """The receipt of a sent draft, for the browser or account that sent it. Two queries.

    Raises NotYourDraft, SignInNeeded, and DraftExpired an hour after sending.
    """
    with access.scope():
        found = permit(access, rows.sent(draft_id))
        if found.has_expired(timezone.now()) or found.submission is None:
            raise DraftExpired
        return Receipt(
            found,
            found.submission.reference,
            content.unseal(found).code,
            found.submission.submitted_at,
        )


def own_drafts(account: UUID) -> list[Draft]:
    """An account's open drafts, newest first. Two queries."""
    with wall.scope(account=account):
        return list(
            _drafts()
            .filter(account=account, submission=None, expires_at__gt=timezone.now())
            .defer("content")
            .order_by("-id")
        )


def upload_limits(access: Access, draft_id: UUID, page_id: str) -> Limits:
    """What a page's file fields take. Two queries. A draft that is not open takes nothing."""
    with access.scope():
        open_one = _drafts().select_related("adoption").filter(pk=draft_id, submission=None)
        found = open_one.first()
    if found is None:
        return Limits(lambda _name: None, 0)
    form = assistants.form_of(found)
    room = LARGEST_TOTAL - content.unseal(found).total_size
    return Limits(lambda name: rule_of(form, page_id, name), room)


def permit(access: Access, found: Draft | None) -> Draft:
    """The draft that was looked for within the wall, if this access suffices.

    Raises DraftExpired if the browser's cookie names a draft that is deleted, NotYourDraft if there
    is nothing else to show for it, SignInNeeded if its service asks for a (surer) sign-in.
    """
    if found is None:
        if access.code_hash is not None:
            raise DraftExpired
        raise NotYourDraft
    needed = found.service.trust_level
    if needed and (access.account is None or access.trust_level < needed):
        raise SignInNeeded
    if needed and found.account_id not in {None, access.account}:
        raise NotYourDraft
    return found


def require_open(found: Draft) -> None:
    """Raise AlreadySent or DraftExpired if the draft takes no more answers."""
    if found.submission_id is not None:
        raise AlreadySent
    if found.has_expired(timezone.now()):
        raise DraftExpired


def _offers() -> QuerySet[Adoption]:
    live = Adoption.objects.filter(state=AdoptionState.LIVE)
    return live.select_related("service", "authority")


def _drafts() -> QuerySet[Draft]:
    return Draft.objects.select_related("service", "authority")
