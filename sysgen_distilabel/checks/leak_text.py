# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Cuts phrases, questions and answers into what is compared: words, stems, pairs of characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from sysgen_distilabel.checks.leak_vocabulary import stem, vocabulary

_HAN: Final = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA: Final = "\u3041-\u309f"
_KATAKANA: Final = "\u30a1-\u30ff"
_SOUTHEAST: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_MARKS: Final = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
_OTHER: Final = rf"[^\W\d_{_HAN}{_KANA}{_KATAKANA}{_SOUTHEAST}]"
_SPECIAL: Final = re.compile(f"[{_HAN}{_KANA}{_KATAKANA}{_SOUTHEAST}{_MARKS}]")
_CONTENT: Final = re.compile(
    rf"[{_HAN}]+|[{_KATAKANA}]+|[{_SOUTHEAST}]+|{_OTHER}(?:[^\W_{_HAN}{_KANA}{_KATAKANA}]++|[{_MARKS}])*+"
)
_TOKEN: Final = re.compile(
    rf"[{_HAN}{_KANA}{_KATAKANA}{_SOUTHEAST}]|(?:[^\W_{_HAN}{_KANA}{_KATAKANA}{_SOUTHEAST}]++|[{_MARKS}])++"
)
_DIGIT: Final = re.compile(r"[\d\u00bc-\u00be\u2150-\u215e]")
_ASCII_DIGIT: Final = re.compile("[0-9]")
_SPACED_CONTENT: Final = re.compile(r"[^\W\d_][^\W_]*")
_SPACED_TOKEN: Final = re.compile(r"[^\W_]+")
"""What the two find where nothing of `_SPECIAL` stands."""
_ASCII_CONTENT: Final = re.compile("[a-z][a-z0-9]*")
_ASCII_TOKEN: Final = re.compile("[a-z0-9]+")
"""The same where every letter is one of English: the usual case, and quick."""
_HIRAGANA: Final = re.compile(f"[{_KANA}]")
_COMMAND: Final = re.compile(r"\\[a-z]{2,20}")
"""A command of LaTeX is form."""
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n+|[。！？।]")
_GERMAN: Final = frozenset(
    [
        "und",
        "der",
        "die",
        "das",
        "ist",
        "nicht",
        "ein",
        "eine",
        "mit",
        "für",
        "wie",
        "den",
        "dem",
        "zu",
        "auf",
        "sie",
        "wird",
    ]
)

BIGRAM_WEIGHT: Final = 0.7
"""What one pair of characters counts for, where a word counts 1."""


CHARACTER_WEIGHT: Final = 0.5
"""The same for a character that stands alone between kana, as short Japanese words do."""


class Piece(NamedTuple):
    """A content word of a phrase, or a pair of characters of an unspaced script."""

    key: str
    surface: str
    start: int
    weight: float = 1.0

    @property
    def is_unspaced(self) -> bool:
        """Whether it is of a script that puts no blanks between words."""
        return is_unspaced(self.surface)


