"""What to do next, where a run has lost many rows."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.runs.row_counts import Accounts

_LEAST_SHARE: Final = 0.05
_MOST_STEPS: Final = 3


def suggest_next_steps(accounts: Accounts) -> list[str]:
    """One line for each reason that took much of the input, the most frequent first."""
    frequent = sorted(accounts.rejected.items(), key=lambda item: -item[1])
    lines = []
    for reason, rows in frequent[:_MOST_STEPS]:
        remedy = Outcome(reason).remedy
        if remedy and rows >= _LEAST_SHARE * accounts.rows:
            steps = accounts.rejected_in.get(reason, {})
            where = max(steps, key=lambda step: steps[step], default="that step")
            there = f", {steps[where]:,} of them" if len(steps) > 1 else ""
            of = f"{rows:,} of {count_of(accounts.rows, 'row')}"
            lines.append(f"{of} ended as {reason}{there} in {where}: {remedy.format(step=where)}.")
    return lines
