"""Numbers of words, sentences and other units as constraints, in whatever language they are said."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from sysgen_distilabel.constraints.verifiers import Constraint


class Relation(StrEnum):
    """How a number is meant."""

    MOST = "most"
    BELOW = "below"
    LEAST = "least"
    ABOVE = "above"
    EXACTLY = "exactly"

    @property
    def denied(self) -> Relation | None:
        """What is meant where it is denied, as `not above` is `most`; `None` where nothing is sure."""
        return {Relation.ABOVE: Relation.MOST, Relation.BELOW: Relation.LEAST}.get(self)


class Unit(StrEnum):
    """What is counted."""

    WORDS = "words"
    CHARACTERS = "characters"
    SENTENCES = "sentences"
    PARAGRAPHS = "paragraphs"
    LINES = "lines"
    BULLETS = "bullets"
    NUMBERED = "numbered"
    HEADINGS = "headings"
    EMOJIS = "emojis"
    PLACEHOLDERS = "placeholders"


_VERIFIERS: Final = {
    Unit.WORDS: ("length_constraints:number_words", "num_words"),
    Unit.CHARACTERS: ("length_constraints:number_characters", "num_chars"),
    Unit.SENTENCES: ("detectable_format:sentence_count", "num_sentences"),
    Unit.PARAGRAPHS: ("detectable_format:number_paragraphs", "num_paragraphs"),
    Unit.LINES: ("sysgen:number_lines", "num_lines"),
    Unit.BULLETS: ("detectable_format:number_bullet_lists", "num_bullets"),
    Unit.NUMBERED: ("detectable_format:numbered_list", "num_numbered_items"),
    Unit.HEADINGS: ("sysgen:number_headings", "num_headings"),
    Unit.EMOJIS: ("sysgen:number_emojis", "num_emojis"),
    Unit.PLACEHOLDERS: ("detectable_content:number_placeholders", "num_placeholders"),
}
_IN_PARAGRAPHS: Final = {
    Unit.WORDS: ("length_constraints:paragraph_length", "words_per_paragraph"),
    Unit.SENTENCES: ("detectable_format:sentences_per_paragraph", "num_sentences"),
}
ROUGH: Final = frozenset({Unit.WORDS, Unit.CHARACTERS})
"""Units of which a bare number is meant roughly."""
_LARGEST: Final = 99_999


def count(relation: Relation, number: int, unit: Unit) -> Iterator[Constraint]:
    """The constraints of a number of units; none if it is out of bounds."""
    if not 1 <= number <= _LARGEST:
        return
    if relation is Relation.EXACTLY and unit is Unit.WORDS:
        yield from (_make(unit, "at least", number), _make(unit, "less than", number + 1))
    elif relation is Relation.EXACTLY and unit is Unit.BULLETS:
        yield Constraint("detectable_format:number_bullet_lists", {"num_bullets": number})
    elif relation is Relation.EXACTLY:
        yield _make(unit, "equal to", number)
    elif relation is Relation.MOST:
        yield _make(unit, "less than", number + 1)
    elif relation is Relation.BELOW:
        yield _make(unit, "less than", number)
    else:
        yield _make(unit, "at least", number + (relation is Relation.ABOVE))


def count_between(low: int, high: int, unit: Unit) -> Iterator[Constraint]:
    """The constraints of a number of units between two, both of them included."""
    if 0 < low < high:
        yield from count(Relation.LEAST, low, unit)
        yield from count(Relation.MOST, high, unit)


def count_in_paragraphs(relation: Relation, number: int, unit: Unit) -> Iterator[Constraint]:
    """The constraints of a number of words or sentences in every paragraph; none for other units."""
    if unit not in _IN_PARAGRAPHS:
        return
    verifier, name = _IN_PARAGRAPHS[unit]
    for total in count(relation, number, unit):
        said = total.arguments
        yield Constraint(verifier, {"relation": said["relation"], name: said[_VERIFIERS[unit][1]]})


def none_of(unit: Unit) -> Constraint:
    """No such unit at all."""
    return _make(unit, "less than", 1)


def some(unit: Unit) -> Constraint:
    """One such unit or more."""
    return _make(unit, "at least", 1)


def _make(unit: Unit, relation: str, number: int) -> Constraint:
    verifier, name = _VERIFIERS[unit]
    if unit is Unit.PLACEHOLDERS and relation == "at least":
        return Constraint(verifier, {name: number})
    return Constraint(verifier, {"relation": relation, name: number})
