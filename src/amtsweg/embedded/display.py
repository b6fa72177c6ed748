"""What `amtsweg run` shows: a line per step with its seconds, and one box when it is ready."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from amtsweg.config import Config
from amtsweg.console import say
from amtsweg.embedded.idp.people import people


class Display:
    """The terminal; plain lines if there is none."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show that something is being done, then how long it took."""
        began = time.monotonic()
        waiting = self.console.status(f"{name} …") if self.console.is_terminal else nullcontext()
        with waiting:
            yield
        self.console.print(f"✓ {name} ({time.monotonic() - began:.1f} s)")

    def note(self, line: str) -> None:
        """One line about what has just happened."""
        self.console.print(line)

    def box(self, config: Config, seconds: float) -> None:
        """Addresses, sign-ins, how to stop."""
        title = say(f"Amtsweg is ready ({seconds:.1f} s)", f"Amtsweg ist bereit ({seconds:.1f} s)")
        rows = list(_rows(config))
        if not self.console.is_terminal:
            self.console.print(title)
            for label, value in rows:
                self.console.print(f"  {label}: {value}" if label else f"  {value}")
            return
        table = Table.grid(padding=(0, 2))
        for label, value in rows:
            table.add_row(Text(label, style="bold"), value)
        self.console.print(Panel(table, title=title, expand=False, border_style="green"))


def _rows(config: Config) -> Iterator[tuple[str, str]]:
    yield say("Portal", "Portal"), f"{config.base_url}/"
    yield say("Desk", "Arbeitsplatz"), f"{config.base_url}/amt/"
    if config.embedded_provider:
        everybody = people().values()
        persons = [person.username for person in everybody if not person.role]
        towns = sorted({person.town for person in everybody if person.town})
        others = [person.username for person in everybody if person.role and not person.town]
        yield say("Sign in as", "Anmelden als"), ", ".join(persons)
        yield (
            "",
            say(
                "clerk.TOWN, clerk2.TOWN, head.TOWN with TOWN one of",
                "clerk.ORT, clerk2.ORT, head.ORT mit ORT aus",
            ),
        )
        yield "", ", ".join(towns)
        yield "", ", ".join(others)
        yield say("Demo password", "Demo-Passwort"), config.demo_password
    if config.demo:
        yield say("Mails", "E-Mails"), str(config.mail)
    yield say("Data and logs", "Daten und Protokolle"), str(config.home)
    yield say("Stop", "Beenden"), say("Ctrl-C", "Strg-C")
