"""Says what a chat template does with a system message, with the end of an answer and with the loss mask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import SystemRole, detect_system_role
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.trained_chat import Chat

SYSTEM: Final = {"role": "system", "content": "Answer as the keeper of a lighthouse would."}
TURNS: Final[Sequence[Mapping[str, str]]] = (
    {"role": "user", "content": "Tell me what you see tonight."},
    {"role": "assistant", "content": "Three boats, and no moon."},
    {"role": "user", "content": "Where do they sail?"},
    {"role": "assistant", "content": "North, into the wind."},
)
"""Two turns whose texts occur nowhere else, to find them in what a template makes of them."""

_ROLES: Final = {
    SystemRole.NATIVE: "native: it has a place of its own in the prompt",
    SystemRole.FOLDED: "folded: the template writes it into a user turn",
    SystemRole.DROPPED: "dropped: the model never sees it, and nothing says so",
    SystemRole.RAISES: "raises: the template refuses it",
}


class LossMask(StrEnum):
    """What a chat template marks with `{% generation %}`, which trainers take for the text to learn.

    `none`: it marks nothing. `answers`: every answer with its end token. `no_end`: every answer
    without its end token. `other`: something else.
    """

    NONE = "none"
    ANSWERS = "answers"
    NO_END = "no_end"
    OTHER = "other"

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        return _MASKS[self]


_MASKS: Final = {
    LossMask.NONE: "none: nothing is marked with {% generation %}",
    LossMask.ANSWERS: "answers: every answer and its end token are marked",
    LossMask.NO_END: "no_end: answers are marked without their end token",
    LossMask.OTHER: "other: what is marked is not the answers",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a chat template does with a conversation.

    Attributes:
        system_role: what becomes of a system message.
        keeps_system: whether it is also in a whole conversation, and in front of the first answer. Some
            templates write it into the last user turn, and drop it when that turn is answered.
        end_token: the special token that follows every answer; empty if there is none.
        is_stop_token: whether the model stops at it; `None` if that cannot be known.
        mask: what is marked as the text to learn.
    """

    system_role: SystemRole
    keeps_system: bool
    end_token: str
    is_stop_token: bool | None
    mask: LossMask

    @property
    def is_sound(self) -> bool:
        """Whether data with system messages can be trained on with this template as it is."""
        return self.hears_system and bool(self.end_token)

    @property
    def hears_system(self) -> bool:
        """Whether a system message is in the prompt, and in its place also in a whole conversation."""
        return self.system_role.is_heard and self.keeps_system

    def lines(self) -> dict[str, str]:
        """What was found, for people."""
        lost = "" if self.keeps_system else ", but not the first one; it moves, or is lost in training"
        end = f"trained: {self.end_token} follows every answer" if self.end_token else "not trained"
        if self.is_stop_token is False:
            end += ", but the tokenizer's EOS token is another one"
        return {
            "system message": _ROLES[self.system_role] + lost,
            "end of an answer": end,
            "loss mask": self.mask.explanation,
        }

    def remedies(self) -> list[str]:
        """What to do before training, for people; empty if there is nothing to do."""
        found = []
        if not self.system_role.is_heard:
            found.append(
                "Export with --system-role native (a repaired template with a system turn is saved beside "
                "the data; the paper's way) or with --system-role fold (system text in the first user turn)."
            )
        elif not self.keeps_system:
            found.append("Export with --system-role fold, which always writes it into the first user turn.")
        if not self.end_token:
            found.append(
                "Train with the template that the export saves: it ends every answer with the EOS token."
            )
        if self.is_stop_token is False:
            found.append(f"Add {self.end_token} to eos_token_id in generation_config.json.")
        if self.mask is not LossMask.ANSWERS:
            found.append(
                "For a loss on answers alone use the format trl-prompt-completion, which needs no mask, or "
                "messages, which saves a template with marks."
            )
        return found


def diagnose(chat: Chat) -> Diagnosis:
    """Find out what a chat template does, by rendering known texts; its source is never searched.

    Raises:
        ConfigError: if the template renders no conversation at all.
    """
    try:
        role = detect_system_role(chat.render)
        end_token = find_end_token(chat)
        mask = _find_mask(chat, end_token)
    except TemplateError as error:
        raise ConfigError(
            f"The chat template of {chat.name} renders no plain conversation: {error}",
            "Mend the template, or name another tokenizer.",
        ) from None
    known = chat.tokenizer is not None and bool(end_token)
    return Diagnosis(
        system_role=role,
        keeps_system=not role.is_heard or _keeps_system(chat),
        end_token=end_token,
        is_stop_token=end_token in chat.stop_tokens if known else None,
        mask=mask,
    )


def find_end_token(chat: Chat) -> str:
    """The special token that a template writes behind every answer; empty if there is none."""
    rest, tokens = chat.render(TURNS), set()
    for turn in TURNS:
        rest = rest.partition(turn["content"])[2]
        if turn["role"] == "assistant":
            tokens.add(chat.token_at_start(rest))
    return tokens.pop() if len(tokens) == 1 else ""


def _keeps_system(chat: Chat) -> bool:
    before_first_answer = chat.render([SYSTEM, *TURNS]).partition(TURNS[1]["content"])[0]
    return SYSTEM["content"] in before_first_answer


def _find_mask(chat: Chat, end_token: str) -> LossMask:
    marked = [text.strip() for text in chat.find_generation(TURNS)]
    if not marked:
        return LossMask.NONE
    answers = [turn["content"] for turn in TURNS if turn["role"] == "assistant"]
    if end_token and marked == [f"{answer}{end_token}" for answer in answers]:
        return LossMask.ANSWERS
    return LossMask.NO_END if marked == answers else LossMask.OTHER
