"""What looks at the responses of a row, by the name of its check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sysgen_distilabel.checks.answer_faults import find_faults
from sysgen_distilabel.checks.answer_sides import Comparison
from sysgen_distilabel.checks.any_case import to_lower
from sysgen_distilabel.checks.compare_answers import compare_answers
from sysgen_distilabel.checks.findings import Finding
from sysgen_distilabel.measures.languages import guess_language

_FOR_PLAIN_TEXT: Final = (
    "plain text", "no markdown", "without markdown", "without any markdown", "texto plano",
    "texto sin formato", "texte brut", "nur reiner text", "ohne markdown", "纯文本", "純文字",
    "プレーンテキスト", "일반 텍스트",
)  # fmt: skip
"""What asks for plain text, in lower case: all but the last four as words of their own."""
_PLAIN_TEXT: Final = re.compile(rf"\b(?:{'|'.join(_FOR_PLAIN_TEXT[:-4])})\b|{'|'.join(_FOR_PLAIN_TEXT[-4:])}")
_OF_LANGUAGES: Final = (
    "arabic", "chinese", "dutch", "english", "finnish", "french", "german", "greek", "hebrew", "hindi",
    "hungarian", "italian", "japanese", "korean", "language", "latin", "mandarin", "polish", "portuguese",
    "russian", "spanish", "swedish", "translat", "turkish", "vietnamese", "idioma", "sprache", "langue",
    "língua", "lingua", "язык", "语言", "語", "언어",
)  # fmt: skip
_OF_LANGUAGES_ELSEWHERE: Final = (
    "englisch", "anglais", "inglese", "ingles", "inglés", "inglês", "angielsk", "deutsch", "allemand",
    "tedesco", "alemán", "alemão", "französisch", "français", "francese", "francés", "francês", "spanisch",
    "espagnol", "español", "spagnol", "espanhol", "übersetz", "tradu", "vertaal", "английск", "немецк",
    "французск", "испанск", "перевед", "перевод", "英文", "英语", "中文", "法语", "德语", "日语", "翻译",
    "翻訳", "訳して", "영어", "번역", "ترجم", "अनुवाद",
)  # fmt: skip
"""The names of the languages that are most often asked for, and words for translating, in others."""
_NAMES_A_LANGUAGE: Final = re.compile(
    rf"\b(?:{'|'.join(_OF_LANGUAGES[:-4])})\b|\btranslat\w*|{'|'.join(_OF_LANGUAGES[-4:])}"
)


class Exchange(NamedTuple):
    """An aligned response with what it is held against.

    Attributes:
        turn: its number among the answers of the conversation, from 1.
        request: what the user says.
        original: the answer in the source data; `None` if the response was added.
        aligned: the response.
        system_message: the message it was given under.
    """

    turn: int
    request: str
    original: str | None
    aligned: str
    system_message: str


@lru_cache(maxsize=8)  # the same for the finding and for the column
def compare(exchange: Exchange) -> Comparison | None:
    """Whether the response ends with the final answer of the original; `None` without an original.

    Raises:
        ConfigError: if the extra `answers` is needed and not installed.
    """
    if exchange.original is None:
        return None
    return compare_answers(exchange.request, exchange.original, exchange.aligned)


def find_wrong_answer(exchange: Exchange) -> Iterator[Finding]:
    """A final answer that is not that of the original; one that code cannot compare is no finding."""
    found = compare(exchange)
    if found is not None and found.result == "different":
        yield Finding(found.kind.value, f"{found.aligned} instead of {found.original}", turn=exchange.turn)


def find_answer_faults(exchange: Exchange) -> Iterator[Finding]:
    """What is no answer: refusals, talk about the message, another language; loops are another check."""
    for fault in find_faults(
        exchange.aligned,
        question=exchange.request,
        system_message=exchange.system_message,
        language=_language_wanted(exchange),
        plain_text=_wants_plain_text(exchange.system_message),
        loops=False,
    ):
        yield Finding(fault.kind.value, fault.shown, turn=exchange.turn)


def _wants_plain_text(system_message: str) -> bool:
    lower = to_lower(system_message)
    return any(map(lower.__contains__, _FOR_PLAIN_TEXT)) and _PLAIN_TEXT.search(lower) is not None


def _language_wanted(exchange: Exchange) -> str:
    """That of the original, unless the request or the system message speaks of languages."""
    said = f"{exchange.system_message}\n{exchange.request}".lower()
    if any(map(said.__contains__, _OF_LANGUAGES)) and _NAMES_A_LANGUAGE.search(said):
        return ""
    if any(map(said.__contains__, _OF_LANGUAGES_ELSEWHERE)):
        return ""
    return guess_language(exchange.original or exchange.request)


ResponseFinder = Callable[[Exchange], Iterable[Finding]]

RESPONSE_FINDERS: Final[Mapping[str, ResponseFinder]] = {
    "faults": find_answer_faults,
    "answers": find_wrong_answer,
}
"""A finder for every check of `CHECKS` that looks at one response; a test holds the two together."""


def as_row(turn: int, comparison: Comparison) -> dict[str, Any]:
    """A comparison as an entry of the column `answer_comparisons`."""
    return {
        "turn": turn,
        "result": comparison.result,
        "kind": comparison.kind.value,
        "original": comparison.original,
        "aligned": comparison.aligned,
        "judge": "",
    }
