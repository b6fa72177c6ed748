"""Addresses of the preview: German without prefix, English under /en/."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from amtsweg.preview import views

_pages = [
    path("", views.home, name="home"),
    path("beginnen/", views.begin, name="begin"),
    path("seite/<str:page_id>/", views.page, name="page"),
    path("pruefen/", views.review, name="review"),
    path("antworten.json", views.answers, name="answers"),
    path("pages.toml", views.pages_toml, name="pages-toml"),
    path("schema.json", views.json_schema, name="json-schema"),
]
urlpatterns = i18n_patterns(path("", include((_pages, "preview"))), prefix_default_language=False)

handler400 = "amtsweg.platform.web.errors.bad_request"
handler403 = "amtsweg.platform.web.errors.permission_denied"
handler404 = "amtsweg.platform.web.errors.not_found"
handler500 = "amtsweg.platform.web.errors.server_error"
