"""Puts phrases together to the plain system message, and finds them in it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Final, Literal, get_args

from sysgen_distilabel.functionalities import Functionality, kept_phrases

Layout = Literal["paragraph", "lines", "headings", "bullets", "mixed"]
"""How the phrases are set: one after the other, a line each, under headings, as a list, or drawn per row."""

_LAYOUTS: Final = tuple(layout for layout in get_args(Layout) if layout != "mixed")
_ENDED: Final = re.compile(
    r"[.!?:;\u2026\u3002\uff01\uff1f\u0964\u06d4\u061f][\"'\u201d\u2019\u00bb)\]\u300d\uff09*_]*$|```$"
)
_ITEM: Final = re.compile(r"\s*(?:[-*\u2022|]|\d+[.)])(?:\s|$)")
_STOPS: Final = (
    (re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"), "\u3002"),
    (re.compile(r"[\u0900-\u097f]"), "\u0964"),
    (re.compile(r"[\u0e00-\u0eff]"), ""),  # Thai and Lao put a blank where others put a full stop
)
_UNSPACED_END: Final = re.compile(r"[\u3002\uff01\uff1f\u300d\uff09\u3040-\u30ff\u3400-\u9fff]$")
_UNSPACED_START: Final = re.compile(r"[\u300c\uff08\u3040-\u30ff\u3400-\u9fff]")
_LETTER: Final = re.compile(r"\w")


def compose(phrases: Sequence[tuple[str, str]], layout: Layout, key: str = "") -> str:
    """The plain text of phrases in their order.

    A phrase without a sentence end gets the one of its script; a phrase of several lines starts on a new
    line, and so does what follows it; Chinese and Japanese sentences have no blank between them.

    Args:
        phrases: functionality and text of each.
        layout: how they are set.
        key: decides the layout where it is `mixed`; the same key always gives the same one.
    """
    if layout == "mixed":
        digest = blake2b(key.encode(errors="surrogatepass"), digest_size=8).digest()
        layout = _LAYOUTS[int.from_bytes(digest, "big") % len(_LAYOUTS)]
    texts = [_end_sentence(text) for _, text in phrases]
    if layout == "lines":
        return "\n".join(texts)
    if layout == "bullets":
        return "\n".join("- " + text.replace("\n", "\n  ") for text in texts)
    if layout == "headings":
        return _under_headings([name for name, _ in phrases], texts)
    message = texts[0] if texts else ""
    for before, text in pairwise(texts):
        message += _separate(before, text) + text
    return message


def compose_phrases(phrases: Iterable[Mapping[str, str]], layout: Layout, key: str = "") -> str:
    """The system message that is left of the column `phrases`; see `kept_phrases` and `compose`."""
    kept = [(phrase["functionality"], phrase["text"]) for phrase in kept_phrases(phrases)]
    return compose(kept, layout, key)


def find_phrases(message: str, texts: Sequence[str]) -> list[tuple[int, int]]:
    """Where each phrase stands in a message that was composed of them: start and end, exclusive.

    Raises:
        ValueError: if the message was not composed of them.
    """
    places, place = [], 0
    for text in texts:
        match = re.compile(r"\n {0,2}".join(map(re.escape, text.split("\n")))).search(message, place)
        if match is None:
            raise ValueError(f"the phrase {text[:40]!r} does not stand in the message behind those before it")
        places.append(match.span())
        place = match.end()
    return places


def _end_sentence(text: str) -> str:
    last = text.rsplit("\n", 1)[-1]
    if _ENDED.search(text) or ("\n" in text and _ITEM.match(last)) or not _LETTER.search(last):
        return text
    return text + next((stop for script, stop in _STOPS if script.search(last[-8:])), ".")


def _separate(before: str, text: str) -> str:
    if "\n" in before or "\n" in text:
        return "\n"
    return "" if _UNSPACED_END.search(before) and _UNSPACED_START.match(text) else " "


def _under_headings(names: list[str], texts: list[str]) -> str:
    """Phrases of one functionality that follow one another stand under one heading."""
    parts: list[str] = []
    for place, (name, text) in enumerate(zip(names, texts, strict=True)):
        if place and names[place - 1] == name:
            parts[-1] += "\n" + text
        else:
            parts.append(f"## {Functionality(name)}\n{text}")
    return "\n\n".join(parts)
