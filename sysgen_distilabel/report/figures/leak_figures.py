"""Counts the system messages that give the original answer away, which a model would learn to copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sysgen_distilabel.checks.leaks import find_leaks
from sysgen_distilabel.functionalities import kept_phrases

_MOST_EXAMPLES: Final = 5


class LeakFigures:
    """What `find_leaks` finds in the phrases that made it into the system messages."""

    def __init__(self) -> None:
        self._rows = self._rows_with_leak = 0
        self._kinds: Counter[str] = Counter()
        self._examples: list[dict[str, str]] = []

    def add(
        self,
        source_id: str,
        system_message: str,
        phrases: Sequence[Mapping[str, Any]] | None,
        messages: Sequence[Mapping[str, Any]],
    ) -> None:
        """Look at one row; a system message that was made of no phrases counts as one."""
        kept = kept_phrases(phrases or ())
        texts = kept or [{"functionality": "", "text": system_message}]
        leaks = find_leaks(texts, messages)
        self._rows += 1
        self._rows_with_leak += bool(leaks)
        self._kinds.update({leak.kind.value for leak in leaks})
        if leaks and len(self._examples) < _MOST_EXAMPLES:
            first = leaks[0]
            text = texts[first.phrase]["text"]
            self._examples.append({"source_id": source_id, "kind": first.kind.value, "phrase": text})

    def summarise(self) -> dict[str, Any]:
        """The figures for JSON; empty if there was no row."""
        if not self._rows:
            return {}
        return {
            "sample": self._rows,
            "rows_with_leak": self._rows_with_leak,
            "rows_by_kind": dict(self._kinds.most_common()),
            "examples": self._examples,
        }
