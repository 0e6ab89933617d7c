"""The dataset of a run as the Distiset that a pipeline of distilabel returns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets import Dataset
    from distilabel.distiset import Distiset

    from sysgen_distilabel.runs.run_directory import RunDirectory


def read_distiset(run: RunDirectory, in_memory: bool = False) -> Distiset:
    """One subset for each of the run, with the split `train`.

    Args:
        run: a finished run.
        in_memory: whether to hold all rows in memory, so that the directory may go; else they lie in
            the cache of `datasets`.
    """
    from datasets import DatasetDict
    from distilabel.distiset import Distiset

    distiset = Distiset()
    with _quiet_datasets():
        for subset in sorted(path for path in run.dataset.iterdir() if path.is_dir()):
            distiset[subset.name] = DatasetDict(train=_read_subset(subset, in_memory))
    if not in_memory:
        distiset.pipeline_path = run.pipeline_file
    return distiset


def _read_subset(folder: Path, in_memory: bool) -> Dataset:
    import pyarrow.parquet as pq
    from datasets import Dataset

    files = sorted(folder.glob("*.parquet"))
    # `from_parquet` raises where there are no rows.
    if in_memory or not any(pq.read_metadata(file).num_rows for file in files):
        return Dataset(pq.read_table(files, partitioning=None))
    return Dataset.from_parquet([str(file) for file in files])


@contextmanager
def _quiet_datasets() -> Iterator[None]:
    """Without bars that count files, not conversations."""
    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    were_disabled = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not were_disabled:
            enable_progress_bars()
