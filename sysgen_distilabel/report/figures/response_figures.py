"""Adds up what was measured and judged of the responses of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ALIGNMENT_JUDGEMENTS,
    MESSAGES,
    METRICS,
    PAIR_JUDGEMENTS,
    RESPONSE_METRICS,
)
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.measures.alignment_figures import summarise_alignment
from sysgen_distilabel.measures.intervals import estimate_mean
from sysgen_distilabel.measures.pair_figures import summarise_pairs
from sysgen_distilabel.response_turns import length_ratio, pair_responses
from sysgen_distilabel.rows import Row

_MEASURED: Final = (RESPONSE_METRICS, PAIR_JUDGEMENTS, ALIGNMENT_JUDGEMENTS)


def read_response_figures(dataset: Path) -> dict[str, Any]:
    """The figures of a dataset on disk; empty if it has none of the columns they are made of.

    Args:
        dataset: a directory with the subset `accepted`.
    """
    there = find_columns(dataset, "accepted")
    present = [name for name in _MEASURED if name in there]
    if not present:
        return {}
    return summarise_responses(scan_rows(dataset, "accepted", [MESSAGES, ALIGNED_MESSAGES, *present]))


def summarise_responses(rows: Iterator[Row]) -> dict[str, Any]:
    """The figures for JSON.

    `metrics`: the mean over rows of the mean over the turns of each row, with its interval, and
    `median_length_ratio`. `pairs` and `alignment`: see `summarise_pairs` and `summarise_alignment`.
    `judges`: the models that judged.

    Args:
        rows: accepted rows with `messages`, `aligned_messages` and any of the measured columns.
    """
    means: dict[str, list[float]] = {name: [] for name in METRICS}
    pairs, alignment, judges, number = [], [], set(), 0
    for row in rows:
        number += 1
        for name, mean in _mean_of_turns(row.get(RESPONSE_METRICS) or []).items():
            means[name].append(mean)
        if judgements := row.get(PAIR_JUDGEMENTS):
            pairs.append((judgements, _find_ratio(row)))
        alignment.append(row.get(ALIGNMENT_JUDGEMENTS) or [])
        judges |= {entry["judge"] for entry in [*(judgements or []), *alignment[-1]]}
    ratios = means["length_ratio"]
    return {
        "rows": number,
        "metrics": {name: estimate_mean(values).as_dict() for name, values in means.items() if values},
        "median_length_ratio": median(ratios) if ratios else None,
        "pairs": summarise_pairs(pairs),
        "alignment": summarise_alignment(alignment),
        "judges": sorted(judges),
    }


def _mean_of_turns(turns: Sequence[Row]) -> dict[str, float]:
    """Each metric that was measured in any turn of a row."""
    means = {}
    for name in METRICS:
        if values := [turn[name] for turn in turns if turn[name] is not None]:
            means[name] = sum(values) / len(values)
    return means


def _find_ratio(row: Row) -> float | None:
    try:
        return length_ratio(pair_responses(row[MESSAGES], row[ALIGNED_MESSAGES]))
    except ValueError:
        return None
