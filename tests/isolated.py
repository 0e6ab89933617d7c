"""Run a function in a process group of its own, under a hard time limit.

A pipeline that hangs cannot be interrupted from inside, and one that leaves processes behind must
not do so unnoticed. The process is forked, so it need not import the host again, and what it runs
is in its main thread.
"""

import contextlib
import os
import signal
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import psutil

from tests.patience import PATIENCE, wait_until


class Hung(AssertionError):
    """The function did not come back in time."""


def isolated(function: Callable[..., Any], *args: Any, timeout: float = PATIENCE, **kwargs: Any) -> Any:
    """Return what the function returns, raise what it raises; fail if it hangs or leaves processes."""
    reader, writer = Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        reader.close()
        _run(function, args, kwargs, writer)
    writer.close()
    try:
        if not reader.poll(timeout):
            raise Hung(f"{function.__name__} is still running after {timeout} s")
        ok, value = reader.recv()
        assert no_process_left(pid), "processes were left behind"
    finally:
        reader.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    if not ok:
        raise value
    return value


def no_process_left(group: int) -> bool:
    """Whether all processes of the group end."""
    return wait_until(
        lambda: not any(_is_alive_in(process, group) for process in psutil.process_iter(["status"]))
    )


def _is_alive_in(process: psutil.Process, group: int) -> bool:
    try:
        return process.info["status"] != psutil.STATUS_ZOMBIE and os.getpgid(process.pid) == group
    except ProcessLookupError:
        return False


def _run(function: Callable[..., Any], args: Any, kwargs: Any, writer: Connection) -> None:
    os.setsid()
    try:
        answer = (True, function(*args, **kwargs))
    except BaseException as error:
        traceback.print_exc()
        answer = (False, error)
    writer.send(answer)
    os._exit(0)
