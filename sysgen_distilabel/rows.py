"""How a row travels: live until it has an outcome, complete in its columns, rejected with a reason."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from sysgen_distilabel.columns import (
    ALL_COLUMNS,
    MESSAGES,
    OUTCOME,
    OUTCOME_DETAIL,
    REJECTED_BY,
    SOURCE_ID,
    SYSTEM_MESSAGE,
    TOOLS,
    empty,
)
from sysgen_distilabel.machine_limits import name_limit
from sysgen_distilabel.outcome import Outcome

Row = dict[str, Any]

MAX_WARNINGS: Final = 10
"""So many failing rows of a step are shown on the console; the others are in the log file only."""

_LONGEST_DETAIL = 500
_failures: Counter[str] = Counter()


def is_live(row: Mapping[str, Any]) -> bool:
    """Whether the row still has to be worked on: it has no outcome yet."""
    return bool(row.get(OUTCOME, Outcome.PENDING) == Outcome.PENDING)


def is_rejected(row: Mapping[str, Any]) -> bool:
    """Whether the row has a reason for its outcome; where there are no phases, the others stay pending."""
    return row.get(OUTCOME, Outcome.PENDING) not in (Outcome.PENDING, Outcome.ACCEPTED)


def needs_system_message(row: Mapping[str, Any]) -> bool:
    """Whether a live row still has to get a system message; one that keeps its own has it from the start."""
    return is_live(row) and not row.get(SYSTEM_MESSAGE)


def has_tools(row: Mapping[str, Any]) -> bool:
    """Whether the row has tools: their schemas, or turns that are results of them."""
    return bool(row.get(TOOLS)) or any(turn["role"] == "tool" for turn in row.get(MESSAGES) or ())


def complete(row: Mapping[str, Any], columns: Iterable[str]) -> Row:
    """The row with an empty value in each of our columns it lacks, so that types never vary."""
    lacking = (column for column in columns if column in ALL_COLUMNS and column not in row)
    missing: Row = {column: empty(column) for column in lacking}
    if OUTCOME in missing:
        missing[OUTCOME] = Outcome.PENDING.value
    return {**row, **missing}


def reject(row: Mapping[str, Any], outcome: Outcome, detail: str, rejected_by: str) -> Row:
    """The row with its reason; later phases pass it on untouched."""
    return {
        **row,
        OUTCOME: outcome.value,
        OUTCOME_DETAIL: detail[:_LONGEST_DETAIL],
        REJECTED_BY: rejected_by,
    }


def describe_exception(error: BaseException) -> str:
    """An unexpected error in one line, for the column `outcome_detail`."""
    return f"{type(error).__name__}: {error}".splitlines()[0]


def log_failure(logger: logging.Logger, row: Row, became: str, error: BaseException) -> None:
    """Say in a line what became of a row by an unexpected error; where it comes from is for the log file.

    So are the lines themselves once `MAX_WARNINGS` of a logger have been shown.

    Raises:
        MachineLimit: if it became so by no fault of the row; all others would be lost as well.
    """
    if limit := name_limit(error):
        raise limit from error
    _failures[logger.name] += 1
    line = f"Row {row.get(SOURCE_ID, '')!r} {became}: {describe_exception(error)}"
    if _failures[logger.name] == MAX_WARNINGS:
        line += "; what becomes of further rows is in the log file"
    logger.log(logging.WARNING if _failures[logger.name] <= MAX_WARNINGS else logging.INFO, line)
    logger.info("".join(traceback.format_exception(error)))


def in_batches(rows: Iterator[Row], size: int) -> Iterator[tuple[list[Row], bool]]:
    """The rows in batches, each with whether it is the last one, as a step that loads yields them."""
    batch = list(islice(rows, size))
    while batch:
        following = list(islice(rows, size))
        yield batch, not following
        batch = following


def in_column_order(row: Mapping[str, Any]) -> Row:
    """The row with our columns first, in their order, and any others behind them."""
    ours = {column: row[column] for column in ALL_COLUMNS if column in row}
    return ours | {column: value for column, value in row.items() if column not in ours}
