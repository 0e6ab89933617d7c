"""Where rows were lost: what came into each step, what it rejected and why, what came out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.outcome import REASONS, Outcome

STEPS: Final[dict[str, str]] = {
    "load_conversations": "read",
    "generate_system_message": "annotated",
    "filter_tags": "valid tags",
    "verify_functionalities": "verdicts",
    "compose_system_message": "composed",
    "generate_aligned_response": "accepted",
}
"""The steps of every run in their order, and what a row has when it leaves them."""

_MORE_STEPS: Final = {
    "select_system_message": ("filter_tags", "selected"),
    "reject_near_duplicates": ("generate_aligned_response", "not a near-duplicate"),
    "add_conflicting_turn": ("generate_aligned_response", "user turns"),
}
"""The steps that only some runs have, in their order: what they come before, and what a row has then."""

_LAST_STEPS: Final = {"check_constraints": "keeps constraints"}
"""The steps that only some runs have and that come last."""


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


def trace_attrition(counts: Counter[tuple[str, str]]) -> list[Stage]:
    """The steps in their order, from all rows of the input to the accepted ones.

    Args:
        counts: rows by the step that rejected them and their outcome, see `count_reasons`.
    """
    by_step: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (step, outcome), rows in sorted(counts.items(), key=_reason_order):
        if outcome != Outcome.ACCEPTED:
            by_step[step][outcome] = rows
    stages: list[Stage] = []
    left = counts.total()
    for name, reached in _order_steps(by_step).items():
        stages.append(Stage(name, reached, left, by_step.get(name, {})))
        left = stages[-1].rows_out
    return stages


def _order_steps(rejecting: Collection[str]) -> dict[str, str]:
    """The steps of every run and those that rejected a row, in their order."""
    order: dict[str, str] = {}
    for step, reached in STEPS.items():
        for name, (following, having) in _MORE_STEPS.items():
            if following == step and name in rejecting:
                order[name] = having
        order[step] = reached
    order |= {name: reached for name, reached in _LAST_STEPS.items() if name in rejecting}
    return order | {name: name for name in sorted(rejecting) if name not in order}


def _reason_order(item: tuple[tuple[str, str], int]) -> tuple[str, int, str]:
    (step, outcome), _ = item
    known = [str(reason) for reason in REASONS]
    return step, known.index(outcome) if outcome in known else len(known), outcome
