# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds phrases that pick the answer out of given options, or hand over a short answer as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sysgen_distilabel.checks.leak_text import Sides, Text
from sysgen_distilabel.checks.leak_vocabulary import vocabulary

_LETTER: Final = re.compile(
    r"(?<![A-Za-z0-9'’])\(?([A-Ea-e]|[①-⑤]|[가나다라마ア-オ](?=[.)]))\)?(?![A-Za-z0-9'’#+])"
)
_CHOSEN: Final = re.compile(
    r"^\W*([A-Ea-e①-⑤])\W|(?:^|\W)\(?([A-E①-⑤])[).]|[(]([a-e])[)]|(?:is|es|ist|est|é|是|选|は|은|는|هو|है|ответ|answer|option)\W{1,3}([A-E①-⑤])(?![A-Za-z0-9])"
    r"|^\W*([A-Ea-e①-⑤])\W*$"
)
_OR: Final = frozenset(
    ["or", "and", "o", "oder", "ou", "y", "e", "et", "und", "или", "и", "أو", "و", "या", "또는"]
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:is|as|be|that|with|es|como|con|ist|als|mit|est|comme|par|é|è|como|это|как|что)\b|[:：=是为は]|[\"'“”«„「『])\W{0,3}$"
)
_WORDS: Final = 8


def find_choice_leaks(phrase: Text, sides: Sides) -> Iterator[str]:
    """The letter of the option that the answer takes, or the words of a short answer."""
    yield from _letters(phrase, sides.asked, sides.answered)
    yield from _short_answer(phrase, sides)


def _letters(phrase: Text, asked: Text, answered: Text) -> Iterator[str]:
    words = vocabulary().choices
    tokens = phrase.tokens
    if not any(token in words for token in tokens) and not any(
        word in phrase.lower for word in words if word > "\u2e80"
    ):
        return
    letters = {
        found[1]
        for found in _LETTER.finditer(phrase.raw)
        if found[1] not in "aeA" or "(" in found[0] or found[1] == "A"
    }
    chosen = [next(filter(None, found.groups())) for found in _CHOSEN.finditer(answered.raw[:4000])]
    if len(letters) != 1 or not chosen:
        return
    letter = letters.pop()
    if letter.isascii() and not re.search(rf"\(?\b{letter}[).:\]]", asked.raw, re.IGNORECASE):
        return
    if letter.upper() in {mark.upper() for mark in (chosen[0], chosen[-1])}:
        before = phrase.raw[: phrase.raw.find(letter)]
        if letter != "A" or not before.rstrip() or not re.match(r"A\s[a-z]", phrase.raw[len(before) :]):
            yield letter


def _short_answer(phrase: Text, sides: Sides) -> Iterator[str]:
    answered = sides.answered
    tokens = answered.tokens
    if not 1 <= len(tokens) <= _WORDS:
        return
    answer = answered.lower.strip(" \t\n.!?\"'`*。！？।，,")
    at = phrase.lower.find(answer)
    if at < 0 or len(answer) < 2 or answer in sides.given.lower:
        return
    if re.search(r"\w$", phrase.lower[:at]) and phrase.lower[at - 1 : at].isascii():
        return
    after = phrase.lower[at + len(answer) :]
    if re.match(r"\w", after) and after[:1].isascii():
        return
    if answer in sides.asked.lower:
        beside = (
            re.findall(r"[^\W\d_]+|[/,|]", phrase.lower[:at])[-1:] + re.findall(r"[^\W\d_]+|[/,|]", after)[:1]
        )
        if any(word in _OR or word in "/,|" for word in beside) or not _BEFORE.search(phrase.lower[:at]):
            return
    elif not any(True for _ in Text(answered.raw).pieces()) and not _BEFORE.search(phrase.lower[:at]):
        return
    yield phrase.raw[at : at + len(answer)]
