"""All addresses: each room's `urls.py`, German without prefix and English under /en/."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from amtsweg.platform import health, metrics
from amtsweg.platform.api import api

# Machines ask without a language.
urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", api.urls),
    *(
        path("", include(f"{room}.endpoints"))
        for room in settings.ROOMS
        if find_spec(f"{room}.endpoints")
    ),
]
urlpatterns += i18n_patterns(
    *(path("", include(f"{room}.urls")) for room in settings.ROOMS if find_spec(f"{room}.urls")),
    prefix_default_language=False,
)

handler400 = "amtsweg.platform.web.errors.bad_request"
handler403 = "amtsweg.platform.web.errors.permission_denied"
handler404 = "amtsweg.platform.web.errors.not_found"
handler500 = "amtsweg.platform.web.errors.server_error"
