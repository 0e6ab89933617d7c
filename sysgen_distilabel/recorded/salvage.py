"""Reads what is still whole in a torn store file: each reply has a checksum, so each is judged alone."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.recorded.record import Record
from sysgen_distilabel.recorded.shard import BrokenShard, DamagedRecord, Shard, read_row

_ONE_ANSWER: Final = (
    "SELECT key, task, model, attempt, created, reply, checksum FROM calls WHERE id = ? AND answer"
)
_ENOUGH_MISSES: Final = 20_000
"""So many ids in a row that cannot be read end the search; a page of the file holds far fewer."""

_SIZE_AT, _COUNTER_AT, _VALID_FOR_AT = slice(28, 32), slice(24, 28), slice(92, 96)
"""Where the header of a SQLite file has its number of pages, and what says that this number holds."""


def salvage(path: Path) -> Iterator[Record]:
    """Every answer of a torn file whose checksum is right; the file itself is not touched.

    A copy is read. If its first page is torn, which says where everything is, that of an empty file of
    ours takes its place: all our files are laid out alike.
    """
    with tempfile.TemporaryDirectory(prefix="sysgen-salvage-") as folder:
        copy = Path(folder) / "copy.sqlite"
        for suffix in ("", "-wal"):
            with suppress(OSError):
                shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
        if not _can_be_asked(copy):
            _mend_first_page(copy, Path(folder) / "empty.sqlite")
        with suppress(sqlite3.Error), closing(sqlite3.connect(copy)) as connection:
            yield from _read_whole(connection)


def _can_be_asked(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT id FROM calls LIMIT 0").fetchall()
            return bool(connection.execute("PRAGMA page_count").fetchone()[0] > 1)
    except sqlite3.Error:
        return False


def _mend_first_page(path: Path, empty: Path) -> None:
    try:
        Shard(empty, writable=True).close()
        first = bytearray(empty.read_bytes())
    except (BrokenShard, StoreError, OSError):
        return
    size = int.from_bytes(first[16:18], "big")
    pages = max(path.stat().st_size, len(first)) // size  # no table of ours begins behind the end
    first = first[:size]
    first[_SIZE_AT] = pages.to_bytes(4, "big")
    first[_VALID_FOR_AT] = first[_COUNTER_AT]
    with path.open("r+b") as file:
        file.write(first)
        file.truncate(pages * size)


def _read_whole(connection: sqlite3.Connection) -> Iterator[Record]:
    misses, number = 0, 0
    while misses < _ENOUGH_MISSES:
        number, misses = number + 1, misses + 1
        try:
            row = connection.execute(_ONE_ANSWER, (number,)).fetchone()
            if row is None:
                continue
            record = read_row(*row)
        except (sqlite3.Error, DamagedRecord, ValueError, TypeError):
            continue
        misses = 0
        yield record
