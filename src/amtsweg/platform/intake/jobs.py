"""Nightly deletion of drafts whose time is over."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.models import Authority
from amtsweg.platform.intake.models import Draft, DraftFile


@app.periodic(cron="17 3 * * *")
@app.task(queue="case", queueing_lock="intake.delete_expired", pass_context=False)
def delete_expired(timestamp: int) -> None:
    """Delete expired drafts with their files; the audit log says how many each authority had."""
    now = timezone.now()
    for authority in Authority.objects.filter(adoption__isnull=False).distinct():
        with wall.scope(authority=authority.pk):
            expired = Draft.objects.filter(authority=authority, expires_at__lte=now)
            DraftFile.objects.filter(draft__in=expired).delete()
            deleted, _by_model = expired.delete()
            if deleted:
                audit("drafts_deleted", authority=authority.pk, detail={"number": deleted})
