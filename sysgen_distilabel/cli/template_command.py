"""`sysgen template`: what a model's chat template does with a system message, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sysgen_distilabel.cli.options import TemplateKwargs, read_kwargs
from sysgen_distilabel.cli.say import say
from sysgen_distilabel.terminal_text import clean


def template_command(
    model: Annotated[
        str,
        typer.Argument(
            help="A directory with a tokenizer, an id on the Hub, or a .jinja file; with --row, an export."
        ),
    ],
    row: Annotated[
        str | None,
        typer.Option(help="Print the tokens of the row with this id; those that are learnt are marked."),
    ] = None,
    template_kwargs: TemplateKwargs = None,
) -> None:
    """Tell what becomes of system messages, of the end of an answer and of the loss mask in training."""
    if row is not None:
        _print_row(Path(model), row)
        return
    from sysgen_distilabel.export.diagnosis import diagnose
    from sysgen_distilabel.export.trained_chat import load_chat

    diagnosis = diagnose(load_chat(model, read_kwargs(template_kwargs)))
    for what, found in diagnosis.lines().items():
        say(f"{what + ':':<19}{found}")
    for remedy in diagnosis.remedies():
        say(f"- {remedy}")
    typer.secho(
        "Sound as it is." if diagnosis.is_sound else "Not sound as it is.",
        fg="green" if diagnosis.is_sound else "yellow",
    )


def _print_row(folder: Path, row: str) -> None:
    from itertools import groupby

    from sysgen_distilabel.export.show_row import show_row

    for note, tokens in show_row(folder, row):
        learnt = sum(token.is_learnt for token in tokens)
        say(f"{note['tokens']:,} tokens, of which {learnt:,} are learnt, {note['cut']:,} cut off")
        for is_learnt, group in groupby(tokens, lambda token: token.is_learnt):
            text = clean("".join(token.text for token in group))
            marked = (
                typer.style(f"⟦{text}⟧", fg="green", bold=True) if is_learnt else typer.style(text, dim=True)
            )
            typer.echo(marked, nl=False)
        typer.echo()
