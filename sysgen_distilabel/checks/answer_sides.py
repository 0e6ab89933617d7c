"""What becomes of a comparison of two answers, and the two as they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from sysgen_distilabel.checks.final_answers import Final, find_final
from sysgen_distilabel.checks.numerals import to_digits
from sysgen_distilabel.checks.plain_mathematics import to_plain_mathematics
from sysgen_distilabel.checks.reading_language import reading_language

Result = Literal["same", "different", "unknown"]
HAS_DIGIT = re.compile(r"\d")
HAS_WORD = re.compile(r"\w")
_CHANCE = re.compile(
    r"\b(?:chance|probab|likel|odds|wahrscheinlich|вероятн)|概率|機率|確率|확률|احتمال|संभावना|प्रायिकता",
    re.IGNORECASE,
)
_SO_MANY_IN = re.compile(r"\b(\d+) (?:in|out of|zu|von|de cada|sur|su|em|из) (\d+)\b")
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


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two answers, as written and in plain digits."""

    written: str
    plain: str
    language: str

    @classmethod
    def read(cls, text: str, question: str) -> Side:
        language = reading_language(text, question)
        if _CHANCE.search(question):
            text = _SO_MANY_IN.sub(r"\1/\2", text)
        short = len(text.split()) <= 6
        return cls(text, to_digits(to_plain_mathematics(text), language, short=short), language)

    def final(self, has_value: re.Pattern[str] = HAS_DIGIT) -> Final:
        return find_final(self.plain, has_value)

    @property
    def short(self) -> bool:
        return len(self.written.split()) <= _SHORT and len(self.written) <= 60


def told(same: bool | None, kind: AnswerKind, original: str, aligned: str) -> Comparison:
    """A comparison of True, False or None where nothing can be told."""
    result: Result = "unknown" if same is None else "same" if same else "different"
    return Comparison(result, kind, original, aligned)
