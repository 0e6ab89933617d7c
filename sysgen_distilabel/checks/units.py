"""Units and currencies as they are written in several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from sysgen_distilabel.checks.word_tables import answer_words

Unit = Mapping[str, Fraction]
"""What a word may measure, and how many of the base unit it is: `min` is 60 of `time`."""

MONEY = frozenset({"usd", "cent", "eur", "gbp", "cny", "jpy", "inr", "krw", "rub", "brl", "try"})
"""Measures that are currencies."""


@cache
def magnitudes() -> dict[str, int]:
    """What a word after a number multiplies it by."""
    return {
        word: int(factor) for factor, words in answer_words()["magnitudes"].items() for word in words.split()
    }


@cache
def _words() -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    for unit in answer_words()["units"]:
        for word in unit["words"].split():
            found.setdefault(word, {})[unit["measure"]] = Fraction(unit["size"])
    return found


@cache
def find_unit(word: str) -> Unit | None:
    """What a word or sign measures, or None: `hours` is `{"time": 3600}`, a pound is a mass and money."""
    word = word.strip().lower()
    known = _words()
    if word in known:
        return known[word]
    return next((known[f"{word[:n]}*"] for n in range(len(word), 3, -1) if f"{word[:n]}*" in known), None)


_PER = r"(?:\s*/\s*|\s+(?:per|an?|pro|por|par|al|в)\s+|\s+all'|を)"
_AFTER = re.compile(r"([^\s\d.,;:!?()\[\]{}*=+/<>|\"“”]+|[%$€£¥°℃])(?:" + _PER + r"([^\W\d_]+))?")


def read_unit(text: str) -> tuple[Unit | None, int]:
    """The unit that a text starts with, and how many characters it takes; (None, 0) where there is none.

    Of "miles per hour" it is `{"length/time": 0.44704}`.
    """
    found = _AFTER.match(text)
    if not found:
        return None, 0
    for pattern in (r"(?:km|m|cm|mi)\^[23]\b", r"(?:km|m|mi)/(?:h|s)\b"):
        if exact := re.match(pattern, text):
            return find_unit(exact[0]), exact.end()
    first, length = _longest(found[1])
    if not first and text.startswith(".", found.end(1)) and (abbreviated := find_unit(found[1] + ".")):
        return abbreviated, found.end(1) + 1
    if not first:
        return None, 0
    second = find_unit(found[2]) if found[2] and length == len(found[1]) else None
    if not second or "length" not in first or "time" not in second:
        return first, length
    return {"length/time": first["length"] / second["time"]}, found.end()


def _longest(word: str) -> tuple[Unit | None, int]:
    """A unit in scripts without blanks may be followed by anything."""
    if unit := find_unit(word):
        return unit, len(word)
    if word[0].isascii() and word[0].isalpha():
        latin = re.match("[A-Za-z]+(?=[^\\x00-\u2e7f])", word)
        return (find_unit(latin[0]), latin.end()) if latin else (None, 0)
    return next(
        ((unit, n) for n in range(min(len(word) - 1, 6), 0, -1) if (unit := find_unit(word[:n]))), (None, 0)
    )


def common_scale(one: Unit, other: Unit) -> tuple[Fraction, Fraction] | None:
    """How many of a common base unit each is, or None where they measure different things."""
    cent = {"cent": Fraction(1)}
    hundred = Fraction(100)
    for measure in one.keys() & other.keys():
        return one[measure], other[measure]
    if one == cent and other.keys() & {"usd", "eur", "brl"}:
        return Fraction(1), hundred
    if other == cent and one.keys() & {"usd", "eur", "brl"}:
        return hundred, Fraction(1)
    return None
