"""Finds phrases of one system message that cannot both be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from sysgen_distilabel.checks.word_lists import read_word_lists

_APART: Final = "\n.\n"
"""No pattern reaches over a full stop."""
_EAST: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_SOUTH: Final = re.compile("[\u0600-\u06ff\u0900-\u097f]")


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


_Signs = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """`contradictions.toml`, compiled.

    `least` is a lower bound of any unit in spaced texts and in all, `names` are those of languages.

    Signs are kept by script; with those of others the English ones are looked for.
    """

    stances: dict[str, tuple[re.Pattern[str], re.Pattern[str]]]
    ascii_stances: dict[str, tuple[re.Pattern[str], re.Pattern[str]]]
    signs: dict[str, _Signs]
    refusal: re.Pattern[str]
    negated: re.Pattern[str]
    each: re.Pattern[str]
    more: re.Pattern[str]
    more_behind: re.Pattern[str]
    names: _Signs
    codes: dict[str, str]
    languages: list[re.Pattern[str]]
    least: tuple[re.Pattern[str], re.Pattern[str]]
    least_signs: _Signs
    counted_signs: _Signs
    bounds: list[tuple[re.Pattern[str] | None, re.Pattern[str] | None, int, int]]
    numbers: dict[str, int]


@cache
def _load_patterns() -> _Patterns:
    table = read_word_lists("contradictions.toml")
    refusal = table["not"]
    numbers = {word: int(value) for value, words in table["numbers"].items() for word in words.split()}
    number = rf"\d{{1,5}}|{'|'.join(sorted(numbers, key=len, reverse=True))}"
    names = {code: words.split() for code, words in table["languages"].items()}
    language = "|".join(f"(?P<{code}>{'|'.join(words)})" for code, words in names.items())
    stances, bounds = table["stances"], table["bounds"]
    return _Patterns(
        {
            name: (_compile(stance["for"], refusal), _compile(stance["against"], refusal))
            for name, stance in stances.items()
        },
        {
            name: (_compile_ascii(stance["for"], refusal), _compile_ascii(stance["against"], refusal))
            for name, stance in stances.items()
        },
        {name: _read_signs(stance["signs"]) for name, stance in stances.items()},
        re.compile(refusal),
        re.compile(rf"\b{refusal}\b[^.;]{{0,25}}$"),
        re.compile(table["each"]),
        re.compile(table["more"]),
        re.compile(table["more_behind"]),
        _split_signs(
            [words[0] for words in names.values()], [n for words in names.values() for n in words[1:]]
        ),
        {name: code for code, words in names.items() for name in words},
        [re.compile(text.replace("LANGUAGE", language)) for text in table["language_patterns"].values()],
        (
            _lower_bounds([bound for bound in bounds if "unspaced" not in bound], number),
            _lower_bounds(bounds, number),
        ),
        _read_signs(table["least_signs"]),
        _read_signs(table["counted_signs"]),
        [
            (
                _bound(bound.get("least"), number),
                _bound(bound.get("most"), number),
                bound["low"],
                bound["high"],
            )
            for bound in bounds
        ],
        numbers,
    )


def _compile(lines: str, refusal: str) -> re.Pattern[str]:
    return re.compile("|".join(lines.strip().splitlines()).replace("NOT", refusal))


def _compile_ascii(lines: str, refusal: str) -> re.Pattern[str]:
    """Without the lines that find nothing in a text of ASCII, which is looked through far quicker so."""
    kept = (line for line in lines.splitlines() if not (_EAST.search(line) or _SOUTH.search(line)))
    return _compile("\n".join(kept), refusal)


def _lower_bounds(bounds: Sequence[Mapping[str, str]], number: str) -> re.Pattern[str]:
    texts = [bound["least"] for bound in bounds if "least" in bound]
    return re.compile("|".join(texts).replace("NUMBER", f"(?:{number})"))


def _bound(text: str | None, number: str) -> re.Pattern[str] | None:
    return re.compile(text.replace("NUMBER", f"(?P<n>{number})")) if text else None


def _read_signs(words: str) -> _Signs:
    """Signs, in which a line below stands for a blank; English ones before a bar, others behind it."""
    english, _, others = words.partition("|")
    return _split_signs(*([sign.replace("_", " ") for sign in part.split()] for part in (english, others)))


def _split_signs(english: list[str], others: list[str]) -> _Signs:
    signs: _Signs = {"english": tuple(english), "latin": (*english, *(s for s in others if s < "\u0400"))}
    signs["ascii"] = tuple(sign for sign in signs["latin"] if sign.isascii())
    for script in ("cyrillic", "east", "south"):
        signs[script] = (*english, *(sign for sign in others if _script(sign) == script))
    return signs


def _script(text: str) -> str:
    """By what a text is written in, which signs are to be looked for."""
    if text.isascii():
        return "english" if " the " in text or " you " in text or " with " in text else "ascii"
    if _EAST.search(text):
        return "east"
    return "cyrillic" if _CYRILLIC.search(text) else "south" if _SOUTH.search(text) else "latin"


def _holds_any(text: str, signs: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, signs))


def _may_contradict(text: str) -> bool:
    """Whether all phrases together may hold both sides of anything; most messages do not."""
    patterns, script = _load_patterns(), _script(text)
    stances = patterns.ascii_stances if text.isascii() else patterns.stances
    for name, (wanted, refused) in stances.items():
        if _holds_any(text, patterns.signs[name][script]) and refused.search(text) and wanted.search(text):
            return True
    is_bounded = _holds_any(text, patterns.counted_signs[script]) and _holds_any(
        text, patterns.least_signs[script]
    )
    if is_bounded and patterns.least[script == "east"].search(text):
        return True
    return len({patterns.codes[name] for name in patterns.names[script] if name in text}) > 1


def _read(text: str) -> _Demands:
    patterns = _load_patterns()
    stances = set()
    for name, (wanted, refused) in patterns.stances.items():
        if (match := refused.search(text)) and not _is_undone(text, match):
            stances.add((name, False))
        elif (match := wanted.search(text)) and not patterns.negated.search(text[: match.start()]):
            stances.add((name, True))
    languages = {match.lastgroup or "" for pattern in patterns.languages for match in pattern.finditer(text)}
    found = _Demands(stances, languages if len(languages) == 1 else set())
    if patterns.each.search(text):
        found.stances.discard(("long", False))
        return found
    for least, most, low, high in patterns.bounds:
        for match in least.finditer(text) if least else ():
            found.least = max(found.least, _value(match) * low)
        for match in most.finditer(text) if most else ():
            found.most = min(found.most, _value(match) * high)
    return found


def _is_undone(text: str, match: re.Match[str]) -> bool:
    """Whether it is itself ruled out ("avoid slang" is not informal) or a bound ("not more than two")."""
    patterns = _load_patterns()
    if patterns.more.search(match[0]) or patterns.more_behind.match(text, match.end()):
        return True
    return not patterns.refusal.match(match[0]) and patterns.negated.search(text[: match.start()]) is not None


def _compare(one: _Demands, other: _Demands) -> str:
    opposed = {(name, not stance) for name, stance in one.stances} & other.stances
    if opposed:
        return min(opposed)[0]
    if one.languages and other.languages and one.languages != other.languages:
        return "language"
    return "length" if one.least > other.most or other.least > one.most else ""


def _value(match: re.Match[str]) -> int:
    return _load_patterns().numbers.get(match["n"]) or int(match["n"])
