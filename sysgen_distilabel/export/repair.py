"""Gives a chat template what it lacks: a system turn, and an end token behind every answer.

The template itself stays as it is, and a few lines around it change what it is given. That keeps
tool calls and whatever else it can do, and the result is checked by rendering.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import SystemRole, detect_system_role
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import Diagnosis
from sysgen_distilabel.export.probes import DAYS, SYSTEM, TURNS
from sysgen_distilabel.export.trained_chat import Chat

# Where the template writes its BOS token, it writes the system turn as well.
_SYSTEM_BEHIND_BOS: Final = """\
{{%- if messages[0]["role"] == "system" -%}}
    {{%- set bos_token = bos_token + {head} + messages[0]["content"] | trim + {tail} -%}}
    {{%- set messages = messages[1:] -%}}
{{%- endif -%}}
{{%- if messages -%}}
{template}
{{%- else -%}}
    {{{{- bos_token -}}}}
{{%- endif -%}}"""

_SYSTEM_IN_FRONT: Final = """\
{{%- if messages[0]["role"] == "system" -%}}
    {{{{- {head} + messages[0]["content"] | trim + {tail} -}}}}
    {{%- set messages = messages[1:] -%}}
{{%- endif -%}}
{{%- if messages -%}}
{template}
{{%- endif -%}}"""

_END_BEHIND_ANSWERS: Final = """\
{{%- set ended = namespace(messages=[]) -%}}
{{%- for turn in messages -%}}
    {{%- if turn["role"] == "assistant" and turn["content"] is string -%}}
        {{%- set turn = dict(turn, content=turn["content"] + eos_token) -%}}
    {{%- endif -%}}
    {{%- set ended.messages = ended.messages + [turn] -%}}
{{%- endfor -%}}
{{%- set messages = ended.messages -%}}
{template}"""


def repair(chat: Chat, diagnosis: Diagnosis, *, system_turn: bool) -> Chat:
    """Add what a template lacks.

    Args:
        chat: the model's own template.
        diagnosis: what is wrong with it.
        system_turn: whether to add a system turn to a template that refuses, drops or misplaces
            system messages (SysGen, appendix F); not needed for data with folded system messages.

    Returns:
        The same chat if nothing is lacking, else one with a repaired template.

    Raises:
        ConfigError: if it cannot be repaired; the hint says what to do.
    """
    if diagnosis.starts > 1:
        raise _irreparable(chat, "it writes the BOS token twice, and which one is to go cannot be known")
    if diagnosis.ends_twice:
        raise _irreparable(chat, "it writes two end tokens behind an answer")
    if diagnosis.learns_to_stop and (diagnosis.hears_system or not system_turn):
        return chat
    repaired = chat.with_clock(DAYS[0].strftime)  # for what is compared not to change at midnight
    if system_turn and not diagnosis.hears_system:
        repaired = _add_system_turn(repaired)
    if not diagnosis.learns_to_stop:
        repaired = _add_end_token(repaired)
    return chat.with_template(repaired.template)


def _add_system_turn(chat: Chat) -> Chat:
    before, after = _split(chat.render(TURNS[:1]), TURNS[0]["content"])
    bos = chat.variables.get("bos_token", "")
    behind_bos = bool(bos) and before.startswith(bos)
    head, names = re.subn("user", _name_system, before.removeprefix(bos), flags=re.IGNORECASE)
    if names != 1:
        raise _irreparable(chat, "its user turn does not say once that it is the user's")
    wrapper = _SYSTEM_BEHIND_BOS if behind_bos else _SYSTEM_IN_FRONT
    source = wrapper.format(head=_quote(head), tail=_quote(after), template=chat.template)
    repaired = chat.with_template(source)
    turn = f"{head}{SYSTEM['content']}{after}"
    for turns in (TURNS[:1], TURNS[:2], TURNS):
        plain = chat.render(turns)
        opening = bos if behind_bos else ""
        _expect(repaired, turns, plain)
        _expect(repaired, [SYSTEM, *turns], f"{opening}{turn}{plain.removeprefix(opening)}")
    if detect_system_role(repaired.render) is not SystemRole.NATIVE:
        raise _irreparable(chat, "the system turn is not kept apart from the user turn")
    return repaired


def _add_end_token(chat: Chat) -> Chat:
    eos = chat.variables.get("eos_token", "")
    if not eos:
        raise _irreparable(chat, "the tokenizer has no EOS token to end an answer with")
    repaired = chat.with_template(_END_BEHIND_ANSWERS.format(template=chat.template))
    for opening in ([], [SYSTEM]):
        for number in range(1, len(TURNS) + 1):
            messages = [*opening, *TURNS[:number]]
            prompt = messages[-1]["role"] == "user"
            _expect_ends(chat, repaired, messages, eos, prompt)
    return repaired


def _expect_ends(
    chat: Chat, repaired: Chat, messages: Sequence[Mapping[str, str]], eos: str, prompt: bool
) -> None:
    """The same text but for one end token behind each answer, and nothing else that ends it."""
    try:
        plain = chat.render(messages, add_generation_prompt=prompt)
    except TemplateError:  # such as one that takes no system turn
        return
    expected, rest = "", plain
    for turn in messages:
        before, content, rest = rest.partition(turn["content"])
        expected += before + content
        if turn["role"] == "assistant":
            if not content or rest.lstrip().startswith(eos):
                raise _irreparable(chat, "it has no place for an end token behind its answers")
            expected += eos
    if repaired.render(messages, add_generation_prompt=prompt) != expected + rest:
        raise _irreparable(chat, "an end token behind its answers changes more than it should")


def _expect(chat: Chat, messages: Sequence[Mapping[str, str]], text: str) -> None:
    try:
        found = chat.render(messages)
    except TemplateError as error:
        found = str(error)
    if found != text:
        raise _irreparable(chat, "a system turn changes more than it should")


def _split(text: str, part: str) -> tuple[str, str]:
    before, _, after = text.partition(part)
    return before, after


def _name_system(match: re.Match[str]) -> str:
    name = match.group()
    return "SYSTEM" if name.isupper() else "System" if name[0].isupper() else "system"


def _quote(text: str) -> str:
    """As a string in a template; jinja2 reads the escapes of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _irreparable(chat: Chat, reason: str) -> ConfigError:
    return ConfigError(
        f"The chat template of {chat.name} cannot be repaired: {reason}.",
        "Export with --system-role fold, or name a directory whose tokenizer has a template of your own.",
    )
