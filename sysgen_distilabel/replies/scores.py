"""Reads what a judge replies: a score from 1 to 5, or yes and no per criterion. Unreadable is unreadable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sysgen_distilabel.replies.grammars import strict_object
from sysgen_distilabel.replies.json_values import find_objects

_SCORE: Final = re.compile(
    r"(?P<result>\[RESULT\])?(?:(?<=\[RESULT\])|\b(?:score|rating|grade)\b)"
    r"(?:[\s*_`]*[(\[][^()\[\]\n]{1,60}[)\]](?=[\s*_`]*[:\uff1a=]))?"  # a scale or a remark before the colon
    r"(?:\W|\b(?:is|of|on|a|an|the|would|be|given|as|boxed)\b){0,12}?"
    r"(?P<number>\d+(?:\.\d+)?)(?P<more>\s*(?:[-\u2013\u2014~]|to|or)\s*\d)?",
    re.IGNORECASE,
)
_REMARK: Final = r"(?:\s*\([^()\n]{1,40}\))?"
_RANGE: Final = (
    rf"(?<![\d.])[01]{_REMARK}\s*(?:-|\u2013|\u2014|~|\.{{2,3}}|\u2026|\u2264|\u2192|(?:up )?to|through|until"
    rf"|and|bis|a|\u00e0|\u81f3|\u5230)\s*5(?![\d.])(?:\s*(?:points?|stars?|\u5206)(?!\w))?{_REMARK}"
)
_SCALE: Final = re.compile(
    rf"[(\[{{][^()\[\]{{}}\n:\d]{{0,40}}{_RANGE}[^()\[\]{{}}\n:2346789]{{0,60}}[)\]}}]"
    rf"|[(\[{{]?(?:\b(?:on\s+)?(?:a\s+)?scale\s+(?:of|from)?\s*)?(?:\b(?:from|between)\s+)?{_RANGE}"
    r"(?:\s+scale\b)?[)\]}]?"
    r"|\b1\s*(?P<comma>[,|/;])\s*2\s*(?P=comma)\s*3\s*(?P=comma)\s*4(?P=comma)?\s*(?:or|and|(?P=comma))?\s*5\b"
    r"|[(\[{]\s*[01]\s*[,;]\s*5\s*[)\]}]"
    r"|[(\[][^()\[\]\n]*\b[15]\s*=[^()\[\]\n]*[)\]]"
    r"|\b5[- ]points?(?:\s+likert)?\s+(?:rating\s+)?scale\b"
    r"|\b[15]\s+being\s+(?:the\s+)?\w+",
    re.IGNORECASE,
)
"""The scale itself, which a judge may repeat before its score."""

_OUT_OF_FIVE: Final = re.compile(
    r"(?<=\d)\s*(?:/|\bout\s+of\b|\bof\b)\s*5(?![\d.])|\bout\s+of\s+5(?![\d.])", re.I
)
_OTHER_SCALE: Final = re.compile(
    r"(?<=\d)\s*(?:/|\bout\s+of\b)\s*\d+|(?<![\d.])[01]\s*(?:-|\u2013|to)\s*10+\b", re.I
)
_CHECK: Final = re.compile(r"^\W{0,5}(\w+)\W{1,5}(\w+)\W*$", re.MULTILINE)
_YES: Final = frozenset({"yes", "true", "是"})
_NO: Final = frozenset({"no", "false", "否"})


def score_schema() -> dict[str, Any]:
    """The JSON schema of a graded response."""
    return strict_object(
        {"feedback": {"type": "string"}, "score": {"type": "integer", "enum": [1, 2, 3, 4, 5]}}
    )


def check_schema(criteria: Iterable[str]) -> dict[str, Any]:
    """The JSON schema of the verdicts on criteria with these ids."""
    verdicts = strict_object({name: {"type": "string", "enum": ["yes", "no"]} for name in criteria})
    return strict_object({"reason": {"type": "string"}, "verdicts": verdicts})


def read_score(reply: str) -> tuple[int | None, str]:
    """The score and what the judge says of it.

    Reads a JSON object with `score`, or in a text `[RESULT] 4` or else what follows the word score. The
    scale that a judge repeats before it, as in `Score (1-5): 4`, is none. Two different scores, a
    fraction, one outside of 1 to 5 and one on another scale are no score.
    """
    found = [(item, value) for value in find_objects(reply) for item in _scores_in(value)]
    if found:
        scores = {_whole(item) for item, _ in found}
        feedback = next((str(text) for _, value in found if (text := value.get("feedback"))), "")
        return (scores.pop() if len(scores) == 1 else None), feedback
    plain = _OUT_OF_FIVE.sub("", _SCALE.sub("", unicodedata.normalize("NFKC", reply)))
    matches = list(_SCORE.finditer(plain))
    results = [match for match in matches if match["result"]] or matches
    scores = {None if match["more"] else _whole(match["number"]) for match in results}
    is_ours = not _OTHER_SCALE.search(plain)
    return (scores.pop() if len(scores) == 1 and is_ours else None), reply.strip()


def _scores_in(value: Mapping[str, Any]) -> list[Any]:
    return [item for name, item in value.items() if name.lower() == "score" and not isinstance(item, Mapping)]


def read_checks(reply: str, criteria: Iterable[str]) -> tuple[dict[str, bool], str]:
    """The verdicts that can be read, by the id of their criterion, and the reason given.

    Reads a JSON object, with the verdicts in it or in one of its fields, or lines such as
    `1. yes`. A criterion with two different verdicts has none.
    """
    wanted = {name.casefold(): name for name in criteria}
    for value in find_objects(reply):
        reason = next((text for text in value.values() if isinstance(text, str) and len(text) > 5), "")
        nested = [inner for inner in value.values() if isinstance(inner, Mapping)]
        for candidate in [*nested, value]:
            if checks := _take_checks(candidate.items(), wanted):
                return checks, reason
    return _take_checks(_CHECK.findall(reply), wanted), reply.strip()


def _take_checks(pairs: Iterable[tuple[Any, Any]], wanted: Mapping[str, str]) -> dict[str, bool]:
    found: dict[str, set[bool]] = {}
    for key, word in pairs:
        name, said = wanted.get(str(key).casefold()), str(word).strip().casefold()
        if name is not None and said in _YES | _NO:
            found.setdefault(name, set()).add(said in _YES)
    return {name: verdicts.pop() for name, verdicts in found.items() if len(verdicts) == 1}


def _whole(value: Any) -> int | None:
    text = _OUT_OF_FIVE.sub("", _SCALE.sub("", value)).strip() if isinstance(value, str) else value
    try:
        number = float(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if number in (1, 2, 3, 4, 5) and not isinstance(value, bool) else None
