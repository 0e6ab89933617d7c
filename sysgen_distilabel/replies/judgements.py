"""What judges can say of responses, how their replies are read, and when two verdicts make one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from sysgen_distilabel.replies.json_values import find_objects

UNREADABLE: Final = "unreadable"
"""The verdict in place of one that could not be read; it is counted, never scored."""

OVERALL: Final = "Overall"
"""What an alignment verdict is of, if not of one functionality."""


def share_followed(judgements: Iterable[Mapping[str, str]], response: str) -> float | None:
    """Share of the verdicts for or against a response that are for it; `None` if there are none.

    Args:
        judgements: verdicts of `JudgeAlignment`.
        response: whose, `aligned` or `original`.
    """
    verdicts = [entry["verdict"] for entry in judgements if entry["response"] == response]
    good, bad = (verdicts.count(label.code) for label in (Alignment.ALIGNED, Alignment.NOT_ALIGNED))
    return round(good / (good + bad), 4) if good + bad else None


class Preference(StrEnum):
    """Which of two responses is better; `tie` if the judge contradicts itself in the other order."""

    ORIGINAL = "original"
    ALIGNED = "aligned"
    TIE = "tie"


class _Label(StrEnum):
    """What a judge says in its own words."""

    @property
    def code(self) -> str:
        """The label as it stands in a column, such as `not_aligned`."""
        return self.value.lower().replace(" ", "_")


class Alignment(_Label):
    """Whether a response follows its system message; the labels of the paper's Figure 5."""

    ALIGNED = "Aligned"
    NOT_ALIGNED = "Not Aligned"
    UNKNOWN = "Unknown"


class Coherence(_Label):
    """Whether a turn of a conversation fits those in front of it."""

    COHERENT = "Coherent"
    NOT_COHERENT = "Not Coherent"
    UNKNOWN = "Unknown"


class Equivalence(StrEnum):
    """Whether an answer comes to the same as the original one."""

    SAME = "Same"
    DIFFERENT = "Different"
    UNKNOWN = "Unknown"


_CHOICE_FIELDS: Final = frozenset(
    {"better", "better_response", "choice", "winner", "verdict", "answer", "preferred", "best", "preference"}
)
_CHOICE: Final = re.compile(
    r"\W*(?:(?:the\s+)?(?:better|verdict|answer|choice|winner)(?:\s+(?:response|is|one))*\W*)?"
    r"(?:assistant\s+)?(?:response[\W_]*)?(?P<choice>[12])\W*",
    re.IGNORECASE,
)


def read_choice(reply: str) -> int | None:
    """Read which of two responses a judge calls better, or `None` if that is not clear.

    Reads a JSON object with the choice as its only value or under a name such as `better`, and otherwise a
    reply whose first or last line is nothing but the choice, such as `2`, `Response 1` or
    `**Better response: 2**`. Where both lines are and differ, nothing is read.

    Args:
        reply: the judge's text, without a reasoning block.
    """
    values = [*_choices_in_json(reply)]
    lines = [line for line in reply.splitlines() if line.strip()]
    said = [match["choice"] for line in (lines[:1] + lines[-1:]) if (match := _CHOICE.fullmatch(line))]
    found = set(values or said)
    return int(found.pop()) if len(found) == 1 else None


def _choices_in_json(reply: str) -> Iterator[str]:
    """The choice in each JSON object: its only value that is one, alone or under a name for it."""
    for value in find_objects(reply):
        found = {
            str(name).lower(): match["choice"]
            for name, item in value.items()
            if not isinstance(item, bool) and (match := _CHOICE.fullmatch(str(item)))
        }
        if len(found) == 1 and (len(value) == 1 or found.keys() <= _CHOICE_FIELDS):
            yield from found.values()


def combine_orders(original_first: str, aligned_first: str) -> str:
    """The verdict on a pair that was judged in both orders.

    Args:
        original_first: the better response when the original one was shown first, `""` if unreadable.
        aligned_first: the same with the aligned one first.

    Returns:
        The better response if both orders agree, `tie` if they do not, `unreadable` if either is.
    """
    if not (original_first and aligned_first):
        return UNREADABLE
    return original_first if original_first == aligned_first else Preference.TIE.value
