"""Patterns for texts in any case, searched in lower case: that is far quicker than to ignore case."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

_NO_END = sys.maxsize


class AnyCase:
    """A pattern that finds its words whatever their case; what it finds has the places of the text.

    Args:
        pattern: the pattern, in lower case.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._compiled = re.compile(pattern)

    def search(self, text: str, start: int = 0, end: int = _NO_END) -> re.Match[str] | None:
        """The first place where the pattern matches."""
        return self._compiled.search(to_lower(text), start, end)

    def match(self, text: str) -> re.Match[str] | None:
        """What the pattern matches at the beginning."""
        return self._compiled.match(to_lower(text))

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """What the pattern matches, if that is the whole text."""
        return self._compiled.fullmatch(to_lower(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All that the pattern matches, in order."""
        return self._compiled.finditer(to_lower(text))


def to_lower(text: str) -> str:
    """A text in lower case, in which everything stands where it stood."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(sign.lower()[0] for sign in text)
