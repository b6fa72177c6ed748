"""`amtsweg doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import psycopg

from amtsweg.config import Config
from amtsweg.console import say
from amtsweg.embedded import ports, postgres, preparation, processes, roles, supervisor
from amtsweg.kit.findings import Finding, Severity

SCARCE_BYTES = 2 * 1024**3

# A tenant's table is one that names an authority. Each must be walled for its owner too.
_UNWALLED = """
SELECT c.oid::regclass::text
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'authority_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
ORDER BY 1
"""
_TOO_MIGHTY = """
SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls)
UNION
SELECT pg_get_userbyid(relowner) FROM pg_class
WHERE relkind IN ('r', 'p') AND pg_get_userbyid(relowner) = ANY(%s)
"""

_GIVEN_UP = """
SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1
"""


def examine(config: Config) -> list[Finding]:
    """Everything that could be looked at; nothing is changed."""
    found: list[Finding] = []
    for check in _CHECKS:
        found.extend(check(config))
    return found


def _home(config: Config) -> Iterator[Finding]:
    if not config.home.is_dir():
        yield Finding(
            "home-missing",
            Severity.ERROR,
            say(f"There is no folder {config.home}.", f"Den Ordner {config.home} gibt es nicht."),
            say(
                "Start with `make run`, or set AMTSWEG_HOME.",
                "Starten Sie mit `make run` oder setzen Sie AMTSWEG_HOME.",
            ),
        )
        return
    for name in ("master.key", "demo-password"):
        secret = config.home / name
        if secret.exists() and secret.stat().st_mode & 0o077:
            yield Finding(
                "secret-readable",
                Severity.ERROR,
                say(f"Others can read {secret}.", f"Andere können {secret} lesen."),
                f"chmod 600 {secret}",
                file=str(secret),
            )
    if shutil.disk_usage(config.home).free < SCARCE_BYTES:
        yield Finding(
            "disk-scarce",
            Severity.WARNING,
            say(
                "Less than 2 GB are free on the disk.", "Auf dem Datenträger sind unter 2 GB frei."
            ),
            say("Free some space.", "Schaffen Sie Platz."),
            file=str(config.home),
        )
    if os.geteuid() == 0:
        yield Finding(
            "runs-as-root",
            Severity.NOTE,
            say("You are root.", "Sie sind root."),
            say(
                "A user of its own is safer for portal and worker.",
                "Ein eigenes Systemkonto ist für Portal und Aufträge sicherer.",
            ),
        )


def _demo(config: Config) -> Iterator[Finding]:
    if config.demo and not config.base_url.startswith(("http://localhost", "http://127.0.0.1")):
        yield Finding(
            "demo-in-public",
            Severity.WARNING,
            say(
                f"{config.base_url} signs invented people in.",
                f"{config.base_url} meldet erfundene Personen an.",
            ),
            say(
                "Set AMTSWEG_IDP_ISSUER before real people use it.",
                "Setzen Sie AMTSWEG_IDP_ISSUER, bevor echte Menschen es benutzen.",
            ),
        )


def _payment(config: Config) -> Iterator[Finding]:
    if config.payment is None:
        yield Finding(
            "no-payment-provider",
            Severity.WARNING,
            say("Nobody can pay online here.", "Hier kann niemand online bezahlen."),
            say(
                "Set AMTSWEG_PAYMENT_URL before a service that is paid first goes live.",
                "Setzen Sie AMTSWEG_PAYMENT_URL, bevor eine Leistung startet, die vorher zu "
                "bezahlen ist.",
            ),
        )


def _database(config: Config) -> Iterator[Finding]:
    if not config.home.is_dir() or not postgres.answers(config):
        yield Finding(
            "database-silent",
            Severity.ERROR,
            say("The database does not answer.", "Die Datenbank antwortet nicht."),
            say(
                "Start with `make run`, or check DATABASE_URL.",
                "Starten Sie mit `make run` oder prüfen Sie DATABASE_URL.",
            ),
        )
        return
    try:
        with roles.connect(config, "owner") as owner:
            names = [config.database_parameters(role)["user"] for role in ("web", "worker")]
            mighty = [name for (name,) in owner.execute(_TOO_MIGHTY, [names, names])]
            unwalled = [name for (name,) in owner.execute(_UNWALLED)]
        current = preparation.is_current(config)
    except psycopg.OperationalError:
        mighty, unwalled, current = [], [], False
    if current:
        yield from _jobs(config)
    for name in mighty:
        yield Finding(
            "role-too-mighty",
            Severity.ERROR,
            say(f"The login {name} can pass the wall.", f"Die Anmeldung {name} umgeht die Mauer."),
            say(
                "`amtsweg migrate` takes its rights away; give its tables to amtsweg_owner.",
                "`amtsweg migrate` nimmt ihr die Rechte; geben Sie ihre Tabellen amtsweg_owner.",
            ),
        )
    for name in unwalled:
        yield Finding(
            "table-without-wall",
            Severity.ERROR,
            say(
                f"The table {name} is open to every authority.",
                f"Die Tabelle {name} steht jeder Behörde offen.",
            ),
            say("Protect it in a migration.", "Schützen Sie sie in einer Migration."),
        )
    if not current:
        yield Finding(
            "not-prepared",
            Severity.ERROR,
            say(
                "Database or static files are of another version.",
                "Datenbank oder Dateien sind von einer anderen Version.",
            ),
            say("Start with `make run`.", "Starten Sie mit `make run`."),
        )


def _jobs(config: Config) -> Iterator[Finding]:
    with roles.connect(config, "owner") as owner:
        given_up = owner.execute(_GIVEN_UP).fetchall()
    for task, count in given_up:
        yield Finding(
            "jobs-given-up",
            Severity.ERROR,
            say(
                f"The worker gave up {count} jobs of the kind {task}.",
                f"{count} Aufträge der Art {task} sind aufgegeben.",
            ),
            say(
                "Mend what the worker's log names, then `amtsweg jobs retry`.",
                "Beheben Sie, was das Protokoll nennt, dann `amtsweg jobs retry`.",
            ),
            file=str(config.logs / "worker-1.log"),
        )


def _running(config: Config) -> Iterator[Finding]:
    state = supervisor.read_state(config)
    for name, pid in state.get("processes", {}).items():
        if not processes.alive(pid):
            yield Finding(
                "part-ended",
                Severity.ERROR,
                say(f"{name} does not run.", f"{name} läuft nicht."),
                say("Look into its log.", "Sehen Sie in sein Protokoll."),
                file=str(config.logs / f"{name}.log"),
            )
    # What runs here may have been started with another PORT than the one that is set now.
    for address in state.get("health") or ports.health_addresses(config):
        if not ports.answers(address):
            yield Finding(
                "not-ready",
                Severity.ERROR,
                say(f"{address} does not say ready.", f"{address} meldet sich nicht bereit."),
                say(
                    "Start with `make run`, or look into the logs.",
                    "Starten Sie mit `make run` oder sehen Sie in die Protokolle.",
                ),
                file=str(config.logs),
            )


_CHECKS: tuple[Callable[[Config], Iterator[Finding]], ...] = (
    _home,
    _demo,
    _payment,
    _database,
    _running,
)
