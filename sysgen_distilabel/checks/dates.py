# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Dates, weekdays and times of day as they are written in several languages."""

from __future__ import annotations

import re

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
_WEEKDAY = re.compile(rf"(?<!\w)({'|'.join(sorted(_DAY, key=len, reverse=True))})(?:s)?(?![a-zа-я])")
_TIME = re.compile(
    r"(?<![\d:.])(?P<pre>上午|下午|晚上|中午|早上|午前|午後|오전|오후)?\s?(?P<h>\d{1,2})\s?"
    r"(?:(?P<mark>[:.]|\s?h(?![a-z])\s?|\s?uhr\s?"
    r"|[点點時时시]\s?)(?P<min>\d{2})?(?::\d{2})?\s?分?(?P<post>\s?[ap]\.?\s?m\b\.?)?"
    r"|(?P<only>\s?[ap]\.?\s?m\b\.?))",
)

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
    return [times for match in _TIME.finditer(text.lower()) if (times := _minutes(match))]


def _minutes(match: re.Match[str]) -> frozenset[int]:
    half = (match["post"] or match["only"] or "").strip()[:1]
    if match["pre"]:
        half = "a" if match["pre"] in ("上午", "早上", "午前", "오전") else "p"
    hour, minute = int(match["h"]), int(match["min"] or 0)
    clock = half or match["mark"] not in (".", None)
    if hour > 24 or minute > 59 or not clock or (match["mark"] == ":" and match["min"] is None):
        return frozenset()
    if half:
        return frozenset([(hour % 12 + (12 if half == "p" else 0)) * 60 + minute])
    both = {hour % 24 * 60 + minute} | ({(hour + 12) % 24 * 60 + minute} if 1 <= hour <= 12 else set())
    return frozenset(both)
