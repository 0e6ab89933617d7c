"""Finds text that has fallen into a loop, in one pass and with little memory."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

WINDOW = 2048
"""The longest repeated unit that is found, in characters."""
_RING = WINDOW + 64
_GRAM = 6  # symbols that must recur before a repetition is followed
_LONGEST_RUN = 20  # a longer run of digits or of white space may itself be the loop
_LONG_WORD = 30
_MANY_BLANKS = 60
_MANY_TIMES = 16
_ZEROS = re.compile("0+")
_NUMBER = re.compile(r"\d+")
_LONG_NUMBER = re.compile(rf"\d{{{_LONGEST_RUN + 1}}}")
_CODE = frozenset("<>{}[]|=\\")


@dataclass(frozen=True, slots=True)
class Loop:
    """A piece of text that comes again and again.

    `start` and `end` are positions in the text, `unit` is what is repeated and `times` how often it stands
    there in full.
    """

    start: int
    end: int
    unit: str
    times: int


def find_loop(text: str) -> Loop | None:
    """The first loop in a text, or None.

    A loop is the same unit at least five times in a row and over at least 120 characters, or three times over
    450; wide characters (Chinese, Japanese, Korean) count double, and white space may differ. Rows of symbols
    and of code, as in tables, must be longer. Units that differ in their numbers alone ("Step 7: Check the
    list.") must be a sentence and come eight times. A word said thrice, a refrain and a ruler are none.

    It takes time in proportion to the text, and memory in proportion to `WINDOW`.
    """
    finder = LoopFinder()
    finder.feed(text)
    return finder.close()


def may_loop(text: str) -> bool:
    """Whether there may be a loop in a text: a quick look that leaves none out.

    In a loop three words in a row come three times or more, and a row of words stands twice side by side,
    unless it is one of blanks. Where long stretches have no blank, six characters come three times or more.
    """
    words = text.split()
    blanks = len(text) - sum(map(len, words))
    if blanks > len(words) + _MANY_BLANKS:
        return True
    if max(map(len, words), default=0) > _LONG_WORD:
        return _may_recur(" ".join(words))
    return max(Counter(_threes(words)).values(), default=0) > 2 and _may_stand_twice(words)


def _may_recur(text: str) -> bool:
    """Whether six characters in a row come three times, any number being one of them."""
    if _LONG_NUMBER.search(text) or any(sign.isdigit() and not sign.isdecimal() for sign in set(text)):
        return True
    plain = _NUMBER.sub("0", text)
    grams = (plain[at : at + _GRAM] for at in range(len(plain) - _GRAM + 1))
    return max(Counter(grams).values(), default=0) > 2


def _may_stand_twice(words: list[str]) -> bool:
    """Whether a row of words is followed by the same, numbers aside; many of the same three may be so too."""
    words = [word if word.isalpha() else _without_numbers(word) for word in words]
    places: dict[tuple[str, ...], list[int]] = {}
    for at, three in enumerate(_threes(words)):
        before = places.setdefault(three, [])
        if len(before) > _MANY_TIMES or any(
            words[start:at] == words[at : 2 * at - start] for start in before
        ):
            return True
        before.append(at)
    return False


def _threes(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(words, words[1:], words[2:], strict=False)


def _without_numbers(word: str) -> str:
    return _ZEROS.sub("0", "".join("0" if sign.isdigit() else sign for sign in word))


class LoopFinder:
    """`find_loop` for text that comes in pieces.

    `feed` says after each piece whether a loop has begun: a reader of a stream may stop there.
    """

    def __init__(self) -> None:
        self._loop: Loop | None = None
        self._over = False  # the loop that was found has ended
        self._pending = ""  # a number or a gap that the next piece may continue
        self._read = 0  # characters taken
        self._count = 0  # symbols taken
        self._symbols = [""] * _RING
        self._kinds = [""] * _RING
        self._places = [0] * _RING
        self._gram = ""
        self._seen: dict[str, int] = {}
        self._period = 0  # 0: nothing is followed
        self._alike = self._exact = _Run(0, 0)

    def feed(self, piece: str) -> Loop | None:
        """Reads on; the loop as far as it goes by now, or None."""
        for symbol in self._split(piece):
            if self._over:
                break
            self._take(symbol)
        return self._loop

    def close(self) -> Loop | None:
        """Says that the text is over."""
        if self._pending and not self._over:
            self._take(self._pending)
            self._pending = ""
        return self._loop

    def _split(self, piece: str) -> Iterator[str]:
        """Characters, with a number or a gap as one symbol."""
        for character in piece:
            kind = _kind_of(character)
            if self._pending and (kind != _kind_of(self._pending) or len(self._pending) >= _LONGEST_RUN):
                yield self._pending
                self._pending = ""
            if kind in "0 ":
                self._pending += character
            else:
                yield character

    def _take(self, symbol: str) -> None:
        kind, at = _kind_of(symbol), self._count % _RING
        self._symbols[at], self._kinds[at], self._places[at] = symbol, kind, self._read
        self._read += len(symbol)
        self._gram = (self._gram + kind)[-_GRAM:]
        if self._period:
            self._go_on(symbol, kind)
        if not self._period:
            self._follow()
        self._seen[self._gram] = self._count
        self._count += 1
        if len(self._seen) > 2 * WINDOW:
            self._seen = {gram: n for gram, n in self._seen.items() if n >= self._count - WINDOW}

    def _follow(self) -> None:
        """Follows the repetition that the last symbols are the start of, if they are."""
        before = self._seen.get(self._gram)
        if before is None or len(self._gram) < _GRAM or self._count - before > WINDOW:
            return
        self._period = self._count - before
        self._alike = _Run(_GRAM, self._places[(before - _GRAM + 1) % _RING])
        same = 0
        while (
            same < _GRAM
            and self._symbols[(before - same) % _RING] == self._symbols[(self._count - same) % _RING]
        ):
            same += 1
        self._exact = _Run(same, self._places[(before - same + 1) % _RING])

    def _go_on(self, symbol: str, kind: str) -> None:
        """Holds a symbol against the one a period before."""
        before = (self._count - self._period) % _RING
        if kind != self._kinds[before]:
            self._period, self._over = 0, self._loop is not None
            return
        self._alike.length += 1
        self._exact.length += 1
        if kind == "0" and symbol != self._symbols[before]:
            self._over = self._loop is not None and self._loop.start == self._exact.start
            self._exact = _Run(0, self._places[(before + 1) % _RING])
        for run in (self._exact, self._alike):
            if run.length and run.length % self._period == 0 and not self._over:
                self._judge(run, exact=run is self._exact)

    def _judge(self, run: _Run, *, exact: bool) -> None:
        """Takes a run of whole units for the loop, or for more of it."""
        times = run.length // self._period + 1
        if self._loop:
            if self._loop.start == run.start:
                self._loop = replace(self._loop, end=self._read, times=times)
            return
        unit = "".join(self._symbols[(self._count - n) % _RING] for n in reversed(range(self._period)))
        if _is_loop(unit, times, exact=exact):
            self._loop = Loop(run.start, self._read, unit, times)


@dataclass(slots=True)
class _Run:
    """How many symbols equal those a period before, and where the first of those stands in the text."""

    length: int
    start: int


def _kind_of(symbol: str) -> str:
    first = symbol[0]
    return "0" if first.isdigit() else " " if first.isspace() else first


def _is_loop(unit: str, times: int, *, exact: bool) -> bool:
    letters = sum(_width(character) for character in unit if character.isalpha())
    covered = times * sum(_width(character) for character in unit)
    if not exact:
        return letters >= 20 and times >= 8 and _CODE.isdisjoint(unit)
    if not letters or not _CODE.isdisjoint(unit):
        return times >= 8 and covered >= 600
    return (times >= 5 and covered >= 120) or (times >= 3 and covered >= 450)


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
