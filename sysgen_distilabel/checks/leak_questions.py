"""Finds the user's question in a phrase: copied word for word, or retold with its facts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from sysgen_distilabel.checks.leak_numbers import Numbers
from sysgen_distilabel.checks.leak_results import speaks_of_form
from sysgen_distilabel.checks.leak_runs import Runs, find_shared, is_character
from sysgen_distilabel.checks.leak_text import Text

COPIED_WORDS: Final = 9
"""Words in a row that count as the question copied, whatever its length."""
COPIED_CHARACTERS: Final = 16
"""The same in characters, where no blanks stand between words."""
RETOLD_NUMBERS: Final = 3
"""Different numbers of the question that count as its facts retold."""
_MOST_OF_IT: Final = 0.8
_MOST_CONTENT: Final = 0.7
_LEAST_CONTENT: Final = 6.0
_SHORTEST: Final = 5


class Question:
    """One turn of the user."""

    def __init__(self, turn: Text) -> None:
        self._turn = turn
        self._runs = Runs(turn)

    @cached_property
    def _content(self) -> dict[str, float]:
        return {piece.key: piece.weight for piece in self._turn.pieces}

    @cached_property
    def _numbers(self) -> set[float]:
        return Numbers(self._turn).values

    def find_copied(self, phrase: Runs, is_form: bool) -> Iterator[str]:
        """The runs that a phrase has from the question: most of it, or long ones.

        Args:
            phrase: the runs of the phrase.
            is_form: whether it is about format or style, where the user's wish may stand as it is.
        """
        tokens = phrase.text.tokens
        for start, end in find_shared(phrase, self._runs, _SHORTEST, COPIED_CHARACTERS // 2):
            run = tokens[start:end]
            characters = sum(map(is_character, run)) * 2 > len(run)
            is_long = len(run) >= (COPIED_CHARACTERS if characters else COPIED_WORDS)
            if len(run) >= _MOST_OF_IT * len(self._turn.tokens) or (is_long and not is_form):
                yield ("" if characters else " ").join(run)

    def find_retold(self, phrase: Text, numbers: Numbers) -> Iterator[str]:
        """The facts of the question, if a phrase has most of its content or several of its numbers.

        Args:
            phrase: the phrase.
            numbers: its numbers.
        """
        yield from self._most_content(phrase)
        yield from self._several_numbers(numbers)

    def _most_content(self, phrase: Text) -> Iterator[str]:
        if phrase.is_plain and self._turn.is_plain and len(phrase.keys & self._turn.keys) < _LEAST_CONTENT:
            return
        if sum(piece.weight for piece in phrase.pieces) < _LEAST_CONTENT:
            return
        shared = [piece for piece in phrase.pieces if piece.key in self._content]
        weight = sum({piece.key: piece.weight for piece in shared}.values())
        if weight >= max(_LEAST_CONTENT, _MOST_CONTENT * sum(self._content.values())):
            yield ", ".join(piece.surface for piece in shared)

    def _several_numbers(self, numbers: Numbers) -> Iterator[str]:
        if len(numbers.found) < RETOLD_NUMBERS:
            return
        known = [
            number
            for number in numbers.found
            if number.values & self._numbers and not speaks_of_form(numbers.text, number)
        ]
        if len({min(number.values) for number in known}) >= RETOLD_NUMBERS:
            yield ", ".join(numbers.text.raw[number.start : number.end] for number in known)
