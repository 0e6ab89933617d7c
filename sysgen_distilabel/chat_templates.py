"""Renders chat templates, finds out what they do with a system message, and folds it into a user turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NoReturn

from jinja2 import Template, TemplateError, meta, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

Message = Mapping[str, Any]
"""A turn in the OpenAI format, with `role` and `content`."""

FOLD_JOINT: Final = "\n\n"
"""What stands between system text and user turn when folded, as in Gemma-3's own template."""

_MARKS: Final = ("\ue000", "\ue001")
"""Stand around what `{% generation %}` holds; characters of the private use area, which no text has."""

_GIVEN: Final = {"messages", "add_generation_prompt", "tools", "documents", "raise_exception", "strftime_now"}

_SYSTEM_TEXT: Final = "Answer as the keeper of a lighthouse would."
_USER_TEXT: Final = "Tell me what you see tonight."


class SystemRole(StrEnum):
    """What a chat template does with a system message.

    `native`: it has a place of its own in the prompt. `folded`: the template puts its text into a
    user turn. `dropped`: its text is not in the prompt. `raises`: the template refuses it.
    """

    NATIVE = "native"
    FOLDED = "folded"
    DROPPED = "dropped"
    RAISES = "raises"

    @property
    def is_heard(self) -> bool:
        """Whether the model gets to see the text of a system message."""
        return self in (SystemRole.NATIVE, SystemRole.FOLDED)


class TemplateRefused(TemplateError):
    """A chat template cannot render the messages; the message says what it says."""


def detect_system_role(render: Callable[[list[dict[str, Any]]], str]) -> SystemRole:
    """Tell what a chat template does with a system message, by rendering known texts.

    Args:
        render: the template; it raises a `jinja2.TemplateError` for messages it refuses. With
            transformers: `lambda messages: tokenizer.apply_chat_template(messages, tokenize=False)`.

    Raises:
        TemplateError: if the template does not render a lone user turn either.
    """
    user = {"role": "user", "content": _USER_TEXT}
    render([user])
    try:
        prompt = render([{"role": "system", "content": _SYSTEM_TEXT}, user])
    except TemplateError:
        return SystemRole.RAISES
    if _SYSTEM_TEXT not in prompt:
        return SystemRole.DROPPED
    spans = [(prompt.find(text), prompt.find(text) + len(text)) for text in (_SYSTEM_TEXT, _USER_TEXT)]
    joined = prompt[min(start for start, _ in spans) : max(end for _, end in spans)]
    is_folded = render([{"role": "user", "content": joined}]) == prompt
    return SystemRole.FOLDED if is_folded else SystemRole.NATIVE


def fold_system(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Move the text of system messages to the start of the first user turn, with a blank line between.

    Without a user turn, the text becomes one. Messages without system text come back as they are.

    Args:
        messages: a chat in the OpenAI format; it is left as it is.
    """
    texts = [str(message["content"]) for message in messages if message["role"] == "system"]
    folded = [dict(message) for message in messages if message["role"] != "system"]
    text = FOLD_JOINT.join(text for text in texts if text)
    if not text:
        return folded
    turn = next((message for message in folded if message["role"] == "user"), None)
    if turn is None:
        return [{"role": "user", "content": text}, *folded]
    if isinstance(turn["content"], str):
        turn["content"] = f"{text}{FOLD_JOINT}{turn['content']}"
    else:
        turn["content"] = [{"type": "text", "text": f"{text}{FOLD_JOINT}"}, *turn["content"]]
    return folded


def render_template(
    template: str, messages: Sequence[Message], *, add_generation_prompt: bool = True, **variables: Any
) -> str:
    """Render a chat template as transformers does, in a sandbox and without a tokenizer.

    Args:
        template: the template's source, as in `tokenizer.chat_template` or `chat_template.jinja`.
        messages: a chat in the OpenAI format.
        add_generation_prompt: whether to end with the beginning of the assistant's turn.
        variables: what else the template reads, such as `bos_token` and `eos_token`.

    Raises:
        TemplateError: if the template refuses the messages, or is wrong.
    """
    context = {"tools": None, "documents": None, **variables}
    return _render(_compile(template), messages, add_generation_prompt, context)


def find_generation(
    template: str, messages: Sequence[Message], **variables: Any
) -> tuple[str, list[tuple[int, int]]]:
    """The text of a chat, and where a template marks it with `{% generation %}` as written by the model.

    Returns:
        The text, and begin and end of each marked span of it: what trainers take for the answers.

    Raises:
        TemplateError: if the template refuses the messages, or is wrong.
    """
    context = {"tools": None, "documents": None, **variables}
    start, end = _MARKS
    text, *pieces = _render(_compile(template, marked=True), messages, False, context).split(start)
    spans = []
    for piece in pieces:
        marked, _, rest = piece.partition(end)
        spans.append((len(text), len(text) + len(marked)))
        text += marked + rest
    return text, spans


def find_variables(template: str) -> set[str]:
    """The names that a template may want to be given, besides the messages and what its syntax brings along.

    Some are set by the template itself before it reads them.

    Raises:
        TemplateError: if the template is wrong.
    """
    return meta.find_undeclared_variables(_make_environment().parse(template)) - _GIVEN


def _render(
    template: Template, messages: Sequence[Message], add_generation_prompt: bool, context: Mapping[str, Any]
) -> str:
    try:
        return template.render(
            messages=list(messages), add_generation_prompt=add_generation_prompt, **context
        )
    except TemplateError:
        raise
    except Exception as error:  # a template is a program, and can fail in any way
        raise TemplateRefused(f"{type(error).__name__}: {error}") from error


class _Generation(Extension):
    """Reads `{% generation %}`, which marks what an assistant says, and puts marks around it if asked to."""

    tags: set[str] = {"generation"}  # noqa: RUF012  (as jinja2 declares it)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Read up to `{% endgeneration %}`; what is set within stays within."""
        line = next(parser.stream).lineno
        body = nodes.Scope(parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line)
        if not getattr(self.environment, "marked", False):
            return [body]
        start, end = (nodes.Output([nodes.TemplateData(mark)], lineno=line) for mark in _MARKS)
        return [start, body, end]


@lru_cache(maxsize=32)
def _compile(template: str, marked: bool = False) -> Template:
    return _make_environment(marked).from_string(template)


def _make_environment(marked: bool = False) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.extend(marked=marked)  # before a template is parsed, as the extension reads it
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _format_now
    return environment


def _to_json(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
    """Unlike jinja2's own filter, it does not escape what matters to HTML."""
    return json.dumps(value, ensure_ascii=ensure_ascii, **options)


def _refuse(message: str) -> NoReturn:
    raise TemplateRefused(message)


def _format_now(pattern: str) -> str:
    return datetime.now().strftime(pattern)
