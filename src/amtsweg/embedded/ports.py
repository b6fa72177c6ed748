"""Network ports of an installation: are they free, does somebody answer there?"""

from __future__ import annotations

import errno
import http.client
import socket
import urllib.error
import urllib.request

from amtsweg.config import Config
from amtsweg.console import PlainError


def check(config: Config) -> None:
    """Raise `PlainError` if a port that we need cannot be had.

    Asked before the servers start, because they share ports with whoever allows it and would
    then answer every other request only.
    """
    for port in _ports(config):
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.host, port))
            except OSError as error:
                raise _refusal(config, port, error) from error


def health_addresses(config: Config) -> list[str]:
    """Where each server says that it is ready."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return [f"http://{host}:{port}/health/ready" for port in _ports(config)]


def answers(address: str) -> bool:
    """True if a GET is answered with 200."""
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False


def _ports(config: Config) -> list[int]:
    ports = [config.port]
    if config.embedded_provider:
        ports.append(config.idp_port)
    if config.embedded_payment:
        ports.append(config.payment_port)
    return ports


def _refusal(config: Config, port: int, error: OSError) -> PlainError:
    if error.errno == errno.EADDRINUSE:
        other = 8100 if config.port < 8100 else 8000
        return PlainError(
            f"Port {port} is taken by another program: stop that, or choose another port, "
            f"for example `PORT={other} make run`.",
            f"Port {port} ist von einem anderen Programm belegt: Beenden Sie dieses oder wählen "
            f"Sie einen anderen, zum Beispiel `PORT={other} make run`.",
        )
    if error.errno == errno.EACCES:
        return PlainError(
            f"This user may not use port {port}: choose one from 1024 on, "
            "for example `PORT=8000 make run`.",
            f"Dieses Konto darf Port {port} nicht benutzen: Wählen Sie einen ab 1024, "
            "zum Beispiel `PORT=8000 make run`.",
        )
    return PlainError(
        f"Nobody can listen on {config.host}:{port} ({error.strerror}): correct AMTSWEG_HOST.",
        f"Auf {config.host}:{port} kann niemand lauschen ({error.strerror}): "
        "Berichtigen Sie AMTSWEG_HOST.",
    )
