"""Reads the tool calls of a reply, and tells whether it makes those that the source has recorded."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs.tool_calls import read_calls

_END: Final = "</tool_call>"
_WRITTEN: Final = re.compile(rf"<tool_call>(.*?){_END}", re.DOTALL)


class CallResult(StrEnum):
    """What an engine did where the tools of a row came into play, as the column `tool_turns` has it.

    `same`: it made the recorded call, so the recorded result was replayed. `other`: it made a call that has
    no recorded result. `none`: it made no call where the source has one. `unasked`: it was not offered the
    tools.
    """

    SAME = "same"
    OTHER = "other"
    NONE = "none"
    UNASKED = "unasked"


class ToolReply(NamedTuple):
    """What a model said to somebody who offers it tools.

    Attributes:
        text: what it said beside its calls; empty if nothing.
        calls: the tools it called, as OpenAI has them; empty if none.
    """

    text: str
    calls: list[dict[str, Any]]


def read_tool_reply(text: str, calls: Sequence[Any]) -> ToolReply:
    """The text and the calls of a reply.

    Args:
        text: its text; calls may be written in it, between `<tool_call>` and `</tool_call>`.
        calls: the calls as the engine took them out of the text; empty if it found none.
    """
    if not calls:
        return take_written_calls(text)
    try:
        return ToolReply(text, read_calls("the reply", list(calls)))
    except BadInput:
        return ToolReply(text, [])


def take_written_calls(text: str) -> ToolReply:
    """Take the calls out of a text that has them as many models write them; all is text if one is no JSON."""
    before, end, rest = text.rpartition(_END)  # behind the last end every tag would search all of the text
    with_calls = before + end
    try:
        written = (json.loads(each.strip()) for each in _WRITTEN.findall(with_calls))
        calls = [call for each in written for call in read_calls("the text", each)]
    except (ValueError, RecursionError, BadInput):
        return ToolReply(text, [])
    return ToolReply((_WRITTEN.sub("", with_calls) + rest).strip() if calls else text, calls)


def were_offered(notes: Sequence[Mapping[str, Any]] | None) -> bool:
    """Whether the answers of a row with tools were given by an engine that was offered them.

    Args:
        notes: the column `tool_turns` of the row; `None` if its run has none, so that nobody knows.
    """
    return notes is not None and all(note["call"] != CallResult.UNASKED for note in notes)


def differs_from_source(notes: Sequence[Mapping[str, Any]] | None) -> bool:
    """Whether the engine wanted another call than the recorded ones, or none."""
    return any(note["call"] in (CallResult.OTHER, CallResult.NONE) for note in notes or [])


def find_recorded_calls(turn: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The calls of a turn of the source; empty if it has them in a text that cannot be read."""
    return turn.get("tool_calls") or take_written_calls(turn["content"]).calls


def are_same_calls(made: Sequence[Mapping[str, Any]], recorded: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the same tools are called with arguments that are equal as JSON values, in whatever order."""
    return Counter(map(_identify, made)) == Counter(map(_identify, recorded))


def _identify(call: Mapping[str, Any]) -> tuple[str, str]:
    function = call["function"]
    try:
        arguments = json.dumps(_normalise(json.loads(function["arguments"])), sort_keys=True)
    except (ValueError, RecursionError):
        arguments = function["arguments"].strip()
    return function["name"], arguments


def _normalise(value: Any) -> Any:
    """The value with whole numbers written in one way."""
    if isinstance(value, dict):
        return {key: _normalise(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_normalise(held) for held in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
