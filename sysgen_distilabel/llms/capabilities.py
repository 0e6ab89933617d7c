"""What an engine can do, as it was found when the LLM was loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.chat_templates import SystemRole

FORMATS: Final = ("json", "regex", "grammar", "choice")
"""The formats of structured output; `json` and `regex` are distilabel's."""

VLLM: Final = "vllm"
OTHER: Final = "other"
_VLLM_SAFE: Final = (0, 30)  # CVE-2026-105757
_VLLM_ENDS_LOOPS: Final = (0, 32)
_LOOP: Final = {"min_pattern_size": 8, "max_pattern_size": 256, "min_count": 6}
"""So many tokens, so often in a row: more than any table or ruler has."""


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
    def loop_stop(self) -> dict[str, Any]:
        """What makes a vLLM that can end a reply that repeats itself; nothing for other engines."""
        is_able = self.server == VLLM and (self._number or (0, 0)) >= _VLLM_ENDS_LOOPS
        return {"repetition_detection": dict(_LOOP)} if is_able else {}

    @property
    def is_ended_by_structured_outputs(self) -> bool:
        """Whether one structured output that fails ends the engine for all: vLLM before 0.30."""
        return self.server == VLLM and self._number is not None and self._number < _VLLM_SAFE

    @property
    def _number(self) -> tuple[int, int] | None:
        """The version of a release, `None` for what is none."""
        found = re.match(r"(\d+)\.(\d+)(?!\.dev)", self.version)
        return (int(found[1]), int(found[2])) if found else None
