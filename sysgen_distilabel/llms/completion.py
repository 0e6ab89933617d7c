"""Reads replies of the chat completions API, whatever an engine or a gateway makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sysgen_distilabel.recorded.content import clean_text, read_content
from sysgen_distilabel.recorded.engine_words import find_words
from sysgen_distilabel.recorded.faults import RequestFailed, find_kind_of_status
from sysgen_distilabel.recorded.finish_reasons import Ending, read_finish_reason
from sysgen_distilabel.recorded.reply import Fault, FaultKind
from sysgen_distilabel.recorded.retry_after import read_retry_after

if TYPE_CHECKING:
    from distilabel.typing import GenerateOutput


_NOT_WHOLE: Final = frozenset({Ending.TRUNCATED, Ending.WITHHELD, Ending.BROKEN_OFF})


class Generation(NamedTuple):
    """What an engine answered to one request.

    Attributes:
        text: the text, `None` if there is none, as with a call of a tool.
        finish_reason: why it ends there, `""` if the engine does not say.
        reasoning: what the model thought before, where the engine keeps that apart, else `""`.
        input_tokens: tokens of the prompt.
        output_tokens: tokens generated, those of the reasoning included.
        cached_tokens: tokens of the prompt found in the prefix cache.
        tool_calls: the tools it calls, as the engine has them.
    """

    text: str | None
    finish_reason: str = ""
    reasoning: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    tool_calls: tuple[Any, ...] = ()


def read_completion(body: bytes) -> Generation:
    """Read the body of an answer with status 200 that is to hold a completion with a single choice.

    Raises:
        RequestFailed: if it is no completion, or the engine broke it off or refused.
    """
    try:
        completion = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestFailed(Fault(FaultKind.UNREADABLE_BODY, _say("no JSON", body))) from None
    choices = completion.get("choices") if isinstance(completion, Mapping) else None
    if not isinstance(choices, list) or (completion.get("error") and not _holds_text(choices)):
        raise _find_error(completion)
    tokens = _read_tokens(completion.get("usage"))
    if not choices:
        return Generation(None, **tokens)
    choice = choices[0]
    if not isinstance(choice, Mapping):
        raise RequestFailed(Fault(FaultKind.UNREADABLE_BODY, _say("no choice", choice)))
    reason = _find_reason(choice)
    if choice.get("error") or read_finish_reason(reason) is Ending.BROKEN_OFF:
        words = find_words(choice.get("error"))
        said = f"the engine broke the reply off (finish reason {reason}){words and f': {words}'}"
        raise RequestFailed(Fault(FaultKind.SERVER_ERROR, said))
    return _read_message(choice.get("message"), reason, tokens)


def _holds_text(choices: list[Any]) -> bool:
    messages = (choice.get("message") for choice in choices if isinstance(choice, Mapping))
    return any(message.get("content") for message in messages if isinstance(message, Mapping))


def write_output(generations: Sequence[Generation]) -> GenerateOutput:
    """Distilabel's dictionary for the generations of one input, always with the same keys."""
    return {
        "generations": [generation.text for generation in generations],
        "statistics": {
            "input_tokens": [generation.input_tokens for generation in generations],
            "output_tokens": [generation.output_tokens for generation in generations],
            "cached_tokens": [generation.cached_tokens for generation in generations],
        },
        "finish_reason": [generation.finish_reason for generation in generations],
        "reasoning": [generation.reasoning for generation in generations],
        "tool_calls": [list(generation.tool_calls) for generation in generations],
    }


def _find_reason(choice: Mapping[str, Any]) -> str:
    """Why it ends; the word of a gateway's provider wins where that alone tells of a reply cut short."""
    words = [choice.get(name) for name in ("finish_reason", "native_finish_reason")]
    said = [clean_text(word) for word in words if isinstance(word, str) and word]
    cut = (word for word in said if read_finish_reason(word) in _NOT_WHOLE)
    return next(cut, said[0] if said else "")


def _read_message(message: Any, reason: str, tokens: dict[str, Any]) -> Generation:
    if not isinstance(message, Mapping):
        return Generation(None, reason, **tokens)
    content = read_content(message.get("content"))
    if content.text is None and (refusal := find_words(message.get("refusal"))):
        raise RequestFailed(Fault(FaultKind.CONTENT_FILTER, f"the model refuses: {refusal}"))
    apart = (read_content(message.get(name)).text for name in ("reasoning", "reasoning_content", "thinking"))
    reasoning = next((text for text in apart if text), content.reasoning)
    calls = message.get("tool_calls")
    tool_calls = tuple(calls) if isinstance(calls, list) else ()
    return Generation(content.text, reason, reasoning, tool_calls=tool_calls, **tokens)


def _read_tokens(usage: Any) -> dict[str, Any]:
    details = usage.get("prompt_tokens_details") if isinstance(usage, Mapping) else None
    return {
        "input_tokens": _count(usage, "prompt_tokens") or _count(usage, "input_tokens"),
        "output_tokens": _count(usage, "completion_tokens") or _count(usage, "output_tokens"),
        "cached_tokens": _count(details, "cached_tokens"),
    }


def _count(usage: Any, name: str) -> int:
    value = usage.get(name) if isinstance(usage, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _find_error(body: Any) -> RequestFailed:
    """What is wrong with a body that came with status 200 and is no completion."""
    error = body.get("error") if isinstance(body, Mapping) else None
    words = find_words(body)
    if error and words:
        code = error.get("code") if isinstance(error, Mapping) else None
        kind = find_kind_of_status(code) if isinstance(code, int) and code >= 400 else FaultKind.SERVER_ERROR
        wait = read_retry_after(None, words) if kind is FaultKind.RATE_LIMITED else None
        return RequestFailed(Fault(kind, f"the engine answered with an error: {words}"), wait)
    return RequestFailed(Fault(FaultKind.UNREADABLE_BODY, _say("no completion", body)))


def _say(what: str, body: Any) -> str:
    words = find_words(body)
    return f"the engine answered with {what}" + (f": {words}" if words else "")
