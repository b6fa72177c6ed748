"""The desk's addresses, below ``/amt/``."""

from __future__ import annotations

from django.urls import path

from amtsweg.platform.casework import views

app_name = "casework"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("vorgang/<uuid:case_id>/", views.case, name="case"),
    path("vorgang/<uuid:case_id>/anlage/<uuid:document_id>/", views.document, name="document"),
    path("vorgang/<uuid:case_id>/aufgabe/<uuid:task_id>/", views.task, name="task"),
    path("vorgang/<uuid:case_id>/aufgabe/<uuid:task_id>/vorschau/", views.preview, name="preview"),
    path("vorgang/<uuid:case_id>/aufgabe/<uuid:task_id>/nehmen/", views.take, name="take"),
]
