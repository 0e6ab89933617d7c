"""Finds texts that are nearly equal, by datasketch's MinHash and locality-sensitive hashing."""

from __future__ import annotations

from functools import cache
from typing import Any, Final
from zlib import crc32

from sysgen_distilabel.machine_limits import require_scipy
from sysgen_distilabel.measures.words import runs, split_words

SIMILARITY: Final = 0.8
"""Estimated Jaccard similarity of two texts' runs of three words from which they count as nearly equal."""

_RUN: Final = 3
_HASHES: Final = 128
_MOST_IN_INDEX: Final = 0.95
"""The index cannot be made for more; what it finds is compared with the similarity asked for all the same."""


class SimilarTexts:
    """Remembers texts, about 2 kB each, and finds those that a new one resembles.

    Args:
        similarity: the Jaccard similarity looked for, above 0 and below 1.

    Raises:
        MemoryError: if `ulimit -v` leaves too little for it.
    """

    def __init__(self, similarity: float = SIMILARITY) -> None:
        require_scipy()  # which datasketch loads
        from datasketch import MinHashLSH

        self._similarity = similarity
        self._index = MinHashLSH(threshold=min(similarity, _MOST_IN_INDEX), num_perm=_HASHES)
        self._signatures: list[Any] = []

    def find(self, signature: Any) -> list[tuple[float, int]]:
        """Similarity and number of each text so far that is as similar, the most similar first.

        Args:
            signature: of the text to compare, see `sign`.
        """
        near = ((self._signatures[n].jaccard(signature), n) for n in self.candidates(signature))
        return sorted(
            [pair for pair in near if pair[0] >= self._similarity], key=lambda pair: (-pair[0], pair[1])
        )

    def candidates(self, signature: Any) -> list[int]:
        """Numbers of the texts so far that may be as similar, by the index alone."""
        return list(self._index.query(signature))

    def is_similar(self, signature: Any, number: int) -> bool:
        """Whether a text is as similar to the one with the number."""
        return bool(self._signatures[number].jaccard(signature) >= self._similarity)

    def add(self, signature: Any) -> int:
        """Remember a text by its signature and return its number, counted from 0."""
        self._index.insert(len(self._signatures), signature, check_duplication=False)
        self._signatures.append(signature)
        return len(self._signatures) - 1


class Groups:
    """Puts texts into groups: two texts that are nearly equal are in one."""

    def __init__(self) -> None:
        self._texts = SimilarTexts()
        self._leaders: list[int] = []
        self._different: list[int] = []
        self._firsts: dict[int, int] = {}

    def add(self, text: str) -> None:
        """Take one more text; one whose words are those of an earlier one is not compared."""
        number = len(self._leaders)
        first = self._firsts.setdefault(hash(tuple(split_words(text))), number)
        self._leaders.append(first)
        if first == number:
            self._compare(sign(text), number)

    def _compare(self, signature: Any, number: int) -> None:
        near = self._texts.candidates(signature)
        self._texts.add(signature)
        self._different.append(number)
        for candidate in near:
            first, second = self._find(number), self._find(self._different[candidate])
            if first != second and self._texts.is_similar(signature, candidate):
                self._leaders[max(first, second)] = min(first, second)

    def leaders(self) -> list[int]:
        """For each text the number of the first text of its group, its own if it is alone."""
        return [self._find(number) for number in range(len(self._leaders))]

    def _find(self, number: int) -> int:
        while self._leaders[number] != number:
            self._leaders[number] = number = self._leaders[self._leaders[number]]
        return number


@cache
def _permutations() -> Any:
    from datasketch import MinHash

    return MinHash(num_perm=_HASHES, hashfunc=crc32)


def sign(text: str) -> Any:
    """The MinHash signature of the runs of three words; a shorter text is one run."""
    from datasketch import MinHash

    words = split_words(text)
    shared = _permutations()  # to make them takes longer than to use them
    signature = MinHash(
        num_perm=_HASHES, hashfunc=crc32, permutations=shared.permutations, scheme=shared.scheme
    )
    found = runs(words, min(_RUN, len(words) or 1))
    signature.update_batch([" ".join(run).encode("utf-8", "surrogatepass") for run in found])
    return signature
