"""Reads the verifier's reply: lines of text or JSON, one verdict per functionality or phrase."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sysgen_distilabel.functionalities import Verdict

_KEY: Final = re.compile(r"[^\w\n]{0,20}(?:phrase[ ]+[^\w\n]?)?(?P<key>\w+)", re.IGNORECASE)
_ECHOED_PHRASE: Final = re.compile(r"<<\w+>>.*<</\w+>>")
_VERDICT: Final = re.compile(
    r"[^\w\n]{0,20}[:=|>\u2013\u2014-][^\w\n]{0,20}(?P<verdict>good|bad|none)\b", re.IGNORECASE
)
_VERDICTS: Final[dict[str, Verdict]] = {verdict.value.lower(): verdict for verdict in Verdict}


def read_verdicts(reply: str, keys: Iterable[str]) -> dict[str, Verdict]:
    """Find the verdict for each key in the verifier's reply.

    Reads a JSON object or a JSON list of objects, also inside a Markdown fence, and otherwise
    lines such as `Role: Good`, `<<Role>>: Good` or `1: Bad`. A key with two different verdicts is
    unreadable and left out: it is never taken for Good.

    Args:
        reply: the verifier's text, without a reasoning block.
        keys: functionality names, or phrase numbers as text.

    Returns:
        The verdicts that could be read; keys without one are missing.
    """
    wanted = {key.lower(): key for key in keys}
    pairs = _pairs_from_json(reply)
    if pairs is None:
        pairs = [pair for line in reply.splitlines() if (pair := _pair_from_line(line))]
    found: dict[str, set[Verdict]] = {}
    for name, word in pairs:
        key, verdict = wanted.get(name.lower()), _VERDICTS.get(word.strip().lower())
        if key is not None and verdict is not None:
            found.setdefault(key, set()).add(verdict)
    return {key: verdicts.pop() for key, verdicts in found.items() if len(verdicts) == 1}


def _pair_from_line(line: str) -> tuple[str, str] | None:
    """Name and verdict of a line such as `- **Role**: Good` or `1. <<Role>>You are ...<</Role>>: Good`."""
    key = _KEY.match(line)
    if key is None:
        return None
    verdict = _VERDICT.match(_ECHOED_PHRASE.sub("", line[key.end() :]))
    return (key["key"], verdict["verdict"]) if verdict else None


def _pairs_from_json(reply: str) -> list[tuple[str, str]] | None:
    """Name and verdict of every entry, or `None` if the reply is not JSON."""
    starts = [place for place in (reply.find("{"), reply.find("[")) if place >= 0]
    if not starts:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(reply, min(starts))
    except (ValueError, RecursionError):
        return None
    if (
        isinstance(value, Mapping)
        and len(value) == 1
        and isinstance(inner := next(iter(value.values())), list)
    ):
        value = inner
    if isinstance(value, list):
        return [pair for entry in value if (pair := _pair_from_entry(entry))]
    if isinstance(value, Mapping):
        return [(name, word) for name, word in value.items() if isinstance(word, str)]
    return None


def _pair_from_entry(entry: Any) -> tuple[str, str] | None:
    """Name and verdict of `{"functionality": "Role", "verdict": "Good"}` or `{"phrase": 1, ...}`."""
    if not isinstance(entry, Mapping):
        return None
    name = entry.get("functionality", entry.get("phrase", entry.get("tag")))
    word = entry.get("verdict", entry.get("label"))
    return (str(name), word) if isinstance(name, str | int) and isinstance(word, str) else None
