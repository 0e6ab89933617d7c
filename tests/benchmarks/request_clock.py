"""Middleware for `vllm serve` that writes down when each request came and when its reply was complete.

    vllm serve MODEL --middleware tests.benchmarks.request_clock.RequestClock

The server's own clock is the same for every way of asking, whatever starts and ends around it.
"""

import os
import time
from pathlib import Path
from typing import Any

FILE_VARIABLE = "REQUEST_CLOCK_FILE"


class RequestClock:
    """Appends `start end` in seconds to the file named by the environment, one line per completion."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._file = Path(os.environ[FILE_VARIABLE]).open("a", buffering=1)  # noqa: SIM115

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not scope.get("path", "").endswith("/completions"):
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        await self._app(scope, receive, send)
        self._file.write(f"{started} {time.monotonic()}\n")


def read_clock(file: Path, skip: int) -> list[tuple[float, float]]:
    """Start and end of each request after the first `skip`."""
    lines = file.read_text().splitlines()[skip:] if file.exists() else []
    return [(float(start), float(end)) for start, end in map(str.split, lines)]
