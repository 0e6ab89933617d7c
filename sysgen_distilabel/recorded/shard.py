"""One SQLite file of the store, written by one process and read by any."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.recorded.record import Record, Timing, Usage, dump_reply, load_reply
from sysgen_distilabel.recorded.reply import Fault, Reply

APPLICATION_ID: Final = 0x53795347
"""`SySG`, in the header of every file of ours."""

FORMAT: Final = 1
"""Version of the tables; a file with a higher one is refused."""

_BUSY_TIMEOUT: Final = 60.0
_PAGE: Final = 1000

_COUNTS: Final = tuple(field.name for field in fields(Usage))

# One row per call, and no row is changed: a request that failed for the engine's sake and was
# answered later has two, which is why only answers are unique.
_TABLES: Final = f"""
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL, answer INTEGER NOT NULL,
    task TEXT NOT NULL, model TEXT NOT NULL, attempt INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, latency REAL NOT NULL,
    finish_reason TEXT NOT NULL, fault TEXT, tries INTEGER NOT NULL, created REAL NOT NULL,
    reply BLOB NOT NULL, checksum BLOB NOT NULL
);
CREATE UNIQUE INDEX answers ON calls (key) WHERE answer;
CREATE TABLE usage (task TEXT PRIMARY KEY, {", ".join(f"{c} INTEGER NOT NULL" for c in _COUNTS)});
"""
_INSERT_CALL: Final = f"INSERT OR REPLACE INTO calls VALUES (NULL{', ?' * 14})"
_ADD_USAGE: Final = (
    f"INSERT INTO usage VALUES (?{', ?' * len(_COUNTS)}) "
    f"ON CONFLICT (task) DO UPDATE SET {', '.join(f'{c} = {c} + excluded.{c}' for c in _COUNTS)}"
)
_HAS_ANSWER: Final = "SELECT 1 FROM calls WHERE key = ? AND answer"
_FIND_ANSWER: Final = "SELECT task, model, attempt, reply, checksum FROM calls WHERE key = ? AND answer"
_NEXT_ANSWERS: Final = (
    "SELECT id, key, task, model, attempt, created, reply, checksum FROM calls WHERE id > ? AND answer "
    f"ORDER BY id LIMIT {_PAGE}"
)
_NEXT_TIMINGS: Final = (
    "SELECT id, task, created, latency, prompt_tokens, completion_tokens FROM calls "
    f"WHERE id > ? AND answer AND tries > 0 ORDER BY id LIMIT {_PAGE}"
)
_LAST_FAULT: Final = "SELECT created, reply FROM calls WHERE fault IS NOT NULL ORDER BY id DESC LIMIT 1"
_READ_USAGE: Final = "SELECT * FROM usage"

_BROKEN_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class BrokenShard(Exception):
    """The file is torn, or is no shard of ours; nothing in it is trusted."""


class EmptyShard(Exception):
    """Another process is about to write the first record into the file."""


class DamagedRecord(Exception):
    """The checksum of one record is wrong; the others may be fine."""


class Shard:
    """An open shard.

    The file is in WAL mode with `synchronous=NORMAL`: what was written survives the death of the
    process, however it comes; a power cut may lose the last transactions but never tears the file.

    Args:
        path: the file.
        writable: whether to write; such a file is created if missing.

    Raises:
        BrokenShard: if the file is torn, or not ours.
        EmptyShard: if there is nothing in it to read yet.
        StoreError: if it cannot be opened, or was written by a newer version.
    """

    def __init__(self, path: Path, writable: bool) -> None:
        self.path = path
        self._is_writable = writable
        self._copy = None if writable else _copy_if_fixed(path)
        place = path if self._copy is None else Path(self._copy.name) / path.name
        with _explained_errors(path):
            self._connection = _connect(place, writable or self._copy is not None)
            try:
                self._check(writable)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Close the file, with everything in it, so that it can be moved and read without its log."""
        if self._is_writable:
            with contextlib.suppress(sqlite3.Error):  # a reader is busy: its log stays, and is read too
                self._connection.execute("PRAGMA busy_timeout = 0")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()

    def copy_to(self, target: Path) -> None:
        """Write everything into a new file, which is whole by itself.

        Raises:
            StoreError: if it cannot be written.
            BrokenShard: if this file is torn.
        """
        with _explained_errors(target), contextlib.closing(sqlite3.connect(target)) as destination:
            self._connection.backup(destination)

    def find(self, key: bytes) -> Reply | None:
        """The answer to a request, `None` if it is not here.

        Raises:
            DamagedRecord: if it is here, but its checksum is wrong.
            BrokenShard: if the file is torn.
        """
        with _explained_errors(self.path):
            row = self._connection.execute(_FIND_ANSWER, (key,)).fetchone()
        if row is None:
            return None
        *fields, checksum = row
        return self._read_reply((key, *fields), checksum)

    def holds(self, key: bytes) -> bool:
        """Whether there is an answer to the request, damaged or not."""
        with _explained_errors(self.path):
            return self._connection.execute(_HAS_ANSWER, (key,)).fetchone() is not None

    def append(self, records: Sequence[Record], usage: Mapping[str, Usage]) -> None:
        """Write calls and add to the usage of each Task, all or nothing; durable on return.

        Raises:
            StoreError: if the file system does not take it; the shard is as it was before.
            BrokenShard: if the file is torn.
        """
        rows = [_make_row(record) for record in records]
        counts = [(task, *astuple(count)) for task, count in usage.items()]
        with _explained_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(_INSERT_CALL, rows)
                self._connection.executemany(_ADD_USAGE, counts)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def records(self) -> Iterator[Record]:
        """Every answer in the order written; damaged ones are left out.

        Reads page by page, so that a slow reader does not keep the writer's log from shrinking.
        """
        last_id = 0
        while True:
            with _explained_errors(self.path):
                page = self._connection.execute(_NEXT_ANSWERS, (last_id,)).fetchall()
            for _, *columns in page:
                with contextlib.suppress(DamagedRecord):
                    yield read_row(*columns)
            if len(page) < _PAGE:
                return
            last_id = page[-1][0]

    def timings(self) -> Iterator[Timing]:
        """When each answer came that was paid for here, in the order written."""
        last_id = 0
        while True:
            with _explained_errors(self.path):
                page = self._connection.execute(_NEXT_TIMINGS, (last_id,)).fetchall()
            for _, *columns in page:
                yield Timing(*columns)
            if len(page) < _PAGE:
                return
            last_id = page[-1][0]

    def usage(self) -> dict[str, Usage]:
        """What each Task has asked of the engine, as written here."""
        with _explained_errors(self.path):
            return {task: Usage(*counts) for task, *counts in self._connection.execute(_READ_USAGE)}

    def last_fault(self) -> tuple[float, Fault] | None:
        """When a request failed last, and how; `None` if none did."""
        with _explained_errors(self.path):
            row = self._connection.execute(_LAST_FAULT).fetchone()
        fault = load_reply(row[1]).fault if row else None
        return (row[0], fault) if fault else None

    def _check(self, writable: bool) -> None:
        """Make sure the file is ours, making it so if it is new."""
        pragma = self._connection.execute
        (application_id,) = pragma("PRAGMA application_id").fetchone()
        (version,) = pragma("PRAGMA user_version").fetchone()
        (tables,) = pragma("SELECT count(*) FROM sqlite_master").fetchone()
        if application_id == 0 and tables == 0:
            if not writable:
                raise EmptyShard
            self._initialise()
        elif application_id != APPLICATION_ID:
            raise BrokenShard("it was not written by sysgen-distilabel")
        elif version > FORMAT:
            raise StoreError(
                f"The store file {self.path} was written by a newer version of sysgen-distilabel.",
                "Upgrade sysgen-distilabel.",
            )
        pragma("SELECT max(id) FROM calls").fetchone()

    def _initialise(self) -> None:
        execute = self._connection.execute
        execute("PRAGMA journal_mode = WAL")
        execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";"):
            execute(statement)
        execute(f"PRAGMA application_id = {APPLICATION_ID}")
        execute(f"PRAGMA user_version = {FORMAT}")
        execute("COMMIT")

    def _read_reply(self, fields: tuple[Any, ...], checksum: bytes) -> Reply:
        if _checksum(*fields) != checksum:
            raise DamagedRecord(f"The store file {self.path} holds a damaged record.")
        return load_reply(fields[-1])


