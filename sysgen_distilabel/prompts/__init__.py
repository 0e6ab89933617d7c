"""The prompts of the Tasks: one jinja2 template each, rendered so that user text cannot break out."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES

if TYPE_CHECKING:
    from jinja2 import Template

_TILDES: Final = re.compile("~+")
_SHORTEST_FENCE: Final = 4


def render_prompt(name: str, **values: Any) -> list[dict[str, str]]:
    """Render the blocks `system` and `user` of a template into a chat.

    Values are inserted as they are and never rendered again, so braces and jinja in user text
    are plain text.

    Args:
        name: file in this package without `.jinja2`, such as `judges/pair`.
        values: variables of the template; a missing one raises `jinja2.UndefinedError`.

    Returns:
        The messages `system` and `user` in the OpenAI format; a template may have no `system`.
    """
    template = _load_template(name)
    # Not shared, it would look up all globals of jinja2 one by one for each prompt.
    context = template.new_context({**_load_globals(name), **values}, shared=True)
    return [
        {"role": role, "content": "".join(template.blocks[role](context)).strip()}
        for role in ("system", "user")
        if role in template.blocks
    ]


def add_section(chat: list[dict[str, str]], name: str, **values: Any) -> list[dict[str, str]]:
    """Put another template before the last line of a prompt, the heading for the reply.

    What is the same for all rows stays in front, and a prompt without the section is what it was.

    Args:
        chat: a prompt as `render_prompt` makes it.
        name: file name in this package without `.jinja2`.
        values: variables of that template.
    """
    *others, user = chat
    (section,) = render_prompt(name, **values)
    before, _, cue = user["content"].rpartition("\n")
    return [*others, {**user, "content": f"{before}\n{section['content']}\n\n{cue}"}]


def fence_for(texts: list[str]) -> str:
    """A fence that nothing in the texts can close: one tilde longer than any run of them, wherever it stands.

    What begins a line is not asked: a model may read one at a carriage return, U+2028 or a space too.
    """
    longest = max(
        (len(run) for text in texts for run in _TILDES.findall(text)),
        default=_SHORTEST_FENCE - 1,
    )
    return "~" * max(_SHORTEST_FENCE, longest + 1)


@cache
def _load_template(name: str) -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    return environment.from_string(_read(f"{name}.jinja2"))


@cache
def _load_globals(name: str) -> dict[str, Any]:
    return {**_load_template(name).globals, "functionalities": FUNCTIONALITIES}


def _read(file_name: str) -> str:
    return resources.files(__package__).joinpath(file_name).read_text(encoding="utf-8")
