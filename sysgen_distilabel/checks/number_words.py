"""Reads numbers in words where the language is not known, in Latin script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from sysgen_distilabel.checks.added_number_words import IN_ORDER
from sysgen_distilabel.checks.units import magnitudes
from sysgen_distilabel.checks.word_lists import read_word_lists
from sysgen_distilabel.checks.word_tables import answer_words

_ALONE: Final = frozenset({"cien", "cento", "yüz", "tausend", "hundert"})
"""Scales that are numbers by themselves."""
_JOINED_SCALES: Final = (
    ("tausend", 1000),
    ("duizend", 1000),
    ("hundert", 100),
    ("honderd", 100),
    ("cento", 100),
)
_JOINED_NAMES: Final = tuple(name for name, _ in _JOINED_SCALES)
_SHORTEST_JOINED: Final = 9
_LONGEST_WORD: Final = 60
_LARGEST: Final = 10**15
_ONE: Final = frozenset({"one", "a", "un", "uma", "ein", "eine", "een", "satu"})
_ONE_BEHIND: Final = frozenset({"one", "un", "une", "uno", "una", "um", "uma", "jeden", "bir"})
"""Words for one that are a number behind tens or hundreds."""
_LINKS: Final = frozenset({"and", "y", "e", "et", "und", "en", "i", "-", ","})
_AMBIGUOUS: Final = frozenset({"-", "on", "sto"})
"""A place left empty, and words that are common in other languages."""


@lru_cache(maxsize=1)
def _scales() -> dict[str, int]:
    lists = read_word_lists("number_words.toml")["scales"]
    own = {word: int(value) for value, words in lists.items() for word in words.split()}
    return own | {word: factor for table in _others() for word, factor in table["factors"].items()}


@lru_cache(maxsize=1)
def _numerals() -> dict[str, int]:
    """Every single word that is a number below 1000."""
    lists = read_word_lists("number_words.toml")
    words = {word: int(value) for value, forms in lists["more"].items() for word in forms.split()}
    table: dict[str, dict[int, str]] = {}
    for name, first, step in (("units", 2, 1), ("tens", 20, 10)):
        for language, forms in lists[name].items():
            numbered = dict(enumerate(forms.split()))
            named = {first + step * at: word for at, word in numbered.items() if word != "_"}
            words |= {word: value for value, word in named.items()}
            table[language] = table.get(language, {}) | named
    for lined_up in _others():
        in_order = zip(lined_up["in_order"].split(), IN_ORDER, strict=False)
        words |= {word: value for word, value in in_order if value > 1 and word not in _AMBIGUOUS}
    return words | dict(_join_tens(table))


def _others() -> list[dict[str, Any]]:
    tables = answer_words()["lined_up_numbers"]
    return [tables["pl"], tables["tr"]]


@lru_cache(maxsize=1)
def ambiguous_words() -> dict[str, dict[str, int]]:
    """Words that are numbers in some languages, by the codes of these, and something else in others."""
    words: dict[str, dict[str, int]] = read_word_lists("number_words.toml")["ambiguous"]
    return words


def scale_of(word: str) -> int:
    """What a number before this word is multiplied by: 1000000 for "million"; 1 for other words."""
    return magnitudes().get(word) or _scales().get(word, 1)


def _join_tens(table: dict[str, dict[int, str]]) -> Iterator[tuple[str, int]]:
    """Tens and units that are written as one word."""
    german, dutch, italian = (table[language] for language in ("de", "nl", "it"))
    for ten in range(20, 100, 10):
        for unit in range(1, 10):
            value = ten + unit
            yield f"{german.get(unit, 'ein')}und{german[ten]}", value
            one = dutch.get(unit, "een")
            yield f"{one}{'ën' if one.endswith('e') else 'en'}{dutch[ten]}", value
            one = italian.get(unit, {1: "uno", 2: "due", 6: "sei"}.get(unit, ""))
            yield f"{italian[ten][:-1] if one[0] in 'uo' else italian[ten]}{one}", value


def has_number_word(words: Sequence[str]) -> bool:
    """Whether any of the words in lower case begins a number."""
    if not (_numerals().keys().isdisjoint(words) and _scales().keys().isdisjoint(words)):
        return True
    if not any(map(" ".join(words).__contains__, _JOINED_NAMES)):
        return False
    return any(_joined_hundreds(word) for word in words if len(word) > _SHORTEST_JOINED)


def read_words(words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The numbers in a row of words in lower case: value, index of the first word, index of the last."""
    numerals, scales = _numerals(), _scales()
    total = current = 0
    first = last = -1
    for index, word in enumerate(words):
        value = numerals.get(word)
        if value is None and len(word) > _SHORTEST_JOINED:
            value = _joined_hundreds(word)
        if (
            value is None
            and word in _ONE_BEHIND
            and current
            and words[index - 1] != ","
            and _adds(current, 1)
        ):
            value = 1
        scale = scales.get(word, 0) if value is None else 0
        if value is not None and first >= 0 and current and not _adds(current, value):
            yield total + current, first, last
            total, current, first = 0, 0, -1
        if value is not None:
            current = 80 if (current, value) == (4, 20) else current + value
        elif scale and (first >= 0 or word in _ALONE or (index and words[index - 1] in _ONE)):
            if scale >= 1000:
                total, current = total + max(current, 1) * scale, 0
            else:
                current = max(current, 1) * scale
        else:
            if first >= 0 and (word not in _LINKS or index - last > 1):
                yield total + current, first, last
                total, current, first = 0, 0, -1
            continue
        first, last = index if first < 0 else first, index
        if total + current > _LARGEST:
            total, current, first = 0, 0, -1
    if first >= 0:
        yield total + current, first, last


def _adds(current: int, value: int) -> bool:
    """Whether the number goes on: seventy two, two and seventy, soixante douze."""
    if value >= 100:
        return False
    if current < 10:
        return value >= 20 and value % 10 == 0
    if current < 100:
        return current % 10 == 0 and current >= 20 and (value < 10 or (value < 20 and current in (60, 80)))
    return current % 100 == 0 or _adds(current % 100, value)


def _joined_hundreds(word: str) -> int | None:
    """A long number word of German, Dutch or Italian, such as dreihundertfünfundsechzig."""
    for name, scale in _JOINED_SCALES:
        head, found, tail = word.partition(name)
        if found and len(word) <= _LONGEST_WORD:
            many = 1 if head in ("", "ein", "een") else _joined(head)
            rest = _joined(tail.removeprefix("und")) if tail else 0
            return many * scale + rest if many and rest is not None else None
    return None


def _joined(part: str) -> int | None:
    return _numerals().get(part) or _joined_hundreds(part)
