"""Finds code in a phrase that spells out the answer's code: identifiers, calls and expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Final

from sysgen_distilabel.checks.leak_sides import Sides
from sysgen_distilabel.checks.leak_text import Text
from sysgen_distilabel.checks.leak_vocabulary import vocabulary

_FENCE: Final = re.compile(r"```[^\n`]*")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>\n]{0,60}>")
_NAME: Final = re.compile(
    r"(?<![\w\\])(?:[A-Za-z_][A-Za-z0-9_]{0,60})(?:(?:\.|::|->)[A-Za-z_][A-Za-z0-9_]{0,60}){0,6}(?:\(\))?"
)
_CALL: Final = re.compile(r"(?<![\w.\\])[A-Za-z_][\w.]{1,80}\([^()\n]{0,80}\)")
_QUOTED: Final = re.compile(r"`([^`\n]{2,200})`")
_EXPRESSION: Final = re.compile(
    r"[A-Za-z_][\w.]{0,40}(?:\[[^\]\n]{1,40}\]|\([^()\n]{0,40}\))?\s{0,2}(?:==|!=|<=|>=|\*\*|//|&&|\|\||<<|>>|:=|\+=|-=|[+*/%<>=|&^]|(?<=\s)-(?=\s))\s{0,2}[\w.\"'(\[]{1,40}"
    r"|[A-Za-z_]\w{0,40}\[[^\]\n]{1,40}\]"
    r"|\[[^\[\]\n]{5,80}\]"
)
_CAMEL: Final = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]{2,}[A-Z]")
_SIGN: Final = re.compile(r"\W")
_MEANING: Final = re.compile(r"[A-Za-z]|\d,")
_ANY: Final = re.compile(  # the first character finds the places quickly
    r"[_`(\[=<>+*/%.:A-Z](?:(?<![.:A-Z])|(?<=\w\.)\w|(?<=:):|(?<=[a-z][A-Z]))"
)
_CODE_SIGN: Final = re.compile(r"[\[\](){}=<>+*/%|&;]|\w \w")
_IN_TICKS: Final = re.compile(r"`([A-Za-z_][\w.:]{0,80})")
_SHORTEST: Final = 4
_SHORTEST_NAME: Final = 3
_MOST: Final = 100
_BLANKS: Final = re.compile(r"\s+")


class Code:
    """The code of the answers, and what of it the questions have."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides

    @cached_property
    def _squeezed(self) -> tuple[str, str]:
        return _squeeze(self._sides.answered.raw), _squeeze(self._sides.asked.raw)

    @cached_property
    def _names(self) -> set[str]:
        names = set(_NAME.findall(self._sides.answered.raw))
        return names | {name.removesuffix("()") for name in names}

    def find_leaks(self, phrase: Text, may_name: bool) -> Iterator[str]:
        """Code of a phrase that only the answers have.

        Args:
            phrase: the phrase.
            may_name: whether it may name functions by themselves, as a phrase about tools does.
        """
        if _ANY.search(phrase.raw):
            plain = _TAG.sub(" ", _FENCE.sub(" ", phrase.raw))
            yield from self._expressions(plain)
            if not may_name:
                yield from self._identifiers(plain)

    def _expressions(self, plain: str) -> Iterator[str]:
        pieces = [part for pattern in (_CALL, _EXPRESSION) for part in pattern.findall(plain)]
        pieces += [part for part in _QUOTED.findall(plain) if _CODE_SIGN.search(part)]
        answer, question = self._squeezed
        for piece in islice(dict.fromkeys(pieces), _MOST):
            squeezed = _squeeze(piece).rstrip("()")
            is_code = len(squeezed) >= _SHORTEST and _SIGN.search(squeezed) and _MEANING.search(squeezed)
            if is_code and squeezed in answer and squeezed not in question:
                yield piece

    def _identifiers(self, plain: str) -> Iterator[str]:
        quoted = set(_IN_TICKS.findall(plain))
        for name in islice(dict.fromkeys(_NAME.findall(plain)), 10 * _MOST):
            bare = name.removesuffix("()")
            if _is_identifier(name, bare in quoted) and self._is_new(bare):
                yield name

    def _is_new(self, name: str) -> bool:
        return name in self._names and name.lower() not in self._sides.asked.lower


def _squeeze(text: str) -> str:
    return _BLANKS.sub("", text).replace('"', "'").lower()


def _is_identifier(name: str, is_quoted: bool) -> bool:
    bare = name.removesuffix("()")
    if bare.lower() in vocabulary().code or len(bare) < _SHORTEST_NAME:
        return False
    has_mark = "_" in bare.strip("_") or "." in bare or "::" in bare or bool(_CAMEL.search(bare))
    return has_mark or is_quoted or name.endswith("()")
