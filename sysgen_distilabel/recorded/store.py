"""A directory that remembers every reply, so that no call is paid twice."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from operator import itemgetter
from pathlib import Path
from typing import Final, Self

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.recorded.record import Record, Timing, Usage
from sysgen_distilabel.recorded.reply import Fault, Reply
from sysgen_distilabel.recorded.shard import BrokenShard, DamagedRecord, EmptyShard, Shard
from sysgen_distilabel.recorded.shard_owner import (
    begin_afresh,
    claim_shard,
    explain_os_error,
    give_up_shard,
    is_foreign,
    keep_writers_off,
    set_aside_unowned,
    take_over,
    tell_of_lost_logs,
)

SLOTS_FILE: Final = "slots"
"""Name of the file in the directory whose locks count the requests in flight."""

_RESCAN: Final = 1.0
"""Seconds after which a miss looks for shards of others also where the directory shows no change."""

_UNSAVED_HITS: Final = 1000

_logger = logging.getLogger(__name__)


class Store:
    """The replies of a run, in SQLite files of which each writing process owns one.

    A shard is called `<host>-<number>.sqlite`. Its owner holds a lock on the file beside it, which
    ends with the process, so a shard is taken over when its owner is dead and there are never more
    of them than processes writing at once. Where several machines write, a session begins a new one
    instead, so that all can read the answers of earlier sessions. A file that is torn or not ours is
    named in a warning and left alone; an own one is set aside as `*.broken` and a fresh one begun.

    SQLite shares a WAL file between the processes of one machine only, so a shard of another machine
    on a shared disk is read once its writer has closed it or is dead. The disk has to have locks that
    hold between machines, as NFS version 4 and the usual cluster file systems do.

    Attributes:
        directory: where the shards are.
    """

    def __init__(self, directory: Path, writable: bool) -> None:
        self.directory = directory
        self._others: dict[tuple[str, int], Shard] = {}
        self._foreign: dict[tuple[str, int], int] = {}
        self._ignored: set[tuple[str, int]] = set()
        self._scanned = 0.0
        self._seen_at = 0
        self._hits: Counter[str] = Counter()
        self._own: Shard | None = None
        tell_of_lost_logs(directory)
        if writable:
            self._lock, self._own = claim_shard(directory)
        try:
            self._scan()
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, directory: str | Path) -> Self:
        """Open the store for writing, creating the directory if it is missing.

        Raises:
            StoreError: if the directory cannot be written to.
        """
        path = Path(directory)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise explain_os_error(path, error) from error
        return cls(path, writable=True)

    @classmethod
    def open_read(cls, directory: str | Path) -> Self:
        """Open the store for reading, also while others write; it is empty if there is no such directory."""
        return cls(Path(directory), writable=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left of the counts, close the files and give the shard up."""
        for name in list(self._others):
            self._close_other(name)
        if self._own is not None:
            try:
                self._save_hits()
            except StoreError as error:
                _logger.warning("%s The number of hits is incomplete.", error)
            self._own.close()
            self._own = None
            give_up_shard(self._lock)

    def find(self, key: bytes) -> Reply | None:
        """The answer to a request, `None` if it has not been answered.

        Raises:
            StoreError: if a shard cannot be read.
        """
        if self._own is not None and (reply := self._find_in_own(key)) is not None:
            return reply
        if time.monotonic() - self._scanned > _RESCAN or self._changed_at() != self._seen_at:
            self._scan()
        for name, shard in list(self._others.items()):
            if (reply := self._find_in_other(name, shard, key)) is not None:
                return reply
        return None

    def append(self, records: Sequence[Record]) -> None:
        """Keep calls with their replies; they are durable on return.

        Raises:
            StoreError: if they cannot be kept; nothing kept before is harmed.
        """
        if self._own is None:
            raise StoreError(f"The store in {self.directory} is open for reading only.")
        usage = defaultdict(Usage, {task: Usage(cached=count) for task, count in self._hits.items()})
        for record in records:
            usage[record.task].add_call(record.reply)
        try:
            self._own.append(records, usage)
        except BrokenShard as error:
            self._own = self._replace_own(self._own, error)
            self._own.append(records, usage)
        self._hits.clear()

    def count_hit(self, task: str) -> None:
        """Note that a request of the Task was answered without a call."""
        self._hits[task] += 1
        if self._hits[task] >= _UNSAVED_HITS:
            self._save_hits()

    def records(self) -> Iterator[Record]:
        """Every answer, each once, one page in memory at a time.

        Raises:
            StoreError: if a shard cannot be read.
        """
        earlier: list[Shard] = []
        for name, shard in self._all_shards():
            try:
                for record in shard.records():
                    if not any(other.holds(record.key) for other in earlier):
                        yield record
            except BrokenShard as error:
                self._ignore(name, error)
            else:
                earlier.append(shard)

    def timings(self) -> Iterator[Timing]:
        """When each answer came, those taken from a shared store apart; one that two asked at once has two.

        Raises:
            StoreError: if a shard cannot be read.
        """
        for name, shard in self._all_shards():
            try:
                yield from shard.timings()
            except BrokenShard as error:
                self._ignore(name, error)

    def usage(self) -> dict[str, Usage]:
        """What each Task has asked of the engine so far, in all sessions and processes.

        Raises:
            StoreError: if a shard cannot be read.
        """
        total: dict[str, Usage] = {}
        for name, shard in self._all_shards():
            try:
                for task, usage in shard.usage().items():
                    total[task] = total.get(task, Usage()) + usage
            except BrokenShard as error:
                self._ignore(name, error)
        return total

    def last_fault(self) -> Fault | None:
        """How the request failed that failed last; `None` if none did.

        Raises:
            StoreError: if a shard cannot be read.
        """
        found = []
        for name, shard in self._all_shards():
            try:
                found += [fault] if (fault := shard.last_fault()) else []
            except BrokenShard as error:
                self._ignore(name, error)
        return max(found, key=itemgetter(0))[1] if found else None

    def _all_shards(self) -> list[tuple[tuple[str, int], Shard]]:
        self._save_hits()
        self._scan()
        own = [] if self._own is None else [((self._own.path.name, 0), self._own)]
        return own + list(self._others.items())

    def _save_hits(self) -> None:
        if self._own is not None and self._hits:
            self.append([])

    def _find_in_own(self, key: bytes) -> Reply | None:
        assert self._own is not None
        try:
            return self._own.find(key)
        except DamagedRecord as error:
            _logger.warning("%s It is asked again.", error)
        except BrokenShard as error:
            self._own = self._replace_own(self._own, error)
        return None

    def _find_in_other(self, name: tuple[str, int], shard: Shard, key: bytes) -> Reply | None:
        try:
            return shard.find(key)
        except DamagedRecord as error:
            _logger.warning("%s It is asked again.", error)
        except BrokenShard as error:
            self._ignore(name, error)
            if self._own is not None:  # its whole replies are here now
                return self._find_in_own(key)
        return None

    def _changed_at(self) -> int:
        """When a file last came or went, in nanoseconds; a shared disk may tell late."""
        try:
            return self.directory.stat().st_mtime_ns
        except OSError:
            return 0

    def _scan(self) -> None:
        """Open the shards that have come since the last look."""
        self._scanned, self._seen_at = time.monotonic(), self._changed_at()
        try:
            entries = [
                entry
                for entry in os.scandir(self.directory)
                if entry.name.endswith(".sqlite") and not entry.is_dir()
            ]
        except FileNotFoundError:
            return
        except OSError as error:
            raise explain_os_error(self.directory, error) from error
        own = None if self._own is None else self._own.path.name
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = (entry.name, entry.inode())
            if entry.name != own and name not in self._others and name not in self._ignored:
                self._open_other(name)

    def _open_other(self, name: tuple[str, int]) -> None:
        path = self.directory / name[0]
        if is_foreign(name[0]):
            lock = keep_writers_off(path)
            if lock is None:
                return
            self._foreign[name] = lock
        try:
            self._others[name] = Shard(path, writable=False)
        except EmptyShard:
            self._close_other(name)
        except BrokenShard as error:
            self._ignore(name, error)
        except StoreError:
            self._close_other(name)
            if path.exists():  # else its owner has set it aside just now
                raise

    def _close_other(self, name: tuple[str, int]) -> None:
        if (shard := self._others.pop(name, None)) is not None:
            shard.close()
        if (lock := self._foreign.pop(name, None)) is not None:
            os.close(lock)

    def _ignore(self, name: tuple[str, int], error: BrokenShard) -> None:
        self._ignored.add(name)
        self._close_other(name)
        path = self.directory / name[0]
        kept = 0
        if self._own is not None:
            kept = take_over(self._own, path)
            set_aside_unowned(path)
        _logger.warning("The store file %s is ignored: %s; %d replies of it are kept.", path, error, kept)

    def _replace_own(self, shard: Shard, error: BrokenShard) -> Shard:
        shard.close()
        return begin_afresh(shard.path, error)


