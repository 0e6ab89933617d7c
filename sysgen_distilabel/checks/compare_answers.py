"""Does a new answer reach the final answer of the original?"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sysgen_distilabel.checks.answer_sides import HAS_DIGIT, HAS_WORD, AnswerKind, Comparison, Side, told
from sysgen_distilabel.checks.asked_quantities import Asked
from sysgen_distilabel.checks.choice_answers import compare_choices, compare_listed
from sysgen_distilabel.checks.closed_answers import read_closed
from sysgen_distilabel.checks.code_answers import compare_code
from sysgen_distilabel.checks.dates import find_dates, find_times, find_weekdays, same_date
from sysgen_distilabel.checks.expressions import find_expression, is_expression, same_expression
from sysgen_distilabel.checks.no_solutions import assigns_value, find_no_solution
from sysgen_distilabel.checks.numeric_answers import (
    compare_numbers,
    is_all_numbers,
    is_bare,
    is_labelled,
    read_numbers,
    with_unit,
)
from sysgen_distilabel.checks.quantities import Quantity, find_quantities, same_quantity
from sysgen_distilabel.checks.several_answers import Numbers
from sysgen_distilabel.checks.units import MONEY

_LONGEST = 8000  # characters


def compare_answers(question: str, original: str, aligned: str, *, execute: bool = False) -> Comparison:
    """Whether an aligned answer ends with the final answer of the original.

    Numbers, money, percentages, fractions, lists of them, formulas and intervals, letters or texts of
    options, yes and no, dates and times, and code are compared, in many spellings and several languages;
    the value that a text ends with counts, not one it passes on the way. Open text is `unknown`, unless
    it is the same word for word.

    Args:
        question: the user's turn: its options, its language, and what it asks for.
        original: the answer that is taken as right.
        aligned: the answer that is checked.
        execute: whether Python programs that differ are run, see `code_runs`; it protects against
            accidents, not against hostile code.

    Raises:
        ConfigError: if the extra `answers` is not installed.
    """
    question, original, aligned = (_ends(text) for text in (question, original, aligned))
    if found := compare_code(question, original, aligned, execute=execute):
        return Comparison("same" if original.split() == aligned.split() else found, AnswerKind.CODE, "", "")
    (one, asked), other = _read_original(question, original), Side(aligned, question)
    for compare in _COMPARISONS:
        if comparison := compare(question, asked, one, other):
            break
    else:
        comparison = _texts(one, other)
    if comparison.result != "same" and original.split() == aligned.split():
        return Comparison("same", comparison.kind, comparison.original, comparison.original)
    return comparison


@lru_cache(maxsize=256)  # an original is held against each of its candidates
def _read_original(question: str, original: str) -> tuple[Side, Asked]:
    side = Side(original, question)
    return side, Asked(question, side.language)


def _ends(text: str) -> str:
    """A text, or of one that is very long its beginning and its end, where answers stand."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 4]}\n{text[-3 * _LONGEST // 4 :]}"


