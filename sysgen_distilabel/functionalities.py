"""The functionalities of a system message: one table with everything that is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, Self, TypeVar


class Functionality(StrEnum):
    """One of the eight tags; iteration gives the canonical order (SysGen §3.1, Figure 2).

    To add one, add its line: prompts, grammar, report and card follow.

    Attributes:
        definition: what a phrase under this tag states, as one clause.
        colour: its colour in pages and cards, told apart by the colour-blind (Okabe and Ito's palette, with
            grey for their black and purple for their yellow).
        terminal_colour: its colour in a terminal.
        is_checkable: whether its phrases may ask for something a program can check; who the assistant is,
            what it knows and which tools it has say nothing of the form of a response.
        frequency: in how many messages the simulated engine uses it (Table 6, mean of three models); Tool in
            those of conversations with tools alone.
        bad: how often the simulated verifier calls it Bad (Table 9, mean of three models on Capybara).
        none: how often it calls it None (likewise).
    """

    definition: str
    colour: str
    terminal_colour: str
    is_checkable: bool
    frequency: float
    bad: float
    none: float

    def __new__(
        cls,
        value: str,
        definition: str = "",
        colours: tuple[str, str] = ("", ""),
        is_checkable: bool = False,
        simulated: tuple[float, float, float] = (0, 0, 0),
    ) -> Self:
        """A member out of a line of the table; without defaults, a look-up would not pass the type check."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.definition = definition
        member.colour, member.terminal_colour = colours
        member.is_checkable = is_checkable
        member.frequency, member.bad, member.none = simulated
        return member

    # fmt: off
    ROLE = ("Role", "who the assistant is: a role, profession or identity to take on",
            ("#0072b2", "bright_blue"), False, (0.97, 0.044, 0.001))
    CONTENT = ("Content", "what kind of information every answer has to include, such as units, sources, a"
               " warning or an example; never the facts of one answer",
               ("#e69f00", "yellow"), True, (0.97, 0.343, 0.004))
    TASK = ("Task", "the kind of job to do, such that it fits the user's next conversation too",
            ("#009e73", "green"), True, (0.97, 0.010, 0.001))
    ACTION = ("Action", "how the assistant is to go about it: a behaviour or procedure to follow",
              ("#cc79a7", "magenta"), True, (0.73, 0.009, 0.101))
    STYLE = ("Style", "how the assistant should sound: tone, register, language or length",
             ("#56b4e9", "cyan"), True, (0.68, 0.008, 0.008))
    BACKGROUND = ("Background", "the setting the answer should take into account",
                  ("#8c8c8c", "bright_black"), False, (0.64, 0.116, 0.018))
    TOOL = ("Tool", "which of the tools that the assistant has it may use, and when",
            ("#d55e00", "red"), False, (0.0, 0.014, 0.486))
    FORMAT = ("Format", "what the output looks like: lists, tables, JSON, headings, code blocks",
              ("#9467bd", "bright_magenta"), True, (0.59, 0.006, 0.058))
    # fmt: on

    @property
    def rank(self) -> int:
        """Position in the canonical order, from 0."""
        return FUNCTIONALITIES.index(self)


class Verdict(StrEnum):
    """What the verifier says of a phrase (SysGen §3.3); only Good phrases are kept."""

    GOOD = "Good"
    BAD = "Bad"
    NONE = "None"


def is_kept(verdict: str) -> bool:
    """Whether a phrase with this verdict goes into the system message: Good, or not verified at all."""
    return verdict in ("", Verdict.GOOD)


_Phrase = TypeVar("_Phrase", bound=Mapping[str, Any])


def kept_phrases(phrases: Iterable[_Phrase]) -> list[_Phrase]:
    """Those that the system message is made of, out of the column `phrases`; see `is_kept`."""
    return [phrase for phrase in phrases if is_kept(phrase["verdict"])]


FUNCTIONALITIES: Final[tuple[Functionality, ...]] = tuple(Functionality)
