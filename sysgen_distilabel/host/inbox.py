"""Batches in the order of their numbers, whichever replica was faster.

Defect: distilabel 1.5.3 takes a step for finished when its last batch arrives, though other
replicas are still at work (`pipeline/batch_manager.py:466`, `pipeline/base.py:1199`): a global
step, or the next stage, starts without their rows, which are lost. The rows of a leaf step come
in another order each time. Can go when distilabel puts batches in order before it looks at them.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque

from distilabel.pipeline.batch import _Batch


class Inbox:
    """Takes batches as they come, and gives out those of each step by their numbers."""

    def __init__(self) -> None:
        self._early: defaultdict[str, dict[int, _Batch]] = defaultdict(dict)
        self._next: Counter[str] = Counter()
        self._ready: deque[_Batch] = deque()

    def add(self, step_name: str, batch: _Batch) -> None:
        """Take the batch that a step has sent."""
        early = self._early[step_name]
        early[batch.seq_no] = batch
        while self._next[step_name] in early:
            self._ready.append(early.pop(self._next[step_name]))
            self._next[step_name] += 1

    def take(self) -> _Batch | None:
        """The next batch, or `None` if one that comes before all others has still to arrive."""
        return self._ready.popleft() if self._ready else None

    def held(self, step_name: str) -> int:
        """How many batches of a step wait for an earlier one."""
        return len(self._early[step_name])
