"""Answers the judges of benchmarks: verdicts are drawn, and an empty response fulfils nothing."""

from __future__ import annotations

import json
from random import Random
from typing import Final

from sysgen_distilabel.llms.simulation.prompt_reader import CheckRequest, ScoreRequest

_SCORES: Final = (1, 2, 3, 4, 5)
_WEIGHTS: Final = (1, 2, 5, 8, 4)
_FULFILLED: Final = 0.75
_REASON: Final = "Drawn by rules, not judged."


def grade(request: ScoreRequest | CheckRequest, random: Random, malformed: bool) -> str:
    """The verdict in the format asked for, or prose without one."""
    if malformed:
        return "The response takes up the matter and reads well."
    there = bool(request.response.strip())
    if isinstance(request, ScoreRequest):
        score = random.choices(_SCORES, _WEIGHTS)[0] if there else 1
        return json.dumps({"feedback": _REASON, "score": score})
    said = {name: _say(there and random.random() < _FULFILLED) for name in request.criteria}
    return json.dumps({"reason": _REASON, "verdicts": said})


def _say(fulfilled: bool) -> str:
    return "yes" if fulfilled else "no"
