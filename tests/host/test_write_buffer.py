"""The types of leaf rows: they grow, they never stop a run, and they lose nothing."""

import logging
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distilabel.constants import DISTILABEL_METADATA_KEY
from distilabel.distiset import create_distiset
from distilabel.pipeline import Pipeline
from distilabel.pipeline.batch import _Batch
from distilabel.pipeline.write_buffer import _WriteBuffer
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel import columns
from sysgen_distilabel.host.pipeline import SysGenPipeline
from sysgen_distilabel.host.write_buffer import ROWS_PER_FILE, TypedWriteBuffer, install
from tests.host_steps import Keep, Pass, Rows, Typed


def leaves(folder: Path, *names: str) -> Any:
    """A DAG with these leaf steps."""
    with SysGenPipeline(name="test", cache_dir=folder) as pipeline:
        Rows() >> [Pass(name=name) for name in names]
    return pipeline.dag


def write(
    folder: Path, *files: list[dict[str, Any]], leaf: str = "leaf"
) -> tuple[TypedWriteBuffer, pa.Table]:
    """Write each list of rows into a file of its own; the buffer and what can be read back."""
    buffer = TypedWriteBuffer(folder / "data", leaves(folder, leaf))
    for number, rows in enumerate(files):
        buffer.add_batch(_Batch(number, leaf, False, [rows]))
        if buffer._buffers[leaf]:
            buffer._write(leaf)
    buffer.close()
    return buffer, pa.concat_tables([pq.read_table(file) for file in buffer.files(leaf)])


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        pytest.param(None, "text", [None, "text"], id="null-then-text"),
        pytest.param([], [{"a": 1}], [[], [{"a": 1}]], id="empty-list-then-dicts"),
        pytest.param([], [[], ["x"]], [[], [[], ["x"]]], id="empty-list-then-lists"),
        pytest.param({"a": 1}, {"a": 2, "b": "x"}, [{"a": 1, "b": None}, {"a": 2, "b": "x"}], id="more-keys"),
        pytest.param(
            [{"a": 1}], [{"b": []}], [[{"a": 1, "b": None}], [{"a": None, "b": []}]], id="nested-keys"
        ),
        pytest.param(1, 2.5, [1.0, 2.5], id="integer-then-float"),
        pytest.param("\ud800", "x", ["?", "x"], id="lone-surrogate"),
        pytest.param(
            [{"a": "\ud800"}], [{"a": "x"}], [[{"a": "?"}], [{"a": "x"}]], id="lone-surrogate-within"
        ),
    ],
)
@pytest.mark.parametrize("one_file", [True, False])
def test_types_grow(tmp_path, first, second, read, one_file, caplog):
    rows = [{"value": first}, {"value": second}]
    _, table = write(tmp_path, *([rows] if one_file else [[row] for row in rows]))
    assert table.column("value").to_pylist() == read
    assert not caplog.records


def test_dicts_without_keys_become_null(tmp_path):
    _, table = write(tmp_path, [{"value": [{}]}], [{"value": [{"a": {}}]}], [{"value": [{"a": {"b": 1}}]}])
    assert table.column("value").to_pylist() == [[None], [{"a": None}], [{"a": {"b": 1}}]]


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        pytest.param(1, "x", ["1", "x"], id="integer-then-text"),
        pytest.param({"a": 1}, "é", ['{"a": 1}', "é"], id="dict-then-text"),
        pytest.param([1], {"a": 1}, ["[1]", '{"a": 1}'], id="list-then-dict"),
        pytest.param([{"a": 1}], [{"a": "x"}], ['[{"a": 1}]', '[{"a": "x"}]'], id="within"),
        pytest.param(True, 2, ["true", "2"], id="boolean-then-integer"),
        pytest.param(2**70, None, [str(2**70), None], id="too-large"),
        pytest.param({1: 2}, None, ['{"1": 2}', None], id="keys-that-are-no-text"),
        pytest.param({"a": object}, None, ['{"a": "<class \'object\'>"}', None], id="no-data-at-all"),
    ],
)
@pytest.mark.parametrize("one_file", [True, False])
def test_types_that_do_not_go_together_become_text(tmp_path, first, second, read, one_file):
    rows = [{"value": first}, {"value": second}]
    _, table = write(tmp_path, *([rows] if one_file else [[row] for row in rows]))
    assert table.column("value").to_pylist() == read


