"""Writes requests of the chat completions API and reads its replies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from inspect import isclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic import BaseModel

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms.capabilities import FORMATS, VLLM, Capabilities
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.reply import Fault, FaultKind

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput, GenerateOutput

_BROKEN_OFF: Final = frozenset({"abort", "error"})
"""Finish reasons of vLLM and of gateways for a reply that ends where the engine failed."""


class Generation(NamedTuple):
    """What an engine answered to one request.

    Attributes:
        text: the text, `None` if there is none, as with a call of a tool.
        finish_reason: why it ends there, `""` if the engine does not say.
        reasoning: what the model thought before, where the engine keeps that apart, else `""`.
        input_tokens: tokens of the prompt.
        output_tokens: tokens generated, those of the reasoning included.
        cached_tokens: tokens of the prompt found in the prefix cache.
    """

    text: str | None
    finish_reason: str = ""
    reasoning: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0


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
        structured: `format` (by default `json`) and `schema`, as in the host; `whitespace_pattern`
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


def read_completion(completion: Any) -> Generation:
    """Read a completion with a single choice.

    Raises:
        RequestFailed: if it is no completion, or the engine broke it off.
    """
    choices = getattr(completion, "choices", None)
    if choices is None:
        raise RequestFailed(_find_error(completion))
    usage = getattr(completion, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    tokens: dict[str, Any] = {
        "input_tokens": getattr(usage, "prompt_tokens", None) or 0,
        "output_tokens": getattr(usage, "completion_tokens", None) or 0,
        "cached_tokens": getattr(details, "cached_tokens", None) or 0,
    }
    if not choices:
        return Generation(None, **tokens)
    choice, message = choices[0], choices[0].message
    if choice.finish_reason in _BROKEN_OFF:
        said = f"the engine broke the reply off (finish reason {choice.finish_reason})"
        raise RequestFailed(Fault(FaultKind.SERVER_ERROR, said))
    reasoning = getattr(message, "reasoning", None) or getattr(message, "reasoning_content", None)
    return Generation(message.content, choice.finish_reason or "", str(reasoning or ""), **tokens)


def write_output(generations: Sequence[Generation]) -> GenerateOutput:
    """The host's dictionary for the generations of one input, always with the same keys."""
    return {
        "generations": [generation.text for generation in generations],
        "statistics": {
            "input_tokens": [generation.input_tokens for generation in generations],
            "output_tokens": [generation.output_tokens for generation in generations],
            "cached_tokens": [generation.cached_tokens for generation in generations],
        },
        "finish_reason": [generation.finish_reason for generation in generations],
        "reasoning": [generation.reasoning for generation in generations],
    }


def _find_error(completion: Any) -> Fault:
    """What is wrong with a body that came with status 200 and is no completion."""
    error = getattr(completion, "error", None)
    message = error.get("message") if isinstance(error, Mapping) else None
    if message:
        return Fault(FaultKind.SERVER_ERROR, f"the engine answered with an error: {message!s:.200}")
    return Fault(FaultKind.UNREADABLE_BODY, f"the engine answered with no completion: {completion!s:.100}")
