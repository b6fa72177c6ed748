"""Serve the demo payment provider: `python -m amtsweg.embedded.paying`."""

from __future__ import annotations

import socket
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from amtsweg.config import Config
from amtsweg.embedded.paying.site import Site


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 256

    def server_bind(self) -> None:
        """Without the look-up of our own name, which can take seconds on a laptop."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _ServerV6(_Server):
    address_family = socket.AF_INET6


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: addresses hold the ids of transactions."""


def main() -> None:
    """Serve until the process is ended."""
    config = Config.load()
    server = make_server(
        config.host,
        config.payment_port,
        Site(config),
        server_class=_ServerV6 if ":" in config.host else _Server,
        handler_class=_Quiet,
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
