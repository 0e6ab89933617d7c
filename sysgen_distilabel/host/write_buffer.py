"""The rows of the leaf steps on their way into Parquet files, with types that hold to the end.

Defects of distilabel 1.5.3 answered here (`pipeline/write_buffer.py`):
- types are those of the first 50 rows (line 140): if a column was `None` or `[]` there, the run
  crashes when all is done; keys a dict gets later are dropped without a word; a change of type,
  or an empty dict, crashes;
- one file for each 50 rows (line 69), and all are read and written again at the end (line 189).
Can go when distilabel merges types as it writes.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset, Features
from distilabel.constants import DISTILABEL_METADATA_KEY, STEP_ATTR_NAME
from distilabel.pipeline.write_buffer import _WriteBuffer

from sysgen_distilabel import columns
from sysgen_distilabel.host import arrow_types

ROWS_PER_FILE: Final = 1000

_SETUP: Final = "_setup_write_buffer"


@dataclass(frozen=True, slots=True)
class LeafFiles:
    """The rows of a leaf step, as they lie on disk when its pipeline has ended.

    Attributes:
        schema: the columns of every file.
        files: parquet files in the order of the rows, none if there are no rows.
    """

    schema: pa.Schema
    files: list[Path]


def install(pipeline: Any) -> None:
    """Make a pipeline of distilabel use this write buffer; once is enough, and more does no harm.

    Args:
        pipeline: a `Pipeline` or `RayPipeline`; one of ours, which has it already, and anything that
            sets up no write buffer are left alone.
    """
    setup = getattr(pipeline, _SETUP, None)
    if setup is None or isinstance(setup, functools.partial) or getattr(pipeline, "writes_typed", False):
        return
    setattr(pipeline, _SETUP, functools.partial(set_up_typed, pipeline, setup))
    if hasattr(pipeline, "ray"):
        pipeline.ray = functools.partial(_make_typed, pipeline.ray)


def _make_typed(make: Any, *args: Any, **kwargs: Any) -> Any:
    """Let distilabel make another pipeline of the same steps, and give it the write buffer too."""
    pipeline = make(*args, **kwargs)
    install(pipeline)
    return pipeline


def set_up_typed(pipeline: Any, setup: Any, use_cache: bool = True) -> None:
    """Let distilabel set up its write buffer, then put the typed one in its place."""
    setup(use_cache)
    if type(pipeline._write_buffer) is _WriteBuffer:
        pipeline._write_buffer = TypedWriteBuffer(pipeline._write_buffer._path, pipeline.dag)


class TypedWriteBuffer(_WriteBuffer):
    """Distilabel's write buffer with types that grow as rows come in.

    Our own columns start with their known types (`sysgen_distilabel.columns`), others with those
    of the first rows. Where types do not go together the column becomes text, with a warning:
    the rows matter more than the type.

    Args:
        path: the folder with one folder of files for each leaf step.
        dag: distilabel's DAG.
    """

    def __init__(self, path: Path, dag: Any) -> None:
        steps = {name: dag.get_step(name)[STEP_ATTR_NAME] for name in dag}
        super().__init__(path, dag.leaf_steps, {name: step.use_cache for name, step in steps.items()})
        self._known = columns.arrow_types()
        self._expected = {leaf: _expected_columns(leaf, dag) for leaf in dag.leaf_steps}
        self._parents = {leaf: set(dag.get_step_predecessors(leaf)) for leaf in dag.leaf_steps}
        self._announced: set[tuple[str, str]] = set()
        self._types: dict[str, dict[str, pa.DataType]] = {leaf: {} for leaf in dag.leaf_steps}
        for leaf in dag.leaf_steps:
            self._buffers_dump_batch_size[leaf] = ROWS_PER_FILE
            self._take_over(leaf)

    def schema_of(self, leaf: str) -> pa.Schema:
        """The columns of a leaf step and their types; of a leaf without rows, what they would have been."""
        types = self._types[leaf] or self._types_without_rows(leaf)
        return pa.schema([(name, types[name]) for name in sorted(types, key=_position)])

    def empty_dataset(self, leaf: str) -> Dataset:
        """A dataset with the columns of a leaf step and no rows; distilabel makes none without rows."""
        features = Features.from_arrow_schema(self.schema_of(leaf))
        return Dataset.from_dict({name: [] for name in features}, features=features)

    def files(self, leaf: str) -> list[Path]:
        """The files of a leaf step in the order of its rows."""
        return sorted((self._path / leaf).glob("*.parquet"))

    def leaves(self) -> dict[str, LeafFiles]:
        """What each leaf step has written, once the buffer is closed."""
        return {leaf: LeafFiles(self.schema_of(leaf), self.files(leaf)) for leaf in self._buffers}

    def close(self) -> None:
        """Write what is left, and bring the files written under earlier types to the last ones."""
        for leaf, rows in self._buffers.items():
            if rows:
                self._write(leaf)
            schema = self.schema_of(leaf)
            for file in self.files(leaf):
                if pq.read_schema(file).remove_metadata() != schema:
                    _write_atomically(arrow_types.conform(pq.read_table(file), schema), file)

    def _write(self, step_name: str) -> None:
        rows, self._buffers[step_name] = self._buffers[step_name], []
        arrays = {}
        for name in dict.fromkeys(name for row in rows for name in row):
            arrays[name] = self._array(step_name, name, [row.get(name) for row in rows])
            self._grow_type(step_name, name, arrays[name].type)
        number = self._buffers_last_file[step_name]
        self._buffers_last_file[step_name] += 1
        file = self._path / step_name / f"{number:05d}.parquet"
        _write_atomically(arrow_types.conform(pa.table(arrays), self.schema_of(step_name)), file)

    def _array(self, leaf: str, name: str, values: list[Any]) -> pa.Array:
        array = arrow_types.infer_array(values)
        if array is None:
            self._announce_text(leaf, name)
            return arrow_types.text_array(values)
        return array

    def _grow_type(self, leaf: str, name: str, data_type: pa.DataType) -> None:
        types = self._types[leaf]
        if name not in types:
            known = self._known.get(name, pa.null())
            types[name] = arrow_types.merge_types(known, data_type) or data_type
            return
        merged = arrow_types.merge_types(types[name], data_type)
        if merged is None:
            self._announce_text(leaf, name)
        types[name] = merged or pa.string()

    def _announce_text(self, leaf: str, name: str) -> None:
        if (leaf, name) not in self._announced:
            self._announced.add((leaf, name))
            self._logger.warning(
                f"Column '{name}' of '{leaf}' holds values of types that do not go together: stored as text."
            )

    def _take_over(self, leaf: str) -> None:
        """Go on after the files of an interrupted run, which distilabel keeps if its cache is used."""
        for file in self.files(leaf):
            if False in self._steps_cached.values():
                file.unlink()
                continue
            self._buffers_last_file[leaf] = int(file.stem) + 1
            for field in pq.read_schema(file):
                self._grow_type(leaf, field.name, field.type)

    def _types_without_rows(self, leaf: str) -> dict[str, pa.DataType]:
        """Those of a leaf with the same parents, else what the steps before it declare."""
        for other, types in self._types.items():
            if types and self._parents[other] == self._parents[leaf]:
                return types
        return {name: self._known.get(name, pa.null()) for name in self._expected[leaf]}


def _expected_columns(step_name: str, dag: Any) -> list[str]:
    """The columns that a step and those before it say they make."""
    before = [
        name for parent in dag.get_step_predecessors(step_name) for name in _expected_columns(parent, dag)
    ]
    return list(dict.fromkeys([*before, *dag.get_step(step_name)[STEP_ATTR_NAME].get_outputs()]))


def _position(column: str) -> int:
    """Our columns in their own order, then any other as it came, then distilabel's metadata."""
    if column == DISTILABEL_METADATA_KEY:
        return len(columns.ALL_COLUMNS) + 1
    return (
        list(columns.ALL_COLUMNS).index(column) if column in columns.ALL_COLUMNS else len(columns.ALL_COLUMNS)
    )


def _write_atomically(table: pa.Table, file: Path) -> None:
    partial = file.with_suffix(".partial")
    pq.write_table(table, partial)
    partial.replace(file)
