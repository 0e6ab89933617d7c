"""A row keeps all its columns with their types, whatever becomes of it."""

import pyarrow as pa
import pytest

from sysgen_distilabel.columns import ALL_COLUMNS, COLUMNS, arrow_types, empty
from sysgen_distilabel.outcome import REASONS, Outcome
from sysgen_distilabel.rows import complete, in_column_order, is_live, reject


def test_every_column_has_a_type_a_meaning_and_an_empty_value_of_its_type():
    types = arrow_types()
    assert list(types) == list(ALL_COLUMNS) and tuple(ALL_COLUMNS)[: len(COLUMNS)] == COLUMNS
    assert all(column.meaning for column in ALL_COLUMNS.values())
    for column in ALL_COLUMNS:
        assert pa.array([empty(column)], type=types[column]).null_count == 0


def test_empty_values_are_not_shared():
    empty("phrases").append("x")
    assert empty("phrases") == []


def test_completing_keeps_what_is_there():
    row = complete({"phrases": [1], "mine": 0}, ["phrases", "usage", "outcome", "foreign"])
    assert row == {"phrases": [1], "mine": 0, "usage": [], "outcome": "pending"}


@pytest.mark.parametrize("reason", REASONS)
def test_a_rejected_row_is_no_longer_live(reason):
    row = reject({"source_id": "a"}, reason, "because " * 200, "some_step")
    assert not is_live(row) and row["outcome"] == reason.value
    assert len(row["outcome_detail"]) == 500 and row["rejected_by"] == "some_step"
    assert type(row["outcome"]) is str


def test_rows_without_an_outcome_are_live():
    assert is_live({}) and is_live({"outcome": "pending"})
    assert not is_live({"outcome": Outcome.ACCEPTED.value})


def test_foreign_columns_come_last():
    row = in_column_order({"mine": 1, "outcome": "accepted", "source_id": "a"})
    assert list(row) == ["source_id", "outcome", "mine"]


def test_every_outcome_is_explained():
    assert all(outcome.explanation for outcome in Outcome)
