"""Do two answers pick the same of the options that a question offers?"""

from __future__ import annotations

import re

from sysgen_distilabel.checks.answer_sides import HAS_WORD, AnswerKind, Comparison, Side, told
from sysgen_distilabel.checks.answer_words import CONCLUSION
from sysgen_distilabel.checks.asked_quantities import Asked
from sysgen_distilabel.checks.choices import (
    find_choice,
    find_choices,
    find_letters,
    find_listed,
    find_options,
)
from sysgen_distilabel.checks.final_answers import find_final

_BOLD = re.compile(r"\*\*([^*\n]{1,80})\*\*")
_LETTER = re.compile(r"[\W_]*[A-Ja-j][\W_]*")


def compare_choices(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    """Whether both pick the same of the options that a question lists by letter or number."""
    options = find_options(question)
    if not options and not _LETTER.fullmatch(one.final(HAS_WORD).text):
        return None
    if several := find_choices(one.final(HAS_WORD).text, options):
        return _chosen_several(several, other, options)
    wanted = _choice(one, options)
    if wanted is None:
        return None
    said = _choice(other, options)
    return told(None if said is None else said == wanted, AnswerKind.CHOICE, wanted, said or "")


def _chosen_several(wanted: frozenset[str], other: Side, options: dict[str, str]) -> Comparison:
    """Whether an answer names the same options, and no others, where it settles on some."""
    final = find_final(other.written.replace("**", ""), HAS_WORD)
    named = [letters for s in {*final.sentences} if (letters := find_letters(s) & options.keys())]
    settled = find_letters(final.text) & options.keys() if final.marked else frozenset()
    said = settled or frozenset().union(*named)
    same = said == wanted if settled or len(named) == 1 or said == wanted else None
    return told(same, AnswerKind.CHOICE, ", ".join(sorted(wanted)), ", ".join(sorted(said)))


def compare_listed(question: str, asked: Asked, one: Side, other: Side) -> Comparison | None:
    """Whether both pick the same of the options that a question lists within a sentence."""
    options = find_listed(question, one.final(HAS_WORD).text)
    if not options:
        return None
    wanted, said = _choice(one, options), _choice(other, options)
    same = None if not wanted or not said else wanted == said
    return told(same, AnswerKind.CHOICE, options.get(wanted or "", ""), options.get(said or "", ""))


def _choice(side: Side, options: dict[str, str]) -> str | None:
    final = find_final(side.written.replace("**", ""), HAS_WORD)
    found = find_choice(final.text, options, marked=final.marked or len(final.sentences) == 1)
    if options and not (final.marked and found) and (bold := _bold_choice(side.written, options)):
        return bold
    places = () if final.marked and found else (*reversed(final.sentences),)
    return found or next(
        (c for s in places for part in (s, _concluded(s)) if (c := find_choice(part, options, marked=False))),
        None,
    )


def _bold_choice(text: str, options: dict[str, str]) -> str | None:
    """The only option that a text sets in bold."""
    said = {find_choice(bold, options, marked=True) for bold in _BOLD.findall(text)} - {None}
    return said.pop() if len(said) == 1 else None


def _concluded(sentence: str) -> str:
    """What stands behind the last word that draws the sum."""
    found = list(CONCLUSION.finditer(sentence))
    return sentence[found[-1].end() :] if found else ""
