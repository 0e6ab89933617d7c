"""What people corrected, kept in the run directory for the next time the run is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.review.marks import lay_out
from sysgen_distilabel.review.pull_answers import read_review
from sysgen_distilabel.runs.run_directory import RunDirectory

Phrases = list[dict[str, str]]


class Correction(TypedDict):
    """What people put in place of phrases.

    Attributes:
        phrases: the phrases to use.
        answered_at: when they said so, in ISO format.
    """

    phrases: Phrases
    answered_at: str


Corrections = dict[str, dict[str, Correction]]
"""For each row, what to put in place of phrases with a certain text."""


def plan_corrections(run: RunDirectory) -> Corrections | None:
    """What the run has to apply after the last pull; nothing is written.

    Only answers about the row as it is now count. Earlier corrections stay.

    Returns:
        All corrections of the run, or `None` if the finished run has applied them.

    Raises:
        RunError: if the run has no review.
    """
    rows = read_review(run)
    if not rows:
        raise RunError(
            f"There is no review in {run.path}.",
            f"Bring the answers back first: sysgen review pull {run.path}",
        )
    kept = read_corrections(run.corrections_file)
    added = [
        _add(kept.setdefault(row["source_id"], {}), row)
        for row in rows
        if row["is_current"] and row["is_corrected"]
    ]
    return kept if any(added) else None


def _add(of_row: dict[str, Correction], reviewed: Mapping[str, Any]) -> bool:
    """Add a correction to those of its row; whether it changes anything."""
    text, phrases = reviewed["reviewed_text"], reviewed["phrases"]
    if text in of_row and of_row[text]["phrases"] == phrases:
        return False
    if any(reviewed["answered_at"] < one["answered_at"] for one in of_row.values()):
        return False  # the row is back at this text because people have changed their minds since
    of_row.pop(lay_out(phrases)[0], None)  # what they want now is not to be corrected again
    of_row[text] = Correction(phrases=phrases, answered_at=reviewed["answered_at"])
    return True


def read_corrections(path: Path) -> Corrections:
    """The corrections kept in a file; none if there is no file."""
    try:
        kept: Corrections = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return kept


def correct(
    phrases: Sequence[Mapping[str, str]], corrections: Mapping[str, Correction]
) -> list[dict[str, str]]:
    """The phrases after every correction that is about their text; corrections may follow each other.

    Args:
        phrases: the phrases of a row, with verdicts.
        corrections: those of the row.
    """
    current = [dict(phrase) for phrase in phrases]
    seen: set[str] = set()
    text, _ = lay_out(current)
    while text in corrections and text not in seen:
        seen.add(text)
        current = [dict(phrase) for phrase in corrections[text]["phrases"]]
        text, _ = lay_out(current)
    return current
