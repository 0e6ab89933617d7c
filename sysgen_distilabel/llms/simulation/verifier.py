"""Gives the verdicts on a system message (phase 3)."""

from __future__ import annotations

from random import Random
from typing import Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality, Verdict
from sysgen_distilabel.llms.simulation.prompt_reader import TaggedPhrase, VerifyRequest

_REJECTED: Final[dict[Functionality, tuple[float, float]]] = {
    Functionality.ROLE: (0.044, 0.001),
    Functionality.CONTENT: (0.343, 0.004),
    Functionality.TASK: (0.010, 0.001),
    Functionality.ACTION: (0.009, 0.101),
    Functionality.STYLE: (0.008, 0.008),
    Functionality.BACKGROUND: (0.116, 0.018),
    Functionality.TOOL: (0.014, 0.486),
    Functionality.FORMAT: (0.006, 0.058),
}
"""Shares of Bad and None: the mean of the paper's three models on Capybara (Table 9)."""


def give_verdicts(request: VerifyRequest, random: Random) -> dict[str, Verdict]:
    """One verdict per functionality or per numbered phrase; a functionality without text gets None."""
    if request.per_phrase:
        return {
            str(number): _judge([phrase], random) for number, phrase in enumerate(request.phrases, start=1)
        }
    return {
        str(functionality): _judge([p for p in request.phrases if p.functionality is functionality], random)
        for functionality in FUNCTIONALITIES
    }


def _judge(phrases: list[TaggedPhrase], random: Random) -> Verdict:
    if not any(phrase.text.strip() for phrase in phrases):
        return Verdict.NONE
    bad, none = _REJECTED[phrases[0].functionality]
    draw = random.random()
    if draw < bad:
        return Verdict.BAD
    return Verdict.NONE if draw < bad + none else Verdict.GOOD
