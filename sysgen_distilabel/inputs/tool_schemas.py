"""Reads the schemas of tools out of a row, in the layouts that data sets and chat templates have."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs.layouts import TEMPLATE_SETTINGS
from sysgen_distilabel.inputs.values import describe, is_absent, name_column, plain_value, without_absent

_COLUMNS: Final = ("tools", "functions")
"""Where rows, and the system turns of Dolci, have them."""

_SETTINGS: Final = ("tools", "xml_tools", "python_tools")
"""The settings of a chat template that hold them, as SmolTalk2 has them."""


def read_tools(row: Mapping[str, Any], column: str) -> str:
    """The tools of a row as JSON, empty if it has none.

    A tool is `{"type": "function", "function": {"name": ...}}`, as chat templates take it, or the
    function alone, which gets that frame.

    Args:
        row: the columns of the row by name.
        column: the one that holds a list of tools, or the JSON text of one; it may be null.

    Raises:
        BadInput: it holds something else.
    """
    return _read_list(name_column(column), plain_value(row.get(column)))


def find_tools(row: Mapping[str, Any], turns: str) -> str:
    """The tools of a row as JSON, from the first place filled of those that public data sets use.

    Args:
        row: the columns of the row by name.
        turns: the column with the turns; the first of them may hold tools. Empty if there is none.

    Raises:
        BadInput: there is something else in that place.
    """
    for place, holder, keys in _places(row, turns):
        for key in keys:
            if (value := holder.get(key)) is not None and not is_absent(value):
                tools = _read_list(f"{place}{name_column(key)}", plain_value(value))
                if tools:
                    return tools
    return ""


def _places(row: Mapping[str, Any], turns: str) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, ...]]]:
    """Where tools may be: how the place is called, what holds them, and under which keys."""
    yield "", row, _COLUMNS
    settings = plain_value(row.get(TEMPLATE_SETTINGS))
    if isinstance(settings, Mapping):
        yield f"{TEMPLATE_SETTINGS}, ", settings, _SETTINGS
    listed = plain_value(row.get(turns)) if turns else None
    first = plain_value(listed[0]) if isinstance(listed, list) and listed else None
    if isinstance(first, Mapping):
        yield f"{turns}, turn 1, ", first, _COLUMNS


def _read_list(place: str, value: Any) -> str:
    if isinstance(value, str):
        if not value.strip():
            return ""
        value = _decode(place, value)
    if value is None or value == []:
        return ""
    if not isinstance(value, list):
        raise BadInput(f"{place}: expected a list of tools, found {describe(value)}")
    tools = [_read_tool(f"{place}, tool {number}", plain_value(tool)) for number, tool in enumerate(value, 1)]
    text = json.dumps(tools, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{place}: expected text, found a surrogate that UTF-8 cannot encode") from None
    return text


def name_tools(tools: str) -> list[str]:
    """The names of tools that `read_tools` has read."""
    return [tool["function"]["name"] for tool in json.loads(tools)] if tools else []


def _decode(place: str, text: str) -> Any:
    """The value that JSON text holds, or text that Python wrote."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():  # of backslashes in the user's text
            warnings.simplefilter("ignore")
            return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise BadInput(f"{place}: expected a list of tools, found text that is not JSON") from None


def _read_tool(place: str, tool: Any) -> dict[str, Any]:
    tool = _decode(place, tool) if isinstance(tool, str) else tool
    function = tool.get("function", tool) if isinstance(tool, Mapping) else None
    name = function.get("name") if isinstance(function, Mapping) else None
    if not (isinstance(name, str) and name.strip()):
        raise BadInput(f"{place}: expected the schema of a function with a 'name', found {describe(tool)}")
    return {"type": "function", "function": without_absent(function)}
