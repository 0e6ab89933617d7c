"""What each row of an input was when it was scanned, so that a run reads these very rows and no others."""

from __future__ import annotations

import hashlib
from array import array
from pathlib import Path
from typing import Any

from sysgen_distilabel.inputs.source_ids import canonical_json


class RowDigests:
    """64 bits of each row, in order; a million rows take 8 MB."""

    def __init__(self) -> None:
        self._digests = array("Q")

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, row: bytes) -> None:
        """Take note of the next row, given as canonical JSON."""
        self._digests.append(_digest(row))

    def matches(self, position: int, values: Any) -> bool:
        """Whether the row at this position is what it was."""
        return self._digests[position] == _digest(canonical_json(values))

    def save(self, path: Path) -> None:
        """Write them into a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._digests.tobytes())

    @classmethod
    def load(cls, path: Path) -> RowDigests:
        """Read them from a file that `save` wrote."""
        digests = cls()
        digests._digests.frombytes(path.read_bytes())
        return digests


def _digest(row: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(row, digest_size=8).digest(), "big")
