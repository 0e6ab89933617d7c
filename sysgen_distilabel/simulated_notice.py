"""The engine that stands in for a language model, and what has to be said of the data it makes."""

from __future__ import annotations

import re
from typing import Final

SIMULATED: Final = "simulated"
"""The name of the engine without a model, as `RunConfig.llm`."""

_ITS_CLASS: Final = re.compile(r"sysgen_distilabel(\.\w+)*[.:]SimulatedLLM")

_NOTICE: Final = (
    "A simulated engine wrote every text here by rules, no language model. "
    "It shows the form of the data, not its quality; do not train on it."
)
_JUDGE_NOTICE: Final = (
    "A simulated engine judged by rules, no language model. "
    "Its verdicts show the form of the figures and tell nothing of the responses."
)


def notice_of_llm(llm: str | None) -> str:
    """What has to be said of data from this LLM; empty if it is not the simulated one."""
    return _NOTICE if _is_simulated(llm) else ""


def notice_of_judge(llm: str | None) -> str:
    """What has to be said of verdicts of this LLM; empty if it is not the simulated one."""
    return _JUDGE_NOTICE if _is_simulated(llm) else ""


def _is_simulated(llm: str | None) -> bool:
    return llm is not None and (llm == SIMULATED or _ITS_CLASS.fullmatch(llm) is not None)
