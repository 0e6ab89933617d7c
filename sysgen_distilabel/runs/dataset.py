"""Writes the results of a pipeline as a dataset directory that `load_dataset` reads by subset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

    from sysgen_distilabel.host.write_buffer import LeafFiles

_ROWS_PER_FILE: Final = 100_000


def write_dataset(
    subsets: Mapping[str, LeafFiles], directory: Path, rows_per_file: int = _ROWS_PER_FILE
) -> None:
    """Write each subset as parquet files of about 100,000 rows, a few thousand of them in memory at a time.

    Args:
        subsets: what the leaf steps `accepted` and `rejected` have written.
        directory: a directory that does not exist yet.
        rows_per_file: a file takes no further rows once it has so many.
    """
    for name, subset in subsets.items():
        folder = directory / name
        folder.mkdir(parents=True)
        shards = share_out(subset.files, rows_per_file)
        for number, files in enumerate(shards):
            concatenate(files, subset.schema, folder / f"{number:05d}-of-{len(shards):05d}.parquet")


def share_out(files: Sequence[Path], rows_per_shard: int) -> list[list[Path]]:
    """The files in groups of so many rows, or a file more; a single empty group if there are none."""
    import pyarrow.parquet as pq

    shards: list[list[Path]] = [[]]
    rows = 0
    for file in files:
        if rows >= rows_per_shard:
            shards.append([])
            rows = 0
        shards[-1].append(file)
        rows += pq.read_metadata(file).num_rows
    return shards


def concatenate(files: Sequence[Path], schema: pa.Schema, target: Path) -> None:
    """Write the rows of the files into one, a row group at a time."""
    import pyarrow.parquet as pq

    from sysgen_distilabel.host.arrow_types import conform

    with pq.ParquetWriter(target, schema) as writer:
        for path in files:
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    writer.write_table(conform(file.read_row_group(group), schema))
