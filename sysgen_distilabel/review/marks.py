"""The text a reviewer sees, and the phrases marked in it by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sysgen_distilabel.functionalities import Functionality

PLACEHOLDER: Final = "\u25a1"
"""Stands in marked text for what the browser and the server would count differently."""

LOOK_ALIKES: Final = {"<": "\u2039", "&": "\uff06"}
"""Argilla's page takes marked text for HTML: a tag in it would be obeyed, and every mark be lost."""

# Argilla's page counts UTF-16 units and its server code points, which agree below U+10000 only; a
# carriage return is lost when a page is built, and neither browsers nor PostgreSQL take control characters.
_UNCOUNTABLE: Final = re.compile(r"[\U00010000-\U0010ffff\x00-\x08\x0b-\x1f\x7f]")
_TRANSLATION: Final = str.maketrans(LOOK_ALIKES)


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase as a stretch of text.

    Attributes:
        start: where it starts, in code points.
        end: where it ends, exclusive.
        functionality: its functionality.
        verdict: its verdict, empty if it has none.
    """

    start: int
    end: int
    functionality: str
    verdict: str = ""

    def overlap(self, other: Mark) -> int:
        """How many code points both cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


def lay_out(phrases: Iterable[Mapping[str, str]]) -> tuple[str, list[Mark]]:
    """All phrases of a row as one text, joined by spaces, and where each of them is.

    Also those the verifier rejected are in it, so that a person can think otherwise.
    """
    marks: list[Mark] = []
    texts: list[str] = []
    start = 0
    for phrase in phrases:
        text = phrase["text"]
        marks.append(Mark(start, start + len(text), phrase["functionality"], phrase["verdict"]))
        texts.append(text)
        start += len(text) + 1
    return " ".join(texts), marks


def mask(text: str) -> str:
    """The text with another character for each that would not be shown or counted as one, place by place."""
    return _UNCOUNTABLE.sub(PLACEHOLDER, text).translate(_TRANSLATION)


def to_phrases(text: str, marks: Iterable[Mark]) -> list[dict[str, str]]:
    """The marked phrases in canonical order, as in the column `phrases`; blank ones are left out."""
    ordered = sorted(marks, key=lambda mark: (Functionality(mark.functionality).rank, mark.start, mark.end))
    found = [(mark, text[mark.start : mark.end].strip()) for mark in ordered]
    return [
        {"functionality": mark.functionality, "text": words, "verdict": mark.verdict}
        for mark, words in found
        if words
    ]


def nearest(mark: Mark, others: Sequence[Mark]) -> Mark | None:
    """The one of the others at the same place, else the one that covers most of at least half of the mark."""
    best = max(
        others,
        key=lambda other: ((other.start, other.end) == (mark.start, mark.end), mark.overlap(other)),
        default=None,
    )
    if best is None or 2 * mark.overlap(best) < mark.end - mark.start:
        return None
    return best


def with_verdicts(marks: Iterable[Mark], verdicts: Sequence[Mark]) -> list[Mark]:
    """The marks, each with the verdict that was given at its place."""
    pairs = ((mark, nearest(mark, verdicts)) for mark in marks)
    return [replace(mark, verdict=found.verdict if found else "") for mark, found in pairs]


def read_marks(value: Any) -> list[Mark]:
    """Marks out of the value of Argilla's span question about functionalities."""
    return [Mark(span["start"], span["end"], span["label"]) for span in value or ()]


def read_verdict_marks(value: Any) -> list[Mark]:
    """Marks out of the value of Argilla's span question about verdicts; their functionality is empty."""
    return [Mark(span["start"], span["end"], "", span["label"]) for span in value or ()]
