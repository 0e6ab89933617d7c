# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Which of a sentence's numbers answers the question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sysgen_distilabel.checks.answer_words import CONCLUSION, CORRECTION, ROUNDING
from sysgen_distilabel.checks.asked_quantities import Asked
from sysgen_distilabel.checks.quantities import Quantity, find_quantities, same_quantity

_EQUALS = re.compile(r"[=≈]\s*[$€£¥]?\s*\Z")
_WORDY = re.compile(r"[^\W\d_]{2,}|°|\d\s?[A-Za-z]\b")
_THAN = re.compile(r"\b(?:than|als|чем|not|nicht|pas|не|instead of|statt)\s+[$€£]?$", re.IGNORECASE)
_OPERATION = re.compile(
    r"\s*(?:(?!(?:or|and|y|o|und|oder|et|ou|e|и"
    r"|или)\b)[^\W\d_]{2,}\s*){0,2}[)\]%°]*\s*[=+×·*÷/≈→-][^.;,\n]{0,20}",
    re.IGNORECASE,
)


def after_equations(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """The numbers without those on the left of an equation: of "48 + 24 = 72 clips" only the 72."""
    kept = []
    for at, quantity in enumerate(found):
        between = text[quantity.end : found[at + 1].start] if at + 1 < len(found) else ""
        if _OPERATION.fullmatch(between) and _goes_on(text, quantity.end):
            continue
        kept.append(quantity)
    return kept


def _goes_on(text: str, end: int) -> bool:
    """Whether an operator leads from a number to an equals sign."""
    return re.match(r"(?:[^.;,\n]|[.,]\d){0,80}?[=≈]", text[end:]) is not None


def pick_quantity(text: str, found: Sequence[Quantity], asked: Asked) -> tuple[Quantity, bool]:
    """The number of a sentence that answers the question, and whether that is beyond doubt.

    That is the only one; else the one with the unit or noun asked for; else the last that the question
    did not name itself; else the last.
    """
    rest = after_equations(text, [q for q in found if not q.ordinal] or found)
    rest = [
        q
        for q in rest
        if not _in_brackets(text, q) and not _THAN.search(text[max(q.start - 12, 0) : q.start])
    ] or rest
    rest = [q for q in rest if not _restates(text, q, rest)] or rest
    conclusions = [match.end() for words in (CONCLUSION, CORRECTION) for match in words.finditer(text)]
    for start in sorted(conclusions, reverse=True):
        if after := [quantity for quantity in rest if quantity.start >= start]:
            rest = after
            break
    if len(rest) == 1:
        return rest[0], True
    fitting = [quantity for quantity in rest if asked.fits(quantity)]
    if len(fitting) == 1:
        return fitting[0], True
    rest = fitting or rest
    if all(same_quantity(rest[0], other) for other in rest[1:]):
        return rest[-1], True
    new = [q for q in rest if _EQUALS.search(text, 0, q.start) or not is_given(q, asked)]
    last = (new or rest)[-1]
    return last, len(new) == 1 or (last == rest[-1] and _EQUALS.search(text, 0, last.start) is not None)


def _restates(text: str, quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """Whether a number rounds one before it: "119.88, a little under 120"."""
    return any(
        before.end <= quantity.start
        and before.decimals
        and quantity.decimals is not None
        and before.decimals > quantity.decimals
        and before.readings[0] != quantity.readings[0]
        and abs(before.readings[0] - quantity.readings[0]) * 100 <= abs(before.readings[0])
        and ROUNDING.search(text, before.end, quantity.start)
        for before in others
    )


def is_given(quantity: Quantity, asked: Asked) -> bool:
    """Whether the question names a number itself, and not only in another unit."""
    return quantity.decimals is not None and any(
        given.decimals is not None
        and quantity.readings[0] in given.readings
        and same_quantity(quantity, given)
        for given in asked.given
    )


def repeats_question(text: str, asked: Asked, language: str) -> bool:
    """Whether a sentence draws no sum, and all its numbers are some that the question named."""
    found = find_quantities(text, language)
    known = all(any(same_quantity(quantity, given) for given in asked.given) for quantity in found)
    return (
        known and "=" not in text and not CONCLUSION.search(text) and not names_asked(text, asked, language)
    )


def names_asked(text: str, asked: Asked, language: str) -> bool:
    """Whether a sentence has a number of what is asked for: of clips, in dollars."""
    return any(asked.fits(quantity) for quantity in find_quantities(text, language))


def _in_brackets(text: str, quantity: Quantity) -> bool:
    """Whether a number stands in a remark in brackets, with words."""
    start = text.rfind("(", max(quantity.start - 200, 0), quantity.start)
    end = text.find(")", quantity.end, quantity.end + 200)
    inside = text[start:end] if start >= 0 and end >= 0 and ")" not in text[start : quantity.start] else ""
    return _WORDY.search(inside) is not None
