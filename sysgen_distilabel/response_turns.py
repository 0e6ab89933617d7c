"""Sets the original and the aligned responses of a conversation side by side, turn by turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

Turns = Literal["all", "last"]


class ResponsePair(NamedTuple):
    """One turn with both of its responses.

    Attributes:
        turn: its number, from 1.
        request: what the user says.
        original: the answer in the source data.
        aligned: the answer regenerated under the system message.
    """

    turn: int
    request: str
    original: str
    aligned: str


def pair_responses(
    messages: Sequence[Mapping[str, Any]], aligned_messages: Sequence[Mapping[str, Any]], turns: Turns = "all"
) -> list[ResponsePair]:
    """The turns of a conversation before and after.

    A conflicting turn at the end, which the original conversation does not have, is left out.

    Args:
        messages: the original conversation, user and assistant in turn.
        aligned_messages: the system message, then the same turns with aligned responses.
        turns: `last` for the last turn alone, where the earlier ones were kept as they were.

    Raises:
        ValueError: if the two are not of the same conversation.
    """
    roles = ["user", "assistant"] * (len(messages) // 2)
    aligned = aligned_messages[1:]
    if not roles or [message["role"] for message in messages] != roles:
        raise ValueError("the conversation is not made of user and assistant turns")
    if [message["role"] for message in aligned] not in (roles, [*roles, "user", "assistant"]):
        raise ValueError("the aligned conversation does not have the turns of the original one")
    pairs = [
        ResponsePair(
            place // 2 + 1,
            messages[place]["content"],
            messages[place + 1]["content"],
            aligned[place + 1]["content"],
        )
        for place in range(0, len(messages), 2)
    ]
    return pairs if turns == "all" else pairs[-1:]


def length_ratio(pairs: Sequence[ResponsePair]) -> float | None:
    """Characters of the aligned responses to those of the original ones, `None` if there are none."""
    original = sum(len(pair.original) for pair in pairs)
    return sum(len(pair.aligned) for pair in pairs) / original if original else None
