"""Reads the dataset of a run batch by batch, so that its size does not matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import OUTCOME, REJECTED_BY
from sysgen_distilabel.outcome import SUBSETS

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_BATCH: Final = 2048
_ROWS_PER_SLICE: Final = 256
"""Rows made values of at once, which take several times the room of columns."""


def scan_subset(dataset: Path, subset: str, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """The rows of a subset in their order, a few thousand at a time, with some columns or all."""
    import pyarrow.parquet as pq

    wanted = None if columns is None else list(columns)
    for path in sorted((dataset / subset).glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):  # asked for all, it reads the whole file at once
                # a thread for each column keeps memory of its own, and values are made more slowly than read
                yield from file.iter_batches(
                    _ROWS_PER_BATCH, row_groups=[group], columns=wanted, use_threads=False
                )


def scan_rows(dataset: Path, subset: str, columns: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    """The rows of a subset one by one, as values; see `scan_subset`."""
    for batch in scan_subset(dataset, subset, columns):
        for begin in range(0, batch.num_rows, _ROWS_PER_SLICE):
            yield from batch.slice(begin, _ROWS_PER_SLICE).to_pylist()


def find_columns(dataset: Path, subset: str) -> set[str]:
    """The names of the columns of a subset; none if it has no file."""
    import pyarrow.parquet as pq

    first = next(iter(sorted((dataset / subset).glob("*.parquet"))), None)
    return set(pq.read_schema(first).names) if first else set()


def count_reasons(dataset: Path) -> Counter[tuple[str, str]]:
    """How many rows there are of each step that rejected them and outcome; accepted rows have no step."""
    counts: Counter[tuple[str, str]] = Counter()
    for subset in SUBSETS:
        for batch in scan_subset(dataset, subset, [OUTCOME, REJECTED_BY]):
            columns = batch.to_pydict()
            counts.update(zip(columns[REJECTED_BY], columns[OUTCOME], strict=True))
    return counts
