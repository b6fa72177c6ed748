"""Addresses of status, mailbox, notices and their verification."""

from __future__ import annotations

from django.urls import path

from amtsweg.platform.delivery import desk, verification, views

app_name = "delivery"
urlpatterns = [
    path("status/", views.status, name="status"),
    path("status/<str:reference>/", views.status_page, name="status_page"),
    path("postfach/", views.mailbox, name="mailbox"),
    path("postfach/<uuid:message_id>/", views.message, name="message"),
    path("postfach/bescheid/<uuid:notice_id>/", views.notice, name="notice"),
    path("postfach/bescheid/<uuid:notice_id>/datei/", views.notice_file, name="notice_file"),
    path("verify/", verification.verify, name="verify"),
    path("verify/<str:code>/", verification.verify_code, name="verify_code"),
    path("amt/vorgang/<uuid:case_id>/bescheid/", desk.case_notice, name="case_notice"),
    path(
        "amt/vorgang/<uuid:case_id>/bescheid/<uuid:notice_id>/",
        desk.case_notice_file,
        name="case_notice_file",
    ),
]
