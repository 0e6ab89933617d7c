"""Finds phrases about tools that a conversation does not have."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sysgen_distilabel.functionalities import Functionality
from sysgen_distilabel.inputs.tool_schemas import name_tools

_NAME: Final = re.compile(r"`([^`\s]{2,80}?)(?:\(\))?`|\b([a-z]+(?:_[a-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+)\b")


class ToolFault(NamedTuple):
    """A phrase tagged Tool that should not be there.

    Attributes:
        phrase: its place, from 0.
        name: the tool it names that the conversation does not have; empty if it has none at all.
    """

    phrase: int
    name: str


def find_tool_faults(
    phrases: Sequence[Mapping[str, str]], has_tools: bool, names: Collection[str]
) -> Iterator[ToolFault]:
    """The phrases tagged Tool where there is no tool, and those that name one that is not there.

    Args:
        phrases: phrases with `functionality` and `text`.
        has_tools: whether the conversation has tools.
        names: their names, none where they are not known.
    """
    known = {name.lower() for name in names}
    for place, phrase in enumerate(phrases):
        if phrase["functionality"] != Functionality.TOOL:
            continue
        if not has_tools:
            yield ToolFault(place, "")
        elif known and (unknown := [name for name in _named(phrase["text"]) if name.lower() not in known]):
            yield ToolFault(place, unknown[0])


def read_tool_names(tools: str, turn_fields: str) -> list[str]:
    """The names of the tools of a row: those of its schemas, and those that its turns call.

    Args:
        tools: what `read_tools` has read.
        turn_fields: the column `turn_fields`, as JSON.
    """
    return [*name_tools(tools), *_called(json.loads(turn_fields) if turn_fields else [])]


def _called(fields: Any) -> Iterator[str]:
    """The names of functions that are called anywhere in the fields of the turns."""
    if isinstance(fields, Mapping):
        name = fields.get("name")
        if isinstance(name, str) and ("arguments" in fields or "parameters" in fields):
            yield name
        for value in fields.values():
            yield from _called(value)
    elif isinstance(fields, list):
        for value in fields:
            yield from _called(value)


def _named(text: str) -> list[str]:
    return [quoted or plain for quoted, plain in _NAME.findall(text)]
