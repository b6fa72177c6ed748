"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from amtsweg.platform.casework import views

app_name = "casework"

urlpatterns = [
    path("amt/", views.inbox, name="inbox"),
    path("amt/vorgang/<uuid:case_id>/", views.case, name="case"),
    path("amt/vorgang/<uuid:case_id>/ablauf/", views.course, name="course"),
    path("amt/vorgang/<uuid:case_id>/anlage/<uuid:document_id>/", views.document, name="document"),
    path("amt/vorgang/<uuid:case_id>/aufgabe/<uuid:task_id>/", views.task, name="task"),
    path(
        "amt/vorgang/<uuid:case_id>/aufgabe/<uuid:task_id>/vorschau/", views.preview, name="preview"
    ),
    path("amt/vorgang/<uuid:case_id>/aufgabe/<uuid:task_id>/nehmen/", views.take, name="take"),
]
