"""Decides how an export is made: what becomes of system messages, and which chat template is trained with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.diagnosis import Diagnosis, diagnose
from sysgen_distilabel.export.guard import Guard
from sysgen_distilabel.export.hyper_parameters import Setup
from sysgen_distilabel.export.mixture import UNMIXED, Mixture
from sysgen_distilabel.export.other_rows import Mix
from sysgen_distilabel.export.probes import find_ends, shows_tools
from sysgen_distilabel.export.reasoning_turns import ReasoningFields, choose_fields
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import Chat, load_chat
from sysgen_distilabel.export.trainer_format import PAIRED, Format, Spared, Thought
from sysgen_distilabel.export.training_template import end_last_answer, write_training_template

SystemRole = Literal["native", "fold"]
TooLong = Literal["fail", "drop", "cut"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks for.

    Attributes:
        layout: how the data is laid out.
        system_role: `native` keeps the system message in a turn of its own, and repairs a chat
            template that would lose it; `fold` writes it into the first user turn.
        tokenizer: the model to train: a directory with its tokenizer or an id on the Hub; without it
            nothing can be checked.
        arms: what to export; several come out as one export each, with the same rows.
        max_length: the most tokens a conversation may have.
        too_long: what becomes of conversations over the limit: `fail` stops the export, `drop` leaves them
            out, `cut` leaves out their last turns, so that a whole answer with its end token is the last.
        answers_apart: whether there are answers that were not given under the system message, so that
            layouts without a mark for them get one line for each of the others.
        hold_out: the share of rows, from 0 to 1, that `sysgen evaluate hold-out` holds out at the same
            share; they are left out and counted.
        template_kwargs: further variables for the chat template, as it is to be trained and served with.
        mixture: shares of the rows that do not show their system message as the others do.
        reasoning: whether what the model thought before its answers is trained on too.
        mixes: rows of the user's own to train on beside.
    """

    layout: Format
    system_role: SystemRole = "native"
    tokenizer: str | None = None
    arms: tuple[Arm, ...] = (Arm.SYSGEN,)
    max_length: int = 4096
    too_long: TooLong = "fail"
    hold_out: float = 0.0
    answers_apart: bool = False
    template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    mixture: Mixture = UNMIXED
    mixes: tuple[Mix, ...] = ()
    reasoning: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How the export is made.

    Attributes:
        options: what the user asks for.
        diagnosis: what the model's own chat template does; `None` without a tokenizer.
        own: the model's own chat template.
        served: the one to save with the trained model: its own, or a repaired one.
        chat: the one to train with: the same, or one that marks the answers as well.
    """

    options: Options
    diagnosis: Diagnosis | None = None
    own: Chat | None = None
    served: Chat | None = None
    chat: Chat | None = None

    @property
    def is_repaired(self) -> bool:
        """Whether the trained model has to be saved with another chat template than its own."""
        return self.served is not self.own

    @property
    def has_new_template(self) -> bool:
        """Whether the trainer has to be given another chat template than the model's own."""
        return self.chat is not self.own

    @property
    def can_mark(self) -> bool:
        """Whether the trainer can be kept from learning one answer of a conversation and not the next."""
        spared = self.options.layout.facts.spared
        if spared is Spared.TEMPLATE:
            return self.chat is not self.served
        return spared is not Spared.NOTHING

    @property
    def reasoning(self) -> ReasoningFields | None:
        """Where what the model thought stands; `None` if it is left out."""
        return choose_fields(self.options.layout, self.chat) if self.options.reasoning else None

    def make_guard(self) -> Guard | None:
        """What checks the conversations; `None` without a tokenizer."""
        if self.chat is None:
            return None
        return Guard(
            self.chat,
            find_ends(self.chat),
            self.options.max_length,
            self.options.layout.facts.learnt,
            self.reasoning.rendered if self.reasoning else "",
        )

    @property
    def loss_of_tools(self) -> str:
        """Why tools of the rows do not reach the model to train; empty if they do, or nobody knows."""
        if not self.options.layout.facts.tools:
            return f"the format {self.options.layout} has no place for them, so the model does not see them"
        if self.chat is None or self.served is None or shows_tools(self.chat):
            return ""
        if shows_tools(self.served):
            return (
                "the template that marks the answers knows no tools, so the model does not see them: "
                f"export as {Format.TRL_PROMPT_COMPLETION}"
            )
        return "the chat template knows no tools, so the model does not see them"

    def make_setup(self, arm: Arm, *, has_tools: bool, has_untrained: bool = False) -> Setup:
        """What the trainer's settings are made from."""
        options = self.options
        model = options.tokenizer or ""
        return Setup(
            layout=options.layout,
            model=str(Path(model).resolve()) if model and Path(model).exists() else model,
            chat=self.chat,
            template_is_new=self.has_new_template,
            max_length=options.max_length,
            has_system=options.system_role == "native" and arm is not Arm.NONE,
            has_tools=has_tools,
            has_untrained=has_untrained,
            reasoning=self.reasoning.written if self.reasoning else "",
            template_kwargs=dict(options.template_kwargs),
        )


def make_plan(options: Options) -> Plan:
    """Read the chat template of the model to train, and mend what would lose something.

    Raises:
        ConfigError: if the options contradict each other, the tokenizer cannot be read, or its
            template cannot be mended.
    """
    if options.layout in PAIRED and options.arms != (Arm.SYSGEN,):
        raise ConfigError("Preference pairs have no ablation.", "Leave out --ablation.")
    if (options.mixture or options.mixes) and (options.layout in PAIRED or options.arms != (Arm.SYSGEN,)):
        raise ConfigError(
            "Neither an ablation, which compares the same rows, nor preference pairs can be mixed.",
            "Leave out --plain-share, --empty-share, --default-share, --fold-share and --mix.",
        )
    if options.reasoning and (options.layout.thought is Thought.NOWHERE or options.arms != (Arm.SYSGEN,)):
        raise ConfigError(
            f"There is no place for reasoning in {options.layout}, nor in an ablation.",
            "Leave out --reasoning.",
        )
    if options.tokenizer is None:
        return Plan(options)
    own = load_chat(options.tokenizer, options.template_kwargs)
    if own.tokenizer is None:
        raise ConfigError(
            f"{options.tokenizer} is a template without a tokenizer, which cannot count tokens.",
            "Name a directory with a tokenizer or an id on the Hub.",
        )
    diagnosis = diagnose(own)
    native = options.system_role == "native"
    served = chat = repair(own, diagnosis, system_turn=native)
    if options.layout.facts.takes_template:
        chat = end_last_answer(served, diagnosis)
    if options.layout is Format.MESSAGES:
        chat = write_training_template(chat, with_system=native)
    return Plan(options, diagnosis, own, served, chat)
