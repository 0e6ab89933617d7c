# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Compares answers that are numbers, one or several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sysgen_distilabel.checks.answer_words import CONCLUSION, CORRECTION, OPENING, ROUNDING
from sysgen_distilabel.checks.asked_quantities import Asked, after_equations, pick_quantity
from sysgen_distilabel.checks.final_answers import Final
from sysgen_distilabel.checks.quantities import Quantity, find_quantities, same_quantity

_SHORT = 60  # characters of a text that holds its values and little else
_LABEL = re.compile(r"[^\W\d_]+")
_CONNECTING = frozenset(
    [
        "and",
        "or",
        "und",
        "oder",
        "et",
        "ou",
        "и",
        "или",
        "the",
        "are",
        "is",
        "solutions",
        "solution",
        "son",
        "sind",
        "sont",
    ]
)
_POINT = re.compile(r"[(（][^()（）]*,[^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that a text answers with, and the text they stand in."""

    text: str
    parts: tuple[Quantity, ...]
    sure: bool


def read_numbers(final: Final, asked: Asked, language: str) -> Numbers | None:
    """The numbers at the end of an original answer; several if it lists them; None where there are none."""
    found = find_quantities(final.text, language)
    if not found:
        return None
    listed = after_equations(final.text, found)
    if len(listed) > 1 and (asked.several or (len(listed) == len(found) and _is_list(final, listed))):
        return Numbers(final.text, tuple(listed), True)
    picked, sure = pick_quantity(final.text, found, asked)
    return Numbers(final.text, (picked,), sure or final.marked)


def is_bare(final: Final, language: str) -> bool:
    """Whether a text holds numbers with their units and at most one word more."""
    text = final.text
    for quantity in reversed(find_quantities(text, language)):
        text = text[: quantity.start] + text[quantity.end :]
    return len({word.casefold() for word in _LABEL.findall(text) if len(word) > 1} - _CONNECTING) <= 1


def _is_list(final: Final, listed: Sequence[Quantity]) -> bool:
    """Whether a short text gives its numbers side by side: "x = 3, y = 5", "3 and 5", "7 remainder 2"."""
    words = _LABEL.findall(final.text)
    if (
        len(final.text) > _SHORT
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
    rounded = ROUNDING.search(question) is not None or ROUNDING.search(final.text) is not None
    rounded = rounded or ROUNDING.search(original.text) is not None
    if len(original.parts) > 1:
        return _compare_several(original, final, asked, language, rounded=rounded)
    found = find_quantities(final.text, language)
    if not found:
        return None, final.text
    wanted = original.parts[0]
    picked, sure = pick_quantity(final.text, found, asked)
    said = final.text[picked.start : picked.end].strip()
    if same_quantity(wanted, picked, rounded=rounded):
        return True, said
    elsewhere = any(
        same_quantity(wanted, other, rounded=rounded) for other in after_equations(final.text, found)
    )
    if elsewhere and not (sure and final.marked):
        return (
            False if sure and (CONCLUSION.search(final.text) or CORRECTION.search(final.text)) else None
        ), said
    if (
        not final.marked
        and not CONCLUSION.search(final.text)
        and _opens_with(wanted, final, asked, language, rounded)
    ):
        return None, said
    return (False, said) if original.sure else (None, said)


def _opens_with(wanted: Quantity, final: Final, asked: Asked, language: str, rounded: bool) -> bool:
    """Whether a text gives the answer first and then explains it."""
    first = final.sentences[0] if final.sentences else ""
    if OPENING.match(first) or ("=" not in final.text and not CONCLUSION.search(first)):
        return False
    found = find_quantities(first, language)
    return bool(found) and same_quantity(wanted, pick_quantity(first, found, asked)[0], rounded=rounded)


def _compare_several(
    original: Numbers, final: Final, asked: Asked, language: str, *, rounded: bool
) -> tuple[bool | None, str]:
    wanted = original.parts
    text = final.text
    for size in range(1, 6):
        window = final.text if final.marked and size == 1 else " \n".join(final.sentences[-size:])
        found = after_equations(window, find_quantities(window, language))
        text = window
        if len(found) >= len(wanted):
            break
    if len(found) < len(wanted):
        return (False if final.marked or len(final.text) <= _SHORT else None), text
    last = found[-len(wanted) :]
    if len(found) > len(wanted) and all(
        same_quantity(one, other, rounded=rounded) for one, other in zip(wanted, last, strict=True)
    ):
        found = last
    elif len(found) > len(wanted):
        kept = [q for q in found if any(same_quantity(q, part, rounded=rounded) for part in wanted)]
        more = [
            q for q in found if q not in kept and not any(same_quantity(q, given) for given in asked.given)
        ]
        if len(kept) != len(wanted) or more:
            return (None if len(kept) > len(wanted) else False), text
        found = kept
    return _match_parts(original, found, text, ordered=asked.ordered, rounded=rounded), text


def _match_parts(
    original: Numbers, found: Sequence[Quantity], text: str, *, ordered: bool, rounded: bool
) -> bool | None:
    wanted = original.parts
    order = _by_labels(_nouns(wanted), _nouns(found)) or _by_labels(
        _labels(original.text, wanted), _labels(text, found)
    )
    if order:
        return all(same_quantity(wanted[i], found[j], rounded=rounded) for i, j in enumerate(order))
    if all(same_quantity(one, other, rounded=rounded) for one, other in zip(wanted, found, strict=True)):
        return True
    rest = list(found)
    for part in wanted:
        match = next((q for q in rest if same_quantity(part, q, rounded=rounded)), None)
        if match is None:
            return False
        rest.remove(match)
    if ordered or _POINT.search(original.text):
        return False
    return None if _told_apart(original.text, wanted) or _told_apart(text, found) else True


def _told_apart(text: str, parts: Sequence[Quantity]) -> bool:
    """Whether words between numbers say which is which, so that their order matters."""
    labels = _labels(text, parts)
    return len(set(labels)) > 1 and all(labels[1:])


def _nouns(parts: Sequence[Quantity]) -> list[frozenset[str]]:
    return [frozenset([part.noun.split()[0][:4]] if part.noun else ()) for part in parts]


def _labels(text: str, parts: Sequence[Quantity]) -> list[frozenset[str]]:
    """The words that say of each number what it is: those before it, or, where the text starts with one,
    after it."""
    starts, ends = [q.start for q in parts], [q.end for q in parts]
    before = bool(_LABEL.search(text[: starts[0]]))
    if before:
        pieces = [text[a:b] for a, b in zip([0, *ends[:-1]], starts, strict=True)]
    else:
        pieces = [text[a:b] for a, b in zip(ends, [*starts[1:], len(text)], strict=True)]
    return [frozenset(word.casefold() for word in _LABEL.findall(piece)) - _CONNECTING for piece in pieces]


def _by_labels(wanted: Sequence[frozenset[str]], found: Sequence[frozenset[str]]) -> list[int] | None:
    """For each part of one side its place on the other, by the words that only it has; None where they do
    not tell."""
    order = []
    for at, words in enumerate(wanted):
        own = words.difference(*(other for n, other in enumerate(wanted) if n != at))
        hits = [n for n, other in enumerate(found) if own & other]
        if len(hits) != 1:
            return None
        order.append(hits[0])
    return order if len(set(order)) == len(order) else None
