"""What each check has looked at, found and done, by phase, functionality and kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

from sysgen_distilabel.checks.answer_sides import Result
from sysgen_distilabel.checks.check_table import CHECKS
from sysgen_distilabel.checks.findings import Action
from sysgen_distilabel.columns import ALIGNMENT_JUDGEMENTS, ANSWER_COMPARISONS, CHECKED, FINDINGS
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_subset
from sysgen_distilabel.outcome import SUBSETS
from sysgen_distilabel.replies.judgements import UNREADABLE, Alignment

_MOST_KINDS: Final = 12
_BREAKDOWNS: Final = ("phase", "functionality", "kind")


@dataclass(slots=True)
class _Tally:
    """What one check has done."""

    rows: int = 0
    rows_with_findings: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    accepted_rows: int = 0
    accepted_rows_with_marks: int = 0
    by: defaultdict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))

    compared: dict[str, dict[str, int]] | None = None
    verdicts: dict[str, dict[str, int]] | None = None

    def add(self, findings: list[dict[str, Any]], accepted: bool) -> None:
        """Count a row it has looked at."""
        self.rows += 1
        self.accepted_rows += accepted
        self.rows_with_findings += bool(findings)
        self.accepted_rows_with_marks += accepted and any(f["action"] == Action.MARKED for f in findings)
        for found in findings:
            self.actions[found["action"]] += 1
            for name in _BREAKDOWNS:
                self.by[name][str(found[name] or ""), found["action"]] += 1

    def as_dict(self) -> dict[str, Any]:
        """The figures for JSON."""
        return {
            "rows": self.rows,
            "rows_with_findings": self.rows_with_findings,
            "accepted_rows": self.accepted_rows,
            "accepted_rows_with_marks": self.accepted_rows_with_marks,
            "findings": self.actions.total(),
            **{action.value: self.actions[action] for action in Action},
            **({"compared": self.compared} if self.compared is not None else {}),
            **({"verdicts": self.verdicts} if self.verdicts is not None else {}),
            **{f"by_{name}": _break_down(self.by[name]) for name in _BREAKDOWNS},
        }


def collect_check_figures(dataset: Path) -> dict[str, Any]:
    """The figures of every check that has looked at a row, by its name; empty if none has.

    Args:
        dataset: the dataset of the run.
    """
    tallies: dict[str, _Tally] = {}
    for subset in SUBSETS:
        if not {CHECKED, FINDINGS} <= find_columns(dataset, subset):
            continue
        for batch in scan_subset(dataset, subset, [CHECKED, FINDINGS]):
            columns = batch.to_pydict()
            for checked, findings in zip(columns[CHECKED], columns[FINDINGS], strict=True):
                for name in checked:
                    own = [found for found in findings if found["check"] == name]
                    tallies.setdefault(name, _Tally()).add(own, subset == "accepted")
    if "answers" in tallies:
        tallies["answers"].compared = _count_comparisons(dataset)
    if "alignment" in tallies:
        tallies["alignment"].verdicts = _count_verdicts(dataset)
    order = [*CHECKS, *(name for name in tallies if name not in CHECKS)]
    return {name: tallies[name].as_dict() for name in order if name in tallies}


def _count_comparisons(dataset: Path) -> dict[str, dict[str, int]]:
    """Per kind of final answer, how many responses reach it, do not, or cannot be compared.

    Those that a judge was asked about are a kind of their own.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for subset in SUBSETS:
        if ANSWER_COMPARISONS in find_columns(dataset, subset):
            for batch in scan_subset(dataset, subset, [ANSWER_COMPARISONS]):
                for compared in batch.column(ANSWER_COMPARISONS).flatten().to_pylist():
                    asked = ", asked of a judge" if compared.get("judge") else ""
                    counts[compared["kind"] + asked][compared["result"]] += 1
    return {
        kind: {result: found[result] for result in get_args(Result)}
        for kind, found in sorted(counts.items(), key=lambda item: -item[1].total())
    }


def _count_verdicts(dataset: Path) -> dict[str, dict[str, int]]:
    """Per functionality what was said of the responses of accepted rows, and how often nothing could be."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if ALIGNMENT_JUDGEMENTS in find_columns(dataset, "accepted"):
        for batch in scan_subset(dataset, "accepted", [ALIGNMENT_JUDGEMENTS]):
            for judged in batch.column(ALIGNMENT_JUDGEMENTS).flatten().to_pylist():
                if judged["response"] == "aligned":
                    counts[judged["functionality"]][judged["verdict"]] += 1
    names = [*(label.code for label in Alignment), UNREADABLE]
    return {key: {name: counts[key][name] for name in names} for key in sorted(counts)}


def _break_down(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """The most frequent values, each with the number of findings by what was done."""
    totals = Counter[str]()
    for (value, _), number in counts.items():
        totals[value] += number
    return {
        value: {action.value: counts[value, action.value] for action in Action if counts[value, action.value]}
        for value, _ in totals.most_common(_MOST_KINDS)
    }
