"""Reads what a search needs to know of the records of a dataset, and no more than that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from argilla_server.database import AsyncSessionLocal
from argilla_server.models import Question, QuestionType, Record, Response, Suggestion, Vector
from sqlalchemy import null, select

_FILTERED_BY_VALUE = (
    QuestionType.rating,
    QuestionType.label_selection,
    QuestionType.multi_label_selection,
)


@dataclass(frozen=True)
class Needs:
    """What has to be read besides the record itself.

    Attributes:
        fields: the texts.
        suggestions: the suggestions, without their values.
        suggestion_values: the values too.
        responses: the responses.
        vectors_of: the vector settings whose vectors are compared.
    """

    fields: bool = False
    suggestions: bool = False
    suggestion_values: bool = False
    responses: bool = False
    vectors_of: UUID | None = None


@dataclass
class FoundResponse:
    """One person's answer to a record."""

    user_id: UUID
    status: str
    values: dict[str, Any]


@dataclass
class FoundSuggestion:
    """One suggestion for a record; the value is `None` if it was not asked for."""

    value: Any
    score: Any
    agent: str | None


@dataclass
class FoundRecord:
    """A record as far as it was read."""

    id: UUID
    external_id: str | None
    status: str
    inserted_at: datetime
    updated_at: datetime
    metadata: dict[str, Any]
    fields: dict[str, Any] = field(default_factory=dict)
    suggestions: dict[str, FoundSuggestion] = field(default_factory=dict)
    responses: list[FoundResponse] = field(default_factory=list)
    vector: list[float] | None = None

    def texts(self, name: str | None) -> list[str]:
        """The texts of its fields, or of one of them."""
        found: list[str] = []
        for key, value in self.fields.items():
            if name in (None, key):
                found += _texts_of(value)
        return found


async def read_records(dataset_id: UUID, needs: Needs) -> list[FoundRecord]:
    """The records of a dataset, oldest first."""
    columns = [Record.id, Record.external_id, Record.status, Record.inserted_at, Record.updated_at]
    columns += [Record.metadata_, *([Record.fields] if needs.fields else [])]
    of_dataset = Record.dataset_id == dataset_id
    async with AsyncSessionLocal() as db:
        rows = await db.execute(select(*columns).where(of_dataset).order_by(Record.inserted_at, Record.id))
        records = {row[0]: _found_record(row, needs) for row in rows}
        if needs.responses:
            chosen = select(Response.record_id, Response.user_id, Response.status, Response.values)
            for record_id, user_id, status, values in await db.execute(chosen.join(Record).where(of_dataset)):
                records[record_id].responses.append(FoundResponse(user_id, plain(status), values or {}))
        if needs.suggestions:
            await _add_suggestions(db, dataset_id, records, needs.suggestion_values)
        if needs.vectors_of:
            chosen = select(Vector.record_id, Vector.value)
            for record_id, value in await db.execute(
                chosen.where(Vector.vector_settings_id == needs.vectors_of)
            ):
                records[record_id].vector = value
    return list(records.values())


async def searchable_questions(dataset_id: UUID) -> set[str]:
    """The questions whose answers and suggestions can be searched by value, as in the real mappings."""
    async with AsyncSessionLocal() as db:
        rows = await db.execute(select(Question).where(Question.dataset_id == dataset_id))
        return {question.name for question in rows.scalars() if question.type in _FILTERED_BY_VALUE}


def plain(value: Any) -> Any:
    """The value of an enum member, or the value itself."""
    return getattr(value, "value", value)


def as_list(value: Any) -> list[Any]:
    """A list of values out of none, one or several."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _found_record(row: Any, needs: Needs) -> FoundRecord:
    record_id, external_id, status, inserted_at, updated_at, metadata, *texts = row
    fields = (texts[0] or {}) if needs.fields else {}
    return FoundRecord(record_id, external_id, plain(status), inserted_at, updated_at, metadata or {}, fields)


async def _add_suggestions(
    db: Any, dataset_id: UUID, records: dict[UUID, FoundRecord], with_values: bool
) -> None:
    value = Suggestion.value if with_values else null()
    columns = [Suggestion.record_id, Question.name, value, Suggestion.score, Suggestion.agent]
    chosen = select(*columns).join_from(Suggestion, Question)
    for record_id, name, value, score, agent in await db.execute(
        chosen.where(Question.dataset_id == dataset_id)
    ):
        records[record_id].suggestions[name] = FoundSuggestion(value, score, agent)


def _texts_of(value: Any) -> Iterable[str]:
    if isinstance(value, list):  # a chat
        return [
            f"{turn.get('role', '')} {turn.get('content', '')}" for turn in value if isinstance(turn, dict)
        ]
    return [] if value is None else [str(value)]
