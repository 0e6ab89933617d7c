"""Says what a chat template does with a system message, with the end of an answer and with the loss mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import SystemRole, detect_system_role
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export import probes
from sysgen_distilabel.export.probes import NO_REASONING, Ends, LossMask, Reasoning, Use
from sysgen_distilabel.export.trained_chat import Chat

_ROLES: Final = {
    SystemRole.NATIVE: "native: it has a place of its own in the prompt",
    SystemRole.FOLDED: "folded: the template writes it into a user turn",
    SystemRole.DROPPED: "dropped: the model never sees it, and nothing says so",
    SystemRole.RAISES: "raises: the template refuses it",
}
_USES: Final = {
    Use.WRITTEN: "written",
    Use.DROPPED: "dropped, and nothing says so",
    Use.RAISES: "refused",
}


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
        ends_twice: whether a second end token follows the first.
        starts: the number of BOS tokens that a conversation begins with.
        is_dated: whether it writes the day on which it is rendered.
        options: the variables that change what it writes, as trainers take them in `chat_template_kwargs`.
        developer: what becomes of a developer message.
        tool_turns: what becomes of a tool's call and its result.
        reasoning: where what the model thought is written.
        prompt_fits: whether the generation prompt is how the turns begin that are trained on.
    """

    system_role: SystemRole
    keeps_system: bool
    ends: Ends
    is_stop_token: bool | None
    mask: LossMask
    takes_parts: bool = False
    ends_twice: bool = False
    starts: int = 0
    is_dated: bool = False
    options: tuple[str, ...] = ()
    developer: Use = Use.DROPPED
    tool_turns: Use = Use.DROPPED
    reasoning: Reasoning = NO_REASONING
    prompt_fits: bool = True

    @property
    def is_sound(self) -> bool:
        """Whether data with system messages can be trained on with this template as it is."""
        return self.hears_system and self.learns_to_stop and not self.ends_twice and self.starts < 2

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
            "developer message": _USES[self.developer],
            "end of an answer": self._describe_end(),
            "loss mask": self.mask.explanation,
            "tool turns": _USES[self.tool_turns],
            "reasoning": self._describe_reasoning(),
        }
        if self.starts > 1:
            found["beginning"] = f"doubled: {self.starts} BOS tokens, one behind the other"
        if self.is_dated:
            found["date"] = "changing: it writes the day on which it is rendered"
        if self.options:
            found["options"] = f"{', '.join(self.options)}: what is trained and served changes with them"
        if not self.prompt_fits:
            found["generation prompt"] = "not what a trained turn begins with"
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
        if self.ends_twice:
            end += "; doubled: it is there twice"
        return end + (", but the tokenizer's EOS token is another one" if self.is_stop_token is False else "")

    def _describe_reasoning(self) -> str:
        if not self.reasoning.field:
            return "not written"
        where = "for every answer" if self.reasoning.earlier else "for the last answer alone"
        return f"written from {self.reasoning.field}, {where}"

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
        if self.starts > 1 or self.ends_twice:
            doubled = "BOS token" if self.starts > 1 else "end token"
            found.append(f"Take one {doubled} out of the template: the export refuses it as it is.")
        if self.is_dated:
            found.append(
                "Know that training sees no day but its own: serve with a fixed day where it matters."
            )
        if not self.prompt_fits:
            found.append(self._mend_prompt())
        if self.mask is not LossMask.ANSWERS:
            found.append(
                "For a loss on answers alone use the format trl-prompt-completion, which needs no mask, or "
                "messages, which saves a template with marks."
            )
        return found

    def _mend_prompt(self) -> str:
        thinking = next((name for name in self.options if "thinking" in name), "")
        given = f", for instance with --template-kwargs '{{\"{thinking}\": false}}'" if thinking else ""
        return f"Serve it so that its turn begins as in training{given}."


def diagnose(chat: Chat) -> Diagnosis:
    """Find out what a chat template does, by rendering known texts.

    Raises:
        ConfigError: if the template renders no conversation at all.
    """
    try:
        role = detect_system_role(chat.render)
        ends = probes.find_ends(chat)
        mask = probes.find_mask(chat, ends)
    except TemplateError as error:
        raise _explain_refusal(chat, error) from None
    end_token = ends.last or ends.earlier
    known = bool(chat.stop_tokens) and bool(end_token)
    return Diagnosis(
        system_role=role,
        keeps_system=not role.is_heard or probes.keeps_system(chat),
        ends=ends,
        is_stop_token=end_token in chat.stop_tokens if known else None,
        mask=mask,
        takes_parts=chat.wants_parts,
        ends_twice=probes.ends_twice(chat, ends),
        starts=probes.count_starts(chat),
        is_dated=probes.is_dated(chat),
        options=probes.find_options(chat),
        developer=probes.find_role(chat, "developer"),
        tool_turns=probes.find_tool_turns(chat),
        reasoning=probes.find_reasoning(chat),
        prompt_fits=probes.prompt_fits(chat),
    )


def _explain_refusal(chat: Chat, error: TemplateError) -> ConfigError:
    try:
        needed = probes.find_needed(chat)
    except TemplateError:  # it cannot even be read
        needed = ""
    if needed:
        return ConfigError(
            f"The chat template of {chat.name} renders no conversation without {needed}: {error}",
            f"Give it: --template-kwargs '{{\"{needed}\": ...}}'.",
        )
    return ConfigError(
        f"The chat template of {chat.name} renders no plain conversation: {error}",
        "Mend the template, or name another tokenizer.",
    )
