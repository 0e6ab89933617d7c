# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds phrases that pick one of given options, say yes or no, or hand over a short or quoted answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from sysgen_distilabel.checks.leak_sides import Sides
from sysgen_distilabel.checks.leak_text import Text
from sysgen_distilabel.checks.leak_vocabulary import stem, vocabulary

_OR: Final = frozenset(
    ["or", "and", "o", "oder", "ou", "y", "e", "et", "und", "или", "и", "أو", "و", "या", "또는"]
)
_OPTIONS: Final = re.compile(
    r"((?:[^\W_]|-){2,40}) (?:or|oder|ou|или|أو|या|veya|atau|lub) "
    r"(?:the |a |an |la |le |les |der |die |das |den |o )?((?:[^\W_]|-){2,40})"
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:is|as|be|that|with|es|como|con|ist|als|mit|est|comme|par|é|è|это|как|что)\b|"
    r"[:：=是为は]|[\"'“”«„「『])\W{0,3}$"
)
"""What stands before an answer that is handed over."""
_BESIDE: Final = re.compile(r"[^\W\d_]+|[/,|、]")
_QUOTE: Final = re.compile(r"[\"“”„«]([^\"“”«»\n]{4,200})[\"”“»]|[「『《]([^」』》\n]{2,200})[」』》]")
_YES_NO: Final = re.compile(
    r"(?:\b(?:answer|reply|respond|say|state|answer is|with|that it is)|responde|contesta|réponds|"
    r"antworte|sage|responda|diga|ответь|скажи|أجب|قل)\W{1,3}(?:(?:with|a|con|que|par|mit|com) )?"
    r"(yes|no|true|false|sí|oui|non|ja|nein|sim|não|да|нет|نعم|لا)[\"'”»]*\s*(?:[.,;!]|$)"
    r"|(はい|いいえ|네|아니요|是的|不是|हाँ|नहीं)[\"'”」]*\s*(?:と答|라고|回答|कह|$)"
)
_WORDS: Final = 8


def find_choice_leaks(phrase: Text, sides: Sides) -> Iterator[str]:
    """The option that the answer takes, its yes or no, or the words of a short or quoted answer."""
    yield from _short_answer(phrase, sides)
    yield from _quoted(phrase, sides)
    yield from _named_option(phrase, sides)
    yield from _yes_or_no(phrase, sides)


def _short_answer(phrase: Text, sides: Sides) -> Iterator[str]:
    answered = sides.answered
    if not 1 <= len(answered.tokens) <= _WORDS:
        return
    answer = answered.lower.strip(" \t\n.!?\"'`*。！？।，,")
    at = phrase.lower.find(answer)
    if at < 0 or len(answer) < 2 or answer in sides.given.lower:
        return
    before, after = phrase.lower[:at], phrase.lower[at + len(answer) :]
    if re.search(r"[a-zа-яё]$", before) or re.match(r"[a-zа-яё]", after):
        return
    if answer in sides.asked.lower:
        beside = _BESIDE.findall(before)[-1:] + _BESIDE.findall(after)[:1]
        if any(word in _OR or word in "/,|、" for word in beside) or not _BEFORE.search(before):
            return
    elif not answered.pieces and not _BEFORE.search(before):
        return
    yield phrase.raw[at : at + len(answer)]


def _quoted(phrase: Text, sides: Sides) -> Iterator[str]:
    """Words in quotation marks that the answers have as they are, unless they are form."""
    for found in _QUOTE.finditer(phrase.raw):
        text = Text(found[1] or found[2])
        quoted = text.lower.strip(" .,!?。")
        if quoted in sides.answered.lower and quoted not in sides.asked.lower:
            content = {piece.key for piece in text.pieces} - sides.asked.keys
            if content and (len(text.tokens) >= 2 or found[2]):
                yield found[0]


def _named_option(phrase: Text, sides: Sides) -> Iterator[str]:
    """One of two options in the question, asserted, if the answers name it first."""
    offered = _find_options(sides.asked.lower)
    if not offered or not phrase.is_asserted:
        return
    words, keys = vocabulary(), phrase.keys
    for found in offered:
        options = [stem(word) for word in found.groups()]
        named = [option for option in options if option in keys]
        telling = all(option in words.polar or option not in words.generic for option in options)
        if telling and len(named) == 1 and options[0] != options[1]:
            first = next((key for key in map(stem, sides.answered.tokens) if key in options), "")
            if first == named[0]:
                yield found[1 + options.index(first)]


@lru_cache(maxsize=2)  # the same for every phrase of a conversation
def _find_options(asked: str) -> list[re.Match[str]]:
    return list(_OPTIONS.finditer(asked))


def _yes_or_no(phrase: Text, sides: Sides) -> Iterator[str]:
    found = _YES_NO.search(phrase.lower)
    if found:
        word = found[1] or found[2]
        if sides.answered.lower.lstrip(" \"'*“¡").startswith(word):
            yield word
