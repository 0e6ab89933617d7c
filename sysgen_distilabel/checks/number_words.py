"""Reads numbers that are written in words, in the languages whose system is regular enough to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from sysgen_distilabel.checks.word_lists import read_word_lists

_ALONE: Final = frozenset({"сто", "cien", "cento", "yüz", "tausend", "hundert"})
"""Scales that are numbers by themselves."""
_JOINED_SCALES: Final = (
    ("tausend", 1000),
    ("duizend", 1000),
    ("hundert", 100),
    ("honderd", 100),
    ("cento", 100),
)
_LONGEST_WORD: Final = 60
_ONE: Final = frozenset({"one", "a", "un", "uma", "ein", "eine", "een", "satu"})
_LINKS: Final = frozenset({"and", "y", "e", "et", "und", "en", "и", "و", "i", "-", ","})
_HAN_DIGITS: Final = {mark: at for at, mark in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "兩": 2,
}
_HAN_SCALES: Final = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8}
_KOREAN: Final = ("두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
"""Two to nine as they stand before what is counted."""
_HANGUL_DIGITS: Final = {mark: at for at, mark in enumerate("영일이삼사오육칠팔구")}
_HANGUL_SCALES: Final = {"십": 10, "백": 100, "천": 1000, "만": 10**4}
_HAN_RUN: Final = re.compile("[〇零一二两兩三四五六七八九十百千万萬億亿]{2,16}")
_HAN_COUNTED: Final = re.compile(
    "([两兩二三四五六七八九十])(?=[个個只隻本张張人元円块塊颗顆名件台岁歳枚匹杯瓶箱盒米キ公千美欧週周天日月年倍つ])"
)
_HANGUL_RUN: Final = re.compile(
    r"(?<![가-힣])([일이삼사오육칠팔구십백천만]{2,10})"
    r"(?=\s?(?:개|명|원|권|마리|살|달러|킬로|미터|시간|분|일|년|점|장|대|이다|입니다|임|이라|$|[^가-힣]))"
)


@lru_cache(maxsize=1)
def _scales() -> dict[str, int]:
    lists = read_word_lists("number_words.toml")["scales"]
    return {word: int(value) for value, words in lists.items() for word in words.split()}


@lru_cache(maxsize=1)
def _numerals() -> dict[str, int]:
    """Every single word that is a number below 1000."""
    lists = read_word_lists("number_words.toml")
    words = {word: int(value) for value, forms in lists["more"].items() for word in forms.split()}
    table: dict[str, dict[int, str]] = {}
    for name, first, step in (("units", 2, 1), ("tens", 20, 10), ("irregular", 20, 1)):
        for language, forms in lists[name].items():
            numbered = dict(enumerate(forms.split()))
            named = {first + step * at: word for at, word in numbered.items() if word != "_"}
            words |= {word: value for value, word in named.items()}
            table[language] = table.get(language, {}) | named
    return (
        words | dict(_join_tens(table)) | {f"열{unit}": 10 + at for at, unit in enumerate(_KOREAN, start=2)}
    )


def scale_of(word: str) -> int:
    """What a number before this word is multiplied by: 1000000 for "million"; 1 for other words."""
    return _scales().get(word, 1)


def _join_tens(table: dict[str, dict[int, str]]) -> Iterator[tuple[str, int]]:
    """Tens and units that are written as one word."""
    german, dutch, italian, korean = (table[language] for language in ("de", "nl", "it", "ko"))
    for ten in range(20, 100, 10):
        for unit in range(1, 10):
            value = ten + unit
            yield f"{german.get(unit, 'ein')}und{german[ten]}", value
            one = dutch.get(unit, "een")
            yield f"{one}{'ën' if one.endswith('e') else 'en'}{dutch[ten]}", value
            one = italian.get(unit, {1: "uno", 2: "due", 6: "sei"}.get(unit, ""))
            yield f"{italian[ten][:-1] if one[0] in 'uo' else italian[ten]}{one}", value
            if unit > 1:
                yield f"{korean[ten]}{korean[unit]}", value
                yield f"{korean[ten]}{_KOREAN[unit - 2]}", value


def read_words(words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The numbers in a row of words in lower case: value, index of the first word, index of the last."""
    numerals, scales = _numerals(), _scales()
    total = current = 0
    first = last = -1
    for index, word in enumerate(words):
        value = numerals.get(word)
        if value is None and first >= 0 and word[0] == "و":
            value = numerals.get(word[1:])
        if value is None and len(word) > 9:
            value = _joined_hundreds(word)
        scale = scales.get(word, 0) if value is None else 0
        if value is not None and first >= 0 and current and not _adds(current, value):
            yield total + current, first, last
            total, current, first = 0, 0, -1
        if value is not None:
            current = 80 if (current, value) == (4, 20) else current + value
        elif scale and (first >= 0 or word in _ALONE or (index and words[index - 1] in _ONE)):
            if scale >= 1000:
                total, current = total + max(current, 1) * scale, 0
            else:
                current = max(current, 1) * scale
        else:
            if first >= 0 and (word not in _LINKS or index - last > 1):
                yield total + current, first, last
                total, current, first = 0, 0, -1
            continue
        first, last = index if first < 0 else first, index
    if first >= 0:
        yield total + current, first, last


