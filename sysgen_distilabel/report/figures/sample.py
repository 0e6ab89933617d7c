"""Picks rows to look at, spread evenly over a subset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any


def spread_sample(subset: Path, number: int) -> Iterator[dict[str, Any]]:
    """At most `number` rows at even distances, the first one included.

    Args:
        subset: a directory of parquet files.
        number: how many rows are wanted, at least 1.
    """
    import pyarrow.dataset as ds

    rows = ds.dataset(subset, format="parquet")
    total = rows.count_rows()
    wanted = [index * total // number for index in range(number)] if total > number else list(range(total))
    yield from rows.take(wanted).to_pylist()
