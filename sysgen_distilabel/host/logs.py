"""Logging around a run, and what importing distilabel does to tracebacks and warnings.

Defects of distilabel 1.5.3 answered here:
- a run leaves a handler on the root logger that writes to a closed queue, so each later record
  prints a "Logging error" block (`utils/logging.py:100`), and its log file stays open;
- stopping the log queue hangs if a process was ended while it wrote to it (`utils/logging.py:109`);
- importing it makes every traceback print local variables, tokens among them (`__init__.py:19`).
Can go when distilabel restores what it changes.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler

from sysgen_distilabel.files import open_private
from sysgen_distilabel.secrets import hide_all_secrets
from sysgen_distilabel.terminal_text import clean

_FILE_FORMAT = "[%(asctime)s] %(levelname)-8s %(name)s: %(message)s"


def hide_locals_in_tracebacks() -> None:
    """Put the interpreter's excepthook back if distilabel's, which prints local variables, is in place."""
    hook = sys.excepthook
    is_rich = inspect.isfunction(hook) and hook.__module__ == "rich.traceback"
    if is_rich and inspect.getclosurevars(hook).nonlocals.get("show_locals"):
        sys.excepthook = sys.__excepthook__


def log_file_handler(path: Path) -> logging.FileHandler:
    """A handler that keeps everything a run logs; pass it as `logging_handlers`."""
    open_private(path, "ab").close()
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(_FILE_FORMAT))
    return handler


class RunHandlers(list[logging.Handler]):
    """The handlers of a run; distilabel appends its console and its file handler to the list it is given.

    The console is kept to `console_level`, as distilabel tells it about every batch, and is that of errors:
    what a command prints may be read by a program.
    """

    def __init__(self, handlers: Iterable[logging.Handler], console_level: int) -> None:
        super().__init__(map(_bear_with_disk, handlers))
        self._console_level = console_level
        self._host_handlers: list[logging.Handler] = []

    def append(self, handler: logging.Handler) -> None:
        """Take a handler of distilabel."""
        if isinstance(handler, RichHandler):
            handler.setLevel(self._console_level)
            handler.console = Console(stderr=True)
        self._host_handlers.append(handler)
        super().append(_bear_with_disk(handler))

    def close(self) -> None:
        """Close the handlers of distilabel."""
        for handler in self._host_handlers:
            with contextlib.suppress(OSError):
                handler.close()


def _bear_with_disk(handler: logging.Handler) -> logging.Handler:
    """Keep a handler from printing a traceback per record when the disk is full: the run says so itself."""
    report = handler.handleError

    def ignore_disk(record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            report(record)

    handler.handleError = ignore_disk  # type: ignore[method-assign]
    return handler


class DirectLogQueue:
    """Stands in for distilabel's log queue: records are handled where they are put, in the same thread.

    No secret and no escape sequence gets into a log: what engines and clients say may hold one.

    Distilabel's listener thread still starts, and waits in `get` until distilabel stops it.
    """

    def __init__(self, handlers: RunHandlers) -> None:
        self._handlers = handlers
        self._stopped = threading.Event()

    def put_nowait(self, record: logging.LogRecord | None) -> None:
        """Handle the record; `None` is the listener's sign to stop."""
        if record is None:
            self._stopped.set()
            return
        record.msg, record.args = clean(hide_all_secrets(record.getMessage())), None
        for handler in self._handlers:
            if record.levelno >= handler.level:
                handler.handle(record)

    def get(self, block: bool = True) -> None:
        """Wait until the listener is stopped."""
        self._stopped.wait()


@contextmanager
def run_logging(handlers: Iterable[logging.Handler] | None, console_level: int) -> Iterator[RunHandlers]:
    """The handlers for one run; afterwards all loggers are as they were before.

    Args:
        handlers: handlers of the user, which get every record.
        console_level: the least level shown on the console; the environment variable
            `DISTILABEL_LOG_LEVEL` has precedence.
    """
    from distilabel.utils.logging import _SILENT_LOGGERS, stop_logging

    chosen = logging.getLevelName(os.environ.get("DISTILABEL_LOG_LEVEL", "").upper())
    run_handlers = RunHandlers(handlers or (), chosen if isinstance(chosen, int) else console_level)
    root = logging.getLogger()
    former_handlers = root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in ("", *_SILENT_LOGGERS)}
    try:
        yield run_handlers
    finally:
        stop_logging()
        run_handlers.close()
        root.handlers[:] = former_handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
