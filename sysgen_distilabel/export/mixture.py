"""Mixes an export: rows without a message, with an empty or common one, or with theirs in the user turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from hashlib import blake2b
from itertools import accumulate
from typing import Any, Final

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.columns import SOURCE_ID
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.arms import Arm, Conversation, take_conversation
from sysgen_distilabel.response_turns import find_answers

_SCALE: Final = 2**64


class Guise(StrEnum):
    """How a row shows its system message.

    `message`: as the export does for all. `plain`: not at all, with its original answers. `default`: in
    its place a common message, with its original answers. `fold`: in the first user turn. `empty`: in its
    place an empty message, with its original answers.
    """

    MESSAGE = "message"
    PLAIN = "plain"
    DEFAULT = "default"
    FOLD = "fold"
    EMPTY = "empty"

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        return _GUISES[self]


_GUISES: Final = {
    Guise.MESSAGE: "with their system message",
    Guise.PLAIN: "without a system message, with the original answers",
    Guise.DEFAULT: "with a common system message and the original answers",
    Guise.FOLD: "with their system message in the first user turn",
    Guise.EMPTY: "with an empty system message and the original answers",
}
ARMS: Final = {Guise.PLAIN: Arm.NONE, Guise.DEFAULT: Arm.DEFAULT, Guise.EMPTY: Arm.NONE}
_EMPTY_MESSAGE: Final = {"role": "system", "content": ""}


@dataclass(frozen=True, slots=True)
class Mixture:
    """Shares of the rows, each from 0 to 1, that do not show their system message as all others.

    Attributes:
        plain: rows without one.
        default: rows with a common one.
        fold: rows with theirs in the first user turn.
        empty: rows with an empty one; many templates write that otherwise than no message at all.
    """

    plain: float = 0.0
    default: float = 0.0
    fold: float = 0.0
    empty: float = 0.0

    def __post_init__(self) -> None:
        shares = [getattr(self, field.name) for field in fields(self)]
        if min(shares) < 0 or sum(shares) > 1:
            raise ConfigError(
                "The shares of rows without a message, with an empty or a common one, and with theirs in the"
                " user turn are more than all rows, or less than none.",
                "Give shares from 0 to 1 that are at most 1 together.",
            )

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def draw(self, row: Mapping[str, Any]) -> Guise:
        """How a row shows its message: by its id alone, so that a row keeps its guise in every export.

        A row whose last turn has no original answer keeps its message, as what it would show is lacking.
        """
        digest = blake2b(row[SOURCE_ID].encode(errors="surrogatepass"), digest_size=8, person=b"mixture")
        number = int.from_bytes(digest.digest(), "big") / _SCALE
        shares = {
            Guise.PLAIN: self.plain,
            Guise.DEFAULT: self.default,
            Guise.FOLD: self.fold,
            Guise.EMPTY: self.empty,
        }
        limits = zip(shares, accumulate(shares.values()), strict=True)
        guise = next((guise for guise, limit in limits if number < limit), Guise.MESSAGE)
        return Guise.MESSAGE if guise in ARMS and not _has_answer(row) else guise


UNMIXED: Final = Mixture()


def take_guise(row: Mapping[str, Any], guise: Guise) -> Conversation:
    """The conversation of a row in its guise."""
    conversation = take_conversation(row, ARMS.get(guise, Arm.SYSGEN))
    if guise is Guise.EMPTY:
        return [dict(_EMPTY_MESSAGE), *conversation]
    return fold_system(conversation) if guise is Guise.FOLD else conversation


def _has_answer(row: Mapping[str, Any]) -> bool:
    original = take_conversation(row, Arm.NONE)
    return find_answers(original)[-1:] == [len(original) - 1]
