"""Reads the tool calls of a turn, and writes them as text for those who read only text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs.values import describe, is_absent, plain_value, without_absent


def read_calls(place: str, value: Any) -> list[dict[str, Any]]:
    """The calls as chat templates and endpoints take them: `id`, `type` and `function`.

    Args:
        place: where they are, for messages to people.
        value: a call or a list of them, as OpenAI has them, framed by `function` or not, or JSON text.

    Raises:
        BadInput: a call has no name.
    """
    value = plain_value(_decode(value) if isinstance(value, str) else value)
    calls = value if isinstance(value, list) else [value]
    return [_read_call(place, plain_value(call)) for call in calls if not is_absent(call)]


def write_calls(calls: list[dict[str, Any]]) -> str:
    """The calls as text, each between `<tool_call>` and `</tool_call>` as many models write them."""
    functions = (call["function"] for call in calls)
    return "\n".join(
        f'<tool_call>\n{{"name": {json.dumps(function["name"], ensure_ascii=False)}, '
        f'"arguments": {function["arguments"]}}}\n</tool_call>'
        for function in functions
    )


def _read_call(place: str, call: Any) -> dict[str, Any]:
    framed = plain_value(call.get("function")) if isinstance(call, Mapping) else None
    function = framed if isinstance(framed, Mapping) else call
    name = function.get("name") if isinstance(function, Mapping) else None
    if not (isinstance(name, str) and name.strip()):
        raise BadInput(f"{place}: expected a tool call with a 'name', found {describe(call)}")
    arguments = next((function[key] for key in ("arguments", "parameters", "input") if key in function), None)
    identifier = {"id": call["id"]} if isinstance(call.get("id"), str) and call["id"] else {}
    return {
        **identifier,
        "type": "function",
        "function": {"name": name, "arguments": _write_arguments(place, arguments)},
    }


def _write_arguments(place: str, arguments: Any) -> str:
    if isinstance(arguments, str) and arguments.strip():
        text = arguments
    else:
        text = json.dumps(without_absent(arguments) or {}, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{place}: expected text, found a surrogate that UTF-8 cannot encode") from None
    return text


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
