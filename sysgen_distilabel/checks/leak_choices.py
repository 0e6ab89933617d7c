# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds phrases that pick one of given options, say yes or no, or hand over a short or quoted answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_BETWEEN_OPTIONS: Final = re.compile(r" (?:or|oder|ou|или|أو|या|veya|atau|lub) ")
_BEFORE: Final = re.compile(
    r"(?:\b(?:is|as|be|that|with|es|como|con|ist|als|mit|est|comme|par|é|è|это|как|что)\b|"
    r"[:：=是为は]|[\"'“”«„「『])\W{0,3}$"
)
"""What stands before an answer that is handed over."""
_BESIDE: Final = re.compile(r"[^\W\d_]+|[/,|、]")
_QUOTE: Final = re.compile(  # the first character finds the places quickly
    r"[\"“”„«「『《](?:(?<![「『《])([^\"“”«»\n]{4,200})[\"”“»]|(?<=[「『《])([^」』》\n]{2,200})[」』》])"
)
_YES_NO_WORDS: Final = "yes|no|true|false|sí|oui|non|ja|nein|sim|não|да|нет|نعم|لا"
_YES_NO_UNSPACED: Final = "はい|いいえ|네|아니요|是的|不是|हाँ|नहीं"
_YES_OR_NO: Final = (*_YES_NO_WORDS.split("|"), *_YES_NO_UNSPACED.split("|"))
_YES_NO: Final = re.compile(
    r"(?:\b(?:answer|reply|respond|say|state|answer is|with|that it is)|responde|contesta|réponds|"
    r"antworte|sage|responda|diga|ответь|скажи|أجب|قل)\W{1,3}(?:(?:with|a|con|que|par|mit|com) )?"
    rf"({_YES_NO_WORDS})[\"'”»]*\s*(?:[.,;!]|$)"
    rf"|({_YES_NO_UNSPACED})[\"'”」]*\s*(?:と答|라고|回答|कह|$)"
)
_WORDS: Final = 8


class Choices:
    """What the answers choose, and between what the questions let them."""

    def __init__(self, sides: Sides) -> None:
        asked, answered = sides.asked.lower, sides.answered.lower
        self._sides = sides
        self._short = self._read_short()
        self._offered = list(_OPTIONS.finditer(asked)) if _BETWEEN_OPTIONS.search(asked) else []
        self._opening = answered.lstrip(" \"'*“¡")
        self._says_yes_or_no = self._opening.startswith(_YES_OR_NO)

    def find_leaks(self, phrase: Text) -> Iterator[str]:
        """The option that the answer takes, its yes or no, or the words of a short or quoted answer."""
        if self._short:
            yield from self._short_answer(phrase)
        yield from self._quoted(phrase)
        if self._offered:
            yield from self._named_option(phrase)
        if self._says_yes_or_no:
            yield from self._yes_or_no(phrase)

    def _read_short(self) -> str:
        """The answer, if it is a few words that were not known."""
        answered = self._sides.answered
        if not 1 <= len(answered.tokens) <= _WORDS:
            return ""
        answer = answered.lower.strip(" \t\n.!?\"'`*。！？।，,")
        return answer if len(answer) > 1 and answer not in self._sides.given.lower else ""

    def _short_answer(self, phrase: Text) -> Iterator[str]:
        answer = self._short
        at = phrase.lower.find(answer)
        if at < 0:
            return
        before, after = phrase.lower[:at], phrase.lower[at + len(answer) :]
        if re.search(r"[a-zа-яё]$", before) or re.match(r"[a-zа-яё]", after):
            return
        if answer in self._sides.asked.lower:
            beside = _BESIDE.findall(before)[-1:] + _BESIDE.findall(after)[:1]
            if any(word in _OR or word in "/,|、" for word in beside) or not _BEFORE.search(before):
                return
        elif not self._sides.answered.pieces and not _BEFORE.search(before):
            return
        yield phrase.raw[at : at + len(answer)]

    def _quoted(self, phrase: Text) -> Iterator[str]:
        """Words in quotation marks that the answers have as they are, unless they are form."""
        for found in _QUOTE.finditer(phrase.raw):
            text = Text(found[1] or found[2])
            quoted = text.lower.strip(" .,!?。")
            if quoted in self._sides.answered.lower and quoted not in self._sides.asked.lower:
                content = {piece.key for piece in text.pieces} - self._sides.asked.keys
                if content and (len(text.tokens) >= 2 or found[2]):
                    yield found[0]

    def _named_option(self, phrase: Text) -> Iterator[str]:
        """One of two options in the question, asserted, if the answers name it first."""
        if not phrase.is_asserted:
            return
        words, keys = vocabulary(), phrase.keys
        for found in self._offered:
            options = [stem(word) for word in found.groups()]
            named = [option for option in options if option in keys]
            telling = all(option in words.polar or option not in words.generic for option in options)
            if telling and len(named) == 1 and options[0] != options[1]:
                first = next((key for key in map(stem, self._sides.answered.tokens) if key in options), "")
                if first == named[0]:
                    yield found[1 + options.index(first)]

    def _yes_or_no(self, phrase: Text) -> Iterator[str]:
        found = _YES_NO.search(phrase.lower)
        if found:
            word = found[1] or found[2]
            if self._opening.startswith(word):
                yield word
