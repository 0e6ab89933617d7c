"""Says what a chat template does with a system message, with the end of an answer and with the loss mask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

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


class Ends(NamedTuple):
    """The special token behind an answer with a turn to follow, and behind the last; empty if none."""

    earlier: str
    last: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a chat template does with a conversation.

    Attributes:
        system_role: what becomes of a system message.
        keeps_system: whether it is also in a whole conversation, and in front of the first answer. Some
            templates write it into the last user turn, and drop it when that turn is answered.
        ends: the special tokens behind the answers.
        is_stop_token: whether the model stops at the one that ends its answer; `None` if that cannot
            be known.
        mask: what is marked as the text to learn.
        takes_parts: whether it takes content as a list of parts alone; trainers of such models convert.
    """

    system_role: SystemRole
    keeps_system: bool
    ends: Ends
    is_stop_token: bool | None
    mask: LossMask
    takes_parts: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether data with system messages can be trained on with this template as it is."""
        return self.hears_system and self.learns_to_stop

    @property
    def end_token(self) -> str:
        """What ends an answer: behind it, or, where nothing is, the token that opens the next turn."""
        return self.ends.last or self.ends.earlier

    @property
    def learns_to_stop(self) -> bool:
        """Whether a model trained with it learns to end its answer.

        The last answer has its end token; or nothing follows it, and the model is known to stop at the
        token that opens the next turn, as GLM-4.5 stops at `<|user|>`.
        """
        return bool(self.ends.last) or bool(self.ends.earlier and self.is_stop_token)

    @property
    def hears_system(self) -> bool:
        """Whether a system message is in the prompt, and in its place also in a whole conversation."""
        return self.system_role.is_heard and self.keeps_system

    def lines(self) -> dict[str, str]:
        """What was found, for people."""
        lost = "" if self.keeps_system else ", but not the first one; it moves, or is lost in training"
        found = {
            "system message": _ROLES[self.system_role] + lost,
            "end of an answer": self._describe_end(),
            "loss mask": self.mask.explanation,
        }
        if self.takes_parts:
            found["content"] = "parts: the template wants a list of parts, which trainers of its models make"
        return found

    def _describe_end(self) -> str:
        last, earlier = self.ends.last, self.ends.earlier
        if not last:
            if not earlier:
                return "not trained"
            if self.learns_to_stop:
                return f"sound: the model stops at {earlier}, with which the next turn begins"
            return f"not trained, unless the model stops at {earlier}, with which the next turn begins"
        end = f"trained: {last} follows every answer"
        if earlier != last:
            end = f"trained: {last} follows the last answer, {earlier or 'nothing'} the earlier ones"
        return end + (", but the tokenizer's EOS token is another one" if self.is_stop_token is False else "")

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
        if not self.learns_to_stop:
            found.append(
                "Train with the template that the export saves: it ends every answer with the EOS token."
            )
        elif self.is_stop_token is False:
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
        ends = find_ends(chat)
        mask = _find_mask(chat, ends)
    except TemplateError as error:
        raise ConfigError(
            f"The chat template of {chat.name} renders no plain conversation: {error}",
            "Mend the template, or name another tokenizer.",
        ) from None
    end_token = ends.last or ends.earlier
    known = bool(chat.stop_tokens) and bool(end_token)
    return Diagnosis(
        system_role=role,
        keeps_system=not role.is_heard or _keeps_system(chat),
        ends=ends,
        is_stop_token=end_token in chat.stop_tokens if known else None,
        mask=mask,
        takes_parts=chat.wants_parts,
    )


def find_ends(chat: Chat) -> Ends:
    """The special tokens that a template writes behind an earlier answer, and behind the last."""
    rest, tokens = chat.render(TURNS), []
    for turn in TURNS:
        rest = rest.partition(turn["content"])[2]
        if turn["role"] == "assistant":
            tokens.append(chat.token_at_start(rest))
    earlier, last = tokens
    return Ends(earlier, last)


def _keeps_system(chat: Chat) -> bool:
    before_first_answer = chat.render([SYSTEM, *TURNS]).partition(TURNS[1]["content"])[0]
    return SYSTEM["content"] in before_first_answer


def _find_mask(chat: Chat, ends: Ends) -> LossMask:
    """What the marks cover: marks around a turn do no harm, text of others does."""
    text, spans = chat.find_generation([SYSTEM, *TURNS] if _takes_system(chat) else TURNS)
    if not spans:
        return LossMask.NONE
    marked = {place for begin, end in spans for place in range(begin, end)}
    others = [SYSTEM["content"], *(turn["content"] for turn in TURNS if turn["role"] == "user")]
    if any(text.find(other) in marked for other in others):
        return LossMask.OTHER
    answers = [turn["content"] for turn in TURNS if turn["role"] == "assistant"]
    if not all(_is_covered(text, answer, marked) for answer in answers):
        return LossMask.OTHER
    wanted = [f"{answer}{end}" for answer, end in zip(answers, ends, strict=True)]
    is_ended = bool(ends.last) and all(_is_covered(text, ended, marked) for ended in wanted)
    return LossMask.ANSWERS if is_ended else LossMask.NO_END


def _takes_system(chat: Chat) -> bool:
    return detect_system_role(chat.render) is not SystemRole.RAISES


def _is_covered(text: str, part: str, marked: set[int]) -> bool:
    begin = text.find(part)
    return begin >= 0 and marked.issuperset(range(begin, begin + len(part)))
