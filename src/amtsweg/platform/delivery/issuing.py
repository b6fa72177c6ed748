"""The verb of issuing: write, seal and deliver a notice. The worker's, for it loads what seals."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from amtsweg.kit.notices import Verification, render
from amtsweg.platform.casework import actions as casework
from amtsweg.platform.casework import notices, running
from amtsweg.platform.casework.models import Case, Entry, Task, TaskState
from amtsweg.platform.delivery import mailbox, proofs, seal
from amtsweg.platform.delivery.actions import retrieval_day
from amtsweg.platform.delivery.events import NoticeDelivered
from amtsweg.platform.delivery.models import MessageKind, Notice, NoticeState, Proof
from amtsweg.platform.events import emit
from amtsweg.platform.federation import vault
from amtsweg.platform.federation.codes import new_code

# Notices are written in the official language (§ 23 (1) VwVfG).
LANGUAGE: Final = "de"


@transaction.atomic
def deliver_notice(notice_id: UUID) -> Notice:
    """Write, seal and deliver a notice; a notice that was delivered already stays as it is.

    Runs in the authority's scope. Raises the kit's NoticeError, or SealError.
    """
    notice = (
        Notice.objects.select_for_update(of=("self",)).select_related("authority").get(pk=notice_id)
    )
    if notice.state != NoticeState.REQUESTED:
        return notice
    code = new_code()
    pdf = _write(notice, code)
    notice.title = seal.title_of(pdf)[:200]
    sealed = seal.apply(pdf, authority=notice.authority.name, reason=notice.title)
    digest = hashlib.sha512(sealed).digest()
    notice.pdf = vault.seal(notice.authority_id, sealed, proofs.pdf_context(notice))
    notice.code = vault.seal(notice.authority_id, code.encode(), f"notice-code:{notice.pk}")
    notice.size, notice.sha512, notice.sealed_at = len(sealed), digest, timezone.now()
    notice.retrieve_until = retrieval_day(notice, timezone.localdate())
    notice.state = NoticeState.DELIVERED
    notice.save()
    Proof.objects.create(
        authority_id=notice.authority_id,
        code_hash=proofs.by_code(code),
        file_hash=proofs.by_file(digest),
        title=notice.title,
        sealed_at=notice.sealed_at,
    )
    message = mailbox.put(
        mailbox.recipient(notice.submission_id),
        MessageKind.NOTICE,
        notice=notice,
        case_id=notice.case_id,
    )
    mailbox.tell_by_mail(message)
    casework.record(notice.case_id, Entry.NOTICE_SEALED, notice=str(notice.pk), sha512=digest.hex())
    emit(NoticeDelivered(notice.pk, notice.case_id, notice.authority_id))
    return notice


def warm_up() -> None:
    """Write and seal a page that nobody gets, so that the first notice is as fast as the next."""
    page = render(
        '#set document(title: "Amtsweg")\n= Amtsweg',
        {},
        title="Amtsweg",
        author="Amtsweg",
        timestamp=timezone.localtime(),
    )
    seal.apply(page, authority="Amtsweg", reason="")


def verification_url(code: str) -> str:
    """Where anybody checks a notice with this code."""
    with override(LANGUAGE):
        return settings.BASE_URL + reverse("delivery:verify_code", args=[code])


def _write(notice: Notice, code: str) -> bytes:
    case = Case.objects.select_related("submission", "authority", "edition__service").get(
        pk=notice.case_id
    )
    with override(LANGUAGE):
        return notices.draw(
            case,
            notice.template,
            running.restore(case).data,
            language=LANGUAGE,
            clerk=_clerk(case),
            verification=Verification(code, verification_url(code)),
        )


def _clerk(case: Case) -> str:
    """The name under which the notice goes out: of who did the last task (§ 37 (3) VwVfG)."""
    last = (
        Task.objects.filter(case=case, state=TaskState.DONE)
        .exclude(done_by=None)
        .select_related("done_by")
        .order_by("-done_at")
        .first()
    )
    return last.done_by.name if last and last.done_by else ""
