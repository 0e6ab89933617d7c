"""Answers that there is no value: no solution, infinitely many, or none that is defined."""

from __future__ import annotations

import re
from functools import cache

from sysgen_distilabel.checks.word_tables import answer_words

_ASSIGNED = re.compile(r"\b[a-z]\s*=\s*[-±]?\s*[\d√\\(]")


def find_no_solution(text: str) -> str:
    """`none`, `infinite` or `undefined` where a sentence says so of the value asked for; else nothing."""
    lower = text.lower()
    patterns, ascii_signs, signs = _load_patterns()
    holds = lower.__contains__
    if not any(map(holds, ascii_signs)) and (lower.isascii() or not any(map(holds, signs))):
        return ""
    if assigns_value(text):
        return ""
    return next((kind for kind, pattern in patterns if pattern.search(lower)), "")


def assigns_value(text: str) -> bool:
    """Whether a text gives a variable a number: "x = 3"."""
    return _ASSIGNED.search(text.lower()) is not None


@cache
def _load_patterns() -> tuple[list[tuple[str, re.Pattern[str]]], list[str], list[str]]:
    """The kinds with their patterns, and signs of which every such text holds one: ASCII ones, and others."""
    table = answer_words()["no_solution"]
    patterns = [(kind, re.compile("|".join(lines.split("\n")))) for kind, lines in table["kinds"].items()]
    signs = table["signs"].split()
    return patterns, [s for s in signs if s.isascii()], [s for s in signs if not s.isascii()]
