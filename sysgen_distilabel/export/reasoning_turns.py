"""Puts what a model thought before its answers where a trainer, or a chat template, wants it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sysgen_distilabel.columns import REASONING
from sysgen_distilabel.export.arms import Conversation
from sysgen_distilabel.export.probes import find_reasoning, keeps_marked_reasoning
from sysgen_distilabel.export.trained_chat import Chat
from sysgen_distilabel.export.trainer_format import REASONING_FIELD, Format, Thought
from sysgen_distilabel.response_turns import find_answers

IN_TEXT: Final = ""
"""In place of the name of a field: in front of the answer, in the marks of DeepSeek and Qwen."""

_MARKED: Final = "<think>\n{}\n</think>\n\n{}"
_READ: Final = re.compile(r"<think>\n(.*?)\n</think>\n\n(.*)", re.DOTALL)


class ReasoningFields(NamedTuple):
    """Under which names an answer holds it, or `IN_TEXT`.

    Attributes:
        written: in the file.
        rendered: when the chat template gets it.
        is_cut: whether the template cuts it out of earlier answers, so that only the last one has it.
    """

    written: str
    rendered: str
    is_cut: bool = False


def choose_fields(layout: Format, chat: Chat | None) -> ReasoningFields:
    """The names for a trainer and the template that it trains with, if that is known."""
    rendered = find_reasoning(chat).field if chat else REASONING_FIELD
    written = {Thought.TEXT: IN_TEXT, Thought.FIELD: REASONING_FIELD}.get(layout.thought, rendered)
    is_cut = chat is not None and rendered == IN_TEXT and not keeps_marked_reasoning(chat)
    return ReasoningFields(written, rendered, is_cut)


def has_reasoning(row: Mapping[str, Any]) -> bool:
    """Whether something was thought before an answer of a row."""
    return any(row.get(REASONING) or ())


def with_reasoning(conversation: Conversation, reasoning: Sequence[str], field: str) -> Conversation:
    """The turns with what was thought before each answer, in their order; as they are if nothing was."""
    thoughts = dict(zip(find_answers(conversation), reasoning, strict=False))
    return [
        _think(turn, thought, field) if (thought := thoughts.get(place)) else turn
        for place, turn in enumerate(conversation)
    ]


def move_reasoning(conversation: Conversation, fields: ReasoningFields) -> Conversation:
    """The turns as they were written, as the chat template gets them and does not cut them."""
    if fields.written != fields.rendered:
        conversation = [_move(turn, fields) for turn in conversation]
    if fields.is_cut:
        conversation = [*map(_cut, conversation[:-1]), conversation[-1]]
    return conversation


def _cut(turn: Mapping[str, Any]) -> dict[str, Any]:
    found = _READ.fullmatch(turn["content"]) if turn["role"] == "assistant" else None
    return {**turn, "content": found[2]} if found else dict(turn)


def _move(turn: Mapping[str, Any], fields: ReasoningFields) -> dict[str, Any]:
    if turn["role"] != "assistant":
        return dict(turn)
    if fields.written == IN_TEXT:
        found = _READ.fullmatch(turn["content"])
        return _think({**turn, "content": found[2]}, found[1], fields.rendered) if found else dict(turn)
    if fields.written not in turn:
        return dict(turn)
    bare = {key: value for key, value in turn.items() if key != fields.written}
    return _think(bare, turn[fields.written], fields.rendered)


def _think(turn: Mapping[str, Any], thought: str, field: str) -> dict[str, Any]:
    if field == IN_TEXT:
        return {**turn, "content": _MARKED.format(thought.strip(), turn["content"])}
    return {**turn, field: thought.strip()}
