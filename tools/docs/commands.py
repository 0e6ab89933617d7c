"""The page of the commands: what `--help` says, taken from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from sysgen_distilabel.cli import app


def command_page() -> str:
    """Every command with its usage, its description and its options by group."""
    intro = (
        "# Commands\n\nEach command explains itself with `--help`; this page is made of the same words.\n\n"
    )
    return intro + "\n".join(_describe(*found) for found in find_commands())


def find_commands() -> Iterator[tuple[str, Any]]:
    """Every command with the words it is called by."""
    yield from _walk("sysgen", typer.main.get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, command in inner.items():
        yield from _walk(f"{name} {word}", command)


def _describe(name: str, command: Any) -> str:
    context = command.context_class(command, info_name=name)
    usage = f"{name} {' '.join(command.collect_usage_pieces(context))}"
    parts = [f"## {name}\n", f"```\n{usage}\n```\n", inspect.cleandoc(command.help or "").replace("\b\n", "")]
    groups: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            kind = "Arguments" if parameter.param_type_name == "argument" else "Options"
            groups.setdefault(getattr(parameter, "rich_help_panel", None) or kind, []).append(record)
    for title, records in groups.items():
        rows = "".join(
            f"| `{_cell(name, ' / ')}` | {_cell(text, chr(92) + '|')} |\n" for name, text in records
        )
        parts.append(f"\n| {title} | |\n|---|---|\n{rows}")
    return "\n".join([*parts, "", command.epilog or ""]) + "\n"


def _cell(text: str, bar: str) -> str:
    """What may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", bar)
