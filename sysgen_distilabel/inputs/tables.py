"""Readers of files with columns: CSV, parquet and Arrow, in constant memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.arrow_values import read_batch
from sysgen_distilabel.inputs.file_signs import LONGEST_SIGN
from sysgen_distilabel.inputs.input_files import File
from sysgen_distilabel.inputs.raw_rows import LARGEST_ROW, Rows, decode, label_rows, read_lines

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH: Final = 1000
_BUFFER: Final = 1 << 20
_SEPARATORS: Final = ",;\t|"
_QUOTED: Final = re.compile(r'"[^"]*"')
_NAMED_SEPARATOR: Final = re.compile(rf"sep=([{_SEPARATORS}])\s*", re.IGNORECASE)
_FIX: Final = "Quote fields that hold separators or line breaks, and double the quotes inside them."


def read_csv(file: File) -> Rows:
    """A header, then records, separated by the comma, semicolon, tab or bar: what the header has most of."""
    csv.field_size_limit(LARGEST_ROW)
    lines = (decode(line, file, number, offset) for number, offset, line in read_lines(file))
    skipped, separator, first = _find_header(lines)
    records = csv.reader(chain([first], lines), delimiter=separator, strict=True)
    start = skipped + 1
    try:
        header = [name.strip() for name in next(records, [])]
        _check_names(header, f"{file}, line {start}")
        start = skipped + records.line_num + 1
        for record in records:
            if record:
                yield f"line {start}", _name_fields(header, record, file, start)
            start = skipped + records.line_num + 1
    except csv.Error as error:
        raise InputError(f"{file}, line {start}: wrong CSV: {error}.", _FIX) from error


def read_parquet(file: File) -> Rows:
    """The rows of a parquet file, row group by row group."""
    import pyarrow.parquet as pq

    with (
        _explain_arrow(file, "parquet"),
        file.open_raw() as raw,
        pq.ParquetFile(raw, pre_buffer=False, buffer_size=_BUFFER) as parquet,
    ):
        _check_names(parquet.schema_arrow.names, str(file))
        groups = (
            batch
            for group in range(parquet.num_row_groups)  # asked for all, it reads the whole file at once
            for batch in parquet.iter_batches(_BATCH, row_groups=[group])
        )
        yield from label_rows(_read_batches(groups))


def read_arrow(file: File) -> Rows:
    """The rows of an Arrow file or stream, as `datasets` saves them."""
    import pyarrow as pa

    with _explain_arrow(file, "Arrow"), file.open_raw() as raw:
        is_stream = raw.read(6) != b"ARROW1"
        raw.seek(0)
        reader = pa.ipc.open_stream(raw) if is_stream else pa.ipc.open_file(raw)
        _check_names(reader.schema.names, str(file))
        if is_stream:
            batches: Iterator[pa.RecordBatch] = iter(reader)
        else:
            batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
        yield from label_rows(_read_batches(_validate(batch) for batch in batches))


def _validate(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch itself; one whose offsets lead out of its buffers would end the process when it is read."""
    batch.validate(full=True)
    return batch


def _read_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        for start in range(0, batch.num_rows, _BATCH):
            yield from read_batch(batch.slice(start, _BATCH))


@contextmanager
def _explain_arrow(file: File, kind: str) -> Iterator[None]:
    with file.explain_errors():
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # Arrow, Thrift and codecs each have exceptions of their own
            if isinstance(error, OSError) and error.errno:
                raise
            with file.open_raw() as raw:
                file.refuse_other_kinds(raw.read(LONGEST_SIGN))
            problem = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
            raise InputError(
                f"{file} is no readable {kind} file: {problem}.", "Write or download it again."
            ) from error


def _find_header(lines: Iterator[str]) -> tuple[int, str, str]:
    """How many lines stand before the header, the separator, and the header itself.

    Before it may stand blank lines, and the `sep=;` with which Excel names the separator.
    """
    separator = ""
    for skipped, line in enumerate(lines):
        if named := _NAMED_SEPARATOR.fullmatch(line):
            separator = named[1]
        elif not line.isspace():
            return skipped, separator or max(_SEPARATORS, key=_QUOTED.sub("", line).count), line
    return 0, _SEPARATORS[0], ""


def _check_names(names: list[str], place: str) -> None:
    """Refuse columns of one name, of which only one could be read; those without a name do not count."""
    seen: set[str] = set()
    for name in filter(None, names):
        if name in seen:
            raise InputError(
                f"{place}: two columns have the same name, {name!r}.", "Give each column its own name."
            )
        seen.add(name)


def _name_fields(header: list[str], record: list[str], file: File, line: int) -> dict[str, str]:
    if len(record) != len(header):
        counts = f"{len(record)} fields where the header has {len(header)}"
        raise InputError(f"{file}, line {line}: wrong CSV: {counts}.", _FIX)
    return dict(zip(header, record, strict=True))
