"""A benchmark as a list of things to answer, whatever its owners' schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sysgen_distilabel.columns import BENCHMARK_ITEM, MESSAGES, SOURCE_ID
from sysgen_distilabel.rows import Row


class MalformedRow(ValueError):
    """A row of a benchmark is not of the published schema; it is counted and left out."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to answer.

    Attributes:
        id: identifies it; the same in every run.
        messages: the conversation with the reference answers there are; it may begin with a system
            message, and ends with a user turn if there is no reference for the last answer.
        details: what the scoring needs, such as rubrics or constraints; JSON values only.
    """

    id: str
    messages: list[dict[str, str]]
    details: dict[str, Any]

    def to_row(self, run: int) -> Row:
        """The row of a pipeline for one run."""
        details = json.dumps({**self.details, "run": run}, ensure_ascii=False)
        source_id = f"{self.id}#{run + 1}"
        return {SOURCE_ID: source_id, MESSAGES: self.messages, BENCHMARK_ITEM: details}


class ReadItems(NamedTuple):
    """What was read of a benchmark: the items, and place and problem of each malformed row."""

    items: list[Item]
    malformed: list[str]


def read_items(
    rows: Iterable[tuple[str, Any]], read: Callable[[Mapping[str, Any]], Item], limit: int | None = None
) -> ReadItems:
    """Turn rows into items; what cannot be read is named, and ids that come twice are told apart.

    Args:
        rows: place and value of each row.
        read: makes an item of a row; raises `MalformedRow`.
        limit: number of rows to look at.
    """
    result = ReadItems([], [])
    seen: dict[str, int] = {}
    for number, (place, row) in enumerate(rows):
        if number == limit:
            break
        try:
            if not isinstance(row, Mapping):
                raise MalformedRow("no object with named fields")
            item = read(row)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            result.malformed.append(f"{place}: {error}")
            continue
        seen[item.id] = seen.get(item.id, 0) + 1
        if seen[item.id] > 1:
            item = Item(f"{item.id}-{seen[item.id]}", item.messages, item.details)
        result.items.append(item)
    return result


def take(row: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    """A field of a row, of the type wanted and not empty.

    Raises:
        MalformedRow: if it is missing, of another type, or blank.
    """
    value = row.get(name)
    if not isinstance(value, kind):
        raise MalformedRow(f"'{name}' is missing" if value is None else f"'{name}' is {type(value).__name__}")
    if isinstance(value, str | list | dict) and not (value.strip() if isinstance(value, str) else value):
        raise MalformedRow(f"'{name}' is empty")
    return value


def read_messages(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """The field `messages` of a row, role and content of each.

    Raises:
        MalformedRow: if it is missing or empty, or a message lacks one of the two.
    """
    messages = take(row, "messages", list)
    for message in messages:
        if not isinstance(message, Mapping):
            raise MalformedRow("a message is no object")
        if not all(isinstance(message.get(name), str) for name in ("role", "content")):
            raise MalformedRow("a message has no role and content")
    return [{"role": message["role"], "content": message["content"]} for message in messages]


def chat(system: str | None, *turns: str) -> list[dict[str, str]]:
    """Messages in the OpenAI format: a system message if there is one, then user and assistant in turn."""
    messages = [{"role": "system", "content": system}] if system else []
    roles = ("user", "assistant")
    return [*messages, *({"role": roles[n % 2], "content": text} for n, text in enumerate(turns))]
