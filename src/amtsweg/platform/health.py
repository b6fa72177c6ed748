"""Is this process alive, and is the installation ready to serve?"""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

# procrastinate's workers beat every ten seconds.
WORKER_SILENCE_SECONDS = 60


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """`GET /health/live`: this process answers."""
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """`GET /health/ready`: database reached, migrations applied, a worker alive; else 503, saying which."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        checks["migrations"] = _migrations_applied()
        checks["database"] = True
        checks["worker"] = _worker_beats()
    except DatabaseError:
        pass
    everything = all(checks.values())
    body = {"status": "ready" if everything else "not ready", "checks": checks}
    return JsonResponse(body, status=200 if everything else 503)


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _migrations_applied() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return _known_migrations() <= set(cursor.fetchall())


def _worker_beats() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [WORKER_SILENCE_SECONDS],
        )
        return bool(cursor.fetchone()[0])
