"""What chat templates do with system messages, side by side; found by rendering, never by their source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import TemplateError

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import SYSTEM, TURNS, Diagnosis, diagnose
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import Chat, load_chat
from sysgen_distilabel.export.training_template import write_training_template

STOPS: Final[Mapping[str, str]] = {"glm4moe": "<|user|>"}
"""Tokens that a model stops at by its `generation_config.json`, where its answers have no end token."""

_THOUGHT: Final = "The lamp is lit, so they see us."
COLUMNS: Final = (
    "template",
    "system role",
    "developer role",
    "behind an earlier answer",
    "behind the last",
    "mask",
    "content",
    "reasoning",
    "tools",
    "export, native",
    "export, messages",
)


def describe(chat: Chat) -> list[str]:
    """A row of the atlas.

    Args:
        chat: a template, with the tokens its model stops at if they are known.
    """
    found = diagnose(chat)
    return [
        found.system_role.value + ("" if found.keeps_system else ", but moved or lost"),
        _find_role(chat, "developer"),
        _code(found.ends.earlier),
        _code(found.ends.last),
        found.mask.value,
        "parts" if found.takes_parts else "text",
        _find_reasoning(chat),
        "yes" if chat.renders_tools else "no",
        _tell(partial(_export, chat, found)),
        _tell(partial(_mark, chat, found)),
    ]


def read_folder(folder: Path) -> list[list[str]]:
    """A row for each template in a folder, in the order of their names.

    Raises:
        ConfigError: if one of them cannot be read.
    """
    return [[path.stem, *describe(_load(path))] for path in sorted(folder.glob("*.jinja"))]


def write_table(rows: Iterable[Sequence[str]]) -> str:
    """The rows as a Markdown table."""
    lines = [COLUMNS, ["---"] * len(COLUMNS), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _load(path: Path) -> Chat:
    chat = load_chat(str(path))
    family = path.stem.removesuffix("_training")
    return replace(chat, stop_tokens=frozenset({STOPS[family]})) if family in STOPS else chat


def _find_role(chat: Chat, role: str) -> str:
    text = _render(chat, [{**SYSTEM, "role": role}, TURNS[0]])
    if text is None:
        return "raises"
    return "written" if SYSTEM["content"] in text else "dropped"


def _find_reasoning(chat: Chat) -> str:
    """Whether what a model thought before its last answer is written, if it is given beside it."""
    thinking: list[Mapping[str, Any]] = [TURNS[0], {**TURNS[1], "reasoning_content": _THOUGHT}]
    text = _render(chat, thinking)
    return "written" if text and _THOUGHT in text else "not written"


def _render(chat: Chat, messages: Sequence[Mapping[str, Any]]) -> str | None:
    try:
        return chat.render(messages)
    except TemplateError:
        return None


def _export(chat: Chat, found: Diagnosis) -> str:
    repaired = repair(chat, found, system_turn=True)
    if repaired is chat:
        return "as it is"
    added = [] if found.hears_system else ["a system turn"]
    added += [] if found.learns_to_stop else ["an end token"]
    return f"with {' and '.join(added)} added"


def _mark(chat: Chat, found: Diagnosis) -> str:
    repaired = repair(chat, found, system_turn=True)
    marked = write_training_template(repaired, with_system=True)
    return "its own marks" if marked is repaired else "marks written"


def _tell(make: Callable[[], str]) -> str:
    try:
        return make()
    except ConfigError:
        return "refused"


def _code(token: str) -> str:
    return f"`{token.replace('|', '&#124;')}`" if token else "nothing"