def _adds(current: int, value: int) -> bool:
    """Whether the number goes on: seventy two, two and seventy, soixante douze."""
    if value >= 100:
        return False
    if current < 10:
        return value >= 20 and value % 10 == 0
    if current < 100:
        return current % 10 == 0 and current >= 20 and (value < 10 or (value < 20 and current in (60, 80)))
    return current % 100 == 0 or _adds(current % 100, value)


def _joined_hundreds(word: str) -> int | None:
    """A long number word of German, Dutch or Italian, such as dreihundertfünfundsechzig."""
    for name, scale in _JOINED_SCALES:
        head, found, tail = word.partition(name)
        if found and len(word) <= _LONGEST_WORD:
            many = 1 if head in ("", "ein", "een") else _joined(head)
            rest = _joined(tail.removeprefix("und")) if tail else 0
            return many * scale + rest if many and rest is not None else None
    return None


def _joined(part: str) -> int | None:
    return _numerals().get(part) or _joined_hundreds(part)


def read_unspaced(text: str) -> Iterator[tuple[int, int, int]]:
    """The numbers written in Chinese characters or Hangul: value, start, end."""
    for found in _HAN_RUN.finditer(text):
        value = _positional(found[0], _HAN_DIGITS, _HAN_SCALES)
        if value is not None and value > 1:
            yield value, found.start(), found.end()
    for found in _HAN_COUNTED.finditer(text):
        mark = found[0]
        if found.start() and _HAN_RUN.match(text, found.start() - 1):
            continue
        yield (10 if mark == "十" else _HAN_DIGITS[mark]), found.start(), found.end()
    for found in _HANGUL_RUN.finditer(text):
        value = _positional(found[1], _HANGUL_DIGITS, _HANGUL_SCALES)
        if value is not None and value > 9:
            yield value, found.start(1), found.end(1)


def _positional(marks: str, digits: dict[str, int], scales: dict[str, int]) -> int | None:
    """The value of numerals with written-out places; None if they are not one number."""
    if not any(mark in scales for mark in marks):
        return int("".join(str(digits[mark]) for mark in marks)) if len(marks) > 2 else None
    total = section = digit = 0
    for mark in marks:
        if mark in digits:
            digit = digits[mark]
            continue
        scale = scales[mark]
        if scale >= 10**4:
            total, section, digit = total + max(section + digit, 1) * scale, 0, 0
        else:
            section, digit = section + max(digit, 1) * scale, 0
    return total + section + digit
