"""The layouts trainers read, each made of one conversation or of one preference pair."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.columns import SOURCE_ID, TOOLS
from sysgen_distilabel.export.arms import Conversation, is_trained
from sysgen_distilabel.export.trainer_format import REASONING_FIELD, Format, Spared
from sysgen_distilabel.response_turns import find_answers

_SHAREGPT_ROLES: Final = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
_OWN_KEYS: Final = ("role", "content", "tool_calls", "tool_call_id", "name")
TEMPLATE_KWARGS: Final = "chat_template_kwargs"
PRIVILEGED_CONTEXT: Final = "privileged_context"
TEACHER_PROMPT: Final = "{privileged_context}\n\n{prompt}"
"""How the teacher of SDFT is shown a system message: in front of the user turn, as folded ones are."""


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


def write_lines(
    layout: Format, source_id: str, conversation: Conversation, *, apart: bool = False, tools: str = ""
) -> list[Line]:
    """Write one conversation in a layout other than those of preference pairs.

    Args:
        layout: the layout.
        source_id: identifies the row; it is carried along in every line.
        conversation: turns that begin with the user's, perhaps behind a system message; an answer with
            `train: false` is not to be learnt from.
        apart: whether a layout that has no marks for such answers gets one line for each other answer, which
            ends with it, to be trained on without its history.
        tools: the tools of the row as JSON.
    """
    answers = find_answers(conversation) or _find_assistant(conversation)
    trained = [place for place in answers if is_trained(conversation[place])]
    spared = layout.facts.spared
    if spared is Spared.LINES:
        lines = [_WRITERS_OF_ANSWERS[layout](conversation, place) for place in trained]
        return [line._replace(record=line.record | {SOURCE_ID: source_id}) for line in lines if line]
    if apart and spared is Spared.SETTING:
        parts = [(conversation[place]["content"], _unmark(conversation[: place + 1])) for place in trained]
        return [
            Line(_write_whole(layout, part, tools) | {SOURCE_ID: source_id}, [part], (text,))
            for text, part in parts
        ]
    texts = tuple(conversation[place]["content"] for place in trained)
    record = _write_whole(layout, conversation, tools)
    return [Line(record | {SOURCE_ID: source_id}, [conversation], texts)]


def _write_whole(layout: Format, conversation: Conversation, tools: str) -> dict[str, Any]:
    return _WRITERS.get(layout, _write_messages)(conversation, tools)


def _write_messages(conversation: Conversation, tools: str) -> dict[str, Any]:
    return {"messages": conversation}


def _write_swift(conversation: Conversation, tools: str) -> dict[str, Any]:
    """ms-swift has a mark of its own for what is not to be learnt."""
    turns = [turn if is_trained(turn) else {**turn, "loss": False} for turn in conversation]
    return {"messages": _unmark(turns)}


def _write_nemo(conversation: Conversation, tools: str) -> dict[str, Any]:
    record: dict[str, Any] = {"messages": _unmark(conversation)}
    if not all(map(is_trained, conversation)):
        trained = {place for place in find_answers(conversation) if is_trained(conversation[place])}
        record["message_loss_mask"] = [int(place in trained) for place in range(len(conversation))]
    return record | ({TOOLS: json.loads(tools)} if tools else {})


def _write_harmony(conversation: Conversation, tools: str) -> dict[str, Any]:
    """What a model of OpenAI's calls the system message is said by the developer, answers are final."""
    instructions = next((turn["content"] for turn in conversation if turn["role"] == "system"), "")
    developer: dict[str, Any] = {"type": "developer_content"}
    if instructions:
        developer["instructions"] = instructions
    if tools:
        functions = [
            {key: tool["function"].get(key) for key in ("name", "description", "parameters")}
            for tool in json.loads(tools)
        ]
        developer["tools"] = {"functions": {"name": "functions", "description": None, "tools": functions}}
    opening = [{"role": "system", "content": [{"type": "system_content"}]}]
    if len(developer) > 1:
        opening.append({"role": "developer", "content": [developer]})
    turns = [_write_harmony_turn(turn) for turn in conversation if turn["role"] != "system"]
    return {"messages": [*opening, *(part for parts in turns for part in parts)]}


