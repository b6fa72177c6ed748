"""The preview's web server: this machine only, until Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from amtsweg.console import PlainError

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing of single requests."""


def serve(file: Path, port: int, *, ready: Callable[[str], None]) -> None:
    """Show the schema in ``file`` until interrupted; ``ready`` is told the address.

    Raises PlainError if the port is taken.
    """
    os.environ["AMTSWEG_PREVIEW_FILE"] = str(file.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "amtsweg.preview.settings"
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    application = get_wsgi_application()
    try:
        server = ThreadedWSGIServer((HOST, port), _Quiet, allow_reuse_address=True)
    except OSError as error:
        raise PlainError(
            f"Port {port} is taken by another program: choose another one with --port.",
            f"Port {port} ist von einem anderen Programm belegt: Wählen Sie mit --port einen "
            "anderen.",
        ) from error
    server.set_app(application)
    ready(f"http://{HOST}:{server.server_port}/")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
