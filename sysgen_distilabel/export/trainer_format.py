"""The layouts that trainers read, by the names their users give them; `formats` writes them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """A layout, named as its users name it.

    `trl-prompt-completion`: `prompt` and `completion`, one line per answer, so that TRL's loss is on
    answers alone with any chat template. `messages`, `axolotl`, `llamafactory`: the whole conversation
    as `messages`. `sharegpt`: `conversations` with `from` and `value`. `alpaca`: `instruction`,
    `output`, `system` and `history`. `preferences`: `prompt`, `chosen` and `rejected`.
    """

    TRL_PROMPT_COMPLETION = "trl-prompt-completion"
    MESSAGES = "messages"
    SHAREGPT = "sharegpt"
    AXOLOTL = "axolotl"
    LLAMAFACTORY = "llamafactory"
    ALPACA = "alpaca"
    PREFERENCES = "preferences"

    @property
    def holds_all(self) -> bool:
        """Whether it has a place for turns of every kind: `alpaca` has for questions and answers alone."""
        return self is not Format.ALPACA

    @property
    def takes_template(self) -> bool:
        """Whether the trainer's settings can name a chat template other than the model's own."""
        return self in (Format.TRL_PROMPT_COMPLETION, Format.MESSAGES, Format.AXOLOTL)


PAIRED: Final = frozenset({Format.PREFERENCES})
"""The layouts that are made of preference pairs."""
