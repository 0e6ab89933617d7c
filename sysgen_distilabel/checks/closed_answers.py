# ruff: noqa: RUF001 (signs of other scripts are meant)
"""What a whole text answers to a yes-or-no question."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.answer_words import CONCLUSION, CORRECTION
from sysgen_distilabel.checks.any_case import AnyCase
from sysgen_distilabel.checks.final_answers import find_final
from sysgen_distilabel.checks.yes_or_no import find_yes_or_no, is_closed

_ANYTHING = re.compile(r"\w")
_NEGATION = AnyCase(
    r"\b(?:not|no|never|cannot|\w+n't|nicht|kein\w*|nie|no|nunca|ne|pas|non|mai|não|niet|geen|не|нет|değil)\b"
    r"|不|没|没有|ない|ません|않|아니|못|ليس|لا|नहीं",
)
_WORD = re.compile(r"[^\W_]+")


def read_closed(question: str, text: str) -> bool | None:
    """True for yes and False for no, where a question asks for that; None where it does not, or nothing
    tells.

    What a text says at its marked end counts, then what it concludes, then how it begins. A text that
    says neither word answers by repeating the question's words, with a negation or without.
    """
    closed = is_closed(question)
    if len(text.split(maxsplit=2)) > 2 and not closed:
        return None
    final = find_final(text.replace("**", ""), _ANYTHING)
    if not final.sentences:
        return None
    if final.marked and (said := find_yes_or_no(final.text)) is not None:
        return said
    for sentence in reversed(final.sentences[1:]):
        if (CONCLUSION.search(sentence) or CORRECTION.search(sentence)) and (
            (said := find_yes_or_no(_after_conclusion(sentence))) is not None
        ):
            return said
    said = find_yes_or_no(final.sentences[0])
    if said is None and len(final.sentences) > 1:
        said = find_yes_or_no(final.sentences[-1])
    return _by_repetition(question, final.sentences) if said is None and closed else said


def _after_conclusion(sentence: str) -> str:
    found = list(CONCLUSION.finditer(sentence)) or list(CORRECTION.finditer(sentence))
    return sentence[found[0].end() :].lstrip(" ,，:、") if found else sentence


def _by_repetition(question: str, sentences: tuple[str, ...]) -> bool | None:
    asked = {word.casefold() for word in _WORD.findall(question) if len(word) > 2 or word.isdecimal()} - {
        "the",
        "and",
        "does",
        "did",
        "are",
        "can",
        "number",
        "der",
        "die",
        "das",
        "les",
        "los",
        "las",
    }
    if _NEGATION.search(question) or " or " in question:
        return None
    whole = "".join(_WORD.findall(question)).rstrip("吗嗎か")
    ends = (sentences[-1], sentences[0])
    for sentence in (*map(_after_conclusion, ends), *ends):
        if not whole.isascii() and whole in "".join(_WORD.findall(sentence)):
            return _NEGATION.search(sentence) is None
        said = {word.casefold() for word in _WORD.findall(sentence)}
        if len(asked & said) >= max(2, 0.6 * len(asked)):
            return _NEGATION.search(sentence) is None
    return None
