"""Looks for e-mail addresses, keys and phone numbers in system messages before they are published."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sysgen_distilabel.columns import ANNOTATED_SYSTEM_MESSAGE, SOURCE_ID, SYSTEM_MESSAGE
from sysgen_distilabel.report.scan import scan_subset
from sysgen_distilabel.secrets import KEY_SHAPES

_SHAPES: Final = {
    "e-mail address": re.compile(r"[\w.+-]+@(?!example\.)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b"),
    "key": KEY_SHAPES,
    "phone number": re.compile(
        r"(?<![\w.+-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}"
        r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4}|0\d{1,3}-\d{3,4}-\d{4})(?![\w-])"
    ),
}
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a system message that may not be for everybody.

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
        rows: the number of rows looked at.
        counts: how often each kind was found.
        first: the first of them.
    """

    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Count it, and keep it if it is among the first."""
        self.counts[finding.kind] += 1
        if len(self.first) < _SHOWN:
            self.first.append(finding)


def scan_system_messages(dataset: Path, subsets: Sequence[str]) -> Findings:
    """Look through the system messages of all rows, batch by batch.

    Args:
        dataset: the dataset of a run.
        subsets: those that are published.
    """
    import pyarrow.parquet as pq

    findings = Findings()
    for subset in subsets:
        files = sorted((dataset / subset).glob("*.parquet"))
        there = pq.read_schema(files[0]).names
        columns = [name for name in (SYSTEM_MESSAGE, ANNOTATED_SYSTEM_MESSAGE) if name in there]
        for batch in scan_subset(dataset, subset, [SOURCE_ID, *columns] if SOURCE_ID in there else columns):
            findings.rows += batch.num_rows
            for row in batch.to_pylist():
                texts = dict.fromkeys(row[column] or "" for column in columns)
                for kind, found in _find("\n".join(texts)):
                    findings.add(Finding(subset, row.get(SOURCE_ID, ""), kind, _mask(found)))
    return findings


def _find(text: str) -> Iterator[tuple[str, str]]:
    for kind, shape in _SHAPES.items():
        for found in dict.fromkeys(match[0] for match in shape.finditer(text)):
            yield kind, found


def _mask(text: str) -> str:
    return text[:3] + "…"
