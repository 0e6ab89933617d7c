"""The layouts that trainers read, by the names their users give them; `formats` writes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """A layout, named as its users name it; `FACTS` tells of each.

    `trl-prompt-completion`: `prompt` and `completion`, one line per answer, so that TRL's loss is on
    answers alone with any chat template. `messages`, `axolotl`, `llamafactory` and most others: the whole
    conversation as `messages`. `sharegpt`: `conversations` with `from` and `value`. `alpaca`:
    `instruction`, `output`, `system` and `history`. `sdft`: `prompt` and, as what the student is not
    shown, the system message in `privileged_context`. `preferences` and `kto`: pairs of responses.
    """

    TRL_PROMPT_COMPLETION = "trl-prompt-completion"
    MESSAGES = "messages"
    SHAREGPT = "sharegpt"
    AXOLOTL = "axolotl"
    LLAMAFACTORY = "llamafactory"
    ALPACA = "alpaca"
    MS_SWIFT = "ms-swift"
    NEMO_RL = "nemo-rl"
    OPENRLHF = "openrlhf"
    TORCHTUNE = "torchtune"
    UNSLOTH = "unsloth"
    VERL = "verl"
    HARMONY = "harmony"
    SDFT = "sdft"
    PREFERENCES = "preferences"
    KTO = "kto"

    @property
    def holds_all(self) -> bool:
        """Whether it has a place for turns of every kind, and not for questions and answers alone."""
        return self not in (Format.ALPACA, Format.HARMONY, Format.SDFT, Format.TORCHTUNE)

    @property
    def thought(self) -> Thought:
        """Where its trainer wants what the model thought before an answer."""
        return _THOUGHTS.get(self, Thought.TEMPLATE)

    @property
    def facts(self) -> Facts:
        """What its trainer reads and learns."""
        return FACTS[self]


class Learnt(StrEnum):
    """What a trainer learns of a conversation.

    `completion`: whatever is behind the prompt, which ends before the last answer. `marks`: what the
    template marks. `answers`: each answer and its end token. `nothing`: it writes its own answers.
    """

    COMPLETION = "completion"
    MARKS = "marks"
    ANSWERS = "answers"
    NOTHING = "nothing"


class Thought(StrEnum):
    """Where a trainer wants what the model thought before an answer.

    `template`: in the field of a turn that the chat template reads. `field`: in `reasoning_content`. `text`:
    in front of the answer, between `<think>` and `</think>`. `nowhere`: there is no place for it.
    """

    TEMPLATE = "template"
    FIELD = "field"
    TEXT = "text"
    NOWHERE = "nowhere"


REASONING_FIELD: Final = "reasoning_content"
"""The field of a turn that most chat templates and engines have it in."""

_THOUGHTS: Final = {
    **dict.fromkeys((Format.SHAREGPT, Format.LLAMAFACTORY, Format.ALPACA), Thought.TEXT),
    **dict.fromkeys((Format.MS_SWIFT, Format.TORCHTUNE), Thought.TEXT),
    **dict.fromkeys((Format.SDFT, Format.PREFERENCES, Format.KTO), Thought.NOWHERE),
    Format.HARMONY: Thought.FIELD,
}


class Spared(StrEnum):
    """What keeps a trainer from learning one answer of a conversation and not the next.

    `lines`: there is a line for each answer, and its history is never learnt. `setting`: the same, by a
    setting of the trainer. `mark`: a mark in the data. `template`: a mark that the chat template reads.
    `nothing`: rows with such answers are left out.
    """

    LINES = "lines"
    SETTING = "setting"
    MARK = "mark"
    TEMPLATE = "template"
    NOTHING = "nothing"

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        return _SPARED[self]


_SPARED: Final = {
    Spared.LINES: "a line for each other answer",
    Spared.SETTING: "a line for each other answer, and a setting that masks its history",
    Spared.MARK: "a mark in the data",
    Spared.TEMPLATE: "a mark that the chat template reads",
    Spared.NOTHING: "the row is left out",
}


class Arguments(StrEnum):
    """How a trainer reads the arguments of tool calls.

    `as_template`: whatever is there goes to the chat template, which decides. `read_from_text`: it makes
    objects of JSON text, whatever the template. `as_object`: it wants objects. `as_text`: its files hold
    text alone, which goes to the chat template. `in_content`: calls are part of the text of a turn.
    `nowhere`: it has no place for calls.
    """

    AS_TEMPLATE = "as_template"
    READ_FROM_TEXT = "read_from_text"
    AS_OBJECT = "as_object"
    AS_TEXT = "as_text"
    IN_CONTENT = "in_content"
    NOWHERE = "nowhere"

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        return _ARGUMENTS[self]


_ARGUMENTS: Final = {
    Arguments.AS_TEMPLATE: "as the template wants them",
    Arguments.READ_FROM_TEXT: "JSON text, which it reads",
    Arguments.AS_OBJECT: "objects",
    Arguments.AS_TEXT: "JSON text, if the template takes it",
    Arguments.IN_CONTENT: "in the text of the turn",
    Arguments.NOWHERE: "no calls",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the trainer of a layout.

    Attributes:
        trainer: its name, and the version that the layout was held against.
        columns: what a line has.
        learnt: what is learnt of a conversation.
        spared: what becomes of answers that are not to be learnt.
        tools: in which form the tools of a row are given along; empty if they are not.
        arguments: in which form the arguments of tool calls are.
        command: what starts a training in the directory of the export; empty if that is a program of the
            user's own.
        checked: what read an export of this layout when it was made.
        takes_template: whether its settings can name a chat template other than the model's own.
        takes_kwargs: whether a line can give the chat template variables, in `chat_template_kwargs`.
        file: where the lines are.
    """

    trainer: str
    columns: tuple[str, ...]
    learnt: Learnt
    spared: Spared
    tools: str
    command: str
    checked: str
    takes_template: bool = False
    takes_kwargs: bool = False
    arguments: Arguments = Arguments.AS_TEMPLATE
    file: str = "train.jsonl"

    @property
    def learns_calls(self) -> bool:
        """Whether tool calls that the model did not make itself are learnt all the same."""
        return self.spared not in (Spared.LINES, Spared.MARK)


