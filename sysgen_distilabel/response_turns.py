"""Finds the answers of a conversation, and sets original and aligned ones side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

Turns = Literal["all", "last"]
"""Which answers of a conversation are looked at."""

TurnMode = Literal["regenerate", "rewrite", "keep", "last"]
"""What phase 4 does with the answers of a conversation, see `GenerateAlignedResponse`."""


def turns_given_under_message(mode: TurnMode) -> Turns:
    """The answers that know the system message, or were found to follow it."""
    return "last" if mode == "last" else "all"


class Response(NamedTuple):
    """One answer, before or after or both.

    Attributes:
        request: what the user says.
        original: the answer in the source data; None if it was added.
        aligned: the answer regenerated under the system message; None if there is none yet.
    """

    request: str
    original: str | None
    aligned: str | None


class ResponsePair(NamedTuple):
    """One turn with both of its responses.

    Attributes:
        turn: its number among the answers, from 1.
        request: what the user says.
        original: the answer in the source data.
        aligned: the answer regenerated under the system message.
    """

    turn: int
    request: str
    original: str
    aligned: str


def find_answers(messages: Sequence[Mapping[str, Any]]) -> list[int]:
    """The positions of the answers to the user.

    That is every assistant turn behind a user turn, but for those that call a tool: the result of the
    tool follows them. A greeting in front of the first user turn answers nothing.
    """
    answers: list[int] = []
    is_asked = False
    for place, message in enumerate(messages):
        is_asked = is_asked or message["role"] == "user"
        follows = messages[place + 1]["role"] if place + 1 < len(messages) else ""
        if message["role"] == "assistant" and is_asked and follows != "tool":
            answers.append(place)
    return answers


def find_calls(messages: Sequence[Mapping[str, Any]]) -> list[int]:
    """The positions of the turns that call a tool for the user: the result of the tool follows them."""
    answers, calls, is_asked = set(find_answers(messages)), [], False
    for place, message in enumerate(messages):
        is_asked = is_asked or message["role"] == "user"
        if message["role"] == "assistant" and is_asked and place not in answers:
            calls.append(place)
    return calls


def find_unanswered(messages: Sequence[Mapping[str, Any]]) -> list[int]:
    """The positions of the user turns and tool results that no assistant turn follows."""
    following = [message["role"] for message in messages[1:]]
    return [
        place
        for place, (message, follows) in enumerate(zip(messages, [*following, ""], strict=True))
        if message["role"] in ("user", "tool") and follows in ("user", "")
    ]


def match_turns(
    messages: Sequence[Mapping[str, Any]], aligned: Sequence[Mapping[str, Any]]
) -> list[int | None]:
    """For each turn of an aligned conversation the place of the same turn in the original one.

    Answers that were added, and user turns with their answers behind the last turn, have none.

    Args:
        messages: the original conversation.
        aligned: the aligned one without its system message.

    Raises:
        ValueError: if the two are not of the same conversation.
    """
    originals, regenerated = set(find_answers(messages)), set(find_answers(aligned))
    places: list[int | None] = []
    place = 0
    for position, message in enumerate(aligned):
        is_added = position in regenerated and place not in originals
        roles = [turn["role"] for turn in aligned[position : position + 2]]
        goes_on = place == len(messages) and roles == ["user", "assistant"]
        if is_added or goes_on:
            places.append(None)
            continue
        if place == len(messages) or messages[place]["role"] != message["role"]:
            raise ValueError("the aligned conversation does not have the turns of the original one")
        places.append(place)
        place += 1
    if place < len(messages) or not messages:
        raise ValueError("the aligned conversation does not have the turns of the original one")
    return places


def pair_responses(
    messages: Sequence[Mapping[str, Any]], aligned_messages: Sequence[Mapping[str, Any]], turns: Turns = "all"
) -> list[ResponsePair]:
    """The answers of a conversation before and after; those that were added are left out.

    Args:
        messages: the original conversation.
        aligned_messages: the system message, then the same turns with aligned responses.
        turns: `last` for the last answer alone, where the earlier ones were kept as they were.

    Raises:
        ValueError: if the two are not of the same conversation.
    """
    match_turns(messages, aligned_messages[1:])
    numbered = enumerate(list_responses(messages, aligned_messages), 1)
    pairs = [
        ResponsePair(number, response.request, response.original, response.aligned)
        for number, response in numbered
        if response.original is not None and response.aligned is not None
    ]
    return pairs if turns == "all" else pairs[-1:]


def list_responses(
    messages: Sequence[Mapping[str, Any]], aligned_messages: Sequence[Mapping[str, Any]]
) -> list[Response]:
    """Every answer of a conversation, also those that were added, and those not regenerated yet.

    Args:
        messages: the original conversation.
        aligned_messages: the system message, then the same turns with aligned responses; or nothing.

    Raises:
        ValueError: if the two are not of the same conversation.
    """
    aligned = aligned_messages[1:]
    if not aligned:
        return [
            Response(find_request(messages[:place]), messages[place]["content"], None)
            for place in find_answers(messages)
        ]
    places = match_turns(messages, aligned)
    return [
        Response(
            find_request(aligned[:position]),
            None if (place := places[position]) is None else messages[place]["content"],
            aligned[position]["content"],
        )
        for position in find_answers(aligned)
    ]


def as_plain_turn(message: Mapping[str, Any]) -> dict[str, Any]:
    """The turn for an engine that takes no tool turns: a result becomes what the user says, in its marks."""
    if message["role"] != "tool":
        return {"role": message["role"], "content": message["content"]}
    return {"role": "user", "content": f"<tool_response>\n{message['content']}\n</tool_response>"}


def restore_turns(messages: Sequence[Mapping[str, str]], turn_fields: str) -> list[dict[str, Any]]:
    """The original turns with all that the source had: tool calls in their form, marks for a trainer.

    Args:
        messages: the conversation.
        turn_fields: the column `turn_fields` of the row.
    """
    fields = json.loads(turn_fields) if turn_fields else [{}] * len(messages)
    return [{**message, **held} for message, held in zip(messages, fields, strict=True)]


def restore_aligned(
    messages: Sequence[Mapping[str, str]], aligned: Sequence[Mapping[str, str]], turn_fields: str
) -> list[dict[str, Any]]:
    """The same of an aligned conversation without its system message."""
    if not turn_fields:
        return [dict(message) for message in aligned]
    fields = json.loads(turn_fields)
    held = ({} if place is None else fields[place] for place in match_turns(messages, aligned))
    return [{**message, **more} for message, more in zip(aligned, held, strict=True)]


def find_request(messages: Sequence[Mapping[str, Any]]) -> str:
    """What the user says last in what comes before an answer; empty if nothing."""
    return next((str(turn["content"]) for turn in reversed(messages) if turn["role"] == "user"), "")


def length_ratio(pairs: Sequence[ResponsePair]) -> float | None:
    """Characters of the aligned responses to those of the original ones, `None` if there are none."""
    original = sum(len(pair.original) for pair in pairs)
    return sum(len(pair.aligned) for pair in pairs) / original if original else None
