"""Set the demo identity provider up, then become its web server: `python -m amtsweg.embedded.idp`."""

from __future__ import annotations

import os
import sys

from amtsweg.config import Config
from amtsweg.embedded.idp.installation import install


def main() -> None:
    """Prepare key, database and client; replace this process by the server."""
    config = Config.load()
    install(config)
    server = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", config.host, "--port", str(config.idp_port)),
        *("--workers", "1", "--blocking-threads", "2", "--backlog", "256"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "2"),
        "amtsweg.embedded.idp.wsgi:application",
    ]
    os.execv(sys.executable, server)  # noqa: S606


if __name__ == "__main__":
    main()
