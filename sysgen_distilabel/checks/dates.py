# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Dates, weekdays and times of day as they are written in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sysgen_distilabel.checks.word_tables import answer_words

_MONTH = {
    word: n for n, words in enumerate(answer_words()["calendar"]["months"], 1) for word in words.split()
}
_DAY = {word: n for n, words in enumerate(answer_words()["calendar"]["weekdays"]) for word in words.split()}
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_DIGIT = re.compile(r"\d")
# These are searched for in lower case, which is far quicker than to ignore case.
_DATES = [
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?:(?P<y>\d{4})\s?[年년]\s?)?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s*(?:de |of |di "
        rf")?(?P<n>{_NAMES})\b\.?,?(?:\s*(?:de |del |of )?(?P<y>\d{{4}}))?",
        rf"\b(?P<n>{_NAMES})\b\.?\s+(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y>\d{{4}}))?",
        rf"\b(?P<n>{_NAMES})\b\.?,?\s+(?:de |of )?(?P<y>\d{{4}})",
        r"(?<![\d/.-])(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})(?!\d)",
    )
]
_WEEKDAY = re.compile(
    rf"(?:(?<!\w)|(?=[\u3040-\u9fff]))({'|'.join(sorted(_DAY, key=len, reverse=True))})(?:s)?(?![a-zа-я])"
)
_TIME = re.compile(
    r"(?<![\d:.])(?P<pre>上午|下午|晚上|中午|早上|午前|午後|오전|오후)?\s?(?P<h>\d{1,2})\s?"
    r"(?:(?P<mark>[:.]|\s?h(?![a-z])\s?|\s?uhr\s?"
    r"|[点點時时시](?![間间간])\s?)(?P<min>\d{2})?(?::\d{2})?\s?分?(?P<uhr>\s?(?:uhr|(?<=\d\d\.\d\d)\s?h(?!\w)|(?<=\d\d\.\d\d\s)h(?!\w)))?(?P<post>\s?[ap]\.?\s?m\b\.?)?"
    r"|(?P<only>\s?[ap]\.?\s?m\b\.?))",
)
_PART = r"(?P<part>half|1/2|(?:an? )?quarter|1/4|viertel|\d{1,2} minut(?:es|en))"
_HOUR = r"(?P<h>\d{1,2})(?![:.]?\d)"
_AT = r"\b(?:las?|às|alle|à) "
_SPOKEN = [  # an hour and a part of one, in numbers as `to_digits` writes them
    (re.compile(pattern), sign)
    for pattern, sign in (
        (rf"\b{_PART} (?:past|after|nach) {_HOUR}\b", 1),
        (rf"\b{_PART} (?:to|before|till|vor) {_HOUR}\b", -1),
        (rf"\b(?P<part>halb) {_HOUR}\b", -1),
        (rf"\b{_HOUR}(?: heures?| ?h) (?:et )?(?P<part>1/2|1/4|demie|quart)\b", 1),
        (rf"\b{_HOUR}(?: heures?| ?h) moins (?:le )?(?P<part>1/4|quart)\b", -1),
        (rf"{_AT}{_HOUR} (?:y |e )?(?P<part>1/2|1/4|media|mei[oa]|mezz[ao]|cuarto|(?:un )?quarto)\b", 1),
        (rf"{_AT}{_HOUR} (?:menos|meno)(?: un)? (?P<part>1/4|cuarto|quarto)\b", -1),
        (rf"{_HOUR}\s?[点點時时시]\s?(?P<part>半|반)", 1),
    )
]
_SPOKEN_SIGNS = ("past", "after", "nach", " to ", "before", "till", " vor ", "halb", "1/2", "1/4", "demie",
    "media", "mei", "mezz", "quart", "cuart", "半", "반")  # fmt: skip
"""Every spoken time holds one of these, which is seen far quicker."""
_MORNING = re.compile(
    r"\b(?:in the morning|morgens|vormittags|de la mañana|du matin|da manhã|di mattina|утра)\b"
)
_EVENING = re.compile(
    r"\b(?:in the (?:afternoon|evening)|at night|nachmittags|abends|de la (?:tarde|noche)"
    r"|de l'après-midi|du soir"
    r"|da (?:tarde|noite)|di sera|del pomeriggio|дня|вечера)\b"
)

