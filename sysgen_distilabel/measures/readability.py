"""How hard a text is to read, in any language that puts blanks between words."""

from __future__ import annotations

import re
from typing import Final

from sysgen_distilabel.measures.words import split_words

_SENTENCE_END: Final = re.compile(r"[.!?:;\u0964\u06d4\u061f](?=\s|$)|\n+")
_LONG: Final = 6
_FEW_WORDS: Final = 10
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


def lix(text: str) -> float | None:
    """The readability index LIX: words per sentence, plus the percentage of words of seven letters or more.

    25 is a children's book, 45 a newspaper, 60 a legal text.

    Returns:
        The index, or `None` for a text of less than ten words, or of a script without blanks.

    Source:
        C. H. Björnsson, Läsbarhet, 1968.
    """
    words = split_words(text)
    if len(words) < _FEW_WORDS or _UNSPACED.search(text):
        return None
    sentences = [part for part in _SENTENCE_END.split(text) if split_words(part)]
    long = sum(len(word) > _LONG for word in words)
    return len(words) / max(len(sentences), 1) + 100 * long / len(words)
