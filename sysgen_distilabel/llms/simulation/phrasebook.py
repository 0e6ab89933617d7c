"""What the simulated engine knows of a language: how to tell it, its key words and its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from random import Random
from typing import Any, Final

LANGUAGES: Final = ("en", "de", "es", "fr", "ko", "ja", "zh")
"""The languages with a phrasebook; text in any other is answered in English."""

_WITH_LATIN_LETTERS: Final = ("en", "de", "es", "fr")
_POOLED: Final = frozenset({"content", "action", "background"})
_HANGUL: Final = re.compile("[가-힣]")
_KANA: Final = re.compile("[ぁ-ヺ]")
_HAN: Final = re.compile("[一-龯]")
_SAMPLE_LENGTH: Final = 240
_CANDIDATES: Final = 8


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The key words and sentences of one language.

    Attributes:
        language: ISO 639-1 code.
        sentences: templates by section, such as `role` or `format`, and by kind, such as `code`.
        signs: substrings of lower-case text that give a kind away.
        stop_words: words that are never key words.
        word: finds candidates for key words.
        longest_run: how many words that follow each other make one key word.
        quote: puts a key word into a sentence.
        link: joins two key words to a topic.
        between_sentences: what stands between two sentences.
        software: stands in for the programming language when it is unknown.
        subject: stands in for key words when there are none.
    """

    language: str
    sentences: dict[str, dict[str, list[str]]]
    signs: dict[str, list[str]]
    stop_words: frozenset[str]
    word: re.Pattern[str]
    longest_run: int
    quote: str
    link: str
    between_sentences: str
    software: str
    subject: str

    def shows(self, sign: str, lower_text: str) -> bool:
        """Whether a text in lower case shows a sign, such as `maths` or `table`."""
        return any(map(lower_text.__contains__, self.signs[sign]))

    def templates(self, section: str, kind: str) -> list[str]:
        """The templates of a section that suit a kind; a section without any has one."""
        kinds = self.sentences.get(section) or {"any": [f"{section.capitalize()}: {self.subject}."]}
        if section in _POOLED and kind != "any":
            return [*kinds.get(kind, ()), *kinds["any"]]
        return kinds.get(kind) or kinds["any"]

    def choose(self, random: Random, section: str, kind: str = "any") -> str:
        """One template of a section at random."""
        return random.choice(self.templates(section, kind))

    def find_keywords(self, text: str, limit: int) -> list[str]:
        """The longest of the first words that say something, in the order of the text."""
        candidates = list(islice(self._candidates(text[:_SAMPLE_LENGTH]), _CANDIDATES))
        longest = sorted(candidates, key=len)[-limit:]
        return [word for word in candidates if word in longest]

    def _candidates(self, text: str) -> Iterator[str]:
        """Runs of words that are no stop words, each word once."""
        seen, run, end = set(self.stop_words), list[str](), -1
        for match in self.word.finditer(text):
            word = match[0]
            if (lower := word.lower()) in seen:
                continue
            seen.add(lower)
            follows = match.start() == end + 1 and text[end] == " "
            if run and not (follows and len(run) < self.longest_run):
                yield " ".join(run)
                run = []
            run.append(word)
            end = match.end()
        if run:
            yield " ".join(run)


@cache
def load_phrasebook(language: str) -> Phrasebook:
    """Read the phrasebook of a language out of the package."""
    import yaml

    path = resources.files(__package__).joinpath("phrasebooks", f"{language}.yaml")
    entries: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Phrasebook(
        language=language,
        word=re.compile(entries.pop("word"), re.VERBOSE),
        stop_words=frozenset(entries.pop("stop_words").split()),
        signs=entries.pop("signs"),
        longest_run=entries.pop("longest_run"),
        quote=entries.pop("quote"),
        link=entries.pop("and"),
        between_sentences=entries.pop("between_sentences"),
        software=entries.pop("software"),
        subject=entries.pop("subject"),
        sentences=entries,
    )


def detect_language(texts: Iterable[str]) -> str:
    """The language of the first text that shows one, by its script and its small words; else English."""
    for text in texts:
        sample = text[:_SAMPLE_LENGTH]
        if language := (not sample.isascii() and _detect_script(sample)) or _detect_small_words(sample):
            return language
    return "en"


def _detect_script(text: str) -> str:
    """Korean, Japanese or Chinese, if a fifth of the text is written so; else nothing."""
    hangul, kana, han = (len(script.findall(text)) for script in (_HANGUL, _KANA, _HAN))
    if (hangul + kana + han) * 5 < len(text):
        return ""
    if hangul > kana + han:
        return "ko"
    return "ja" if kana * 10 > han else "zh"


def _detect_small_words(text: str) -> str:
    words = set(text.lower().split())
    found = {language: len(words & load_phrasebook(language).stop_words) for language in _WITH_LATIN_LETTERS}
    best = max(found, key=found.__getitem__)
    return best if found[best] else ""
