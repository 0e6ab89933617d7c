"""What becomes of each turn of a conversation as a table, for the report and the card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sysgen_distilabel.measures.intervals import estimate_share
from sysgen_distilabel.report.page.page_tables import format_thousands, share

TURN_HEAD: Final = (
    "turn",
    "conversations",
    "user turn speaks of an earlier answer",
    "of these about what is no longer there",
    "rewritten",
    "answer regenerated",
    "kept, as it follows",
    "original",
    "coherent, by a judge",
    "follow every checkable phrase up to here",
)


def tabulate_turns(figures: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    """The rows of the table `turns`.

    Args:
        figures: what `collect_turn_figures` has found.
    """
    return [_tabulate(turn, counts) for turn, counts in figures.items()]


def _tabulate(turn: str, counts: Mapping[str, int]) -> list[str]:
    keys = ("conversations", "refers_back", "in_the_air", "rewritten", "regenerated", "kept", "original")
    followed, checkable = counts["followed_so_far"], counts["checkable"]
    persistence = _say_share(followed, checkable) if checkable else ""
    asked = sum(counts.get(key, 0) for key in ("coherent", "not_coherent", "coherence_unknown"))
    coherent = _say_share(counts["coherent"], asked) if asked else ""
    return [turn, *(format_thousands(counts[key]) for key in keys), coherent, persistence]


def _say_share(followed: int, checkable: int) -> str:
    """The share with its 95 % interval, and the number of conversations behind it."""
    estimate = estimate_share([1.0] * followed + [0.0] * (checkable - followed))
    ends = f"{share(estimate.low or 0.0, 1)} to {share(estimate.high or 0.0, 1)}"
    return f"{share(followed, checkable)} ({ends}) of {format_thousands(checkable)}"
