"""Reader of `datasets` objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.inputs.arrow_values import read_batch
from sysgen_distilabel.inputs.raw_rows import Rows, label_rows

if TYPE_CHECKING:
    import datasets

_BATCH: Final = 1000


def read_dataset(dataset: datasets.Dataset | datasets.IterableDataset) -> Rows:
    """The rows of a dataset as plain Python values, fetched in batches; images and audio stay encoded."""
    if dataset.features is None:  # types that nobody knows yet may change from row to row
        return label_rows(_iterate(dataset.with_format(None)))
    tables = dataset.with_format("arrow").iter(batch_size=_BATCH)
    return label_rows(row for table in tables for batch in table.to_batches() for row in read_batch(batch))


def _iterate(dataset: datasets.IterableDataset) -> Iterator[dict[str, Any]]:
    for batch in dataset.iter(batch_size=_BATCH):
        for values in zip(*batch.values(), strict=True):
            yield dict(zip(batch, values, strict=True))