JSON_TEXT: Final = "JSON text"
_LLAMAFACTORY: Final = "llamafactory-cli train llamafactory.yaml"
_TESTS: Final = "the trainer itself, in the tests"


def _trl_facts(
    trainer: str,
    columns: str,
    learnt: Learnt,
    spared: Spared,
    command: str,
    *,
    takes_template: bool = False,
    arguments: Arguments = Arguments.AS_TEMPLATE,
) -> Facts:
    names = (*columns.split(), "tools")
    return Facts(
        *(f"TRL 1.16, {trainer}", names, learnt, spared, JSON_TEXT, command, _TESTS),
        takes_template=takes_template,
        takes_kwargs=True,
        arguments=arguments,
    )


def _llamafactory_facts(columns: str, arguments: Arguments = Arguments.AS_OBJECT) -> Facts:
    return Facts(
        "LLaMA-Factory 0.9.5",
        (*columns.split(), "tools"),
        Learnt.ANSWERS,
        Spared.SETTING,
        JSON_TEXT,
        _LLAMAFACTORY,
        "its reader and its schema",
        arguments=arguments,
    )


FACTS: Final[dict[Format, Facts]] = {
    Format.TRL_PROMPT_COMPLETION: _trl_facts(
        *("SFT", "prompt completion", Learnt.COMPLETION, Spared.LINES, "trl sft --config sft.yaml"),
        takes_template=True,
    ),
    Format.MESSAGES: _trl_facts(
        *("SFT", "messages", Learnt.MARKS, Spared.TEMPLATE, "trl sft --config sft.yaml"), takes_template=True
    ),
    Format.PREFERENCES: _trl_facts(
        *("DPO", "prompt chosen rejected", Learnt.COMPLETION, Spared.LINES, "trl dpo --config dpo.yaml"),
        arguments=Arguments.IN_CONTENT,
    ),
    Format.KTO: _trl_facts(
        *("KTO", "prompt completion label", Learnt.COMPLETION, Spared.LINES, "trl kto --config kto.yaml"),
        arguments=Arguments.IN_CONTENT,
    ),
    Format.SDFT: Facts(
        *("TRL 1.16, SDFT and SDPO", ("prompt", "privileged_context"), Learnt.NOTHING, Spared.LINES, ""),
        *("python -m examples.train.sdft DIR", _TESTS),
        arguments=Arguments.NOWHERE,
    ),
    Format.AXOLOTL: Facts(
        *("Axolotl 0.21", ("messages", "tools"), Learnt.ANSWERS, Spared.MARK, JSON_TEXT),
        *("axolotl train axolotl.yaml", "its reader (0.19), token by token, and its schema"),
        takes_template=True,
        arguments=Arguments.READ_FROM_TEXT,
    ),
    Format.LLAMAFACTORY: _llamafactory_facts("messages"),
    Format.SHAREGPT: _llamafactory_facts("conversations"),
    Format.ALPACA: _llamafactory_facts("instruction input output system history", Arguments.NOWHERE),
    Format.UNSLOTH: Facts(
        *("Unsloth 2026.10", ("messages", "tools"), Learnt.ANSWERS, Spared.NOTHING, JSON_TEXT),
        *("jupyter execute unsloth.ipynb", "its source"),
    ),
    Format.OPENRLHF: Facts(
        *("OpenRLHF 0.11", ("messages",), Learnt.COMPLETION, Spared.LINES, "", "bash openrlhf.sh"),
        "its reader, token by token",
    ),
    Format.VERL: Facts(
        *("verl 0.9", ("messages",), Learnt.ANSWERS, Spared.NOTHING, "", "bash verl.sh"),
        "its reader, token by token",
        arguments=Arguments.AS_TEXT,
        file="train.parquet",
    ),
    Format.MS_SWIFT: Facts(
        *("ms-swift 4.6", ("messages", "tools"), Learnt.ANSWERS, Spared.MARK, JSON_TEXT),
        *("swift sft swift.yaml", "its reader"),
        arguments=Arguments.READ_FROM_TEXT,
    ),
    Format.TORCHTUNE: Facts(
        *("torchtune 0.6", ("messages",), Learnt.ANSWERS, Spared.NOTHING, ""),
        *("tune run RECIPE --config torchtune.yaml", "its reader"),
        arguments=Arguments.NOWHERE,
    ),
    Format.NEMO_RL: Facts(
        *("NeMo RL", ("messages", "message_loss_mask", "tools"), Learnt.ANSWERS, Spared.MARK, "a list"),
        *("uv run examples/run_sft.py --config examples/configs/nemo_rl.yaml", "its source"),
    ),
    Format.HARMONY: Facts(
        *("openai-harmony 0.0.8", ("messages",), Learnt.ANSWERS, Spared.NOTHING),
        *("functions of the developer turn", "", "its reader"),
        arguments=Arguments.NOWHERE,
    ),
}

PAIRED: Final = frozenset({Format.PREFERENCES, Format.KTO})
"""The layouts that are made of preference pairs."""
