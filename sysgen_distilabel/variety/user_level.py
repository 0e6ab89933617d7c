"""How much a user knows of the subject, as far as their own words tell, and which personas go with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, get_args

from sysgen_distilabel.variety.options import Expertise

LEVELS: Final[tuple[Expertise, ...]] = get_args(Expertise)

_NOVICE: Final = re.compile(
    r"\b(?:i(?:'m| am) (?:new|a beginner|a novice|lost|confused)|beginners?|eli5|for dummies"
    r"|like i(?:'m| am) (?:five|5)|in (?:simple|plain|easy) (?:terms|words|english)|no idea"
    r"|what (?:is|are|does) (?:a|an|the )?\w+\??$|my (?:homework|teacher)"
    r"|anf\u00e4nger|einfach erkl\u00e4rt|hausaufgaben?|d\u00e9butante?|principiante)\b",
    re.IGNORECASE | re.MULTILINE,
)
_EXPERT: Final = re.compile(
    r"\b(?:asymptotic\w*|theorem|lemma|eigen\w+|manifold|heteroscedastic\w*|posterior|covarian\w+"
    r"|stochastic|idempoten\w+|mutex|deadlock|amorti[sz]ed|throughput|latency|refactor\w*|monad\w*"
    r"|differential diagnosis|etiology|pharmacokinetic\w*|jurisprudence|subpoena"
    r"|phd|dissertation|peer[- ]review\w*|state of the art)\b",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"```|\bdef \w+\(|\bclass \w+[(:{]|#include|\bSELECT\b.+\bFROM\b|\\(?:frac|sum|int)\b"
)
_YOUNG: Final = re.compile(
    r"\b(?:child|kid|pupil|toddler|children)\b|\bof (?:six|seven|eight|nine|ten)\b", re.IGNORECASE
)
_LEARNING: Final = re.compile(r"\b(?:student|beginner|learner|novice|apprentice|trainee)\b", re.IGNORECASE)
_TRAINED: Final = re.compile(
    r"\b(?:engineer|developer|researcher|scientist|expert|professor|specialist|architect)\b", re.IGNORECASE
)


def estimate_level(asked: str) -> str:
    """`novice`, `intermediate` or `expert` by what a user writes; empty where nothing tells.

    It goes by what people say of themselves and by terms and code; most texts tell nothing.
    """
    expert = len(set(map(str.lower, _EXPERT.findall(asked)))) + bool(_CODE.search(asked))
    if _NOVICE.search(asked):
        return "intermediate" if expert > 1 else "novice"
    return "expert" if expert > 1 else "intermediate" if expert else ""


def fitting_levels(levels: Sequence[str], asked: str, persona: str) -> list[str]:
    """Those of some levels that a user can have: near the one their words show, none against the persona.

    Args:
        levels: the levels to choose from.
        asked: what the user says.
        persona: the user the system message is written for; empty if nobody in particular.

    Returns:
        At least one level, if there are any.
    """
    against = _against(persona)
    open_to = [level for level in levels if level not in against] or list(levels)
    shown = estimate_level(asked)
    if not shown:
        return open_to
    return [level for level in open_to if abs(LEVELS.index(level) - LEVELS.index(shown)) <= 1] or open_to


def _against(persona: str) -> set[str]:
    """The levels that a persona rules out."""
    if _YOUNG.search(persona):
        return {"intermediate", "expert"}
    if _LEARNING.search(persona):
        return {"expert"}
    return {"novice"} if _TRAINED.search(persona) else set()
