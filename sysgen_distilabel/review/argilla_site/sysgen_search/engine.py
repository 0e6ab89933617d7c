"""The search engine that Argilla knows as `sysgen_search`."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import Any
from uuid import UUID

from argilla_server.database import AsyncSessionLocal
from argilla_server.enums import MetadataPropertyType, SimilarityOrder
from argilla_server.models import Record, Response
from argilla_server.search_engine.base import (
    FloatMetadataMetrics,
    IntegerMetadataMetrics,
    ResponseFilterScope,
    SearchEngine,
    SearchResponseItem,
    SearchResponses,
    SuggestionFilterScope,
    TermsMetrics,
)
from sqlalchemy import func, select

from .filters import Values, is_about_value, scopes_of
from .records import FoundRecord, Needs, as_list, plain, read_records, searchable_questions
from .text_query import TextQuery

NAME = "sysgen_search"
PRIORITY = "priority"
"""The metadata property that puts the records of a queue in order, the largest first."""


@SearchEngine.register(engine_name=NAME)
class DatabaseSearch(SearchEngine):
    """Answers from the database; what is meant for an index is left alone."""

    @classmethod
    async def new_instance(cls) -> DatabaseSearch:
        """An engine; it has no state."""
        return cls()

    async def close(self) -> None:
        """Nothing is open."""

    async def ping(self) -> bool:
        """The engine is there when the server is."""
        return True

    async def info(self) -> dict[str, Any]:
        """What the server shows as its engine."""
        return {"name": NAME, "version": {"number": "1", "distribution": NAME}}

    async def _ignore(self, *_: Any, **__: Any) -> None:
        """There is no index to keep up."""

    create_index = delete_index = configure_metadata_property = configure_index_vectors = _ignore
    index_records = partial_record_update = delete_records = _ignore
    update_record_response = delete_record_response = _ignore
    update_record_suggestion = delete_record_suggestion = _ignore

    async def search(
        self,
        dataset: Any,
        query: Any = None,
        filter: Any = None,
        sort: Any = None,
        offset: int = 0,
        limit: int = 100,
        user_id: str | None = None,
    ) -> SearchResponses:
        """One page of the records that fulfil a text query and a filter."""
        records, values = await self._find(dataset.id, query, filter, sort)
        records = values.sort(records, sort) if sort else _queue_order(records, user_id)
        page = records[offset : offset + limit]
        items = [SearchResponseItem(record_id=record.id, score=1.0) for record in page]
        return SearchResponses(items=items, total=len(records))

    async def similarity_search(
        self,
        dataset: Any,
        vector_settings: Any,
        value: list[float] | None = None,
        record: Any = None,
        query: Any = None,
        filter: Any = None,
        max_results: int = 100,
        order: SimilarityOrder = SimilarityOrder.most_similar,
        threshold: float | None = None,
    ) -> SearchResponses:
        """The records nearest to a vector or to another record by cosine similarity, or the farthest."""
        target = value or record.vector_value_by_vector_settings(vector_settings)
        sign = -1.0 if order == SimilarityOrder.least_similar else 1.0
        records, _ = await self._find(dataset.id, query, filter, None, vectors_of=vector_settings.id)
        scored = [
            SearchResponseItem(record_id=found.id, score=(1 + sign * _cosine(target, found.vector)) / 2)
            for found in records
            if found.vector and (record is None or found.id != record.id)
        ]
        scored.sort(key=lambda item: -item.score)
        nearest = [item for item in scored if threshold is None or item.score >= threshold][:max_results]
        return SearchResponses(items=nearest, total=len(nearest))

    async def get_dataset_progress(self, dataset: Any) -> dict[str, int]:
        """How many records are completed and pending."""
        if dataset.is_draft:
            return {}
        return await _count(select(Record.status, func.count()).where(Record.dataset_id == dataset.id))

    async def get_dataset_user_progress(self, dataset: Any, user: Any) -> dict[str, int]:
        """How many answers of each status a user has given."""
        if dataset.is_draft:
            return {}
        chosen = select(Response.status, func.count()).join(Record)
        return await _count(chosen.where(Record.dataset_id == dataset.id, Response.user_id == user.id))

    async def compute_metrics_for(self, metadata_property: Any) -> Any:
        """The values of a metadata property: how often each, or the least and the greatest."""
        records = await read_records(metadata_property.dataset_id, Needs())
        name = metadata_property.name
        values = [value for record in records for value in as_list(record.metadata.get(name))]
        if metadata_property.type == MetadataPropertyType.terms:
            counts = Counter(map(str, values)).most_common()
            terms = [TermsMetrics.TermCount(term=term, count=count) for term, count in counts]
            return TermsMetrics(total=len(values), values=terms)
        is_integer = metadata_property.type == MetadataPropertyType.integer
        kind = IntegerMetadataMetrics if is_integer else FloatMetadataMetrics
        return kind(min=min(values, default=None), max=max(values, default=None))

    async def _find(
        self, dataset_id: UUID, query: Any, condition: Any, sort: Any, vectors_of: UUID | None = None
    ) -> tuple[list[FoundRecord], Values]:
        scopes = scopes_of(condition, sort)
        suggestions = [scope for scope in scopes if isinstance(scope, SuggestionFilterScope)]
        needs = Needs(
            fields=query is not None,
            suggestions=bool(suggestions),
            suggestion_values=any(is_about_value(scope) for scope in suggestions),
            responses=any(isinstance(scope, ResponseFilterScope) for scope in scopes),
            vectors_of=vectors_of,
        )
        values = Values(await searchable_questions(dataset_id))
        records = [r for r in await read_records(dataset_id, needs) if values.passes(r, condition)]
        if query is not None:
            text, field = (query, None) if isinstance(query, str) else (query.q, query.field)
            wanted = TextQuery(text)
            records = [record for record in records if wanted.matches(record.texts(field))]
        return records, values


def _queue_order(records: list[FoundRecord], user_id: str | None) -> list[FoundRecord]:
    """By priority, and among equals in another order for each user, so that two do not do the same."""

    def key(record: FoundRecord) -> tuple[float, str]:
        band = round(float(record.metadata.get(PRIORITY) or 0.0), 1)
        return -band, hashlib.sha256(f"{user_id}:{record.id}".encode()).hexdigest() if user_id else ""

    return sorted(records, key=key)


async def _count(statement: Any) -> dict[str, int]:
    async with AsyncSessionLocal() as db:
        rows = await db.execute(statement.group_by(statement.selected_columns[0]))
        counts = {str(plain(status)): int(number) for status, number in rows}
    return {"total": sum(counts.values()), **counts}


def _cosine(one: list[float], other: list[float] | None) -> float:
    other = other or []
    norms = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / norms if norms else 0.0
