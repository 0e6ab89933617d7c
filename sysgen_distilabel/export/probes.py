"""Finds out what a chat template does by rendering known texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import SystemRole, detect_system_role, find_variables
from sysgen_distilabel.export.trained_chat import Chat, Tools

Turn = Mapping[str, Any]

SYSTEM: Final = {"role": "system", "content": "Answer as the keeper of a lighthouse would."}
TURNS: Final[Sequence[Mapping[str, str]]] = (
    {"role": "user", "content": "Tell me what you see tonight."},
    {"role": "assistant", "content": "Three boats, and no moon."},
    {"role": "user", "content": "Where do they sail?"},
    {"role": "assistant", "content": "North, into the wind."},
)
"""Two turns whose texts occur nowhere else, to find them in what a template makes of them."""

_THOUGHT: Final = "The lamp is lit, so they see us."
_REASONING_FIELDS: Final = ("reasoning_content", "reasoning", "thinking")
_TOOL_NAME: Final = "light_the_lamp"
_TOOL: Final[Mapping[str, Any]] = {
    "type": "function",
    "function": {
        "name": _TOOL_NAME,
        "description": "Light the lamp.",
        "parameters": {"type": "object", "properties": {}, "required": []},
    },
}
_RESULT: Final = "The lamp burns."
_NO_ARGUMENTS: Final[tuple[object, ...]] = ({}, "{}")  # templates want an object, or its JSON
_VALUES: Final = (True, False, "low", "")
"""What a variable of a template may want to be."""
DAYS: Final = (datetime(2011, 2, 3, 4, 5, 6), datetime(2024, 11, 22, 13, 44, 55))
"""Two moments that are written differently whatever the pattern."""


class Use(StrEnum):
    """What a template does with a turn of some role: `written`, `dropped` without a word, or `raises`."""

    WRITTEN = "written"
    DROPPED = "dropped"
    RAISES = "raises"


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


class Reasoning(NamedTuple):
    """Where what a model thought is written, if it is given beside its answers.

    Attributes:
        field: the name under which a turn holds it; empty if none is read.
        earlier: whether it is written for an earlier answer too.
    """

    field: str
    earlier: bool


NO_REASONING: Final = Reasoning("", False)


def find_ends(chat: Chat) -> Ends:
    """The special tokens that a template writes behind an earlier answer, and behind the last."""
    rest, tokens = chat.render(TURNS), []
    for turn in TURNS:
        rest = rest.partition(turn["content"])[2]
        if turn["role"] == "assistant":
            tokens.append(chat.token_at_start(rest))
    earlier, last = tokens
    return Ends(earlier, last)


def ends_twice(chat: Chat, ends: Ends) -> bool:
    """Whether the end token of an answer stands there twice, which a model then learns."""
    rest = chat.render(TURNS)
    answers = [turn["content"] for turn in TURNS if turn["role"] == "assistant"]
    for answer, end in zip(answers, ends, strict=True):
        rest = rest.partition(answer)[2]
        if end and rest.lstrip().removeprefix(end).lstrip().startswith(end):
            return True
    return False


def keeps_system(chat: Chat) -> bool:
    """Whether a system message stands in front of the first answer in a whole conversation."""
    before_first_answer = chat.render([SYSTEM, *TURNS]).partition(TURNS[1]["content"])[0]
    return SYSTEM["content"] in before_first_answer


def find_mask(chat: Chat, ends: Ends) -> LossMask:
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


def count_starts(chat: Chat) -> int:
    """How many BOS tokens a conversation begins with; two are one too many."""
    bos = chat.variables.get("bos_token")
    if not bos:
        return 0
    number, rest = 0, chat.render(TURNS)
    while rest.startswith(bos):
        number, rest = number + 1, rest.removeprefix(bos)
    return number


def is_dated(chat: Chat) -> bool:
    """Whether what a template writes changes with the day on which it is rendered."""
    first, second = (chat.with_clock(day.strftime).render(TURNS) for day in DAYS)
    return first != second


def find_options(chat: Chat) -> tuple[str, ...]:
    """The variables that change what a template writes, beside those that every trainer gives."""

    def show(given: Chat) -> list[str | None]:
        return [_try(given, TURNS[:1], prompt=True), _try(given, TURNS)]

    plain = show(chat)
    names = sorted(find_variables(chat.template) - set(chat.variables))
    return tuple(
        name for name in names if any(show(chat.with_kwargs({name: value})) != plain for value in _VALUES)
    )


def find_needed(chat: Chat) -> str:
    """The variable without which a template renders no conversation; empty if there is no one such."""
    for name in sorted(find_variables(chat.template) - set(chat.variables)):
        if any(_try(chat.with_kwargs({name: value}), TURNS) is not None for value in _VALUES):
            return name
    return ""


def find_role(chat: Chat, role: str) -> Use:
    """What becomes of a first turn of this role."""
    return _tell(_try(chat, [{**SYSTEM, "role": role}, TURNS[0]]), (SYSTEM["content"],))


def find_tool_turns(chat: Chat) -> Use:
    """What becomes of a call of a tool and of its result, with arguments as an object or as text."""
    found = {
        _tell(_try(chat, _call_tool(arguments), tools=[_TOOL]), (_TOOL_NAME, _RESULT, TURNS[1]["content"]))
        for arguments in _NO_ARGUMENTS
    }
    return next(use for use in Use if use in found)


def show_call(chat: Chat, arguments: object) -> str:
    """What a template writes of a call with these arguments and its result; empty if it refuses them."""
    return _try(chat, _call_tool(arguments), tools=[_TOOL]) or ""


def shows_tools(chat: Chat) -> bool:
    """Whether a template has a place for tools."""
    return _TOOL_NAME in (_try(chat, TURNS[:1], tools=[_TOOL]) or "")


def find_reasoning(chat: Chat) -> Reasoning:
    """Where what a model thought is written, and under which name it is read."""
    for name in _REASONING_FIELDS:
        turns = [{**turn, name: _THOUGHT} if turn["role"] == "assistant" else turn for turn in TURNS]
        text = _try(chat, turns) or ""
        if number := text.count(_THOUGHT):
            return Reasoning(name, number > 1)
    return NO_REASONING


def keeps_marked_reasoning(chat: Chat) -> bool:
    """Whether what stands between `<think>` and `</think>` in an earlier answer is written too."""
    answers = {turn["content"]: f"<think>\n{_THOUGHT}\n</think>\n\n{turn['content']}" for turn in TURNS}
    turns = [
        {**turn, "content": answers[turn["content"]]} if turn["role"] == "assistant" else turn
        for turn in TURNS
    ]
    return (_try(chat, turns) or "").count(_THOUGHT) > 1


def prompt_fits(chat: Chat) -> bool:
    """Whether a model is asked with the beginning of what it is trained on.

    Some templates open a thought in the generation prompt that they close, or leave out, in training.
    """
    asked = [(_try(chat, TURNS[:n], prompt=True), _try(chat, TURNS[: n + 1])) for n in (1, 3)]
    return all(prompt and whole and whole.startswith(prompt) for prompt, whole in asked)


def _call_tool(arguments: object) -> list[Turn]:
    call = {"id": "call12345", "type": "function", "function": {"name": _TOOL_NAME, "arguments": arguments}}
    return [
        TURNS[0],
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": _RESULT, "tool_call_id": "call12345", "name": _TOOL_NAME},
        TURNS[1],
    ]


def _takes_system(chat: Chat) -> bool:
    return detect_system_role(chat.render) is not SystemRole.RAISES


def _is_covered(text: str, part: str, marked: set[int]) -> bool:
    begin = text.find(part)
    return begin >= 0 and marked.issuperset(range(begin, begin + len(part)))


def _tell(text: str | None, parts: Sequence[str]) -> Use:
    if text is None:
        return Use.RAISES
    return Use.WRITTEN if all(part in text for part in parts) else Use.DROPPED


def _try(
    chat: Chat, messages: Sequence[Turn], *, prompt: bool = False, tools: Tools | None = None
) -> str | None:
    """The text of a chat, `None` if the template refuses it."""
    try:
        return chat.render(messages, add_generation_prompt=prompt, tools=tools)
    except TemplateError:
        return None
