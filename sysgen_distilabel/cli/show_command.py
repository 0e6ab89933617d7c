"""`sysgen show`: rows of a finished run, before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sysgen_distilabel.cli.options import AsJson
from sysgen_distilabel.cli.say import say_json, say_simulated


def show_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many rows to show.")] = 3,
    rejected: Annotated[bool, typer.Option("--rejected", help="Show rejected rows instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show rows with their phrases coloured by functionality and the answers before and after."""
    from sysgen_distilabel.report.figures.sample import spread_sample
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.report.terminal.show_rows import render_accounts, render_row
    from sysgen_distilabel.runs.row_counts import count_outcomes
    from sysgen_distilabel.runs.run_directory import RunDirectory

    run = RunDirectory(directory).require_finished(contents=False)
    subset = "rejected" if rejected else "accepted"
    sample = list(spread_sample(run.dataset / subset, number))
    if as_json:
        say_json({"rows": sample})
        return
    console = make_console()
    say_simulated(run.read_report()["simulation_notice"])
    for row in sample:
        console.print(render_row(row))
    accounts = count_outcomes(run.dataset)
    rows = accounts.rows - accounts.accepted if rejected else accounts.accepted
    if len(sample) < rows:
        console.print(f"{len(sample):,} of {rows:,} {subset} rows; --number shows more.\n", style="dim")
    console.print(render_accounts(accounts))
