"""Counts preference pairs: how many there are of each kind, and why the others were left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import (
    CHOSEN_LENGTH,
    CONTRAST_FUNCTIONALITY,
    CONTRAST_KIND,
    OUTCOME,
    PAIR_KIND,
    REJECTED_LENGTH,
    SCORE_CHOSEN,
    SCORE_REJECTED,
)
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.rows import Row

if TYPE_CHECKING:
    from sysgen_distilabel.host.write_buffer import LeafFiles

_NUMBERS: Final = (CHOSEN_LENGTH, REJECTED_LENGTH, SCORE_CHOSEN, SCORE_REJECTED)


def count_pairs(leaves: Mapping[str, LeafFiles], kinds: Sequence[str], accepted: int) -> dict[str, Any]:
    """The counts for JSON; they add up to the accepted rows, for each kind.

    Args:
        leaves: what the leaves `pairs` and `left_out` have written.
        kinds: the kinds of pairs that were to be made.
        accepted: the accepted rows of the run.

    Raises:
        RunError: if a pair is missing or counted twice.
    """
    pairs: Counter[str] = Counter()
    contrasts: Counter[tuple[str, str]] = Counter()
    numbers: dict[str, list[float]] = {name: [] for name in _NUMBERS}
    for row in _read(leaves["pairs"], [PAIR_KIND, CONTRAST_KIND, CONTRAST_FUNCTIONALITY, *_NUMBERS]):
        pairs[row[PAIR_KIND]] += 1
        contrasts[row[CONTRAST_KIND], row[CONTRAST_FUNCTIONALITY]] += bool(row[CONTRAST_KIND])
        for name in _NUMBERS:
            numbers[name] += [row[name]] if row[name] is not None else []
    left_out: Counter[tuple[str, str]] = Counter(
        (row[PAIR_KIND], row[OUTCOME]) for row in _read(leaves["left_out"], [PAIR_KIND, OUTCOME])
    )
    counts = {kind: _count_kind(kind, pairs, left_out) for kind in kinds}
    for kind, count in counts.items():
        if (found := count["pairs"] + sum(count["left_out"].values())) != accepted:
            raise RunError(
                f"The counts do not add up: {accepted:,} rows were accepted, {found:,} {kind} pairs counted.",
                "This is a defect of sysgen-distilabel; please report it with the log of the run.",
            )
    return {
        "accepted_rows": accepted,
        "pairs": pairs.total(),
        "kinds": counts,
        "contrasts": [
            {"contrast": contrast, "functionality": functionality, "pairs": number}
            for (contrast, functionality), number in contrasts.most_common()
            if number
        ],
        "medians": {name: median(values) for name, values in numbers.items() if values},
    }


def _count_kind(kind: str, pairs: Counter[str], left_out: Counter[tuple[str, str]]) -> dict[str, Any]:
    reasons = {reason: number for (of, reason), number in left_out.most_common() if of == kind}
    return {"pairs": pairs[kind], "left_out": reasons}


def _read(leaf: LeafFiles, columns: list[str]) -> Iterator[Row]:
    import pyarrow.parquet as pq

    for path in leaf.files:
        yield from pq.read_table(path, columns=columns).to_pylist()
