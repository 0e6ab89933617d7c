"""The layouts trainers read, each made of one conversation or of one preference pair."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.columns import SOURCE_ID
from sysgen_distilabel.export.arms import Conversation, is_trained
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.response_turns import find_answers

_SHAREGPT_ROLES: Final = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
_OWN_KEYS: Final = ("role", "content", "tool_calls", "tool_call_id", "name")


class Line(NamedTuple):
    """One line of an exported file.

    Attributes:
        record: what is written.
        chats: the conversations a trainer makes of it: one, or two of a preference pair.
        trained: the answers that are learnt from; none of a preference pair, which has no such loss.
    """

    record: dict[str, Any]
    chats: list[Conversation]
    trained: tuple[str, ...] = ()


_HAS_MARKS: Final = frozenset({Format.MESSAGES, Format.AXOLOTL})
"""The layouts in which a turn can say that it is not to be learnt from."""


def write_lines(
    layout: Format, source_id: str, conversation: Conversation, *, apart: bool = False
) -> list[Line]:
    """Write one conversation in a layout other than `preferences`.

    Args:
        layout: the layout.
        source_id: identifies the row; it is carried along in every line.
        conversation: turns that begin with the user's, perhaps behind a system message; an answer with
            `train: false` is not to be learnt from.
        apart: whether a layout that has no marks for such answers gets one line for each other answer, which
            ends with it, to be trained on without its history.
    """
    answers = find_answers(conversation) or _find_assistant(conversation)
    trained = [place for place in answers if is_trained(conversation[place])]
    if layout is Format.TRL_PROMPT_COMPLETION:
        return [
            Line(
                {"prompt": conversation[:place], "completion": [turn], SOURCE_ID: source_id},
                [conversation[: place + 1]],
                (turn["content"],),
            )
            for place in trained
            for turn in (conversation[place],)
        ]
    if apart and layout not in _HAS_MARKS:
        parts = [(conversation[place]["content"], _unmark(conversation[: place + 1])) for place in trained]
        return [
            Line(_write_whole(layout, part) | {SOURCE_ID: source_id}, [part], (text,)) for text, part in parts
        ]
    texts = tuple(conversation[place]["content"] for place in trained)
    return [Line(_write_whole(layout, conversation) | {SOURCE_ID: source_id}, [conversation], texts)]


def _write_whole(layout: Format, conversation: Conversation) -> dict[str, Any]:
    if layout is Format.SHAREGPT:
        return {"conversations": [_write_sharegpt(turn) for turn in conversation]}
    return _write_alpaca(conversation) if layout is Format.ALPACA else {"messages": conversation}


def _unmark(conversation: Conversation) -> Conversation:
    return [{key: value for key, value in turn.items() if key != "train"} for turn in conversation]


def write_pair(layout: Format, row: Mapping[str, Any], *, fold: bool) -> list[Line]:
    """Write one preference pair; columns of the row beyond the texts are carried along.

    Args:
        layout: a layout that is made of pairs.
        row: a row with `prompt`, `chosen` and `rejected`, each a list of messages.
        fold: whether the system message is written into the first user turn.
    """
    prompt, *answers = ([dict(turn) for turn in row[name]] for name in ("prompt", "chosen", "rejected"))
    if fold:
        prompt = fold_system(prompt)
    texts = dict(zip(("prompt", "chosen", "rejected"), (prompt, *answers), strict=True))
    return [Line({**row, **texts}, [[*prompt, *answer] for answer in answers])]


def can_hold(layout: Format, conversation: Conversation) -> bool:
    """Whether a layout has a place for every turn."""
    return layout.holds_all or is_plain(conversation)


def is_plain(conversation: Sequence[Mapping[str, Any]]) -> bool:
    """Whether there are questions and their answers in turn, and nothing else but a system message."""
    roles = [turn["role"] for turn in conversation]
    roles = roles[1:] if roles[:1] == ["system"] else roles
    return roles == ["user", "assistant"] * (len(roles) // 2)


def _find_assistant(conversation: Conversation) -> list[int]:
    """The places of the assistant's turns in a conversation without a question; no template takes one."""
    return [place for place, turn in enumerate(conversation) if turn["role"] == "assistant"]


def _write_sharegpt(turn: Mapping[str, Any]) -> dict[str, Any]:
    """The turn as LLaMA-Factory reads it: a call is a turn of its own kind, whose text is its JSON."""
    marks = {key: value for key, value in turn.items() if key not in _OWN_KEYS}
    if not (calls := turn.get("tool_calls")):
        return {"from": _SHAREGPT_ROLES[turn["role"]], "value": turn["content"], **marks}
    functions = [
        {**call["function"], "arguments": _read_arguments(call["function"]["arguments"])} for call in calls
    ]
    value = json.dumps(functions[0] if len(functions) == 1 else functions, ensure_ascii=False)
    return {"from": "function_call", "value": value, **marks}


def _read_arguments(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _write_alpaca(conversation: Conversation) -> dict[str, Any]:
    system = next((turn["content"] for turn in conversation if turn["role"] == "system"), "")
    texts = [turn["content"] for turn in conversation if turn["role"] != "system"]
    *history, last = (list(pair) for pair in zip(texts[::2], texts[1::2], strict=True))
    return {"instruction": last[0], "input": "", "output": last[1], "system": system, "history": history}