@dataclass
class Text:
    """One text, cut as far as it is asked for."""

    raw: str
    lower: str = field(init=False)
    is_spaced: bool = field(init=False)
    """Whether blanks stand between all words, and letters are one character each."""
    has_digit: bool = field(init=False)
    tokens: list[str] = field(init=False)
    """Words in lower case; single characters where no blanks stand between words."""
    keys: set[str] = field(init=False)
    """Stems of all words, and all pairs of characters of unspaced scripts."""

    def __post_init__(self) -> None:
        lower = self.lower = self.raw.lower()
        if len(lower) != len(self.raw):  # a letter that grows in lower case would shift all positions
            self.raw = lower
        is_ascii = lower.isascii()
        self.is_spaced = is_ascii or not _SPECIAL.search(lower)
        self.has_digit = bool((_ASCII_DIGIT if is_ascii else _DIGIT).search(lower))
        self.tokens = (_ASCII_TOKEN if is_ascii else _SPACED_TOKEN if self.is_spaced else _TOKEN).findall(
            lower
        )
        self.keys = self._read_keys()

    @property
    def _content(self) -> re.Pattern[str]:
        return _ASCII_CONTENT if self.lower.isascii() else _SPACED_CONTENT if self.is_spaced else _CONTENT

    def _read_keys(self) -> set[str]:
        words = self._content.findall(self.lower) if self.has_digit or not self.is_spaced else self.tokens
        if self.is_spaced:
            return set(map(stem, words))
        keys: set[str] = set()
        for segment in set(words):
            if is_unspaced(segment):
                keys.update(_pairs(segment) or [segment])
            else:
                keys.add(stem(segment))
        return keys

    @property
    def is_plain(self) -> bool:
        """Whether the keys hold those of all pieces: nothing is left out of the middle of a word."""
        return self.is_spaced and "\\" not in self.lower

    @cached_property
    def capitalised(self) -> set[str]:
        """Stems of the words that stand with a capital letter."""
        return {stem(word.lower()) for word in set(_CONTENT.findall(self.raw)) if word[0].isupper()}

    @cached_property
    def is_german(self) -> bool:
        """Whether nouns are likely to have capitals too, so that a capital marks no name."""
        return sum(word in _GERMAN for word in set(self.tokens)) >= 2

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences and lines that hold anything."""
        return [part for part in (piece.strip() for piece in _SENTENCE.split(self.raw)) if part]

    def says_is(self, piece: Piece) -> bool:
        """Whether the Chinese word for "is" stands right before a piece."""
        return piece.is_unspaced and piece.start > 0 and self.raw[piece.start - 1] in "是为叫"

    @cached_property
    def is_asserted(self) -> bool:
        """Whether the text hands over a fact ("state that ...")."""
        words = vocabulary()
        return bool((words.ascii_asserts if self.lower.isascii() else words.asserts).search(self.lower))

    @cached_property
    def pieces(self) -> list[Piece]:
        """The content: what is left without the words of any system message."""
        return list(self._cut_pieces())

    def _cut_pieces(self) -> Iterator[Piece]:
        words = vocabulary()
        text = _COMMAND.sub(blank, self.lower)
        if self.is_spaced:
            for found in self._content.finditer(text):
                word = found[0]
                if len(word) > 1 and word not in words.generic and (key := stem(word)) not in words.generic:
                    yield Piece(key, self.raw[found.start() : found.end()], found.start())
            return
        has_kana = bool(_HIRAGANA.search(self.lower))
        text = words.generic_unspaced.sub(blank, text)
        text = text if has_kana else words.particles.sub(" ", text)
        for found in _CONTENT.finditer(text):
            segment, start = found[0], found.start()
            if is_unspaced(segment):
                pairs = _pairs(segment)
                for offset, pair in enumerate(pairs):
                    yield Piece(pair, pair, start + offset, 1.0 if len(pairs) == 1 else BIGRAM_WEIGHT)
                if len(segment) == 1 and has_kana and segment not in words.single:
                    yield Piece(segment, segment, start, CHARACTER_WEIGHT)
                continue
            key = stem(segment)
            if len(segment) > 1 and key not in words.generic and segment not in words.generic:
                yield Piece(key, self.raw[start : found.end()], start)


def blank(found: re.Match[str]) -> str:
    """As many blanks as what was found is long."""
    return " " * len(found[0])


def is_unspaced(segment: str) -> bool:
    """Whether the segment is of a script that puts no blanks between words; katakana runs are words."""
    first = segment[0]
    return (
        "\u3400" <= first <= "\u9fff"
        or "\uf900" <= first <= "\ufaff"
        or first == "\u3005"
        or ("\u0e00" <= first <= "\u0eff" or "\u1000" <= first <= "\u109f" or "\u1780" <= first <= "\u17ff")
    )


def _pairs(segment: str) -> list[str]:
    step = 2 if segment[0] >= "\u3000" else 4
    if step == 2:
        return [segment[at : at + 2] for at in range(len(segment) - 1)]
    return [segment[at : at + 4] for at in range(len(segment) - 3)]
