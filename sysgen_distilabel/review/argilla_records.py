"""Turns a row into what Argilla shows of it: fields, suggestions and metadata, under a stable id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANNOTATED_SYSTEM_MESSAGE,
    GOOD_SHARES,
    MESSAGES,
    MODEL_NAME,
    OUTCOME,
    PHRASES,
    SOURCE_ID,
    SYSTEM_MESSAGE,
    USAGE,
)
from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict, is_kept
from sysgen_distilabel.inputs.source_ids import hash_content
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.annotation import parse_annotated
from sysgen_distilabel.response_turns import find_answers
from sysgen_distilabel.review.judged import judge_score, judged_preference
from sysgen_distilabel.review.marks import Mark, lay_out, mask
from sysgen_distilabel.review.queue_order import Risk

REVIEWED_OUTCOMES: Final = ("", Outcome.PENDING, Outcome.ACCEPTED, Outcome.EVERY_PHRASE_REJECTED)
"""Outcomes a person could confirm or overturn; rows rejected for other reasons lack what to judge."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_AGENT: Final = re.compile(r"[^a-zA-Z0-9_:./-]+")
_PLACE: Final = ("risk", "risk_reasons", "priority")
_LONGEST_AGENT: Final = 200
_LONGEST_TURN: Final = 20_000
_LONGEST_ID: Final = 100
_MOST_TURNS: Final = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model answers to a question of the dataset.

    Attributes:
        question: the question's name.
        value: the answer.
        agent: the model.
        score: how sure it is, one number per span for a span question; `None` if unknown.
    """

    question: str
    value: Any
    agent: str
    score: list[float] | float | None = None


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A row as Argilla gets it.

    Attributes:
        id: the row's `source_id` and a hash of the texts to judge: with another system message or
            response it is another record, and answers to the old one stay what they were.
        source_id: the row it stands for.
        fields: the texts by field.
        suggestions: the suggestions.
        metadata: what can be filtered and sorted by.
    """

    id: str
    source_id: str
    fields: Mapping[str, Any]
    suggestions: tuple[Suggestion, ...]
    metadata: Mapping[str, Any]

    @property
    def content_digest(self) -> str:
        """A hash of texts and suggestions: if it changes, there is something to look at again."""
        suggestions = [(s.question, s.value, s.agent, s.score) for s in self.suggestions]
        return hash_content([self.fields, suggestions])

    @property
    def metadata_digest(self) -> str:
        """A hash of the metadata but for the place in the queue, which depends on all other rows."""
        return hash_content({k: v for k, v in self.metadata.items() if k not in _PLACE})[:8]


def is_reviewable(row: Mapping[str, Any]) -> bool:
    """Whether the row has phrases to judge, and an outcome that a person may overturn."""
    return bool(row[PHRASES]) and row.get(OUTCOME, "") in REVIEWED_OUTCOMES


def record_id(row: Mapping[str, Any]) -> str:
    """The id of the record that stands for a row."""
    source_id = find_source_id(row)
    text, _ = lay_out(row[PHRASES])
    judged = [text, row.get(SYSTEM_MESSAGE, ""), row[MESSAGES], row.get(ALIGNED_MESSAGES) or []]
    name = (
        source_id if len(source_id) <= _LONGEST_ID else f"{source_id[:_LONGEST_ID]}~{hash_content(source_id)}"
    )
    return f"{_CONTROL.sub('_', name)}:{hash_content(judged)[:12]}"


def find_source_id(row: Mapping[str, Any]) -> str:
    """The row's identifier, or a hash of its conversation in a pipeline without one."""
    return str(row.get(SOURCE_ID) or hash_content(row[MESSAGES]))


def make_record(row: Mapping[str, Any], risk: Risk, priority: float) -> ReviewRecord:
    """Lay out a row for review.

    Args:
        row: a row for which `is_reviewable` holds.
        risk: how likely it needs a correction.
        priority: its place in the queue, from 0 to 1, the largest first.
    """
    text, marks = lay_out(row[PHRASES])
    return ReviewRecord(
        id=record_id(row),
        source_id=find_source_id(row),
        fields=_fields(row, text),
        suggestions=tuple(_suggestions(row, marks)),
        metadata=_metadata(row, text, marks, risk, priority),
    )


