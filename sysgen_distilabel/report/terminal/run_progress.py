"""How far a run is: rows per phase from its batches, calls and tokens from its store, and what is left."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.columns import OUTCOME, REJECTED_BY
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.recorded.record import Usage
from sysgen_distilabel.report.terminal.engine_watch import UNKNOWN, EngineState

_WINDOW: Final = 60.0
"""Seconds that rates are taken over."""

_LONG_WINDOW: Final = 1800.0
"""Seconds that the speed is taken over by which the time left is told: answers come in bursts."""

_FORETOLD: Final = 0.25
"""Share of what was left without the answers under way from which it is told: the short ones end first."""

_PROMPT_WEIGHT: Final = 0.1
"""What reading a token takes an engine, against writing one; it only has to be about right."""

_LEAVES: Final = ("accepted", "rejected", "pairs", "left_out")


@dataclass(frozen=True, slots=True)
class Phase:
    """How far one Task is.

    Attributes:
        task: its name.
        rows: rows it has worked on in this session, those of the batch at hand estimated.
        expected: rows it will have to work on, by what has passed the steps before it so far.
        usage: what it has asked of the engine in all sessions.
        prompt_rate: prompt tokens per second, lately.
        completion_rate: generated tokens per second, lately.
    """

    task: str
    rows: int
    expected: int
    usage: Usage
    prompt_rate: float
    completion_rate: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far the whole run is.

    Attributes:
        phases: one for each Task.
        accepted: rows accepted in this session.
        rejected: rows rejected in this session, by reason.
        elapsed: seconds since the first look.
        left: seconds that are left, `None` as long as nothing tells.
        engine: what the engines are doing.
        generation_rate: tokens they generate per second lately; `None` if they do not tell.
    """

    phases: list[Phase]
    accepted: int
    rejected: Mapping[str, int]
    elapsed: float
    left: float | None
    engine: EngineState = UNKNOWN
    generation_rate: float | None = None


