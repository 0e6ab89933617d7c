"""Turns a system message into one that differs from it in a single functionality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from sysgen_distilabel.functionalities import Functionality

SHOWN_IN_RESPONSES: Final = ("Content", "Action", "Style", "Tool", "Format")
"""The functionalities whose loss or reversal a reader of the response can see."""

_OPPOSITE: Final = "Do the opposite of the following instruction, whatever it says: {text}"


class Contrast(StrEnum):
    """What is done to the phrases of one functionality."""

    DROP = "drop"
    FLIP = "flip"


class Choice(NamedTuple):
    """One functionality of a system message, and what to do to it."""

    contrast: Contrast
    functionality: Functionality


def choose_contrast(
    phrases: Sequence[Mapping[str, str]],
    contrasts: Sequence[Contrast],
    functionalities: Sequence[Functionality],
    random: Random,
) -> Choice | None:
    """Choose what to do to which functionality; `None` if nothing can be done.

    Args:
        phrases: the phrases of the system message.
        contrasts: what may be done.
        functionalities: those that may be chosen.
        random: decides.
    """
    present = {phrase["functionality"] for phrase in phrases}
    choices = [
        Choice(contrast, functionality)
        for functionality in functionalities
        for contrast in contrasts
        if functionality in present and (contrast is not Contrast.DROP or len(present) > 1)
    ]
    return random.choice(choices) if choices else None


def contrast_phrases(phrases: Sequence[Mapping[str, str]], choice: Choice) -> list[dict[str, str]]:
    """The phrases without those of one functionality, or with these turned into their opposite.

    All others stay as they are and where they are.
    """
    contrasted = []
    for phrase in phrases:
        if phrase["functionality"] != choice.functionality:
            contrasted.append(dict(phrase))
        elif choice.contrast is Contrast.FLIP:
            contrasted.append({**phrase, "text": _OPPOSITE.format(text=phrase["text"])})
    return contrasted
