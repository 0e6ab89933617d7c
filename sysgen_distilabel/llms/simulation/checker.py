"""Answers questions about the checks of programs by the rules that compile phrases, which is all it knows."""

from __future__ import annotations

import json

from sysgen_distilabel.constraints.compile import compile_constraints
from sysgen_distilabel.constraints.describe import describe
from sysgen_distilabel.llms.simulation.prompt_reader import MeaningRequest, ProposeRequest


def check(request: MeaningRequest | ProposeRequest, malformed: bool) -> str:
    """The verdict or the proposals in the format asked for, or prose without one."""
    if malformed:
        return "That depends on how one reads it."
    found = compile_constraints(request.phrase)
    if isinstance(request, ProposeRequest):
        proposed = [{"verifier": each.verifier, "arguments": dict(each.arguments)} for each in found]
        return json.dumps({"constraints": proposed}, ensure_ascii=False)
    same = request.check in map(describe, found)
    return json.dumps({"reason": "Told by rules.", "verdicts": {"same": "yes" if same else "no"}})
