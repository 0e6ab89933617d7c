"""What the rules of a language share: its words for numbers and for languages, and the readers of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sysgen_distilabel.constraints.rules.counts import (
    ROUGH,
    Relation,
    Unit,
    count,
    count_between,
    count_in_paragraphs,
)
from sysgen_distilabel.constraints.rules.rule import Masked, Rule, rule, speak
from sysgen_distilabel.constraints.verifiers import Constraint


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a language for what its rules read.

    Attributes:
        numbers: number words; digits are read in every language.
        languages: the names of languages, with their codes.
    """

    numbers: Mapping[str, int]
    languages: Mapping[str, str]

    @property
    def number(self) -> str:
        """A pattern of a number."""
        return rf"(?:\d{{1,5}}|{_longest_first(self.numbers)})"

    @property
    def language(self) -> str:
        """A pattern of the name of a language, as the group `language`."""
        return rf"(?P<language>{_longest_first(self.languages)})"

    def count(self, pattern: str) -> Rule:
        """A rule that reads a number of units: groups `number`, or `low` and `high`, of unit and relation.

        A group `limit` makes a bare number the most there may be; without it a bare number of words says
        nothing. A group `negated` turns a relation around: not more than, not fewer than.
        """
        return rule(pattern, self._read_count)

    def count_in_paragraphs(self, pattern: str) -> Rule:
        """A rule that reads a number of words or sentences in every paragraph, from the same groups."""
        return rule(pattern, self._read_paragraphs)

    def speak(self, pattern: str) -> Rule:
        """A rule that reads the language of the answer from the group `language`."""
        return rule(pattern, self._read_language)

    def _read_count(self, match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
        given = match.groupdict()
        unit = next(unit for unit in Unit if given.get(unit.value))
        if given.get("low"):
            yield from count_between(self._to_int(match["low"]), self._to_int(match["high"]), unit)
            return
        if (said := _find_relation(given, unit)) is not None:
            yield from count(said, self._to_int(match["number"]), unit)

    def _read_paragraphs(self, match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
        given = match.groupdict()
        unit = next(unit for unit in Unit if given.get(unit.value))
        if (said := _find_relation(given, unit)) is not None:
            yield from count_in_paragraphs(said, self._to_int(match["number"]), unit)

    def _read_language(self, match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
        yield speak(self.languages[match["language"].lower()])

    def _to_int(self, text: str) -> int:
        return self.numbers.get(text.lower()) or int(text)


def _find_relation(given: Mapping[str, str | None], unit: Unit) -> Relation | None:
    said = next((relation for relation in Relation if given.get(relation.value)), None)
    if given.get("negated"):
        return said.denied if said else None
    if said is not None:
        return said
    if given.get("limit"):
        return Relation.MOST
    return None if unit in ROUGH else Relation.EXACTLY


def _longest_first(words: Mapping[str, object]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))
