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


def notice_of_llm(llm: str | None) -> str:
    """What has to be said of data from this LLM; empty if it is not the simulated one."""
    names_its_class = llm is not None and _ITS_CLASS.fullmatch(llm)
    return _NOTICE if llm == SIMULATED or names_its_class else ""
