"""Cuts text into words for comparisons, in any script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# Chinese and Japanese put no blanks between words, so there each character counts as one.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_ASCII_WORD: Final = re.compile("[a-z0-9_]+")
"""What the first finds in English, and quicker."""
_PIECE: Final = re.compile(rf"[{_UNSPACED}]\s*|[^\s{_UNSPACED}]+\s*|\s+")


def split_words(text: str) -> list[str]:
    """The words in lower case, without punctuation."""
    lower = text.lower()
    return (_ASCII_WORD if lower.isascii() else _WORD).findall(lower)


def split_pieces(text: str) -> list[str]:
    """The words as they are, each with the signs and blanks behind it; joined they are the text again."""
    return _PIECE.findall(text)


def runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    """Every run of so many words in a row."""
    return set(zip(*(words[start:] for start in range(length)), strict=False))
