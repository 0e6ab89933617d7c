"""Reads the reply of a verifier or judge: lines of text or JSON, one label per key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar

from sysgen_distilabel.functionalities import Verdict

_KEY: Final = re.compile(r"[^\w\n]{0,20}(?:phrase[ ]+[^\w\n]?)?(?P<key>\w+)", re.IGNORECASE)
_ECHOED_PHRASE: Final = re.compile(r"<<\w+>>.*<</\w+>>")
_LABEL: Final = r"[^\w\n]{{0,20}}[:=|>\u2013\u2014-][^\w\n]{{0,20}}(?P<label>{labels})\b"
_UNDERSCORE_OR_DASH: Final = re.compile(r"[_-]")

Label = TypeVar("Label", bound=StrEnum)


def read_verdicts(reply: str, keys: Iterable[str]) -> dict[str, Verdict]:
    """Find the verdict for each key in the verifier's reply; see `read_labels`.

    Args:
        reply: the verifier's text, without a reasoning block.
        keys: functionality names, or phrase numbers as text.
    """
    return read_labels(reply, keys, Verdict)


def read_labels(reply: str, keys: Iterable[str], labels: type[Label]) -> dict[str, Label]:
    """Find the label for each key in a reply.

    Reads a JSON object or a JSON list of objects, also inside a Markdown fence, and otherwise
    lines such as `Role: Good`, `<<Role>>: Good` or `1: Bad`. A key with two different labels is
    unreadable and left out: it is never taken for the better one.

    Args:
        reply: the text of a verifier or judge, without a reasoning block.
        keys: names as they stand before the labels.
        labels: the labels there are; case is ignored, and `not_aligned` is `Not Aligned`.

    Returns:
        The labels that could be read; keys without one are missing.
    """
    wanted = {key.lower(): key for key in keys}
    known = {label.value.lower(): label for label in labels}
    pairs = _pairs_from_json(reply)
    if pairs is None:
        pattern = _label_pattern(labels)
        pairs = [pair for line in reply.splitlines() if (pair := _pair_from_line(line, pattern))]
    found: dict[str, set[Label]] = {}
    for name, word in pairs:
        key, label = wanted.get(name.lower()), known.get(_normalise(word))
        if key is not None and label is not None:
            found.setdefault(key, set()).add(label)
    return {key: labels_found.pop() for key, labels_found in found.items() if len(labels_found) == 1}


def _normalise(word: str) -> str:
    return _UNDERSCORE_OR_DASH.sub(" ", word.strip().lower())


@cache
def _label_pattern(labels: type[StrEnum]) -> re.Pattern[str]:
    words = (re.escape(label.value).replace(r"\ ", "[ _-]") for label in labels)
    return re.compile(_LABEL.format(labels="|".join(words)), re.IGNORECASE)


def _pair_from_line(line: str, pattern: re.Pattern[str]) -> tuple[str, str] | None:
    """Name and label of a line such as `- **Role**: Good` or `1. <<Role>>You are ...<</Role>>: Good`."""
    key = _KEY.match(line)
    if key is None:
        return None
    label = pattern.match(_ECHOED_PHRASE.sub("", line[key.end() :]))
    return (key["key"], label["label"]) if label else None


def _pairs_from_json(reply: str) -> list[tuple[str, str]] | None:
    """Name and label of every entry, or `None` if the reply is not JSON."""
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
    """Name and label of `{"functionality": "Role", "verdict": "Good"}` or `{"phrase": 1, ...}`."""
    if not isinstance(entry, Mapping):
        return None
    name = entry.get("functionality", entry.get("phrase", entry.get("tag")))
    word = entry.get("verdict", entry.get("label"))
    return (str(name), word) if isinstance(name, str | int) and isinstance(word, str) else None
