"""`sysgen merge`: the runs of all shards of an input as one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def merge_command(
    directories: Annotated[list[Path], typer.Argument(help="The run directories, one of each shard.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The directory of the run they make up.")],
) -> None:
    """Put the runs that `sysgen run --shard I/N` made of one input together.

    The result is what a single run would have made: the same rows in the same order, with all
    replies and a report. A shard that is missing, given twice or of another run is an error.
    """
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.report.terminal.show_rows import render_accounts
    from sysgen_distilabel.workflows.merge_runs import merge

    result = merge(directories, output)
    console = make_console(stderr=True)
    console.print(render_accounts(result.accounts))
    console.print(f"\nDataset: {result.directory.dataset}", soft_wrap=True)
