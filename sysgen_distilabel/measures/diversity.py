"""How varied the system messages are: duplicates, near-duplicates and distinct word runs."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from sysgen_distilabel.measures.near_duplicates import SIMILARITY, Groups
from sysgen_distilabel.measures.words import runs, split_words

_LARGEST_GROUPS: Final = 5
_EXCERPT: Final = 200
_DISTINCT_SAMPLE: Final = 5_000
"""Distinct runs get rarer the more text there is, so runs are compared at one size."""


class DiversityFigures:
    """Compares system messages with each other."""

    def __init__(self) -> None:
        self._groups = Groups()
        self._exact: Counter[int] = Counter()
        self._texts: list[str] = []
        self._distinct: dict[int, set[int]] = {1: set(), 2: set(), 3: set()}
        self._totals: Counter[int] = Counter()

    def add(self, system_message: str) -> None:
        """Take one more system message."""
        words = split_words(system_message)
        self._groups.add(system_message)
        self._exact[hash(tuple(words))] += 1
        if len(self._texts) < _DISTINCT_SAMPLE:
            for length, seen in self._distinct.items():
                found = max(len(words) - length + 1, 0)
                self._totals[length] += found
                seen.update(map(hash, runs(words, length)))
        self._texts.append(system_message[:_EXCERPT])

    def summarise(self) -> dict[str, Any]:
        """The figures for JSON; empty if there was no message."""
        if not self._texts:
            return {}
        groups = Counter(self._groups.leaders())
        return {
            "sample": len(self._texts),
            "exact_duplicates": len(self._texts) - len(self._exact),
            "near_duplicates": len(self._texts) - len(groups),
            "similarity": SIMILARITY,
            "largest_groups": [
                {"rows": rows, "text": self._texts[leader]}
                for leader, rows in groups.most_common(_LARGEST_GROUPS)
                if rows > 1
            ],
            "distinct_sample": min(len(self._texts), _DISTINCT_SAMPLE),
            "distinct": {
                str(length): round(len(seen) / max(self._totals[length], 1), 4)
                for length, seen in self._distinct.items()
            },
        }
