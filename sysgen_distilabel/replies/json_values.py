"""Finds the JSON in what a model wrote, wherever it stands: alone, in a fence, line by line, in prose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_START: Final = re.compile(r"[{\[]")
_TRAILING_COMMA: Final = re.compile(r",(?=\s*[}\]])")
_CURLY_QUOTES: Final = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\uff02": '"'})
_MOST_TRIES: Final = 40
"""Brackets that begin no JSON; each costs a look at what follows it."""


def find_json(text: str) -> list[Any]:
    """The JSON objects and arrays in a text, in order; those inside another are parts of it.

    Line breaks inside strings are let pass. Where there is none otherwise, a comma before a closing
    bracket and typographic quotation marks are, too.
    """
    return list(_read(text)) or list(_read(_TRAILING_COMMA.sub("", text.translate(_CURLY_QUOTES))))


def find_objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects in a text, those in arrays and in other objects included, outer ones first."""
    return list(_walk(find_json(text)))


def _read(text: str) -> Iterator[Any]:
    decoder, place, tries = json.JSONDecoder(strict=False), 0, 0
    while tries < _MOST_TRIES and (start := _START.search(text, place)):
        try:
            value, place = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            place, tries = start.end(), tries + 1
        else:
            yield value


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    """Breadth first, without recursion: a model may nest as deeply as it likes."""
    queue = [value]
    for item in queue:
        if isinstance(item, Mapping):
            yield dict(item)
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
