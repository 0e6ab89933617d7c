"""The lines and the text of a file: where one row ends, and what bytes that are no text are told as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.input_files import File

Rows: TypeAlias = Iterator[tuple[str, Any]]
"""Place and value of one row after the other; that the value is a row is checked by `Input`."""

LARGEST_ROW: Final = 1 << 26
"""Bytes of the largest row; longer ones are taken for a quote or bracket left open, or for a bomb."""

_CHUNK: Final = 1 << 16
_LINE_ENDS: Final = (b"\n", b"\r")


def label_rows(rows: Iterable[Any]) -> Rows:
    """The rows with their place, counted from 1."""
    return ((f"row {number}", values) for number, values in enumerate(rows, 1))


def read_lines(file: File) -> Iterator[tuple[int, int, bytes]]:
    """Number from 1, offset in the file and bytes of each line, whether it ends in LF, CR LF or CR.

    Raises:
        InputError: a line, or a stretch of blank lines, is longer than the largest row may be.
    """
    number, offset, blank = 1, 0, 0
    for line in _split_lines(file):
        blank = blank + len(line) if line.isspace() else 0
        if max(len(line), blank) > LARGEST_ROW:
            what = "lines are blank" if blank else "is one line"
            raise InputError(
                f"{file}, line {number}: more than {LARGEST_ROW >> 20} MiB from here on {what}.",
                "Check that the file is what its name says; a row has to be smaller.",
            )
        yield number, offset, line
        number, offset = number + 1, offset + len(line)


def decode(data: bytes, file: File, line: int, offset: int) -> str:
    """The bytes as text, without a byte order mark.

    Args:
        data: what to decode.
        file: the file they are from, for the error.
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
            f"{file}, line {line}: byte 0x{data[wrong]:02x} at offset {offset + wrong} is not UTF-8.",
            "Convert the file from the encoding it was written in: `iconv -f ENCODING -t UTF-8`; nothing "
            "in it says which that is.",
        ) from error


def _split_lines(file: File) -> Iterator[bytes]:
    """The lines with their ends, read in pieces; the last ones of a piece wait for what follows."""
    pieces: list[bytes] = []
    size = 0
    with file.open_text() as stream:
        while chunk := stream.read(_CHUNK):
            if pieces and not _may_end(pieces[-1][-1:] + chunk) and size <= LARGEST_ROW:
                pieces.append(chunk)
                size += len(chunk)
                continue
            lines = b"".join([*pieces, chunk]).splitlines(keepends=True)
            last = lines.pop()
            pieces, size = [last], len(last)
            yield from lines
            if size > LARGEST_ROW:
                break
    yield from b"".join(pieces).splitlines(keepends=True)


def _may_end(data: bytes) -> bool:
    return any(end in data for end in _LINE_ENDS)