def _fields(row: Mapping[str, Any], text: str) -> dict[str, Any]:
    masked = mask(text)
    answers = find_answers(row[MESSAGES])
    ends_answered = answers[-1:] == [len(row[MESSAGES]) - 1]
    earlier = row[MESSAGES][:-1] if ends_answered else row[MESSAGES]
    return {
        "system_message": masked,
        "system_message_verify": masked,
        "system_message_unmasked": _clean(text) if masked != text else None,
        "conversation": [_turn(message) for message in earlier[-_MOST_TURNS:]],
        "response_original": _answers(row[MESSAGES]),
        "response_aligned": _answers(row.get(ALIGNED_MESSAGES) or []) or None,
    }


def _turn(message: Mapping[str, str]) -> dict[str, str]:
    content = _clean(message["content"]).strip() or "(empty)"
    if len(content) > _LONGEST_TURN:
        note = f"\n\n(cut for review; the turn has {len(content):,} characters)"
        content = content[: _LONGEST_TURN - len(note)] + note
    return {"role": message["role"], "content": content}


def _answers(messages: Sequence[Mapping[str, str]]) -> str:
    """The answer, or all of them under headings if there are several turns."""
    answers = [_clean(messages[place]["content"]) for place in find_answers(messages)]
    if len(answers) < 2:
        return "".join(answers)
    return "\n\n".join(f"**Answer {number}**\n\n{answer}" for number, answer in enumerate(answers, 1))


def _suggestions(row: Mapping[str, Any], marks: list[Mark]) -> Iterable[Suggestion]:
    clean = {
        (p.functionality.value, p.text)
        for p in parse_annotated(row.get(ANNOTATED_SYSTEM_MESSAGE) or "").phrases
    }
    spans = [{"start": mark.start, "end": mark.end, "label": mark.functionality} for mark in marks]
    # A phrase that only a repair made readable may begin or end elsewhere.
    sure = [1.0 if not clean or (p["functionality"], p["text"]) in clean else 0.5 for p in row[PHRASES]]
    yield Suggestion("phrases", spans, _agent(row, "generate"), sure)
    judged = [{"start": mark.start, "end": mark.end, "label": mark.verdict} for mark in marks if mark.verdict]
    if judged:
        yield Suggestion("verdicts", judged, _agent(row, "verify"), _shares(row, marks))
    if preferred := judged_preference(row):
        verdict, judge = preferred
        yield Suggestion("preferred_response", verdict, _as_agent(judge), 0.5 if verdict == "tie" else 1.0)


def _shares(row: Mapping[str, Any], marks: list[Mark]) -> list[float] | None:
    """How many of several verdicts say of a phrase what is suggested, Good or not; `None` of a single one."""
    shares = row.get(GOOD_SHARES) or ()
    if len(shares) != len(marks):
        return None
    return [
        round(share if mark.verdict == Verdict.GOOD else 1 - share, 4)
        for share, mark in zip(shares, marks, strict=True)
        if mark.verdict
    ]


def _agent(row: Mapping[str, Any], phase: str) -> str:
    """The model that answered in a phase, as Argilla allows it to be written."""
    models = [spent["model_name"] for spent in row.get(USAGE) or () if str(spent["task"]).startswith(phase)]
    name = next(filter(None, models), row.get(MODEL_NAME) or "unknown")
    return _as_agent(name)


def _as_agent(name: str) -> str:
    return _NOT_IN_AGENT.sub("-", name)[-_LONGEST_AGENT:].strip("-") or "unknown"


def _metadata(
    row: Mapping[str, Any], text: str, marks: list[Mark], risk: Risk, priority: float
) -> dict[str, Any]:
    tagged, verdicts = {mark.functionality for mark in marks}, {mark.verdict for mark in marks}
    aligned, score = len(_answers(row.get(ALIGNED_MESSAGES) or [])), judge_score(row)
    return {
        "source_id": find_source_id(row),
        "outcome": str(row.get(OUTCOME) or Outcome.PENDING.value),
        "functionalities": [f.value for f in FUNCTIONALITIES if f.value in tagged],
        "verdict_kinds": [v.value for v in Verdict if v.value in verdicts],
        "model": str(row.get(MODEL_NAME) or "unknown"),
        "n_phrases": len(marks),
        "n_phrases_rejected": sum(not is_kept(mark.verdict) for mark in marks),
        "system_message_characters": len(text),
        "response_original_characters": len(_answers(row[MESSAGES])),
        **({"response_aligned_characters": aligned} if aligned else {}),
        **({} if score is None else {"judge_score": score}),
        "risk": risk.score,
        "risk_reasons": list(risk.reasons),
        "priority": priority,
    }


def _clean(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)
