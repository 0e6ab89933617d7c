# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Compares answers that are numbers, one or several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sysgen_distilabel.checks.answer_words import CONCLUSION, CONTRAST, CORRECTION, OPENING, ROUNDING
from sysgen_distilabel.checks.asked_quantities import Asked
from sysgen_distilabel.checks.final_answers import Final
from sysgen_distilabel.checks.picked_quantities import (
    after_equations,
    is_given,
    names_asked,
    pick_quantity,
    repeats_question,
)
from sysgen_distilabel.checks.quantities import Quantity, find_quantities, same_quantity
from sysgen_distilabel.checks.several_answers import CONNECTING, LABEL, SHORT, Numbers, compare_several

_COPULA = re.compile(
    r".*\b(?:is|are|equals|ist|sind|es|son|est|sont|è|sono|é|são|равно|равен)\s+[$€£]?", re.DOTALL
)
_LABELLED = re.compile(r"(?:[^\w#]*[^\W\d_]+(?:\s[^\W\d_]+){0,3}\s?[:=：]\s*#){2,8}[^\w#]*")
_WORKED_OUT = 600
"""Characters at the end of a text in which its result comes about."""


def read_numbers(final: Final, asked: Asked, language: str) -> Numbers | None:
    """The numbers at the end of an original answer; several if it lists them; None where there are none."""
    final = without_remark(final, asked, language)
    found = find_quantities(final.text, language)
    if not found:
        return None
    listed = after_equations(final.text, found)
    if len(listed) > 1 and (
        asked.several
        or (
            len(listed) == len(found)
            and _is_list(final, listed)
            and (_count_new(listed, asked) != 1 or (is_bare(final, language) and not _is_said(final, listed)))
        )
    ):
        return Numbers(final.text, tuple(listed), True)
    picked, sure = pick_quantity(final.text, found, asked)
    is_said = picked == listed[-1] and _is_said(final, listed)
    return Numbers(final.text, (picked,), sure or final.marked or is_said)


def with_unit(numbers: Numbers, text: str, language: str) -> Numbers | None:
    """A single bare number with the unit that it has where the text works it out; None if it has none."""
    if len(numbers.parts) > 1 or numbers.parts[0].unit:
        return None
    above = find_quantities(text[-_WORKED_OUT:], language)
    named = [q for q in above if q.unit and same_quantity(q, numbers.parts[0])]
    return replace(numbers, parts=(named[-1],)) if named else None


def _is_said(final: Final, listed: Sequence[Quantity]) -> bool:
    """Whether the last number is what the others are said to be: "2/3 of 90 is 60"."""
    return _COPULA.fullmatch(final.text[: listed[-1].start][-12:]) is not None


def _count_new(listed: Sequence[Quantity], asked: Asked) -> int:
    """How many of the numbers the question has not."""
    return sum(not any(same_quantity(quantity, given) for given in asked.given) for quantity in listed)


def without_remark(final: Final, asked: Asked, language: str) -> Final:
    """The end of a text before a last remark that only repeats numbers of the question."""
    if final.marked or not repeats_question(final.text, asked, language):
        return final
    telling = (
        s for s in reversed(final.sentences) if names_asked(s, asked, language) and not OPENING.match(s)
    )
    return replace(final, text=next(telling, final.text))


def is_bare(final: Final, language: str) -> bool:
    """Whether a text holds numbers with their units and at most one word more."""
    text = final.text
    for quantity in reversed(find_quantities(text, language)):
        text = text[: quantity.start] + text[quantity.end :]
    return len({word.casefold() for word in LABEL.findall(text) if len(word) > 1} - CONNECTING) <= 1


def is_labelled(text: str, language: str) -> bool:
    """Whether a text names its numbers one by one, and says nothing else: "Ann: 3, Bo: 5"."""
    for quantity in reversed(find_quantities(text, language)):
        text = f"{text[: quantity.start]}#{text[quantity.end :]}"
    return _LABELLED.fullmatch(text) is not None


def is_all_numbers(text: str, language: str) -> bool:
    """Whether nothing but numbers with their units stands in a text."""
    for quantity in reversed(find_quantities(text, language)):
        text = text[: quantity.start] + text[quantity.end :]
    return not text.strip(" .,;")


def _is_list(final: Final, listed: Sequence[Quantity]) -> bool:
    """Whether a short text gives its numbers side by side: "x = 3, y = 5", "3 and 5", "7 remainder 2"."""
    words = [word for word in LABEL.findall(final.text) if word.casefold() not in CONNECTING]
    if (
        len(final.text) > SHORT
        or CONCLUSION.search(final.text)
        or all(same_quantity(listed[0], q) for q in listed)
    ):
        return False
    return (
        final.marked
        or len(words) <= 2 * len(listed)
        or (len(final.sentences) == 1 and len(words) <= 4 * len(listed))
    )


def compare_numbers(
    original: Numbers, final: Final, asked: Asked, language: str, question: str
) -> tuple[bool | None, str]:
    """Whether an aligned answer ends with the original's numbers, and the text of what it ends with.

    None where the end names the number among others and does not say which of them answers.
    """
    final = without_remark(final, asked, language)
    asked_rounded = ROUNDING.search(question) is not None
    if len(original.parts) > 1:
        return compare_several(original, final, asked, language, rounded=asked_rounded)
    found = find_quantities(final.text, language)
    if not found:
        return None, final.text
    wanted = original.parts[0]
    picked, sure = pick_quantity(final.text, found, asked)
    rounded = asked_rounded or _is_rounded(wanted, original.text, picked, final.text)
    said = final.text[picked.start : picked.end].strip()
    if same_quantity(wanted, picked, rounded=rounded):
        return True, said
    rest = [
        quantity
        for quantity in after_equations(final.text, found)
        if quantity.readings[0] in wanted.readings or not is_given(quantity, asked)
    ]
    if any(same_quantity(wanted, other, rounded=rounded) for other in rest):
        last = picked == found[-1] and (sure or _contrasted(wanted, found, final.text, rounded=rounded))
        concluded = final.marked or CONCLUSION.search(final.text) or CORRECTION.search(final.text)
        return (False if last or (sure and concluded) else None), said
    concluded = final.marked or CONCLUSION.search(final.text)
    if not original.sure or (not concluded and _opens_with(wanted, final, asked, language, rounded)):
        return None, said
    return False, said


def _is_rounded(wanted: Quantity, wanted_text: str, picked: Quantity, picked_text: str) -> bool:
    """Whether the number with fewer decimals is said to be rounded."""
    digits = [99 if quantity.decimals is None else quantity.decimals for quantity in (wanted, picked)]
    return (digits[0] <= digits[1] and ROUNDING.search(wanted_text) is not None) or (
        digits[1] <= digits[0] and ROUNDING.search(picked_text) is not None
    )


def _contrasted(wanted: Quantity, found: Sequence[Quantity], text: str, *, rounded: bool) -> bool:
    """Whether a sentence names the wanted number and then says that it is another."""
    named = next(q for q in found if same_quantity(wanted, q, rounded=rounded))
    return CONTRAST.search(text, named.end, found[-1].start) is not None


def _opens_with(wanted: Quantity, final: Final, asked: Asked, language: str, rounded: bool) -> bool:
    """Whether a text gives the answer first and then explains it."""
    first = final.sentences[0] if final.sentences else ""
    if OPENING.match(first) or ("=" not in final.text and not CONCLUSION.search(first)):
        return False
    found = find_quantities(first, language)
    return bool(found) and same_quantity(wanted, pick_quantity(first, found, asked)[0], rounded=rounded)
