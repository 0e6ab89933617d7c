"""Does a new answer reach the final answer of the original?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from sysgen_distilabel.checks.asked_quantities import Asked, read_asked
from sysgen_distilabel.checks.choices import find_choice, find_options
from sysgen_distilabel.checks.closed_answers import read_closed
from sysgen_distilabel.checks.code_answers import compare_code
from sysgen_distilabel.checks.dates import find_dates, find_times, find_weekdays, same_date
from sysgen_distilabel.checks.expressions import find_expression, is_expression, same_expression
from sysgen_distilabel.checks.final_answers import Final, find_final
from sysgen_distilabel.checks.numerals import to_digits
from sysgen_distilabel.checks.numeric_answers import Numbers, compare_numbers, is_bare, read_numbers
from sysgen_distilabel.checks.plain_mathematics import to_plain_mathematics
from sysgen_distilabel.checks.quantities import Quantity
from sysgen_distilabel.checks.reading_language import reading_language
from sysgen_distilabel.checks.units import MONEY

Result = Literal["same", "different", "unknown"]
_DIGIT = re.compile(r"\d")
_ANYTHING = re.compile(r"\w")
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


def compare_answers(question: str, original: str, aligned: str, *, execute: bool = False) -> Comparison:
    """Whether an aligned answer ends with the final answer of the original.

    Numbers, money, percentages, fractions, lists of them, formulas and intervals, letters or texts of
    options, yes and no, dates and times, and code are compared, in many spellings and several languages;
    the value that a text ends with counts, not one it passes on the way. Open text is `unknown`, unless
    it is the same word for word.

    Args:
        question: the user's turn: its options, its language, and what it asks for. original: the answer
        that is taken as right. aligned: the answer that is checked. execute: whether Python programs that
        differ are run, see `code_runs`; it protects against accidents, not
            against hostile code.

    Raises:
        ConfigError: if the extra `answers` is not installed.
    """
    if found := compare_code(question, original, aligned, execute=execute):
        return Comparison("same" if original.split() == aligned.split() else found, AnswerKind.CODE, "", "")
    one, other = _Side.read(original, question), _Side.read(aligned, question)
    asked = read_asked(to_digits(to_plain_mathematics(question), one.language), one.language)
    for compare in (_choices, _yes_or_no, _dates, _formulas, _numbers):
        if comparison := compare(question, asked, one, other):
            break
    else:
        comparison = _texts(one, other)
    if comparison.result != "same" and original.split() == aligned.split():
        return Comparison("same", comparison.kind, comparison.original, comparison.original)
    return comparison


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two answers, as written and in plain digits."""

    written: str
    plain: str
    language: str

    @classmethod
    def read(cls, text: str, question: str) -> _Side:
        language = reading_language(text, question)
        short = len(text.split()) <= 3
        return cls(text, to_digits(to_plain_mathematics(text), language, short=short), language)

    def final(self, has_value: re.Pattern[str] = _DIGIT) -> Final:
        return find_final(self.plain, has_value)

    @property
    def short(self) -> bool:
        return len(self.written.split()) <= _SHORT and len(self.written) <= 60


def _choices(question: str, asked: Asked, one: _Side, other: _Side) -> Comparison | None:
    options = find_options(question)
    wanted = _choice(one, options)
    if wanted is None or not (options or re.fullmatch(r"[\W_]*[A-Ja-j][\W_]*", one.final(_ANYTHING).text)):
        return None
    said = _choice(other, options)
    return _comparison(None if said is None else said == wanted, AnswerKind.CHOICE, wanted, said or "")


def _choice(side: _Side, options: dict[str, str]) -> str | None:
    final = find_final(side.written.replace("**", ""), _ANYTHING)
    found = find_choice(final.text, options, marked=final.marked or len(final.sentences) == 1)
    places = () if final.marked and found else (*reversed(final.sentences),)
    return found or next((c for s in places if (c := find_choice(s, options, marked=False))), None)


def _yes_or_no(question: str, asked: Asked, one: _Side, other: _Side) -> Comparison | None:
    wanted, said = read_closed(question, one.written), read_closed(question, other.written)
    if wanted is None:
        return None
    names = {True: "yes", False: "no", None: ""}
    return _comparison(
        None if said is None else wanted == said, AnswerKind.YES_NO, names[wanted], names[said]
    )


def _dates(question: str, asked: Asked, one: _Side, other: _Side) -> Comparison | None:
    wanted_text = one.final().text
    if asked.amount and not one.short and not one.final().marked:
        return None
    for find, same in _DATE_READERS:
        if wanted := find(wanted_text if find is not find_weekdays else one.final(_ANYTHING).text):
            said = next(
                (d for s in (other.final().text, *reversed(other.final().sentences)) if (d := find(s))), []
            )
            result = None if not said else same(wanted[-1], said[-1])
            if find is not find_dates and not (one.short or one.final().marked):
                return None
            return _comparison(result, AnswerKind.DATE, wanted_text, other.final().text)
    return None


_DATE_READERS: tuple[tuple[Callable[[str], list[Any]], Callable[[Any, Any], bool]], ...] = (
    (find_dates, same_date),
    (find_times, lambda a, b: bool(a & b)),
    (find_weekdays, lambda a, b: a == b),
)


def _formulas(question: str, asked: Asked, one: _Side, other: _Side) -> Comparison | None:
    final = one.final(_ANYTHING)
    if not is_expression(final.text):
        return None
    wanted = find_expression(final.text)
    if not wanted or not (final.marked or one.short or asked.amount):
        return None
    said = find_expression(other.final(_ANYTHING).text)
    return _comparison(same_expression(wanted, said) if said else None, AnswerKind.EXPRESSION, wanted, said)


def _numbers(question: str, asked: Asked, one: _Side, other: _Side) -> Comparison | None:
    final, end = one.final(), other.final()
    if not (
        final.marked or asked.amount or (one.short and (len(asked.given) > 1 or is_bare(final, one.language)))
    ):
        return None
    wanted = read_numbers(final, asked, one.language)
    if not wanted:
        return None
    same, said = compare_numbers(wanted, end, asked, other.language, question)
    if not same and is_expression(end.text):
        same = same_expression(final.text, find_expression(end.text)) or same
    return _comparison(same, _numeric_kind(wanted), final.text, said)


def _numeric_kind(numbers: Numbers) -> AnswerKind:
    first: Quantity = numbers.parts[0]
    if len(numbers.parts) > 1:
        return AnswerKind.SEVERAL
    if first.unit and "percent" in first.unit:
        return AnswerKind.PERCENTAGE
    if first.unit and first.unit.keys() & MONEY:
        return AnswerKind.MONEY
    return AnswerKind.FRACTION if first.decimals is None else AnswerKind.NUMBER


def _texts(one: _Side, other: _Side) -> Comparison:
    """Short answers that are the same words; whether other words mean the same is not for code to tell."""
    wanted, said = one.final(_ANYTHING).text, other.final(_ANYTHING).text
    same = bool(wanted) and _bare(wanted) == _bare(said)
    return Comparison("same" if same else "unknown", AnswerKind.TEXT, wanted, said)


def _bare(text: str) -> str:
    return re.sub(r"^(?:the|an?)\s+", "", " ".join(re.findall(r"\w+", text.casefold())))


def _comparison(same: bool | None, kind: AnswerKind, original: str, aligned: str) -> Comparison:
    result: Result = "unknown" if same is None else "same" if same else "different"
    return Comparison(result, kind, original, aligned)
