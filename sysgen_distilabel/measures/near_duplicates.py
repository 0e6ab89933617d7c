"""Groups texts that are nearly equal, by MinHash signatures and locality-sensitive hashing.

The libraries for this hash text by text in Python and keep every band in dictionaries; what is here
works on whole arrays, and 100,000 messages take seconds and 50 MB.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from zlib import crc32

from sysgen_distilabel.measures.words import split_words

if TYPE_CHECKING:
    import numpy as np

SIMILARITY: Final = 0.8
"""Estimated Jaccard similarity of two texts' word runs from which they count as nearly equal."""

_RUN: Final = 3
_BANDS: Final = 16
_ROWS_PER_BAND: Final = 4
_HASHES: Final = _BANDS * _ROWS_PER_BAND
_TEXTS_AT_A_TIME: Final = 500


class Signatures:
    """The MinHash signatures of texts, 256 bytes each."""

    def __init__(self) -> None:
        import numpy as np

        random = np.random.default_rng(20250211)
        self._factors = random.integers(1, 1 << 63, _HASHES, dtype=np.uint64) | np.uint64(1)
        self._shifts = random.integers(0, 1 << 63, _HASHES, dtype=np.uint64)
        self._vocabulary: dict[str, int] = {}
        self._waiting: list[np.ndarray] = []
        self._parts: list[np.ndarray] = []

    def add(self, text: str) -> None:
        """Sign one more text."""
        import numpy as np

        numbers = [self._number(word) for word in split_words(text)] or [0]
        words = np.array(numbers + [0] * (_RUN - len(numbers)), dtype=np.uint64)
        hashes = words[_RUN - 1 :].copy()
        for back in range(1, _RUN):
            hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + words[_RUN - 1 - back : len(words) - back]
        self._waiting.append(hashes)
        if len(self._waiting) == _TEXTS_AT_A_TIME:
            self._sign()

    def group(self) -> list[int]:
        """For each text the number of the first text of its group, its own if it is alone."""
        import numpy as np

        self._sign()
        if not self._parts:
            return []
        signatures = np.concatenate(self._parts)
        leader = list(range(len(signatures)))
        for first, second in self._similar_pairs(signatures):
            a, b = _find_leader(leader, first), _find_leader(leader, second)
            leader[max(a, b)] = min(a, b)
        return [_find_leader(leader, number) for number in range(len(leader))]

    def _number(self, word: str) -> int:
        number = self._vocabulary.get(word)
        if number is None:
            number = self._vocabulary[word] = crc32(word.encode("utf-8", "surrogatepass"))
        return number

    def _sign(self) -> None:
        import numpy as np

        if not self._waiting:
            return
        starts = np.cumsum([0, *(len(hashes) for hashes in self._waiting[:-1])])
        hashes = np.concatenate(self._waiting)
        self._waiting = []
        signature = np.empty((len(starts), _HASHES), dtype=np.uint32)
        for number, (factor, shift) in enumerate(zip(self._factors, self._shifts, strict=True)):
            mixed = (hashes * factor + shift) >> np.uint64(32)
            signature[:, number] = np.minimum.reduceat(mixed, starts)
        self._parts.append(signature)

    @staticmethod
    def _similar_pairs(signatures: np.ndarray) -> Iterable[tuple[int, int]]:
        """Neighbours within each band that are as similar as they have to be."""
        import numpy as np

        for band in range(_BANDS):
            part = np.ascontiguousarray(signatures[:, band * _ROWS_PER_BAND : (band + 1) * _ROWS_PER_BAND])
            keys = part.view([("", part.dtype)] * _ROWS_PER_BAND).ravel()
            order = np.argsort(keys, kind="stable")
            same = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
            first, second = order[same], order[same + 1]
            alike = (signatures[first] == signatures[second]).mean(axis=1) >= SIMILARITY
            yield from zip(first[alike].tolist(), second[alike].tolist(), strict=True)


def _find_leader(leader: list[int], number: int) -> int:
    while leader[number] != number:
        leader[number] = number = leader[leader[number]]
    return number
