"""Reads what a judge replies: a score from 1 to 5, or yes and no per criterion. Unreadable is unreadable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

_SCORE: Final = re.compile(r"(?:\[RESULT\]|\bscore)\W{0,5}(\d+(?:\.\d+)?)", re.IGNORECASE)
_CHECK: Final = re.compile(r"^\W{0,5}(\w+)\W{1,5}(\w+)\W*$", re.MULTILINE)
_YES: Final = frozenset({"yes", "true", "是"})
_NO: Final = frozenset({"no", "false", "否"})


def score_schema() -> dict[str, Any]:
    """The JSON schema of a graded response."""
    return _object({"feedback": {"type": "string"}, "score": {"type": "integer", "enum": [1, 2, 3, 4, 5]}})


def check_schema(criteria: Iterable[str]) -> dict[str, Any]:
    """The JSON schema of the verdicts on criteria with these ids."""
    verdicts = _object({name: {"type": "string", "enum": ["yes", "no"]} for name in criteria})
    return _object({"reason": {"type": "string"}, "verdicts": verdicts})


def read_score(reply: str) -> tuple[int | None, str]:
    """The score and what the judge says of it.

    Reads a JSON object with `score`, or `[RESULT] 4` in a text. Two different scores, a fraction,
    or one outside of 1 to 5 are no score.
    """
    found = next((value for value in _objects(reply) if "score" in value), None)
    if found is not None:
        return _whole(found["score"]), str(found.get("feedback", ""))
    scores = {_whole(text) for text in _SCORE.findall(reply)}
    return (scores.pop() if len(scores) == 1 else None), reply.strip()


def read_checks(reply: str, criteria: Iterable[str]) -> tuple[dict[str, bool], str]:
    """The verdicts that can be read, by the id of their criterion, and the reason given.

    Reads a JSON object, with the verdicts in it or in one of its fields, or lines such as
    `1. yes`. A criterion with two different verdicts has none.
    """
    wanted = {name.casefold(): name for name in criteria}
    for value in _objects(reply):
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


def _objects(reply: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text, one after the other."""
    place, decoder = reply.find("{"), json.JSONDecoder(strict=False)
    while place >= 0:
        try:
            value, end = decoder.raw_decode(reply, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            yield value
        place = reply.find("{", end)


def _whole(value: Any) -> int | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number in (1, 2, 3, 4, 5) and not isinstance(value, bool) else None


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
