"""Reads the judged outputs that the owners of SysBench publish, to check the figures against theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.evaluation.benchmarks.sysbench_metrics import TYPES, JudgedSession, JudgedTurn
from sysgen_distilabel.extras import missing_extra

_VERDICTS: Final = "评判结果"
_LINE: Final = re.compile(r"^\s*(?P<id>\w+)\.\s*(?P<type>[^|]*?)\s*\|\s*(?P<verdict>.*?)\s*$")


def read_released(path: Path) -> Iterator[JudgedSession]:
    """The sessions in `*_analysis.xlsx`, one row per turn on its first sheet.

    Raises:
        ConfigError: if the package that reads such files is missing.
        InputError: if the file is of another form.
    """
    try:
        for session, turns in groupby(_read_sheet(path), key=lambda row: str(row["system_id"])):
            listed = sorted(turns, key=lambda row: int(row["round_index"]))
            yield JudgedSession(
                session, bool(listed[0]["multi_rounds_related"]), tuple(_to_turn(row) for row in listed)
            )
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise InputError(
            f"{path} is no released output of SysBench: {type(error).__name__}: {error}.",
            "Give a file *_analysis.xlsx as it is in the repository of the benchmark.",
        ) from None


def _read_sheet(path: Path) -> Iterator[dict[str, Any]]:
    try:
        import openpyxl
    except ImportError as error:
        raise missing_extra("Reading .xlsx files", "evaluate", error.name) from None
    from zipfile import BadZipFile

    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except (BadZipFile, openpyxl.utils.exceptions.InvalidFileException) as error:
        raise ValueError(str(error)) from None
    rows = book.worksheets[0].iter_rows(values_only=True)
    names = [str(name) for name in next(rows)]
    for values in rows:
        yield dict(zip(names, values, strict=False))


def _to_turn(row: dict[str, Any]) -> JudgedTurn:
    constraints = []
    for line in str(row[_VERDICTS] or "").splitlines():
        if found := _LINE.match(line):
            verdict = {"是": True, "否": False}.get(found["verdict"])
            constraints.append((TYPES.get(found["type"], found["type"]), verdict))
    return JudgedTurn(str(row["alignment"]), tuple(constraints))
