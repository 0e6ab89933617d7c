"""What the tasks of the pack check responses with; it needs lm-eval and nothing of this package."""

from __future__ import annotations

import json
from typing import Any

from lm_eval.tasks.ifeval.utils import agg_inst_level_acc
from lm_eval.tasks.ifeval.utils import process_results as check

__all__ = ["agg_inst_level_acc", "process_results"]


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, Any]:
    """The scores of one response; arguments are one JSON text per constraint, as their types differ."""
    scores: dict[str, Any] = check({**doc, "kwargs": [json.loads(text) for text in doc["kwargs"]]}, results)
    return scores
