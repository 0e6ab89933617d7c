"""Finds system messages that give away the original answer, which a model would learn to copy."""

from __future__ import annotations

import re
from typing import Any, Final

from sysgen_distilabel.measures.words import runs, split_words

RUN_LENGTH: Final = 5
"""Words in a row that count as copied."""

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_EXAMPLES: Final = 5


class LeakFigures:
    """Compares system messages with the answers they were made from, row by row.

    What the user says too is no leak: a system message may well name the topic.
    """

    def __init__(self) -> None:
        self._rows = self._rows_copied = self._rows_with_number = 0
        self._overlap = 0.0
        self._worst: list[tuple[float, str]] = []

    def add(self, source_id: str, system_message: str, messages: list[dict[str, str]]) -> None:
        """Compare one row."""
        asked = "\n".join(message["content"] for message in messages if message["role"] == "user")
        answered = "\n".join(message["content"] for message in messages if message["role"] == "assistant")
        overlap = measure_overlap(system_message, answered, asked)
        self._rows += 1
        self._rows_copied += overlap > 0
        self._rows_with_number += bool(shared_numbers(system_message, answered, asked))
        self._overlap += overlap
        if overlap > 0:
            worst = sorted([*self._worst, (-overlap, source_id)])
            self._worst = worst[:_MOST_EXAMPLES]

    def summarise(self) -> dict[str, Any]:
        """The figures for JSON; empty if there was no row."""
        if not self._rows:
            return {}
        return {
            "sample": self._rows,
            "run_length": RUN_LENGTH,
            "rows_with_copied_run": self._rows_copied,
            "rows_with_answer_number": self._rows_with_number,
            "mean_overlap": round(self._overlap / self._rows, 5),
            "worst": [
                {"source_id": source_id, "overlap": round(-overlap, 3)} for overlap, source_id in self._worst
            ],
        }


def measure_overlap(system_message: str, answered: str, asked: str) -> float:
    """The share of the system message's word runs that are in the answer and not in the question."""
    own = runs(split_words(system_message), RUN_LENGTH)
    if not own:
        return 0.0
    copied = own & runs(split_words(answered), RUN_LENGTH)
    if copied:
        copied -= runs(split_words(asked), RUN_LENGTH)
    return len(copied) / len(own)


def shared_numbers(system_message: str, answered: str, asked: str) -> set[str]:
    """Numbers of two digits or more that the system message can only have from the answer."""
    own = {number for number in _NUMBER.findall(system_message) if len(number) > 1}
    if not own:
        return own
    return own & set(_NUMBER.findall(answered)) - set(_NUMBER.findall(asked))
