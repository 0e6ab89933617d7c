# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds numbers in a phrase that only the answer has: results, intermediate results and other facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sysgen_distilabel.checks.leak_numbers import Number, Numbers
from sysgen_distilabel.checks.leak_text import Text
from sysgen_distilabel.checks.leak_vocabulary import vocabulary

_NEXT: Final = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0963])*|[.!?。！？।\n;]")
_MOST_COMPARED: Final = 200
_TELLING: Final = 5
"""From here on a number in words is more than the "two" and "three" of any text."""


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
            if (is_asserted and is_result and _counts_the_same(phrase, number, answered)) or (
                not number.is_small
                and _counts_the_same(phrase, number, answered)
                and _is_counted(_next_word(phrase.lower, number.end), asked)
            ):
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


def _is_counted(word: str, asked: Numbers) -> bool:
    """Whether the questions count the same things: pages of a book are no length of the answer."""
    found = asked.found[:_MOST_COMPARED]
    return any(_next_word(asked.text.lower, number.end) == word for number in found)


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
