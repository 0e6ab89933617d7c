"""Writes files as a whole or not at all, readable for nobody else where they may hold a secret."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Final

_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL
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
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def open_private(path: Path, mode: str) -> IO[bytes]:
    """Open a file that only its owner can read, in a binary mode for writing; a link is not followed.

    Raises:
        OSError: if it cannot be opened, or is a symbolic link.
    """
    return open(path, mode, opener=_open_private)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_LINK, 0o600)
