# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds numbers in a phrase that only the answer has, in digits of any script or in words."""

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
from sysgen_distilabel.checks.leak_vocabulary import vocabulary
from sysgen_distilabel.checks.number_words import has_number_word, read_words, scale_of

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
_DIGIT: Final = re.compile(r"[\d\u00bc-\u00be\u2150-\u215e]")
_VULGAR: Final = re.compile(r"[\u00bc-\u00be\u2150-\u215e]")
_ENUMERATOR: Final = re.compile(r"^[ \t]*(?:[-*•]\s*)?\d{1,3}[.)、:](?=\s|[^\d\s])", re.MULTILINE)
_WORD: Final = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0963])+|[-,]")
_NEXT: Final = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0963])*|[.!?。！？।\n;]")
_ALWAYS: Final = re.compile(r"\b24\s?/\s?7\b|\b(?:19|20)\d\ds\b|\b\d+:\d\d\b(?=\s*(?:format|clock))")
_RESULT: Final = re.compile(r"(?:####|\\boxed\{|=|＝|≈)\s*[^\w\n-]{0,6}$")
_MOST: Final = 4000
_MOST_COMPARED: Final = 200
_ROUND: Final = 6
_TELLING: Final = 5
"""From here on a number in words is more than the "two" and "three" of any text."""


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
        spelled = _spelled_as_digits(text.lower)
        self.text = text if spelled == text.lower else Text(spelled)
        self.found: list[Number] = []
        if _DIGIT.search(spelled):
            self.found += _read_digits(_ALWAYS.sub(blank, _ENUMERATOR.sub(blank, spelled)))
        if has_number_word(self.text.tokens):
            self.found += _read_words(spelled)

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
    if lower.isascii():
        return lower
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


def _read_words(lower: str) -> Iterator[Number]:
    places = [(found[0], found.start()) for found in _WORD.finditer(lower)]
    for value, first, last in read_words([word for word, _ in places]):
        word, start = places[last]
        yield _number({float(value)}, places[first][1], start + len(word), True)


def find_number_leaks(numbers: Numbers, asked: Numbers, answered: Numbers, is_manner: bool) -> Iterator[str]:
    """The numbers of a phrase that are in the answers, not in the questions, and not about form.

    Args:
        numbers: the numbers of the phrase.
        asked: the numbers known before the answers.
        answered: the numbers of the answers.
        is_manner: whether the phrase is about role or style, where small numbers speak of age and experience.
    """
    phrase = numbers.text
    is_asserted = bool(numbers.found) and phrase.is_asserted
    for number in numbers.found:
        if not answered.values & number.values:
            continue
        is_result = bool(answered.results & number.values)
        if asked.values & number.values and not (is_result and _is_answer(phrase, number)):
            continue
        if speaks_of_form(phrase, number):
            if is_asserted and is_result and _counts_the_same(phrase, number, answered):
                yield phrase.raw[number.start : number.end]
        elif not number.is_small or (
            (is_asserted or not is_manner) and _is_fact(phrase, number, answered, is_asserted)
        ):
            yield phrase.raw[number.start : number.end]


def _is_fact(phrase: Text, number: Number, answered: Numbers, is_asserted: bool) -> bool:
    """Whether a small count is a fact of the answer: its result, or a count of the same things."""
    if is_asserted and answered.results & number.values and not number.values <= {0.0, 1.0}:
        return True
    if answered.results & number.values and _is_answer(phrase, number):
        return True
    if number.in_words and not is_asserted and max(number.values) < _TELLING:
        return False
    return _counts_the_same(phrase, number, answered)


def _counts_the_same(phrase: Text, number: Number, answered: Numbers) -> bool:
    """Whether the same word stands behind the number in the answers."""
    following = _next_word(phrase.lower, number.end)
    return bool(following) and any(
        _next_word(answered.text.lower, other.end) == following
        for other in answered.found[:_MOST_COMPARED]
        if other.values & number.values
    )


def _next_word(lower: str, end: int) -> str:
    found = _NEXT.search(lower, end, end + 24)
    return found[0][: 1 if found[0][0] > "\u2e80" else 5] if found else ""


_ANSWER: Final = re.compile(
    r"(?:answer|result|total|solution|respuesta|resultado|réponse|résultat|antwort|ergebnis|lösung|resposta|"
    r"ответ|результат|risposta|risultato|答案|结果|答え|正解|결과|정답|답|الجواب|الإجابة|النتيجة|الناتج|"
    r"उत्तर|परिणाम|cevap|sonuç|#### ?)\W{0,4}(?:(?:is|be|must|should|comes to|es|ist|lautet|est|é|è|"
    r"равен|равно|是|为|は|が|은|는|هو|هي|है)\W{0,4}){0,2}(?:exactly\s)?[$€£¥₹]?\s?$"
)
"""What stands before a number that a phrase calls the answer."""


def _is_answer(phrase: Text, number: Number) -> bool:
    return bool(_ANSWER.search(phrase.lower, max(0, number.start - 40), number.start))


def speaks_of_form(phrase: Text, number: Number) -> bool:
    """Whether a number is one of length, form, audience or version, such as "in 3 bullet points"."""
    words = vocabulary()
    lower = phrase.lower
    after = lower[number.end : number.end + 40]
    if after.lstrip(" -‐‑至到~〜–—0123456789").startswith(words.units_unspaced):
        return True
    following: list[str] = []
    for found in _NEXT.finditer(after):
        if not found[0][0].isalpha():
            break
        following.append(found[0])
        if len(following) == 4:
            break
    if any(_is_unit(word, words.units) for word in following):
        return True
    before = re.findall(r"[^\W\d_]+", lower[max(0, number.start - 30) : number.start])[-4:]
    return any(word in words.units_before for word in before)


def _is_unit(word: str, units: frozenset[str]) -> bool:
    return any(
        word[:length] in units for length in range(1, len(word) + 1) if length > 2 or length == len(word)
    )