def read_row(
    key: bytes, task: str, model: str, attempt: int, created: float, reply: bytes, checksum: bytes
) -> Record:
    """A row of the table as the record it was.

    Raises:
        DamagedRecord: if its checksum is wrong.
    """
    if _checksum(key, task, model, attempt, reply) != checksum:
        raise DamagedRecord("A record is damaged.")
    return Record(key, task, model, attempt, load_reply(reply), created)


def _copy_if_fixed(path: Path) -> tempfile.TemporaryDirectory[str] | None:
    """A copy of a file that still has a log, where SQLite cannot read it, as nobody may write beside it."""
    log = Path(f"{path}-wal")
    if os.access(path.parent, os.W_OK) or not log.exists():
        return None
    folder = tempfile.TemporaryDirectory(prefix="sysgen-store-")
    for part in (path, log):
        shutil.copy(part, folder.name)
    return folder


def _connect(path: Path, writable: bool) -> sqlite3.Connection:
    mode = "mode=rwc" if writable else "mode=ro"
    if not writable and not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists():
        mode = "immutable=1"  # SQLite would want to create a file beside it
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{mode}",
        uri=True,
        timeout=_BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _make_row(record: Record) -> tuple[Any, ...]:
    reply = record.reply
    data = dump_reply(reply)
    return (
        record.key,
        record.is_answer,
        record.task,
        record.model,
        record.attempt,
        reply.prompt_tokens,
        reply.completion_tokens,
        reply.latency,
        reply.finish_reason,
        None if reply.fault is None else reply.fault.kind.value,
        reply.tries,
        record.created,
        data,
        _checksum(record.key, record.task, record.model, record.attempt, data),
    )


def _checksum(key: bytes, task: str, model: str, attempt: int, reply: bytes) -> bytes:
    """Eight bytes that are wrong if any of the values has changed, in its type even."""
    digest = blake2b(repr((key, task, model, attempt, type(reply))).encode(), digest_size=8)
    if isinstance(reply, bytes):
        digest.update(reply)
    return digest.digest()


@contextlib.contextmanager
def _explained_errors(path: Path) -> Iterator[None]:
    """Say what an error of SQLite means for the store."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BROKEN_CODES:
            raise BrokenShard(f"it is torn ({error})") from error
        raise StoreError(
            f"The store in {path.parent} cannot be used: {error}.",
            "Make room on the disk and check the permissions; nothing stored is lost.",
        ) from error
