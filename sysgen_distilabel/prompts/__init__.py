"""The prompts of the Tasks: one jinja2 template each, rendered so that user text cannot break out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES

if TYPE_CHECKING:
    from jinja2 import Environment, Template

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
    return [
        {"role": role, "content": _render_known(name, role, values)}
        for role in ("system", "user")
        if role in _load_template(name).blocks
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


def _render_known(name: str, role: str, values: Mapping[str, Any]) -> str:
    """A block, which is rendered once where all it shows are settings and not the texts of a row."""
    shown = {key: value for key, value in values.items() if key in _names_in(name, role)}
    if all(isinstance(value, bool) for value in shown.values()):
        return _render_once(name, role, **shown)
    return _render(name, role, shown)


@cache
def _render_once(name: str, role: str, **shown: bool) -> str:
    return _render(name, role, shown)


def _render(name: str, role: str, shown: Mapping[str, Any]) -> str:
    template = _load_template(name)
    # Not shared, it would look up all globals of jinja2 one by one for each prompt.
    context = template.new_context({**_load_globals(name), **shown}, shared=True)
    return "".join(template.blocks[role](context)).strip()


@cache
def _names_in(name: str, role: str) -> frozenset[str]:
    """The variables of a block."""
    from jinja2 import meta, nodes

    blocks = _environment().parse(_read(f"{name}.jinja2")).find_all(nodes.Block)
    block = next(block for block in blocks if block.name == role)
    alone = nodes.Template(block.body, lineno=1)
    alone.set_environment(_environment())
    return frozenset(meta.find_undeclared_variables(alone))


@cache
def _load_template(name: str) -> Template:
    return _environment().from_string(_read(f"{name}.jinja2"))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, StrictUndefined

    return Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)


@cache
def _load_globals(name: str) -> dict[str, Any]:
    return {**_load_template(name).globals, "functionalities": FUNCTIONALITIES}


def _read(file_name: str) -> str:
    return resources.files(__package__).joinpath(file_name).read_text(encoding="utf-8")
