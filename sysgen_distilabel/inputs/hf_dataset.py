"""Reader of `datasets` objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.inputs.raw_rows import Rows, label_rows

if TYPE_CHECKING:
    import datasets

_BATCH: Final = 1000


def read_dataset(dataset: datasets.Dataset | datasets.IterableDataset) -> Rows:
    """The rows of a dataset as plain Python values, fetched in batches."""
    return label_rows(_iterate(dataset))


def _iterate(dataset: datasets.Dataset | datasets.IterableDataset) -> Iterator[dict[str, Any]]:
    for batch in dataset.with_format(None).iter(batch_size=_BATCH):
        for values in zip(*batch.values(), strict=True):
            yield dict(zip(batch, values, strict=True))
