"""Where rows were lost: what came into each step, what it rejected and why, what came out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.outcome import REASONS, Outcome

PHASES: Final = (
    "load_conversations",
    "generate_system_message",
    "filter_tags",
    "verify_functionalities",
    "compose_system_message",
    "generate_aligned_response",
)
"""The steps that are shown also where they rejected nothing."""

_REACHED: Final = {
    "load_conversations": "read",
    "generate_system_message": "annotated",
    "select_system_message": "selected",
    "filter_tags": "valid tags",
    "check_phrases": "checked phrases",
    "verify_functionalities": "verdicts",
    "compose_system_message": "composed",
    "reject_near_duplicates": "not a near-duplicate",
    "add_conflicting_turn": "user turns",
    "generate_aligned_response": "answered",
    "check_constraints": "keeps constraints",
    "check_responses": "sound responses",
    "judge_answers": "same answers",
    "check_alignment": "follows its message",
    "extend_conversation": "extended",
}
"""What a row has when it leaves a step; the last step that is shown leaves accepted rows."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What one step did to the rows.

    Attributes:
        step: its name.
        reached: what its rows have when they leave it.
        rows_in: live rows it was given.
        rejected: how many of them it rejected, by reason.
    """

    step: str
    reached: str
    rows_in: int
    rejected: Mapping[str, int]

    @property
    def rows_out(self) -> int:
        """Live rows it passed on."""
        return self.rows_in - sum(self.rejected.values())

    def as_dict(self) -> dict[str, Any]:
        """The stage for JSON."""
        return {
            "step": self.step,
            "reached": self.reached,
            "rows_in": self.rows_in,
            "rejected": dict(self.rejected),
            "rows_out": self.rows_out,
        }


def trace_attrition(counts: Counter[tuple[str, str]], steps: Sequence[str]) -> list[Stage]:
    """The steps in their order, from all rows of the input to the accepted ones.

    Args:
        counts: rows by the step that rejected them and their outcome, see `count_reasons`.
        steps: the steps of the run in their order; those that neither reject nor are a phase are left out.
    """
    by_step: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (step, outcome), rows in sorted(counts.items(), key=_reason_order):
        if outcome != Outcome.ACCEPTED:
            by_step[step][outcome] = rows
    shown = [step for step in steps if step in PHASES or step in by_step]
    shown += sorted(by_step.keys() - set(shown))
    stages: list[Stage] = []
    left = counts.total()
    for step in shown:
        reached = "accepted" if step == shown[-1] else _REACHED.get(step, step.replace("_", " "))
        stages.append(Stage(step, reached, left, by_step.get(step, {})))
        left = stages[-1].rows_out
    return stages


def _reason_order(item: tuple[tuple[str, str], int]) -> tuple[str, int, str]:
    (step, outcome), _ = item
    known = [str(reason) for reason in REASONS]
    return step, known.index(outcome) if outcome in known else len(known), outcome
