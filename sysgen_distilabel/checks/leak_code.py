"""Finds code in a phrase that spells out the answer's code: identifiers, calls and expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

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
    r"[A-Za-z_][\w.]{0,40}(?:\[[^\]\n]{1,40}\]|\([^()\n]{0,40}\))?\s{0,2}(?:==|!=|<=|>=|\*\*|//|&&|\|\||<<|>>|:=|\+=|-=|[-+*/%<>=|&^])\s{0,2}[\w.\"'(\[]{1,40}"
    r"|[A-Za-z_]\w{0,40}\[[^\]\n]{1,40}\]"
)
_CAMEL: Final = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]{2,}[A-Z]")
_SIGN: Final = re.compile(r"\W")
_LETTER: Final = re.compile(r"[A-Za-z]")
_SHORTEST: Final = 4
_BLANKS: Final = re.compile(r"\s+")


def find_code_leaks(phrase: Text, asked: Text, answered: Text, may_name: bool) -> Iterator[str]:
    """Code of the phrase that is in the answers and not in the questions.

    Args:
        phrase: the phrase.
        asked: what is known before the answers.
        answered: the answers.
        may_name: whether the phrase may name functions by themselves, as one about tools does.
    """
    if not re.search(r"[_`()\[\]=<>+*/%.]|[a-z][A-Z]", phrase.raw):
        return
    plain = _TAG.sub(" ", _FENCE.sub(" ", phrase.raw))
    found: dict[str, None] = {}
    answer, question = _squeeze(answered.raw), _squeeze(asked.raw)
    pieces = [part for pattern in (_CALL, _EXPRESSION) for part in pattern.findall(plain)]
    pieces += [part for part in _QUOTED.findall(plain) if re.search(r"[\[\](){}=<>+*/%|&;]|\w \w", part)]
    for piece in pieces:
        squeezed = _squeeze(piece).rstrip("()")
        is_new = squeezed in answer and squeezed not in question
        if is_new and len(squeezed) >= _SHORTEST and _SIGN.search(squeezed) and _LETTER.search(squeezed):
            found[piece] = None
    if not may_name:
        names = set(_NAME.findall(answered.raw)) | {name.rstrip("()") for name in _NAME.findall(answered.raw)}
        for name in _NAME.findall(plain):
            bare = name.rstrip("()")
            if (
                _is_identifier(name, f"`{bare}" in plain)
                and bare in names
                and bare.lower() not in asked.lower
            ):
                found[name] = None
    yield from found


def _squeeze(text: str) -> str:
    return _BLANKS.sub("", text).replace('"', "'").lower()


def _is_identifier(name: str, is_quoted: bool) -> bool:
    bare = name.rstrip("()")
    if bare.lower() in vocabulary().code or len(bare) < 3:
        return False
    if name.endswith("()") or is_quoted:
        return True
    return "_" in bare.strip("_") or "." in bare or "::" in bare or bool(_CAMEL.search(bare))
