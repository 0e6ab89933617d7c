"""Whether a record passes a filter, and its place in an order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from argilla_server.enums import ResponseStatusFilter
from argilla_server.search_engine.base import (
    AndFilter,
    MetadataFilterScope,
    RangeFilter,
    RecordFilterScope,
    ResponseFilterScope,
    SuggestionFilterScope,
    TermsFilter,
)

from .records import FoundRecord, as_list, plain


class Values:
    """Finds the value of a record that a filter or an order is about.

    Args:
        searchable: the questions that can be searched by value.
    """

    def __init__(self, searchable: set[str]) -> None:
        self._searchable = searchable

    def find(self, record: FoundRecord, scope: Any) -> list[Any]:
        """All values of the record in a scope."""
        if isinstance(scope, RecordFilterScope):
            return as_list(plain(getattr(record, scope.property)))
        if isinstance(scope, MetadataFilterScope):
            return as_list(record.metadata.get(scope.metadata_property))
        if isinstance(scope, SuggestionFilterScope):
            return self._find_suggestion(record, scope)
        if isinstance(scope, ResponseFilterScope):
            return self._find_response(record, scope)
        raise ValueError(f"There is no search by {scope}")

    def _find_suggestion(self, record: FoundRecord, scope: SuggestionFilterScope) -> list[Any]:
        suggestion = record.suggestions.get(scope.question)
        if suggestion is None or (is_about_value(scope) and scope.question not in self._searchable):
            return []
        return as_list(getattr(suggestion, _property(scope)))

    def _find_response(self, record: FoundRecord, scope: ResponseFilterScope) -> list[Any]:
        found = [r for r in record.responses if scope.user is None or r.user_id == scope.user.id]
        if not scope.question:
            return [response.status for response in found]
        if scope.question not in self._searchable:
            return []
        answers = [response.values.get(scope.question, {}).get("value") for response in found]
        return [value for answer in answers for value in as_list(answer)]

    def passes(self, record: FoundRecord, condition: Any) -> bool:
        """Whether the record passes a filter; every record passes none."""
        if condition is None:
            return True
        if isinstance(condition, AndFilter):
            return all(self.passes(record, part) for part in condition.filters)
        values = self.find(record, condition.scope)
        if isinstance(condition, TermsFilter):
            wanted = {str(plain(value)) for value in condition.values}
            if _asks_for_status(condition) and not values:
                return ResponseStatusFilter.pending.value in wanted
            return any(str(value) in wanted for value in values)
        return any(_is_within(value, condition) for value in values)

    def sort(self, records: list[FoundRecord], orders: Iterable[Any]) -> list[FoundRecord]:
        """The records in an order; those without the value come last."""
        for order in reversed(list(orders)):
            keys = {record.id: _sort_key(self.find(record, order.scope)) for record in records}
            known = [record for record in records if keys[record.id] is not None]
            unknown = [record for record in records if keys[record.id] is None]
            known.sort(key=lambda record: keys[record.id], reverse=plain(order.order) == "desc")
            records = known + unknown
        return records


def is_about_value(scope: SuggestionFilterScope) -> bool:
    """Whether it is the value of a suggestion that counts, and not its score or agent."""
    return _property(scope) == "value"


def scopes_of(condition: Any, orders: Iterable[Any] | None) -> list[Any]:
    """All scopes that a filter and an order look at."""
    if condition is None:
        found: list[Any] = []
    elif isinstance(condition, AndFilter):
        found = [scope for part in condition.filters for scope in scopes_of(part, None)]
    else:
        found = [condition.scope]
    return [*found, *(order.scope for order in orders or ())]


def _property(scope: SuggestionFilterScope) -> str:
    return str(plain(scope.property)).rpartition(".")[2]


def _asks_for_status(condition: TermsFilter) -> bool:
    return isinstance(condition.scope, ResponseFilterScope) and not condition.scope.question


def _is_within(value: Any, condition: RangeFilter) -> bool:
    low, high = condition.ge, condition.le
    if hasattr(value, "isoformat"):
        value = value.isoformat()
        low, high = (None if bound is None else str(bound) for bound in (low, high))
    return (low is None or value >= low) and (high is None or value <= high)


def _sort_key(values: list[Any]) -> Any:
    """What stands for several values: the mean of numbers, else the first."""
    numbers = [value for value in values if isinstance(value, int | float)]
    if numbers:
        return sum(numbers) / len(numbers)
    return values[0] if values else None
