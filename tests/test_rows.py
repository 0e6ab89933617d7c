"""A row keeps all its columns with their types, whatever becomes of it."""

import logging

import pyarrow as pa
import pytest

from sysgen_distilabel.columns import ALL_COLUMNS, COLUMNS, arrow_types, empty
from sysgen_distilabel.outcome import REASONS, Outcome
from sysgen_distilabel.rows import MAX_WARNINGS, complete, in_column_order, is_live, log_failure, reject


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


def test_the_console_shows_the_first_rows_that_fail_and_the_log_file_all(caplog):
    caplog.set_level(logging.INFO)
    logger = logging.getLogger("a step whose rows all fail")
    for number in range(3 * MAX_WARNINGS):
        log_failure(logger, {"source_id": f"row-{number}"}, "failed", ValueError("odd"))
    lines = [record for record in caplog.records if record.getMessage().startswith("Row ")]
    shown = [record.getMessage() for record in lines if record.levelno == logging.WARNING]
    assert len(lines) == 3 * MAX_WARNINGS and len(shown) == MAX_WARNINGS
    assert [line for line in shown if "further rows" in line] == shown[-1:]
