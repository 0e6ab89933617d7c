"""Chooses the rows of a run to review, in two passes that keep no texts in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sysgen_distilabel.outcome import SUBSETS
from sysgen_distilabel.review.argilla_records import (
    ReviewRecord,
    find_source_id,
    is_reviewable,
    make_record,
    record_id,
)
from sysgen_distilabel.review.judged import JudgedRows
from sysgen_distilabel.review.queue_order import Lengths, Norms, Risk, assess, draw, measure_lengths
from sysgen_distilabel.runs.run_directory import RunDirectory

Order = Literal["risk", "random"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A row to review.

    Attributes:
        source_id: the row.
        risk: how likely it needs a correction.
        priority: its place in the queue, from 0 to 1, the largest first.
    """

    source_id: str
    risk: Risk
    priority: float


@dataclass(frozen=True, slots=True)
class Selection:
    """What to review of a run.

    Attributes:
        choices: the rows, the first to look at first.
        current: for every row of the run, the id of the record that stands for it now; none if
            there is nothing to judge.
    """

    choices: list[Choice]
    current: dict[str, tuple[str, ...]]


def select_rows(run: RunDirectory, order: Order, sample: int | None) -> Selection:
    """Read a run's dataset and choose.

    Args:
        run: the run.
        order: by risk, or at random so that figures are those of all rows.
        sample: how many rows to choose, all without it.
    """
    current: dict[str, tuple[str, ...]] = {}
    lengths: dict[str, Lengths] = {}
    for row in read_rows(run.dataset):
        source_id = find_source_id(row)
        current[source_id] = (record_id(row),) if is_reviewable(row) else ()
        if current[source_id]:
            lengths[source_id] = measure_lengths(row)
    norms = Norms(lengths.values())
    choices, judged = [], JudgedRows(run)
    for row in map(judged.add_to, read_rows(run.dataset)):
        source_id = find_source_id(row)
        if current[source_id]:
            risk = assess(row, lengths[source_id], norms)
            priority = risk.score if order == "risk" else draw(source_id)
            choices.append(Choice(source_id, risk, priority))
    choices.sort(key=lambda choice: (-choice.priority, draw(choice.source_id)))
    return Selection(choices[:sample], current)


def make_records(run: RunDirectory, selection: Selection) -> Iterator[ReviewRecord]:
    """The records of the chosen rows of a run, in the order of its dataset."""
    judged = JudgedRows(run)
    chosen = {choice.source_id: choice for choice in selection.choices}
    for row in map(judged.add_to, read_rows(run.dataset)):
        choice = chosen.get(find_source_id(row))
        if choice is not None:
            yield make_record(row, choice.risk, choice.priority)


def read_rows(dataset: Path) -> Iterator[dict[str, Any]]:
    """All rows of a run's dataset, a few thousand at a time."""
    import pyarrow.parquet as pq

    for subset in SUBSETS:
        for path in sorted((dataset / subset).glob("*.parquet")):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(1024):
                    yield from batch.to_pylist()
