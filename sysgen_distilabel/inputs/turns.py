"""Reads turns and texts out of the values rows have, and says in one short line what is wrong with them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sysgen_distilabel.errors import BadInput

_ROLES: Final = {
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "system": "system",
    "developer": "system",
}
_PAIR: Final = (("input", "user"), ("output", "assistant"))
_EXCERPT_LENGTH: Final = 40


class Turn(NamedTuple):
    """What one side says.

    Attributes:
        place: where it was found, for messages to people.
        role: `system`, `user` or `assistant`.
        content: the text as it was found; it may be blank.
    """

    place: str
    role: str
    content: str


def read_turns(column: str, value: Any) -> list[Turn]:
    """Read a list of turns.

    An item is `{"role", "content"}`, `{"from", "value"}` or, as in Capybara, `{"input", "output"}` for
    two turns. The list may be an array, or JSON text as CSV files have it.

    Raises:
        BadInput: it is not such a list, or an item has another role, a tool call or no text.
    """
    place = name_column(column)
    items = plain_value(_decode_list(value) if isinstance(value, str) else value)
    if not isinstance(items, list):
        raise BadInput(f"{place}: expected a list of turns, found {describe(items)}")
    turns: list[Turn] = []
    for number, item in enumerate(items, 1):
        turns += _read_item(f"{place}, turn {number}", plain_value(item))
    return turns


def read_text(place: str, value: Any) -> str:
    """Read text, or a list of parts that are all text; parts are joined by line breaks.

    Raises:
        BadInput: it is neither, or UTF-8 cannot encode it.
    """
    value = plain_value(value)
    if isinstance(value, list):
        value = "\n".join([_read_part(place, plain_value(part)) for part in value])
    if not isinstance(value, str):
        raise BadInput(f"{place}: expected text, found {describe(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{place}: expected text, found a surrogate that UTF-8 cannot encode") from None
    return value


def plain_value(value: Any) -> Any:
    """The value with arrays and tuples as lists, and with NaN, the null of tables, as None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def name_column(column: str) -> str:
    """How messages name a column."""
    return f"column {describe(column)}"


def describe(value: Any) -> str:
    """How messages name a value; no more than a few words of the user's data."""
    if isinstance(value, str):
        shown = repr(value[:_EXCERPT_LENGTH])
        return shown if len(shown) <= _EXCERPT_LENGTH else f"{shown[:_EXCERPT_LENGTH]}...{shown[0]}"
    if isinstance(value, Mapping):
        return "an object"
    kinds = {list: "a list", bool: "true or false", int: "a number", float: "a number", type(None): "null"}
    return kinds.get(type(value), f"a value of type {type(value).__name__}")


def _read_item(place: str, item: Any) -> list[Turn]:
    if not isinstance(item, Mapping):
        raise BadInput(f"{place}: expected an object with 'role' and 'content', found {describe(item)}")
    role = _first_value(item, "role", "from")
    if role is None and "input" in item and "output" in item:
        return [_read_pair_side(f"{place} ({key})", side, item[key]) for key, side in _PAIR]
    canonical = _ROLES.get(role.strip().lower()) if isinstance(role, str) else None
    if canonical is None:
        raise BadInput(f"{place}: expected role 'user' or 'assistant', found {describe(role)}")
    if any(plain_value(item.get(key)) for key in ("tool_calls", "function_call")):
        raise BadInput(f"{place}: expected text, found a tool call")
    return [Turn(place, canonical, read_text(place, _first_value(item, "content", "value")))]


def _read_pair_side(place: str, role: str, value: Any) -> Turn:
    return Turn(place, role, read_text(place, value))


def _read_part(place: str, part: Any) -> str:
    kind = part.get("type") if isinstance(part, Mapping) else None
    text = part.get("text") if kind == "text" else None
    if not isinstance(text, str):
        raise BadInput(f"{place}: expected parts of type 'text', found {describe(kind or part)}")
    return text


def _first_value(item: Mapping[str, Any], *keys: str) -> Any:
    values = (plain_value(item.get(key)) for key in keys)
    return next((value for value in values if value is not None), None)


def _decode_list(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
