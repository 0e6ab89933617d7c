"""The conversations to train on, for SysGen itself and for the arms of the paper's ablation (table 5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from sysgen_distilabel.columns import ALIGNED_MESSAGES, ANSWER_TURNS, MESSAGES, SYSTEM_MESSAGE, TURN_FIELDS
from sysgen_distilabel.response_turns import find_answers, match_turns, restore_aligned, restore_turns

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
        return [dict(system), *_mark(restored, find_untrained(row))]
    original = restore_turns(row[MESSAGES], fields)
    if untrained := find_untrained(row):
        places = match_turns(row[MESSAGES], row[ALIGNED_MESSAGES][1:])
        original = _mark(original, {place for at in untrained if (place := places[at]) is not None})
    texts = {Arm.DEFAULT: COMMON_SYSTEM_MESSAGE, Arm.NO_ALIGNED: row[SYSTEM_MESSAGE]}
    return [{"role": "system", "content": texts[arm]}, *original] if arm in texts else original


def find_untrained(row: Mapping[str, Any]) -> set[int]:
    """The places of the answers that were not given under the system message, behind the latter."""
    notes = row.get(ANSWER_TURNS) or []
    if not any(note["answer"] == "original" for note in notes):
        return set()
    answers = find_answers(row[ALIGNED_MESSAGES][1:])
    return {place for place, note in zip(answers, notes, strict=True) if note["answer"] == "original"}


def is_trained(turn: Mapping[str, Any]) -> bool:
    """Whether an answer is to be learnt from."""
    return turn.get("train") is not False


def _mark(turns: Conversation, untrained: set[int]) -> Conversation:
    return [{**turn, "train": False} if at in untrained else turn for at, turn in enumerate(turns)]
