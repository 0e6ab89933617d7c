"""Finds the template of LLaMA-Factory that writes a conversation as a model's own chat template does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import TemplateError

from sysgen_distilabel.export.probes import SYSTEM, TURNS
from sysgen_distilabel.export.trained_chat import Chat


@dataclass(frozen=True, slots=True)
class Family:
    """A template that LLaMA-Factory brings along (0.9.5, `data/template.py`).

    Attributes:
        user: a user turn and the beginning of the answer, around `{}`.
        answer: an answer, around `{}`.
        system: a system message in front of the first user turn, or in it if `folds`.
        folds: whether the system message is part of the first user turn.
        begins: whether a BOS token is in front of everything.
        default: the system message of a conversation that has none.
    """

    user: str
    answer: str
    system: str
    folds: bool = False
    begins: bool = True
    default: str = ""


_FAMILIES: Final = {
    "llama3": Family(
        "<|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "{}<|eot_id|>",
        "<|start_header_id|>system<|end_header_id|>\n\n{}<|eot_id|>",
    ),
    "phi4": Family(
        "<|im_start|>user<|im_sep|>{}<|im_end|><|im_start|>assistant<|im_sep|>",
        "{}<|im_end|>",
        "<|im_start|>system<|im_sep|>{}<|im_end|>",
        begins=False,
    ),
    "qwen": Family(
        "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n",
        "{}<|im_end|>\n",
        "<|im_start|>system\n{}<|im_end|>\n",
        begins=False,
        default="You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
    ),
    "gemma2": Family(
        "<start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n",
        "{}<end_of_turn>\n",
        "{}\n\n",
        folds=True,
    ),
    "mistral": Family("[INST] {}[/INST]", " {}</s>", "{}\n\n", folds=True),
}


def find_template(chat: Chat, *, with_system: bool) -> str:
    """The name of the template that writes what the model's own does; empty if there is none.

    Conversations without a system message are compared as well, as that is where a template puts in
    one of its own. Blanks at the end are not compared.

    Args:
        chat: the chat template to train with.
        with_system: whether the data has system messages.
    """
    openings = ((), (SYSTEM,)) if with_system else ((),)
    conversations = [[*opening, *TURNS] for opening in openings]
    bos = chat.variables.get("bos_token", "")
    try:
        texts = [chat.render(messages).rstrip() for messages in conversations]
    except TemplateError:
        return ""
    for name, family in _FAMILIES.items():
        if [_write(family, messages, bos).rstrip() for messages in conversations] == texts:
            return name
    return ""


def _write(family: Family, messages: Sequence[Mapping[str, str]], bos: str) -> str:
    text = bos if family.begins else ""
    system = family.default
    for turn in messages:
        if turn["role"] == "system":
            system = turn["content"]
        elif turn["role"] == "assistant":
            text += family.answer.format(turn["content"])
        else:
            opening = family.system.format(system) if system else ""
            text += (
                family.user.format(opening + turn["content"])
                if family.folds
                else opening + family.user.format(turn["content"])
            )
            system = ""
    return text
