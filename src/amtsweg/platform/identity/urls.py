"""Addresses of sign-in and sign-out."""

from __future__ import annotations

from django.urls import path

from amtsweg.platform.identity import views

app_name = "identity"
urlpatterns = [
    path("anmelden/", views.sign_in, name="sign-in"),
    path("anmelden/amt/", views.staff_sign_in, name="staff-sign-in"),
    path("anmelden/amt/auswahl/", views.choose, name="choose"),
    path("oidc/callback/", views.callback, name="callback"),
    path("abmelden/", views.sign_out, name="sign-out"),
]
