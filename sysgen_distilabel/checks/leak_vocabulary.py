# ruff: noqa: RUF001 (signs of other scripts are meant)
"""The words that tell nothing about one answer, by language, and the stems by which words are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sysgen_distilabel.checks.word_lists import read_word_lists

_STEM: Final = 7
_SHORTEST: Final = 4
_LATIN_ENDINGS: Final = "aeiouyąęı"
_ENDINGS: Final = {
    "cyrillic": ("аяыиуюоеёэьйвмхгті", 3),
    "devanagari": ("\u093e\u093f\u0940\u0941\u0942\u0947\u0948\u094b\u094c\u0902\u0901ओएं", 2),
}
_ARABIC_PREFIX: Final = re.compile(r"^(?:[وفبكل]?ال|لل|[وبلف](?=\w{4}))")
_ARABIC_SUFFIX: Final = re.compile(r"(?:ات|ون|ين|ها|هم|ية|ة|ه|ي|ا)$")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The word lists, ready for look-up.

    Attributes:
        generic: stems of the words of any system message.
        generic_unspaced: the same for scripts that put no blanks between words, as one pattern.
        particles: Chinese characters that stand between words; not used where kana do.
        single: single Chinese characters that are such words in Japanese.
        form: names of languages, formats and standards, in lower case.
        code: words of any program, and names that look like code.
        units: beginnings of nouns behind a number that speaks of length or form.
        units_before: words before such a number.
        units_unspaced: such nouns where no blanks stand between words.
        asserts: what stands before a fact that a phrase hands over.
        ascii_asserts: the same for texts in ASCII, found quicker.
        choices: words that go with the letter of an option.
        choices_unspaced: those of scripts that put no blanks between words.
        polar: stems of opposites that a question may offer, though system messages have them too.
    """

    generic: frozenset[str]
    generic_unspaced: re.Pattern[str]
    particles: re.Pattern[str]
    single: frozenset[str]
    form: frozenset[str]
    code: frozenset[str]
    units: frozenset[str]
    units_before: frozenset[str]
    units_unspaced: tuple[str, ...]
    asserts: re.Pattern[str]
    ascii_asserts: re.Pattern[str]
    choices: frozenset[str]
    choices_unspaced: tuple[str, ...]
    polar: frozenset[str]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The word lists of `leak_vocabulary.toml`, read once."""
    lists = read_word_lists("leak_vocabulary.toml")
    generic = {word for words in lists["generic"].values() for word in words.split()}
    unspaced = {word for words in lists["unspaced"].values() for word in words.split()}
    asserts, choices = lists["asserts"], lists["choices"]["words"].split()
    spaced = [marker.strip().rstrip(" ") for marker in asserts["spaced"].split("|") if marker.strip()]
    joined = [marker.strip() for marker in asserts["unspaced"].split("|") if marker.strip()]
    return Vocabulary(
        generic=frozenset(map(stem, generic)) | generic,
        generic_unspaced=_any_of(unspaced),
        particles=re.compile(f"[{lists['unspaced']['zh_single']}]"),
        single=frozenset(lists["unspaced"]["ja_single"]),
        form=frozenset(lists["form"]["names"].split()),
        code=frozenset(lists["form"]["code"].split()),
        units=frozenset(lists["units"]["after"].casefold().split()),
        units_before=frozenset(lists["units"]["before"].casefold().split()),
        units_unspaced=tuple(lists["units"]["unspaced"].split()),
        ascii_asserts=re.compile(rf"\b(?:{_any_of(list(filter(str.isascii, spaced))).pattern})(?!\w)"),
        asserts=re.compile(rf"\b(?:{_any_of(spaced).pattern})(?!\w)|{_any_of(joined).pattern}"),
        choices=frozenset(choices),
        choices_unspaced=tuple(word for word in choices if word[0] > "\u2e80"),
        polar=frozenset(map(stem, lists["choices"]["polar"].split())),
    )


def _any_of(words: set[str] | list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))))


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """What a word in lower case has in common with its inflected forms, roughly, in any script."""
    first = word[0]
    if first < "\u0370":
        return _stem_latin(word)
    if "\u0600" <= first < "\u0780":
        bare = _ARABIC_PREFIX.sub("", word)
        bare = bare if len(bare) > 2 else word
        short = _ARABIC_SUFFIX.sub("", bare)
        return short if len(short) > 2 else bare
    if "\uac00" <= first <= "\ud7a3":
        for _ in range(2):
            short = _KOREAN_ENDING.sub("", word)
            word = short if len(short) > 1 else word
        return word
    script = _script(first)
    if not script:
        return word[:_STEM]
    endings, most = _ENDINGS[script]
    for _ in range(most):
        if len(word) < _SHORTEST or word[-1] not in endings:
            break
        word = word[:-1]
    return word[:_STEM]


_KOREAN_ENDING: Final = re.compile(
    r"(?:이라고|라고|이라는|라는|이라며|이라|입니다|이다|이며|이고|으로|에서|에게|까지|부터|처럼|보다|마다|이나|"
    r"하세요|하십시오|합니다|하라고|하기|하는|하고|하며|하여|했다|한다|해|할|한|은|는|이|가|을|를|의|에|로|와|과|도|만|요|다)$"
)


def _script(letter: str) -> str:
    if "\u0400" <= letter < "\u0530":
        return "cyrillic"
    return "devanagari" if "\u0900" <= letter < "\u0980" else ""


def _stem_latin(word: str) -> str:
    if not word.isascii():
        parts = unicodedata.normalize("NFD", word)
        word = "".join(part for part in parts if not unicodedata.combining(part)) or word
    if len(word) >= _SHORTEST and word[-1] == "s" and word[-2] != "s":
        word = word[:-1]
    for ending in ("ing", "ed", "en", "er", "ar", "ir"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 1:
            word = word[: -len(ending)]
            break
    if len(word) >= _SHORTEST and word[-1] == "e":
        word = word[:-1]
    for _ in range(2):
        if len(word) > _SHORTEST and word[-1] in _LATIN_ENDINGS:
            word = word[:-1]
    return word[:_STEM]
