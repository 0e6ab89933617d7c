"""Finds or starts the Redis that Argilla keeps its jobs in."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ReviewError
from sysgen_distilabel.serving.serve_command import choose_port
from sysgen_distilabel.serving.serve_launcher import launched

_USUAL: Final = ("127.0.0.1", 6379)
_DATABASE: Final = 9
"""One of the sixteen of a Redis that others may use too, so that no job meets another Argilla's worker."""


@contextlib.contextmanager
def redis(log: Path, url: str | None = None) -> Iterator[str]:
    """The address of a Redis: the one given, one that runs at the usual port, or one started for now.

    Args:
        log: file for what a started one says.
        url: the address of one to use.

    Raises:
        ReviewError: if none runs and none is installed.
    """
    if url:
        yield url
        return
    if _answers(*_USUAL):
        yield f"redis://{_USUAL[0]}:{_USUAL[1]}/{_DATABASE}"
        return
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise ReviewError(
            "Argilla needs a Redis, and none runs at localhost:6379.",
            "Install one (apt-get install redis-server, brew install redis), or name one with --redis-url.",
        )
    port = choose_port(_USUAL[0], None)
    command = [program, "--bind", _USUAL[0], "--port", str(port), "--save", "", "--appendonly", "no"]
    with launched(command, log, os.environ):
        yield f"redis://{_USUAL[0]}:{port}/0"


def _answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
