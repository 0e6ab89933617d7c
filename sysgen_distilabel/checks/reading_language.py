"""Guesses in which language numbers, dates and yes or no are to be read."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.word_tables import answer_words

_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7a3]"), "ko"),
    (re.compile("[\u4e00-\u9fff]"), "zh"),
    (re.compile("[іїєґ]"), "uk"),
    (re.compile("[\u0400-\u04ff]"), "ru"),
    (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0900-\u097f]"), "hi"),
)
_KNOWN = {language: frozenset(words.split()) for language, words in answer_words()["frequent"].items()}
DECIMAL_COMMA = frozenset({"es", "de", "fr", "it", "pt", "nl", "pl", "tr", "da", "ru", "uk"})
"""Languages of countries that write 1.234,5 or 1 234,5."""


def reading_language(*texts: str) -> str:
    """ISO 639-1 code of the language the texts are most likely in; empty where nothing tells.

    It only chooses tables of words; whether a text is in a language it should be in is another question.
    """
    text = " ".join(texts)[:4000].lower()
    for letters, language in _SCRIPTS:
        if len(letters.findall(text)) * 8 > sum(c.isalpha() for c in text) or letters.search(text[:40]):
            return language
    words = re.findall(r"[^\W\d_]+", text)
    counts = {language: sum(word in known for word in words) for language, known in _KNOWN.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else ""


def is_common(word: str) -> bool:
    """Whether a word is one by which a language is known, and so names nothing."""
    return any(word in known for known in _KNOWN.values())
