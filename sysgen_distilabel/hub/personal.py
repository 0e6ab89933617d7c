"""Looks for e-mail addresses, keys and phone numbers in system messages and comments to be published."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.columns import (
    ANNOTATED_SYSTEM_MESSAGE,
    CONTRAST_SYSTEM_MESSAGE,
    ORIGINAL_SYSTEM_MESSAGE,
    PROMPT,
    SOURCE_ID,
    SYSTEM_MESSAGE,
)
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.secrets import KEY_SHAPES

_SHAPES: Final = {
    "e-mail address": re.compile(
        r"[\w.+-]{1,64}@(?!example\.)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b"
    ),
    "key": KEY_SHAPES,
    "phone number": re.compile(
        r"(?<![\w.+-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}"
        r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4}|0\d{1,3}-\d{3,4}-\d{4})(?![\w-])"
    ),
}
_REVIEWED_TEXT: Final = "reviewed_text"
_ANSWERS: Final = "answers"
_MESSAGES: Final = (
    SYSTEM_MESSAGE,
    ANNOTATED_SYSTEM_MESSAGE,
    ORIGINAL_SYSTEM_MESSAGE,
    CONTRAST_SYSTEM_MESSAGE,
    _REVIEWED_TEXT,
)
_READ: Final = {
    "accepted": _MESSAGES[:-1],
    "rejected": _MESSAGES[:-1],
    "preferences": (*_MESSAGES[:-1], PROMPT),
    "review": (*_MESSAGES, _ANSWERS),
}
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a system message or a comment that may not be for everybody.

    Attributes:
        subset: where the row is.
        source_id: which row it is.
        kind: what it seems to be.
        shown: its beginning; the rest is hidden.
    """

    subset: str
    source_id: str
    kind: str
    shown: str


@dataclass(slots=True)
class Findings:
    """What was found.

    Attributes:
        rows: the number of rows with a text that was read.
        affected: how many of them something was found in.
        counts: how often each kind was found.
        first: the first of them.
    """

    rows: int = 0
    affected: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Finding] = field(default_factory=list)

    def add(self, found: Sequence[Finding]) -> None:
        """Count a row with what was found in it, and keep that if it is among the first."""
        self.rows += 1
        self.affected += bool(found)
        self.counts.update(finding.kind for finding in found)
        self.first += found[: _SHOWN - len(self.first)]


def scan_system_messages(dataset: Path, subsets: Sequence[str]) -> Findings:
    """Look through the system messages, and the comments of reviewers, of all rows, batch by batch.

    Args:
        dataset: the dataset of a run.
        subsets: those that are published.
    """
    findings = Findings()
    for subset in subsets:
        there = find_columns(dataset, subset)
        columns = [name for name in (SOURCE_ID, *_READ[subset]) if name in there]
        for row in scan_rows(dataset, subset, columns):
            if text := "\n".join(dict.fromkeys(filter(None, _read_texts(row)))):
                source_id = row.get(SOURCE_ID, "")
                findings.add([Finding(subset, source_id, kind, _mask(it)) for kind, it in _find(text)])
    return findings


def _read_texts(row: Mapping[str, Any]) -> Iterator[str | None]:
    yield from (row.get(column) for column in _MESSAGES)
    yield from (turn["content"] for turn in row.get(PROMPT) or () if turn["role"] == "system")
    yield from (answer["comment"] for answer in row.get(_ANSWERS) or ())


def _find(text: str) -> Iterator[tuple[str, str]]:
    for kind, shape in _SHAPES.items():
        for found in dict.fromkeys(match[0] for match in shape.finditer(text)):
            yield kind, found


def _mask(text: str) -> str:
    return text[:3] + "…"
