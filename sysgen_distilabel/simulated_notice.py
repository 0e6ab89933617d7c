"""Engines that stand in for a language model in tests, and what has to be said of the data they make."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

SIMULATED: Final = "simulated"
"""The name of the engine without a model, as `RunConfig.llm`."""

_ITS_CLASS: Final = re.compile(r"sysgen_distilabel(\.\w+)*[.:]SimulatedLLM")

TEST_ENGINE: Final = "sysgen-tiny-test-engine"
"""The name of the model that `examples/tiny_model` trains."""

MODEL_MARK: Final = "sysgen_test_engine"
"""Entry of a model's `config.json` that says it is a test engine, whatever its directory is called."""

_RULES: Final = (
    "A rule-based stand-in wrote every text here, no language model. "
    "It shows the form of the data, not its quality; do not train on it."
)
_TOY: Final = (
    "A toy model trained to imitate a rule-based stand-in wrote every text here; it understands nothing. "
    "It shows the form of the data, not its quality; do not train on it."
)


def notice_of_llm(llm: str | None) -> str:
    """What has to be said of data from this LLM; empty if it is not the simulated one."""
    names_its_class = llm is not None and _ITS_CLASS.fullmatch(llm)
    return _RULES if llm == SIMULATED or names_its_class else ""


def notice_of_model(model: str | None) -> str:
    """What has to be said of data from this model; empty if it is not a test engine.

    Args:
        model: the name a model is served under, a Hub repo id or a directory.
    """
    if model is None:
        return ""
    if Path(model).name == TEST_ENGINE:
        return _TOY
    try:
        marked = MODEL_MARK in json.loads((Path(model) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        marked = False
    return _TOY if marked else ""
