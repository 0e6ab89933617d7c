"""Writes a chat template that marks the answers, for a model whose own template does not.

A loss on answers alone needs `{% generation %}` around them. What stands between two turns is read
off what the model's own template renders; the new template writes the same, with the marks. An answer with
`train: false` gets none. It is for
plain conversations and for training only: it knows no tools.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import SYSTEM, Ends, LossMask, diagnose
from sysgen_distilabel.export.trained_chat import Chat

Turn = Mapping[str, str]

_TURNS: Final[Sequence[Turn]] = tuple(
    {"role": role, "content": f"This is what the {role} has to say in turn {number}."}
    for number in range(1, 4)
    for role in ("user", "assistant")
)
_TEMPLATE: Final = """\
{{#- Written by sysgen-distilabel to train on answers alone; it renders what the model's own does. -#}}
{{%- set between = {between} -%}}
{{%- set last = namespace(role="start") -%}}
{{%- for turn in messages -%}}
    {{{{- between[last.role ~ "-" ~ turn["role"]] -}}}}
    {{%- set content = turn["content"] | trim if turn["role"] in {trimmed} else turn["content"] -%}}
    {{%- if turn["role"] == "assistant" -%}}
        {{%- set end = {last_end} if loop.last else {earlier_end} -%}}
        {{%- if turn["train"] is false -%}}{{{{- content ~ end -}}}}
        {{%- else -%}}{{%- generation -%}}{{{{- content ~ end -}}}}{{%- endgeneration -%}}
        {{%- endif -%}}
    {{%- else -%}}
        {{{{- content -}}}}
    {{%- endif -%}}
    {{%- set last.role = turn["role"] -%}}
{{%- endfor -%}}
{{%- if last.role == "assistant" -%}}{{{{- between["assistant-end"] -}}}}
{{%- else -%}}{{{{- between["user-prompt" if add_generation_prompt else "user-end"] -}}}}
{{%- endif -%}}"""


def write_training_template(chat: Chat, *, with_system: bool) -> Chat:
    """The same model with a template that marks its answers and their end tokens.

    Args:
        chat: a template that ends its last answer with a special token.
        with_system: whether the data has system messages; folded data has none.

    Returns:
        The same chat if its template has the marks already.

    Raises:
        ConfigError: if what the template writes depends on more than the order of the turns.
    """
    diagnosis = diagnose(chat)
    if diagnosis.mask is LossMask.ANSWERS:
        return chat
    if diagnosis.takes_parts:
        raise _irregular(chat)
    openings: list[list[Turn]] = [[], [SYSTEM]] if with_system else [[]]
    between: dict[str, str] = {}
    trimmed: set[str] = set()
    for opening in openings:
        between |= _read_between(chat, [*opening, *_TURNS], diagnosis.ends)
        trimmed |= _find_trimmed(chat, [*opening, *_TURNS])
    source = _TEMPLATE.format(
        between=_quote(between),
        trimmed=_quote(sorted(trimmed)),
        earlier_end=_quote(diagnosis.ends.earlier),
        last_end=_quote(diagnosis.ends.last),
    )
    marked = chat.with_template(source)
    for opening in openings:
        _compare(chat, marked, opening)
    if diagnose(marked).mask is not LossMask.ANSWERS:
        raise _irregular(chat)
    return marked


def _read_between(chat: Chat, messages: Sequence[Turn], ends: Ends) -> dict[str, str]:
    """What stands in front of each turn, by the roles of the turn before and of the turn."""
    rest, between = chat.render(messages), {}
    for before, turn in pairwise([{"role": "start"}, *messages]):
        text, found, rest = rest.partition(turn["content"])
        if not found:
            raise _irregular(chat)
        between[f"{before['role']}-{turn['role']}"] = text
    between = {
        pair: text.removeprefix(ends.earlier) if pair.startswith("assistant") else text
        for pair, text in between.items()
    }
    between["assistant-end"] = rest.removeprefix(ends.last)
    for name, prompt in (("user-prompt", True), ("user-end", False)):
        text = chat.render(_TURNS[:1], add_generation_prompt=prompt)
        between[name] = text.partition(_TURNS[0]["content"])[2]
    return between


def _find_trimmed(chat: Chat, messages: Sequence[Turn]) -> set[str]:
    text = chat.render(_pad(messages))
    return {turn["role"] for turn in messages if f" {turn['content']} " not in text}


def _compare(chat: Chat, marked: Chat, opening: Sequence[Turn]) -> None:
    """Hold what both templates render against each other, for every length of conversation."""
    for number in range(1, len(_TURNS) + 1):
        for messages in ([*opening, *_TURNS[:number]], _pad([*opening, *_TURNS[:number]])):
            for prompt in (True, False) if messages[-1]["role"] == "user" else (False,):
                expected = chat.render(messages, add_generation_prompt=prompt)
                if marked.render(messages, add_generation_prompt=prompt) != expected:
                    raise _irregular(chat)


def _pad(messages: Sequence[Turn]) -> list[Turn]:
    return [{**turn, "content": f" {turn['content']} "} for turn in messages]


def _irregular(chat: Chat) -> ConfigError:
    return ConfigError(
        f"The chat template of {chat.name} marks no answers, and what it writes is not regular enough "
        "to be written anew with marks.",
        "Use the format trl-prompt-completion, which needs no marks.",
    )


def _quote(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