def _yes_or_no(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    wanted = read_closed(question, one.written)
    if wanted is None:
        return None
    said = read_closed(question, other.written)
    names = {True: "yes", False: "no", None: ""}
    return told(None if said is None else wanted == said, AnswerKind.YES_NO, names[wanted], names[said])


def _no_solution(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    """Whether both say alike that there is no value, where the original says so."""
    text = one.final(HAS_WORD).text
    wanted = find_no_solution(text)
    if not wanted or not asked.amount:
        return None
    end = other.final(HAS_WORD).text
    said = find_no_solution(end)
    same = wanted == said if said else False if assigns_value(end) else None
    return told(same, AnswerKind.TEXT, text, end)


def _dates(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    wanted_text = one.final().text
    is_value = one.short or one.final().marked
    for find, same in _DATE_READERS if is_value else _DATE_READERS[:1]:
        if wanted := find(wanted_text if find is not find_weekdays else one.final(HAS_WORD).text):
            if (asked.amount and not is_value) or (find is find_weekdays and len(wanted) > 1):
                return None
            said = next(
                (d for s in (other.final().text, *reversed(other.final().sentences)) if (d := find(s))), []
            )
            result = None if not said else same(wanted[-1], said[-1])
            return told(result, AnswerKind.DATE, wanted_text, other.final().text)
    return None


_DATE_READERS: tuple[tuple[Callable[[str], list[Any]], Callable[[Any, Any], bool]], ...] = (
    (find_dates, same_date),
    (find_times, lambda a, b: bool(a & b)),
    (find_weekdays, lambda a, b: a == b),
)


def _formulas(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    final = one.final(HAS_WORD)
    if not is_expression(final.text) or not (final.marked or one.short or asked.amount):
        return None
    wanted = "" if is_all_numbers(final.text, one.language) else find_expression(final.text)
    if not wanted:
        return None
    end = other.final(HAS_WORD).text
    said = find_expression(end)
    same = same_expression(wanted, said) if said else False if find_no_solution(end) else None
    return told(same, AnswerKind.EXPRESSION, wanted, said)


def _numbers(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    final = one.final()
    if not HAS_DIGIT.search(final.text) or not (final.marked or asked.amount or _is_value(one, asked)):
        return None
    wanted = read_numbers(final, asked, one.language)
    if not wanted:
        return None
    end = other.final()
    same, said = compare_numbers(wanted, end, asked, other.language, question)
    if same is False and (measured := with_unit(wanted, one.written, one.language)):
        again, said = compare_numbers(measured, end, asked, other.language, question)
        same = again or same
    if not same and is_expression(end.text):
        same = same_expression(final.text, find_expression(end.text)) or same
    if same is None and find_no_solution(end.text):
        same = False
    return told(same, _numeric_kind(wanted), final.text, said)


def _is_value(side: Side, asked: Asked) -> bool:
    """Whether a short answer is numbers and little else, where the question does not tell."""
    if not side.short:
        return False
    final, language = side.final(), side.language
    is_number = HAS_DIGIT.search(side.written) and is_bare(final, language)  # and no "a" or "one" alone
    return bool(len(asked.given) > 1 or is_number or is_labelled(final.text, language))


def _measures(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    """Whether both say the same single amount in a known unit, where the question does not tell."""
    final = one.final()
    if len(final.sentences) != 1 or not HAS_DIGIT.search(final.text):
        return None
    wanted, said = (find_quantities(side.final().text, side.language) for side in (one, other))
    if len(wanted) != 1 or len(said) != 1 or not wanted[0].unit or not said[0].unit:
        return None
    if not same_quantity(wanted[0], said[0]):
        return None
    return told(True, AnswerKind.NUMBER, final.text, other.final().text)


def _numeric_kind(numbers: Numbers) -> AnswerKind:
    first: Quantity = numbers.parts[0]
    if len(numbers.parts) > 1:
        return AnswerKind.SEVERAL
    if first.unit and "percent" in first.unit:
        return AnswerKind.PERCENTAGE
    if first.unit and first.unit.keys() & MONEY:
        return AnswerKind.MONEY
    return AnswerKind.FRACTION if first.decimals is None else AnswerKind.NUMBER


_COMPARISONS: tuple[Callable[[str, Asked, Side, Side], Comparison | None], ...] = (
    compare_choices,
    _no_solution,
    _yes_or_no,
    compare_listed,
    _dates,
    _formulas,
    _numbers,
    _measures,
)
"""Each tells of one kind of answer, or that the original is none; the first that does counts."""


def _texts(one: Side, other: Side) -> Comparison:
    """Short answers that are the same words; whether other words mean the same is not for code to tell."""
    final = one.final(HAS_WORD)
    if not final.text or not (final.marked or len(final.sentences) == 1):
        return Comparison("unknown", AnswerKind.TEXT, "", "")
    said = other.final(HAS_WORD).text
    same = _bare(final.text) == _bare(said)
    return Comparison("same" if same else "unknown", AnswerKind.TEXT, final.text, said)


def _bare(text: str) -> str:
    return re.sub(r"^(?:the|an?)\s+", "", " ".join(re.findall(r"\w+|[-+*/^=<>]", text.casefold())))
