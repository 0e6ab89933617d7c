"""Finds the reasoning a model writes before its reply, so that it is never read as output."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = ("think", "thinking", "reasoning")
_OPENING: Final = re.compile(rf"<({'|'.join(_NAMES)})>", re.IGNORECASE)
_LEADING_OPENING: Final = re.compile(rf"\s*+{_OPENING.pattern}", re.IGNORECASE)
_CLOSING: Final = re.compile(rf"</(?:{'|'.join(_NAMES)})>", re.IGNORECASE)
_CLOSINGS: Final = {name: re.compile(f"</{name}>", re.IGNORECASE) for name in _NAMES}
_LEADING_TAG: Final = re.compile(r"\s*+<<")
_REST_OF_LINE: Final = re.compile(r"[ \t]*+$", re.MULTILINE)


def strip_reasoning(text: str) -> str:
    """Take off the reasoning a reply starts with, and the white space after it.

    Reasoning is what stands between `<think>` and `</think>` (or `thinking`, `reasoning`; case does
    not matter) at the very start of the reply, repeatedly; without an end it is the whole reply. Some
    chat templates put `<think>` into the prompt: an end with no opening before it, at the beginning
    or end of a line, ends reasoning too, unless the reply starts with a tag (`<<`). Anything else,
    such as a phrase that speaks of `<think>` tags, is text and stays. A reply without reasoning
    comes back as it is.
    """
    end = find_reasoning_end(text)
    return text[end:].lstrip() if end else text


def find_reasoning_end(text: str) -> int:
    """The offset at which the reasoning a reply starts with is over; 0 if there is none."""
    end = 0
    while opening := _LEADING_OPENING.match(text, end):
        closing = _CLOSINGS[opening[1].lower()].search(text, opening.end())
        if closing is None:
            return len(text)
        end = closing.end()
    return end or _find_orphan_end(text)


def _find_orphan_end(text: str) -> int:
    if _LEADING_TAG.match(text):
        return 0
    for closing in _CLOSING.finditer(text):
        starts_line = closing.start() == 0 or text[closing.start() - 1] == "\n"
        if starts_line or _REST_OF_LINE.match(text, closing.end()):
            opening = _OPENING.search(text, 0, closing.start())
            return 0 if opening else closing.end()
    return 0
