"""What becomes of conversations of several turns, turn by turn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.checks.turn_references import find_referring, is_in_the_air
from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_TURNS,
    BROKEN_CONSTRAINTS,
    COHERENCE,
    CONSTRAINTS,
    MESSAGES,
)
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_subset
from sysgen_distilabel.response_turns import find_answers, list_responses

TURN_SAMPLE: Final = 20_000
"""Accepted rows that are looked at."""


class TurnFigures:
    """Counts, for each turn, what the rows say of it."""

    def __init__(self) -> None:
        self._turns: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count an accepted row with several answers; others say nothing here.

        Args:
            row: `messages` and `aligned_messages`, and if the run has them `answer_turns`, `constraints`,
                `broken_constraints` and `coherence`.
        """
        aligned = row[ALIGNED_MESSAGES]
        answers = find_answers(aligned)
        if len(answers) < 2:
            return
        notes = row.get(ANSWER_TURNS) or []
        referring = (
            _find_turns(row[MESSAGES]) if not notes else {n["turn"] for n in notes if n["refers_back"]}
        )
        origins = [note["answer"] for note in notes] or ["regenerated"] * len(answers)
        broken = min((entry["turn"] for entry in row.get(BROKEN_CONSTRAINTS) or []), default=len(answers) + 1)
        judged = {entry["turn"]: entry["verdict"] for entry in row.get(COHERENCE) or []}
        is_checkable = bool(row.get(CONSTRAINTS)) and "original" not in origins
        for turn, origin in enumerate(origins, start=1):
            counts = self._turns[turn]
            counts.update(("conversations", origin))
            counts["refers_back"] += turn in referring
            counts["in_the_air"] += turn in referring and _is_in_the_air(row, turn)
            counts["rewritten"] += bool(notes and notes[turn - 1]["rewritten_from"])
            counts["checkable"] += is_checkable
            counts["followed_so_far"] += is_checkable and turn < broken
            if verdict := judged.get(turn):
                counts[verdict if verdict in ("coherent", "not_coherent") else "coherence_unknown"] += 1

    def summarise(self) -> dict[str, Any]:
        """The figures of each turn by its number; empty without conversations of several turns.

        Of the turns that refer back, those `in_the_air` name something that the original answers brought up
        and the answers in front of them no longer do. `followed_so_far` of the `checkable` conversations
        break no constraint in this turn or an earlier one. `coherent` and `not_coherent` is what a judge
        calls turns, if one was asked.
        """
        keys = (
            "conversations", "regenerated", "kept", "original", "refers_back", "in_the_air", "rewritten",
            "checkable", "followed_so_far", "coherent", "not_coherent", "coherence_unknown",
        )  # fmt: skip
        return {str(turn): {key: self._turns[turn][key] for key in keys} for turn in sorted(self._turns)}


def collect_turn_figures(dataset: Path, accepted: int) -> dict[str, Any]:
    """The figures of the accepted rows of a dataset, of every n-th if there are more than `TURN_SAMPLE`.

    Args:
        dataset: the dataset of the run.
        accepted: how many accepted rows it has.
    """
    stride, seen, figures = max(1, -(-accepted // TURN_SAMPLE)), 0, TurnFigures()
    optional = {ANSWER_TURNS, COHERENCE, CONSTRAINTS, BROKEN_CONSTRAINTS} & find_columns(dataset, "accepted")
    for batch in scan_subset(dataset, "accepted", [MESSAGES, ALIGNED_MESSAGES, *sorted(optional)]):
        for row in batch.take(list(range(-seen % stride, batch.num_rows, stride))).to_pylist():
            figures.add(row)
        seen += batch.num_rows
    return figures.summarise()


def _is_in_the_air(row: Mapping[str, Any], turn: int) -> bool:
    """Whether the user turn of this answer speaks of what is no longer there."""
    asked: list[str] = []
    said: dict[str, list[str]] = {"original": [], "aligned": []}
    for response in list_responses(row[MESSAGES], row[ALIGNED_MESSAGES])[:turn]:
        asked.append(response.request)
        said["original"].append(response.original or "")
        said["aligned"].append(response.aligned or "")
    return is_in_the_air(asked[-1], said["original"][:-1], said["aligned"][:-1], asked[:-1])


def _find_turns(messages: Sequence[Mapping[str, Any]]) -> set[int]:
    """The numbers of the answers whose user turn speaks of an earlier one."""
    referring, found, asked = set(find_referring(messages)), set(), -1
    answers = find_answers(messages)
    for place, message in enumerate(messages):
        asked = place if message["role"] == "user" else asked
        if place in answers and asked in referring:
            found.add(answers.index(place) + 1)
    return found
