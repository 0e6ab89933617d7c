"""Finds what a phrase has word for word from the answer, or from the question as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sysgen_distilabel.checks.leak_text import Text, is_unspaced
from sysgen_distilabel.checks.leak_vocabulary import stem, vocabulary

RUN_WORDS: Final = 5
"""Words in a row that count as copied from the answer."""
RUN_CHARACTERS: Final = 8
"""The same in characters, where no blanks stand between words."""
QUESTION_WORDS: Final = 9
"""Words in a row that count as the question copied."""
QUESTION_CHARACTERS: Final = 16
_MOST_OF_IT: Final = 0.8
_SHORTEST_QUESTION: Final = 5


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
    return zip(*(tokens[start:] for start in range(length)), strict=False)


def _is_character(token: str) -> bool:
    return len(token) == 1 and ("\u3041" <= token <= "\u30ff" or is_unspaced(token))


def _longest(tokens: list[str], runs: Runs, short: int, long: int) -> Iterator[tuple[int, int]]:
    """Where the phrase goes along with the other text: first token and the one behind the last."""
    mostly_characters = sum(map(_is_character, tokens)) * 2 > len(tokens)
    length = long if mostly_characters else short
    other = runs.of(length)
    start = -1
    for at, run in enumerate([*cut_runs(tokens, length), ()]):
        if run in other:
            start = at if start < 0 else start
        elif start >= 0:
            yield start, at + length - 1
            start = -1


def find_answer_runs(phrase: Text, asked: Text, answered: Runs) -> Iterator[str]:
    """Runs that phrase and answers share, if they hold content that the questions do not."""
    tokens = phrase.tokens
    known = set(asked.tokens)
    generic = vocabulary().generic
    for start, end in _longest(tokens, answered, RUN_WORDS, RUN_CHARACTERS):
        run = tokens[start:end]
        if _is_character(run[0]) or _is_character(run[-1]):
            text = Text("".join(run))
            novel = {piece.key for piece in text.pieces()} - asked.keys
            if len(novel) >= 3:
                yield "".join(run)
            continue
        content = {token for token in run if token not in generic and len(token) > 1}
        new = {
            token for token in content - known if stem(token) not in generic and stem(token) not in asked.keys
        }
        if len(new) >= 2 or (new and len(run) >= 2 * RUN_WORDS):
            yield " ".join(run)


def find_copied_question(phrase: Text, turns: Sequence[Text], is_form: bool) -> Iterator[str]:
    """The long runs that a phrase has from one turn of the user.

    Args:
        phrase: the phrase.
        turns: the user's turns.
        is_form: whether the phrase is about format or style, where the user's wish may stand as it is.
    """
    tokens = phrase.tokens
    for turn in turns:
        runs = Runs(turn)
        for start, end in _longest(tokens, runs, _SHORTEST_QUESTION, QUESTION_CHARACTERS // 2):
            run = tokens[start:end]
            characters = sum(map(_is_character, run)) * 2 > len(run)
            long = QUESTION_CHARACTERS if characters else QUESTION_WORDS
            share = len(run) / max(len(turn.tokens), 1)
            if share >= _MOST_OF_IT or (len(run) >= long and not is_form):
                yield ("" if characters else " ").join(run)
                return
