"""When the engine was at work: seconds, throughput and latency, from the times in the store."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.recorded.store import Store

if TYPE_CHECKING:
    import numpy as np

_PAUSE: Final = 5.0
"""Seconds with nothing to answer that count as a pause, such as that between two sessions."""

_INTERVALS: Final = 60


class EngineTime:
    """The answers of a run on one time line, pauses left out; 16 bytes in memory for each.

    Attributes:
        active_seconds: how long the engine had something to answer, over all sessions.
    """

    def __init__(self, calls: Path) -> None:
        import numpy as np

        times: defaultdict[str, array[float]] = defaultdict(_no_numbers)
        self._tokens: defaultdict[str, Counter[str]] = defaultdict(Counter)
        with Store.open_read(calls) as store:
            for timing in store.timings():
                times[timing.task].extend((timing.created, timing.latency))
                tokens = self._tokens[timing.task]
                tokens["prompt"] += timing.prompt_tokens
                tokens["completion"] += timing.completion_tokens
        self._tasks = {task: np.frombuffer(values).reshape(-1, 2) for task, values in times.items()}
        self._ends, self._offsets = self._close_pauses()
        active = self._ends[-1] - self._offsets[-1] if len(self._ends) else 0.0
        self.active_seconds = round(float(active), 3)

    def summarise(self) -> dict[str, Any]:
        """The figures for JSON: in all, per Task, and over time."""
        return {
            "active_seconds": self.active_seconds,
            "tasks": {task: self._summarise_task(task) for task in self._tasks},
            "over_time": self._measure_over_time(),
        }

    def intervals(self) -> dict[str, np.ndarray]:
        """Per Task, when each answer began and when it came, in Unix time."""
        import numpy as np

        return {
            task: np.stack([values[:, 0] - values[:, 1], values[:, 0]], axis=1)
            for task, values in self._tasks.items()
        }

    def _close_pauses(self) -> tuple[np.ndarray, np.ndarray]:
        """The end of each stretch without a pause, and what to take off the times in it."""
        import numpy as np

        if not self._tasks:
            return np.empty(0), np.empty(0)
        everything = np.concatenate(list(self._tasks.values()))
        begins, ends = everything[:, 0] - everything[:, 1], everything[:, 0]
        order = np.argsort(begins)
        begins, ends = begins[order], np.maximum.accumulate(ends[order])
        breaks = np.flatnonzero(begins[1:] > ends[:-1] + _PAUSE)
        firsts, lasts = begins[np.r_[0, breaks + 1]], ends[np.r_[breaks, len(ends) - 1]]
        pauses = firsts - np.r_[0.0, lasts[:-1]]
        return lasts, np.cumsum(pauses)

    def _summarise_task(self, task: str) -> dict[str, Any]:
        import numpy as np

        values, tokens = self._tasks[task], self._tokens[task]
        seconds = max(self.active_seconds, 1e-9)
        median, high = np.percentile(values[:, 1], (50, 95))
        return {
            "latency_median": round(float(median), 4),
            "latency_p95": round(float(high), 4),
            "latency_mean": round(float(values[:, 1].mean()), 4),
            "prompt_tokens_per_second": round(tokens["prompt"] / seconds, 1),
            "completion_tokens_per_second": round(tokens["completion"] / seconds, 1),
        }

    def _measure_over_time(self) -> dict[str, Any]:
        """Answers of each Task in each of sixty equal stretches of the active time."""
        import numpy as np

        if self.active_seconds < 0.001:
            return {}
        edges = np.linspace(0, self.active_seconds, _INTERVALS + 1)
        return {
            "interval_seconds": round(self.active_seconds / _INTERVALS, 6),
            "answers": {task: self._count(values[:, 0], edges) for task, values in self._tasks.items()},
        }

    def _count(self, created: np.ndarray, edges: np.ndarray) -> list[int]:
        import numpy as np

        stretch = np.minimum(np.searchsorted(self._ends, created), len(self._offsets) - 1)
        elapsed = np.clip(created - self._offsets[stretch], 0, edges[-1])
        return [int(count) for count in np.histogram(elapsed, bins=edges)[0]]


def _no_numbers() -> array[float]:
    return array("d")
