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

_HEADERS: Final = (
    "retry-after-ms", "retry-after", "x-ratelimit-reset", "x-ratelimit-reset-after", "ratelimit-reset",
    "x-rate-limit-reset",
)  # fmt: skip
_OF_A_KIND: Final = re.compile(
    r"(?P<head>[\w-]*ratelimit-)(?:reset-(?P<kind>[\w-]+)|(?P<kind_before>[\w-]+)-reset)"
)
"""The reset of requests or tokens, each of which has its own; it counts where nothing of it remains."""

_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY}
_UNIT: Final = r"(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![a-z])"
_PART: Final = rf"(\d+(?:\.\d+)?)\s*({_UNIT})"
_DURATION: Final = re.compile(rf"(?:{_PART},?\s*(?:and\s+)?)+", re.IGNORECASE)
_PARTS: Final = re.compile(_PART, re.IGNORECASE)
_SAID: Final = re.compile(
    r"(?:try again|retry(?:ing)?|wait|available|allowed|resets?|come back)\b"
    r"[^.;:\d]{0,40}?\b(?:in|after|for|wait)\s+"
    r"|\bwait\s+(?=\d)|\"retryDelay\"\s*:\s*\"|\bretry_delay\s*\{\s*seconds:\s*",
    re.IGNORECASE,
)
_BY_DAY: Final = re.compile(
    r"\bper[ _-]?(?:day|week|month)\b|/ ?(?:day|month)\b|PerDay|\b(?:daily|weekly|monthly)\b"
    r"|\b(?:tomorrow|midnight)\b|\((?:RPD|TPD)\)|今日|每日|当日|本月",
    re.IGNORECASE,
)
_AT: Final = re.compile(
    r"\b(?:resets?|again|retry|available)\b[^.;\d]{0,40}(\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)",
    re.IGNORECASE,
)
_IN_BRACES: Final = re.compile(r"\d{1,9}(?=\s*\})")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d):(\d\d)(?!\d)")
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
        if in_braces := _IN_BRACES.match(words, said.end()):
            return float(in_braces[0])
        if clock := _CLOCK.match(words, said.end()):
            return float(int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3]))
    if (moment := _AT.search(words)) and (left := _read_date(moment[1])) is not None:
        return left
    return DAY if _BY_DAY.search(words) else None


def name_duration(seconds: float) -> str:
    """A duration as people say it, such as `24 h`."""
    for unit, length in (("h", 3600.0), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.2g} s"


def _pick(headers: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    there = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    of_all = [(name, there[name]) for name in _HEADERS if there.get(name)]
    return of_all or [(name, value) for name, value in there.items() if _is_used_up(name, there)]


def _is_used_up(name: str, headers: Mapping[str, str]) -> bool:
    """Whether this is the reset of something of which nothing remains."""
    reset = _OF_A_KIND.fullmatch(name)
    if reset is None:
        return False
    head, kind, before = reset["head"], reset["kind"], reset["kind_before"]
    remaining = f"{head}remaining-{kind}" if kind else f"{head}{before}-remaining"
    return headers.get(remaining) == "0"


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
        try:
            moment = datetime.fromisoformat(value)
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
