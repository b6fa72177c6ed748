"""The desk's view of a case's notices: how far each got, and the sealed file."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from amtsweg.platform.casework import queries as casework
from amtsweg.platform.delivery import queries
from amtsweg.platform.delivery.views import pdf_response
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.models import Role
from amtsweg.platform.identity.auth import StaffRequest, staff_required
from amtsweg.platform.web.shortcuts import render


@require_GET
@staff_required(Role.CLERK, Role.HEAD)
def case_notice(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """All notices of a case with what became of them."""
    case = casework.find_case(case_id)
    if case is None:
        raise Http404
    context = {
        "authority": case.authority,
        "case": case,
        "notices": queries.notices_of_case(case_id),
    }
    return render(request, "delivery/case_notice.html", context)


@require_GET
@staff_required(Role.CLERK, Role.HEAD)
def case_notice_file(request: StaffRequest, case_id: UUID, notice_id: UUID) -> HttpResponse:
    """The sealed PDF; the reading stands in the access log."""
    row = queries.notice(notice_id)
    if row is None or row.case_id != case_id:
        raise Http404
    audit(
        "notice.read",
        authority=row.authority_id,
        actor=request.account_id,
        subject=f"case:{case_id}",
    )
    return pdf_response(queries.pdf_of(row), queries.file_name(row))
