"""Compares two answers word by word."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final, NamedTuple

from sysgen_distilabel.measures.words import split_pieces

_MOST_PIECES: Final = 800
"""Beyond so many words the comparison, which takes time in their square, is not made."""

_LEAST_SHARED: Final = 0.25
"""With less in common than this, marks on nearly every word would say nothing."""


class Span(NamedTuple):
    """A stretch of one of the two texts.

    Attributes:
        text: the stretch.
        changed: whether the other text lacks it.
    """

    text: str
    changed: bool


def diff_words(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Both texts in stretches that are common or not; nothing is marked where little is common."""
    before, after = split_pieces(old), split_pieces(new)
    unmarked = [Span(old, False)], [Span(new, False)]
    if old == new or len(before) > _MOST_PIECES or len(after) > _MOST_PIECES:
        return unmarked
    # The last word of a text has no blank behind it, but is the same word.
    matcher = SequenceMatcher(None, [p.rstrip() for p in before], [p.rstrip() for p in after], autojunk=False)
    if matcher.ratio() < _LEAST_SHARED:
        return unmarked
    spans: tuple[list[Span], list[Span]] = ([], [])
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        for side, pieces in zip(spans, (before[start:end], after[new_start:new_end]), strict=True):
            if pieces:
                side.append(Span("".join(pieces), kind != "equal"))
    return spans
