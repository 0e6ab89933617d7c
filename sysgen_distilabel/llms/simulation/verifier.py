"""Gives the verdicts on a system message (phase 3)."""

from __future__ import annotations

from random import Random

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict
from sysgen_distilabel.llms.simulation.prompt_reader import TaggedPhrase, VerifyRequest


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
    functionality = phrases[0].functionality
    bad, none = functionality.bad, functionality.none
    draw = random.random()
    if draw < bad:
        return Verdict.BAD
    return Verdict.NONE if draw < bad + none else Verdict.GOOD
