"""The dataset of a run is made out of the files its leaf steps wrote, row for row."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.host.write_buffer import LeafFiles
from sysgen_distilabel.runs.dataset import write_dataset
from tests.commands import sysgen, write_rows

SCHEMA = pa.schema({"source_id": pa.string(), "tags": pa.list_(pa.string())})


def write_leaf(folder, sizes):
    """Files of so many rows each, numbered through."""
    folder.mkdir(parents=True)
    files, number = [], 0
    for size in sizes:
        rows = [{"source_id": str(number + n), "tags": []} for n in range(size)]
        files.append(folder / f"{len(files):05d}.parquet")
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), files[-1])
        number += size
    return LeafFiles(SCHEMA, files)


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 7), max_size=12), rows_per_file=st.integers(1, 20))
def test_every_row_comes_once_and_in_its_order(tmp_path_factory, sizes, rows_per_file):
    folder = tmp_path_factory.mktemp("dataset")
    leaves = {"accepted": write_leaf(folder / "accepted", sizes), "rejected": write_leaf(folder / "no", [])}
    write_dataset(leaves, folder / "dataset", rows_per_file)
    files = sorted((folder / "dataset" / "accepted").iterdir())
    tables = [pq.read_table(file) for file in files]
    assert pa.concat_tables(tables)["source_id"].to_pylist() == [str(n) for n in range(sum(sizes))]
    assert all(table.schema == SCHEMA for table in tables)
    assert all(table.num_rows >= rows_per_file for table in tables[:-1])
    assert all(table.num_rows < rows_per_file + 7 for table in tables)
    assert [file.name for file in files] == [
        f"{n:05d}-of-{len(files):05d}.parquet" for n in range(len(files))
    ]
    (empty,) = (folder / "dataset" / "rejected").iterdir()
    assert pq.read_table(empty).schema == SCHEMA and pq.read_metadata(empty).num_rows == 0


@pytest.mark.slow
def test_a_run_leaves_no_copy_of_its_rows_in_the_cache_of_datasets(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 20)
    process = sysgen(
        "run", rows, "--output", tmp_path / "run", "--llm", "simulated",
        HF_HOME=str(tmp_path / "home"), HF_DATASETS_CACHE=str(tmp_path / "cache"),
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert not list(tmp_path.glob("cache/**/*.arrow")) and not list(tmp_path.glob("home/**/*.arrow"))
