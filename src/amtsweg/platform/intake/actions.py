"""The verbs of a draft: start, save a page, resume, send. Each is one transaction on a locked row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from amtsweg.kit.forms import FieldError, FileInfo, Form, Language, carry_over
from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.catalogue.models import Adoption
from amtsweg.platform.federation import codes, vault, wall
from amtsweg.platform.intake import assistants, content, prefill, queries, rows, uploads
from amtsweg.platform.intake.access import Access
from amtsweg.platform.intake.content import Content
from amtsweg.platform.intake.errors import AlreadySent, NotOffered, NotYourDraft, Unfinished
from amtsweg.platform.intake.models import Draft, DraftFile
from amtsweg.platform.statements import insert
from amtsweg.platform.transport import actions as transport
from amtsweg.platform.transport import queries as destinations
from amtsweg.platform.transport.actions import OutgoingAttachment

LIFETIME = timedelta(days=30)
# How long the receipt with the code stays readable for the browser that sent.
RECEIPT_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Post:
    """What a browser sent for one page.

    ``refused`` has the sentence for each file field whose upload was stopped; ``version`` is the
    draft's version that the page was drawn from.
    """

    data: Mapping[str, list[str]]
    uploads: Mapping[str, Sequence[UploadedFile[bytes]]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Saved:
    """What came of a page.

    ``errors``: the page is to be shown again with them. Else ``page_id`` says where to go, None for
    the review. ``overtaken``: the page had been saved in another window meanwhile, and this entry,
    being the later one, now counts. ``edition_changed``: another edition is in force and the answers
    were carried over to it.
    """

    draft: Draft
    content: Content
    page_id: str | None
    errors: tuple[FieldError, ...] = ()
    overtaken: bool = False
    edition_changed: bool = False


def start(
    adoption: Adoption, *, account: UUID | None, profile: Mapping[str, Any], operation: str = ""
) -> tuple[Draft, str]:
    """Begin an application under the edition in force; return the draft and its first page.

    ``operation`` is the id of what is applied for, where the service has several operations.
    ``profile`` has the claims of a signed-in person, else nothing: it fills in what the package lets
    it. Raises NotOffered if no edition is in force.
    """
    edition = catalogue.edition_in_force(adoption.service)
    if edition is None:
        raise NotOffered
    chosen = catalogue.compiled(edition.pk).package.operation(operation)
    code, now = codes.new_code(), timezone.now()
    draft = Draft(
        authority_id=adoption.authority_id,
        service_id=adoption.service_id,
        adoption=adoption,
        edition_id=edition.pk,
        account_id=account,
        operation=chosen.id if chosen else "",
        code_hash=vault.blind(code),
        created_at=now,
        changed_at=now,
        expires_at=now + LIFETIME,
    )
    form = assistants.form_of(draft)
    answers = form.prefill(prefill.facts(profile)) if profile else {}
    content.seal(draft, Content(code, answers=answers))
    with wall.scope(account=account, code=bytes(draft.code_hash)):
        insert(draft)
    return draft, form.page_ids(answers)[0]


def save_page(
    access: Access, draft_id: UUID, page_id: str, post: Post, language: Language
) -> Saved:
    """Read one page, keep what was entered whether it holds or not, and say where to go.

    Three queries, one more for each new file. Raises NotYourDraft, DraftExpired, AlreadySent.
    """
    with access.scope():
        draft, kept, in_force = _lock(access, draft_id)
        form = assistants.form_of(draft)
        if page_id not in form.page_ids(kept.answers):
            return Saved(draft, kept, assistants.progress(form, kept).open_page)
        data, refused = _with_files(draft, kept, form, page_id, post)
        reading = form.read(
            page_id,
            data,
            kept.answers,
            files=kept.files,
            language=language,
            today=timezone.localdate(),
        )
        # A file that was refused is not missing too.
        told = {error.path for error in refused}
        errors = (*(one for one in reading.errors if one.path not in told), *refused)
        stay = reading.stay and not errors
        overtaken = post.version < kept.saved.get(page_id, 0)
        kept.answers = reading.answers
        if stay or errors:
            kept.raw[page_id] = {name: list(values) for name, values in reading.raw.items()}
        else:
            kept.raw.pop(page_id, None)
        kept.saved[page_id] = draft.version + 1
        _drop_unused_files(draft, kept)
        moved = _carry_over(draft, kept, in_force)
        _save(draft, kept)
        following = page_id if stay else form.next_page(page_id, kept.answers)
        if moved:
            following = assistants.progress(assistants.form_of(draft), kept).open_page
        return Saved(draft, kept, following, errors, overtaken, moved)


def renew(access: Access, draft_id: UUID) -> Draft:
    """Carry a draft over to the edition that is in force now. No change if it is that one."""
    with access.scope():
        draft, kept, in_force = _lock(access, draft_id)
        if _carry_over(draft, kept, in_force):
            _save(draft, kept)
        return draft


def send(access: Access, draft_id: UUID, language: Language) -> Draft:
    """Send the application, once: whoever sends again gets the same submission.

    Returns the draft; without ``submission`` if another edition came into force, to which the answers
    were carried over and which the person must review first. Raises Unfinished, NoDestination,
    NotYourDraft, DraftExpired.
    """
    with access.scope():
        try:
            draft, kept, in_force = _lock(access, draft_id)
        except AlreadySent:
            return Draft.objects.get(pk=draft_id)
        if _carry_over(draft, kept, in_force):
            _save(draft, kept)
            return draft
        form = assistants.form_of(draft)
        _require_complete(form, kept, language)
        draft.submission = transport.submit(
            destinations.destination(draft.authority_id, draft.service_id),
            data=_canonical(kept.answers),
            metadata=_reply_channel(form, kept),
            attachments=_outgoing(draft, kept),
            edition_hash=draft.edition_id,
            account=draft.account_id,
            code_hash=bytes(draft.code_hash),
            language=language,
            leika_key=_leika_key(draft),
        )
        if kept.files:
            DraftFile.objects.filter(draft=draft).delete()
        _save(draft, Content(kept.code), RECEIPT_LIFETIME)
        return draft


def _leika_key(draft: Draft) -> str:
    operation = catalogue.compiled(draft.edition_id).package.operation(draft.operation)
    return operation.leika_key if operation else ""


def _reply_channel(form: Form, kept: Content) -> dict[str, Any]:
    """Where the person wants to be told, as FIT-Connect's metadata say it."""
    address = form.told("person.email", kept.answers)
    return {"replyChannel": {"eMail": {"address": address}}} if address else {}


