"""One line that says how many rows of a stage are done."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Final, Self

from rich.console import Console
from rich.status import Status

_LINE_EVERY: Final = 10.0


class EvaluationProgress:
    """Counts the rows that come out of the stages: live in a terminal, a line now and then elsewhere.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._rows: Counter[str] = Counter()
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status = self._console.status("reading the data")
            self._status.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._status is not None:
            self._status.stop()

    def note_wait(self, seconds: float, last_line: str) -> None:
        """Say how long an engine has been loading.

        Args:
            seconds: since its start.
            last_line: what it said last.
        """
        line = f"vLLM is loading, {seconds:.0f} s   {last_line}"
        if self._status is not None:
            self._status.update(line)
        else:
            self._console.print(line, no_wrap=True, overflow="ellipsis", highlight=False, markup=False)

    def note_batch(self, step: str, rows: list[dict[str, Any]]) -> None:
        """Add the rows of a batch and say how many there are by now.

        Args:
            step: name of the step: `load`, `answer` or `judge`.
            rows: the batch.
        """
        self._rows[step] += len(rows)
        line = ", ".join(f"{step}: {number:,} rows" for step, number in self._rows.items() if step != "load")
        if self._status is not None:
            self._status.update(line or "waiting for the engine")
        elif line and time.monotonic() - self._last_line > _LINE_EVERY:
            self._last_line = time.monotonic()
            self._console.print(line)
