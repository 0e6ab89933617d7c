"""Reads how long an engine asks to wait, from the headers of its answer or from its words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

DAY: Final = 86_400.0
"""Seconds that a quota by day, by month or until tomorrow counts as."""

_HEADERS: Final = ("retry-after-ms", "retry-after", "x-ratelimit-reset")
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY}
_UNIT: Final = r"(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![a-z])"
_PART: Final = rf"(\d+(?:\.\d+)?)\s*({_UNIT})"
_DURATION: Final = re.compile(rf"(?:{_PART},?\s*(?:and\s+)?)+", re.IGNORECASE)
_PARTS: Final = re.compile(_PART, re.IGNORECASE)
_SAID: Final = re.compile(
    r"(?:try again|retry(?:ing)?|wait|available|resets?|come back)\b[^.;:\d]{0,40}?\b(?:in|after|for|wait)\s+"
    r"|\"retryDelay\"\s*:\s*\"",
    re.IGNORECASE,
)
_BY_DAY: Final = re.compile(
    r"\bper[ _-]?(?:day|month)\b|PerDay|\b(?:daily|monthly)\b|\btomorrow\b|\((?:RPD|TPD)\)", re.IGNORECASE
)
_EPOCH: Final = 1e9  # seconds from here on are a date, from here on times 1000 in milliseconds


def read_retry_after(headers: Mapping[str, Any] | None, words: str) -> float | None:
    """Seconds until the next request makes sense, `None` if the engine does not say or talks nonsense.

    Args:
        headers: of the answer; `Retry-After` in seconds or as a date, `retry-after-ms`, and the reset of
            a rate limit. A header that is there wins over the words.
        words: the body of the answer, where "try again in 6m0s" or "per day" may stand.
    """
    for name, value in _pick(headers):
        if (seconds := _read_value(value)) is not None:
            return seconds / 1000 if name.endswith("-ms") else seconds
    for said in _SAID.finditer(words):
        if duration := _DURATION.match(words, said.end()):
            return _sum_up(duration[0])
    return DAY if _BY_DAY.search(words) else None


def name_duration(seconds: float) -> str:
    """A duration as people say it, such as `24 h`."""
    for unit, length in (("h", 3600.0), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.2g} s"


def _pick(headers: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    there = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    return [(name, there[name]) for name in _HEADERS if there.get(name)]


def _read_value(value: str) -> float | None:
    if _DURATION.fullmatch(value.strip()):
        return _sum_up(value)
    try:
        seconds = float(value)
    except ValueError:
        return _read_date(value)
    if seconds >= _EPOCH:
        seconds = (seconds / 1000 if seconds >= 1000 * _EPOCH else seconds) - datetime.now(UTC).timestamp()
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _read_date(value: str) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _sum_up(duration: str) -> float:
    total = 0.0
    for number, unit in _PARTS.findall(duration):
        short = unit.lower()
        total += float(number) * _UNITS["ms" if short.startswith(("ms", "milli")) else short[0]]
    return total
