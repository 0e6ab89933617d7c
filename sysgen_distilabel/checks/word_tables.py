"""The words of many languages in `answer_words.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from sysgen_distilabel.checks.word_lists import read_word_lists


@cache
def answer_words() -> dict[str, Any]:
    """The tables by which answers are read; lists of words are texts with blanks between them."""
    return read_word_lists("answer_words.toml")
