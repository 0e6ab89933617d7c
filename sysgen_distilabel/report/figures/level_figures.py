"""Whether messages and answers are as hard to read as the level of the user asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.columns import ALIGNED_MESSAGES, EXPERTISE, SYSTEM_MESSAGE
from sysgen_distilabel.measures.intervals import estimate_mean
from sysgen_distilabel.measures.readability import lix
from sysgen_distilabel.response_turns import find_answers
from sysgen_distilabel.variety.user_level import LEVELS

_MOST_ROWS: Final = 20_000


class Levels:
    """The readability of accepted rows by the level that was drawn for them."""

    def __init__(self) -> None:
        self._found: dict[str, defaultdict[str, list[float]]] = {
            "messages": defaultdict(list),
            "answers": defaultdict(list),
        }
        self._rows = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count an accepted row, if a level was drawn for it; after very many rows no more."""
        level = row[EXPERTISE]
        if not level or self._rows >= _MOST_ROWS:
            return
        self._rows += 1
        aligned = row[ALIGNED_MESSAGES]
        answers = "\n".join(aligned[place]["content"] for place in find_answers(aligned))
        for name, text in (("messages", row[SYSTEM_MESSAGE]), ("answers", answers)):
            if (index := lix(text)) is not None:
                self._found[name][level].append(index)

    def summarise(self) -> dict[str, Any]:
        """The mean LIX of `messages` and `answers` by level with its interval; empty if no level was drawn.

        `differ` says whether the answers for experts are harder than those for novices, beyond both
        intervals.
        """
        if not self._rows:
            return {}
        means = {
            name: {level: estimate_mean(found[level]).as_dict() for level in LEVELS if level in found}
            for name, found in self._found.items()
        }
        low, high = (means["answers"].get(level) or {} for level in (LEVELS[0], LEVELS[-1]))
        differ = bool(low and high) and (high["low"] or 0) > (low["high"] or 0)
        return {**means, "differ": differ}
