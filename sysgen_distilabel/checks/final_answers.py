# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds where a text says its final answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sysgen_distilabel.checks.answer_remarks import without_closing, without_remarks
from sysgen_distilabel.checks.answer_words import (
    ASIDE,
    CONCLUSION,
    CORRECTION,
    HEADING,
    MARKER,
    may_announce,
)
from sysgen_distilabel.checks.word_tables import answer_words

_HASHES = re.compile(r"^[ \t]*#{4}[ \t]*(.{1,80})$", re.MULTILINE)
_MONTHS = "|".join(" ".join(answer_words()["calendar"]["months"]).split())
_SENTENCE_END = re.compile(  # the first character finds the places quickly, and belongs to the sentence
    r"[.!?\n。！？।؟](?:(?<=[.!?])(?<!\bNo\.)(?<!\bNr\.)(?<!\bRs\.)(?<!\bca\.)(?<!\bapprox\.)"
    rf"(?:(?<!\d\.)|(?! (?i:{_MONTHS})\b))[\"')\]*_]*\s+|(?<=[\n。！？।؟]))"
)
_VALUE_LENGTH = 60
"""What a marker is followed by is the answer itself up to this length, and a sentence about it above."""


@dataclass(frozen=True, slots=True)
class Final:
    """The end of a text, as far as its answer goes.

    Attributes:
        text: where the answer stands.
        marked: whether the text says so: `####`, a box, or words such as "the answer is".
        sentences: the sentences of the text, without greetings and asides at its end.
    """

    text: str
    marked: bool
    sentences: tuple[str, ...]


def is_marked_by_hashes(line: str) -> bool:
    """Whether a line is the end of an answer as in GSM8K: `#### 72`."""
    return _HASHES.fullmatch(line) is not None


def split_sentences(text: str) -> list[str]:
    """Sentences and lines, without blank ones; a number's decimal point ends none."""
    ends = [(found.start() + 1, found.end()) for found in _SENTENCE_END.finditer(text)]
    starts, stops = (0, *(end for _, end in ends)), (*(stop for stop, _ in ends), len(text))
    pieces = (text[start:stop].strip() for start, stop in zip(starts, stops, strict=True))
    return [piece for piece in pieces if piece]


@lru_cache(maxsize=32)  # several ways of comparing look at the same two texts
def find_final(text: str, has_value: re.Pattern[str]) -> Final:
    """Where a text says its final answer: at its last marker, else in its last sentence with a value.

    Of a text that goes on to another value after its marker, or takes the answer back, the end counts.

    Args:
        text: the text, as it was written.
        has_value: what a sentence must hold to be the one with the answer.
    """
    sentences, explicit, marked = _read_text(text)
    if explicit:
        return Final(explicit, True, sentences)
    if marked:
        at, answer = marked
        later = [sentence for sentence in sentences[at + 1 :] if has_value.search(sentence)]
        if not any(_overrules(sentence, first=at == 0) for sentence in later) and (
            len(answer) <= _VALUE_LENGTH or not later
        ):
            return Final(answer, True, sentences)
    return Final(_last_with_value(sentences, has_value), False, sentences)


@lru_cache(maxsize=32)  # several ways of comparing look at the same two texts
def _read_text(text: str) -> tuple[tuple[str, ...], str, tuple[int, str] | None]:
    """The sentences of a text, what stands after its hashes or in its boxes, and what it announces."""
    sentences = without_closing(split_sentences(without_remarks(text)))
    explicit = _after_hashes(text) or _in_boxes(text)
    marked = _last_marked(sentences) if not explicit and may_announce(text) else None
    return tuple(sentences), explicit, marked


def _after_hashes(text: str) -> str:
    """What stands after the last `####`, unless it is a heading with text under it."""
    found = list(_HASHES.finditer(text))
    if not found:
        return ""
    last = found[-1]
    under = text[last.end() :].strip()
    return "" if under and not re.fullmatch(r"[^A-Za-z]*\d[^A-Za-z]*", last[1]) else last[1].strip()


def _in_boxes(text: str) -> str:
    """What stands in the last box, or in all boxes of the last sentence that has one."""
    boxes = list(re.finditer(r"\\(?:boxed|fbox)\s*\{", text))[-4:]
    together = [box for box in boxes if not re.search(r"[.!?]\s|\n", text[box.start() : boxes[-1].start()])]
    return ", ".join(_box_at(text, box.end()) for box in together).strip()


def _box_at(text: str, start: int) -> str:
    depth, at = 1, start
    while at < len(text) and depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return text[start : at - 1]


def _last_marked(sentences: list[str]) -> tuple[int, str] | None:
    for at in range(len(sentences) - 1, -1, -1):
        found = list(MARKER.finditer(sentences[at] + (":" if HEADING.fullmatch(sentences[at]) else "")))
        if not found:
            continue
        answer = sentences[at][found[-1].end() :].strip(" *_:")
        if not answer and at + 1 < len(sentences):
            return at + 1, sentences[at + 1]
        if answer:
            return at, answer
    return None


def _overrules(sentence: str, *, first: bool) -> bool:
    """Whether a sentence after the marked one states another end of the story."""
    if CORRECTION.search(sentence):
        return True
    return not first and CONCLUSION.search(sentence) is not None and not ASIDE.match(sentence)


def _last_with_value(sentences: tuple[str, ...], has_value: re.Pattern[str]) -> str:
    return next((s for s in reversed(sentences) if has_value.search(s)), sentences[-1] if sentences else "")
