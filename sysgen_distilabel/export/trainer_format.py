"""The layouts that trainers read, by the names their users give them; `formats` writes them."""

from __future__ import annotations

from enum import StrEnum


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
