"""Addresses that are the same in every language."""

from __future__ import annotations

from django.urls import path

from amtsweg.platform.web import views

urlpatterns = [path(".well-known/security.txt", views.security_txt, name="security-txt")]
