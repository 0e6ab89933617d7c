"""Spoils good answers the ways real models do, at rates one can set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from sysgen_distilabel.functionalities import Functionality, Verdict
from sysgen_distilabel.llms.simulation.prompt_reader import TaggedPhrase

AnswerFault = Literal["malformed", "truncated", "empty"]

_SHORTEST_CUT, _LONGEST_CUT = 0.3, 0.8
_ONE_PHRASE_ONLY: Final = 0.5


@dataclass(frozen=True, slots=True)
class FaultRates:
    """Shares of answers that come out spoilt; an answer has one fault at most.

    Attributes:
        malformed: tags or verdicts that cannot be read; a plain chat has nothing to malform.
        truncated: answers cut short, as if at the limit of new tokens.
        empty: answers with no text.
    """

    malformed: float = 0.0
    truncated: float = 0.0
    empty: float = 0.0

    def draw(self, random: Random) -> AnswerFault | None:
        """The fault of one answer, if it has one."""
        draw = random.random()
        if draw < self.malformed:
            return "malformed"
        if draw < self.malformed + self.truncated:
            return "truncated"
        return "empty" if draw < self.malformed + self.truncated + self.empty else None


def write_tags(phrases: list[TaggedPhrase]) -> str:
    """The phrases with correct tags, one per line."""
    return "\n".join("<<" + name + ">>" + text + "<</" + name + ">>" for name, text in phrases)


def write_malformed_tags(phrases: list[TaggedPhrase], random: Random) -> str:
    """Break the tags of one phrase or of all of them, in one of the ways of the paper's Figure 2."""
    broken = random.choice(
        (
            "<<{name}>>{text}",
            "<<{name}>>{text}<<//{name}>>",
            "<<{name}>>{text}<</{other}>>",
            "<<Example>>{text}<</Example>>",
            "{text}",
        )
    )
    spoilt = set(range(len(phrases)))
    if random.random() < _ONE_PHRASE_ONLY:
        spoilt = {random.randrange(len(phrases))}
    lines = []
    for place, (name, text) in enumerate(phrases):
        template = broken if place in spoilt else "<<{name}>>{text}<</{name}>>"
        other = Functionality.ROLE if name is Functionality.TASK else Functionality.TASK
        lines.append(template.format(name=name, text=text, other=other))
    return "\n".join(lines)


def write_verdicts(verdicts: Mapping[str, str]) -> str:
    """One line per verdict."""
    return "\n".join(f"{key}: {verdict}" for key, verdict in verdicts.items())


def write_malformed_verdicts(verdicts: dict[str, Verdict], random: Random) -> str:
    """Leave a verdict out, contradict it, use another word for it, or write prose instead."""
    settled = [key for key, verdict in verdicts.items() if verdict is not Verdict.NONE] or list(verdicts)
    key = random.choice(settled)
    opposite = Verdict.BAD if verdicts[key] is Verdict.GOOD else Verdict.GOOD
    before, line, after = write_verdicts(verdicts).partition(f"{key}: {verdicts[key]}")
    return random.choice(
        (
            f"{before}{after.lstrip()}",
            f"{before}{line}\n{key}: {opposite}{after}",
            f"{before}{key}: Acceptable{after}",
            "The system message is well written and its tags look plausible to me.",
        )
    )


def cut_short(text: str, random: Random) -> str:
    """The first part of a text."""
    return text[: int(len(text) * random.uniform(_SHORTEST_CUT, _LONGEST_CUT))]
