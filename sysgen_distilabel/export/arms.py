"""The conversations to train on, for SysGen itself and for the arms of the paper's ablation (table 5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_TURNS,
    MESSAGES,
    PAIR_KIND,
    SYSTEM_MESSAGE,
    TOOL_TURNS,
    TURN_FIELDS,
)
from sysgen_distilabel.replies.tool_calls import CallResult, were_offered
from sysgen_distilabel.response_turns import (
    find_answers,
    find_calls,
    match_turns,
    restore_aligned,
    restore_turns,
)

Conversation = list[dict[str, Any]]

COMMON_SYSTEM_MESSAGE: Final = "You are a helpful AI assistant."


class Arm(StrEnum):
    """What a model is trained on.

    `sysgen`: the system message and the aligned responses. The others are what the paper compares it
    with, all with the original responses: `none` without a system message, `default` with one that is
    the same for every row, `no-aligned` with the system message of SysGen.
    """

    SYSGEN = "sysgen"
    NONE = "none"
    DEFAULT = "default"
    NO_ALIGNED = "no-aligned"


def take_conversation(row: Mapping[str, Any], arm: Arm) -> Conversation:
    """The conversation an accepted row has in this arm, with its system message in front.

    Tool calls and marks of the turns are in their places, as the source had them. An answer that was not
    given under the system message is marked by `train: false`, in all arms, so that they train on the same
    turns.

    Args:
        row: a row with `messages`, `system_message` and `aligned_messages`.
        arm: what is to be trained on.
    """
    fields = row.get(TURN_FIELDS) or ""
    if arm is Arm.SYSGEN:
        system, *aligned = row[ALIGNED_MESSAGES]
        restored = restore_aligned(row[MESSAGES], aligned, fields)
        return [dict(system), *mark_untrained(restored, find_untrained(row))]
    original = restore_turns(row[MESSAGES], fields)
    if untrained := find_untrained(row):
        places = match_turns(row[MESSAGES], row[ALIGNED_MESSAGES][1:])
        original = mark_untrained(original, {place for at in untrained if (place := places[at]) is not None})
    texts = {Arm.DEFAULT: COMMON_SYSTEM_MESSAGE, Arm.NO_ALIGNED: row[SYSTEM_MESSAGE]}
    return [{"role": "system", "content": texts[arm]}, *original] if arm in texts else original


def find_untrained(row: Mapping[str, Any]) -> set[int]:
    """The places of the answers that were not given under the system message, behind the latter."""
    notes = row.get(ANSWER_TURNS) or []
    if not any(note["answer"] == "original" for note in notes):
        return set()
    answers = find_answers(row[ALIGNED_MESSAGES][1:])
    return {place for place, note in zip(answers, notes, strict=True) if note["answer"] == "original"}


def find_source_calls(row: Mapping[str, Any], conversation: Conversation) -> set[int]:
    """The places of the tool calls that the model did not make under the system message.

    Args:
        row: the row, with `tool_turns` if its run has had an eye on them.
        conversation: its turns, in whatever arm.
    """
    turns = {note["turn"] for note in row.get(TOOL_TURNS) or [] if note["call"] != CallResult.SAME}
    turns |= {note["turn"] for note in row.get(ANSWER_TURNS) or [] if note["answer"] == "original"}
    calls = find_calls(conversation) if turns else []
    return {place for place in calls if len(find_answers(conversation[:place])) + 1 in turns}


def lacks_offer(row: Mapping[str, Any]) -> bool:
    """Whether a response of a row with tools was, or may have been, given without an offer of them.

    A contrastive response never is given with tools.
    """
    return row.get(PAIR_KIND) == "contrastive" or not were_offered(row.get(TOOL_TURNS))


def mark_untrained(turns: Conversation, untrained: set[int]) -> Conversation:
    """The turns, those at these places with `train: false`."""
    return [{**turn, "train": False} if at in untrained else turn for at, turn in enumerate(turns)]


def is_trained(turn: Mapping[str, Any]) -> bool:
    """Whether an answer is to be learnt from."""
    return turn.get("train") is not False
