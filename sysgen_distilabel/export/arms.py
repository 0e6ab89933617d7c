"""The conversations to train on, for SysGen itself and for the arms of the paper's ablation (table 5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from sysgen_distilabel.columns import ALIGNED_MESSAGES, MESSAGES, SYSTEM_MESSAGE, TURN_FIELDS
from sysgen_distilabel.response_turns import restore_aligned, restore_turns

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

    Tool calls and marks of the turns are in their places, as the source had them.

    Args:
        row: a row with `messages`, `system_message` and `aligned_messages`.
        arm: what is to be trained on.
    """
    fields = row.get(TURN_FIELDS) or ""
    if arm is Arm.SYSGEN:
        system, *aligned = row[ALIGNED_MESSAGES]
        return [dict(system), *restore_aligned(row[MESSAGES], aligned, fields)]
    original = restore_turns(row[MESSAGES], fields)
    texts = {Arm.DEFAULT: COMMON_SYSTEM_MESSAGE, Arm.NO_ALIGNED: row[SYSTEM_MESSAGE]}
    return [{"role": "system", "content": texts[arm]}, *original] if arm in texts else original
