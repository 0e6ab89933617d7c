# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds phrases that name the option which the answer takes, by its letter or its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from sysgen_distilabel.checks.choices import find_by_text, find_choice, find_options
from sysgen_distilabel.checks.final_answers import split_sentences
from sysgen_distilabel.checks.leak_sides import Sides
from sysgen_distilabel.checks.leak_text import Text
from sysgen_distilabel.checks.leak_vocabulary import vocabulary

_NAMED: Final = re.compile(
    r"(?<![\w'’])(?:\(([A-Ea-e])\)|([B-D])(?![\w'’#+])|([AE])(?![\w'’#+]|\s[a-zà-ÿ])|([①-⑤]))"
)
"""A letter that can be an option; A and E are also words."""
_TAKEN: Final = re.compile(
    r"^\W*([A-Ea-e])(?:\W|$)|(?:^|[^\w'’])(?:\(([A-Ea-e])\)|([A-E])[).:]|([①-⑤]))|"
    r"(?:is|es|ist|est|é|è|option|answer|ответ|是|选|は|은|는|هو|है)\W{1,3}([A-E])(?!\w)"
)
_MOST: Final = 4000


def find_letter_leaks(phrase: Text, sides: Sides) -> Iterator[str]:
    """The one letter of a phrase, if it is that of the option which the answers take."""
    if not _speaks_of_options(phrase):
        return
    named = {_letter(found) for found in _NAMED.finditer(phrase.raw)}
    if len(named) != 1:
        return
    taken = [_letter(found) for found in _TAKEN.finditer(sides.answered.raw[:_MOST])]
    if not taken:
        return
    letter = named.pop()
    if letter in (taken[0], taken[-1]) and re.search(rf"(?<!\w){letter}[).:、\]]|①", sides.asked.raw, re.I):
        yield letter


class Options:
    """The options of a question by their letters, and the one on which the answers settle."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides

    @cached_property
    def _texts(self) -> dict[str, str]:
        return find_options(self._sides.asked.raw)

    @cached_property
    def _taken(self) -> str | None:
        """What the end of the answers names, or their beginning."""
        sentences = split_sentences(self._sides.answered.raw[-_MOST:])
        ends = (*sentences[-1:], *sentences[:1])
        return next((found for end in ends if (found := find_choice(end, self._texts, marked=True))), None)

    def find_leaks(self, phrase: Text) -> Iterator[str]:
        """The words of the one option that a phrase picks, if the answers settle on it."""
        if self._texts and (_speaks_of_options(phrase) or phrase.is_asserted):
            named = find_by_text(phrase.raw, self._texts)
            if named and named == self._taken:
                yield self._texts[named]


def _speaks_of_options(phrase: Text) -> bool:
    words = vocabulary()
    return not words.choices.isdisjoint(phrase.tokens) or (
        not phrase.lower.isascii() and any(word in phrase.lower for word in words.choices_unspaced)
    )


def _letter(found: re.Match[str]) -> str:
    letter: str = next(filter(None, found.groups()))
    return letter.upper()
