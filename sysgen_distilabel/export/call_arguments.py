"""The arguments of tool calls: text or objects, as the reader of a trainer and a chat template want them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sysgen_distilabel.export.arms import Conversation
from sysgen_distilabel.export.probes import show_call
from sysgen_distilabel.export.trained_chat import Chat
from sysgen_distilabel.export.trainer_format import Arguments

_ARGUMENTS: Final = {"city": "Oslo"}
_WRONG: Final = ("{'city'", '\\"city')
"""An object that was printed as Python has it, and text that was encoded a second time."""


class Form(StrEnum):
    """How arguments stand in a conversation: as `object`, or as `text`, which is its JSON."""

    OBJECT = "object"
    TEXT = "text"


class CallForms(NamedTuple):
    """The forms that the arguments of an export have.

    Attributes:
        written: in its file.
        rendered: when the chat template gets them.
        is_shown: whether the template writes a call whose arguments are so.
    """

    written: Form
    rendered: Form
    is_shown: bool


def find_shown(chat: Chat) -> list[Form]:
    """The forms of arguments that a template writes as the JSON, or the code, that they mean.

    Both if it makes the same of them; else the object where that is written as well as text.
    """
    samples = {Form.OBJECT: _ARGUMENTS, Form.TEXT: json.dumps(_ARGUMENTS)}
    written = {form: show_call(chat, arguments) for form, arguments in samples.items()}
    shown = [
        form
        for form, text in written.items()
        if _ARGUMENTS["city"] in text and not any(wrong in text for wrong in _WRONG)
    ]
    return shown if written[Form.OBJECT] == written[Form.TEXT] else shown[:1]


def choose_forms(arguments: Arguments, chat: Chat | None) -> CallForms:
    """The forms for a trainer and the template that it trains with, if that is known."""
    shown = find_shown(chat) if chat else list(Form)
    if arguments is Arguments.AS_TEMPLATE:
        form = shown[0] if shown else Form.OBJECT
        return CallForms(form, form, bool(shown))
    if arguments is Arguments.AS_TEXT:
        return CallForms(Form.TEXT, Form.TEXT, Form.TEXT in shown)
    if arguments is Arguments.AS_OBJECT:
        return CallForms(Form.OBJECT, Form.OBJECT, is_shown=True)  # its trainer has templates of its own
    return CallForms(Form.TEXT, Form.OBJECT, Form.OBJECT in shown)


def has_calls(conversation: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a tool is called in it."""
    return any(turn.get("tool_calls") for turn in conversation)


def are_readable(conversation: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the arguments of all calls are JSON objects."""
    return all(
        isinstance(_decode(call["function"]["arguments"]), dict)
        for turn in conversation
        for call in turn.get("tool_calls") or ()
    )


def with_arguments(conversation: Conversation, form: Form) -> Conversation:
    """The conversation with the arguments of its calls in a form; those that are no JSON stay as they are."""
    if not has_calls(conversation):
        return conversation
    return [
        {**turn, "tool_calls": [_rewrite(call, form) for call in turn["tool_calls"]]}
        if turn.get("tool_calls")
        else turn
        for turn in conversation
    ]


def _rewrite(call: Mapping[str, Any], form: Form) -> dict[str, Any]:
    arguments = call["function"]["arguments"]
    if form is Form.OBJECT:
        arguments = _decode(arguments)
    elif not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return {**call, "function": {**call["function"], "arguments": arguments}}


def _decode(arguments: Any) -> Any:
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