def resume(code: str) -> Draft:
    """The draft of a code as a person typed it; raises NotYourDraft, DraftExpired, AlreadySent."""
    parsed = codes.parse_code(code)
    if parsed is None:
        raise NotYourDraft
    access = Access(None, vault.blind(parsed))
    with access.scope():
        draft = (
            Draft.objects.filter(code_hash=access.code_hash)
            .select_related("service", "authority")
            .first()
        )
    if draft is None:
        raise NotYourDraft
    queries.require_open(draft)
    return draft


def _lock(access: Access, draft_id: UUID) -> tuple[Draft, Content, str | None]:
    """The locked draft, its content, and the edition in force."""
    row = rows.read(draft_id, lock=True)
    draft = queries.permit(access, row.draft if row else None)
    queries.require_open(draft)
    if draft.account_id is None and access.account is not None:
        # Whoever signs in on the way owns the draft from then on.
        draft.account_id = access.account
        DraftFile.objects.filter(draft=draft).update(account=access.account)
    return draft, content.unseal(draft), row.in_force if row else None


def _save(draft: Draft, kept: Content, lifetime: timedelta = LIFETIME) -> None:
    content.seal(draft, kept)
    draft.version += 1
    draft.changed_at = timezone.now()
    draft.expires_at = draft.changed_at + lifetime
    rows.write(draft)


def _with_files(
    draft: Draft, kept: Content, form: Form, page_id: str, post: Post
) -> tuple[dict[str, list[str]], list[FieldError]]:
    """The page's data with the id of each new file in its place, and the sentences for refused ones.

    A file that is there already stays unless it is replaced or removed: the form sees to that.
    """
    data = dict(post.data)
    errors = [FieldError(path, sentence) for path, sentence in post.refused.items()]
    for path, files in post.uploads.items():
        rule = uploads.rule_of(form, page_id, path)
        if rule is None:
            continue
        for upload in files:
            try:
                data[path] = [_keep_file(draft, kept, upload, rule)]
            except uploads.UploadRefused as refusal:
                errors.append(FieldError(path, str(refusal)))
    return data, errors


def _keep_file(
    draft: Draft, kept: Content, upload: UploadedFile[bytes], rule: uploads.FileRule
) -> str:
    received = uploads.receive(upload, rule)
    if kept.total_size + received.info.size > uploads.LARGEST_TOTAL:
        raise uploads.UploadRefused(uploads.no_room())
    info = received.info
    DraftFile.objects.create(
        id=UUID(info.id),
        draft=draft,
        authority_id=draft.authority_id,
        account_id=draft.account_id,
        code_hash=draft.code_hash,
        content=vault.seal(draft.authority_id, received.content, _file_context(info)),
        size=info.size,
        created_at=timezone.now(),
    )
    kept.files[info.id] = info
    if not received.scanned:
        kept.unscanned.append(info.id)
    return info.id


def _drop_unused_files(draft: Draft, kept: Content) -> None:
    used = assistants.answered_files(kept)
    unused = kept.files.keys() - used.keys()
    if unused:
        DraftFile.objects.filter(draft=draft, pk__in=unused).delete()
        kept.files = used
        kept.unscanned = [key for key in kept.unscanned if key in used]


def _carry_over(draft: Draft, kept: Content, in_force: str | None) -> bool:
    """Move the draft to the edition in force; say whether it was another one."""
    if in_force is None or in_force == draft.edition_id:
        return False
    before = assistants.form_of(draft)
    draft.edition_id = in_force
    after = assistants.form_of(draft)
    kept.answers, _dropped = carry_over(before, after, kept.answers, files=kept.files)
    pages = {page.id for page in after.pages}
    kept.raw = {page_id: raw for page_id, raw in kept.raw.items() if page_id in pages}
    kept.saved = {page_id: at for page_id, at in kept.saved.items() if page_id in pages}
    _drop_unused_files(draft, kept)
    return True


def _require_complete(form: Form, kept: Content, language: Language) -> None:
    pages = form.page_ids(kept.answers)
    errors = form.validate(
        kept.answers, files=kept.files, language=language, today=timezone.localdate()
    )
    if errors or assistants.unread(pages, kept) is not None:
        raise Unfinished(assistants.progress(form, kept).open_page or pages[-1])


def _outgoing(draft: Draft, kept: Content) -> Iterator[OutgoingAttachment]:
    for info in assistants.answered_files(kept).values():
        row = DraftFile.objects.get(draft=draft, pk=info.id)
        yield OutgoingAttachment(
            info, vault.unseal(draft.authority_id, row.content, _file_context(info))
        )


def _file_context(info: FileInfo) -> str:
    return f"draft-file:{info.id}"


def _canonical(answers: Mapping[str, Any]) -> bytes:
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":")).encode()
