"""Reads one turn out of an object with a speaker and a text, and what it holds besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.errors import UnknownTurn
from sysgen_distilabel.inputs.texts import read_parts
from sysgen_distilabel.inputs.tool_calls import read_calls, write_calls
from sysgen_distilabel.inputs.turn_forms import (
    CALL_KEYS,
    CALL_ROLES,
    MARKS,
    REASONING_KEYS,
    WRITTEN_CALLS,
    Role,
    TurnForms,
)
from sysgen_distilabel.inputs.values import describe, is_absent, plain_value

REASONING: Final = "reasoning"
"""The note of a turn whose reasoning was set aside."""

_CHANNEL: Final = "channel"


class Turn(NamedTuple):
    """What one side says.

    Attributes:
        place: where it was found, for messages to people.
        role: `system`, `user`, `assistant` or `tool`.
        content: the text as it was found; it may be blank.
        fields: what the turn holds besides, such as `tool_calls`, and `content` if the text given
            here only stands for them.
        notes: names of keys that are not kept, and `REASONING`.
    """

    place: str
    role: Role
    content: str
    fields: Mapping[str, Any] = {}
    notes: tuple[str, ...] = ()


def read_turn(place: str, item: Mapping[str, Any], forms: TurnForms) -> Turn:
    """Read a turn.

    Args:
        place: where it is, for messages to people.
        item: the object; it has a speaker.
        forms: the speakers and the keys that are known.

    Raises:
        UnknownTurn: the speaker is not known.
        BadInput: it has no text, and no call of a tool.
        MediaInput: it holds an image, audio or video.
    """
    speaker, role_key = first_value(item, forms.role_keys)
    if isinstance(speaker, Mapping):  # the author of a message in an export of ChatGPT
        speaker = plain_value(speaker.get("role"))
    role = forms.find_role(speaker)
    if role is None:
        raise unknown_role(place, speaker)
    content, text_key = first_value(item, forms.text_keys)
    calls = _find_calls(place, item, role)
    if str(speaker).strip().lower() in CALL_ROLES:
        calls, content = {"tool_calls": read_calls(place, content)}, None
    may_be_empty = bool(calls) or role in ("system", "tool")
    text, has_reasoning = read_parts(place, "" if may_be_empty and is_absent(content) else content)
    fields = _find_fields(item, role)
    read = {role_key, text_key, _CHANNEL, *fields, *(CALL_KEYS if calls else ()), *calls}
    keys = [str(key) for key, value in item.items() if key not in read and not is_absent(value)]
    notes = [describe(key) for key in keys if key not in REASONING_KEYS]
    notes += [REASONING] if has_reasoning or len(notes) < len(keys) else []
    if calls:
        fields |= {"content": text, **calls}
        text = f"{text}\n{_show(calls)}".lstrip("\n")
    return Turn(place, role, text, fields, tuple(notes))


def unknown_role(place: str, speaker: Any) -> UnknownTurn:
    """What is said of a turn whose speaker is not known."""
    return UnknownTurn(f"{place}: expected role 'user' or 'assistant', found {describe(speaker)}")


def first_value(item: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Any, str]:
    """The first value that is filled and its key; else the first that is no null."""
    for key in keys:  # mostly it is a text
        if isinstance(value := item.get(key), str) and not is_blank(value):
            return value, key
        if value is not None:
            break
    values = [(plain_value(item[key]), key) for key in keys if key in item]
    blank = next((pair for pair in values if pair[0] is not None), (None, ""))
    return next((pair for pair in values if not is_absent(pair[0])), blank)


def _find_calls(place: str, item: Mapping[str, Any], role: Role) -> dict[str, Any]:
    """The calls of a turn as they are kept: in a list of their own, or as the text the source has."""
    filled = [item[key] for key in CALL_KEYS if not is_absent(item.get(key))]
    if calls := [call for value in filled for call in read_calls(place, value)]:
        return {"tool_calls": calls}
    written = item.get(WRITTEN_CALLS)
    is_written = role == "assistant" and isinstance(written, str) and not is_blank(written)
    return {WRITTEN_CALLS: written} if is_written else {}


def _show(calls: Mapping[str, Any]) -> str:
    return write_calls(calls["tool_calls"]) if "tool_calls" in calls else str(calls[WRITTEN_CALLS])


def _find_fields(item: Mapping[str, Any], role: Role) -> dict[str, Any]:
    """What is kept of a turn beside its text and its calls."""
    marks = ((key, plain_value(item[key])) for key in MARKS if key in item)
    fields = {key: mark for key, mark in marks if isinstance(mark, bool | int | float)}
    if role == "tool":
        fields |= {key: item[key] for key in ("tool_call_id", "name") if isinstance(item.get(key), str)}
    return fields
