"""An event loop in a thread of its own, for code that is not asynchronous or has another loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

_LIFE_SIGN: Final = 1.0
"""Seconds between two looks whether the thread still lives."""


class LoopThread:
    """Runs coroutines in a daemon thread that starts with the first one.

    Works in notebooks, whose main thread has a running loop already, and in distilabel's processes.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sysgen-loop", daemon=True)
        self._start_lock = threading.Lock()

    @property
    def is_current(self) -> bool:
        """Whether the caller runs in this loop."""
        return threading.current_thread() is self._thread

    @property
    def is_alive(self) -> bool:
        """Whether the loop runs."""
        return self._thread.is_alive()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Start a coroutine and return at once."""
        with self._start_lock:
            if self._thread.ident is None:
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine and return its result; it is cancelled when the wait is interrupted.

        Raises:
            RuntimeError: if called within this loop, which would wait for ever, or if the loop died.
        """
        if self.is_current:
            coroutine.close()
            raise RuntimeError("`run` was called from within its own event loop: use `await` there")
        future = self.submit(coroutine)
        try:
            while not concurrent.futures.wait([future], timeout=_LIFE_SIGN).done:
                if not self.is_alive:
                    coroutine.close()
                    raise RuntimeError("the event loop was ended from within, as by `sys.exit`")
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def close(self) -> None:
        """Stop the loop and its thread; what still runs is cancelled."""
        if self.is_alive:
            self.run(_cancel_all())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
