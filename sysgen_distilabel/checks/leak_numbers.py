# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Reads the numbers of a text, in digits of any script or in words, without knowing its language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sysgen_distilabel.checks.added_number_words import added_words_to_digits
from sysgen_distilabel.checks.hanzi import hanzi_to_digits, korean_to_digits
from sysgen_distilabel.checks.leak_text import Text, blank
from sysgen_distilabel.checks.number_words import (
    ambiguous_words,
    has_number_word,
    read_words,
    scale_of,
)
from sysgen_distilabel.checks.reading_language import reading_language

_DIGITS: Final = re.compile(
    r"(?<![A-Za-z_\d#])(?<!\d[.,])"
    r"(\d{1,3}(?:[ \u00a0\u202f'’٬]\d{3}){1,6}(?!\d)(?:[.,٫]\d{1,12})?|\d{1,24}(?:[.,٫٬]\d{1,24}){0,8})"
    r"(?:\s?[/⁄]\s?(\d{1,24})(?![\d/]))?([\u00bc-\u00be\u2150-\u215e])?"
)
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_SCRIPTS: Final = {
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
}
_VULGAR: Final = re.compile(r"[\u00bc-\u00be\u2150-\u215e]")
_ENUMERATOR: Final = re.compile(r"^[ \t]*(?:[-*•]\s*)?\d{1,3}[.)、:](?=\s|[^\d\s])", re.MULTILINE)
_WORD: Final = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0963])+|[-,]")
_ALWAYS: Final = re.compile(r"\b24\s?/\s?7\b|\b(?:19|20)\d\ds\b|\b\d+:\d\d\b(?=\s*(?:format|clock))")
_RESULT: Final = re.compile(r"(?:####|\\boxed\{|=|＝|≈)\s*[^\w\n-]{0,6}$")
_MOST: Final = 4000
_ROUND: Final = 6


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: what it may mean, where it stands, and whether it is in words."""

    values: frozenset[float]
    start: int
    end: int
    in_words: bool = False

    @property
    def is_small(self) -> bool:
        """Whether it is a count up to twelve, as any text has them."""
        return all(value == int(value) and abs(value) <= 12 for value in self.values)


class Numbers:
    """The numbers of one text."""

    def __init__(self, text: Text) -> None:
        spelled = text.lower if text.lower.isascii() else _spelled_as_digits(text.lower)
        self.text = text if spelled == text.lower else Text(spelled)
        self.found: list[Number] = []
        if self.text.has_digit:
            self.found += _read_digits(_ALWAYS.sub(blank, _ENUMERATOR.sub(blank, spelled)))
        if has_number_word(self.text.tokens):
            self.found += _read_words(spelled)
        if not ambiguous_words().keys().isdisjoint(self.text.tokens):
            self.found += _read_ambiguous(spelled)

    @cached_property
    def values(self) -> set[float]:
        """All that the numbers may mean."""
        return {value for number in self.found for value in number.values}

    @cached_property
    def results(self) -> set[float]:
        """The numbers that the text arrives at: behind an equals sign, or in its last sentence with any."""
        lower = self.text.lower
        ends = [
            number for number in self.found if _RESULT.search(lower, max(0, number.start - 16), number.start)
        ]
        by_place = sorted(self.found, key=lambda number: number.start)
        if by_place:
            last = by_place[-1]
            cut = max(lower.rfind(mark, 0, last.start) for mark in (". ", "\n", "。", "! ", "? ", "।"))
            ends += [number for number in by_place[-12:] if number.start > cut]
        return {value for number in ends for value in number.values}


def _spelled_as_digits(lower: str) -> str:
    """Numbers in words as digits, where the script tells the language."""
    if _HAN.search(lower):
        lower = hanzi_to_digits(lower, short=False)
    if _HANGUL.search(lower):
        lower = korean_to_digits(lower, short=False)
    for language, script in _SCRIPTS.items():
        if script.search(lower):
            lower = added_words_to_digits(lower, language, short=False)
    return lower


def _read_digits(lower: str) -> Iterator[Number]:
    for count, found in enumerate(_DIGITS.finditer(lower)):
        if count >= _MOST:
            break
        whole, below, vulgar = found.groups()
        readings = _readings(whole)
        tail = lower[found.end() : found.end() + 14].lstrip()
        if tail[:1] in ("%", "％", "٪"):
            readings |= {value / 100 for value in readings}
        else:
            following = _WORD.match(tail)
            scale = scale_of(following[0]) if following else 1
            if scale == 1 and tail[:1] in "万萬亿億만억":
                scale = scale_of(tail[:1])
            if scale > 1:
                readings = {value * scale for value in readings}
        if vulgar:
            readings = {value + unicodedata.numeric(vulgar) for value in readings}
        if below and float(below):
            yield _number({value / float(below) for value in readings}, found.start(), found.end())
            yield _number(_readings(below), found.start(2), found.end(2))
        yield _number(readings, found.start(1), found.end(1))
    for found in _VULGAR.finditer(lower):
        yield _number({unicodedata.numeric(found[0])}, found.start(), found.end())


def _number(values: set[float], start: int, end: int, in_words: bool = False) -> Number:
    return Number(frozenset(round(value, _ROUND) for value in values), start, end, in_words)


def _readings(digits: str) -> set[float]:
    """What the digits may mean: 1.234 is a thousand and more in one country, a little over one in another."""
    digits = re.sub(r"[ \u00a0\u202f'’٬]", "", digits)
    marks = re.findall(r"[.,٫]", digits)
    parts = re.split(r"[.,٫]", digits)
    if not marks:
        return {float(digits)}
    plain = float("".join(parts[:-1]) + "." + parts[-1])
    grouped = all(len(part) in (2, 3) for part in parts[1:-1]) and len(parts[-1]) == 3 and len(parts[0]) <= 3
    if len(marks) == 1:
        return {plain, float("".join(parts))} if grouped and parts[0] != "0" else {plain}
    if len(set(marks)) == 1:
        return {float("".join(parts))} if grouped else {float(part) for part in parts}
    if marks.count(marks[-1]) == 1:
        return {plain}
    return {float(part) for part in parts}


def _read_ambiguous(lower: str) -> Iterator[Number]:
    """Words such as "once", which is eleven in Spanish alone."""
    language = reading_language(lower)
    for found in _WORD.finditer(lower):
        value = ambiguous_words().get(found[0], {}).get(language)
        if value:
            yield _number({float(value)}, found.start(), found.end(), True)


def _read_words(lower: str) -> Iterator[Number]:
    places = [(found[0], found.start()) for found in _WORD.finditer(lower)]
    for value, first, last in read_words([word for word, _ in places]):
        word, start = places[last]
        yield _number({float(value)}, places[first][1], start + len(word), True)
