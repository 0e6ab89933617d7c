"""A quick look at a text, which tells of most that no loop is in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from sysgen_distilabel.checks.loops import GRAM, LONGEST_RUN

_LONG_WORD: Final = 30
_VERY_LONG: Final = 100_000
_MANY_BLANKS: Final = 60
_MANY_TIMES: Final = 16
_ZEROS: Final = re.compile("0+")
_NUMBER: Final = re.compile(r"\d+")
_LONG_NUMBER: Final = re.compile(rf"\d{{{LONGEST_RUN + 1}}}")


def may_loop(text: str) -> bool:
    """Whether there may be a loop in a text: a quick look that leaves none out.

    In a loop three words in a row come three times or more, and a row of words stands twice side by side,
    unless it is one of blanks. Where long stretches have no blank, six characters come three times or more.
    There may always be one in a very long text, as to look would take much memory.
    """
    if len(text) > _VERY_LONG:
        return True
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
    grams = (plain[at : at + GRAM] for at in range(len(plain) - GRAM + 1))
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
