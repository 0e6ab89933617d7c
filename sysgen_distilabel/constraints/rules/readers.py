"""Readers of matches that the rules of several languages share: numbers, languages, quoted words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sysgen_distilabel.constraints.rules.counts import ROUGH, Relation, Unit, count, count_between
from sysgen_distilabel.constraints.rules.rule import Masked, forbid, is_literal, require, speak
from sysgen_distilabel.constraints.verifiers import Constraint

Reader = Callable[[re.Match[str], Masked], Iterator[Constraint]]

NO_DIGITS: Final = Constraint(
    "detectable_content:numeric_inclusion", {"relation": "less than", "num_numbers": 1}
)
JSON: Final = Constraint("detectable_format:json_format", {})
TABLE: Final = Constraint("detectable_format:table", {"min_rows": 1, "min_cols": 2})


def no_signs(characters: str) -> Constraint:
    """None of these characters."""
    return Constraint("sysgen:forbidden_characters", {"characters": characters})


def read_count(to_int: Callable[[str], int]) -> Reader:
    """Reads a number of units from the groups `number`, or `low` and `high`, and those of unit and relation.

    A group `limit` makes a bare number the most there may be; without it a bare number of words says nothing.
    """

    def read(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
        given = match.groupdict()
        unit = next(unit for unit in Unit if given.get(unit.value))
        if given.get("low"):
            yield from count_between(to_int(match["low"]), to_int(match["high"]), unit)
            return
        said = next((relation for relation in Relation if given.get(relation.value)), None)
        if said is None:
            said = Relation.MOST if given.get("limit") else None if unit in ROUGH else Relation.EXACTLY
        if said is not None:
            yield from count(said, to_int(match["number"]), unit)

    return read


def read_language(names: Mapping[str, str]) -> Reader:
    """Reads the language that the group `language` names."""

    def read(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
        yield speak(names[match["language"].lower()])

    return read


def read_forbidden(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted words of the group `words` as words to avoid."""
    yield forbid(masked.read(match["words"]))


def read_required(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted words of the group `words` as words to use."""
    yield from require(masked.read(match["words"]))


def read_start(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted text of the group `words` as the beginning."""
    if is_literal(text := masked.read(match["words"])[0]):
        yield Constraint("startend:start_checker", {"start_phrase": text})


def read_end(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted text of the group `words` as the end."""
    if is_literal(text := masked.read(match["words"])[0]):
        yield Constraint("startend:end_checker", {"end_phrase": text})


def groups(patterns: Mapping[Unit, str]) -> str:
    """One pattern with a group per unit."""
    return "(?:" + "|".join(f"(?P<{unit.value}>{words})" for unit, words in patterns.items()) + ")"
