"""Finds what a phrase has word for word from the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sysgen_distilabel.checks.leak_text import Text, is_unspaced
from sysgen_distilabel.checks.leak_vocabulary import stem, vocabulary

RUN_WORDS: Final = 5
"""Words in a row that count as copied from the answer."""
RUN_CHARACTERS: Final = 8
"""The same in characters, where no blanks stand between words."""


class Runs:
    """The runs of a text's words, by length, cut once."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self._by_length: dict[int, set[tuple[str, ...]]] = {}

    def of(self, length: int) -> set[tuple[str, ...]]:
        """Every run of so many tokens in a row."""
        if length not in self._by_length:
            self._by_length[length] = set(cut_runs(self.text.tokens, length))
        return self._by_length[length]


def cut_runs(tokens: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """The runs of so many tokens, in order."""
    return zip(*[tokens[start:] for start in range(length)], strict=False)


def is_character(token: str) -> bool:
    """Whether a token is one character of a script that puts no blanks between words."""
    return len(token) == 1 and ("\u3041" <= token <= "\u30ff" or is_unspaced(token))


def find_shared(phrase: Runs, runs: Runs, short: int, long: int) -> Iterator[tuple[int, int]]:
    """Where the tokens of a phrase go along with another text: the first, and the one behind the last.

    Args:
        phrase: the runs of the phrase.
        runs: those of the other text.
        short: the least number of words in a row.
        long: the same in characters, for a phrase that has more characters than words.
    """
    tokens = phrase.text.tokens
    are_characters = not phrase.text.is_spaced and sum(map(is_character, tokens)) * 2 > len(tokens)
    length = long if are_characters else short
    other = runs.of(length)
    if other.isdisjoint(phrase.of(length)):
        return
    start = -1
    for at, run in enumerate([*cut_runs(tokens, length), ()]):
        if run in other:
            start = at if start < 0 else start
        elif start >= 0:
            yield start, at + length - 1
            start = -1


def find_answer_runs(phrase: Runs, asked: Text, answered: Runs) -> Iterator[str]:
    """Runs that phrase and answers share, if they hold content that the questions do not."""
    tokens = phrase.text.tokens
    generic = vocabulary().generic
    for start, end in find_shared(phrase, answered, RUN_WORDS, RUN_CHARACTERS):
        run = tokens[start:end]
        if is_character(run[0]) or is_character(run[-1]):
            text = Text("".join(run))
            novel = {piece.key for piece in text.pieces} - asked.keys
            if len(novel) >= 3:
                yield "".join(run)
            continue
        content = {token for token in run if token not in generic and len(token) > 1}
        new = {
            token
            for token in content.difference(asked.tokens)
            if stem(token) not in generic and stem(token) not in asked.keys
        }
        if len(new) >= 2 or (new and len(run) >= 2 * RUN_WORDS):
            yield " ".join(run)
