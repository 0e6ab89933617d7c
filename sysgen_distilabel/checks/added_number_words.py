"""Number words of languages that line them up: Russian, Polish, Turkish, Hindi, Arabic, Vietnamese."""

from __future__ import annotations

import re
from functools import cache

from sysgen_distilabel.checks.word_tables import answer_words

IN_ORDER = (*range(21), *range(30, 100, 10), *range(100, 1000, 100))
"""The values of the words that a table has in order."""
LANGUAGES = frozenset(answer_words()["lined_up_numbers"])


def added_words_to_digits(text: str, language: str, *, short: bool) -> str:
    """The text with number words as digits; "one" alone stays, unless the text is short."""
    pattern, values, factors, prefix = _compiled(language)

    def number(found: re.Match[str]) -> str:
        total = part = 0
        for word in _WORD.findall(found[0].lower()):
            value, factor = _look_up(word, values, prefix), factors.get(word)
            if factor:
                low = part % factor  # of 203 before a ten the 3: two hundred three-ty
                part += (low or 1) * factor - low
                total, part = (total + part, 0) if factor >= 1000 else (total, part)
            else:
                part += value or 0
        total += part
        return found[0] if total == 1 and not short else str(total)

    return pattern.sub(number, text)


_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u097f]*)")


def _look_up(word: str, values: dict[str, int], prefix: str) -> int | None:
    return values.get(word, values.get(word.removeprefix(prefix)) if prefix else None)


@cache
def _compiled(language: str) -> tuple[re.Pattern[str], dict[str, int], dict[str, int], str]:
    table = answer_words()["lined_up_numbers"][language]
    factors, prefix = table["factors"], table["prefix"]
    in_order = zip(table["in_order"].split(), IN_ORDER, strict=False)
    values = {word: value for word, value in in_order if word != "-"} | table["others"]
    known = "|".join(sorted({*values, *factors}, key=len, reverse=True))
    if counted := table.get("before_factors"):
        values |= counted
        known += rf"|(?:{'|'.join(counted)})(?=\s(?:{'|'.join(factors)}))"
    word = f"{prefix and prefix + '?'}(?:{known})"
    part = r"[\w\u0900-\u097f]"
    pattern = rf"(?<!{part}){word}(?:[\s-]{{1,4}}{word}){{0,16}}(?!{part})"
    return re.compile(pattern, re.IGNORECASE), values, factors, prefix
