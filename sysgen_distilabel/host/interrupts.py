"""Ctrl-C and SIGTERM while a pipeline runs.

Defects of distilabel 1.5.3 answered here: the first Ctrl-C returns a part of the rows as if it
were all (`pipeline/base.py:1431`); the second waits for a lock that its own handler holds
(`pipeline/local.py:401`), so only SIGKILL helps; SIGTERM is not handled, so the step processes
live on; and a pipeline cannot run outside the main thread (`pipeline/base.py:1924`).
Can go when distilabel stops cleanly.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

from sysgen_distilabel.errors import Interrupted

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Handles SIGINT, SIGTERM and SIGHUP while it is entered, and puts the former handlers back.

    The handlers only take note and pass the news on; the run ends at its next `check`, so that
    nothing is left half done. Outside the main thread signals stay as they are.

    Args:
        first: called on the first signal.
        again: called on each further one.
    """

    def __init__(self, first: Callable[[], None], again: Callable[[], None]) -> None:
        self._first = first
        self._again = again
        self._received: list[int] = []
        self._former: dict[int, Any] = {}
        self._pid = os.getpid()

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for signum in _SIGNALS:
                if signum == signal.SIGHUP and signal.getsignal(signum) is signal.SIG_IGN:
                    continue  # `nohup`: the run is to outlive the terminal
                self._former[signum] = signal.signal(signum, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for signum, handler in self._former.items():
            if handler is not None:  # one that was not set from Python cannot be set again
                signal.signal(signum, handler)

    def check(self) -> None:
        """Raise `Interrupted` if a signal has come."""
        if self._received:
            name = signal.Signals(self._received[0]).name
            raise Interrupted(f"{name} stopped the run before all rows were done.")

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        if os.getpid() != self._pid:
            return  # a step process that has not yet set its own handlers
        self._received.append(signum)
        if len(self._received) == 1:
            self._first()
        else:
            self._again()
