"""Finds phrases that were copied from the demonstrations in the generator's prompt."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from sysgen_distilabel.measures.words import split_words

_RUN: Final = 2
_ENOUGH: Final = 0.6
_TAG: Final = re.compile(r"<</?\w+>>")


class Copy(NamedTuple):
    """A phrase that is a copy.

    Attributes:
        phrase: its place, from 0.
        original: the phrase it is a copy of.
    """

    phrase: int
    original: str


class Originals:
    """Phrases that are not to be copied, ready to be compared with.

    Args:
        demonstrations: annotated system messages, a phrase per pair of tags.
    """

    def __init__(self, demonstrations: Iterable[str]) -> None:
        texts = (piece.strip() for text in demonstrations for piece in _TAG.split(text))
        self._texts = list(dict.fromkeys(filter(None, texts)))
        self._runs = [_read_runs(text) for text in self._texts]
        self._having: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, runs in enumerate(self._runs):
            for run in runs:
                self._having[run].append(place)

    def find_copies(self, phrases: Iterable[str]) -> Iterator[Copy]:
        """The phrases equal or nearly equal to one of the originals.

        Nearly equal are two phrases that have six of ten pairs of neighbouring words in common, of all
        pairs in the one or the other. What a phrase adds to an original that it holds as a whole makes it no
        less of a copy.
        """
        for place, phrase in enumerate(phrases):
            runs = _read_runs(phrase)
            if self._having.keys().isdisjoint(runs):
                continue
            shared = Counter(original for run in runs for original in self._having.get(run, ()))
            for original, number in shared.most_common(1):
                theirs = len(self._runs[original])
                whole = number == theirs and theirs > _RUN
                if whole or number >= _ENOUGH * (len(runs) + theirs - number):
                    yield Copy(place, self._texts[original])


def _read_runs(text: str) -> frozenset[tuple[str, ...]]:
    """The pairs of neighbouring words; of a text of one word, that word."""
    words = split_words(text)
    return frozenset(pairwise(words) if len(words) > 1 else [tuple(words)])
