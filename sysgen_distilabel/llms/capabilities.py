"""What an engine can do, as it was found when the LLM was loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sysgen_distilabel.chat_templates import SystemRole

FORMATS: Final = ("json", "regex", "grammar", "choice")
"""The formats of structured output; `json` and `regex` are the host's."""

VLLM: Final = "vllm"
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do.

    Attributes:
        system_role: what its chat template does with a system message; `native` where that cannot
            be told from `folded`.
        structured_outputs: the formats of structured output it takes, of `FORMATS`.
        max_model_len: tokens a prompt and its reply may have, `None` if it does not say.
        server: `vllm` or `other`.
        limit_name: what it calls the limit of new tokens.
    """

    system_role: SystemRole
    structured_outputs: frozenset[str]
    max_model_len: int | None
    server: str
    limit_name: str = "max_tokens"
