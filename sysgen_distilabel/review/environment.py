"""The environment of the Argilla server: its packages do not go together with ours."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ReviewError
from sysgen_distilabel.resources import find

LOCK: Final = "requirements-argilla-server.lock"

_MARK: Final = ".sysgen"
"""A file with the hash of what is installed, written last."""


def prepare_environment(folder: Path, say: Callable[[str], None]) -> Path:
    """The Python of the server's environment, which is made or brought up to date if it has to be.

    Args:
        folder: the environment.
        say: told in a line what takes time.

    Raises:
        ReviewError: if the packages cannot be installed.
    """
    python, mark = folder / "bin" / "python", folder / _MARK
    lock = find(LOCK)
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if python.exists() and mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return python
    say(f"Installing the Argilla server into {folder}, once; this takes a minute or two.")
    log = folder.with_name(f"{folder.name}.log")
    folder.parent.mkdir(parents=True, exist_ok=True)
    commands = [
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--requirement", str(lock)],
    ]
    with log.open("wb") as output:
        for command in commands:
            if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False).returncode:
                raise ReviewError(
                    f"The Argilla server could not be installed: {_reason(log)}",
                    f"See {log}. The pinned packages need Python 3.11 to 3.13.",
                )
    log.unlink()
    mark.write_text(wanted, encoding="utf-8")
    return python


def _reason(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    errors = [line for line in lines if "error" in line.lower()]
    return ((errors or lines or ["no reason given."])[-1])[:200]


if __name__ == "__main__":  # the Makefile prepares the tests' environment with it
    prepare_environment(Path(sys.argv[1]), print)
