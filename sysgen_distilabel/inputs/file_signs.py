"""Tells by its first bytes a file that is something else than its name says."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

LONGEST_SIGN: Final = 64
"""Bytes at the beginning of a file that are looked at."""


class Kind(NamedTuple):
    """What a file is.

    Attributes:
        name: how messages name it.
        fix: what to do with such a file.
        suffix: the extension that files of this kind are read under, if they are.
    """

    name: str
    fix: str
    suffix: str = ""


_UNPACK: Final = "Unpack it, or add {} to its name."
_SIGNS: Final = (
    (rb"\x1f\x8b", Kind("a gzip file", _UNPACK.format(".gz"))),
    (rb"BZh[1-9]1AY&SY", Kind("a bzip2 file", _UNPACK.format(".bz2"))),
    (rb"\xfd7zXZ\x00", Kind("an xz file", _UNPACK.format(".xz"))),
    (rb"\x28\xb5\x2f\xfd", Kind("a zstd file", _UNPACK.format(".zst"))),
    (
        rb"PK\x03\x04",
        Kind("a zip file or an Excel workbook", "Unpack it, or save the sheet as CSV in UTF-8."),
    ),
    (rb"\xd0\xcf\x11\xe0", Kind("an old Excel workbook", "Save the sheet as CSV in UTF-8.")),
    (rb"PAR1", Kind("a parquet file", "Name it .parquet.", ".parquet")),
    (rb"ARROW1", Kind("an Arrow file", "Name it .arrow.", ".arrow")),
    (rb"SQLite format 3\x00", Kind("an SQLite database", "Export the table as CSV or JSON lines.")),
    (rb"version https://git-lfs", Kind("a pointer of Git LFS and not the file", "Fetch it: git lfs pull.")),
    (rb"\s*<(?:!doctype html|html|\?xml)", Kind("a web page", "Give the address of the file itself.")),
)
_PATTERNS: Final = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _SIGNS)


def find_kind(head: bytes) -> Kind | None:
    """What the first bytes prove a file to be; None for text and for what is not known."""
    return next((kind for pattern, kind in _PATTERNS if pattern.match(head)), None)
