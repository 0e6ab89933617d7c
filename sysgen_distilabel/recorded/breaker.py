"""Notices that the engine is gone, so that a run stops and does not reject every row."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sysgen_distilabel.errors import EngineGone
from sysgen_distilabel.recorded.reply import Fault, FaultKind

_HINTS: Final[dict[FaultKind, str]] = {
    FaultKind.UNREACHABLE: "Check that the engine runs and its address is right, then start again to resume.",
    FaultKind.UNAUTHORIZED: "Check the API key and the quota, then start again to resume.",
    FaultKind.NOT_FOUND: "Check the model name and the address, then start again to resume.",
    FaultKind.RATE_LIMITED: "Lower max_concurrency or wait, then start again to resume.",
    FaultKind.UNKNOWN: "Check the LLM's arguments and generation_kwargs, then start again to resume.",
}
_OTHER_HINT: Final = "Look at the engine's log, then start again to resume."


class Breaker:
    """Counts the engine's failures since it last answered anything.

    It opens for good when `threshold` requests in a row were given up for the engine's sake, in the
    order they ended, or when `threshold` tries in a row found nobody listening for `patience`
    seconds. The second rule notices a dead engine fast and lets one that restarts come back.

    Args:
        threshold: failures in a row.
        patience: seconds.
        on_open: called once, with the error.
    """

    def __init__(self, threshold: int, patience: float, on_open: Callable[[EngineGone], None]) -> None:
        self._threshold = threshold
        self._patience = patience
        self._on_open = on_open
        self.error: EngineGone | None = None
        self.note_answer()

    def note_answer(self) -> None:
        """The engine answered a request, be it with a refusal."""
        self._given_up = 0
        self._turned_away = 0
        self._turned_away_since = 0.0

    def note_given_up(self, fault: Fault) -> None:
        """A request was given up for the engine's sake."""
        self._given_up += 1
        if self._given_up >= self._threshold:
            self._open(f"{self._given_up} requests in a row failed, the last one with", fault)

    def note_unreachable(self, fault: Fault) -> None:
        """A try found nobody listening."""
        now = time.monotonic()
        if not self._turned_away:
            self._turned_away_since = now
        self._turned_away += 1
        silent = now - self._turned_away_since
        if self._turned_away >= self._threshold and silent >= self._patience:
            self._open(f"nobody has listened for {silent:.0f} s:", fault)

    def _open(self, what: str, fault: Fault) -> None:
        if self.error is None:
            said = f" ({fault.message})" if fault.message else ""
            hint = _HINTS.get(fault.kind, _OTHER_HINT)
            self.error = EngineGone(f"The engine is gone: {what} {fault.kind}{said}.", hint)
            self._on_open(self.error)
