"""What an engine can do, as it was found when the LLM was loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sysgen_distilabel.chat_templates import SystemRole

FORMATS: Final = ("json", "regex", "grammar", "choice")
"""The formats of structured output; `json` and `regex` are distilabel's."""

VLLM: Final = "vllm"
OTHER: Final = "other"
_VLLM_SAFE: Final = (0, 30)  # CVE-2026-105757


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
        version: of the server, empty if it does not say.
    """

    system_role: SystemRole
    structured_outputs: frozenset[str]
    max_model_len: int | None
    server: str
    limit_name: str = "max_tokens"
    version: str = ""

    @property
    def is_ended_by_structured_outputs(self) -> bool:
        """Whether one structured output that fails ends the engine for all: vLLM before 0.30."""
        number = re.match(r"(\d+)\.(\d+)(?!\.dev)", self.version)
        return self.server == VLLM and number is not None and (int(number[1]), int(number[2])) < _VLLM_SAFE
