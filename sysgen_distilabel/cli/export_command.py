"""`sysgen export`: what a trainer reads, checked against the chat template of the model to train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sysgen_distilabel.cli.options import TemplateKwargs, read_kwargs
from sysgen_distilabel.cli.say import say
from sysgen_distilabel.export.trainer_format import Format


def export_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    format: Annotated[Format, typer.Option(help="The layout to write.")] = Format.TRL_PROMPT_COMPLETION,
    tokenizer: Annotated[
        str | None,
        typer.Option(help="The model to train: a directory or a Hub id. Without it nothing is checked."),
    ] = None,
    system_role: Annotated[
        Literal["native", "fold"],
        typer.Option(help="Keep system messages in a turn of their own, or write them into the user's."),
    ] = "native",
    ablation: Annotated[
        Literal["none", "default", "no-aligned", "all"] | None,
        typer.Option(help="Export an arm of the paper's ablation instead (table 5), or all of them."),
    ] = None,
    max_length: Annotated[int, typer.Option(min=1, help="The most tokens a conversation may have.")] = 4096,
    too_long: Annotated[
        Literal["fail", "drop", "cut"],
        typer.Option(help="What becomes of conversations over the limit; cut leaves out their last turns."),
    ] = "fail",
    hold_out: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Leave out what `evaluate hold-out` holds out at this share."),
    ] = 0.0,
    plain_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of rows without a message, with original answers.")
    ] = 0.0,
    default_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The same with a common message.")
    ] = 0.0,
    fold_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of rows with their message in the user turn.")
    ] = 0.0,
    mix: Annotated[
        list[str] | None,
        typer.Option(help="FILE:SHARE of your own rows to train on beside; may be given several times."),
    ] = None,
    template_kwargs: TemplateKwargs = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = 1,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Directory; by default one in the run directory.")
    ] = None,
) -> None:
    """Write accepted rows, or preference pairs, as a trainer reads them, with the trainer's settings.

    With --tokenizer every row is rendered as the trainer will render it: the export fails if a
    system message, a turn or an end token would be lost, and a chat template that would lose one is
    repaired and saved beside the data.
    """
    from sysgen_distilabel.export.arms import Arm
    from sysgen_distilabel.export.export_run import default_output, export_run
    from sysgen_distilabel.export.export_view import describe_export
    from sysgen_distilabel.export.mixture import Mixture
    from sysgen_distilabel.export.other_rows import parse_mix
    from sysgen_distilabel.export.plan import Options
    from sysgen_distilabel.runs.run_directory import RunDirectory

    options = Options(
        layout=format,
        system_role=system_role,
        tokenizer=tokenizer,
        arms=tuple(Arm) if ablation == "all" else (Arm(ablation or "sysgen"),),
        max_length=max_length,
        too_long=too_long,
        hold_out=hold_out,
        template_kwargs=read_kwargs(template_kwargs),
        mixture=Mixture(plain_share, default_share, fold_share),
        mixes=tuple(map(parse_mix, mix or ())),
    )
    run = RunDirectory(directory)
    target = output or default_output(run, options)
    exported = export_run(run, options, target, workers)
    for line in describe_export(exported, target):
        say(line)
    if exported.simulation_notice:
        typer.secho(f"Simulated. {exported.simulation_notice}", fg="yellow", bold=True)
    say(target)
