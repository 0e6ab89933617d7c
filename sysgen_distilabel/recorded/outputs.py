"""Translates between distilabel's `GenerateOutput` and replies."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.recorded.content import clean_text, read_content
from sysgen_distilabel.recorded.finish_reasons import Ending, read_finish_reason
from sysgen_distilabel.recorded.reply import Fault, FaultKind, Reply

if TYPE_CHECKING:
    from distilabel.typing import GenerateOutput

_logger = logging.getLogger(__name__)
_told: set[str] = set()

_MOST_TOKENS: Final = 10**12
_OWN_KEYS: Final = ("generations", "statistics")
_FINISH_REASONS: Final = ("finish_reason", "finish_reasons")


def read_output(
    output: GenerateOutput, latency: float, max_new_tokens: int | None, fail_on_truncated: bool
) -> Reply:
    """Read what an LLM returned for one generation.

    Args:
        output: distilabel's dictionary; `finish_reason` and `cached_tokens` are used if there.
        latency: seconds the engine took.
        max_new_tokens: the limit the request had; a reply that reached it counts as truncated,
            whatever the engine calls its end.
        fail_on_truncated: whether a truncated reply is a fault.

    Raises:
        ValueError: if it is no `GenerateOutput`.
    """
    if not isinstance(output, dict) or not isinstance(output.get("generations"), list):
        raise ValueError(f"the LLM returned {type(output).__name__} in place of a GenerateOutput")
    statistics = output.get("statistics")
    statistics = statistics if isinstance(statistics, dict) else {}
    content = read_content(_first(output["generations"]))
    completion_tokens = _count(statistics.get("output_tokens"))
    reason = clean_text(str(next((r for name in _FINISH_REASONS if (r := _first(output.get(name)))), "")))
    is_at_limit = (
        content.text is not None and max_new_tokens is not None and completion_tokens >= max_new_tokens
    )
    extra = {name: _first(value) for name, value in output.items() if name not in _OWN_KEYS}
    has_answer = not is_blank(content.text or "") or bool(extra.get("tool_calls"))
    return Reply(
        text=content.text,
        finish_reason=reason or ("length" if is_at_limit else ""),
        prompt_tokens=_count(statistics.get("input_tokens")),
        completion_tokens=completion_tokens,
        cached_tokens=_count(statistics.get("cached_tokens")),
        latency=latency,
        fault=_find_fault(has_answer, reason, is_at_limit, fail_on_truncated),
        extra={**extra, "reasoning": content.reasoning} if content.reasoning else extra,
    )


def make_output(replies: Sequence[Reply], extra_keys: Sequence[str]) -> GenerateOutput:
    """Distilabel's dictionary for the generations of one input; one with a fault is `None`.

    Args:
        replies: one per generation.
        extra_keys: the keys it has beside distilabel's own, `None` where a reply lacks them.
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


def _count(value: Any) -> int:
    """A number of tokens as it is reported, 0 for what is none."""
    number = _first(value)
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return int(number) if is_number and 0 <= number < _MOST_TOKENS else 0


def _find_fault(has_answer: bool, reason: str, is_at_limit: bool, fail_on_truncated: bool) -> Fault | None:
    ending = read_finish_reason(reason)
    if ending is Ending.UNKNOWN and reason not in _told:
        _told.add(reason)
        _logger.warning(
            "The engine ends replies with the unknown finish reason %r; they count as whole.", reason
        )
    if ending is Ending.BROKEN_OFF:
        return Fault(FaultKind.SERVER_ERROR, f"the engine broke the reply off (finish reason {reason})")
    if ending is Ending.WITHHELD:
        said = "" if reason == "content_filter" else f" (finish reason {reason})"
        return Fault(FaultKind.CONTENT_FILTER, f"the engine withheld the reply{said}")
    if (ending is Ending.TRUNCATED or is_at_limit) and fail_on_truncated:
        return Fault(FaultKind.TRUNCATED, "the reply hit the limit of new tokens")
    if not has_answer:
        said = f" (finish reason {reason})" if reason else ""
        return Fault(FaultKind.EMPTY, f"the reply holds no text{said}")
    return None
