"""Splits the accepted rows of a run into rows to train on and a held-out test set a program can check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import CONSTRAINTS, PHRASES, SOURCE_ID, arrow_types
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.files import replaced_directory
from sysgen_distilabel.runs.content_fingerprint import describe_content

if TYPE_CHECKING:
    import pyarrow as pa

SPLITS: Final = ("train", "heldout")
_SCALE: Final = 2**64


def is_held_out(source_id: str, share: float) -> bool:
    """Whether a row belongs to the held-out set: by its id alone, so that it never changes sides.

    Rows held out at a share are also held out at any greater one.

    Args:
        source_id: the id of the input row.
        share: of all rows, from 0 to 1.
    """
    digest = blake2b(source_id.encode(errors="surrogatepass"), digest_size=8, person=b"heldout").digest()
    return int.from_bytes(digest, "big") < share * _SCALE


def hold_out(dataset: Path, target: Path, share: float) -> dict[str, int]:
    """Write the splits `train` and `heldout` of the accepted rows, with their constraints.

    Of the rows chosen by their id, those with a constraint are the held-out set. The others of
    them are in neither split, so that nothing is trained on that a later version might test.

    Args:
        dataset: the dataset of a run.
        target: a directory that does not exist yet.
        share: of the rows, from 0 to 1.

    Beside them lie a card and `eval.yaml`, which makes a dataset on the Hub a benchmark.

    Returns:
        How many rows are in each split, and in `neither`.

    Raises:
        RunError: if the target exists or cannot be written.
        ConfigError: if lm-eval is not installed.
    """
    target = target.absolute()
    if target.exists():
        raise RunError(f"{target} cannot be written: it exists.", "Name a new directory.")
    try:
        with replaced_directory(target) as new:
            counts = _write_splits(dataset, new, share)
            content = describe_content(new / f"{split}.parquet" for split in SPLITS)
            (new / "README.md").write_text(_CARD.format(content=content, **counts), encoding="utf-8")
            (new / "eval.yaml").write_text(_BENCHMARK, encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"{target} cannot be written: {error.strerror or error}.", "Make room, or name another --output."
        ) from None
    return counts


def _write_splits(dataset: Path, target: Path, share: float) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    counts = dict.fromkeys((*SPLITS, "neither"), 0)
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}
        for rows, schema in _read_batches(dataset):
            for split in SPLITS:
                if split not in writers:
                    writer = pq.ParquetWriter(target / f"{split}.parquet", schema)
                    writers[split] = stack.enter_context(writer)
            split_rows: dict[str, list[dict[str, Any]]] = {split: [] for split in counts}
            for row in rows:
                split_rows[_choose_split(row, share)].append(row)
            for split, chosen in split_rows.items():
                counts[split] += len(chosen)
                if split in writers:
                    writers[split].write_table(pa.Table.from_pylist(chosen, schema))
    return counts


def _choose_split(row: dict[str, Any], share: float) -> str:
    if not is_held_out(row[SOURCE_ID], share):
        return "train"
    return "heldout" if row[CONSTRAINTS] else "neither"


def _read_batches(dataset: Path) -> Iterator[tuple[list[dict[str, Any]], pa.Schema]]:
    """The accepted rows with the column `constraints`, compiled here if the run did not."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    from sysgen_distilabel.steps.compile_constraints import compile_phrases

    rows = ds.dataset(dataset / "accepted", format="parquet")
    compiled = CONSTRAINTS in rows.schema.names
    schema = (
        rows.schema if compiled else rows.schema.append(pa.field(CONSTRAINTS, arrow_types()[CONSTRAINTS]))
    )
    for batch in rows.to_batches(batch_size=2048):
        found = batch.to_pylist()
        if not compiled:
            found = [{**row, CONSTRAINTS: compile_phrases(row[PHRASES])} for row in found]
        yield found, schema


_BENCHMARK: Final = """# Makes a dataset on the Hub a benchmark, with results in `.eval_results` of models.
name: Held-out system messages
description: Conversations under system messages with constraints that a program checks.
evaluation_framework: sysgen-distilabel
tasks:
- id: heldout
  config: default
  split: heldout
"""

_CARD: Final = """---
configs:
- config_name: default
  description: {content}
  data_files:
  - split: train
    path: train.parquet
  - split: heldout
    path: heldout.parquet
---
# Rows to train on, and rows held out

{train} rows in `train`, {heldout} in `heldout`, {neither} in neither: chosen to be held out by a hash of
their id, but with no constraint that a program can check.
"""
