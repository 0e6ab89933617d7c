"""Writes requests of the chat completions API and reads its replies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from inspect import isclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms.capabilities import FORMATS, VLLM, Capabilities

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput


def split_input(
    input: FormattedInput, default: Mapping[str, Any] | None
) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any] | None]:
    """The messages of an input, and its structured output or else the default one."""
    messages, structured = input if isinstance(input, tuple) else (input, None)
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    return messages, structured or default


def write_structured_output(
    structured: Mapping[str, Any], capabilities: Capabilities
) -> dict[str, dict[str, Any]]:
    """The arguments that make an engine keep to a structure.

    Args:
        structured: `format` (by default `json`) and `schema`, as in distilabel; `whitespace_pattern`
            is passed on to vLLM.
        capabilities: what the engine can do.

    Raises:
        ConfigError: if the engine does not take this format, or the schema is none.
    """
    kind = structured.get("format") or "json"
    if kind not in capabilities.structured_outputs:
        taken = [name for name in FORMATS if name in capabilities.structured_outputs]
        raise ConfigError(
            f"The engine takes no structured output in the format '{kind}'.",
            f"It takes {', '.join(taken)}." if taken else "It takes none at all: leave it out.",
        )
    schema = read_json_schema(structured.get("schema")) if kind == "json" else structured.get("schema")
    if capabilities.server == VLLM:
        options = {name: structured[name] for name in ("whitespace_pattern",) if structured.get(name)}
        return {"extra_body": {"structured_outputs": {kind: schema, **options}}}
    return {"response_format": write_response_format(schema)}


def read_json_schema(schema: Any) -> dict[str, Any]:
    """A JSON schema given as a dictionary, as text or as a pydantic class.

    Raises:
        ConfigError: if it is none of these.
    """
    if isclass(schema) and issubclass(schema, BaseModel):
        return schema.model_json_schema()
    try:
        value = json.loads(schema) if isinstance(schema, str) else schema
    except ValueError:
        value = None
    if not isinstance(value, Mapping):
        raise ConfigError(
            f"This is no JSON schema: {schema!r:.80}.", "Give a dictionary, JSON text or a pydantic class."
        )
    return dict(value)


def write_response_format(schema: Any) -> dict[str, Any]:
    """The argument of OpenAI's API for a JSON schema; strict if the schema allows no other key."""
    is_strict = schema.get("additionalProperties") is False
    return {
        "type": "json_schema",
        "json_schema": {"name": "reply", "schema": schema, "strict": is_strict},
    }
