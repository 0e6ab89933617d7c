"""Starts the Redis that Argilla keeps its jobs in, where nobody but its owner can reach it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sysgen_distilabel.errors import ReviewError
from sysgen_distilabel.serving.serve_failures import read_last_line
from sysgen_distilabel.serving.serve_launcher import FOR_US_ALONE, launched

_LONGEST_SOCKET: Final = 100
"""Bytes of the path of a socket; systems take 104 to 108."""

_LOOK_UP: Final = 0.05
_START_TIMEOUT: Final = 30.0


@contextlib.contextmanager
def redis(data: Path, url: str | None = None) -> Iterator[str]:
    """The address of a Redis: the one given, or one started for now.

    Argilla runs what lies in its Redis: whoever can write there acts as the owner of the server. So
    one that happens to run on the machine is never used without being named, and the one started
    listens at a socket in a directory that only its owner can enter, and at no port.

    Args:
        data: directory for the socket and the log of a started one.
        url: the address of one to use.

    Raises:
        ReviewError: if none is named and none is installed, or it does not start.
    """
    if url:
        yield url
        return
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise ReviewError(
            "Argilla needs a Redis, and none is installed.",
            "Install one (apt-get install redis-server, brew install redis), or name one with --redis-url.",
        )
    log = data / "redis.log"
    with _private_folder(data / "redis") as folder:
        socket = folder / "socket"
        options = {"port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "dir": str(folder)}
        nothing_kept = {"save": "", "appendonly": "no", "daemonize": "no"}
        arguments = [
            part for name, value in (options | nothing_kept).items() for part in (f"--{name}", value)
        ]
        with launched([program, *arguments], log, os.environ, umask=FOR_US_ALONE) as process:
            deadline = time.monotonic() + _START_TIMEOUT
            while not socket.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ReviewError(f"Redis did not start: {read_last_line(log)}", f"Its log is {log}.")
                time.sleep(_LOOK_UP)
            yield f"unix://{quote(str(socket))}?db=0"


@contextlib.contextmanager
def _private_folder(wanted: Path) -> Iterator[Path]:
    """A new directory for us alone: the one wanted, or a temporary one where its name is too long."""
    folder = wanted.absolute()
    if len(os.fsencode(folder / "socket")) > _LONGEST_SOCKET:
        folder = Path(tempfile.mkdtemp(prefix="sysgen-redis-"))
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
