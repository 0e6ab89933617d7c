"""Prints a line of a command as text: what a value holds is shown and never obeyed by the terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer

from sysgen_distilabel.terminal_text import clean, fit


def say(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Print a text that may hold a path, an id or what a server said.

    Args:
        text: what to print.
        err: whether it goes where messages go, instead of where results go.
        nl: whether a line break follows.
    """
    typer.echo(clean(str(text)), err=err, nl=nl)


def say_simulated(notice: str, *, err: bool = False) -> None:
    """Say that no language model wrote what is shown.

    Args:
        notice: see `RunConfig.simulation_notice`; nothing is said if it is empty.
        err: whether it goes where messages go, instead of where results go.
    """
    if notice:
        text = fit(clean(f"Simulated. {notice}"), sys.stderr if err else sys.stdout)
        typer.secho(text, fg="yellow", bold=True, err=err)


def say_json(value: Any) -> None:
    """Print a value for programs, as one JSON object."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=True, default=str))
