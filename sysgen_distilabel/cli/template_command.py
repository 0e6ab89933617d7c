"""`sysgen template`: what a model's chat template does with a system message, and what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer

from sysgen_distilabel.cli.say import say


def template_command(
    model: Annotated[
        str, typer.Argument(help="A directory with a tokenizer, an id on the Hub, or a .jinja file.")
    ],
) -> None:
    """Tell what becomes of system messages, of the end of an answer and of the loss mask in training."""
    from sysgen_distilabel.export.diagnosis import diagnose
    from sysgen_distilabel.export.trained_chat import load_chat

    diagnosis = diagnose(load_chat(model))
    for what, found in diagnosis.lines().items():
        say(f"{what + ':':<18}{found}")
    for remedy in diagnosis.remedies():
        say(f"- {remedy}")
    typer.secho(
        "Sound as it is." if diagnosis.is_sound else "Not sound as it is.",
        fg="green" if diagnosis.is_sound else "yellow",
    )
