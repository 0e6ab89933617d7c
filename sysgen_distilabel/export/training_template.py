"""Writes a chat template that marks the answers, for a model whose own template does not.

A loss on answers alone needs `{% generation %}` around them. What stands between two turns is read
off what the model's own template renders; the new template writes the same, with the marks, and asks for the
day where the model's own does. An answer with `train: false` gets none. It is for plain conversations and for
training only: it knows no tools.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import Diagnosis
from sysgen_distilabel.export.probes import DAYS, SYSTEM, Ends, LossMask, find_ends, find_mask
from sysgen_distilabel.export.trained_chat import Chat

Turn = Mapping[str, str]

_DATE: Final = "\ue010{}\ue011"
_DATES: Final = re.compile(_DATE.format("([^\ue011]*)"))

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


_END_LAST: Final = """\
{template}
{{%- if messages[-1]["role"] == "assistant" and not add_generation_prompt -%}}
    {{{{- {end} -}}}}
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
    ends = find_ends(chat)
    if find_mask(chat, ends) is LossMask.ANSWERS:
        return chat
    if chat.wants_parts:
        raise _irregular(chat)
    openings: list[list[Turn]] = [[], [SYSTEM]] if with_system else [[]]
    dateless = chat.with_clock(_DATE.format)
    between: dict[str, str] = {}
    trimmed: set[str] = set()
    for opening in openings:
        between |= _read_between(dateless, [*opening, *_TURNS], ends)
        trimmed |= _find_trimmed(chat, [*opening, *_TURNS])
    source = _TEMPLATE.format(
        between=_write_between(between),
        trimmed=_quote(sorted(trimmed)),
        earlier_end=_quote(ends.earlier),
        last_end=_quote(ends.last),
    )
    marked = chat.with_template(source)
    for opening in openings:
        for day in DAYS:
            _compare(chat.with_clock(day.strftime), marked.with_clock(day.strftime), opening)
    if find_mask(marked, ends) is not LossMask.ANSWERS:
        raise _irregular(chat)
    return marked


def end_last_answer(chat: Chat, diagnosis: Diagnosis) -> Chat:
    """The same model with a template that ends the last answer as it ends the earlier ones, for training.

    Where nothing stands behind the last answer, as with GLM-4.5, a model stops at the token that opens the
    next turn. A conversation that ends with an answer would not teach it that.

    Returns:
        The same chat if its last answer has an end token.

    Raises:
        ConfigError: if the token cannot be added behind the last answer and nowhere else.
    """
    if diagnosis.ends.last or not diagnosis.is_stop_token:
        return chat
    end = diagnosis.ends.earlier
    ended = chat.with_template(_END_LAST.format(template=chat.template, end=_quote(end)))
    for number in range(1, len(_TURNS) + 1):
        added = end if number % 2 == 0 else ""
        for prompt in (True, False):
            plain = chat.render(_TURNS[:number], add_generation_prompt=prompt)
            expected = plain if prompt else plain + added
            if ended.render(_TURNS[:number], add_generation_prompt=prompt) != expected:
                raise _irregular(chat)
    return ended


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


def _write_between(between: Mapping[str, str]) -> str:
    """The texts as a dictionary of the template's language, with a call where a date stands."""

    def write(text: str) -> str:
        texts, patterns = _DATES.split(text)[::2], _DATES.split(text)[1::2]
        calls = [f"strftime_now({_quote(pattern)})" for pattern in patterns]
        parts = [_quote(texts[0])]
        for call, following in zip(calls, texts[1:], strict=True):
            parts += [call, _quote(following)]
        return " ~ ".join(parts)

    return "{" + ", ".join(f"{_quote(pair)}: {write(text)}" for pair, text in between.items()) + "}"


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
