"""Addresses of payments."""

from __future__ import annotations

from django.urls import path

from amtsweg.platform.payments import views

app_name = "payments"
urlpatterns = [
    path("zahlung/<uuid:payment_id>/", views.payment, name="payment"),
    path("zahlung/<uuid:payment_id>/zurueck/", views.back, name="back"),
]
