"""The eight functionalities of a system message, their definitions and their canonical order."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Functionality(StrEnum):
    """One of the eight tags; iteration gives the canonical order (SysGen §3.1, Figure 2)."""

    ROLE = "Role"
    CONTENT = "Content"
    TASK = "Task"
    ACTION = "Action"
    STYLE = "Style"
    BACKGROUND = "Background"
    TOOL = "Tool"
    FORMAT = "Format"

    @property
    def definition(self) -> str:
        """What a phrase under this tag states, as one clause."""
        return _DEFINITIONS[self]

    @property
    def rank(self) -> int:
        """Position in the canonical order, from 0."""
        return _RANKS[self]


class Verdict(StrEnum):
    """What the verifier says of a phrase (SysGen §3.3); only Good phrases are kept."""

    GOOD = "Good"
    BAD = "Bad"
    NONE = "None"


def is_kept(verdict: str) -> bool:
    """Whether a phrase with this verdict goes into the system message: Good, or not verified at all."""
    return verdict in ("", Verdict.GOOD)


FUNCTIONALITIES: Final[tuple[Functionality, ...]] = tuple(Functionality)

_RANKS: Final[dict[Functionality, int]] = {f: rank for rank, f in enumerate(FUNCTIONALITIES)}

_DEFINITIONS: Final[dict[Functionality, str]] = {
    Functionality.ROLE: "who the assistant is: a role, profession or identity to take on",
    Functionality.CONTENT: "what the answer has to contain: facts, points or topics it must cover",
    Functionality.TASK: "what job the assistant is to perform",
    Functionality.ACTION: "how the assistant is to go about it: a behaviour or procedure to follow",
    Functionality.STYLE: "how the assistant should sound: tone, register, language or length",
    Functionality.BACKGROUND: "the setting the answer should take into account",
    Functionality.TOOL: "which built-in or external tools the assistant may use, and when",
    Functionality.FORMAT: "what the output looks like: lists, tables, JSON, headings, code blocks",
}
