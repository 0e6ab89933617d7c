# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds what a phrase tells in other words: rare words, names and items that only the answer has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sysgen_distilabel.checks.leak_text import Piece, Text
from sysgen_distilabel.checks.leak_vocabulary import vocabulary

_ITEM: Final = re.compile(r"^[ \t]*(?:[-*•·–]|\d{1,2}[.)、])\s*(.{2,400})$", re.MULTILINE)
_ENUMERATED: Final = re.compile(r"[,、，،;؛]")
_LABEL: Final = re.compile(r"[:：(（–—]|\s-\s")
_STRUCTURE: Final = re.compile(
    r"[\"']([\w ]{1,40})[\"']\s*:|^#{1,6}\s*(.{1,80})$|^[ \t]*\|(.{1,300})\|[ \t]*\n[ \t]*\|?[ :|-]{3,}",
    re.MULTILINE,
)
_POOR: Final = 4
_RICH: Final = 25
_VERY_RICH: Final = 80
_BEFORE: Final = 8
_NAME_WEIGHT: Final = 1.5
_LEAST_ITEMS: Final = 2
_MOST_ITEMS: Final = 200


@dataclass
class Answer:
    """What the answers say, seen from the phrases."""

    text: Text
    asked: Text

    @cached_property
    def new(self) -> set[str]:
        """Stems that the answers have and the questions do not."""
        return self.text.keys - self.asked.keys

    @cached_property
    def telling(self) -> set[str]:
        """What is new but for the words of any system message, which no piece of a spaced text is."""
        return self.new - vocabulary().generic

    @cached_property
    def facts(self) -> set[str]:
        """What is new but for the names of its parts."""
        return self.new - self.structure

    @cached_property
    def riches(self) -> float:
        """How much the answers tell that is new: about how many content words."""
        pieces = {piece.key: piece.weight for piece in self.text.pieces}
        return sum(weight for key, weight in pieces.items() if key in self.new)

    @cached_property
    def structure(self) -> set[str]:
        """Stems of keys of JSON, headings and heads of tables: form rather than facts."""
        keys: set[str] = set()
        for found in _STRUCTURE.finditer(self.text.raw):
            keys |= Text(next(filter(None, found.groups()), "")).keys
        return keys

    @cached_property
    def items(self) -> list[frozenset[str]]:
        """The content of what the answers list, item by item."""
        lines = [found[1] for found in _ITEM.finditer(self.text.raw)]
        if not lines:
            lines = [part for sentence in self.text.sentences for part in _split_enumeration(sentence)]
        items = []
        for line in lines[:_MOST_ITEMS]:
            keys = frozenset(piece.key for piece in Text(_LABEL.split(line, maxsplit=1)[0]).pieces)
            if 0 < len(keys) <= 5 and keys & self.new:
                items.append(keys)
        return items


def _split_enumeration(sentence: str) -> list[str]:
    parts = _ENUMERATED.split(sentence)
    if len(parts) < 3:
        return []
    return [part for part in parts if len(part) < 60]


@dataclass(frozen=True, slots=True)
class Told:
    """What a phrase tells of an answer.

    Attributes:
        evidence: the words that only the answer has.
        weight: how many words that is, names counting more.
        share: their part of the phrase's content.
        names: those of them that are names.
        items: how many listed items the phrase has as a whole.
        is_asserted: whether the phrase hands over a fact ("state that ...").
        has_special: whether one of the words has a capital letter, or is of a script that has none.
    """

    evidence: tuple[str, ...]
    weight: float
    share: float
    names: tuple[str, ...]
    items: int
    is_asserted: bool
    has_special: bool


def measure_told(phrase: Text, answer: Answer, is_form: bool) -> Told | None:
    """What of a phrase's content only the answers have; `None` if nothing."""
    if phrase.is_plain and answer.telling.isdisjoint(phrase.keys):
        return None
    pieces = {piece.key: piece for piece in phrase.pieces}
    new = answer.facts if is_form else answer.new
    shared = [
        piece
        for key, piece in pieces.items()
        if key in new and piece.surface.lower() not in vocabulary().form
    ]
    if not shared:
        return None
    names = [piece for piece in shared if _is_name(piece, phrase, answer)]
    named = set(names)
    weight = sum(_NAME_WEIGHT if piece in named else piece.weight for piece in shared)
    total = sum(_NAME_WEIGHT if piece in named else piece.weight for piece in pieces.values())
    keys = set(pieces)
    return Told(
        evidence=_join(shared),
        weight=weight,
        share=weight / total if total else 0.0,
        names=tuple(piece.surface for piece in names),
        items=sum(item <= keys for item in answer.items) if weight >= _LEAST_ITEMS else 0,
        is_asserted=phrase.is_asserted or any(map(phrase.says_is, shared)),
        has_special=any(not piece.surface[0].islower() for piece in shared),
    )


def _is_name(piece: Piece, phrase: Text, answer: Answer) -> bool:
    if not piece.surface[0].isupper():
        return "\u30a1" <= piece.surface[0] <= "\u30ff" and len(piece.surface) > 2
    if piece.key not in answer.text.capitalised or answer.text.is_german or phrase.is_german:
        return False
    before = phrase.raw[max(0, piece.start - _BEFORE) : piece.start].rstrip(" \"'“«‘(*_")
    return bool(before) and before[-1] not in ".!?:\n•-"


def _join(pieces: list[Piece]) -> tuple[str, ...]:
    """The words as they stand; pairs of characters that overlap become one piece."""
    joined: list[tuple[str, int]] = []
    for piece in sorted(pieces, key=lambda piece: piece.start):
        if joined and piece.is_unspaced and piece.start < joined[-1][1]:
            text, end = joined[-1]
            joined[-1] = (text + piece.surface[end - piece.start :], piece.start + len(piece.surface))
        else:
            joined.append((piece.surface, piece.start + len(piece.surface)))
    return tuple(text for text, _ in joined)


def find_told(phrase: Text, answer: Answer, is_form: bool, is_role: bool) -> Iterator[tuple[str, str]]:
    """What a phrase tells, as kind and evidence: `items`, `name` or `paraphrase`."""
    told = measure_told(phrase, answer, is_form)
    if not told:
        return
    evidence = ", ".join(told.evidence)
    if told.items >= _LEAST_ITEMS and not is_role:
        yield "items", evidence
    elif told.names and not is_role and (told.is_asserted or told.share >= 0.3):
        yield "name", ", ".join(told.names)
    elif told.weight >= needed(told, answer) + 2 * is_role and told.share >= (
        0.25 if told.is_asserted else 0.4
    ):
        yield "paraphrase", evidence


def needed(told: Told, answer: Answer) -> float:
    """How many words must be shared: few of a short answer, more of a long one, where chance shares some."""
    if answer.riches <= _POOR and (told.is_asserted or (told.share >= 0.5 and told.has_special)):
        return 1.0
    if told.is_asserted:
        return 1.0 if answer.riches <= _RICH else 2.0
    return 2.0 if answer.riches <= _VERY_RICH else 3.0
