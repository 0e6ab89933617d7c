"""What an engine's word for the end of a reply means, under the name any provider gives it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Ending(StrEnum):
    """How a reply ended."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    WITHHELD = "withheld"
    BROKEN_OFF = "broken_off"
    UNKNOWN = "unknown"


# The first that fits; a word is compared in small letters with `_` between its parts.
_ENDINGS: Final = {
    # OpenAI, Gemini, GLM, Cohere, Bedrock, Anthropic.
    Ending.WITHHELD: r"filter|safety|recitation|prohibited|blocklist|block_reason|blocked|spii|sensitive"
    r"|toxic|guardrail|refusal|violation|moderat|^language$",
    # OpenAI, Anthropic, Gemini, Mistral, Cohere, TGI, Bedrock, Watsonx.
    Ending.TRUNCATED: r"length|max_\w*token|max_\w*output|(?<!rate_)limit|truncat|incomplete|^max|partial"
    r"|context_(?:window|full|size|exceed)|exceed\w*_context|(?:token|budget|window)\w*_exceed|out_of_token"
    r"|budget|(?:tokens?|context)_exhaust|cache_full|cut_off|_predict$|^cap|_cap$|^pause",
    # vLLM and gateways, GLM, DeepSeek, Gemini.
    Ending.BROKEN_OFF: r"error|abort|cancel|network|insufficient|overload|timeout|malformed|unavailable"
    r"|rate_limit|quota|resource|unexpected|too_many",
    # OpenAI, Anthropic, Gemini, TGI, Cohere, Ollama, Together; vLLM of a loop, which the check `loops` finds.
    Ending.COMPLETE: r"stop|eos|end|complete|done|normal|tool|function|success|repetition|^$|^null$|^none$",
}
_PATTERNS: Final = tuple((ending, re.compile(pattern)) for ending, pattern in _ENDINGS.items())
_BETWEEN: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+")


def read_finish_reason(word: str) -> Ending:
    """How a reply with this finish reason ended; `unknown` for a word of no provider we know."""
    plain = _BETWEEN.sub("_", word.strip()).lower().strip("_").removeprefix("finish_reason_")
    return next((ending for ending, pattern in _PATTERNS if pattern.search(plain)), Ending.UNKNOWN)
