"""ClamAV by clamd's INSTREAM command, over a Unix socket or TCP.

``CLAMD_SOCKET`` in the environment is a socket's path or ``host:port``; without it files are taken
and recorded as not scanned.
"""

from __future__ import annotations

import os
import socket
import struct
from contextlib import closing

_CHUNK = 64 * 1024
_TIMEOUT_SECONDS = 30


class ScannerError(Exception):
    """The configured scanner does not answer: no file can be taken now."""


def configured() -> bool:
    """Whether there is a scanner."""
    return bool(os.environ.get("CLAMD_SOCKET"))


def is_clean(content: bytes) -> bool:
    """Whether ClamAV finds nothing in the content; raises ScannerError if it does not answer."""
    try:
        with closing(_connect(os.environ["CLAMD_SOCKET"])) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = _read(connection)
    except OSError as error:
        raise ScannerError(str(error)) from error
    if answer.endswith("FOUND"):
        return False
    if answer.endswith("OK"):
        return True
    raise ScannerError(answer)


def _connect(place: str) -> socket.socket:
    if place.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_TIMEOUT_SECONDS)
        connection.connect(place)
        return connection
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_TIMEOUT_SECONDS)


def _read(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        part = connection.recv(4096)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
