"""The bytes of a local file: opened, unzipped, decoded, and what goes wrong explained."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, TypeAlias, cast

from sysgen_distilabel.errors import InputError

Rows: TypeAlias = Iterator[tuple[str, Any]]
"""Place and value of one row after the other; that the value is a row is checked by `Input`."""

LARGEST_ROW: Final = 1 << 26
"""Characters of the largest row; longer ones are taken for a quote or bracket left open."""


def label_rows(rows: Iterable[Any]) -> Rows:
    """The rows with their place, counted from 1."""
    return ((f"row {number}", values) for number, values in enumerate(rows, 1))


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """The content of the file, unzipped if its name ends in .gz.

    Raises:
        InputError: it cannot be opened or read.
    """
    with explain_os_errors(path), path.open("rb") as stream:
        if path.suffix != ".gz":
            yield stream
            return
        with gzip.open(stream) as unzipped:
            yield cast(IO[bytes], unzipped)


def read_lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Number from 1, offset in the file and bytes of each line."""
    offset = 0
    with open_bytes(path) as stream:
        for number, line in enumerate(stream, 1):
            yield number, offset, line
            offset += len(line)


def decode(data: bytes, path: Path, line: int, offset: int) -> str:
    """The bytes as text, without a byte order mark.

    Args:
        data: what to decode.
        path: the file they are from, for the error.
        line: the line of the first byte, from 1.
        offset: the position of the first byte in the file, from 0.

    Raises:
        InputError: they are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = len(data) - len(error.object) + error.start
        line += data.count(b"\n", 0, wrong)
        raise InputError(
            f"{path}, line {line}: byte 0x{data[wrong]:02x} at offset {offset + wrong} is not UTF-8.",
            "Convert the file, for example with `iconv -f WINDOWS-1252 -t UTF-8`.",
        ) from error


@contextmanager
def explain_os_errors(path: Path) -> Iterator[None]:
    """Turn what the system says of the file into an `InputError`."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InputError(
            f"{path} is no readable gzip file: {error}.", "Write or download it again."
        ) from error
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", "Check the path.") from error
    except OSError as error:
        problem = error.strerror or str(error)
        raise InputError(
            f"{path} cannot be read: {problem}.", "Check the file and its permissions."
        ) from error