def _write_harmony_turn(turn: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One message, or two where something was thought before an answer."""
    channels = {"analysis": turn.get(REASONING_FIELD), "final": turn["content"]}
    return [
        {
            "role": turn["role"],
            "content": [{"type": "text", "text": text}],
            **({"channel": channel} if turn["role"] == "assistant" else {}),
        }
        for channel, text in channels.items()
        if text is not None
    ]


def _write_completion(conversation: Conversation, place: int) -> Line:
    turn = conversation[place]
    record = {"prompt": conversation[:place], "completion": [turn]}
    return Line(record, [conversation[: place + 1]], (turn["content"],))


def _write_last(conversation: Conversation, place: int) -> Line:
    part = _unmark(conversation[: place + 1])
    return Line({"messages": part}, [part], (part[-1]["content"],))


def _write_privileged(conversation: Conversation, place: int) -> Line | None:
    """A prompt without its system message, which only the teacher is shown."""
    system, *prompt = _unmark(conversation[:place])
    if system["role"] != "system" or not system["content"]:
        return None
    context = system["content"]
    return Line({"prompt": prompt, PRIVILEGED_CONTEXT: context}, [show_teacher(prompt, context)])


def show_teacher(prompt: Sequence[Mapping[str, Any]], context: str) -> Conversation:
    """The prompt as the teacher of SDFT is shown it."""
    *history, question = map(dict, prompt)
    shown = TEACHER_PROMPT.format(privileged_context=context, prompt=question["content"])
    return [*history, {"role": "user", "content": shown}]


def _unmark(conversation: Sequence[Mapping[str, Any]]) -> Conversation:
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
    chats = [[*prompt, *answer] for answer in answers]
    if layout is Format.PREFERENCES:
        texts = dict(zip(("prompt", "chosen", "rejected"), (prompt, *answers), strict=True))
        return [Line({**row, **texts}, chats)]
    rest = {key: value for key, value in row.items() if key not in ("chosen", "rejected")}
    return [
        Line({**rest, "prompt": prompt, "completion": answer, "label": is_chosen}, [chat])
        for answer, chat, is_chosen in zip(answers, chats, (True, False), strict=True)
    ]


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


def _write_sharegpt(conversation: Conversation, tools: str) -> dict[str, Any]:
    return {"conversations": [_write_sharegpt_turn(turn) for turn in conversation]}


def _write_sharegpt_turn(turn: Mapping[str, Any]) -> dict[str, Any]:
    """The turn as LLaMA-Factory reads it: a call is a turn of its own kind, whose text is its JSON."""
    marks = {key: value for key, value in turn.items() if key not in _OWN_KEYS}
    if not (calls := turn.get("tool_calls")):
        return {"from": _SHAREGPT_ROLES[turn["role"]], "value": turn["content"], **marks}
    functions = [call["function"] for call in calls]
    value = json.dumps(functions[0] if len(functions) == 1 else functions, ensure_ascii=False)
    return {"from": "function_call", "value": value, **marks}


def _write_alpaca(conversation: Conversation, tools: str) -> dict[str, Any]:
    system = next((turn["content"] for turn in conversation if turn["role"] == "system"), "")
    texts = [turn["content"] for turn in conversation if turn["role"] != "system"]
    *history, last = (list(pair) for pair in zip(texts[::2], texts[1::2], strict=True))
    return {"instruction": last[0], "input": "", "output": last[1], "system": system, "history": history}


_WRITERS: Final[Mapping[Format, Callable[[Conversation, str], dict[str, Any]]]] = {
    Format.SHAREGPT: _write_sharegpt,
    Format.ALPACA: _write_alpaca,
    Format.MS_SWIFT: _write_swift,
    Format.NEMO_RL: _write_nemo,
    Format.HARMONY: _write_harmony,
}
_WRITERS_OF_ANSWERS: Final[Mapping[Format, Callable[[Conversation, int], Line | None]]] = {
    Format.TRL_PROMPT_COMPLETION: _write_completion,
    Format.OPENRLHF: _write_last,
    Format.SDFT: _write_privileged,
}
