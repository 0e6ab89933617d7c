"""Translates between the host's `GenerateOutput` and replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.recorded.reply import Fault, FaultKind, Reply

if TYPE_CHECKING:
    from distilabel.typing import GenerateOutput

_OWN_KEYS: Final = ("generations", "statistics")
_FINISH_REASONS: Final = ("finish_reason", "finish_reasons")


def read_output(
    output: GenerateOutput, latency: float, max_new_tokens: int | None, fail_on_truncated: bool
) -> Reply:
    """Read what an LLM returned for one generation.

    Args:
        output: the host's dictionary; `finish_reason` and `cached_tokens` are used if there.
        latency: seconds the engine took.
        max_new_tokens: the limit the request had; a reply of just that length counts as
            truncated where the engine gives no finish reason.
        fail_on_truncated: whether a truncated reply is a fault.

    Raises:
        ValueError: if it is no `GenerateOutput`.
    """
    if not isinstance(output, dict) or not isinstance(output.get("generations"), list):
        raise ValueError(f"the LLM returned {type(output).__name__} in place of a GenerateOutput")
    statistics = output.get("statistics") or {}
    text = _to_clean_text(_first(output["generations"]))
    completion_tokens = int(_first(statistics.get("output_tokens")) or 0)
    finish_reason = str(next((r for name in _FINISH_REASONS if (r := _first(output.get(name)))), ""))
    if not finish_reason and text is not None and completion_tokens and completion_tokens == max_new_tokens:
        finish_reason = "length"
    return Reply(
        text=text,
        finish_reason=finish_reason,
        prompt_tokens=int(_first(statistics.get("input_tokens")) or 0),
        completion_tokens=completion_tokens,
        cached_tokens=int(_first(statistics.get("cached_tokens")) or 0),
        latency=latency,
        fault=_find_fault(text, finish_reason, fail_on_truncated),
        extra={name: _first(value) for name, value in output.items() if name not in _OWN_KEYS},
    )


def make_output(replies: Sequence[Reply], extra_keys: Sequence[str]) -> GenerateOutput:
    """The host's dictionary for the generations of one input; one with a fault is `None`.

    Args:
        replies: one per generation.
        extra_keys: the keys it has beside the host's own, `None` where a reply lacks them.
    """
    output: dict[str, Any] = {
        "generations": [reply.text if reply.fault is None else None for reply in replies],
        "statistics": {
            "input_tokens": [reply.prompt_tokens for reply in replies],
            "output_tokens": [reply.completion_tokens for reply in replies],
        },
    }
    for key in extra_keys:
        output[key] = [reply.extra.get(key) for reply in replies]
    return output


def _first(value: Any) -> Any:
    """The value for the one generation asked for."""
    if isinstance(value, list | tuple):
        return value[0] if value else None
    return value


def _to_clean_text(text: Any) -> str | None:
    """The text without halves of surrogate pairs, which no file format takes."""
    if text is None:
        return None
    clean = str(text)
    try:
        clean.encode()
    except UnicodeEncodeError:
        return clean.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean


def _find_fault(text: str | None, finish_reason: str, fail_on_truncated: bool) -> Fault | None:
    if finish_reason == "content_filter":
        return Fault(FaultKind.CONTENT_FILTER, "the engine withheld the reply")
    if finish_reason == "length" and fail_on_truncated:
        return Fault(FaultKind.TRUNCATED, "the reply hit the limit of new tokens")
    if text is None or is_blank(text):
        said = f" (finish reason {finish_reason})" if finish_reason else ""
        return Fault(FaultKind.EMPTY, f"the reply holds no text{said}")
    return None
