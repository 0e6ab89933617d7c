"""Minus signs, and parts of one that stand without a number, where they are written in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from sysgen_distilabel.checks.word_tables import answer_words

_OPERAND = re.compile(r"[\d)°%€$]\S*\s*$")
_AT_LEAST = frozenset({"al", "lo", "pelo", "au", "du", "ou", "o", "más", "mais", "not"})
"""Words with which "menos" and "moins" speak of the least, or of about so much."""
_DIGIT = re.compile(r"\d")
_SENTENCE_MARKS = ".!?\n\u3002\uff01\uff1f\u0964\u061f"
_UNIT = r"\s?(?:°\s?[CF]?|[^\W\d_]{1,12})?(?:\s(?:celsius|fahrenheit))?"


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Of one language: `signs` are parts of words of which one stands in every text that the others match."""

    signs: tuple[str, ...]
    words: tuple[str, ...]
    minus: re.Pattern[str]
    below: re.Pattern[str] | None
    units: tuple[str, ...]
    one: re.Pattern[str] | None
    more: re.Pattern[str] | None
    part: re.Pattern[str]
    parts: dict[str, str]


def signs_to_digits(text: str, language: str) -> str:
    """A text in digits with signs for words: "minus 3" and "3 degrees below 0" as -3, "half of it" as 1/2."""
    patterns = _load_patterns(language or "en")
    if not patterns:
        return text
    lower = text.lower()
    if patterns.one and any(map(lower.__contains__, patterns.units)):
        text = patterns.one.sub("1 ", text)
    if patterns.more:
        text = patterns.more.sub(r"\1.5\2", text)
    if not any(map(lower.__contains__, patterns.signs)):
        return text
    if any(part in lower for part in patterns.parts):
        text = patterns.part.sub(lambda found: _to_part(found, patterns.parts), text)
    if any(word in lower for word in patterns.words):
        text = patterns.minus.sub(_to_sign, text)
    return patterns.below.sub(r"-\1\2", text) if patterns.below else text


def _to_sign(found: re.Match[str]) -> str:
    """A minus sign for the word, unless it stands between the two numbers of a subtraction."""
    left = found["left"] or ""
    word = left.strip().lower()
    is_operand = len(word) == 1 or word.isdecimal() or _OPERAND.search(found.string[: found.start()][-12:])
    return found[0] if is_operand or word in _AT_LEAST else f"{left}-"


def _to_part(found: re.Match[str], parts: dict[str, str]) -> str:
    """1/2 for "half", in a sentence without a number: in others it is often a step ("half of 48 is 24")."""
    text = found.string
    start = max(text.rfind(mark, 0, found.start()) for mark in _SENTENCE_MARKS) + 1
    ends = [end for mark in _SENTENCE_MARKS if (end := text.find(mark, found.end())) >= 0]
    if _DIGIT.search(text, start, min(ends, default=len(text))):
        return found[0]
    return parts[found[0].lower()]


@cache
def _load_patterns(language: str) -> _Patterns | None:
    table = answer_words()["signs_in_words"].get(language)
    if not table:
        return None
    minus, below = table["minus"].split(), table.get("below", "")
    parts = {word: part for part in ("1/2", "1/3", "1/4") for word in table.get(part, "").split()}
    units = table.get("hours", "").split()
    spaced = language not in ("zh", "ja", "ko")
    before, gap, edge = (
        (r"(?<![\w)°%])(?P<left>[^\W_]+\s+)?", r"\s+", r"\b") if spaced else ("(?P<left>)", r"\s?", "")
    )
    return _Patterns(
        (*minus, *(re.findall(r"\w+", below)[:1]), *parts),
        tuple(minus),
        re.compile(rf"{before}(?:{'|'.join(minus)}){gap}(?=\d)", re.IGNORECASE),
        re.compile(rf"(?<![\w.,-])(\d+(?:[.,]\d+)?)({_UNIT}) {below}", re.IGNORECASE) if below else None,
        tuple(units),
        _one_of(table["one"].split(), units) if units else None,
        re.compile(rf"(\d+) ?{table['more']}") if "more" in table else None,
        re.compile(
            rf"{edge}(?:{'|'.join(parts)}){edge}(?! (?:past|an hour|and|as|time|of an?)\b)(?!-)",
            re.IGNORECASE,
        ),
        parts,
    )


def _one_of(one: list[str], hours: list[str]) -> re.Pattern[str]:
    """The word for one before a unit that a number of smaller ones follows: "one hour and 45 minutes"."""
    unit = rf"(?:{'|'.join(hours)})(?:,|\s+(?:and|und|et|y|e|и))?\s+\d"
    return re.compile(rf"\b(?:{'|'.join(one)})\s+(?={unit})", re.IGNORECASE)
