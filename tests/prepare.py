"""Migrate the tests' template database as the owner and fill in public facts. Run by conftest."""

# Django can be imported only after its settings are known.
from __future__ import annotations

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from amtsweg.platform import demo
    from amtsweg.platform.federation import actions

    call_command("migrate", interactive=False, verbosity=0)
    actions.load_saxony()
    demo.seed_authorities()
    connection.close()


if __name__ == "__main__":
    main()