class GroupCommit:
    """Makes the replies that come in the same turn of the event loop durable in one transaction.

    Args:
        store: where to keep them.
        shared: where the answers are kept for other runs too.
    """

    def __init__(self, store: Store, shared: Store | None = None) -> None:
        self._store = store
        self._shared = shared
        self._waiting: list[tuple[Record, Callable[[Exception | None], None]]] = []

    def append(self, record: Record, then: Callable[[Exception | None], None]) -> None:
        """Keep a call with its reply, at the end of the present turn of the event loop.

        Args:
            record: the call.
            then: called once the record is durable, or with the error that prevented it.
        """
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append((record, then))

    def flush(self) -> None:
        """Keep what is waiting now."""
        waiting, self._waiting = self._waiting, []
        error: Exception | None = None
        try:
            if waiting:
                self.keep([record for record, _ in waiting])
        except Exception as caught:
            error = caught
        for _, then in waiting:
            then(error)

    def keep(self, records: Sequence[Record]) -> None:
        """Keep them; in the shared store first, so that nobody pays again what is lost here by a kill."""
        if self._shared is not None and (answers := [r for r in records if r.is_answer and r.reply.tries]):
            self._shared.append(answers)
        self._store.append(records)


def read_usage(calls: Path) -> dict[str, dict[str, int]]:
    """What each Task has asked, from the store in a directory, for JSON; nothing if there is none.

    Raises:
        StoreError: if a shard cannot be read.
    """
    if not calls.exists():
        return {}
    with Store.open_read(calls) as store:
        return {task: asdict(usage) for task, usage in store.usage().items()}
