"""Finds what is wrong with an answer whatever the question is: refusals, loops, talk about the message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sysgen_distilabel.checks.loop_signs import may_loop
from sysgen_distilabel.checks.loops import find_loop
from sysgen_distilabel.checks.markup import find_markup
from sysgen_distilabel.checks.message_language import without_quotes
from sysgen_distilabel.checks.message_talk import find_mention, find_quote, find_tag_talk
from sysgen_distilabel.checks.refusals import find_refusal
from sysgen_distilabel.measures.languages import guess_language, name_language

_SHOWN = 80
_FEW_LETTERS = 40
_LEAD_LETTERS = 3


class FaultKind(StrEnum):
    """What is wrong with an answer."""

    REFUSAL = "refusal"
    LOOP = "loop"
    MESSAGE_QUOTED = "message_quoted"
    MESSAGE_MENTIONED = "message_mentioned"
    TAGS = "tags"
    WRONG_LANGUAGE = "wrong_language"
    MARKUP = "markup"


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """A fault, and in `shown` the words that show it, or the languages that differ."""

    kind: FaultKind
    shown: str


def find_faults(
    answer: str,
    *,
    question: str = "",
    system_message: str = "",
    language: str = "",
    plain_text: bool = False,
    loops: bool = True,
    detect: Callable[[str], str] = guess_language,
) -> list[AnswerFault]:
    """The faults of an answer, most serious first; empty for one that is sound as far as code can tell.

    It rather overlooks a fault than blames a sound answer.

    Args:
        answer: the assistant's turn.
        question: the user's turn before it; what it speaks of itself, an answer may speak of as well.
        system_message: the message the answer was given under.
        language: ISO 639-1 code of the language asked for; empty if none was.
        plain_text: whether text without markup was asked for.
        loops: whether loops are looked for.
        detect: tells the language of a text, empty where it is not clear.
    """
    found = [
        (FaultKind.REFUSAL, find_refusal(answer)),
        (FaultKind.LOOP, _looping(answer) if loops else None),
        (FaultKind.TAGS, find_tag_talk(answer, question)),
        (FaultKind.MESSAGE_MENTIONED, find_mention(answer, question)),
        (FaultKind.MESSAGE_QUOTED, find_quote(answer, system_message, question)),
        (FaultKind.WRONG_LANGUAGE, _other_language(answer, language, detect)),
        (FaultKind.MARKUP, " ".join(find_markup(answer) or ()) if plain_text else None),
    ]
    return [AnswerFault(kind, shown[:_SHOWN]) for kind, shown in found if shown]


def _looping(answer: str) -> str | None:
    loop = find_loop(answer) if may_loop(answer) else None
    return f"{loop.times} times {loop.unit.strip()}" if loop else None


def _other_language(answer: str, asked: str, detect: Callable[[str], str]) -> str | None:
    if not asked or (answer.isascii() and sum(map(str.isalpha, answer)) < _FEW_LETTERS):
        return None  # a list of names or of words to spell
    own = without_quotes(answer)
    if own is not answer and (letters := sum(map(str.isalpha, own))) < _FEW_LETTERS:
        if letters >= _LEAD_LETTERS:
            return None  # a few words that lead to a quote in another language
        own = answer
    said = detect(own)
    return f"{name_language(said)}, not {name_language(asked)}" if said and said != asked else None
