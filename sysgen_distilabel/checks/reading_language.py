"""Guesses in which language numbers, dates and yes or no are to be read."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

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
_LANGUAGES = {language: frozenset(words.split()) for language, words in answer_words()["frequent"].items()}
_KNOWN: dict[str, list[str]] = {}
for _language, _words in _LANGUAGES.items():
    for _word in _words:
        _KNOWN.setdefault(_word, []).append(_language)
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile("[a-z]+")
DECIMAL_COMMA = frozenset({"es", "de", "fr", "it", "pt", "nl", "pl", "tr", "da", "ru", "uk", "vi"})
"""Languages of countries that write 1.234,5 or 1 234,5."""


def reading_language(*texts: str) -> str:
    """ISO 639-1 code of the language of the first text that tells; empty where none does.

    It only chooses tables of words; whether a text is in a language it should be in is another question.
    """
    counts = Counter(dict.fromkeys(_LANGUAGES, 0))
    for text in texts:
        sample = text[:4000].lower()
        is_ascii = sample.isascii()
        letter_count = 0 if is_ascii else sum(map(str.isalpha, sample))
        for letters, language in _SCRIPTS if letter_count else ():
            if len(letters.findall(sample)) * 8 > letter_count:
                return language
        words = (_ASCII_WORD if is_ascii else _WORD).findall(sample)
        counts.update(chain.from_iterable(filter(None, map(_KNOWN.get, words))))
        first, second = sorted(counts.values())[:-3:-1]
        if first > max(second, 1):
            break
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else ""


def is_common(word: str) -> bool:
    """Whether a word is one by which a language is known, and so names nothing."""
    return word in _KNOWN