class RunProgress:
    """Adds up what batches and store tell.

    A row counts in this session also where its replies come from the store, so after a resume the
    rows run up quickly to where they were, and calls and tokens start there.

    Args:
        rows: readable rows of the input.
        usage: what the store told before the start.
        now: the time in seconds of any clock.
        steps: the names of the steps after the loader and before the leaves, in their order.
        tasks: which of them ask the engine.
    """

    def __init__(
        self,
        rows: int,
        usage: Mapping[str, Usage],
        now: float,
        steps: Sequence[str],
        tasks: Sequence[str],
    ) -> None:
        self._rows = rows
        self._before_task = {task: steps[: steps.index(task)] for task in tasks}
        self._last_step = steps[-1]
        self._before = dict(usage)
        self._usage = dict(usage)
        self._started = now
        self._worked: Counter[str] = Counter()
        self._passed: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._asked_for_worked: dict[str, int] = {}
        self._history: deque[tuple[float, dict[str, Usage]]] = deque([(now, self._usage)])
        self._engine = UNKNOWN
        self._generated: deque[tuple[float, float]] = deque()

    def note_batch(self, step: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take in the rows a step has finished; other threads may look meanwhile."""
        lost = Counter(
            row[OUTCOME] for row in rows if row.get(REJECTED_BY) == step and row[OUTCOME] != Outcome.PENDING
        )
        passed = sum(row.get(OUTCOME) in (Outcome.PENDING, Outcome.ACCEPTED) for row in rows)
        if step in _LEAVES:
            return
        self._rejected.update(lost)
        self._passed[step] += passed
        self._worked[step] += passed + lost.total()
        self._asked_for_worked[step] = self._asked(step)

    def note_usage(self, usage: Mapping[str, Usage], now: float) -> None:
        """Take in what the store tells."""
        self._usage = dict(usage)
        self._history.append((now, self._usage))
        while len(self._history) > 2 and self._history[1][0] < now - _LONG_WINDOW:
            self._history.popleft()

    def note_engine(self, state: EngineState, now: float) -> None:
        """Take in what the engines are doing."""
        self._engine = state
        if state.generated is not None:
            self._generated.append((now, state.generated))
            while len(self._generated) > 2 and self._generated[1][0] < now - _WINDOW:
                self._generated.popleft()

    def snapshot(self, now: float) -> Snapshot:
        """How far the run is."""
        phases = [self._phase(task) for task in self._before_task]
        return Snapshot(
            phases=phases,
            accepted=self._passed[self._last_step],
            rejected=dict(self._rejected.most_common()),
            elapsed=now - self._started,
            left=self._estimate_left(phases),
            engine=self._engine,
            generation_rate=self._generation_rate(),
        )

    def _phase(self, task: str) -> Phase:
        expected = float(self._rows)
        for step in self._before_task[task]:
            if self._worked[step]:
                expected *= self._passed[step] / self._worked[step]
        worked, asked = self._worked[task], self._asked(task)
        per_row = self._asked_for_worked.get(task, 0) / worked if worked else 1.0
        estimated = asked / per_row if per_row else 0.0
        rows = max(worked, round(min(estimated, expected)))
        seconds, spent = self._spent_lately(task)
        return Phase(
            task=task,
            rows=rows,
            expected=max(rows, round(expected)),
            usage=self._usage.get(task, Usage()),
            prompt_rate=spent.prompt_tokens / seconds,
            completion_rate=spent.completion_tokens / seconds,
        )

    def _asked(self, task: str) -> int:
        """Requests of this session, answered by the engine or the store."""
        now, before = self._usage.get(task, Usage()), self._before.get(task, Usage())
        return now.calls + now.cached - before.calls - before.cached

    def _spent_lately(self, task: str) -> tuple[float, Usage]:
        now, after = self._history[-1]
        then, before = self._look_back(_WINDOW)
        old, new = before.get(task, Usage()), after.get(task, Usage())
        spent = Usage(
            calls=new.calls - old.calls,
            prompt_tokens=new.prompt_tokens - old.prompt_tokens,
            completion_tokens=new.completion_tokens - old.completion_tokens,
        )
        return max(now - then, 1e-9), spent

    def _look_back(self, seconds: float) -> tuple[float, dict[str, Usage]]:
        """What the store told so long ago, or at the start."""
        since = self._history[-1][0] - seconds
        return next(
            entry for entry in reversed(self._history) if entry[0] <= since or entry is self._history[0]
        )

    def _generation_rate(self) -> float | None:
        if len(self._generated) < 2:
            return None
        (then, before), (now, after) = self._generated[0], self._generated[-1]
        return (after - before) / max(now - then, 1e-9)

    def _estimate_left(self, phases: Sequence[Phase]) -> float | None:
        """The work that is left over the work done per second, in weighted tokens; `None` if none is known.

        So it is before the first answer, when rows are asked again that had seemed done, and while the
        answers under way have about the tokens that were foretold for them.
        """
        then, before = self._look_back(_LONG_WINDOW)
        now, after = self._history[-1]
        unfinished = self._count_unfinished()
        done = _weigh(after) - _weigh(before) + unfinished
        if done <= 0:
            return None
        left, per_call = 0.0, 0.0
        for phase in phases:
            if phase.usage.calls:
                tokens = phase.usage.completion_tokens + _PROMPT_WEIGHT * phase.usage.prompt_tokens
                per_call = tokens / phase.usage.calls
            left += (phase.expected - phase.rows) * per_call * self._calls_per_row(phase.task)
        is_foretold = left - unfinished > _FORETOLD * left
        return (left - unfinished) * (now - then) / done if is_foretold else None

    def _count_unfinished(self) -> float:
        """Tokens of answers that are not finished, where the engines tell."""
        spent = sum(u.completion_tokens for u in self._usage.values())
        before = sum(u.completion_tokens for u in self._before.values())
        return max((self._engine.generated or 0.0) - (spent - before), 0.0)

    def _calls_per_row(self, task: str) -> float:
        worked = self._worked[task]
        return max(1.0, self._asked_for_worked.get(task, 0) / worked) if worked else 1.0


def _weigh(usage: Mapping[str, Usage]) -> float:
    """Tokens that Tasks have spent, weighted by what they take."""
    return sum(u.completion_tokens + _PROMPT_WEIGHT * u.prompt_tokens for u in usage.values())