def test_text_for_want_of_a_type_is_announced(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        write(tmp_path, [{"size": 1}], [{"size": "large"}], [{"size": 2}])
        write(tmp_path / "one", [{"own": 1}, {"own": {}}])
    assert [record.getMessage() for record in caplog.records] == [
        f"Column '{name}' of 'leaf' holds values of types that do not go together: stored as text."
        for name in ("size", "own")
    ]


def test_large_integers_become_floats(tmp_path):
    _, table = write(tmp_path, [{"value": 2**60 + 1}], [{"value": 0.5}])
    assert table.column("value").to_pylist() == [float(2**60), 0.5]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
json_rows = st.dictionaries(st.sampled_from(["x", "y", columns.MESSAGES, columns.USAGE]), json_values)


@settings(deadline=None, max_examples=60)
@given(
    files=st.lists(st.lists(json_rows | st.just({"x": []}), min_size=1, max_size=3), min_size=1, max_size=4)
)
def test_no_values_stop_a_run(tmp_path_factory, files):
    _, table = write(tmp_path_factory.mktemp("any"), *[[{"n": 0} | row for row in rows] for rows in files])
    assert table.num_rows == sum(len(rows) for rows in files)


# Our columns


def test_columns_of_ours_have_their_types_and_order_from_the_start(tmp_path):
    row = {name: columns.empty(name) for name in reversed(columns.ALL_COLUMNS)}
    _, table = write(tmp_path, [{DISTILABEL_METADATA_KEY: None, "own": 1} | row])
    assert table.column_names == [*columns.ALL_COLUMNS, "own", DISTILABEL_METADATA_KEY]
    assert dict(zip(columns.ALL_COLUMNS, table.schema.types, strict=False)) == columns.arrow_types()


def test_keys_of_a_message_that_are_not_ours_are_kept(tmp_path):
    _, table = write(tmp_path, [{"messages": []}], [{"messages": [{"role": "user", "name": "Ann"}]}])
    assert table.column("messages").to_pylist() == [[], [{"role": "user", "content": None, "name": "Ann"}]]


def test_column_of_another_type_under_our_name_is_kept(tmp_path):
    _, table = write(tmp_path, [{"usage": None}], [{"usage": {"calls": 2}}])
    assert table.column("usage").to_pylist() in ([None, {"calls": 2}], [None, '{"calls": 2}'])
    _, table = write(tmp_path / "other", [{"usage": {"calls": 2}}], [{"usage": None}])
    assert table.column("usage").to_pylist() == [{"calls": 2}, None]


# Files


def test_files_are_large_and_written_again_only_if_their_types_are_old(tmp_path):
    buffer = TypedWriteBuffer(tmp_path / "data", leaves(tmp_path, "leaf"))
    for number, value in enumerate([None, [], [{"a": 1}], [{"a": 2}]]):
        buffer.add_batch(_Batch(number, "leaf", False, [[{"v": value, "messages": []}] * ROWS_PER_FILE]))
    files = buffer.files("leaf")
    before = [file.stat().st_ino for file in files]
    buffer.close()
    assert [file.stat().st_ino == inode for file, inode in zip(files, before, strict=True)] == [
        False,
        False,
        True,
        True,
    ]
    assert len({pq.read_schema(file) for file in files}) == 1
    assert buffer.files("leaf") == files


def test_leaf_without_rows_has_the_columns_of_its_sibling(tmp_path):
    buffer = TypedWriteBuffer(tmp_path / "data", leaves(tmp_path, "accepted", "rejected"))
    buffer.add_batch(_Batch(0, "accepted", True, [[{"own": 1, "messages": []}]]))
    buffer.close()
    assert buffer.files("rejected") == []
    assert buffer.schema_of("rejected") == buffer.schema_of("accepted") != pa.schema([])


def test_run_without_rows_has_the_columns_that_its_steps_declare(tmp_path):
    buffer = TypedWriteBuffer(tmp_path / "data", leaves(tmp_path, "leaf"))
    buffer.close()
    assert buffer.schema_of("leaf").names == ["number", "text", "seen_by"]


@pytest.mark.parametrize(("cached", "expected"), [(True, [1, 2]), (False, [2])])
def test_files_of_an_interrupted_run_are_kept_if_the_cache_is_used(tmp_path, cached, expected):
    for number, value in [(1, None), (2, [2])]:
        dag = leaves(tmp_path, "leaf")
        dag.get_step("leaf")["step"].use_cache = cached
        buffer = TypedWriteBuffer(tmp_path / "data", dag)
        buffer.add_batch(_Batch(0, "leaf", True, [[{"number": number, "value": value}]]))
        buffer.close()
    rows = [row for file in buffer.files("leaf") for row in pq.read_table(file).to_pylist()]
    assert rows == [{"number": n, "value": {1: None, 2: [2]}[n]} for n in expected]


# Distilabel's own Pipeline


def stock_pipeline(folder: Path) -> Pipeline:
    with Pipeline(name="test", cache_dir=folder) as pipeline:
        rows = Rows(count=1500, batch_size=500)
        shapes = Typed(values='[null, [{"a": 1}], [{"b": "x"}]]', input_batch_size=500)
        rows >> shapes >> Keep(name="leaf", input_batch_size=500)
    return pipeline


@pytest.mark.parametrize("from_file", [False, True])
def test_pipeline_of_distilabel_with_a_step_of_ours_keeps_its_rows(tmp_path, from_file):
    """What its steps would send is handed to its buffer here: run as it is, it can hang by itself."""
    pipeline = stock_pipeline(tmp_path)
    if from_file:
        pipeline.save(tmp_path / "pipeline.yaml", format="yaml")
        pipeline = Pipeline.from_yaml(tmp_path / "pipeline.yaml")
        pipeline._cache_dir = tmp_path
    pipeline._setup_write_buffer(use_cache=False)
    for number, value in enumerate([None, [{"a": 1}], [{"b": "x"}]]):
        pipeline._write_buffer.add_batch(_Batch(number, "leaf", number == 2, [[{"value": value}] * 500]))
    pipeline._write_buffer.close()
    rows = create_distiset(pipeline._cache_location["data"])["default"]["train"]
    values = [rows[place]["value"] for place in (0, 700, 1499)]
    assert values == [None, [{"a": 1, "b": None}], [{"a": None, "b": "x"}]]


def test_install_is_done_once_and_leaves_others_alone(tmp_path):
    pipeline = stock_pipeline(tmp_path)
    installed = pipeline._setup_write_buffer
    install(pipeline)
    assert pipeline._setup_write_buffer is installed
    pipeline._setup_write_buffer(False)
    assert type(pipeline._write_buffer) is TypedWriteBuffer
    install(None)
    with SysGenPipeline(name="ours", cache_dir=tmp_path) as ours:
        Typed(values="[]")
    assert "_setup_write_buffer" not in vars(ours)
    other = Pipeline(name="other", cache_dir=tmp_path)
    other._setup_write_buffer(False)
    assert type(other._write_buffer) is _WriteBuffer
