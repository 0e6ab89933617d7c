"""What becomes of a comparison of two answers, and the two as they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Literal

from sysgen_distilabel.checks.any_case import AnyCase
from sysgen_distilabel.checks.bold_answers import find_bold_answer
from sysgen_distilabel.checks.final_answers import Final, find_final, is_marked_by_hashes
from sysgen_distilabel.checks.numerals import to_digits
from sysgen_distilabel.checks.plain_mathematics import to_plain_mathematics
from sysgen_distilabel.checks.reading_language import reading_language

Result = Literal["same", "different", "unknown"]
HAS_DIGIT = re.compile(r"\d")
HAS_WORD = re.compile(r"\w")
_CHANCE = AnyCase(
    r"\b(?:chance|probab|likel|odds|wahrscheinlich|вероятн)|概率|機率|確率|확률|احتمال|संभावना|प्रायिकता",
)
_SO_MANY_IN = re.compile(r"\b(\d+) (?:in|out of|zu|von|de cada|sur|su|em|из) (\d+)\b")
_LIST_NUMBER = re.compile(r"^[ \t]*[*_]*(\d{1,2})[.)][*_]*[ \t]+(?=\S)", re.MULTILINE)
_SHORT = 8  # words of an answer that says little more than its value


class AnswerKind(StrEnum):
    """What a final answer is, by which match rates are told apart."""

    NUMBER = "number"
    FRACTION = "fraction"
    PERCENTAGE = "percentage"
    MONEY = "money"
    SEVERAL = "several"
    EXPRESSION = "expression"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    CODE = "code"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of an answer.

    Attributes:
        result: `same`, `different`, or `unknown` where code cannot tell.
        kind: what the original's final answer is.
        original, aligned: the final answers as they were read; empty where none was found.
    """

    result: Result
    kind: AnswerKind
    original: str
    aligned: str


class Side:
    """One of the two answers to a question, as written and, where that is asked for, in plain digits."""

    def __init__(self, text: str, question: str) -> None:
        self._question = question
        self.written = _SO_MANY_IN.sub(r"\1/\2", text) if _asks_chance(question) else text

    @cached_property
    def language(self) -> str:
        """ISO 639-1 code of the language in which its numbers are read."""
        return reading_language(self.written, self._question)

    @cached_property
    def plain(self) -> str:
        """The text in plain digits; of one that ends with `#### 72` that line alone, which is its answer."""
        last = self.written.rstrip().rpartition("\n")[2]
        text = last if is_marked_by_hashes(last) else _without_list_numbers(self.written)
        short = len(self.written.split(maxsplit=6)) <= 6
        return to_digits(to_plain_mathematics(text), self.language, short=short)

    def final(self, has_value: re.Pattern[str] = HAS_DIGIT) -> Final:
        """Where it says its answer; of a number that is set in bold, that alone."""
        final = find_final(self.plain, has_value)
        is_number = has_value is HAS_DIGIT and not final.marked
        return replace(final, text=self._bold) if is_number and self._bold else final

    @cached_property
    def _bold(self) -> str:
        sentences = find_final(self.written, HAS_DIGIT).sentences if "**" in self.written else ()
        return to_digits(to_plain_mathematics(find_bold_answer(sentences)), self.language)

    @cached_property
    def short(self) -> bool:
        return len(self.written.split()) <= _SHORT and len(self.written) <= 60


def _without_list_numbers(text: str) -> str:
    """The text without the numbers that count its lines: 1., 2., 3."""
    numbers = [int(number) for number in _LIST_NUMBER.findall(text)]
    counts = all(n in (1, before + 1) for before, n in zip([0, *numbers], numbers, strict=False))
    return _LIST_NUMBER.sub("", text) if len(numbers) > 1 and counts else text


@lru_cache(maxsize=2)  # the same for both sides
def _asks_chance(question: str) -> bool:
    return _CHANCE.search(question) is not None


def told(same: bool | None, kind: AnswerKind, original: str, aligned: str) -> Comparison:
    """A comparison of True, False or None where nothing can be told."""
    result: Result = "unknown" if same is None else "same" if same else "different"
    return Comparison(result, kind, original, aligned)
