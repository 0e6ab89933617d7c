"""What people corrected, kept in the run directory for the next time the run is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.review.marks import lay_out
from sysgen_distilabel.review.pull import read_review
from sysgen_distilabel.run_directory import RunDirectory

Phrases = list[dict[str, str]]
Corrections = dict[str, dict[str, Phrases]]
"""For each row, the phrases to put in place of those with a certain text."""


def plan_corrections(run: RunDirectory) -> bool:
    """Add what the last pull corrected to the corrections of the run.

    Only answers about the row as it is now count. Earlier corrections stay.

    Returns:
        Whether there is anything new.

    Raises:
        RunError: if the run has no review.
    """
    rows = read_review(run)
    if not rows:
        raise RunError(
            f"There is no review in {run.path}.", "Bring the answers back first: sysgen review pull DIR."
        )
    kept = read_corrections(run.corrections_file)
    before = json.dumps(kept, sort_keys=True)
    for row in rows:
        if row["is_current"] and row["is_corrected"]:
            kept.setdefault(row["source_id"], {})[row["reviewed_text"]] = row["phrases"]
    if json.dumps(kept, sort_keys=True) == before:
        return False
    run.write_json(run.corrections_file, kept)
    return True


def read_corrections(path: Path) -> Corrections:
    """The corrections kept in a file; none if there is no file."""
    try:
        kept: Corrections = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return kept


def correct(phrases: Sequence[Mapping[str, str]], corrections: Mapping[str, Phrases]) -> list[dict[str, str]]:
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
        current = [dict(phrase) for phrase in corrections[text]]
        text, _ = lay_out(current)
    return current
