"""Writes files and directories as a whole or not at all, for nobody else where they may hold a secret."""

from __future__ import annotations

import contextlib
import ctypes
import glob
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file beside its place and move it there, so that a reader never sees half of one.

    What lies under the temporary name, be it a link that somebody else has laid, is removed and not
    written through.

    Args:
        path: the file.
        content: bytes, or text, which is written as UTF-8; a lone surrogate, which it cannot hold, as `?`.
        private: let only the owner read it.

    Raises:
        OSError: if it cannot be written.
    """
    partial = path.with_name(f"{path.name}.new")
    partial.unlink(missing_ok=True)
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    descriptor = os.open(partial, _NEW_FILE, 0o600 if private else 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)  # on a full disk it takes the room that is left
        raise


def open_private(path: Path, mode: str) -> IO[bytes]:
    """Open a file that only its owner can read, in a binary mode for writing; a link is not followed.

    Raises:
        OSError: if it cannot be opened, or is a symbolic link.
    """
    return open(path, mode, opener=_open_private)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_LINK, 0o600)


def belongs_to_other(folder: Path) -> bool:
    """Whether a directory is somebody else's.

    Some file systems show every file as that of one user; so what counts is whose a file of ours would be.

    Raises:
        OSError: if it cannot be looked at, or is not ours and cannot be written.
    """
    owner = folder.stat().st_uid
    if owner == os.geteuid():
        return False
    probe = folder / f".owner-{os.getpid()}"
    descriptor = os.open(probe, _NEW_FILE, 0o600)
    try:
        return os.fstat(descriptor).st_uid != owner
    finally:
        os.close(descriptor)
        probe.unlink(missing_ok=True)


def remove_if_alone(path: Path) -> None:
    """Remove a file and its directory if there is nothing else in that."""
    with contextlib.suppress(OSError):
        if list(path.parent.iterdir()) == [path]:
            path.unlink()
            path.parent.rmdir()


@contextlib.contextmanager
def replaced_directory(target: Path) -> Iterator[Path]:
    """A new directory that takes the place of the target at the end, and goes if something fails.

    What a killed process has left beside the target is removed first, so that it is as if it had never
    been there.

    Args:
        target: the directory to make, or to replace if it is there.

    Yields:
        The new directory, empty, beside the target.

    Raises:
        OSError: if it cannot be written.
    """
    _sweep(target)
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        new.mkdir(parents=True)
        yield new
        _put_in_place(new, target)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _put_in_place(new: Path, target: Path) -> None:
    """Let the new directory and the target change places, in one step where the system can."""
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        old = new.with_suffix(".old")
        target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two directories at once, so that at no moment there is none; false where that is not possible."""
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if renameat2 is None:
        return False
    at, names = ctypes.c_int(_AT_FDCWD), [ctypes.c_char_p(os.fsencode(path)) for path in (first, second)]
    return bool(renameat2(at, names[0], at, names[1], ctypes.c_uint(_RENAME_EXCHANGE)) == 0)


def _sweep(target: Path) -> None:
    """Put back or remove what processes that are gone have left beside the target."""
    for left in sorted(target.parent.glob(f".{glob.escape(target.name)}.*")):
        number, _, kind = left.name.removeprefix(f".{target.name}.").partition(".")
        if kind not in ("new", "old") or not number.isdigit() or _is_alive(int(number)):
            continue
        if kind == "old" and not target.exists():
            left.rename(target)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return pid != os.getpid()
