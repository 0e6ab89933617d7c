"""Writes lines of JSON as parquet, for trainers that read nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

_LINES_PER_BATCH: Final = 1024


def write_parquet(lines: Path, target: Path) -> None:
    """Write a file of JSON lines anew as parquet; fields that some lines lack are null there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schemas = (pa.Table.from_pylist(batch).schema for batch in _read_batches(lines))
    schema = pa.unify_schemas(list(dict.fromkeys(schemas)), promote_options="permissive")
    with pq.ParquetWriter(target, schema) as writer:
        for batch in _read_batches(lines):
            writer.write_table(pa.Table.from_pylist(batch, schema))


def _read_batches(path: Path) -> Iterator[list[dict[str, Any]]]:
    with path.open("rb") as lines:
        while batch := [orjson.loads(line) for line in islice(lines, _LINES_PER_BATCH)]:
            yield batch
