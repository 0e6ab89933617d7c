"""Which process writes which shard of the store, and what it does about a torn one."""

from __future__ import annotations

import fcntl
import itertools
import logging
import os
import re
import socket
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.recorded.record import Record, Usage
from sysgen_distilabel.recorded.salvage import salvage
from sysgen_distilabel.recorded.shard import BrokenShard, EmptyShard, Shard

_AT_ONCE: Final = 1000
_OPEN: Final = b"open"
"""Stands in the lock file while its owner writes, and is still there if that one was killed."""

_logger = logging.getLogger(__name__)


def claim_shard(directory: Path) -> tuple[int, Shard]:
    """Take over the first shard of this machine that has no living owner.

    Where other machines write too, one that holds answers is left as it is: they cannot read what
    is written to, and would ask again.

    Returns:
        The descriptor that holds the lock, and the shard.
    """
    is_shared = any(is_foreign(path.name) for path in directory.glob("*.sqlite"))
    for number in itertools.count():
        path = directory / f"{_this_machine()}-{number}.sqlite"
        if is_shared and _holds_answers(path):
            continue
        try:
            lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise explain_os_error(directory, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            own = _open_own(path)
            os.pwrite(lock, _OPEN, 0)
            return lock, own
        except BlockingIOError:
            os.close(lock)
        except OSError as error:
            os.close(lock)
            raise explain_os_error(directory, error) from error
        except BaseException:
            os.close(lock)
            raise
    raise AssertionError("unreachable")


def give_up_shard(lock: int) -> None:
    """Note that the shard was closed as it should be, and let others have it."""
    with suppress(OSError):
        os.ftruncate(lock, 0)
    os.close(lock)


def tell_of_lost_logs(directory: Path) -> None:
    """Say once where replies are lost: who wrote last was killed, and the log is gone, as in a partial copy.

    To be called before a shard is opened, as SQLite makes a new log where there is none, also for reading.
    """
    for path in sorted(directory.glob("*.sqlite")):
        if not Path(f"{path}-wal").exists():
            with suppress(OSError):  # one that cannot be locked has a living owner, who is closing it
                _tell_of_lost_log(path)


def _tell_of_lost_log(path: Path) -> None:
    lock_file = path.with_suffix(".lock")
    if lock_file.read_bytes() != _OPEN:
        return
    with lock_file.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _logger.warning(
            "The log %s-wal is gone, and with it the last replies of a session that was killed, unless"
            " another program has written them into the file; what is lost is asked again. Copy a run"
            " directory with all its files.",
            path,
        )
        os.truncate(lock_file, 0)


def is_foreign(shard: str) -> bool:
    """Whether a shard of this name belongs to another machine."""
    return Path(shard).stem.rpartition("-")[0] != _this_machine()


def keep_writers_off(path: Path) -> int | None:
    """Make sure that nobody writes to a shard of another machine, as long as the descriptor is open.

    The processes of one machine share the log of a SQLite file; those of several would read it
    half written. A machine that finds its shard locked begins another one.

    Returns:
        The descriptor, `None` if somebody writes to it now.
    """
    name = path.with_suffix(".lock")
    try:
        lock = os.open(name, os.O_RDONLY | (os.O_CREAT if os.access(path.parent, os.W_OK) else 0), 0o666)
    except FileNotFoundError:
        return os.open(path, os.O_RDONLY)  # nobody can write here, so there is nothing to keep off
    except OSError as error:
        raise explain_os_error(path.parent, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        if isinstance(error, BlockingIOError):
            return None
        raise explain_os_error(path.parent, error) from error
    return lock


def _this_machine() -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", socket.gethostname())


def _holds_answers(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(Shard(path, writable=False)) as shard:
            return next(shard.timings(), None) is not None
    except (EmptyShard, BrokenShard):
        return False


def _open_own(path: Path) -> Shard:
    try:
        return Shard(path, writable=True)
    except BrokenShard as error:
        return begin_afresh(path, error)


def begin_afresh(path: Path, error: BrokenShard) -> Shard:
    """Set a shard aside, with the log that belongs to it, and begin a new one in its place."""
    try:
        aside = _set_aside(path)
    except OSError as os_error:
        raise explain_os_error(path.parent, os_error) from os_error
    _logger.warning("The store file %s is set aside as %s: %s.", path, aside.name, error)
    fresh = Shard(path, writable=True)
    number = take_over(fresh, aside)
    _logger.warning("%d replies of %s were whole and are kept.", number, aside.name)
    return fresh


def _set_aside(path: Path) -> Path:
    aside = next(
        candidate
        for number in itertools.count()
        if not (candidate := Path(f"{path}.broken{f'-{number}' if number else ''}")).exists()
    )
    if Path(f"{path}-wal").exists():
        Path(f"{path}-wal").rename(f"{aside}-wal")
    Path(f"{path}-shm").unlink(missing_ok=True)
    path.rename(aside)
    return aside


def set_aside_unowned(path: Path) -> None:
    """Set a torn shard aside that nobody writes to, so that its whole replies are taken over once only."""
    if is_foreign(path.name) or not path.is_file():
        return
    with suppress(OSError), path.with_suffix(".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _set_aside(path)


def take_over(shard: Shard, torn: Path) -> int:
    """Write the whole replies of a torn file into a shard that lacks them, and return their number."""
    number, waiting = 0, []
    for record in salvage(torn):
        if not shard.holds(record.key):
            waiting.append(record)
            number += 1
        if len(waiting) == _AT_ONCE:
            shard.append(waiting, _usage_of(waiting))
            waiting = []
    shard.append(waiting, _usage_of(waiting))
    return number


def _usage_of(records: Sequence[Record]) -> dict[str, Usage]:
    usage: defaultdict[str, Usage] = defaultdict(Usage)
    for record in records:
        usage[record.task].add_call(record.reply)
    return dict(usage)


def explain_os_error(directory: Path, error: OSError) -> StoreError:
    """The error of the operating system, in words for people."""
    return StoreError(
        f"The store in {directory} cannot be used: {error.strerror or error}.",
        "Make room on the disk and check the permissions; nothing stored is lost.",
    )