_HALF_DAY = 12 * 60

Date = tuple[int | None, int, int | None]
"""Year, month and day; None where it is not said."""


def find_dates(text: str) -> list[frozenset[Date]]:
    """The dates of a text in plain digits, in their order, each with all that it may mean (3/4/2020)."""
    found: dict[int, tuple[int, frozenset[Date]]] = {}
    lower = text.lower()
    for pattern in _DATES if _DIGIT.search(text) else ():
        for match in pattern.finditer(lower):
            taken = any(start < match.end() and match.start() < end for start, (end, _) in found.items())
            readings = _readings(match.groupdict())
            if readings and not taken:
                found[match.start()] = (match.end(), readings)
    return [found[start][1] for start in sorted(found)]


def _readings(parts: dict[str, str | None]) -> frozenset[Date]:
    year = int(year_text) if (year_text := parts.get("y")) else None
    if year is not None and year < 100:
        year += 2000 if year < 50 else 1900
    day = int(day_text) if (day_text := parts.get("d")) else None
    if parts.get("a"):
        one, other = int(parts["a"] or 0), int(parts["b"] or 0)
        orders = [(other, one)] if parts["s"] == "." else [(one, other), (other, one)]
        return frozenset((year, m, d) for m, d in orders if 1 <= m <= 12 and 1 <= d <= 31)
    month = _MONTH[parts["n"] or ""] if parts.get("n") else int(parts["m"] or 0)
    return (
        frozenset([(year, month, day)])
        if 1 <= month <= 12 and (day is None or 1 <= day <= 31)
        else frozenset()
    )


def same_date(one: frozenset[Date], other: frozenset[Date]) -> bool:
    """Whether two dates may be the same; a part that only one of them says is not held against them."""
    return any(
        all(x is None or y is None or x == y for x, y in zip(a, b, strict=True)) for a in one for b in other
    )


def find_weekdays(text: str) -> list[int]:
    """The weekdays a text names, Monday is 0."""
    return [_DAY[match[1]] for match in _WEEKDAY.finditer(text.lower())]


def find_times(text: str) -> list[frozenset[int]]:
    """The times of day of a text in minutes since midnight; both halves of the day where it does not say
    which."""
    lower = text.lower()
    spoken = list(_spoken_times(lower)) if any(sign in lower for sign in _SPOKEN_SIGNS) else []
    return spoken or [times for match in _TIME.finditer(lower) if (times := _minutes(match))]


def _spoken_times(lower: str) -> Iterator[frozenset[int]]:
    """Times such as "half past 3", "Viertel vor 3", "halb 4", "las 3 y media"."""
    for pattern, sign in _SPOKEN:
        for match in pattern.finditer(lower):
            minutes, hour = _part_of_hour(match["part"]), int(match["h"])
            if not 0 < hour <= 24 or minutes > 59:
                continue
            time = (hour * 60 + sign * minutes) % _HALF_DAY
            after = lower[match.end() : match.end() + 25]
            halves = (0,) if _MORNING.search(after) else (1,) if _EVENING.search(after) else (0, 1)
            yield frozenset(time + half * _HALF_DAY for half in halves)


def _part_of_hour(part: str) -> int:
    if part[0].isdecimal() and "/" not in part:
        return int(part.split()[0])
    return 15 if part in ("1/4", "viertel") or "art" in part else 30


def _minutes(match: re.Match[str]) -> frozenset[int]:
    half = (match["post"] or match["only"] or "").strip()[:1]
    if match["pre"]:
        half = "a" if match["pre"] in ("上午", "早上", "午前", "오전") else "p"
    hour, minute = int(match["h"]), int(match["min"] or 0)
    clock = half or match["uhr"] or match["mark"] not in (".", None)
    if hour > 24 or minute > 59 or not clock or (match["mark"] == ":" and match["min"] is None):
        return frozenset()
    if half:
        return frozenset([(hour % 12 + (12 if half == "p" else 0)) * 60 + minute])
    both = {hour % 24 * 60 + minute} | ({(hour + 12) % 24 * 60 + minute} if 1 <= hour <= 12 else set())
    return frozenset(both)
