"""Draws what a system message has to be like, for each row by its id and a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from random import Random
from typing import Any

from sysgen_distilabel.columns import (
    EXPERTISE,
    PERSONA,
    WANTED_FUNCTIONALITIES,
    WANTED_LANGUAGE,
    WANTED_LENGTH,
)
from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality
from sysgen_distilabel.variety.options import SAME_LANGUAGE, Conditions
from sysgen_distilabel.variety.user_level import fitting_levels


def draw_conditions(
    source_id: str, conditions: Conditions, has_tools: bool = True, asked: str = ""
) -> dict[str, Any]:
    """The condition columns of a row; Tool is asked for where there are tools alone.

    Each is drawn for itself, so a further setting changes none of the others, and neither the order of the
    rows nor their number matters. Only the user's level heeds more: it is near the one that the user's own
    words show, and never against the persona.
    """
    seed = conditions.seed

    def choose(column: str, choices: Sequence[str]) -> str:
        return seed_random(seed, column, source_id).choice(choices) if choices else ""

    persona = choose(PERSONA, conditions.personas)
    language = choose(WANTED_LANGUAGE, conditions.languages)
    random = seed_random(seed, WANTED_FUNCTIONALITIES, source_id)
    shares = {str(name): share for name, share in conditions.functionality_shares.items()}
    drawn = draw_functionalities(random, conditions.functionality_dropout, shares)
    if not has_tools and Functionality.TOOL in drawn:
        drawn = [name for name in drawn if name != Functionality.TOOL] or [str(Functionality.TASK)]
    return {
        WANTED_FUNCTIONALITIES: drawn,
        PERSONA: persona,
        EXPERTISE: choose(EXPERTISE, fitting_levels(conditions.expertise, asked, persona)),
        WANTED_LENGTH: choose(WANTED_LENGTH, conditions.lengths),
        WANTED_LANGUAGE: "" if language == SAME_LANGUAGE else language,
    }


def draw_functionalities(random: Random, dropout: float, shares: Mapping[str, float]) -> list[str]:
    """The functionalities to ask for, in canonical order; none if nothing limits them.

    Each is drawn by its own share. If none comes up, the one that came closest is taken, as a
    system message needs a phrase.
    """
    if not dropout and not shares:
        return []
    excess = {name: shares.get(name, 1 - dropout) - random.random() for name in FUNCTIONALITIES}
    drawn = [str(name) for name in FUNCTIONALITIES if excess[name] > 0]
    return drawn or [str(max(FUNCTIONALITIES, key=excess.__getitem__))]


def draw_share(share: float, seed: int, purpose: str, source_id: str) -> bool:
    """Whether a row is among a share of all rows."""
    return seed_random(seed, purpose, source_id).random() < share


def seed_random(seed: int, purpose: str, source_id: str) -> Random:
    """Random numbers that depend on nothing but these, in every process."""
    text = f"{seed}\0{purpose}\0{source_id}"
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))
