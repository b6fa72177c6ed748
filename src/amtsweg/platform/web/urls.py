"""Addresses of the pages that every installation has."""

from __future__ import annotations

from django.urls import path

from amtsweg.platform.web import views

app_name = "web"
urlpatterns = [
    path("impressum/", views.imprint, name="imprint"),
    path("datenschutz/", views.privacy, name="privacy"),
    path("barrierefreiheit/", views.accessibility, name="accessibility"),
]
