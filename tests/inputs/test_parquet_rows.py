"""The dataset of a run is read in its order, and few of its rows are held at once."""

import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.inputs.parquet_rows import scan_rows

NUMBERS = [*range(1500)]
TEXT = "word " * 1000


@pytest.fixture
def dataset(tmp_path):
    folder = tmp_path / "accepted"
    folder.mkdir()
    for name, numbers in (("00001.parquet", NUMBERS[1200:]), ("00000.parquet", NUMBERS[:1200])):
        table = pa.table({"number": numbers, "text": [f"{number} {TEXT}" for number in numbers]})
        pq.write_table(table, folder / name, row_group_size=800)
    return tmp_path


def test_rows_come_in_their_order_with_the_columns_asked_for(dataset):
    assert list(scan_rows(dataset, "accepted", ["number"])) == [{"number": number} for number in NUMBERS]
    assert [row["text"].split()[0] for row in scan_rows(dataset, "accepted", None)] == list(map(str, NUMBERS))
    assert list(scan_rows(dataset, "rejected", None)) == []


def test_few_rows_are_held_at_once(dataset):
    tracemalloc.start()
    number = sum(1 for _ in scan_rows(dataset, "accepted", ["text"]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == len(NUMBERS)
    assert peak < 500 * len(TEXT)
