# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Compares answers of several numbers: lists, solutions, what each person has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from sysgen_distilabel.checks.asked_quantities import Asked
from sysgen_distilabel.checks.final_answers import Final
from sysgen_distilabel.checks.picked_quantities import after_equations
from sysgen_distilabel.checks.quantities import Quantity, find_quantities, same_quantity

SHORT = 60
"""Characters of a text that holds its values and little else."""
_BEGINNING = 6
"""Letters in which a word and one made of it agree."""
LABEL = re.compile(r"[^\W\d_]+")
CONNECTING = frozenset(
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
        "is",
        "are",
        "son",
        "sind",
        "sont",
        "solutions",
    ]
)
_LABEL_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u3040-\u30ff\u3400-\u9fff])[^\W\d_])+")
"""The same, and every character of scripts without blanks."""
_AFTER_COMMA = re.compile(r"[,;、，；。\n]")
_JOINING = re.compile(r"(?<=\s)(?:y|e|i|en|ve|và)\s+(?=(?!(?:is|es|est)\b)[^\W\d_]{2})")
"""A word for "and" that may be the name of a variable, where it is none."""
_GAP = re.compile(r"[\s,;、]*(?:and|y|und|et|e|и|e)?\s*")
_RATIO = re.compile(r"\d\s*:\s*\d|\d (?:to|zu|a|à|su|para) \d")
_POINT = re.compile(r"[(（][^()（）]*,[^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that a text answers with, and the text they stand in."""

    text: str
    parts: tuple[Quantity, ...]
    sure: bool


def compare_several(
    original: Numbers, final: Final, asked: Asked, language: str, *, rounded: bool
) -> tuple[bool | None, str]:
    """Whether an aligned answer ends with all numbers of the original, and the text that was looked at."""
    wanted = original.parts
    text = final.text
    if asked.ratio and len(wanted) == 2 and (ratio := _read_ratio(original.text, language)):
        said = _read_ratio(text, language)
        return (ratio == said if said else None), text  # 4:6 is 2:3
    for size in range(1, 6):
        window = final.text if final.marked and size == 1 else " \n".join(final.sentences[-size:])
        found = _without_subject(window, after_equations(window, find_quantities(window, language)), asked)
        text = window
        if len(found) >= len(wanted):
            break
    if len(found) < len(wanted):
        return (False if final.marked or len(final.text) <= SHORT else None), text
    last = found[-len(wanted) :]
    before = found[-len(wanted) - 1] if len(found) > len(wanted) else None
    if (
        before
        and not _GAP.fullmatch(text, before.end, last[0].start)
        and all(same_quantity(one, other, rounded=rounded) for one, other in zip(wanted, last, strict=True))
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


def _read_ratio(text: str, language: str) -> Fraction | None:
    """The value of the last ratio in a text ("4:6", "2 to 3"), if nothing but a ratio is at stake."""
    found = list(_RATIO.finditer(text))
    if not found:
        return None
    one, other = find_quantities(found[-1][0], language)[:2]
    return one.readings[0] / other.readings[0] if other.readings[0] else None


def _without_subject(text: str, found: list[Quantity], asked: Asked) -> list[Quantity]:
    """The numbers without one of the question that says what the others are: "The divisors of 10 are"."""
    if len(found) < 3 or not any(same_quantity(found[0], given) for given in asked.given):
        return found
    gaps = [text[one.end : other.start] for one, other in pairwise(found)]
    is_subject = LABEL.search(gaps[0]) and all(_GAP.fullmatch(gap) for gap in gaps[1:])
    return found[1:] if is_subject and not _GAP.fullmatch(gaps[0]) else found


def _match_parts(
    original: Numbers, found: Sequence[Quantity], text: str, *, ordered: bool, rounded: bool
) -> bool | None:
    wanted = original.parts
    labels, others = _labels(original.text, wanted), _labels(text, found)
    order = (
        _by_labels(_nouns(wanted), _nouns(found))
        or _by_labels(labels, others)
        or _by_labels(_beginnings(labels), _beginnings(others))
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
    if ordered or _RATIO.search(original.text) or _POINT.search(original.text):
        return False
    return None if _told_apart(original.text, wanted) or _told_apart(text, found) else True


def _told_apart(text: str, parts: Sequence[Quantity]) -> bool:
    """Whether words between numbers say which is which, so that their order matters."""
    labels = _labels(text, parts)
    return len(set(labels)) > 1 and all(labels[1:])


def _nouns(parts: Sequence[Quantity]) -> list[frozenset[str]]:
    return [frozenset([_noun(part.noun)] if part.noun else ()) for part in parts]


def _noun(words: str) -> str:
    return words[0] if "\u3040" <= words[0] <= "\u9fff" else words.split()[0][:4]


def _labels(text: str, parts: Sequence[Quantity]) -> list[frozenset[str]]:
    """The words that say of each number what it is: those before it, or, where the text starts with one,
    after it."""
    starts, ends = [q.start for q in parts], [q.end for q in parts]
    before = bool(LABEL.search(text[: starts[0]]))
    if before:
        pieces = [text[a:b] for a, b in zip([0, *ends[:-1]], starts, strict=True)]
    else:
        pieces = [text[a:b] for a, b in zip(ends, [*starts[1:], len(text)], strict=True)]
    if before:  # what follows a number up to a comma is of that number
        pieces = [_AFTER_COMMA.split(piece)[-1] if LABEL.search(piece[-12:]) else piece for piece in pieces]
    words = (_LABEL_WORD.findall(_JOINING.sub(" ", piece)) for piece in pieces)
    return [frozenset(map(str.casefold, said)) - CONNECTING for said in words]


def _beginnings(labels: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """What words have in common with those made of them: "Fläche" and "Flächeninhalt"."""
    return [frozenset(word[:_BEGINNING] for word in words if len(word) >= _BEGINNING) for words in labels]


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
