"""Notices that the engine is gone, so that a run stops and does not reject every row."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from sysgen_distilabel.errors import EngineGone
from sysgen_distilabel.recorded.reply import Fault, FaultKind
from sysgen_distilabel.recorded.retry_after import name_duration

_HINTS: Final[dict[FaultKind, str]] = {
    FaultKind.UNREACHABLE: "Check that the engine runs and its address is right.",
    FaultKind.UNAUTHORIZED: "Check the API key and the quota.",
    FaultKind.NOT_FOUND: "Check the model name and the address.",
    FaultKind.RATE_LIMITED: "Lower max_concurrency or wait.",
    FaultKind.TIMEOUT: "Lower max_concurrency, as time in its queue counts, or look at the engine's log.",
    FaultKind.BAD_REQUEST: "Change the setting that it names: `generation_kwargs` of the LLM of a Task, where"
    " null leaves a parameter out. Then start again: no refusal was kept as an answer.",
    FaultKind.UNKNOWN: "Check the LLM's arguments and generation_kwargs.",
}
_IS_THERE: Final = frozenset({FaultKind.BAD_REQUEST, FaultKind.RATE_LIMITED, FaultKind.TIMEOUT})
_ID: Final = re.compile(r"\b(?=\w*\d)[\w-]{12,}\b")
"""The id of a request, which differs where the words are the same."""

_OTHER_HINT: Final = "Look at the engine's log."


class Breaker:
    """Counts the engine's failures since it last answered anything.

    It opens for good when `threshold` requests in a row were given up for the engine's sake, in the
    order they ended, or when `threshold` tries in a row found nobody listening for `patience`
    seconds. The second rule notices a dead engine fast and lets one that restarts come back. It opens
    too when `threshold` requests were refused in the same words before any other was answered, and
    when the engine asks to wait longer than the run can.

    Args:
        threshold: failures in a row.
        patience: seconds.
        on_open: called once, with the error.

    Attributes:
        error: why it is open, `None` while it is not.
        has_answered: whether the engine has ever answered a request with anything but a refusal.
    """

    def __init__(self, threshold: int, patience: float, on_open: Callable[[EngineGone], None]) -> None:
        self._threshold = threshold
        self._patience = patience
        self._on_open = on_open
        self.error: EngineGone | None = None
        self.has_answered = False
        self._refused: Counter[str] = Counter()
        self._reset()

    def note_answer(self) -> None:
        """The engine answered a request."""
        self.has_answered = True
        self._reset()

    def note_answered_before(self) -> None:
        """The engine answered a request in an earlier session."""
        self.has_answered = True

    def note_refusal(self, fault: Fault) -> None:
        """The engine is there and refused a request."""
        self._reset()
        if self.has_answered:
            return
        words = _ID.sub("", fault.message)
        self._refused[words] += 1
        if self._refused[words] >= self._threshold:
            self._open(
                f"it refused {self._refused[words]} requests in the same words, and answered none:", fault
            )

    def note_long_wait(self, fault: Fault, seconds: float) -> None:
        """The engine asks to wait longer than a run does."""
        self._open(f"it asks to wait {name_duration(seconds)}:", fault)

    def _reset(self) -> None:
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
            gone = "answers no more" if fault.kind in _IS_THERE else "is gone"
            self.error = EngineGone(f"The engine {gone}: {what} {fault.kind}{said}.", hint)
            self._on_open(self.error)
