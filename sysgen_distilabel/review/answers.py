"""What people answered to the records of a dataset, read out of the server's own format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.review.argilla_settings import SUPERSEDED
from sysgen_distilabel.review.marks import Mark, read_marks, read_verdict_marks, with_verdicts

_SUBMITTED: Final = "submitted"


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer to one record.

    Attributes:
        annotator: pseudonym of the person, the same in every pull of a dataset.
        phrases: the phrases as marked.
        verdicts: where the person gave which verdict; `None` if the question was left out.
        preferred_response: `original`, `aligned`, `tie`, `neither`, or empty.
        comment: what else was said, or empty.
        answered_at: when the answer was last changed, in ISO format.
    """

    annotator: str
    phrases: tuple[Mark, ...]
    verdicts: tuple[Mark, ...] | None
    preferred_response: str
    comment: str
    answered_at: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredRecord:
    """A record that somebody has answered.

    Attributes:
        id: the id of the record.
        source_id: the row it stands for.
        text: the text that was marked, in its own characters.
        suggested: the model's phrases with the verifier's verdicts.
        answers: the answers, one per person.
        is_superseded: whether the row has another record since.
    """

    id: str
    source_id: str
    text: str
    suggested: tuple[Mark, ...]
    answers: tuple[Answer, ...]
    is_superseded: bool


def read_answers(
    items: Iterable[Mapping[str, Any]], questions: Mapping[str, str], dataset_id: str
) -> Iterator[AnsweredRecord]:
    """The records that have submitted answers.

    Args:
        items: records as the server's API gives them.
        questions: the names of the questions by id.
        dataset_id: the dataset; part of what pseudonyms are made of.
    """
    for item in items:
        submitted = [one for one in item.get("responses") or () if one["status"] == _SUBMITTED]
        metadata = item.get("metadata") or {}
        if not submitted or "source_id" not in metadata:  # somebody may have added records of their own
            continue
        suggestions = {questions[one["question_id"]]: one["value"] for one in item.get("suggestions") or ()}
        verdicts = read_verdict_marks(suggestions.get("verdicts"))
        fields = item["fields"]
        answers = [_read_answer(response, dataset_id) for response in submitted]
        yield AnsweredRecord(
            id=item["external_id"],
            source_id=metadata["source_id"],
            text=fields.get("system_message_unmasked") or fields["system_message"],
            suggested=tuple(with_verdicts(read_marks(suggestions.get("phrases")), verdicts)),
            answers=tuple(sorted(answers, key=lambda answer: answer.annotator)),
            is_superseded=metadata.get("state") == SUPERSEDED,
        )


def pseudonym(user_id: str, dataset_id: str) -> str:
    """A name for a person that tells nothing of them; another one in another dataset."""
    return f"annotator-{hashlib.sha256(f'{dataset_id}:{user_id}'.encode()).hexdigest()[:8]}"


def _read_answer(response: Mapping[str, Any], dataset_id: str) -> Answer:
    values = {name: value["value"] for name, value in (response.get("values") or {}).items()}
    judged = values.get("verdicts")
    return Answer(
        annotator=pseudonym(str(response["user_id"]), dataset_id),
        phrases=tuple(read_marks(values.get("phrases"))),
        verdicts=None if judged is None else tuple(read_verdict_marks(judged)),
        preferred_response=values.get("preferred_response") or "",
        comment=(values.get("comment") or "").strip(),
        answered_at=str(response["updated_at"]),
    )
