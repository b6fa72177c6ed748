"""Addresses of the assistants."""

from __future__ import annotations

from django.urls import include, path

from amtsweg.platform.intake import views

app_name = "intake"

_draft = [
    path("", views.draft, name="draft"),
    path("pruefen/", views.review, name="review"),
    path("senden/", views.send, name="send"),
    path("gesendet/", views.sent, name="sent"),
    path("code/", views.code, name="code"),
    path("<str:page_id>/", views.page, name="page"),
]
urlpatterns = [
    path("antrag/<slug:slug>/<str:ars>/", views.start, name="start"),
    path("antrag/<slug:slug>/<str:ars>/<uuid:draft_id>/", include(_draft)),
    path("fortsetzen/", views.resume, name="resume"),
    path("entwuerfe/", views.drafts, name="drafts"),
]
