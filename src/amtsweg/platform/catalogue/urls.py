"""Addresses of the portal's public pages."""

from __future__ import annotations

from django.urls import path, re_path

from amtsweg.platform.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.home, name="home"),
    path("suche/", views.search, name="search"),
    path("leistung/<slug:slug>/", views.service, name="service"),
    path("leistung/<slug:slug>/ablauf/", views.course, name="course"),
    path("zeichnung/<slug:edition>/<path:name>", views.drawing, name="drawing"),
    re_path(
        r"^leistung/(?P<slug>[-\w]+)/(?P<ars>\d{8}|\d{12})/$",
        views.service_here,
        name="service-here",
    ),
]
