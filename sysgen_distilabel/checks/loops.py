"""Finds text that has fallen into a loop, in one pass and with little memory."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, chain
from typing import Final

WINDOW: Final = 2048
"""The longest repeated unit that is found, in characters."""
_KEPT: Final = 8 * WINDOW + 64  # symbols: from where the longest run begins that is no loop yet
_BLOCK: Final = 8 * WINDOW
GRAM: Final = 6
"""Symbols that must recur before a repetition is followed."""
LONGEST_RUN: Final = 20
"""A longer run of digits or of white space may itself be the loop."""
_RUN: Final = re.compile(rf"0{{2,{LONGEST_RUN}}}| {{2,{LONGEST_RUN}}}")
_SYMBOL: Final = re.compile(rf"0{{1,{LONGEST_RUN}}}| {{1,{LONGEST_RUN}}}|[^0 ]")
_TIMES_ALIKE: Final = 8  # of what differs in its numbers
_CODE: Final = frozenset("<>{}[]|=\\")


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
    for start in range(0, len(text), _BLOCK):
        finder.feed(text[start : start + _BLOCK])
        if finder.is_over:
            break
    return finder.close()


class LoopFinder:
    """`find_loop` for text that comes in pieces.

    `feed` says after each piece whether a loop has begun: a reader of a stream may stop there.

    What it compares are symbols: a character, a number or a gap. The kind of a symbol is the character, `0`
    or a blank. Symbols are counted from the start of the text; `_first` is the first that is kept.

    Attributes:
        is_over: whether the loop that was found has ended; what is fed after it is not read.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._loop: Loop | None = None
        self._pending = ""  # a number or a gap that the next piece may continue
        self._first = 0
        self._kinds = ""
        self._text = ""
        self._places = [0]  # where each symbol begins, and where the last ends
        self._count = 0  # symbols looked at
        self._seen: dict[str, int] = {}
        self._period = 0  # 0: nothing is followed
        self._alike = self._exact = 0  # from where on the kinds, and the symbols, are those a period before
        self._loops_from = 0  # which of these the loop is

    def feed(self, piece: str) -> Loop | None:
        """Reads on; the loop as far as it goes by now, or None."""
        if piece and not self.is_over:
            text = self._pending + piece
            kinds = _kinds_of(text)
            lengths = list(map(len, _SYMBOL.findall(kinds)))
            known = len(text) - (lengths.pop() if kinds[-1] in "0 " else 0)
            self._pending = text[known:]
            self._read(text[:known], lengths, kinds[:known])
        return self._loop

    def close(self) -> Loop | None:
        """Says that the text is over."""
        if self._pending and not self.is_over:
            self._read(self._pending, [len(self._pending)], _kinds_of(self._pending))
            self._pending = ""
        return self._loop

    def _read(self, text: str, lengths: list[int], kinds: str) -> None:
        self._text += text
        self._kinds += _RUN.sub(lambda run: run[0][0], kinds)
        self._places += accumulate(lengths, initial=self._places.pop())
        self._look()
        if (too_many := len(self._kinds) - _KEPT) > WINDOW:
            self._text = self._text[self._places[too_many] - self._places[0] :]
            self._kinds, self._places = self._kinds[too_many:], self._places[too_many:]
            self._first += too_many
            self._seen = {gram: n for gram, n in self._seen.items() if n >= self._count - WINDOW}

    def _look(self) -> None:
        """Looks at the symbols that have come."""
        kinds, seen, first, end = self._kinds, self._seen, self._first, self._first + len(self._kinds)
        while self._count < end and not self.is_over:
            if self._period:
                self._go_on(end)
                continue
            at = self._count
            gram = kinds[max(at - first - GRAM + 1, 0) : at - first + 1]
            before = seen.get(gram, -WINDOW)
            seen[gram] = at
            self._count += 1
            if at - before <= WINDOW and len(gram) == GRAM:  # a repetition, of which this is the start
                self._period, self._alike, self._exact = at - before, at - GRAM + 1, -1

    def _go_on(self, end: int) -> None:
        """Follows a repetition as far as the kinds are those a period before."""
        start, first, period = self._count, self._first, self._period
        stop = start + _count_alike(self._kinds, start - first - period, start - first)
        if stop == end or stop - self._alike >= 2 * period:
            self._look_for_loop(start, stop)
        for last in range(max(start, stop - period), stop):  # those before it are of the same kinds
            self._seen[self._kinds[last - first - GRAM + 1 : last - first + 1]] = last
        self._count = stop
        if stop < end:
            self._period, self.is_over = 0, self._loop is not None

    def _look_for_loop(self, start: int, stop: int) -> None:
        """Reads the numbers of a repetition, and whether it is a loop by now."""
        if self._exact < 0:
            self._exact = self._alike + GRAM
            while self._exact > self._alike and self._are_same(self._exact - 1):
                self._exact -= 1
        for other in chain(self._find_other_numbers(start, stop), [stop]):
            self._judge(start, other, min(other + 1, stop))
            if other < stop:
                if self._loop and self._loops_from == self._exact:
                    self.is_over = True
                    return
                self._exact = other + 1
            start = other + 1

    def _find_other_numbers(self, start: int, stop: int) -> Iterator[int]:
        """The symbols that are other numbers than those a period before."""
        first, kinds = self._first, self._kinds
        at = kinds.find("0", start - first, stop - first)
        while at >= 0:
            if not self._are_same(first + at):
                yield first + at
            at = kinds.find("0", at + 1, stop - first)

    def _are_same(self, at: int) -> bool:
        """Whether a symbol is just that a period before."""
        return self._part(at, 1) == self._part(at - self._period, 1)

    def _judge(self, start: int, equal: int, alike: int) -> None:
        """Takes a run for the loop or for more of it, be it equal or alike up to where it is said."""
        period = self._period
        if self._loop is None:
            if alike - self._alike < 2 * period:
                return
            found = [*self._find_equal(start, equal), *self._find_alike(start, alike)]
            if not found:
                return
            at, self._loops_from = min(found)
            begin = self._places[self._loops_from - period - self._first]
            self._loop = Loop(begin, begin, self._part(at - period, period), 0)
        end = equal if self._loops_from == self._exact else alike
        units = (end - self._loops_from) // period
        at = self._loops_from + units * period - self._first
        self._loop = replace(self._loop, end=self._places[at], times=units + 1)

    def _find_equal(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Where a run of equal units becomes a loop, and where it begins."""
        period, begin = self._period, self._exact
        for units in range(max(2, (start - begin) // period + 1), (stop - begin) // period + 1):
            at = begin + units * period
            if _is_loop(self._part(at - period, period), units + 1):
                yield at, begin
                return

    def _find_alike(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The same of units that differ in their numbers."""
        at = self._alike + (_TIMES_ALIKE - 1) * self._period
        if start < at <= stop and _may_be_counted(
            self._kinds[at - self._period - self._first : at - self._first]
        ):
            yield at, self._alike

    def _part(self, at: int, length: int) -> str:
        """What is written there, that many symbols."""
        places, at = self._places, at - self._first
        return self._text[places[at] - places[0] : places[at + length] - places[0]]


def _kinds_of(text: str) -> str:
    """The text with every digit as `0` and all white space as blanks."""
    others = {sign for sign in set(text) if sign.isdigit() or sign.isspace()}
    return text.translate({ord(sign): "0" if sign.isdigit() else " " for sign in others})


def _count_alike(kinds: str, one: int, other: int) -> int:
    """How many kinds from one place on are those from another, later one on."""
    start, step = other, 1
    while step:
        if other + step <= len(kinds) and kinds[one : one + step] == kinds[other : other + step]:
            one, other, step = one + step, other + step, 2 * step
        else:
            step //= 2
    return other - start


def _is_loop(unit: str, times: int) -> bool:
    letters, width, is_code = _weigh(unit)
    if not letters or is_code:
        return times >= 8 and times * width >= 600
    return (times >= 5 and times * width >= 120) or (times >= 3 and times * width >= 450)


def _may_be_counted(unit: str) -> bool:
    """Whether a unit is a sentence, whose numbers may count."""
    letters, _, is_code = _weigh(unit)
    return letters >= 20 and not is_code


@lru_cache(maxsize=64)
def _weigh(unit: str) -> tuple[int, int, bool]:
    """The width of its letters and of all its characters, and whether there is a sign of code in it."""
    letters = sum(_width(character) for character in unit if character.isalpha())
    return letters, sum(map(_width, unit)), not _CODE.isdisjoint(unit)


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
