"""What chat templates do with system messages, side by side; found by rendering, never by their source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.call_arguments import find_shown
from sysgen_distilabel.export.diagnosis import Diagnosis, diagnose
from sysgen_distilabel.export.probes import shows_tools
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import Chat, load_chat
from sysgen_distilabel.export.training_template import end_last_answer, write_training_template

STOPS: Final[Mapping[str, str]] = {"glm4moe": "<|user|>"}
"""Tokens that a model stops at by its `generation_config.json`, where its answers have no end token."""

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
    "tool turns",
    "arguments of calls",
    "date",
    "options",
    "generation prompt",
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
        found.developer.value,
        _code(found.ends.earlier),
        _code(found.ends.last),
        found.mask.value,
        "parts" if found.takes_parts else "text",
        _tell_reasoning(found),
        "yes" if shows_tools(chat) else "no",
        found.tool_turns.value,
        " or ".join(find_shown(chat)) or "not written",
        "changing" if found.is_dated else "none",
        ", ".join(f"`{option}`" for option in found.options) or "none",
        "fits" if found.prompt_fits else "differs",
        _tell(partial(_export, chat, found)),
        _tell(partial(_mark, chat, found)),
    ]


def read_folder(folder: Path) -> list[list[str]]:
    """A row for each template in a folder, in the order of their names.

    Raises:
        ConfigError: if one of them cannot be read.
    """
    return [[path.stem, *describe(load_template(path))] for path in sorted(folder.glob("*.jinja"))]


def load_template(path: Path) -> Chat:
    """A template of a file, with the token its model stops at where that is known by its name."""
    chat = load_chat(str(path))
    family = path.stem.removesuffix("_training")
    return replace(chat, stop_tokens=frozenset({STOPS[family]})) if family in STOPS else chat


def write_table(rows: Iterable[Sequence[str]]) -> str:
    """The rows as a Markdown table."""
    lines = [COLUMNS, ["---"] * len(COLUMNS), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _tell_reasoning(found: Diagnosis) -> str:
    if not found.reasoning.field:
        return "not written"
    return f"`{found.reasoning.field}`, " + ("every answer" if found.reasoning.earlier else "last answer")


def _export(chat: Chat, found: Diagnosis) -> str:
    repaired = repair(chat, found, system_turn=True)
    if repaired is chat:
        ended = end_last_answer(chat, found)
        return "as it is" if ended is chat else "as it is; last end token added in training"
    added = [] if found.hears_system else ["a system turn"]
    added += [] if found.learns_to_stop else ["an end token"]
    return f"with {' and '.join(added)} added"


def _mark(chat: Chat, found: Diagnosis) -> str:
    ended = end_last_answer(repair(chat, found, system_turn=True), found)
    marked = write_training_template(ended, with_system=True)
    return "its own marks" if marked is ended else "marks written"


def _tell(make: Callable[[], str]) -> str:
    try:
        return make()
    except ConfigError:
        return "refused"


def _code(token: str) -> str:
    return f"`{token.replace('|', '&#124;')}`" if token else "nothing"
