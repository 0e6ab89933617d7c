"""Turns phrases of system messages into constraints that a program can check, where that is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from sysgen_distilabel.constraints.rules.chinese import CHINESE_RULES
from sysgen_distilabel.constraints.rules.english_counts import COUNT_RULES, PART_RULES
from sysgen_distilabel.constraints.rules.english_formats import FORMAT_RULES
from sysgen_distilabel.constraints.rules.english_wording import WORDING_RULES
from sysgen_distilabel.constraints.rules.french import FRENCH_RULES
from sysgen_distilabel.constraints.rules.german import GERMAN_RULES
from sysgen_distilabel.constraints.rules.japanese import JAPANESE_RULES
from sysgen_distilabel.constraints.rules.korean import KOREAN_RULES
from sysgen_distilabel.constraints.rules.rule import Masked, Rule
from sysgen_distilabel.constraints.rules.spanish import SPANISH_RULES
from sysgen_distilabel.constraints.verifiers import Constraint

_RULES: Final[tuple[Rule, ...]] = (
    *FORMAT_RULES,
    *WORDING_RULES,
    *COUNT_RULES,
    *PART_RULES,
    *GERMAN_RULES,
    *SPANISH_RULES,
    *FRENCH_RULES,
    *CHINESE_RULES,
    *JAPANESE_RULES,
    *KOREAN_RULES,
)
_HEDGED: Final = re.compile(
    r"\b(?:if|when(?:ever)?|where|unless|except|in case|should the|otherwise|optional(?:ly)?"
    r"|about|around|approximately|roughly|typically|usually|generally|prefer(?:ably)?|try|might|could"
    r"|(?<!no sentence )(?<!no paragraph )may(?! (?:not|never)\b)"
    r"|possible|appropriate|necessary|needed|relevant|example|e\.g)\b",
    re.IGNORECASE,
)
"""Words that make a sentence depend on the case, or less than binding; a second lock behind the rules."""
_CONDITION: Final = re.compile(
    r"^(?:if|when(?:ever)?|unless|in case|for (?:questions|requests|tasks|users|code|math)|during"
    r"|wenn|falls|sofern|si|cuando|如果|若|当|만약|もし)\b|(?:면|경우)[, ]|場合|とき",
    re.IGNORECASE,
)
_UNCONDITIONAL: Final = re.compile(r"^(?:always|never|all|every|in all|immer|stets|siempre|nunca)\b", re.I)
_BACK: Final = re.compile(r"\b(?:it|they|them|this|that|these|those)\b", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*|\n+|;\s+")  # noqa: RUF001
_LONGEST: Final = 600
"""Characters; a longer sentence says more than one rule can."""
_MOST: Final = 1000
"""Sentences that are read; a phrase of more is none."""
_STOP: Final = " \t.!。！"  # noqa: RUF001
_JOINT: Final = re.compile(r",? (?:and|but|und|y|pero|aber) |,\s+|: | - | – ")  # noqa: RUF001
_NEUTRAL: Final = re.compile(
    r"(?:please )?(?:always )?(?:be|stay|remain|keep(?: it| (?:your"
    r" )?(?:answers?|responses?|replies))?|write|sound"
    r"|use an?|maintain an?|answer|respond|reply)?(?: ?(?:very|as|a|both|clear"
    r"(?:ly)?|concise(?:ly)?|brief(?:ly)?"
    r"|short|professional(?:ly)?|formal(?:ly)?|friendly|polite(?:ly)?|helpful|warm|simple"
    r"|direct(?:ly)?|succinct"
    r"|to the point|accurate|precise|kind|respectful|calm|neutral|patient|encouraging|tone))+",
    re.IGNORECASE,
)
"""A part of a sentence that says how to sound, which no program checks; other parts stand on their own."""
_REASON: Final = re.compile(r"(?:because|since|so that) .+", re.IGNORECASE)
"""A part that says why, and makes the others no less binding."""


def compile_constraints(text: str) -> list[Constraint]:
    """The constraints a phrase states beyond doubt, in the order of its sentences.

    Rules rather than a model, and precision before recall: a rule has to match a whole sentence, so one
    that depends on a condition, is hedged, offers a choice, or limits a part of the response gives nothing;
    nor does one behind a condition, or one that speaks of something named before it. Of a sentence of
    several parts all have to be understood. What is understood, in English, German, Spanish, Chinese,
    Japanese and Korean: numbers of words, characters, sentences, paragraphs and list items, and in every
    sentence or paragraph, JSON, tables, lists, headings, code, letter case, signs, words to use and to
    avoid, beginning and end, language; in French the language alone.

    Args:
        text: one phrase, tags stripped.
    """
    found: list[Constraint] = []
    masked, conditional = Masked.of(text), False
    sentences = filter(None, map(str.strip, _SENTENCE_END.split(masked.text)))
    for number, sentence in enumerate(islice(sentences, _MOST)):
        if _CONDITION.search(sentence):
            conditional = True
        elif _UNCONDITIONAL.match(sentence):
            conditional = False
        if (
            len(sentence) > _LONGEST
            or conditional
            or _HEDGED.search(sentence)
            or (number and _BACK.search(sentence))
        ):
            continue
        found += [constraint for constraint in _read_sentence(sentence, masked) if constraint not in found]
    return found


def says_more(text: str) -> bool:
    """Whether a sentence says something beside the constraints read in it: it has a part that binds to none.

    Args:
        text: one sentence.
    """
    masked = Masked.of(text)
    whole = _tidy(masked.text)
    return not any(_match(whole, masked)) and any(
        _NEUTRAL.fullmatch(part.strip()) for part in _JOINT.split(whole)
    )


def _tidy(sentence: str) -> str:
    return " ".join(sentence.strip(_STOP).split()).replace("’", "'")  # noqa: RUF001


def _read_sentence(sentence: str, masked: Masked) -> list[Constraint]:
    whole = _tidy(sentence)
    if found := list(_match(whole, masked)):
        return found
    together: list[Constraint] = []
    for part in map(str.strip, _JOINT.split(whole)):
        understood = list(_match(part, masked))
        if not (understood or _NEUTRAL.fullmatch(part) or _REASON.fullmatch(part)):
            return []
        together += understood
    return together


def _match(sentence: str, masked: Masked) -> Iterator[Constraint]:
    """What the first rule that matches reads in a sentence."""
    for rule in _RULES:
        match = rule.match(sentence)
        if match and (found := list(rule.read(match, masked))):
            yield from found
            return
