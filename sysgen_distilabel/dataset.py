"""Writes the results of a pipeline as a dataset directory that `load_dataset` reads by subset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from distilabel.distiset import Distiset

_ROWS_PER_FILE: Final = 100_000


def write_dataset(distiset: Distiset, directory: Path) -> None:
    """Write each subset as parquet files of at most 100,000 rows.

    Args:
        distiset: the host's result with the subsets `accepted` and `rejected`.
        directory: a directory that does not exist yet.
    """
    for name, splits in distiset.items():
        rows = splits["train"]
        folder = directory / name
        folder.mkdir(parents=True)
        shards = max(1, -(-rows.num_rows // _ROWS_PER_FILE))
        for number in range(shards):
            shard = rows.shard(shards, number, contiguous=True)
            shard.to_parquet(folder / f"{number:05d}-of-{shards:05d}.parquet")
