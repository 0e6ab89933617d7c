"""Runs one command as the head of a process group of its own, and ends the group when its own parent dies.

Started as a script, in isolated mode and with nothing but the standard library, so that it is up at
once and cannot be confused by what lies beside it: `python -I serve_launcher.py PARENT GRACE COMMAND...`
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

_LOOK_UP: Final = 0.25
"""Seconds between two looks whether the parent still lives."""

_LAST_GRACE: Final = 2.0
"""Seconds a killed group has to disappear."""

_PR_SET_PDEATHSIG: Final = 1


_GRACE: Final = 15.0
"""Seconds a server has to end by itself before it is killed."""

_GRACE_OF_LAUNCHER: Final = 5.0

FOR_US_ALONE: Final = 0o077
"""The umask of a command whose files nobody else may read."""


@contextlib.contextmanager
def launched(
    command: Sequence[str], log: Path, environment: Mapping[str, str], umask: int = -1
) -> Iterator[subprocess.Popen[bytes]]:
    """A command under a launcher of its own; it is ended when the context is left or this process dies.

    Args:
        command: the command.
        log: file for what it says.
        environment: its environment.
        umask: that of the command, such as `FOR_US_ALONE`; ours without it.

    Yields:
        The launcher; its exit is the command's.
    """
    from sysgen_distilabel.files import open_private  # as a script, this file has no package around it

    launcher = [sys.executable, "-I", __file__, str(os.getpid()), str(_GRACE)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with open_private(log, "wb") as output:
        process = subprocess.Popen(
            [*launcher, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            umask=umask,
            start_new_session=True,  # so that Ctrl-C in the terminal reaches us, and us alone
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE + _GRACE_OF_LAUNCHER)
    except subprocess.TimeoutExpired:
        process.kill()
    except BaseException:  # a second Ctrl-C: told twice, the launcher gives no more grace
        process.terminate()
        raise


class _Stop(Exception):
    """Somebody asked the launcher to end."""


def main(arguments: list[str]) -> int:
    """Run the command until it ends, the launcher is told to stop, or its parent is gone.

    Args:
        arguments: the process id of the parent, the seconds the command has to end by itself when
            it is told to, and the command.

    Returns:
        The exit code of the command.
    """
    parent, grace, command = int(arguments[0]), float(arguments[1]), arguments[2:]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _raise_stop)
    launcher = os.getpid()
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=lambda: _die_with_parent(launcher))
    try:
        with contextlib.suppress(_Stop):
            _watch(process, parent)
        with contextlib.suppress(_Stop):  # told twice: no more grace
            _end_politely(process, grace)
    finally:
        _kill_group(process)
    code = process.wait()
    return code if code >= 0 else 128 - code


def _watch(process: subprocess.Popen[bytes], parent: int) -> None:
    """Return when the command has ended or the parent is gone.

    The parent is looked at instead of asking the kernel for a signal (PR_SET_PDEATHSIG), because
    that one is sent already when the thread that started the launcher ends.
    """
    while process.poll() is None and os.getppid() == parent:
        time.sleep(_LOOK_UP)


def _end_politely(process: subprocess.Popen[bytes], grace: float) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group, the engine's own processes included, and see it go."""
    deadline = time.monotonic() + _LAST_GRACE
    with contextlib.suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, signal.SIGKILL)
            process.poll()
            time.sleep(0.02)


def _die_with_parent(launcher: int) -> None:
    """Have the command end also when the launcher itself is killed; runs in the command's process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != launcher:
            os._exit(1)


def _raise_stop(number: int, frame: FrameType | None) -> None:
    raise _Stop


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
