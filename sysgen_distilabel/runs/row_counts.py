"""The counts of a finished run, taken from its dataset; they must add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sysgen_distilabel.columns import OUTCOME, REJECTED_BY
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.outcome import REASONS, SUBSETS, Outcome


@dataclass(frozen=True, slots=True)
class Accounts:
    """What became of the rows.

    Attributes:
        accepted: number of accepted rows.
        rejected: number of rejected rows by reason, in the order of `REASONS`.
        rejected_by: number of rejected rows by the step that rejected them.
        rejected_in: for each reason, the number of rejected rows by step.
    """

    accepted: int
    rejected: Mapping[str, int]
    rejected_by: Mapping[str, int]
    rejected_in: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows accounted for."""
        return self.accepted + sum(self.rejected.values())

    def check(self, rows_read: int) -> None:
        """Hold the counts against the input.

        Raises:
            RunError: if a row is missing, counted twice or without a final outcome.
        """
        unknown = set(self.rejected) - set(REASONS)
        if self.rows == rows_read and not unknown:
            return
        odd = f" Rows with the outcome {', '.join(sorted(unknown))} were not finished." if unknown else ""
        raise RunError(
            f"The counts do not add up: {rows_read:,} rows were read, {self.accepted:,} accepted and "
            f"{sum(self.rejected.values()):,} rejected.{odd}",
            "This is a defect of sysgen-distilabel; please report it with the log of the run.",
        )


def count_outcomes(dataset: Path) -> Accounts:
    """Count the rows of a run's dataset, one file at a time.

    Args:
        dataset: directory with the subdirectories `accepted` and `rejected` of parquet files.
    """
    outcomes: Counter[str] = Counter()
    rejected_by: Counter[str] = Counter()
    rejected_in: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for subset in SUBSETS:
        for outcome, step, number in _count_files(dataset / subset):
            if (outcome == Outcome.ACCEPTED) != (subset == "accepted"):
                outcome = f"{outcome} in subset {subset}"
            outcomes[outcome] += number
            rejected_by[step] += number
            rejected_in[outcome][step] += number
    accepted = outcomes.pop(Outcome.ACCEPTED.value, 0)
    rejected_by.pop("", None)
    rejected_in.pop(Outcome.ACCEPTED.value, None)
    known = {reason.value: outcomes.pop(reason.value) for reason in REASONS if reason.value in outcomes}
    return Accounts(accepted, {**known, **outcomes}, dict(rejected_by), rejected_in)


def _count_files(directory: Path) -> list[tuple[str, str, int]]:
    import pyarrow.parquet as pq

    counts: list[tuple[str, str, int]] = []
    for file in sorted(directory.glob("*.parquet")):
        table = pq.read_table(file, columns=[OUTCOME, REJECTED_BY])
        grouped = table.group_by([OUTCOME, REJECTED_BY]).aggregate([([], "count_all")])
        counts += [(row[OUTCOME], row[REJECTED_BY], row["count_all"]) for row in grouped.to_pylist()]
    return counts


def explain_rejected(report: Mapping[str, Any]) -> str:
    """What became of the rows of a run by its report, the commonest reason first; one sentence."""
    rows = report.get("rows", {})
    reasons = sorted(rows.get("rejected", {}).items(), key=lambda item: -item[1])
    ends = ", ".join(f"{count:,} ended as {reason}" for reason, count in reasons)
    return f"Of {rows.get('input', 0):,} rows {ends or 'none is left'}."
