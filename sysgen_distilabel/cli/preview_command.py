"""`sysgen preview`: a few rows, every prompt and every verdict, before a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sysgen_distilabel.cli.options import (
    BaseURLs,
    Columns,
    ConfigFile,
    EngineArguments,
    EngineKind,
    InputArgument,
    LLMArguments,
    LLMName,
    ModelName,
    PromptsOnly,
    Roles,
    StructuredOutputs,
    TrailingUser,
    TurnKeys,
    engine_flags,
    read_settings,
    reading_flags,
)
from sysgen_distilabel.cli.say import say, say_simulated
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.files import write_whole


def preview_command(
    input: InputArgument = None,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many rows.")] = 5,
    config: ConfigFile = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    structured_outputs: StructuredOutputs = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    column: Columns = None,
    role: Roles = None,
    turn_key: TurnKeys = None,
    trailing_user: TrailingUser = None,
    prompts_only: PromptsOnly = None,
    prompts: Annotated[
        Literal["first", "all", "none"], typer.Option(help="For which rows to show the exact prompts.")
    ] = "first",
    html: Annotated[
        Path | None, typer.Option(help="Write a page with all of it into this file instead.")
    ] = None,
) -> None:
    """Take the first rows of INPUT through all phases and show what was asked and what became of them.

    Nothing is stored; the engine is asked for these rows only.
    """
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.workflows.preflight.preview import preview_rows
    from sysgen_distilabel.workflows.preflight.preview_view import render_preview, render_preview_page

    chosen = engine_flags(model, base_url, engine, engine_arg, structured_outputs, llm, llm_arg)
    reading = reading_flags(column, role, turn_key, trailing_user, prompts_only)
    settings = read_settings(input, config, chosen, reading)
    previews = preview_rows(settings, number)
    if html is not None:
        _write(html, render_preview_page(previews, settings.simulation_notice))
        return
    console = make_console()
    say_simulated(settings.simulation_notice)
    for place, preview in enumerate(previews):
        console.print(render_preview(preview, prompts == "all" or (prompts == "first" and place == 0)))


def _write(path: Path, page: str) -> None:
    if path.exists() and path.suffix.lower() not in (".html", ".htm"):
        raise RunError(f"{path} is there, and no page.", "Name a new file, or one that ends with .html.")
    try:
        write_whole(path, page)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from None
    say(path)
