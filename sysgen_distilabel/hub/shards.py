"""The parquet files of a subset as they are published: as they are, or copied without local paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import MODEL_NAME, OUTCOME_DETAIL, USAGE

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_BATCH: Final = 4096

Scrub = Callable[[str], str]


def name_shards(dataset: Path, subset: str) -> dict[str, Path]:
    """The files of a subset by the path they get in the repository."""
    files = sorted((dataset / subset).glob("*.parquet"))
    total = len(files)
    return {f"{subset}/train-{number:05d}-of-{total:05d}.parquet": file for number, file in enumerate(files)}


def scrub_shard(file: Path, copy: Path, scrub: Scrub) -> Path:
    """The file itself, or, if models or errors in it name local paths, a scrubbed copy.

    Only columns that the run writes about itself are looked at; what the data says stays.

    Args:
        file: a parquet file.
        copy: where a copy goes.
        scrub: takes local paths out of a text.

    Returns:
        The one of the two that may be published.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as source:
        schema = source.schema_arrow
        columns = [name for name in schema.names if tells_of_the_run(name)]
        if not any(scrub_batch(batch, scrub) is not batch for batch in _read(source, columns)):
            return file
        copy.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(copy, schema) as writer:
            for batch in _read(source, schema.names):
                writer.write_batch(scrub_batch(batch, scrub))
    return copy


def list_models(files: list[Path]) -> set[str]:
    """Every name in a column of model names."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    names: set[str | None] = set()
    for file in files:
        with pq.ParquetFile(file) as source:
            columns = [name for name in source.schema_arrow.names if name.endswith(MODEL_NAME)]
            for batch in _read(source, columns):
                for column in batch.columns:
                    names.update(pc.unique(column).to_pylist())
    return {name for name in names if name}


def _read(source: Any, columns: list[str]) -> Iterator[pa.RecordBatch]:
    for group in range(source.num_row_groups):
        yield from source.iter_batches(_ROWS_PER_BATCH, row_groups=[group], columns=columns)


def tells_of_the_run(column: str) -> bool:
    """Whether the run writes about itself in a column of this name."""
    return column in (OUTCOME_DETAIL, USAGE) or column.endswith(MODEL_NAME)


def scrub_batch(batch: pa.RecordBatch, scrub: Scrub) -> pa.RecordBatch:
    """The rows without local paths in what the run writes about itself.

    Args:
        batch: rows with any columns.
        scrub: takes local paths out of a text.

    Returns:
        The batch itself if there is nothing to scrub.
    """
    scrubbed = batch
    for name in filter(tells_of_the_run, batch.schema.names):
        column = batch.column(name)
        changed = _scrub_column(column, scrub)
        if changed is not column:
            scrubbed = scrubbed.set_column(
                scrubbed.schema.get_field_index(name), batch.schema.field(name), changed
            )
    return scrubbed


def _scrub_column(column: pa.Array, scrub: Scrub) -> pa.Array:
    import pyarrow.types as kinds

    kind = column.type
    if kinds.is_string(kind) or kinds.is_large_string(kind):
        return _scrub_texts(column, scrub)
    if kinds.is_list(kind) and kinds.is_struct(kind.value_type) and MODEL_NAME in kind.value_type.names:
        return _scrub_usage(column, scrub)
    return column  # a column of the user's own that only has the name


def _scrub_texts(column: pa.Array, scrub: Scrub) -> pa.Array:
    import pyarrow as pa

    encoded = column.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    clean = [scrub(text) if isinstance(text, str) else text for text in texts]
    if clean == texts:
        return column
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(clean, encoded.dictionary.type)).cast(
        column.type
    )


def _scrub_usage(column: pa.Array, scrub: Scrub) -> pa.Array:
    import pyarrow as pa

    names = column.flatten().field(MODEL_NAME)
    if _scrub_texts(names, scrub) is names:
        return column
    rows = [
        [{**spent, MODEL_NAME: scrub(spent[MODEL_NAME])} for spent in row or ()] for row in column.to_pylist()
    ]
    return pa.array(rows, column.type)
