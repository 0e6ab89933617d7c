"""A row as a page shows it: phrases, verdicts, and each turn with its answers before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.checks.findings import describe
from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANNOTATED_SYSTEM_MESSAGE,
    FINDINGS,
    MESSAGES,
    ORIGINAL_SYSTEM_MESSAGE,
    OUTCOME,
    OUTCOME_DETAIL,
    PHRASES,
    REJECTED_BY,
    SOURCE_ID,
    TAG_DEFECTS,
)
from sysgen_distilabel.functionalities import is_kept
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_subset
from sysgen_distilabel.outcome import SUBSETS, Outcome
from sysgen_distilabel.report.figures.diff import Span, diff_words
from sysgen_distilabel.response_turns import list_responses

_LONGEST_TEXT: Final = 3000
_CONTROLS: Final = dict.fromkeys({*range(32), *range(127, 160)} - {ord("\t"), ord("\n")}, "\ufffd")
_SHOWN: Final = (
    SOURCE_ID,
    MESSAGES,
    ORIGINAL_SYSTEM_MESSAGE,
    ANNOTATED_SYSTEM_MESSAGE,
    PHRASES,
    TAG_DEFECTS,
    ALIGNED_MESSAGES,
    OUTCOME,
    OUTCOME_DETAIL,
    REJECTED_BY,
)


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn of the user and what was answered.

    Attributes:
        user: what the user says.
        original: the original response in stretches; empty if the turn was added.
        aligned: the aligned response in stretches; empty if there is none.
        kept: whether the original response was kept as it is.
    """

    user: str
    original: list[Span]
    aligned: list[Span]
    kept: bool


@dataclass(frozen=True, slots=True)
class PhraseView:
    """A phrase with its verdict.

    Attributes:
        functionality: its functionality.
        text: its text.
        verdict: what the verifier called it, empty if nothing.
    """

    functionality: str
    text: str
    verdict: str

    @property
    def rejected(self) -> bool:
        """Whether it is left out of the system message."""
        return not is_kept(self.verdict)


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a dataset, with long texts cut.

    Attributes:
        source_id: which row it is.
        outcome: what became of it.
        detail: what exactly was wrong, and which step said so.
        original_system_message: what the input came with.
        annotated: the annotated system message, if no phrase of it is valid.
        phrases: its valid phrases.
        defects: what was wrong with its tags.
        findings: what checks have found, and what was done with it.
        turns: the conversation.
    """

    source_id: str
    outcome: str
    detail: str
    original_system_message: str
    annotated: str
    phrases: list[PhraseView]
    defects: list[str]
    findings: list[str]
    turns: list[TurnView]

    @property
    def accepted(self) -> bool:
        """Whether it is in the dataset to train on."""
        return self.outcome == Outcome.ACCEPTED

    @property
    def functionalities(self) -> list[str]:
        """Those it has a phrase of."""
        return list(dict.fromkeys(phrase.functionality for phrase in self.phrases))

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> RowView:
        """The view of a row with all columns of ours."""
        detail = f"{row[REJECTED_BY]}: {row[OUTCOME_DETAIL]}" if row[REJECTED_BY] else ""
        return cls(
            source_id=clean(row[SOURCE_ID]),
            outcome=row[OUTCOME],
            detail=clean(detail),
            original_system_message=_cut(row[ORIGINAL_SYSTEM_MESSAGE]),
            annotated="" if row[PHRASES] else _cut(row[ANNOTATED_SYSTEM_MESSAGE]),
            phrases=[PhraseView(p["functionality"], _cut(p["text"]), p["verdict"]) for p in row[PHRASES]],
            defects=[clean(defect) for defect in row[TAG_DEFECTS][:10]],
            findings=[_cut(describe(found)) for found in row.get(FINDINGS) or ()],
            turns=_view_turns(row[MESSAGES], row[ALIGNED_MESSAGES]),
        )


def sample_rows(dataset: Path, accepted: int, per_reason: int) -> list[RowView]:
    """Rows at even distances: some accepted ones, and some for each reason there is.

    Args:
        dataset: the dataset of a run.
        accepted: how many accepted rows at most.
        per_reason: how many rejected ones at most for each reason.
    """
    totals: Counter[str] = Counter()
    for subset in SUBSETS:
        for batch in scan_subset(dataset, subset, [OUTCOME]):
            totals.update(batch.column(OUTCOME).to_pylist())
    wanted: dict[str, set[int]] = {}
    for outcome, total in totals.items():
        number = min(total, accepted if outcome == Outcome.ACCEPTED else per_reason)
        wanted[outcome] = {index * total // number for index in range(number)}
    views: list[RowView] = []
    seen: Counter[str] = Counter()
    for subset in SUBSETS:
        shown = [*_SHOWN, *({FINDINGS} & find_columns(dataset, subset))]
        for batch in scan_subset(dataset, subset, shown):
            for place, outcome in enumerate(batch.column(OUTCOME).to_pylist()):
                if seen[outcome] in wanted[outcome]:
                    views.append(RowView.of(batch.slice(place, 1).to_pylist()[0]))
                seen[outcome] += 1
    return views


def _view_turns(messages: list[dict[str, str]], aligned: list[dict[str, str]]) -> list[TurnView]:
    views: list[TurnView] = []
    for request, original, regenerated in list_responses(messages, aligned):
        if original is None:  # the original conversation has no answer there
            views.append(TurnView(_cut(request), [], [Span(_cut(regenerated or ""), False)], kept=False))
        else:
            views.append(_view_turn(request, original, regenerated or ""))
    return views


def _view_turn(user: str, original: str, aligned: str) -> TurnView:
    old, new = diff_words(_cut(original), _cut(aligned)) if aligned else ([Span(_cut(original), False)], [])
    return TurnView(_cut(user), old, new, kept=aligned == original)


def clean(text: str) -> str:
    """The text without control characters, which could take over a terminal."""
    return text.translate(_CONTROLS)


def _cut(text: str) -> str:
    text = clean(text)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT].rstrip()} ..."
