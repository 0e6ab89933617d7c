# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Finds the value that a text sets in bold as its answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sysgen_distilabel.checks.answer_words import CONCLUSION, CORRECTION

_BOLD = re.compile(r"(?:[-−$€£¥₹]\s?)?\*\*(?=\S)[^*\n]{1,80}\*\*(?![\w*])(?!\s?[:：])(?:\s?[^\W\d_]+)?")
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
_OPERATES = r"[^\d\n]{0,15}?[-+−×*÷/·=]\s?\d"
"""What follows a number that another is worked out of."""
_LABEL = re.compile(r"\W*(?:[^\W\d_]+\s?\d{1,2}(?:[:：.)—–-].*)?|\d{1,2}[.)]\s.*|.*[:：]\W*)", re.DOTALL)
"""A heading or label: "Step 1: the total", "2. The rest", "Sum:"."""


def find_bold_answer(sentences: Sequence[str]) -> str:
    """What stands in bold in the last sentence that has a number in bold, or that sentence, if several do.

    Empty where there is none, or the text goes on to another value.
    """
    bold = [(at, spans) for at, sentence in enumerate(sentences) if (spans := _find_values(sentence))]
    if not bold:
        return ""
    at, spans = bold[-1]
    number = re.escape(_NUMBER.findall(spans[-1])[-1])
    value = re.compile(rf"(?<!\d){number}(?!\d)(?!{_OPERATES})")
    later = [sentence for sentence in sentences[at + 1 :] if _NUMBER.search(sentence)]
    others = [sentence for sentence in later if not value.search(sentence)]
    several = sum(len(spans) for _, spans in bold) > 1
    if (several and later and later[-1] in others) or any(map(_goes_on, others)):
        return ""
    return spans[0] if len(spans) == 1 else sentences[at]


def _find_values(sentence: str) -> list[str]:
    found = (match[0] for match in _BOLD.finditer(sentence))
    return [span for span in found if _NUMBER.search(span) and not _LABEL.fullmatch(span)]


def _goes_on(sentence: str) -> bool:
    """Whether a sentence works out, concludes or corrects something."""
    return any(sign in sentence for sign in "=≈") or any(
        words.search(sentence) for words in (CONCLUSION, CORRECTION)
    )
