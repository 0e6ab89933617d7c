"""Finds phrases of one system message that cannot both be kept."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

_WORDS_PER_SENTENCE: Final = (3, 45)
_APART: Final = "\n.\n"
"""No pattern reaches over a full stop."""


class Contradiction(NamedTuple):
    """Two phrases that cannot both be kept.

    Attributes:
        phrase: the place of the later one, from 0.
        other: the place of the earlier one.
        about: what they disagree about.
    """

    phrase: int
    other: int
    about: str


@dataclass(slots=True)
class _Demands:
    """What one phrase asks of an answer: stances for and against, a language, and bounds of its length."""

    stances: set[tuple[str, bool]]
    languages: set[str]
    least: float = 0
    most: float = float("inf")


def find_contradictions(phrases: Sequence[str]) -> Iterator[Contradiction]:
    """The phrases that ask for something an earlier phrase rules out, each once."""
    texts = [text.lower().replace("\u2019", "'") for text in phrases]
    if not _may_contradict(_APART.join(texts)):
        return
    demands = [_read(text) for text in texts]
    for place, later in enumerate(demands):
        for earlier in range(place):
            if about := _compare(demands[earlier], later):
                yield Contradiction(place, earlier, about)
                break


@dataclass(frozen=True, slots=True)
class _Patterns:
    """`contradictions.toml`, compiled; `least` is a lower bound of any unit."""

    stances: dict[str, tuple[re.Pattern[str], re.Pattern[str]]]
    signs: dict[str, list[str]]
    negated: re.Pattern[str]
    language: re.Pattern[str]
    languages: list[str]
    least: re.Pattern[str]
    bounds: list[tuple[re.Pattern[str], re.Pattern[str], int, int]]
    numbers: dict[str, int]


@cache
def _load_patterns() -> _Patterns:
    text = resources.files(__package__).joinpath("contradictions.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)
    refusal = table["not"]
    number = rf"(?P<n>\d{{1,5}}|{'|'.join(table['numbers'])})"
    stances = {
        name: (_compile(stance["for"], refusal), _compile(stance["against"], refusal))
        for name, stance in table["stances"].items()
    }
    bounds = [
        (
            re.compile(rf"{table['at_least']} {number} {unit}"),
            re.compile(rf"(?:{table['at_most']}|\bin|\bexactly) {number} (?:short )?{unit}"),
            low,
            high,
        )
        for unit, low, high in ((table["words"], 1, 1), (table["sentences"], *_WORDS_PER_SENTENCE))
    ]
    signs = {name: stance["signs"] for name, stance in table["stances"].items()}
    negated = re.compile(rf"\b{refusal}\b[^.;]{{0,25}}$")
    language = re.compile(table["language"].replace("LANGUAGE", table["languages"]))
    least = re.compile(rf"{table['at_least']} {number} (?:{table['words']}|{table['sentences']})")
    languages = table["languages"].split("|")
    return _Patterns(stances, signs, negated, language, languages, least, bounds, table["numbers"])


def _compile(pattern: str, refusal: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("NOT", refusal))


def _may_contradict(text: str) -> bool:
    """Whether all phrases together may hold both sides of anything; most messages do not."""
    patterns = _load_patterns()
    return (
        any(
            refused.search(text) and wanted.search(text)
            for name, (wanted, refused) in patterns.stances.items()
            if any(sign in text for sign in patterns.signs[name])
        )
        or patterns.least.search(text) is not None
        or sum(name in text for name in patterns.languages) > 1
    )


def _read(text: str) -> _Demands:
    patterns = _load_patterns()
    stances = set()
    for name, (wanted, refused) in patterns.stances.items():
        if refused.search(text):
            stances.add((name, False))
        elif (match := wanted.search(text)) and not patterns.negated.search(text[: match.start()]):
            stances.add((name, True))
    languages = {match["l"] for match in patterns.language.finditer(text)}
    found = _Demands(stances, languages if len(languages) == 1 else set())
    for least, most, low, high in patterns.bounds:
        for match in least.finditer(text):
            found.least = max(found.least, _value(match) * low)
        for match in most.finditer(text):
            found.most = min(found.most, _value(match) * high)
    return found


def _compare(one: _Demands, other: _Demands) -> str:
    opposed = {(name, not stance) for name, stance in one.stances} & other.stances
    if opposed:
        return min(opposed)[0]
    if one.languages and other.languages and one.languages != other.languages:
        return "language"
    return "length" if one.least > other.most or other.least > one.most else ""


def _value(match: re.Match[str]) -> int:
    return _load_patterns().numbers.get(match["n"]) or int(match["n"])
