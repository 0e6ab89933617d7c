"""Limits how many requests are in flight, across all processes that share a directory."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import random
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from sysgen_distilabel.errors import StoreError

_POLL: Final = 0.003
"""Seconds between two looks for a free slot when other processes hold them all."""

_GIVE_WAY: Final = 2 * _POLL
"""Seconds a process leaves a slot it gave back to the others, if any of them waits."""

_WAITING: Final = 1 << 30
"""The byte that is locked while a process waits for a slot, far behind those of the slots."""


_FLOCK: Final = "hhqqi4x"
"""The C structure `flock` of Linux on 64 bits: type, whence, start, length, process."""


class Slots:
    """Hands out at most `limit` slots at a time, first come first served within a process.

    With a path the limit holds for all processes that use the same file: a slot is a locked byte
    of it, which the kernel frees when its holder dies, whatever way. A process that holds many
    slots leaves the next free one to a process that waits, so none of them starves.

    Args:
        limit: the number of slots.
        path: the file to share, created if missing; without it the limit holds for this object.
    """

    def __init__(self, limit: int, path: Path | None = None) -> None:
        self._limit = limit
        self._local = asyncio.Semaphore(limit)
        self._turn = asyncio.Lock()
        self._file = None if path is None else SlotFile.open(path)

    async def take(self) -> int:
        """Wait for a free slot and take it; it has to be given back with `release`."""
        await self._local.acquire()
        if self._file is None:
            return 0
        try:
            return await self._take_shared(self._file)
        except BaseException:
            self._local.release()
            raise

    def release(self, slot: int) -> None:
        """Give a slot back; call it in the event loop that took the slot."""
        if self._file is None:
            self._local.release()
            return
        self._file.release(slot)
        if self._local.locked() and self._file.others_wait():
            asyncio.get_running_loop().call_later(_GIVE_WAY, self._local.release)
        else:
            self._local.release()

    def close(self) -> None:
        """Close the shared file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _take_shared(self, file: SlotFile) -> int:
        if not self._turn.locked() and (slot := file.try_take(self._limit)) is not None:
            return slot
        async with self._turn:
            if (slot := file.try_take(self._limit)) is not None:
                return slot
            with file.waiting():
                while slot is None:
                    await asyncio.sleep(_POLL * random.uniform(0.5, 1.5))
                    slot = file.try_take(self._limit)
            return slot


class SlotFile:
    """The file whose locked bytes are the slots taken.

    POSIX locks belong to a process and go when it closes *any* descriptor of the file, so each
    process has one descriptor per file and keeps its own record of the bytes it holds.
    """

    _opened: ClassVar[dict[Path, SlotFile]] = {}
    _registry_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._users = 0
        self._held: set[int] = set()
        self._hint = 0
        self._waiters = 0
        self._lock = threading.Lock()
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise _unusable(path, error) from error

    @classmethod
    def open(cls, path: Path) -> SlotFile:
        """The process's one object for the file; every `open` needs a `close`.

        Raises:
            StoreError: if the file cannot be opened for writing.
        """
        path = path.resolve()
        with cls._registry_lock:
            file = cls._opened.get(path)
            if file is None:
                file = cls._opened[path] = cls(path)
            file._users += 1
            return file

    def close(self) -> None:
        """Close the file when its last user in this process has done so."""
        with self._registry_lock:
            self._users -= 1
            if self._users == 0 and self._opened.get(self._path) is self:
                del self._opened[self._path]
                os.close(self._descriptor)

    @classmethod
    def forget_all(cls) -> None:
        """Forget the files of the parent after a fork, which does not pass its locks on."""
        cls._opened = {}
        cls._registry_lock = threading.Lock()

    def try_take(self, limit: int) -> int | None:
        """Take one of the slots `0 … limit - 1`; `None` if all are taken.

        Raises:
            StoreError: if the file system does not do locks.
        """
        with self._lock:
            for offset in range(limit):
                slot = (self._hint + offset) % limit
                if slot not in self._held and self._try_lock(slot, fcntl.LOCK_EX):
                    self._held.add(slot)
                    return slot
            if self._waiters:  # again, as another process may have held the byte to look at it
                self._try_lock(_WAITING, fcntl.LOCK_SH)
            return None

    def count_taken(self, limit: int) -> int | None:
        """How many of the slots `0 … limit - 1` others have; `None` where the system does not tell."""
        if sys.platform != "linux":
            return None
        taken = 0
        for slot in range(limit):
            asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, slot, 1, 0)
            kind, *_ = struct.unpack(_FLOCK, fcntl.fcntl(self._descriptor, fcntl.F_GETLK, asked))
            taken += kind != fcntl.F_UNLCK
        return taken

    def release(self, slot: int) -> None:
        """Give a slot back."""
        with self._lock:
            self._held.discard(slot)
            self._hint = slot
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, slot)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Let the other processes know, while in the context, that this one waits for a slot."""
        with self._lock:
            self._waiters += 1
            self._try_lock(_WAITING, fcntl.LOCK_SH)
        try:
            yield
        finally:
            with self._lock:
                self._waiters -= 1
                if not self._waiters:
                    fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, _WAITING)

    def others_wait(self) -> bool:
        """Whether another process waits for a slot."""
        with self._lock:
            if not self._try_lock(_WAITING, fcntl.LOCK_EX):
                return True
            if self._waiters:
                self._try_lock(_WAITING, fcntl.LOCK_SH)
            else:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, _WAITING)
            return False

    def _try_lock(self, byte: int, mode: int) -> bool:
        try:
            fcntl.lockf(self._descriptor, mode | fcntl.LOCK_NB, 1, byte)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise _unusable(self._path, error) from error
        return True


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"Cannot lock the file {path}: {error.strerror}.",
        "Use a directory that can be written to, on a file system with POSIX locks.",
    )


os.register_at_fork(after_in_child=SlotFile.forget_all)
