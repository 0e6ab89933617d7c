"""Readers of files with columns: CSV and parquet, in constant memory."""

from __future__ import annotations

import csv
from itertools import chain
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.raw_rows import LARGEST_ROW, Rows, decode, label_rows, read_lines

_BATCH: Final = 1000
_SEPARATORS: Final = ",;\t"
_FIX: Final = "Quote fields that hold separators or line breaks, and double the quotes inside them."


def read_csv(path: Path) -> Rows:
    """A header, then records, separated by the comma, semicolon or tab: what the header has most of."""
    csv.field_size_limit(LARGEST_ROW)
    lines = (decode(line, path, number, offset) for number, offset, line in read_lines(path))
    first = next(lines, "")
    separator = max(_SEPARATORS, key=first.count)
    header = next(csv.reader([first], delimiter=separator), [])
    if len(set(header)) < len(header):
        raise InputError(f"{path}, line 1: two columns have the same name.", "Give each column its own name.")
    records = csv.reader(lines, delimiter=separator, strict=True)
    start = 2
    try:
        for record in records:
            if record:
                yield f"line {start}", _name_fields(header, record, path, start)
            start = records.line_num + 2
    except csv.Error as error:
        raise InputError(f"{path}, line {start}: wrong CSV: {error}.", _FIX) from error


def read_parquet(path: Path) -> Rows:
    """The rows of a parquet file, row group by row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            batches = file.iter_batches(batch_size=_BATCH)
            yield from label_rows(chain.from_iterable(batch.to_pylist() for batch in batches))
    except (pa.ArrowException, OSError) as error:
        problem = str(error).partition("\n")[0].rstrip(".")
        raise InputError(
            f"{path} is no readable parquet file: {problem}.", "Write or download it again."
        ) from error


def _name_fields(header: list[str], record: list[str], path: Path, line: int) -> dict[str, str]:
    if len(record) != len(header):
        counts = f"{len(record)} fields where the header has {len(header)}"
        raise InputError(f"{path}, line {line}: wrong CSV: {counts}.", _FIX)
    return dict(zip(header, record, strict=True))
