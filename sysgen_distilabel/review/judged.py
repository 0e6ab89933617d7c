"""What judges said of a row, where one was asked: by `sysgen evaluate responses` or a Task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sysgen_distilabel.columns import ALIGNED_MESSAGES, ALIGNMENT_JUDGEMENTS, PAIR_JUDGEMENTS, SOURCE_ID
from sysgen_distilabel.inputs.source_ids import hash_content
from sysgen_distilabel.replies.judgements import OVERALL, Alignment, Preference
from sysgen_distilabel.runs.run_directory import RunDirectory

Judgements = dict[str, Any]


class JudgedRows:
    """The judgements of a run's evaluation, by row.

    Args:
        run: the run; without an evaluation there are none.
    """

    def __init__(self, run: RunDirectory) -> None:
        import pyarrow.parquet as pq

        self._known: dict[str, tuple[str, Judgements]] = {}
        columns = [PAIR_JUDGEMENTS, ALIGNMENT_JUDGEMENTS]
        for path in sorted((run.evaluation / "accepted").glob("*.parquet")):
            there = [name for name in columns if name in pq.read_schema(path).names]
            for row in pq.read_table(path, columns=[SOURCE_ID, ALIGNED_MESSAGES, *there]).to_pylist():
                judged = {name: row[name] for name in there}
                self._known[row[SOURCE_ID]] = (hash_content(row[ALIGNED_MESSAGES]), judged)

    def add_to(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with what judges said of its responses as they are now."""
        digest, judged = self._known.get(row[SOURCE_ID], ("", {}))
        return {**row, **judged} if judged and digest == hash_content(row[ALIGNED_MESSAGES]) else dict(row)


def judges_disagree(row: Mapping[str, Any]) -> float:
    """1 if one verdict speaks against another or against the row, a half if a judge contradicts itself."""
    verdicts = {one["question"]: one["verdict"] for one in row.get(PAIR_JUDGEMENTS) or ()}
    if {verdicts.get("request"), verdicts.get("system_message")} == {Preference.ORIGINAL, Preference.ALIGNED}:
        return 1.0
    if any(verdict == Alignment.NOT_ALIGNED.code for verdict in _alignments(row)):
        return 1.0
    orders = [(one["original_first"], one["aligned_first"]) for one in row.get(PAIR_JUDGEMENTS) or ()]
    return 0.5 if any(first != second and first and second for first, second in orders) else 0.0


def judge_score(row: Mapping[str, Any]) -> float | None:
    """The share of functionalities that the aligned response follows; `None` if nobody was asked."""
    verdicts = list(_alignments(row))
    followed = sum(verdict == Alignment.ALIGNED.code for verdict in verdicts)
    return round(followed / len(verdicts), 3) if verdicts else None


def judged_preference(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Which response follows the system message better, and who says so; `None` if nobody was asked."""
    for one in row.get(PAIR_JUDGEMENTS) or ():
        if one["question"] == "system_message" and one["verdict"] in set(Preference):
            return one["verdict"], one["judge"]
    return None


def _alignments(row: Mapping[str, Any]) -> Iterator[str]:
    """The readable verdicts on the functionalities of the aligned response."""
    readable = {alignment.code for alignment in Alignment}
    for one in row.get(ALIGNMENT_JUDGEMENTS) or ():
        is_about_it = one["response"] == "aligned" and one["functionality"] != OVERALL
        if is_about_it and one["verdict"] in readable:
            yield one["verdict"]
