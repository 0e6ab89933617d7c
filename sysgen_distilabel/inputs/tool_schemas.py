"""Reads the schemas of tools out of a row, in the layouts that data sets and chat templates have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs.values import describe, name_column, plain_value, without_absent


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
    place = name_column(column)
    value = plain_value(row.get(column))
    if isinstance(value, str):
        if not value.strip():
            return ""
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise BadInput(f"{place}: expected a list of tools, found text that is not JSON") from None
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


def _read_tool(place: str, tool: Any) -> dict[str, Any]:
    function = tool.get("function", tool) if isinstance(tool, Mapping) else None
    name = function.get("name") if isinstance(function, Mapping) else None
    if not (isinstance(name, str) and name.strip()):
        raise BadInput(f"{place}: expected the schema of a function with a 'name', found {describe(tool)}")
    return {"type": "function", "function": without_absent(function)}
