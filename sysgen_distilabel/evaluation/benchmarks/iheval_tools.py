"""The tool that a row of IHEval has called already: its definition, the call and the result, as messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sysgen_distilabel.evaluation.benchmarks.items import take


def read_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    """What an item says of it: `tool_turns` that follow the user's, and `tools` in the OpenAI format.

    The text of the call is for engines that take no calls; the others are sent the call itself.

    Args:
        tool: `definition`, `call` and `return` as the benchmark has them.

    Raises:
        MalformedRow: if something of it is missing.
    """
    definition, call, result = (take(tool, name, dict) for name in ("definition", "call", "return"))
    parameters = take(definition, "parameters", dict)
    name, arguments = take(call, "name", str), json.dumps(take(call, "arguments", dict))
    identity = take(call, "id", str)
    called = {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}
    text = f"<tool_call>\n{json.dumps({'name': name, 'arguments': call['arguments']})}\n</tool_call>"
    function = {
        "name": take(definition, "name", str),
        "description": take(definition, "description", str),
        "parameters": {"type": "object", "properties": parameters, "required": list(parameters)},
    }
    return {
        "tool_turns": [
            {"role": "assistant", "content": text, "tool_calls": [called]},
            {
                "role": "tool",
                "tool_call_id": identity,
                "name": name,
                "content": take(result, "content", str),
            },
        ],
        "tools": [{"type": "function", "function": function}],
    }
